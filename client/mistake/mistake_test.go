package mistake_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client/mistake"
)

func TestMistakes(t *testing.T) {
	t.Parallel()
	seen := map[mistake.ID]bool{}
	texts := map[string]mistake.ID{}
	for _, m := range mistake.All() {
		if seen[m.ID] || m.ID == "" || m.Text == "" || m.Fix == "" {
			t.Errorf("got %+v, want an ID that no other has, a text and a fix", m)
		}
		if other, found := texts[m.Text]; found {
			t.Errorf("%s and %s have the same text", m.ID, other)
		}
		seen[m.ID], texts[m.Text] = true, m.ID
		if strings.HasSuffix(m.Text, ".") || strings.HasSuffix(m.Fix, ".") {
			t.Errorf("%s: got a full stop, want clauses", m.ID)
		}
		if len(m.Code) != 0 && len(m.Code) != 5 {
			t.Errorf("%s: got code in %d languages, want 5 or none", m.ID, len(m.Code))
		}
		if got := mistake.Named(m.ID); got.Text != m.Text {
			t.Errorf("%s: got %+v by its ID", m.ID, got)
		}
	}
}

// Every constant is one of All.
func TestConstants(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, m := range mistake.All() {
		known[strconv.Quote(string(m.ID))] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "ID" {
				count++
				if value := spec.Values[0].(*ast.BasicLit).Value; !known[value] {
					t.Errorf("%s: got a constant without a mistake", value)
				}
			}
			return true
		})
	}
	if count != len(mistake.All()) {
		t.Errorf("got %d constants, want %d, one for each mistake", count, len(mistake.All()))
	}
}

func TestNamedPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("got no panic for an ID that does not exist")
		}
	}()
	mistake.Named("no-such")
}

// The Go code parses.
func TestGoCode(t *testing.T) {
	t.Parallel()
	for _, m := range mistake.All() {
		for _, code := range m.Code {
			if code.Language != "Go" {
				continue
			}
			source := "package p\nfunc f() any {\n" + code.Text + "\n}\n"
			if _, err := parser.ParseFile(token.NewFileSet(), "", source, 0); err != nil {
				t.Errorf("%s: %v in\n%s", m.ID, err, code.Text)
			}
		}
	}
}
