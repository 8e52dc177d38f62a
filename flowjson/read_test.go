package flowjson_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
)

func TestReadSyntax(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		source string
		want   flowjson.Position
	}{
		"empty":               {"", flowjson.Position{Line: 1, Column: 1}},
		"cut short":           {"{\n\"version\":", flowjson.Position{Line: 2, Column: 10}},
		"trailing comma":      {"{\"a\": [1,]}", flowjson.Position{Line: 1, Column: 10}},
		"comma missing":       {"{\n  \"a\": 1\n  \"b\": 2\n}", flowjson.Position{Line: 3, Column: 3}},
		"two values":          {"{} {}", flowjson.Position{Line: 1, Column: 4}},
		"byte order mark":     {"\xef\xbb\xbf{}", flowjson.Position{Line: 1, Column: 1}},
		"not UTF-8":           {"{\"ä\": \"\xff\"}", flowjson.Position{Line: 1, Column: 8}},
		"nested too deep":     {strings.Repeat("[", 200) + strings.Repeat("]", 200), flowjson.Position{Line: 1, Column: 102}},
		"a comment":           {"{\n// no\n}", flowjson.Position{Line: 2, Column: 1}},
		"more than 10 MB":     {"[" + strings.Repeat(" ", 10<<20) + "]", flowjson.Position{Line: 1, Column: 1}},
		"a key too long":      {`{"` + strings.Repeat("a", 501) + `":1}`, flowjson.Position{Line: 1, Column: 505}},
		"more than a million": {"[" + strings.Repeat("1,", 1_000_001) + "1]", flowjson.Position{Line: 1, Column: 2_000_001}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := flowjson.Read([]byte(tt.source))
			syntax, ok := errors.AsType[*flowjson.SyntaxError](err)
			if !ok {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			if diff := cmp.Diff(tt.want, syntax.Position); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			findings := flowjson.Validate([]byte(tt.source))
			if len(findings) != 1 || findings[0].Code != "INVALID_FLOW_JSON" {
				t.Errorf("got %v, want one INVALID_FLOW_JSON", findings)
			}
		})
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	f, err := flowjson.Read(read(t, booking))
	if err != nil {
		t.Fatal(err)
	}
	var screens []string
	for _, s := range f.Screens {
		screens = append(screens, s.ID)
		if got := f.Range(s.Node.Get("id")).Start; got.Column < 2 {
			t.Errorf("screen %s: id at %+v", s.ID, got)
		}
	}
	if len(screens) < 2 || !f.HasEndpoint() || !f.Routing.Declared {
		t.Errorf("screens %v, endpoint %t, routes %t", screens, f.HasEndpoint(), f.Routing.Declared)
	}
	for _, s := range f.Screens {
		for c := range s.All() {
			if got := pointed(f, c.Node.Pointer()); got != c.Node {
				t.Errorf("%s leads elsewhere", c.Node.Pointer())
			}
		}
	}
}

// pointed follows a JSON pointer.
func pointed(f *flowjson.Flow, pointer string) *flowjson.Node {
	n := f.Root
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		for i, child := range n.Children {
			if child.Key == part || n.Kind == flowjson.Array && part == strconv.Itoa(i) {
				n = child
				break
			}
		}
	}
	return n
}
