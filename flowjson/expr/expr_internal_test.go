package expr

import (
	"fmt"
	"strings"
	"testing"
)

// show writes an expression with parentheses around every operation.
func show(e *Expression) string {
	switch e.Kind {
	case Ref:
		return e.Ref.String()
	case Literal:
		return e.Literal
	case Not:
		return "!" + show(e.Operands[0])
	default:
		var b strings.Builder
		for i, operand := range e.Operands {
			if i > 0 && e.Kind == Operation {
				b.WriteString(" " + e.Operators[i-1].Text)
			}
			b.WriteString(" " + show(operand))
		}
		return "(" + strings.TrimPrefix(b.String(), " ") + ")"
	}
}

func TestParseExpression(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text      string
		condition bool
		want      string // the expression, or "character: problem"
	}{
		"reference":            {"${data.name}", true, "${data.name}"},
		"global reference":     {"${screen.START.form.stay.start-date}", false, "${screen.START.form.stay.start-date}"},
		"comparison":           {"${data.age}>=18", true, "(${data.age} >= number)"},
		"decimal":              {"${data.age} < 1.5", true, "(${data.age} < number)"},
		"negative":             {"${data.age} == -1", true, "(${data.age} == number)"},
		"boolean":              {"${data.a} != true", true, "(${data.a} != boolean)"},
		"not":                  {"!!${data.a}", true, "!!${data.a}"},
		"three nots":           {"!!!${data.a}", true, "!${data.a}"},
		"not of a group":       {"!(${data.a} == 'x')", true, "!(${data.a} == string)"},
		"and before or":        {"${data.a} || ${data.b} && ${data.c}", true, "(${data.a} || (${data.b} && ${data.c}))"},
		"equal before and":     {"${data.a} == 1 && ${data.b}", true, "((${data.a} == number) && ${data.b})"},
		"group":                {"(${data.a} || ${data.b}) && ${data.c}", true, "((${data.a} || ${data.b}) && ${data.c})"},
		"chain":                {"${data.a} && ${data.b} && ${data.c}", true, "(${data.a} && ${data.b} && ${data.c})"},
		"concatenation":        {"'You are ' ${form.age} ' years'", false, "(string ${form.age} string)"},
		"no space between":     {"'a'${form.b}", false, "(string ${form.b})"},
		"division in text":     {"'Each: ' ${data.total} / ${form.size}", false, "(string (${data.total} / ${form.size}))"},
		"group in text":        {"'In ' (2024 - ${form.age}) ' or so'", false, "(string (number - ${form.age}) string)"},
		"comparison in text":   {"'Over: ' ${data.total} > 2 ' or not'", false, "(string (${data.total} > number) string)"},
		"text in a group":      {"'a' ('b' ${data.a})", false, "(string (string ${data.a}))"},
		"product before sum":   {"${data.a} + ${data.b} * 2", false, "(${data.a} + (${data.b} * number))"},
		"escaped backtick":     {"'Ana\\`s' ${data.a}", false, "(string ${data.a})"},
		"backtick escaped x2":  {"'Ana\\\\`s' ${data.a}", false, "(string ${data.a})"},
		"escaped quote":        {`'Ana\'s' ${data.a}`, false, "(string ${data.a})"},
		"backslash":            {`'C:\dir' ${data.a}`, false, "(string ${data.a})"},
		"operators in a text":  {"${data.a} == '(&& ${'", true, "(${data.a} == string)"},
		"tabs and lines":       {"\t${data.a}\n== 1 ", true, "(${data.a} == number)"},
		"most groups":          {strings.Repeat("(", 50) + "${data.a}" + strings.Repeat(")", 50), true, "${data.a}"},
		"groups side by side":  {strings.Repeat("(${data.a}) && ", 60) + "${data.a}", true, "(" + strings.Repeat("${data.a} && ", 60) + "${data.a})"},
		"empty":                {"", true, "1: there is no operand"},
		"blank":                {"  ", true, "3: there is no operand"},
		"too many groups":      {strings.Repeat("(", 51) + "1", true, "51: parentheses nest deeper than 50 levels"},
		"empty parentheses":    {"( )", true, "1: the parentheses are empty"},
		"not closed":           {"((${data.a})", true, "1: a parenthesis is not closed"},
		"not opened":           {"${data.a}))((", true, "10: a closing parenthesis has no opening one"},
		"closing first":        {"))${data.a}((", true, "1: an operand is missing before the closing parenthesis"},
		"no operand left":      {"== 1", true, "1: an operand is missing before =="},
		"no operand right":     {"${data.a} ==", true, "13: an operand is missing at the end"},
		"no operand between":   {"${data.a} == && 1", true, "14: an operand is missing before &&"},
		"no operand in group":  {"(${data.a} ==)", true, "14: an operand is missing before the closing parenthesis"},
		"no operator":          {"${data.a} ${data.b}", true, "11: an operator is missing before this operand"},
		"no operator in group": {"(${data.a} 1)", true, "12: an operator is missing before this operand"},
		"quote":                {"'a", true, "1: a quote is not closed"},
		"counts characters":    {"'äö' == 'é", true, "9: a quote is not closed"},
		"backtick":             {"'a`b'", false, "3: a backtick within the text needs a backslash before it, in JSON two"},
		"brace":                {"${data.a == 1", true, "1: a reference is not closed with }"},
		"operator in braces": {
			"${data.a == 1}", true,
			`1: "${data.a == 1}" is not a reference: those are ${data.key}, ${form.name} and ${screen.ID.data.key}, with operators outside`,
		},
		"assignment":         {"${data.a} = 1", true, "11: this compares with =="},
		"three signs":        {"${data.a} === 1", true, "11: === is not an operator: use two signs"},
		"one and":            {"${data.a} & true", true, "11: this is written &&"},
		"one or":             {"${data.a} | true", true, "11: this is written ||"},
		"double quotes":      {`${data.a} == "x"`, true, "14: write a text in single quotes"},
		"word":               {"${data.a} == x", true, `14: "x" is neither a reference nor a value: write a text in single quotes`},
		"True":               {"${data.a} == True", true, `14: "True" is neither a reference nor a value: write a text in single quotes`},
		"minus":              {"${data.a} == -x", true, "14: a number must follow the minus sign"},
		"number and letters": {"${data.a} == 1st", true, "14: this is not a number: write a text in single quotes"},
		"two points":         {"${data.a} == 1.2.3", true, "14: this is not a number: write a text in single quotes"},
		"character":          {"${data.a} ? 1", true, "11: the character '?' has no meaning here"},
		"sum in a condition": {"${data.a} + 1 > 2", true, "11: a condition has no operator +: calculate in an expression for visible, or in the endpoint"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := parse(tt.text, tt.condition)
			var got string
			if err != nil {
				got = fmt.Sprintf("%d: %s", Character(tt.text, err.At), err.Problem)
			} else {
				got = show(e)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// What works all the same does so in the evaluation.
func TestErrorWorks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text             string
		condition, works bool
	}{
		{`"Hello " 'you'`, false, true},
		{"-(1 + 2)", false, true},
		{"1 > -${data.n}", false, true},
		{`${data.s} == "x"`, true, false},
		{"-${data.n} > 1", true, false},
		{"- 1", false, false},
		{"1 ? 2", false, false},
	} {
		_, err := parse(tt.text, tt.condition)
		if err == nil || err.Works != tt.works {
			t.Errorf("%s: got %v", tt.text, err)
		}
		if _, thrown := calculate(tt.text, func(Reference) (any, bool) { return 1.0, true }); tt.works && thrown != nil {
			t.Errorf("%s: %v", tt.text, thrown)
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	types := map[string]string{"s": TypeString, "n": TypeNumber, "b": TypeBoolean, "a": TypeArray, "o": TypeObject}
	tests := map[string]struct{ text, want string }{ // the type, or the problems
		"text":                  {"'a'", "string"},
		"unknown":               {"${data.x}", ""},
		"comparison":            {"${data.s} == 'a'", "boolean"},
		"comparison of unknown": {"${data.x} == 'a'", "boolean"},
		"sum":                   {"${data.n} + 1", "number"},
		"sum of a comparison":   {"${data.n} + 1 > 2", "boolean"},
		"concatenation":         {"${data.n} ' ' ${data.b}", "string"},
		"logic":                 {"!${data.b} || (${data.n} < 1)", "boolean"},
		"two types":             {"${data.s} == 1", "11: refused"},
		"boolean and text":      {"${data.b} != 'true'", "11: refused"},
		"array":                 {"${data.a} == ''", "11: refused"},
		"logic of a text":       {"${data.s} || ${data.b}", "1: refused"},
		"logic of a number":     {"${data.b} && ${data.b} && ${data.n}", "27: refused"},
		"not a number":          {"!${data.n}", "2: refused"},
		"order of texts":        {"${data.s} > 'a'", "11: advised against"},
		"sum of a text":         {"'a' + ${data.n}", "5: advised against"},
		"array in a text":       {"'a' ${data.a}", "5: advised against"},
		"object in a text":      {"'a' ${data.o}", "5: advised against"},
		"texts in a group":      {"'a' ('b' ${data.n})", "6: advised against"},
		"all in a group":        {"('a' ${data.n})", "2: advised against"},
		"a call":                {"${data.n} (1 + 2)", "12: advised against"},
		"a call of a group":     {"(1 + 2) (3 + 4)", "10: advised against"},
		"no call":               {"'a' (1 + 2) '' (3 + 4)", "string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := parse(tt.text, false)
			if err != nil {
				t.Fatal(err.Problem)
			}
			got, problems := e.Types(func(ref Reference) string { return types[ref.Path[0]] })
			for _, p := range problems {
				got = fmt.Sprintf("%d: advised against", Character(tt.text, p.At))
				if p.Refused {
					got = fmt.Sprintf("%d: refused", Character(tt.text, p.At))
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestUnclear(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"in parentheses": {"(${data.a} == 1) && (${data.b} != 2)", ""},
		"alone":          {"${data.a} == 1", ""},
		"and":            {"${data.a} == 1 && ${data.b}", "&&"},
		"or":             {"${data.a} || ${data.b} > 1", "||"},
		"and within or":  {"${data.a} || ${data.b} && ${data.c}", ""},
		"within a group": {"(${data.a} == 1 && ${data.b}) || ${data.c}", "&&"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := parse(tt.text, true)
			if err != nil {
				t.Fatal(err.Problem)
			}
			if got := e.Unclear(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzExpression: any text is an expression or has a problem at one of its characters,
// and one that is an expression has types.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{
		"(${data.age} > 17) && (${screen.START.form.age} != -1)", "'You are ' ${form.age} ' years old'",
		"!${data.a} || ('x' == ${data.b})", "${data.total} / ${form.size} * 2.5", "'Ana\\`s'", "((${data.a}))", "${data.a} === 1", "'ä",
	} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, condition bool) {
		e, err := parse(text, condition)
		if err != nil {
			if err.At < 0 || err.At > len(text) || err.Problem == "" {
				t.Fatalf("problem %q at %d of %d", err.Problem, err.At, len(text))
			}
			return
		}
		again, err := parse("("+text+")", condition)
		if err == nil && show(again) != show(e) {
			t.Fatalf("in parentheses it is %s, without %s", show(again), show(e))
		}
		if got, _ := e.Types(func(Reference) string { return TypeString }); got == "" {
			t.Fatal("no type")
		}
		e.Unclear()
		e.Constant()
	})
}
