package expr_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// TestSurprise has the surprises, each with what WhatsApp computes in its case, and the
// remedy, which is none.
func TestSurprise(t *testing.T) {
	t.Parallel()
	inputs := map[string]expr.Input{"n": expr.Typed, "m": expr.Typed, "ok": expr.Ticked}
	inputOf := func(ref expr.Reference) expr.Input { return inputs[ref.Path[0]] }
	for _, tt := range []struct {
		text, words string // words of the problem; "" is none
		values      map[string]any
		read        string // what Eval gives
	}{
		{"${form.n} < ${form.m}", "never true", map[string]any{"n": "1", "m": "2"}, "false"},
		{"(${form.n} * 1) < ${form.m}", "", map[string]any{"n": "1", "m": "2"}, "true"},
		{"${form.n} < 18", "", map[string]any{"n": "1"}, "true"},
		{"${data.a} < ${form.m}", "", map[string]any{"a": 1.0, "m": "2"}, "true"},
		{"10 / ${form.n}", "empty again", map[string]any{"n": ""}, "Infinity"},
		{"10 / ${form.n}", "empty again", map[string]any{"n": "0"}, "Infinity"},
		{"10 / (${form.n} * 1)", "", map[string]any{"n": "0"}, "0"},
		{"10 % ${form.n}", "empty again", map[string]any{"n": "0"}, "NaN"},
		{"${form.n} / 10", "", map[string]any{"n": "5"}, "0.5"},
		{"10 / ${data.a}", "", map[string]any{"a": 0.0}, "0"},
		{"${form.ok} == false", "write !${form.ok}", nil, "false"},
		{"!${form.ok}", "", nil, "true"},
		{"false != ${form.ok}", "write ${form.ok}", nil, "true"},
		{"${form.ok} == true", "", nil, "false"},
		{"${data.open} == false", "", map[string]any{"open": false}, "true"},
		{"${data.a} / 3 * 3", "if ${data.a} is 1, this gives 0.99 and not 1", map[string]any{"a": 1.0}, "0.99"},
		{"${data.a} * 3 / 3", "", map[string]any{"a": 1.0}, "1"},
		{"${data.a} / ${data.b} * 100", "rounds each step", map[string]any{"a": 1.0, "b": 7.0}, "14"},
		{"'Each: ' (${data.a} / 7) * 30", "rounds each step", map[string]any{"a": 1.0}, "Each: 4.2"},
		{"${data.a} + ${data.b} * 2 - 1", "", map[string]any{"a": 1.0, "b": 7.0}, "14"},
		{"${data.a} / 2", "", map[string]any{"a": 1.0}, "0.5"},
		{"(${data.a} - 1) * 4 / ${data.b}", "", map[string]any{"a": 2.0, "b": 3.0}, "1.33"},
		{"'Hello ${data.a}'", "within quotes", map[string]any{"a": "Ada"}, "Hello data.a"},
		{"'Hello ' ${data.a}", "", map[string]any{"a": "Ada"}, "Hello Ada"},
		{"'a } b'", "leaves } out", nil, "a  b"},
		{"${data.a-b} * 2", "as a minus", map[string]any{"a-b": 3.0, "a": 5.0}, "5"},
		{"${data.a_b} * 2", "", map[string]any{"a_b": 3.0}, "6"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			e, problem := expr.Parse(tt.text)
			if problem != nil {
				t.Fatal(problem)
			}
			s, ok := e.Surprise(inputOf)
			if ok != (tt.words != "") || !strings.Contains(s.Problem, tt.words) {
				t.Errorf("surprise %q, want %q", s.Problem, tt.words)
			}
			value, _, err := e.Eval(func(ref expr.Reference) (any, bool) { return expr.Get(tt.values, ref.Path) })
			if got := expr.ToText(value); err != nil || got != tt.read {
				t.Errorf("WhatsApp gives %q (%v), want %q", got, err, tt.read)
			}
		})
	}
}
