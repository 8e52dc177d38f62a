package expr

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Input is what is known of the input that a reference names.
type Input uint8

// What inputs give: Typed inputs give texts, to Meta's validator numbers; Ticked ones
// give true or nothing.
const (
	OtherInput Input = iota
	Typed
	Ticked
)

// Surprise returns a part of an expression in backticks that WhatsApp's web client (2026)
// evaluates differently than most authors expect, with a case and a remedy; ok reports
// whether there is one. Tests have each case, as [Expression.Eval] computes it. inputOf is
// called for references to a form.
func (e *Expression) Surprise(inputOf func(Reference) Input) (s TypeProblem, ok bool) {
	r := &surprises{inputOf: inputOf}
	r.of(e, len(e.text) <= maxCalculation)
	if len(r.found) == 0 {
		return TypeProblem{}, false
	}
	return r.found[0], true // others may be consequences
}

type surprises struct {
	inputOf func(Reference) Input
	found   []TypeProblem
}

func (s *surprises) add(at int, format string, args ...any) {
	s.found = append(s.found, TypeProblem{At: at, Problem: fmt.Sprintf(format, args...)})
}

// of looks into an expression; outermost says that it is not part of a calculation whose
// rounding was tried.
func (s *surprises) of(e *Expression, outermost bool) {
	switch e.Kind {
	case Ref:
		s.name(e)
	case Literal:
		s.text(e)
	case Operation:
		for i, op := range e.Operators {
			s.operator(op, e.Operands[i], e.Operands[i+1])
		}
		if outermost && isArithmetic(e) {
			s.rounding(e)
			outermost = false
		}
	case Not, Concatenation:
	}
	for _, operand := range e.Operands {
		s.of(operand, outermost)
	}
}

// name finds names that the client reads as a subtraction.
func (s *surprises) name(e *Expression) {
	if strings.Contains(strings.Join(e.Ref.Path, "."), "-") {
		s.add(e.At, "WhatsApp reads the - in the name of %s as a minus: refer to it without backticks, or use _ in the name", e.Value)
	}
}

// text finds texts that do not stay as they are.
func (s *surprises) text(e *Expression) {
	switch {
	case e.Literal != TypeString || !strings.Contains(e.Value, "}"):
	case len(References(e.Value)) > 0:
		s.add(e.At, "WhatsApp does not replace a reference within quotes: close the quotes before it, for example 'Hello ' ${data.name}")
	default:
		s.add(e.At, "WhatsApp leaves } out of texts: put the text into the data, or write it without")
	}
}

// operator finds operators whose result is another for what inputs give.
func (s *surprises) operator(op Operator, left, right *Expression) {
	switch op.Text {
	case "<", "<=", ">", ">=":
		if s.is(left, Typed) && s.is(right, Typed) {
			s.add(op.At, "both inputs give texts, for which %[1]s is never true in WhatsApp: calculate with one, for example (%[2]s * 1) %[1]s %[3]s",
				op.Text, left.Value, right.Value)
		}
	case "/", "%":
		if s.is(right, Typed) {
			s.add(op.At, "if %[2]s is empty again or 0, WhatsApp does not divide by it as by a number, and shows Infinity or NaN: write %[1]s (%[2]s * 1)",
				op.Text, right.Value)
		}
	case "==", "!=":
		for _, sides := range [][2]*Expression{{left, right}, {right, left}} {
			if s.is(sides[0], Ticked) && sides[1].Literal == TypeBoolean && sides[1].Value == "false" {
				s.add(op.At, "an OptIn that is not ticked has no value, which is not false to WhatsApp: write %s%s",
					map[string]string{"==": "!", "!=": ""}[op.Text], sides[0].Value)
			}
		}
	}
}

// is reports whether an operand is a reference to an input of that sort.
func (s *surprises) is(e *Expression, input Input) bool {
	return e.Kind == Ref && e.Ref.Source == "form" && s.inputOf(e.Ref) == input
}

// samples are the numbers with which rounding is tried.
var samples = []float64{1, 2, 7, 10, 99, 1000}

// Bounds of what is tried: bytes of an expression with a calculation, and cases.
const (
	maxCalculation = 300
	maxSamples     = 64
)

// rounding finds calculations that give another amount as the client rounds each step.
func (s *surprises) rounding(e *Expression) {
	if !slices.ContainsFunc(e.Operands, isArithmetic) && len(e.Operators) < 2 {
		return // one step
	}
	var refs []Reference
	e.Walk(func(leaf *Expression) {
		same := func(ref Reference) bool { return placeOf(ref) == placeOf(leaf.Ref) }
		if leaf.Kind == Ref && !slices.ContainsFunc(refs, same) {
			refs = append(refs, leaf.Ref)
		}
	})
	values := map[place]any{}
	for i := range maxSamples {
		rest := i
		for _, ref := range refs {
			values[placeOf(ref)] = samples[rest%len(samples)]
			rest /= len(samples)
		}
		if rest > 0 {
			return // all cases were tried
		}
		exact, okExact := calculated(e, values, false)
		read, okRead := calculated(e, values, true)
		if !okExact || !okRead {
			return
		}
		if exact = round(exact); math.Abs(exact-read) > 0.005 {
			s.add(e.At, "WhatsApp rounds each step to two decimals: if %s, this gives %s and not %s; divide last", describe(refs, values), ToText(read), ToText(exact))
			return
		}
	}
}

// isArithmetic reports whether an expression calculates with numbers.
func isArithmetic(e *Expression) bool {
	return e.Kind == Operation && levelOf(e) >= len(levels)-2
}

// calculated returns the number that a calculation gives; ok is false if it is not all
// arithmetic, or has a division by 0, which the client has its own rule for.
func calculated(e *Expression, values map[place]any, rounded bool) (number float64, ok bool) {
	switch {
	case e.Kind == Ref:
		number, ok = values[placeOf(e.Ref)].(float64)
		return number, ok
	case e.Literal == TypeNumber:
		return toNumber(e.Value), true
	case !isArithmetic(e):
		return 0, false
	}
	left, ok := calculated(e.Operands[0], values, rounded)
	for i, op := range e.Operators {
		right, okRight := calculated(e.Operands[i+1], values, rounded)
		if !ok || !okRight || right == 0 && (op.Text == "/" || op.Text == "%") {
			return 0, false
		}
		if left = arithmetic(op.Text, left, right); rounded {
			left = round(left)
		}
	}
	return left, true
}
