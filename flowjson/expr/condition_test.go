package expr_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/expr"
)

func TestEvalCondition(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       bool
	}{
		{"row 33: a reference", "${data.yes}", true},
		{"row 33: a comparison", "${data.s} == 'x'", true},
		{"row 33: comparisons in parentheses", "(${data.s} == 'x') && (${data.n} == 3)", true},
		{"row 33: three in parentheses", "(${data.s} == 'x') && (${data.n} == 3) && (${data.t5} == 5)", true},
		{"row 33: or in parentheses", "(${data.s} == 'y') || (${data.n} == 3)", true},
		{"row 33: not at once", "!${data.no}", true},
		{"row 33: not of a group", "!(${data.s} == 'y')", true},
		{"row 33: two nots", "!!${data.yes}", true},
		{"row 33: and at once", "${data.yes} && ${data.yes}", true},
		{"row 33: and before or", "${data.yes} || ${data.yes} && ${data.no}", true},
		{"row 33: or from the right", "${data.no} || ${data.no} || ${data.yes}", true},
		{"row 33: comparisons from the right", "${data.n} == 3 == true ", false},
		{"row 33: not before and", "!${data.no} && ${data.yes}", true},
		{"row 33: nested groups", "((${data.s} == 'x') && ((${data.n} == 3) || ${data.no}))", true},
		{"row 33: a group on the right", "${data.yes} && (${data.n} == 3)", true},
		{"row 33: a group on the left", "(${data.n} == 3) && ${data.yes}", true},
		{"row 33: a ) applies to its left", "(${data.no} || (${data.yes}))", true},
		{"row 33: no spaces", "(${data.s}=='x')&&(${data.n}==3)", true},
		{"row 34: whole numbers", "${data.n} == 3", true},
		{"row 34: a text is cut", "'1.9' == 1", true},
		{"row 34: a reference is cut", "${data.t19} == 1", true},
		{"row 34: a number is cut", "${data.m} == 1", true},
		{"row 34: below one", "${data.small9} == 0", true},
		{"row 34: two texts are cut", "'1.9' == '1'", true},
		{"row 34: exponent", "'1e3' == 1", true},
		{"row 34: hexadecimal", "'0x1F' == 0", true},
		{"row 34: zeros", "'007' == 7", true},
		{"row 34: a blank text never equals 0", "' ' == 0", false},
		{"row 34: nor itself", "' ' == ' '", false},
		{"row 34: leading blanks", "' 12' == 12", true},
		{"row 34: a large number", "${data.big} == 1", true},
		{"row 34: a small number", "${data.small} == 1", true},
		{"row 34: negative", "${data.neg} == -2", true},
		{"row 34: a text that is no number", "'3a' == 3", false},
		{"row 34: different", "${data.n} != 4", true},
		{"row 34: different after the cut", "'1.9' != 1", false},
		{"row 34: infinity", "'Infinity' == 'Infinity'", false},
		{"row 35: an empty text", "${data.empty} == ''", true},
		{"row 35: absent", "${data.none} == ''", true},
		{"row 35: null", "${data.null} == ''", true},
		{"row 35: a text is not empty", "${data.s} == ''", false},
		{"row 35: not empty", "${data.s} != ''", true},
		{"row 35: absent is not not-empty", "${data.none} != ''", false},
		{"row 35: 0 is not empty", "${data.zero} == ''", false},
		{"row 35: false is not empty", "${data.no} == ''", false},
		{"row 35: two absent values", "${data.none} == ${form.none}", true},
		{"row 35: two absent values differ not", "${data.none} != ${form.none}", false},
		{"row 35: absent and 0", "${data.none} == 0", false},
		{"row 35: absent and false", "${data.none} == false", false},
		{"row 35: empty on the left", "'' == ${data.none}", true},
		{"row 35: text and boolean", "${data.yes} == 'true'", false},
		{"row 35: number and boolean", "${data.yes} == 1", false},
		{"row 35: booleans", "${data.yes} == true", true},
		{"row 35: a list is itself", "${data.two} == ${data.two}", true},
		{"row 35: an object is not another", "${data.o} == ${data.p}", false},
		{"row 36: less", "${data.n} < 4", true},
		{"row 36: at most", "${data.n} <= 3", true},
		{"row 36: more", "${data.n} > 3", false},
		{"row 36: at least", "${data.n} >= 3", true},
		{"row 36: texts like numbers", "${data.t5} > '4'", true},
		{"row 36: text and number", "${data.t5} >= 5", true},
		{"row 36: texts", "'b' > 'a'", false},
		{"row 36: an empty text", "${data.empty} < 1", false},
		{"row 36: absent", "${data.none} < 1", false},
		{"row 36: boolean", "${data.yes} > 0", false},
		{"row 36: cut first", "${data.m} > 1", false},
		{"row 36: at least, cut", "${data.m} >= 1", true},
		{"row 36: negative", "${data.neg} < -1", true},
		{"row 37: and of a text", "${data.s} && ${data.yes}", false},
		{"row 37: or of a text", "${data.s} || ${data.no}", false},
		{"row 37: or of a text and true", "${data.s} || ${data.yes}", true},
		{"row 37: not of a text", "!${data.s}", false},
		{"row 37: not of nothing", "!${data.none}", false},
		{"row 37: not of a number", "!${data.zero}", false},
		{"row 37: and of a number", "${data.n} && ${data.yes}", false},
		{"row 37: a text alone", "${data.s}", false},
		{"row 37: a number alone", "${data.n}", false},
		{"row 37: nothing alone", "${data.none}", false},
		{"row 37: the text true alone", "${data.ttrue}", false},
		{"row 37: true alone", "true", true},
		{"row 37: false alone", "false", false},
		{"row 38: a tab", "${data.yes} \t", false},
		{"row 38: a line break", "${data.yes}\n", false},
		{"row 38: double quotes", `${data.s} == "x"`, false},
		{"row 38: a sum", "${data.n} + 1 == 4", false},
		{"row 38: a product", "${data.n} * 1 == 3", false},
		{"row 38: a division", "${data.n} / 1 == 3", false},
		{"row 38: a decimal point", "${data.m} > 1.0", false},
		{"row 38: an unclosed parenthesis", "(${data.yes}", true},
		{"row 38: an unclosed parenthesis of a comparison", "((${data.s} == 'x')", true},
		{"row 38: a surplus parenthesis", "${data.yes})", true},
		{"row 38: two surplus parentheses", "(${data.s} == 'x')))", true},
		{"row 38: a word that begins with t", "text == ${data.no}", true},
		{"row 38: a word that begins with f", "foo == ${data.no}", false},
		{"row 38: another word", "${data.s} == x", false},
		{"row 38: true in capitals", "${data.yes} == True", false},
		{"row 38: an unclosed quote", "${data.yes} && 'x", false},
		{"row 38: an unclosed quote behind a comparison", "${data.s} == 'x", false},
		{"row 38: an unclosed brace", "${data.yes", false},
		{"row 38: a comma", "${data.yes},", false},
		{"row 38: nothing", "", false},
		{"row 38: only spaces", "  ", false},
		{"row 38: an operand is missing", "${data.yes} &&", false},
		{"row 38: a comparison without a left side", "== ''", true},
		{"row 38: one equals sign is passed over", "${data.no} = true", true},
		{"row 38: a dollar sign is passed over", "$true", true},
		{"row 38: empty parentheses", "()", false},
		{"row 38: a lone not", "!", false},
		{"row 38: a lone minus", "-", false},
		{"row 38: not a reference is a text", "${other.x} == '${other.x}'", true},
		{"row 22: a condition in backticks", "`${data.yes}`", false},
		{"row 22: an expression in backticks", "`${data.n} == 3`", false},
		{"row 39: an escaped quote stays escaped", `${data.its} == 'it\'s'`, false},
		{"row 39: as the text with its backslash", `${data.itsb} == 'it\'s'`, true},
		{"row 39: a double quote within", `${data.q} == 'a"b'`, true},
		{"row 39: an operator within", "${data.s} != '(&& ${'", true},
		{"row 39: umlauts", "${data.uml} == 'äö'", true},
		{"row 40: comparisons next to and", "${data.s} == 'x' && ${data.n} == 3", false},
		{"row 40: comparisons next to or", "${data.s} == 'x' || ${data.n} == 4", false},
		{"row 40: comparison next to a boolean", "${data.s} == 'x' && ${data.yes}", false},
		{"row 41: both true before a parenthesis", "(${data.no} == true) && (${data.no} == true)", true},
		{"row 41: decimals", "${data.n} >= 1.5", false},
		{"row 41: literals first", "(${data.no} == true) && (${data.s} == 'y')", true},
		{"row 42: a space heals it", "(${data.no} == true ) && (${data.no} == true )", false},
		{"row 42: true directly before )", "(${data.yes} == true)", true},
		{"row 42: false directly before )", "(${data.no} == false)", true},
		{"row 42: any sign is swallowed", "true!${data.yes}", true},
		{"row 42: in outer parentheses", "((${data.no} == true) && (${data.no} == true))", true},
		{"row 43: at most 100 at the end", "${data.yes}" + strings.Repeat(" || ${data.no}", 101), false},
		{"row 43: 100 is enough", "${data.yes}" + strings.Repeat(" || ${data.no}", 100), true},
		{"an index", "${data.two[1]} == 'q'", true},
		{"an index after a point", "${data.two.1} == 'q'", true},
		{"a length", "${data.two.length} == 2", true},
		{"nested data", "${data.o.k} == 'v'", true},
		{"another screen", "${screen.OTHER.data.g} == 4", true},
		{"a name with a minus", "${data.start-date} == 'dd'", true},
		{"an operator as a text", "${data.s} == '=='", false},
	}
	scope := stateScope(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := expr.EvalCondition(tt.text, scope); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
			again := expr.ReadCondition(tt.text)
			for n := range 2 {
				if got := again.Eval(scope); got != tt.want {
					t.Errorf("read once, evaluation %d: got %t, want %t", n+1, got, tt.want)
				}
			}
		})
	}
}

