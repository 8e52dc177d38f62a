package expr_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/expr"
)

const stateJSON = `{
	"CURRENT": {
		"data": {
			"yes": true, "no": false, "n": 3, "zero": 0, "m": 1.239, "small9": 0.9, "neg": -2.5, "big": 1e21, "small": 1.5e-7,
			"s": "x", "empty": "", "t5": "5", "t0": "0", "t19": "1.9", "tfalse": "false", "ttrue": "true",
			"its": "it's", "itsb": "it\\'s", "q": "a\"b", "uml": "äö", "null": null,
			"list": [], "one": [5], "two": ["p", "q"], "o": {"k": "v"}, "p": {"k": "v"}, "start-date": "dd", "start": 9
		},
		"form": {"name": "Ada"}
	},
	"OTHER": {"data": {"g": 4}, "form": {"h": "hh"}}
}`

// stateScope resolves references in a state such as stateJSON.
func stateScope(tb testing.TB) expr.Scope {
	tb.Helper()
	var state map[string]any
	if err := json.Unmarshal([]byte(stateJSON), &state); err != nil {
		tb.Fatal(err)
	}
	return func(ref expr.Reference) (any, bool) {
		screen := ref.Screen
		if screen == "" {
			screen = "CURRENT"
		}
		return expr.Get(state, append([]string{screen, ref.Source}, ref.Path...))
	}
}

// nothing is what a table expects of an absent value.
type absence struct{}

var nothing = absence{}

// check compares the result of an evaluation: a value, nothing, or an error.
func check(t *testing.T, value any, ok bool, err error, want any) {
	t.Helper()
	number, isNumber := want.(float64)
	got := value
	switch {
	case err != nil:
		got = err
	case !ok:
		got = nothing
	}
	wantErr, wantsErr := want.(error)
	switch {
	case wantsErr && errors.Is(err, wantErr):
	case isNumber && math.IsNaN(number):
		if n, _ := got.(float64); !math.IsNaN(n) {
			t.Errorf("got %#v, want NaN", got)
		}
	case !reflect.DeepEqual(got, want):
		t.Errorf("got %#v, want %#v", got, want)
	}
}

