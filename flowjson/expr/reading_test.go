package expr_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/expr"
)

func TestDifferenceOf(t *testing.T) {
	t.Parallel()
	types := map[string]string{"a": expr.TypeBoolean, "b": expr.TypeBoolean, "s": expr.TypeString, "t": expr.TypeString, "n": expr.TypeNumber}
	tests := map[string]struct {
		text string
		want string // the case and the result; "" if there is no difference
	}{
		"one reference":               {"${data.a}", ""},
		"one comparison":              {"${data.s} == 'x'", ""},
		"comparisons in parentheses":  {"(${data.s} == 'x') && (${data.t} == 'y')", ""},
		"three in parentheses":        {"(${data.s} == 'x') && (${data.t} == 'y') && (${data.n} > 3)", ""},
		"or in parentheses":           {"(${data.s} == 'x') || (${data.t} == 'y')", ""},
		"negations":                   {"!${data.a} && !${data.b}", ""},
		"comparisons next to &&":      {"${data.s} == 'x' && ${data.t} == 'y'", "${data.s} is 'x' and ${data.t} is 'y': false"},
		"comparisons next to ||":      {"${data.s} == 'x' || ${data.t} == 'y'", "false"},
		"true before a parenthesis":   {"(${data.a} == true) && (${data.b} == true)", "${data.a} is false and ${data.b} is false: true"},
		"a space heals it":            {"(${data.a} == true ) && (${data.b} == true )", ""},
		"true before one parenthesis": {"(${data.a} == true) && (${data.s} == 'y')", "true"},
		"a decimal":                   {"${data.n} >= 1.5", "false"},
		"a whole number":              {"${data.n} >= 1", ""},
		"a boolean alone in a group":  {"(${data.a}) && (${data.n} != 2)", ""},
		"an escaped quote":            {`${data.s} == 'it\'s'`, "${data.s} is 'it's': false"},
		"a tab":                       {"${data.a}\t", "${data.a} is true: false"},
		"two nots":                    {"!!${data.a}", ""},
		"not a condition":             {"${data.a} ==", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, ok := expr.DifferenceOf(tt.text, func(ref expr.Reference) string { return types[ref.Path[0]] })
			got := ""
			if ok {
				got = d.Case + ": false"
				if d.Read {
					got = d.Case + ": true"
				}
			}
			if (got == "") != (tt.want == "") || !strings.HasSuffix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzDifferenceOf(f *testing.F) {
	f.Add("(${data.a} == true) && (${data.b} == 'x')")
	f.Add("!(${data.a} || 1.5 < ${data.b}))(")
	f.Fuzz(func(_ *testing.T, text string) {
		expr.DifferenceOf(text, func(expr.Reference) string { return "" })
	})
}
