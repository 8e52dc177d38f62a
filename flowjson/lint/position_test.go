package lint_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/flowjson/lint"
)

// A reference to nothing is reported wherever it is in a component: as one, or because
// the value cannot be a reference.
func TestEveryPosition(t *testing.T) {
	t.Parallel()
	source := read(t, flows+"/valid/component-every-property.json")
	f, err := flowjson.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	var walk func(n *jsontree.Node)
	walk = func(n *jsontree.Node) {
		for _, child := range n.Children {
			walk(child)
		}
		if len(n.Children) > 0 || n.Kind == jsontree.Object || n.Kind == jsontree.Array {
			return
		}
		tried++
		changed := replace(source, f.Range(n), `"${data.nope}"`)
		for _, found := range lint.Validate(changed) {
			if found.Pointer == n.Pointer() || strings.HasSuffix(n.Pointer(), "/type") {
				return
			}
		}
		t.Errorf("nothing is reported of a reference to nothing at %s", n.Pointer())
	}
	for _, s := range f.Screens {
		for _, c := range s.Components {
			walk(c.Node)
		}
	}
	if tried < 200 {
		t.Errorf("%d positions were tried, expected 200 at least", tried)
	}
}

// replace puts another text in a place of a file.
func replace(source []byte, at jsontree.Range, text string) []byte {
	offset := func(p jsontree.Position) int {
		lines := bytes.SplitAfter(source, []byte("\n"))
		return len(bytes.Join(lines[:p.Line-1], nil)) + len(string([]rune(string(lines[p.Line-1]))[:p.Column-1]))
	}
	return bytes.Join([][]byte{source[:offset(at.Start)], []byte(text), source[offset(at.End):]}, nil)
}
