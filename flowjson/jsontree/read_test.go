package jsontree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

func TestReadSyntax(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		source string
		want   jsontree.Position
	}{
		"empty":               {"", jsontree.Position{Line: 1, Column: 1}},
		"cut short":           {"{\n\"version\":", jsontree.Position{Line: 2, Column: 10}},
		"trailing comma":      {"{\"a\": [1,]}", jsontree.Position{Line: 1, Column: 10}},
		"comma missing":       {"{\n  \"a\": 1\n  \"b\": 2\n}", jsontree.Position{Line: 3, Column: 3}},
		"two values":          {"{} {}", jsontree.Position{Line: 1, Column: 4}},
		"byte order mark":     {"\xef\xbb\xbf{}", jsontree.Position{Line: 1, Column: 1}},
		"not UTF-8":           {"{\"ä\": \"\xff\"}", jsontree.Position{Line: 1, Column: 8}},
		"nested too deep":     {strings.Repeat("[", 200) + strings.Repeat("]", 200), jsontree.Position{Line: 1, Column: 102}},
		"a comment":           {"{\n// no\n}", jsontree.Position{Line: 2, Column: 1}},
		"more than 10 MB":     {"[" + strings.Repeat(" ", 10<<20) + "]", jsontree.Position{Line: 1, Column: 1}},
		"a key too long":      {`{"` + strings.Repeat("a", 501) + `":1}`, jsontree.Position{Line: 1, Column: 505}},
		"more than a million": {"[" + strings.Repeat("1,", 1_000_001) + "1]", jsontree.Position{Line: 1, Column: 2_000_001}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := jsontree.Read([]byte(tt.source))
			syntax, ok := errors.AsType[*jsontree.SyntaxError](err)
			if !ok {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			if diff := cmp.Diff(tt.want, syntax.Position); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// Pointers lead back to their nodes, also past keys that have to be escaped.
func TestFollow(t *testing.T) {
	t.Parallel()
	d, err := jsontree.Read([]byte(`{"a/b": [{"~": 1}, null], "": {"0": "x"}}`))
	if err != nil {
		t.Fatal(err)
	}
	var check func(n *jsontree.Node)
	check = func(n *jsontree.Node) {
		if got := d.Root.Follow(n.Pointer()); n != d.Root && got != n {
			t.Errorf("%s leads elsewhere", n.Pointer())
		}
		for _, child := range n.Children {
			check(child)
		}
	}
	check(d.Root)
	if got := d.Root.Follow("/a~1b/7/x").Pointer(); got != "/a~1b" {
		t.Errorf("a pointer to nothing ends at %q, want the last node on the way", got)
	}
}
