package keystore

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"strings"
)

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
	pemDash  = "-----"

	byteOrderMark = "\ufeff"
)

// escapedBreak is a line break or a tab written as an escape; more than one
// backslash means that it was escaped more than once.
var escapedBreak = regexp.MustCompile(`\\+[nrt]`)

// pemText undoes what environment variables, JSON and secret stores do to a PEM
// text: quotes, escapes, a byte order mark, one layer of base64 around the whole.
func pemText(text []byte) string {
	s := unescape(string(text))
	if strings.Contains(s, pemBegin) {
		return s
	}
	if inner, err := base64.StdEncoding.DecodeString(joinFields(s)); err == nil && strings.Contains(string(inner), pemBegin) {
		return unescape(string(inner))
	}
	return s
}

func unescape(s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(s, byteOrderMark))
	var quoted string
	if json.Unmarshal([]byte(s), &quoted) == nil {
		s = quoted
	}
	s = escapedBreak.ReplaceAllString(s, "\n")
	s = strings.NewReplacer(`\`, "", `"`, "", `'`, "", byteOrderMark, "").Replace(s)
	return strings.TrimSpace(s)
}

// joinFields drops all white space.
func joinFields(s string) string {
	return strings.Join(strings.Fields(s), "")
}

// pemBlocks finds the PEM blocks of a text. Unlike [pem.Decode], it accepts any
// white space between the parts, and any text around the blocks. Bytes is nil for a
// block that is cut off or not base64.
func pemBlocks(text string) []*pem.Block {
	var blocks []*pem.Block
	for {
		_, rest, ok := strings.Cut(text, pemBegin)
		if !ok {
			return blocks
		}
		label, rest, ok := strings.Cut(rest, pemDash)
		if !ok {
			return blocks
		}
		body, after, ok := strings.Cut(rest, pemEnd+label+pemDash)
		if !ok {
			blocks = append(blocks, &pem.Block{Type: label})
			text = rest
			continue
		}
		blocks = append(blocks, decodeBlock(label, body))
		text = after
	}
}

// decodeBlock reads the inside of a block: headers ("DEK-Info: value"), then base64.
func decodeBlock(label, body string) *pem.Block {
	block := &pem.Block{Type: label, Headers: map[string]string{}}
	var data strings.Builder
	header := ""
	for field := range strings.FieldsSeq(body) {
		switch name, value, isHeader := strings.Cut(field, ":"); {
		case isHeader && value == "":
			header = name
		case isHeader:
			block.Headers[name] = value
		case header != "":
			block.Headers[header] = field
			header = ""
		default:
			data.WriteString(field)
		}
	}
	if der, err := base64.StdEncoding.DecodeString(data.String()); err == nil {
		block.Bytes = der
	}
	return block
}
