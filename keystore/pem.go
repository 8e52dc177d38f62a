package keystore

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"regexp"
	"strings"
)

var (
	// labelWord is a word in the labels of keys and similar blocks. Labels are read word
	// by word, because transport may drop the blanks between words and the dashes around
	// them.
	labelWord = regexp.MustCompile(`RSA-PSS|RSA|EC|DSA|DH|ENCRYPTED|OPENSSH|SSH2|PGP|AGE|ANY|X509|TRUSTED|NEW|` +
		`PRIVATE|PUBLIC|KEY|BLOCK|CERTIFICATE|REQUEST|PARAMETERS|MESSAGE|FILE|PKCS7|PKCS12|CMS|CRL`)
	// boundary matches the relevant part of a BEGIN or END line. Damaged or missing
	// dashes are accepted, except after a label of unknown words.
	boundary = regexp.MustCompile(`\b(BEGIN|END)[\s_]*((?:(?:` + labelWord.String() + `)[\s_]*)+|[A-Z0-9. ]{1,40}-)`)
	// placeholder matches a template's placeholder, or markup.
	placeholder = regexp.MustCompile(`\[[^\[\]\n]{0,40}\]|<[^<>\n]{0,40}>`)

	// bareBase64 is the base64 of a DER SEQUENCE of 128 bytes to 64 KiB.
	bareBase64 = regexp.MustCompile(`(?:^|[^A-Za-z0-9+/_-])(MI[GI][A-Za-z0-9+/_\s-]{100,}={0,2})`)

	procType = regexp.MustCompile(`(?i)Proc-Type\s*:\s*4\s*,\s*ENCRYPTED`)
	dekInfo  = regexp.MustCompile(`(?i)DEK-Info\s*:\s*([A-Z0-9-]+)\s*,\s*`)
	// headerLine is a header on a line by itself.
	headerLine = regexp.MustCompile(`(?m)^[ \t]*[A-Za-z][A-Za-z0-9-]*:[^\n]{0,200}$`)
	hexRun     = regexp.MustCompile(`^[0-9A-Fa-f]*`)
)

// pemBlocks finds the PEM blocks of a clean text. Unlike [pem.Decode] it accepts any
// white space or none between the parts of a block, text around it, damaged dashes,
// and an END line that is missing or has another label. A block whose contents are
// not base64 has no bytes.
func pemBlocks(text string) []*pem.Block {
	text = placeholder.ReplaceAllString(text, "\n")
	marks := boundary.FindAllStringSubmatchIndex(text, -1)
	var blocks []*pem.Block
	for i, mark := range marks {
		if text[mark[2]:mark[3]] != "BEGIN" {
			continue
		}
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		blocks = append(blocks, decodeBlock(canonicalLabel(text[mark[4]:mark[5]]), text[mark[1]:end]))
	}
	if len(blocks) == 0 && dekInfo.MatchString(text) {
		blocks = append(blocks, decodeBlock("", text))
	}
	return blocks
}

func canonicalLabel(label string) string {
	if words := labelWord.FindAllString(label, -1); !strings.HasSuffix(label, "-") {
		return strings.Join(words, " ")
	}
	return strings.TrimSpace(strings.TrimSuffix(label, "-"))
}

// decodeBlock reads the inside of a block: headers ("DEK-Info: value"), then base64.
func decodeBlock(label, body string) *pem.Block {
	block := &pem.Block{Type: label, Headers: map[string]string{}}
	body = procType.ReplaceAllString(body, " ")
	if at := dekInfo.FindStringSubmatchIndex(body); at != nil {
		cipher, rest := strings.ToUpper(body[at[2]:at[3]]), body[at[1]:]
		iv := hexRun.FindString(rest)
		if size := 2 * legacyIVSize(cipher); len(iv) > size {
			iv = iv[:size] // no line end separates the IV from the base64
		}
		block.Headers["DEK-Info"] = cipher + "," + iv
		block.Bytes = decodeBody(dropHeaders(body[:at[0]] + " " + rest[len(iv):])) // encrypted: it states no length
		return block
	}
	block.Bytes = trimDER(decodeBody(dropHeaders(body)))
	if bytes.HasPrefix(block.Bytes, []byte("-----BEGIN")) { // base64 of PEM, between BEGIN and END lines again
		if inner := pemBlocks(clean(string(block.Bytes))); len(inner) > 0 {
			return inner[0]
		}
	}
	return block
}

// dropHeaders removes the headers that do not matter, such as "Comment: value".
func dropHeaders(body string) string {
	if !strings.Contains(body, ":") {
		return body
	}
	body = headerLine.ReplaceAllString(body, "")
	var kept []string
	value := false // the next field is the value of a header
	for field := range strings.FieldsSeq(body) {
		name, rest, isHeader := strings.Cut(field, ":")
		switch {
		case isHeader:
			value = rest == "" && name != ""
		case value:
			value = false
		default:
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, "\n")
}

// decodeBody decodes the base64 of a block as far as it goes. Characters that are
// not base64 are dropped: the DER inside states its length, so missing bytes are detected.
func decodeBody(body string) []byte {
	body = strings.Trim(body, "- \n\t")
	if !strings.ContainsAny(body, "+/") && strings.ContainsAny(body, "-_") {
		body = standardAlphabet(body)
	}
	body = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/':
			return r
		default:
			return -1
		}
	}, body)
	if len(body)%4 == 1 {
		body = body[:len(body)-1] // less than a byte
	}
	der, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil {
		return nil
	}
	return der
}

// bareKey finds the base64 of a key without its BEGIN and END lines, for example
// after the name of a variable.
func bareKey(plain string) *pem.Block {
	plain = assignment.ReplaceAllString(plain, "")
	at := bareBase64.FindStringSubmatchIndex(plain)
	if at == nil {
		return nil
	}
	der := decodeBody(plain[at[2]:at[3]])
	length, ok := derLength(der)
	if !ok || length > len(der) && at[2] > 0 { // a line of other base64 can begin like a key
		return nil
	}
	return &pem.Block{Bytes: trimDER(der)}
}
