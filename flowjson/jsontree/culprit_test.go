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
		`{"a": undefined}`:      "true, false and null",
		`{} {}`:                 "one value only",
		"{\"a\": \"b\n\"}":      "a line break",
		`{"a": 01}`:             "this is not JSON: ",
		`{"a": `:                "ends in the middle",
	} {
		if _, err := jsontree.Read([]byte(source)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
}