// The number of a row is that of the fact about WhatsApp's web client (2026) that it shows.
func TestEval(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       any
	}{
		{"row 23: and before or", "${data.no} && ${data.no} || ${data.yes}", true},
		{"row 23: comparison before and", "${data.n} == 3 && ${data.s} == 'x'", true},
		{"row 23: order before equality", "${data.n} > 2 == ${data.yes}", true},
		{"row 23: sum before order", "${data.n} + 1 > 3", true},
		{"row 23: product before sum", "2 + ${data.n} * 4", 14.0},
		{"row 23: from the left", "10 - ${data.n} - 2", 5.0},
		{"row 23: division from the left", "24 / 4 / ${data.n}", 2.0},
		{"row 23: parentheses", "(2 + ${data.n}) * 4", 20.0},
		{"row 23: not before comparison", "!${data.no} == ${data.yes}", true},
		{"row 23: two nots", "!!${data.s}", true},
		{"row 23: a sign before a reference", "-${data.n} + 5", 2.0},
		{"row 23: a minus of a text", "-${data.t5}", -5.0},
		{"row 23: a plus changes nothing", "+${data.t5}", "5"},
		{"row 23: a sign after an operator", "${data.n} - -2", 5.0},
		{"row 24: side by side", "'You are ' ${data.n} ' years'", "You are 3 years"},
		{"row 24: no space between", "'a'${data.s}'b'", "axb"},
		{"row 24: side by side binds least", "'Sum: ' ${data.n} + 1", "Sum: 4"},
		{"row 24: or binds more", "'Any: ' ${data.no} || ${data.yes}", "Any: true"},
		{"row 24: comparison binds more", "'Is 3: ' ${data.n} == 3", "Is 3: true"},
		{"row 24: in parentheses it throws", "('a' ${data.s})", expr.ErrThrows},
		{"row 24: a reference before ( is a call", "${data.n} (1+2)", expr.ErrThrows},
		{"row 24: a parenthesis before ( is a call", "(1+2) (3+4)", expr.ErrThrows},
		{"row 24: a text before ( is none", "'In ' (2024 - ${data.n}) ' or so'", "In 2021 or so"},
		{"row 24: a number before ( is none", "5 (1+2)", "53"},
		{"row 24: a literal word before ( is one", "true (1+2)", expr.ErrThrows},
		{"row 24: an empty text between heals it", "(1+2) '' (3+4)", "37"},
		{"row 24: a minus after a text subtracts", "'a' -1", math.NaN()},
		{"row 24: a minus after a text like a number", "'5' -1", 4.0},
		{"row 24: a not starts an operand", "'a' !${data.yes}", "afalse"},
		{"row 24: a comma separates", "'a', ${data.s}", "ax"},
		{"row 24: a semicolon separates", "'a'; ${data.s}", "ax"},
		{"row 24: references that touch are one path", "${data.s}${data.s}", nothing},
		{"row 25: intermediate results are rounded", "1/3*3", 0.99},
		{"row 25: rounded down", "10 / 3", 3.33},
		{"row 25: rounded up", "2 / 3", 0.67},
		{"row 25: half up", "${data.m} * 0.5", 0.62},
		{"row 25: half up towards plus infinity", "-0.125 * 1", -0.12},
		{"row 25: half of a positive number", "0.125 * 1", 0.13},
		{"row 25: a reference is not rounded", "${data.m}", 1.239},
		{"row 25: a literal is not rounded", "1.239", 1.239},
		{"row 25: a sign does not round", "-${data.m}", -1.239},
		{"row 25: nor do operands side by side", "'n ' ${data.m}", "n 1.239"},
		{"row 25: a sum is rounded", "${data.m} + 0", 1.24},
		{"row 25: no negative zero", "0 * -1", 0.0},
		{"row 26: division by zero", "${data.n} / 0", 0.0},
		{"row 26: division by a reference to zero", "${data.n} / ${data.zero}", 0.0},
		{"row 26: division by nothing", "${data.n} / ${data.none}", 0.0},
		{"row 26: division by null", "${data.n} / ${data.null}", 0.0},
		{"row 26: modulo zero", "${data.n} % 0", 0.0},
		{"row 26: modulo nothing", "${data.n} % ${data.none}", 0.0},
		{"row 26: division by an empty text", "${data.n} / ${data.empty}", math.Inf(1)},
		{"row 26: division of a negative by an empty text", "-1 / ${data.empty}", math.Inf(-1)},
		{"row 26: division by the text 0", "${data.n} / ${data.t0}", math.Inf(1)},
		{"row 26: zero by an empty text", "0 / ${data.empty}", math.NaN()},
		{"row 26: modulo an empty text", "${data.n} % ${data.empty}", math.NaN()},
		{"row 26: nothing divided", "${data.none} / 2", 0.0},
		{"row 26: modulo", "${data.n} % 2", 1.0},
		{"row 26: modulo of a negative", "-7 % 3", -1.0},
		{"row 27: absent and an empty text", "${data.none} == ''", true},
		{"row 27: absent and absent", "${data.none} == ${form.none}", true},
		{"row 27: null and an empty text", "${data.null} == ${data.empty}", true},
		{"row 27: absent is not false", "${data.none} == false", false},
		{"row 27: an empty text is not 0", "${data.empty} == 0", false},
		{"row 27: absent is not 0", "${data.none} == 0", false},
		{"row 27: a text like a number", "${data.t5} == 5", true},
		{"row 27: a text with zeros", "'007' == 7", true},
		{"row 27: an exponent", "'1e2' == 100", true},
		{"row 27: hexadecimal", "'0x1F' == 31", true},
		{"row 27: a blank text is 0", "' ' == 0", true},
		{"row 27: true is 1", "${data.yes} == 1", true},
		{"row 27: two texts", "'5' == '5.0'", false},
		{"row 27: text and boolean", "${data.yes} == 'true'", false},
		{"row 27: another text", "${data.s} != 'y'", true},
		{"row 27: a list of one number", "${data.one} == 5", true},
		{"row 27: an empty list is 0", "${data.list} == 0", true},
		{"row 27: a list is itself", "${data.two} == ${data.two}", true},
		{"row 27: an object is not another", "${data.o} == ${data.p}", false},
		{"row 27: different from nothing", "${data.s} != ${data.none}", true},
		{"row 28: less", "${data.n} < 4", true},
		{"row 28: at most", "${data.n} <= 3", true},
		{"row 28: text like a number", "${data.t5} > 4", true},
		{"row 28: text that is no number", "'abc' < 9", false},
		{"row 28: two texts never compare", "${data.t5} > '4'", false},
		{"row 28: an empty text", "${data.empty} < 9", false},
		{"row 28: absent", "${data.none} < 9", false},
		{"row 28: null", "${data.null} >= 0", false},
		{"row 28: boolean and number", "${data.yes} >= 1", true},
		{"row 29: the text false is true", "${data.tfalse} && true", true},
		{"row 29: a list is true", "${data.list} && true", true},
		{"row 29: zero is false", "${data.zero} || false", false},
		{"row 29: an empty text is false", "!${data.empty}", true},
		{"row 29: absent is false", "!${data.none}", true},
		{"row 29: or gives a boolean", "${data.none} || 'none'", true},
		{"row 29: or of a text gives a boolean", "${data.s} || 'none'", true},
		{"row 29: and gives a boolean", "${data.s} && ${data.n}", true},
		{"row 30: texts like numbers", "'5' + '3'", 8.0},
		{"row 30: an empty text counts 0", "${data.empty} + 2", 2.0},
		{"row 30: absent counts 0", "${data.none} + 2", 2.0},
		{"row 30: true counts 1", "${data.yes} + 2", 3.0},
		{"row 30: another text is NaN", "'a' + 2", math.NaN()},
		{"row 30: difference of texts", "'5' - '3'", 2.0},
		{"row 30: product of texts", "'5' * '3'", 15.0},
		{"row 30: a blank text", "' ' + 2", 2.0},
		{"row 30: a list of two", "${data.two} + 1", math.NaN()},
		{"row 30: infinity", "'Infinity' - 1", math.Inf(1)},
		{"row 31: absent gives nothing", "'a' ${data.none} 'b'", "ab"},
		{"row 31: null gives nothing", "'a' ${data.null} 'b'", "ab"},
		{"row 31: a list has commas", "'' ${data.two}", "p,q"},
		{"row 31: an object", "'' ${data.o}", "[object Object]"},
		{"row 31: a large number", "'' ${data.big}", "1e+21"},
		{"row 31: a small number", "'' ${data.small}", "1.5e-7"},
		{"row 31: a boolean", "'' ${data.yes}", "true"},
		{"row 31: a brace vanishes", "'a}b'", "ab"},
		{"row 31: an escaped quote", `'It\'s'`, "It's"},
		{"row 31: a backslash at the end", `'C:\'`, "C:\\"},
		{"row 31: a line break", `'a\nb'`, "a\nb"},
		{"row 31: an escaped letter", `'\q'`, "q"},
		{"row 31: double quotes", `"it's"`, "it's"},
		{"row 31: a name with a minus", "${data.start-date}", 9.0},
		{"row 31: a bare word is absent", "word", nothing},
		{"row 31: a bare word side by side", "'a' word", "a"},
		{"row 31: ? : throws", "${data.yes} ? 1 : 2", expr.ErrThrows},
		{"row 31: a list throws", "[1, 2]", expr.ErrThrows},
		{"row 31: this throws", "this", expr.ErrThrows},
		{"row 31: === gives an empty text", "${data.n} === 3", ""},
		{"row 31: !== gives an empty text", "${data.n} !== 3", ""},
		{"row 31: a bit operator", "${data.n} & 1", ""},
		{"row 31: null", "null", nil},
		{"row 31: null equals nothing", "null == ${data.none}", true},
		{"row 32: an operand is missing", "${data.n} +", expr.ErrThrows},
		{"row 32: the first operand is missing", "* 2", expr.ErrThrows},
		{"row 32: a quote is not closed", "'a", expr.ErrThrows},
		{"row 32: a parenthesis is not closed", "(${data.n}", expr.ErrThrows},
		{"row 32: a parenthesis is not opened", "${data.n})", expr.ErrThrows},
		{"row 32: one equals sign", "${data.n} = 3", expr.ErrThrows},
		{"row 32: a name that starts with a digit", "1st", expr.ErrThrows},
		{"row 32: two points", "1.2.3", expr.ErrThrows},
		{"row 32: a reference that is not closed", "${other.x}", expr.ErrThrows},
		{"row 32: nothing to negate", "!", expr.ErrThrows},
		{"row 32: an index after a point", "${data.two.0}", expr.ErrThrows},
		{"an index", "${data.two[1]}", "q"},
		{"an index of a name", "${data.o['k']}", "v"},
		{"a length", "${data.two.length}", 2.0},
		{"a length of a text", "${data.s.length}", 1.0},
		{"nested data", "${data.o.k}", "v"},
		{"another screen", "${screen.OTHER.data.g} + 1", 5.0},
		{"another screen's form", "${screen.OTHER.form.h}", "hh"},
		{"an unknown screen", "${screen.NONE.data.g}", nothing},
		{"an input", "${form.name}", "Ada"},
		{"external data", "${external_data.x}", nothing},
		{"nothing at all", "", ""},
		{"only spaces", "  ", ""},
		{"empty parentheses", "()", ""},
		{"numbers", ".5 + 1.", 1.5},
		{"an exponent", "1e2", 100.0},
		{"a lone point", "'' .", "NaN"},
	}
	scope := stateScope(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			value, ok, err := expr.Resolve("`"+tt.text+"`", scope, true)
			check(t, value, ok, err, tt.want)
			e, parseErr := expr.Parse(tt.text)
			if parseErr != nil {
				return // Parse accepts what Meta documents
			}
			value, ok, err = e.Eval(scope)
			check(t, value, ok, err, tt.want)
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       any
	}{
		{"row 44: a reference", "${data.n}", 3.0},
		{"row 44: an input", "${form.name}", "Ada"},
		{"row 44: another screen", "${screen.OTHER.data.g}", 4.0},
		{"row 44: an unknown screen", "${screen.NONE.data.g}", nothing},
		{"row 44: nothing", "${data.none}", nothing},
		{"row 44: null", "${data.null}", nothing},
		{"row 44: nested", "${data.o.k}", "v"},
		{"row 44: an index", "${data.two.1}", "q"},
		{"row 44: an index in brackets", "${data.two[1]}", "q"},
		{"row 44: an index behind the end", "${data.two.2}", nothing},
		{"row 44: a length", "${data.two.length}", 2.0},
		{"row 44: a name with a minus", "${data.start-date}", "dd"},
		{"row 44: a list", "${data.two}", []any{"p", "q"}},
		{"row 44: text between", "${data.s} and ${data.n}", nothing},
		{"row 44: a form, text, and data", "${form.name} of ${data.n}", nothing},
		{"row 44: two references that touch", "${data.s}${data.n}", nothing},
		{"row 44: text behind a global reference", "${screen.OTHER.data.g} and more", nothing},
		{"row 44: text behind a reference", "${data.s} and more", "${data.s} and more"},
		{"row 44: text before", "Hello ${data.s}", "Hello ${data.s}"},
		{"row 44: an operator", "${data.s == 'x'}", nothing},
		{"row 44: no such source", "${other.s}", "${other.s}"},
		{"row 44: a name that only starts alike", "${database.s}", nothing},
		{"row 44: external data", "${external_data.s}", nothing},
		{"row 44: only the source", "${data}", nothing},
		{"row 44: no screen", "${screen..data.s}", nothing},
		{"a text", "plain", "plain"},
		{"no text", "", ""},
		{"an expression", "`${data.n} + 1`", 4.0},
		{"an expression without text", "``", ""},
		{"one backtick", "`", ""},
		{"a backtick at the start", "`x", "`x"},
		{"an expression that throws", "`(`", expr.ErrThrows},
	}
	scope := stateScope(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			value, ok, err := expr.Resolve(tt.text, scope, true)
			check(t, value, ok, err, tt.want)
		})
	}
	t.Run("row 22: no expressions before 6.0", func(t *testing.T) {
		t.Parallel()
		value, ok, err := expr.Resolve("`${data.n} + 1`", scope, false)
		check(t, value, ok, err, nothing)
	})
}

