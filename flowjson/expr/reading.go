package expr

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Difference is a case in which WhatsApp reads the condition of an If otherwise than it
// looks.
type Difference struct {
	// Case says which values the references have, for example "${data.a} is false".
	Case string
	// Read is the result in WhatsApp; the usual one is the opposite.
	Read bool
}

// Bounds of what [DifferenceOf] tries: cases, and bytes of a condition.
const (
	maxCases     = 256
	maxCondition = 1000
)

// DifferenceOf compares two readings of a condition without backticks: the usual one, in
// which comparisons bind more than && and || do, and that of WhatsApp's web client
// (2026). The client applies ! and && as soon as it has read their right side, all
// other operators at a closing parenthesis or at the end, from the right; it overlooks
// the sign after true and false unless that is a space; and it knows no decimals. ok
// reports whether some values of the references make a difference. typeOf is that of
// [Expression.Types]. The condition must be one that [ParseCondition] accepts; a very
// long one is not tried.
func DifferenceOf(text string, typeOf func(Reference) string) (d Difference, ok bool) {
	e, err := ParseCondition(text)
	if err != nil || len(text) > maxCondition {
		return Difference{}, false
	}
	tokens, readable := clientTokens(text)
	names, domains := domainsOf(e, typeOf)
	values := map[string]any{}
	for i := range maxCases {
		rest := i
		for j, name := range names {
			values[name] = domains[j][rest%len(domains[j])]
			rest /= len(domains[j])
		}
		if rest > 0 {
			break // all cases were tried
		}
		if usual, read := e.evaluate(values) == true, readable && readAsClient(tokens, values); usual != read {
			return Difference{describe(names, values), read}, true
		}
	}
	return Difference{}, false
}

// domainsOf returns the references of a condition, and for each the values to try: those
// that the condition mentions, and others.
func domainsOf(e *Expression, typeOf func(Reference) string) (names []string, domains [][]any) {
	types := map[string]string{}
	texts, numbers := map[string]bool{"": true, "x": true}, map[float64]bool{0: true, 1: true}
	e.Walk(func(leaf *Expression) {
		switch {
		case leaf.Kind == Ref:
			types[leaf.Value] = typeOf(leaf.Ref)
		case leaf.Literal == TypeNumber:
			n, _ := leaf.value(nil).(float64)
			numbers[n-1], numbers[n], numbers[n+1] = true, true, true
		case leaf.Literal == TypeString:
			texts[leaf.Value] = true
		}
	})
	for _, name := range slices.Sorted(maps.Keys(types)) {
		var domain []any
		if t := types[name]; t == TypeBoolean || t == "" {
			domain = append(domain, false, true)
		}
		if t := types[name]; t == TypeNumber || t == TypeInteger {
			for _, n := range slices.Sorted(maps.Keys(numbers)) {
				domain = append(domain, n)
			}
		}
		if t := types[name]; t == TypeString || t == "" {
			for _, text := range slices.Sorted(maps.Keys(texts)) {
				domain = append(domain, text)
			}
		}
		if len(domain) == 0 {
			domain = []any{nil}
		}
		names, domains = append(names, name), append(domains, domain)
	}
	return names, domains
}

func describe(names []string, values map[string]any) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s is %v", name, values[name])
		if text, ok := values[name].(string); ok {
			parts[i] = fmt.Sprintf("%s is '%s'", name, text)
		}
	}
	return strings.Join(parts, " and ")
}

// value returns the value of a reference or a literal.
func (e *Expression) value(values map[string]any) any {
	switch {
	case e.Kind == Ref:
		return values[e.Value]
	case e.Literal == TypeBoolean:
		return e.Value == "true"
	case e.Literal == TypeNumber:
		n, _ := strconv.ParseFloat(e.Value, 64) // the reader accepts nothing else
		return n
	}
	return e.Value
}

