package jsontree_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// TestRange compares places with those that a reader of the file would count.
func TestRange(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"one line":            `{"a": ["X"], "b": 1}`,
		"umlauts before":      `{"ä": "öüß", "b": ["X"]}`,
		"emoji before":        `{"a": "👩‍👩‍👧", "b": ["X"]}`,
		"CRLF":                "{\r\n\"a\": 1,\r\n\t\"b\": \"X\"}",
		"many lines":          strings.Repeat("\n", 5000) + `  ["X"]`,
		"one long line":       `["` + strings.Repeat("a", 5000) + `", "X"]`,
		"one long line, ä":    `["` + strings.Repeat("ä", 5000) + `", "X"]`,
		"one long line, €":    `["` + strings.Repeat("€", 5000) + `", "X"]`,
		"one long line, 😀":    `["` + strings.Repeat("😀", 5000) + `", "X"]`,
		"at the stride":       `["` + strings.Repeat("a", 1024-2-len(`", `)) + `", "X"]`,
		"before the stride":   `["` + strings.Repeat("a", 1023-2-len(`", `)) + `", "X"]`,
		"long line after one": "[\"ä\",\n\"" + strings.Repeat("ä", 3000) + `", "X"]`,
		"last of the file":    strings.Repeat("\n ", 600) + `"X"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			offset := strings.Index(source, `"X"`)
			want := jsontree.Range{Start: placeOf(source, offset), End: placeOf(source, offset+3)}
			d, err := jsontree.Read([]byte(source))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, d.Range(nodeX(d.Root))); diff != "" {
				t.Errorf("range (-want +got):\n%s", diff)
			}
		})
	}
}

// nodeX finds the string X.
func nodeX(n *jsontree.Node) *jsontree.Node {
	if n.Str() == "X" {
		return n
	}
	for _, child := range n.Children {
		if found := nodeX(child); found != nil {
			return found
		}
	}
	return nil
}

func placeOf(source string, offset int) jsontree.Position {
	before := source[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return jsontree.Position{Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[line:]) + 1}
}
