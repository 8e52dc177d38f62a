package jsontree

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// describe says what is wrong with a text that is not JSON: the usual culprit if it is
// one, else what encoding/json says.
func describe(err error, data []byte, offset int) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || err.Error() == "unexpected end of JSON input" {
		return "the file ends in the middle of a value"
	}
	if strings.Contains(err.Error(), "exceeded max depth") {
		return errTooDeep.Error()
	}
	before := bytes.TrimRight(data[:offset], " \t\r\n")
	c, _ := utf8.DecodeRune(data[offset:])
	follows := strings.Contains(err.Error(), "after object key:value pair") || strings.Contains(err.Error(), "after array element")
	switch {
	case (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")):
		return "a comma comes before this " + string(c) + ", where nothing follows: remove it"
	case c == 0:
		return "a NUL byte is here: JSON has none, remove it"
	case c == '\'':
		return "JSON has double quotes, not single ones"
	case strings.ContainsRune("“”„‘’", c):
		return "JSON has straight double quotes, not typographic ones"
	case c == '/' || c == '#':
		return "JSON has no comments: remove it"
	case follows && len(before) < offset && strings.ContainsRune(`"{[-0123456789tfn`, c):
		return "a comma is missing before this"
	case strings.Contains(err.Error(), "beginning of object key") && isLetter(c):
		return "a key needs double quotes"
	case strings.Contains(err.Error(), "in literal"),
		strings.Contains(err.Error(), "beginning of value") && strings.ContainsRune("TFNu", c):
		return "JSON writes true, false and null, in small letters, and texts in double quotes"
	case strings.Contains(err.Error(), "beginning of value") && isLetter(c):
		return "a text needs double quotes"
	case strings.Contains(err.Error(), "after top-level value") && (c == '{' || c == '['):
		return "a second JSON value begins here, as in a file with one value per line: a file has one value only"
	case strings.Contains(err.Error(), "after top-level value"):
		return "something follows after the end of the value: a file has one value only"
	case strings.Contains(err.Error(), "in string literal"):
		return `a line break or another control character is in a text: write \n, or close the quote`
	}
	return "this is not JSON: " + err.Error()
}

func isLetter(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
}
