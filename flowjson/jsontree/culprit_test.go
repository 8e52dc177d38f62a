package jsontree_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

func TestCulprits(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"{\n \"a\": 1,\n}":      "a comma comes before this }",
		`[1, 2, ]`:              "a comma comes before this ]",
		`{'a': 1}`:              "double quotes",
		`{“a”: 1}`:              "straight double quotes",
		"{\"a\": 1 // one\n}":   "no comments",
		"{\"a\": 1\n \"b\": 2}": "a comma is missing",
		`[{} {}]`:               "a comma is missing",
		`{a: 1}`:                "a key needs double quotes",
		`{"a": True}`:           "true, false and null",
		`{"a": nul}`:            "true, false and null",
		`{"a": hello}`:          "a text needs double quotes",
		`nope`:                  "texts in double quotes",
		`{"a": undefined}`:      "true, false and null",
		`{} {}`:                 "a second JSON value",
		"{}\n[]\n":              "a second JSON value",
		`{} x`:                  "something follows",
		"{\"a\": 1\x00}":        "a NUL byte",
		"{\"a\x00\": 1}":        "a NUL byte",
		"{}\x00":                "a NUL byte",
		"\x00":                  "a NUL byte",
		"PK\x03\x04\x14\x00":    "a NUL byte",
		"\xff\xfe{\x00}\x00":    "UTF-16",
		"\xfe\xff\x00{\x00}":    "UTF-16",
		"{\x00}\x00":            "UTF-16",
		"\x00{\x00}":            "UTF-16",
		"[\x00\xe4\x00]\x00":    "UTF-16",

		"\xff\xfe\x00\x00{\x00\x00\x00}\x00\x00\x00": "UTF-32",
		"\x00\x00\xfe\xff\x00\x00\x00{\x00\x00\x00}": "UTF-32",
		"{\x00\x00\x00}\x00\x00\x00":                 "UTF-32",
		"\x00\x00\x00{\x00\x00\x00}":                 "UTF-32",

		strings.Repeat("[", 101) + strings.Repeat("]", 101):       "nests deeper than 100 levels",
		strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000): "nests deeper than 100 levels",
		"{\"a\": \"b\n\"}": "a line break",
		`{"a": 01}`:        "this is not JSON: ",
		`{"a": `:           "ends in the middle",
	} {
		if _, err := jsontree.Read([]byte(source)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", jsontree.Clip(source), err, want)
		}
	}
}