// evaluate returns the value of a condition as it looks.
func (e *Expression) evaluate(values map[string]any) any {
	switch e.Kind {
	case Not:
		return apply("!", nil, e.Operands[0].evaluate(values))
	case Operation:
		left := e.Operands[0].evaluate(values)
		for i, op := range e.Operators {
			left = apply(op.Text, left, e.Operands[i+1].evaluate(values))
		}
		return left
	default:
		return e.value(values)
	}
}

// apply applies an operator of conditions. Both readings have the same operators.
func apply(operator string, left, right any) any {
	switch operator {
	case "!":
		return right == false
	case "&&":
		return left == true && right == true
	case "||":
		return left == true || right == true
	case "==":
		return left == right
	case "!=":
		return left != right
	}
	a, okA := left.(float64)
	b, okB := right.(float64)
	if !okA || !okB {
		return false
	}
	switch operator {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	default:
		return a >= b
	}
}

// stack is what the client has read of a condition and not applied yet.
type stack struct {
	items []any // values, and operators as [operator]
}

type operator string

const open operator = "("

// clientTokens returns the tokens that WhatsApp's web client reads of a condition; ok
// reports whether it can read all of them.
func clientTokens(text string) (tokens []token, ok bool) {
	r := tokenReader{text: text, condition: true}
	for {
		t := r.read()
		switch {
		case t.kind == tokenEnd:
			return tokens, true
		case t.kind == tokenBad:
			return nil, false
		case t.kind == tokenOperand && t.operand.Literal == TypeNumber && strings.Contains(t.operand.Value, "."):
			return nil, false
		case t.kind == tokenOperand && t.operand.Literal == TypeBoolean && r.at < len(text) && text[r.at] != ' ':
			r.at++
		}
		tokens = append(tokens, t)
	}
}

// readAsClient returns the result of a condition in WhatsApp's web client.
func readAsClient(tokens []token, values map[string]any) bool {
	var s stack
	for _, t := range tokens {
		switch t.kind {
		case tokenOpen:
			s.items = append(s.items, open)
		case tokenClose:
			s.close()
		case tokenOperator:
			s.items = append(s.items, operator(t.text))
		case tokenOperand:
			s.items = append(s.items, t.operand.value(values))
			s.applyAtOnce()
		case tokenEnd, tokenBad: // clientTokens returns none
		}
	}
	s.applyAll(0)
	return len(s.items) > 0 && s.items[len(s.items)-1] == true
}

// applyAtOnce applies ! and && before the value that was read last.
func (s *stack) applyAtOnce() {
	for n := len(s.items); n >= 2; n = len(s.items) {
		switch op, _ := s.items[n-2].(operator); {
		case op == "!":
			s.replace(n-2, apply("!", nil, s.items[n-1]))
		case op == "&&" && n >= 3:
			s.replace(n-3, apply("&&", s.items[n-3], s.items[n-1]))
		default:
			return
		}
	}
}

// close applies the operators of a group.
func (s *stack) close() {
	for i := len(s.items) - 1; i >= 0; i-- {
		if s.items[i] == open {
			s.applyAll(i + 1)
			s.items = slices.Delete(s.items, i, i+1)
			s.applyAtOnce()
			return
		}
	}
}

// applyAll applies operators from the right, down to a place. Parentheses that are still
// open do not count.
func (s *stack) applyAll(from int) {
	kept := slices.DeleteFunc(s.items[from:], func(item any) bool { return item == open })
	s.items = s.items[:from+len(kept)]
	for n := len(s.items); n >= from+2; n = len(s.items) {
		op, _ := s.items[n-2].(operator)
		switch {
		case op == "!":
			s.replace(n-2, apply("!", nil, s.items[n-1]))
		case op != "" && n >= from+3:
			s.replace(n-3, apply(string(op), s.items[n-3], s.items[n-1]))
		default:
			return // what is left cannot be read
		}
	}
}

func (s *stack) replace(at int, value any) { s.items = append(s.items[:at], value) }
