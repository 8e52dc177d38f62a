package keystore

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLayers bounds how many encodings of a whole text are removed, for example
// base64 of base64 of UTF-16.
const maxLayers = 4

// material is what a text contains.
type material struct {
	blocks []*pem.Block // a key without BEGIN and END lines has no type
	raw    []byte       // the text inside all encodings of the whole
	plain  string       // raw without artefacts of transport
}

// readMaterial finds the PEM blocks and the bare keys in a text, whatever encoding an
// editor, a shell, a secret store or a web form left it in.
func readMaterial(text []byte) material {
	return unwrap(text, maxLayers)
}

func unwrap(text []byte, layers int) material {
	if isBinaryDER(text) {
		return material{blocks: []*pem.Block{{Bytes: trimDER(text)}}, raw: text}
	}
	m := material{raw: text, plain: clean(decodeUTF16(text))}
	if m.blocks = pemBlocks(m.plain); len(m.blocks) > 0 || identify(text) != nil {
		return m
	}
	if block := bareKey(m.plain); block != nil {
		m.blocks = []*pem.Block{block}
		return m
	}
	if layers == 0 {
		return m
	}
	if inner, ok := decodeWhole(m.plain); ok {
		if found := unwrap(inner, layers-1); len(found.blocks) > 0 || identify(found.raw) != nil {
			return found
		}
	}
	for _, run := range base64Run.FindAllString(m.plain, -1) { // the values of a Secret of Kubernetes
		m.blocks = append(m.blocks, unwrap(decodeBody(run), layers-1).blocks...)
	}
	return m
}

// beginLine is a BEGIN line as other programs expect it.
var beginLine = regexp.MustCompile(`(?m)^-{4,5} ?BEGIN [A-Z0-9 ]+-{4,5}\r?$`)

// standsAlone reports whether the text is a file that other programs read, if they know
// its form: binary, or PEM in lines, without an encoding of the whole.
func (m material) standsAlone(text []byte) bool {
	if len(m.blocks) > 0 && !isBinaryDER(text) {
		return beginLine.Match(text)
	}
	return bytes.Equal(m.raw, text)
}

// base64Run is the base64 of something as long as a key.
var base64Run = regexp.MustCompile(`(?:[A-Za-z0-9+/_-]{40,}\s*){3,}[A-Za-z0-9+/_-]*`)

// decodeWhole decodes a text that is base64, in either alphabet, or hex as a whole.
func decodeWhole(plain string) ([]byte, bool) {
	text := strings.TrimRight(joinFields(assignment.ReplaceAllString(plain, "")), "=")
	digits := strings.ReplaceAll(strings.TrimPrefix(text, "0x"), ":", "")
	if der, err := hex.DecodeString(digits); err == nil && len(der) > 0 {
		return der, true
	}
	inner, err := base64.RawStdEncoding.DecodeString(standardAlphabet(text))
	return inner, err == nil && len(inner) > 0
}

// standardAlphabet writes base64url as standard base64.
func standardAlphabet(text string) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(text)
}

