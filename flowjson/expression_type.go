package flowjson

import "fmt"

// typer finds the types within an expression, and what does not fit.
type typer struct {
	typeOf   func(Reference) string // "" if it is not known
	problems []typeProblem
}

// typeProblem is an operand that an operator cannot take. Meta's page "Error codes"
// (2025-04) lists those that are refused; the others are against its page "Flow JSON"
// (2026-03-24) only.
type typeProblem struct {
	at      int
	problem string
	refused bool
}

func (t *typer) add(at int, refused bool, format string, args ...any) {
	t.problems = append(t.problems, typeProblem{at, fmt.Sprintf(format, args...), refused})
}

// of returns the type of an expression; "" if it cannot be told.
func (t *typer) of(e *expression) string {
	switch e.kind {
	case isReference:
		return t.typeOf(e.ref)
	case isLiteral:
		return e.literal
	case isNot:
		t.logical(e.operands[0], "!", t.of(e.operands[0]))
		return TypeBoolean
	case isConcatenation:
		for _, operand := range e.operands {
			if got := t.of(operand); got == TypeArray || got == TypeObject {
				t.add(operand.at, false, "texts, numbers and booleans can be put together, and this is %s", kindOf(got))
			}
		}
		return TypeString
	default:
		return t.operation(e)
	}
}

func (t *typer) operation(e *expression) string {
	left := t.of(e.operands[0])
	for i, op := range e.operators {
		operand := e.operands[i+1]
		right := t.of(operand)
		switch op.text {
		case "&&", "||":
			if i == 0 {
				t.logical(e.operands[0], op.text, left)
			}
			t.logical(operand, op.text, right)
			left = TypeBoolean
		case "==", "!=":
			if left != "" && right != "" && left != right {
				t.add(op.at, true, "%s compares values of one type, and these are %s and %s", op.text, kindOf(left), kindOf(right))
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

func (t *typer) logical(operand *expression, op, got string) {
	if got != "" && got != TypeBoolean {
		t.add(operand.at, true, "%s takes booleans, and this is %s: compare it with something first, in parentheses", op, kindOf(got))
	}
}

func (t *typer) numbers(op operator, left, right string) {
	for _, got := range []string{left, right} {
		if got != "" && got != TypeNumber {
			t.add(op.at, false, "%s takes numbers, and this has %s", op.text, kindOf(got))
			return
		}
	}
}

// unclear returns an operator that takes a comparison without parentheses around it,
// and "" if there is none. Meta's page "Components" (2026-04-14) says that && comes
// before every other operator, unlike in other languages.
func (e *expression) unclear() string {
	for i, operand := range e.operands {
		if e.kind == isOperation && levelOf(e) < 2 && operand.kind == isOperation && !operand.grouped && levelOf(operand) >= 2 {
			return e.operators[max(i-1, 0)].text
		}
		if op := operand.unclear(); op != "" {
			return op
		}
	}
	return ""
}

// levelOf returns the level of an operation's operators.
func levelOf(e *expression) int {
	for i, level := range levels {
		for _, text := range level {
			if text == e.operators[0].text {
				return i
			}
		}
	}
	return len(levels)
}

// constant returns an operation that has literals on both sides.
func (e *expression) constant() (operator, bool) {
	for i, op := range e.operators {
		if e.operands[i].kind == isLiteral && e.operands[i+1].kind == isLiteral {
			return op, true
		}
	}
	for _, operand := range e.operands {
		if op, ok := operand.constant(); ok {
			return op, true
		}
	}
	return operator{}, false
}

// kindOf returns a type with its article, for messages.
func kindOf(t string) string {
	switch t {
	case TypeArray, TypeObject, TypeInteger:
		return "an " + t
	}
	return "a " + t
}

// simpleType returns the type of a schema as expressions tell them apart.
func simpleType(s *Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Type == TypeInteger:
		return TypeNumber
	}
	return s.Type
}
