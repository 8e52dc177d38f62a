package problem_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/flowserver/flowserver/internal/problem"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]problem.Problem{
		"is not YAML":                                  {Text: "is not YAML"},
		"f.yaml: cannot be read":                       {File: "f.yaml", Text: "cannot be read"},
		"f.yaml:3:5: flows[0].id: is missing":          {File: "f.yaml", Line: 3, Column: 5, Path: "flows[0].id", Text: "is missing"},
		"sid: is missing\n  hint: add sid":             {Path: "sid", Text: "is missing", Hint: "add sid"},
		"f.yaml:1:1: is empty\n  hint: see the manual": {File: "f.yaml", Line: 1, Column: 1, Text: "is empty", Hint: "see the manual"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	var l problem.List
	l.AddError("number main", nil)
	if err := l.Err(); err != nil {
		t.Fatalf("got error %v of an empty list, want nil", err)
	}
	var inner problem.List
	inner.Add("private_keys[0]", "is missing", "add file")
	inner.AddError("private_keys[1]", fmt.Errorf("open: %w", fs.ErrNotExist))
	l.AddError("number main", inner.Err())
	l.AddError("flow booking", errors.New("has no handler"))
	l.AddError("", errors.New("alone"))
	const want = `number main: private_keys[0]: is missing
  hint: add file
number main: private_keys[1]: open: file does not exist
flow booking: has no handler
alone`
	err := l.Err()
	if got := err.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause of a problem is not found with errors.Is")
	}
}