func TestEvalNull(t *testing.T) {
	t.Parallel()
	null := func(expr.Reference) (any, bool) { return nil, true }
	value, ok, err := expr.Resolve("`${data.x}`", null, true)
	check(t, value, ok, err, nil)
	value, ok, err = expr.Resolve("${data.x}", null, true)
	check(t, value, ok, err, nothing)
}

func TestToText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value any
		want  string
	}{
		"null":           {nil, ""},
		"text":           {"a", "a"},
		"boolean":        {false, "false"},
		"whole number":   {100.0, "100"},
		"decimals":       {0.30000000000000004, "0.30000000000000004"},
		"negative zero":  {math.Copysign(0, -1), "0"},
		"large":          {123456789012345680000.0, "123456789012345680000"},
		"larger":         {1e21, "1e+21"},
		"small":          {0.000001, "0.000001"},
		"smaller":        {-1.5e-7, "-1.5e-7"},
		"very small":     {5e-324, "5e-324"},
		"infinite":       {math.Inf(-1), "-Infinity"},
		"not a number":   {math.NaN(), "NaN"},
		"list":           {[]any{"a", nil, 1.0, []any{"b", true}}, "a,,1,b,true"},
		"empty list":     {[]any{}, ""},
		"object":         {map[string]any{"a": 1.0}, "[object Object]"},
		"list of object": {[]any{map[string]any{}}, "[object Object]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := expr.ToText(tt.value); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEvalBounds(t *testing.T) {
	t.Parallel()
	large := func(expr.Reference) (any, bool) { return strings.Repeat("x", 1<<19), true }
	tests := map[string]struct {
		text string
		want any
	}{
		"deepest":         {strings.Repeat("(", 50) + "1" + strings.Repeat(")", 50), 1.0},
		"too deep":        {strings.Repeat("(", 51) + "1" + strings.Repeat(")", 51), expr.ErrThrows},
		"deep brackets":   {strings.Repeat("a[", 51) + "1" + strings.Repeat("]", 51), expr.ErrThrows},
		"many signs":      {strings.Repeat("!", 2000) + "1", true},
		"many operations": {strings.Repeat("1 + ", 2000) + "1", 2001.0},
		"too long":        {strings.Repeat(" ", 10_001), expr.ErrThrows},
		"large":           {"${data.a} ${data.a}", strings.Repeat("x", 1<<20)},
		"too large":       {"${data.a} ${data.a} ${data.a}", expr.ErrThrows},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			value, ok, err := expr.Resolve("`"+tt.text+"`", large, true)
			check(t, value, ok, err, tt.want)
		})
	}
}

// FuzzEval: any text has a value or throws, and a value is one of JSON's types.
func FuzzEval(f *testing.F) {
	for _, text := range []string{
		"'You are ' ${form.name} ' years'", "${data.n} / ${data.zero} * 2.5 >= -1", "!(${data.s} == 'x') || ${data.two[0]}",
		"${data.o.k} (1)", "'a\\'", "1e5 === .5", "screen.CURRENT.data", "((", "[\"a\"]", "a ? b : c",
	} {
		f.Add(text)
	}
	scope := stateScope(f)
	f.Fuzz(func(t *testing.T, text string) {
		value, ok, err := expr.Resolve("`"+text+"`", scope, true)
		if err != nil && !errors.Is(err, expr.ErrThrows) {
			t.Fatalf("error %v", err)
		}
		switch value.(type) {
		case float64, string, bool, []any, map[string]any:
			if !ok {
				t.Fatal("an absent value")
			}
		case nil:
		default:
			t.Fatalf("a value of type %T", value)
		}
	})
}
