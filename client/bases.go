package client

import (
	"bytes"
	"encoding/ascii85"
	"encoding/base32"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/mistake"
)

// otherBases decodes a text as base32 and as base85.
func otherBases(text string) []reading {
	text = strings.TrimSpace(text)
	var all []reading
	unpadded := strings.TrimRight(strings.ToUpper(text), "=")
	for _, encoding := range []*base32.Encoding{base32.StdEncoding, base32.HexEncoding} {
		if data, err := encoding.WithPadding(base32.NoPadding).DecodeString(unpadded); err == nil {
			all = append(all, reading{mistakes: []mistake.ID{mistake.AnswerBase32}, data: data})
		}
	}
	for _, alphabet := range base85Alphabets {
		if data, ok := decodeBase85(text, alphabet); ok {
			all = append(all, reading{mistakes: []mistake.ID{mistake.AnswerBase85}, data: data})
		}
	}
	return all
}

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// base85Alphabets are those of RFC 1924, as Python's b85encode has it, and of ZeroMQ (Z85).
// Ascii85 is the characters from ! to u.
var base85Alphabets = []string{
	"",
	alphanumeric + "!#$%&()*+-;<=>?@^_`{|}~",
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
}

// decodeBase85 decodes a text in an alphabet; the empty one is that of Ascii85.
func decodeBase85(text, alphabet string) ([]byte, bool) {
	if alphabet == "" {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "<~"), "~>")
	} else {
		known := true
		text = strings.Map(func(c rune) rune {
			digit := strings.IndexRune(alphabet, c)
			known = known && digit >= 0
			return '!' + rune(digit)
		}, text)
		if !known {
			return nil, false
		}
	}
	data := make([]byte, 4*len(text)) // each z is four bytes
	size, _, err := ascii85.Decode(data, []byte(text), true)
	return data[:size], err == nil
}

// hexMarks matches what languages write around and between hexadecimal bytes.
var hexMarks = regexp.MustCompile(`0x|0X|\\x|[-:,;>\[\]{}\s]`)

// bareHex returns a hexadecimal text without marks.
func bareHex(text string) string { return hexMarks.ReplaceAllString(text, "") }

// otherBytes returns the bytes of a body that writes them as text without an encoding: as
// Python's escapes, or as one character for each byte.
func otherBytes(body []byte) []reading {
	var all []reading
	text := strings.TrimSpace(string(body))
	text = strings.TrimSuffix(strings.TrimPrefix(text, "bytearray("), ")")
	if inner, found := bytesText(text); found {
		if data, ok := unescapedBytes(inner); ok {
			all = append(all, reading{mistakes: []mistake.ID{mistake.AnswerBytesText, mistake.AnswerRaw}, data: data})
		}
	}
	if data, ok := fromLatin1(body); ok {
		all = append(all, reading{mistakes: []mistake.ID{mistake.AnswerLatin1}, data: data})
	}
	return all
}

// unescapedBytes undoes the escapes of Python.
func unescapedBytes(text string) ([]byte, bool) {
	var out []byte
	for text != "" {
		quote := byte(0)
		if len(text) > 1 && text[0] == '\\' && (text[1] == '\'' || text[1] == '"') {
			quote = text[1]
		}
		value, _, rest, err := strconv.UnquoteChar(text, quote)
		if err != nil || value > 0xff {
			return nil, false
		}
		out, text = append(out, byte(value&0xff)), rest
	}
	return out, len(out) >= tagSize
}

// fromLatin1 decodes UTF-8 text in which each character is one byte; false if none is beyond
// ASCII.
func fromLatin1(body []byte) ([]byte, bool) {
	if !utf8.Valid(body) {
		return nil, false
	}
	var out []byte
	beyondASCII := false
	for _, c := range string(body) {
		if c > 0xff {
			return nil, false
		}
		beyondASCII = beyondASCII || c >= utf8.RuneSelf
		out = append(out, byte(c&0xff))
	}
	return out, beyondASCII
}

// fromUTF16 decodes ASCII text from UTF-16 in either byte order.
func fromUTF16(body []byte) (string, bool) {
	body = bytes.TrimPrefix(bytes.TrimPrefix(body, []byte("\xff\xfe")), []byte("\xfe\xff"))
	if len(body) == 0 || len(body)%2 != 0 {
		return "", false
	}
	zero := slices.Index(body[:2], 0)
	if zero < 0 {
		return "", false
	}
	var out []byte
	for pair := range slices.Chunk(body, 2) {
		if pair[zero] != 0 {
			return "", false
		}
		out = append(out, pair[1-zero])
	}
	return string(out), true
}