// decodeUTF16 returns UTF-16 text, as Windows PowerShell and Notepad write it, as
// UTF-8; other text is returned as it is. Without a byte order mark, a NUL in the first
// character decides, because keys consist of ASCII.
func decodeUTF16(text []byte) string {
	var order binary.ByteOrder
	switch {
	case len(text) < 2:
		return string(text)
	case text[0] == 0xff && text[1] == 0xfe, text[0] != 0 && text[1] == 0:
		order = binary.LittleEndian
	case text[0] == 0xfe && text[1] == 0xff, text[0] == 0 && text[1] != 0:
		order = binary.BigEndian
	default:
		return string(text)
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return string(utf16.Decode(units))
}

var (
	// escape is a character that was written as an escape; more than one backslash
	// means that it was escaped more than once.
	escape = regexp.MustCompile(`\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[nrt])`)
	// otherEscape is an escape of PowerShell, or what "cat -A" shows for a carriage return.
	otherEscape = regexp.MustCompile("`[nr]|\\^M")
	// lostBackslash is a key in one line whose line ends were \n until a shell took the
	// backslashes: after each 64 characters there is an n.
	lostBackslash = regexp.MustCompile(`KEY-{5}n(?:[A-Za-z0-9+/]{64}n)+[A-Za-z0-9+/]{1,64}={0,2}n-{5}END`)
	// linePrefix is a line number, the mark of a difference, or that of a comment.
	linePrefix = regexp.MustCompile(`^[ \t]*(?:[0-9]{1,5}[ \t:|.)]+|[+-] ?|//[ \t]?)`)
	// joint is where source code joins two strings.
	joint = regexp.MustCompile("[\"'`]\\s*\\+\\s*[\"'`]")
	// assignment is what precedes a value in an env file, in YAML or in a data URI.
	assignment = regexp.MustCompile(`^(?:data:[^,]{0,100};base64,|(?:export\s+)?[A-Za-z_][A-Za-z0-9_.-]{0,63}\s*[=:]\s*)`)
	// formEncoded is a BEGIN line in which blanks were encoded for a web form.
	formEncoded = regexp.MustCompile(`BEGIN\+[A-Z]`)

	dropQuotes = strings.NewReplacer(`\`, "", `"`, "", `'`, "", "`", "", "“", "", "”", "", "‘", "", "’", "")
)

// clean removes what environment variables, JSON, source code, web forms, chats and
// word processors add to a text: quotes, escapes, invisible characters, blanks that
// are not spaces, and dashes that are not hyphens.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(plainRune, s))
	var quoted string
	if json.Unmarshal([]byte(s), &quoted) == nil {
		s = quoted
	}
	for range maxLayers {
		s = decodeURL(s)
	}
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	s = escape.ReplaceAllStringFunc(s, unescape)
	s = otherEscape.ReplaceAllString(s, "\n")
	s = lostBackslash.ReplaceAllStringFunc(s, restoreLines)
	s = joint.ReplaceAllString(s, "\n")
	s = dropQuotes.Replace(strings.Map(plainRune, s))
	return strings.TrimSpace(dropPrefixes(s))
}

// dropPrefixes removes the prefixes of lines that could be base64 themselves, if all
// lines have one, the BEGIN line included.
func dropPrefixes(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if len(lines) == 1 {
		return s
	}
	for i, line := range lines {
		at := linePrefix.FindStringIndex(line)
		switch {
		case strings.TrimSpace(line) == "":
		case at == nil:
			return s
		default:
			lines[i] = line[at[1]:]
		}
	}
	return strings.Join(lines, "\n")
}

// restoreLines returns a match of lostBackslash with its line ends.
func restoreLines(match string) string {
	begin, rest, _ := strings.Cut(match, "-n")
	body, _ := strings.CutSuffix(rest, "n-----END")
	var lines strings.Builder
	for line := range slices.Chunk([]byte(body), 65) {
		lines.Write(line[:min(len(line), 64)])
		lines.WriteByte('\n')
	}
	return begin + "-\n" + lines.String() + "-----END"
}

func unescape(sequence string) string {
	digits := strings.TrimLeft(sequence, `\`)[1:]
	if digits == "" {
		return "\n" // \n, \r or \t
	}
	code, err := strconv.ParseUint(digits, 16, 16)
	if err != nil {
		return ""
	}
	return string(rune(code))
}

func decodeURL(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	decode := url.PathUnescape
	if formEncoded.MatchString(s) {
		decode = url.QueryUnescape
	}
	if decoded, err := decode(s); err == nil {
		return decoded
	}
	return s
}

// plainRune maps characters that look like a space, a line end or a hyphen to these, and
// drops invisible ones.
func plainRune(r rune) rune {
	switch {
	case r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
		return '\n'
	case r == 0, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	case r == utf8.RuneError, unicode.IsSpace(r) && r > unicode.MaxASCII:
		return ' '
	case unicode.Is(unicode.Pd, r), r == '\u2212':
		return '-'
	default:
		return r
	}
}

// joinFields drops all white space.
func joinFields(s string) string {
	return strings.Join(strings.Fields(s), "")
}