func TestEvalConditionUsual(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"a reference", "${data.yes}", "true"},
		{"a text", "${data.s}", "false"},
		{"comparisons next to and", "${data.s} == 'x' && ${data.n} == 3", "true"},
		{"comparisons next to or", "${data.s} == 'x' || ${data.n} == 4", "true"},
		{"and before or", "${data.yes} || ${data.yes} && ${data.no}", "true"},
		{"true before a parenthesis", "(${data.no} == true) && (${data.no} == true)", "false"},
		{"decimals", "${data.n} >= 1.5", "true"},
		{"a number like a text", "${data.t5} == 5", "true"},
		{"no cut", "${data.t19} == 1", "false"},
		{"two texts like numbers", "'007' == ${data.t5} || ${data.t0} == '0.0'", "false"},
		{"order of texts like numbers", "${data.t5} < '10'", "true"},
		{"an escaped quote", `${data.its} == 'it\'s'`, "true"},
		{"not", "!${data.no}", "true"},
		{"two nots", "!!${data.no}", "false"},
		{"absent and an empty text", "${data.none} == ''", "true"},
		{"null and an empty text", "${data.null} != ''", "false"},
		{"tabs and lines", "${data.yes}\t&&\n${data.yes}", "true"},
		{"an operand is missing", "${data.yes} &&", "unreadable"},
		{"in backticks", "`${data.yes}`", "unreadable"},
		{"too deep", strings.Repeat("(", 51) + "${data.yes}" + strings.Repeat(")", 51), "unreadable"},
		{"too long", "${data.yes}" + strings.Repeat(" ", 10_000), "unreadable"},
	}
	scope := stateScope(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := "unreadable"
			c := expr.ReadCondition(tt.text)
			c.EvalUsual(scope) // the second evaluation must not depend on the first
			result, ok := c.EvalUsual(scope)
			if once, readable := expr.EvalConditionUsual(tt.text, scope); once != result || readable != ok {
				t.Errorf("got %t, %t at once, %t, %t after another evaluation", once, readable, result, ok)
			}
			if ok && result {
				got = "true"
			} else if ok {
				got = "false"
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestEvalConditionBounds(t *testing.T) {
	t.Parallel()
	scope := stateScope(t)
	for name, text := range map[string]string{
		"too long":            "${data.yes}" + strings.Repeat(" ", 10_000),
		"never closed":        strings.Repeat("(", 5000) + "${data.no}",
		"closed too often":    "${data.no}" + strings.Repeat(")", 5000),
		"values side by side": strings.Repeat("(1", 2000) + strings.Repeat(")", 2000),
	} {
		if expr.EvalCondition(text, scope) {
			t.Errorf("%s: got true, want false", name)
		}
	}
}

// FuzzEvalCondition: any text has a result in both readings.
func FuzzEvalCondition(f *testing.F) {
	for _, text := range []string{
		"(${data.yes} == true) && (${data.s} == 'x')", "!(${data.yes} || 1.5 < ${data.n}))(", "true)false(!=''==t", "'()' == ${data.s} ()",
		"-- -1 tääää ${data.", "${data.two} == ${data.o}",
	} {
		f.Add(text)
	}
	scope := stateScope(f)
	f.Fuzz(func(_ *testing.T, text string) {
		expr.EvalCondition(text, scope)
		expr.EvalConditionUsual(text, scope)
	})
}
