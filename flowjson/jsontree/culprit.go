package jsontree

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// culprits are the usual mistakes: what encoding/json says of one, and the characters at
// which it stops; empty is anything. The first that fits counts.
var culprits = []struct{ says, at, words string }{
	{"", "'", "JSON has double quotes, not single ones"},
	{"", "“”„‘’", "JSON has straight double quotes, not typographic ones"},
	{"", "/#", "JSON has no comments: remove it"},
	{"beginning of object key", letters, "a key needs double quotes"},
	{"in literal", "", wrongWord},
	{"beginning of value", "TFNu", wrongWord},
	{"beginning of value", letters, "a text needs double quotes"},
	{"after top-level value", "{[", "a second JSON value begins here, as in a file with one value per line: a file has one value only"},
	{"after top-level value", "", "something follows after the end of the value: a file has one value only"},
	{"in string literal", "", `a line break or another control character is in a text: write \n, or close the quote`},
	{"exceeded max depth", "", errTooDeep.Error()},
}

const (
	letters   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"
	wrongWord = "JSON writes true, false and null, in small letters, and texts in double quotes"
)

// describe says what is wrong with a text that is not JSON: the usual culprit if it is
// one, else what encoding/json says.
func describe(err error, data []byte, offset int) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || err.Error() == "unexpected end of JSON input" {
		return "the file ends in the middle of a value"
	}
	before := bytes.TrimRight(data[:offset], " \t\r\n")
	c, _ := utf8.DecodeRune(data[offset:])
	says := err.Error()
	if (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")) {
		return "a comma comes before this " + string(c) + ", where nothing follows: remove it"
	}
	follows := strings.Contains(says, "after object key:value pair") || strings.Contains(says, "after array element")
	if follows && len(before) < offset && strings.ContainsRune(`"{[-0123456789tfn`, c) {
		return "a comma is missing before this"
	}
	for _, culprit := range culprits {
		if strings.Contains(says, culprit.says) && (culprit.at == "" || strings.ContainsRune(culprit.at, c)) {
			return culprit.words
		}
	}
	return "this is not JSON: " + says
}
