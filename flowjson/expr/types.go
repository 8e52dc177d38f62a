package expr

import "fmt"

// The types of values, as JSON Schema names them.
const (
	TypeString  = "string"
	TypeNumber  = "number"
	TypeInteger = "integer" // not documented by Meta; WhatsApp accepts it
	TypeBoolean = "boolean"
	TypeObject  = "object"
	TypeArray   = "array"
)

// WithArticle returns the name of a type for messages, such as "an array".
func WithArticle(t string) string {
	switch t {
	case TypeArray, TypeObject, TypeInteger:
		return "an " + t
	}
	return "a " + t
}

// TypeProblem is an operand of the wrong type. Meta's page "Error codes" (2025-04)
// lists those that are refused; the others contradict its page "Flow JSON"
// (2026-03-24) only.
type TypeProblem struct {
	At      int // byte in the text
	Problem string
	Refused bool
}

// Types returns the type of an expression's result, empty if it is unknown, and the
// operands of wrong types, in order. typeOf returns the type of what a reference refers
// to: string, number, boolean, object or array, or "" if it is unknown.
func (e *Expression) Types(typeOf func(Reference) string) (result string, problems []TypeProblem) {
	t := &typer{typeOf: typeOf, top: e}
	result = t.of(e)
	return result, t.problems
}

type typer struct {
	top      *Expression
	typeOf   func(Reference) string
	problems []TypeProblem
}

func (t *typer) add(at int, refused bool, format string, args ...any) {
	t.problems = append(t.problems, TypeProblem{at, fmt.Sprintf(format, args...), refused})
}

// of returns the type of an expression; "" if it is unknown.
func (t *typer) of(e *Expression) string {
	switch e.Kind {
	case Ref:
		return t.typeOf(e.Ref)
	case Literal:
		return e.Literal
	case Not:
		t.logical(e.Operands[0], "!", t.of(e.Operands[0]))
		return TypeBoolean
	case Concatenation:
		t.sideBySide(e)
		for _, operand := range e.Operands {
			if got := t.of(operand); got == TypeArray || got == TypeObject {
				t.add(operand.At, false, "only texts, numbers and booleans can be joined, got %s", WithArticle(got))
			}
		}
		return TypeString
	default:
		return t.operation(e)
	}
}

// sideBySide advises against what WhatsApp's web client (2026) cannot read and shows an
// error page for.
func (t *typer) sideBySide(e *Expression) {
	if e != t.top || e.grouped {
		t.add(e.At, false, "values side by side cannot be in parentheses: put them at the top of the expression")
	}
	for i, operand := range e.Operands[1:] {
		if before := e.Operands[i]; operand.grouped && (before.grouped || before.Kind == Ref) {
			t.add(operand.At, false, "a parenthesis after a reference or another parenthesis is read as a call: put '' between them")
		}
	}
}

func (t *typer) operation(e *Expression) string {
	left := t.of(e.Operands[0])
	for i, op := range e.Operators {
		operand := e.Operands[i+1]
		right := t.of(operand)
		switch op.Text {
		case "&&", "||":
			if i == 0 {
				t.logical(e.Operands[0], op.Text, left)
			}
			t.logical(operand, op.Text, right)
			left = TypeBoolean
		case "==", "!=":
			if left != "" && right != "" && left != right {
				t.add(op.At, true, "%s compares values of one type, got %s and %s", op.Text, WithArticle(left), WithArticle(right))
			}
			left = TypeBoolean
		case "<", "<=", ">", ">=":
			t.numbers(op, left, right)
			left = TypeBoolean
		default:
			t.numbers(op, left, right)
			left = TypeNumber
		}
	}
	return left
}

func (t *typer) logical(operand *Expression, op, got string) {
	if got != "" && got != TypeBoolean {
		t.add(operand.At, true, "%s needs booleans, got %s: compare it with something first, in parentheses", op, WithArticle(got))
	}
}

func (t *typer) numbers(op Operator, left, right string) {
	for _, got := range []string{left, right} {
		if got != "" && got != TypeNumber {
			remedy := ""
			if op.Text == "+" && got == TypeString {
				remedy = ": write texts side by side, without +"
			}
			t.add(op.At, false, "%s needs numbers, got %s%s", op.Text, WithArticle(got), remedy)
			return
		}
	}
}

// Unclear returns an operator that has a comparison without parentheses as an operand;
// "" if there is none. Meta's page "Components" (2026-04-14) says that && comes
// before every other operator, unlike in other languages.
func (e *Expression) Unclear() string {
	for i, operand := range e.Operands {
		if e.Kind == Operation && levelOf(e) < 2 && operand.Kind == Operation && !operand.grouped && levelOf(operand) >= 2 {
			return e.Operators[max(i-1, 0)].Text
		}
		if op := operand.Unclear(); op != "" {
			return op
		}
	}
	return ""
}

// levelOf returns the level of an operation's operators.
func levelOf(e *Expression) int {
	for i, level := range levels {
		for _, text := range level {
			if text == e.Operators[0].Text {
				return i
			}
		}
	}
	return len(levels)
}

// Constant returns an operator that has literals on both sides, and whether there is one.
func (e *Expression) Constant() (Operator, bool) {
	for i, op := range e.Operators {
		if e.Operands[i].Kind == Literal && e.Operands[i+1].Kind == Literal {
			return op, true
		}
	}
	for _, operand := range e.Operands {
		if op, ok := operand.Constant(); ok {
			return op, true
		}
	}
	return Operator{}, false
}
