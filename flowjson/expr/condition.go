package expr

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Condition is the condition of an If, read once so that it can be evaluated each time its
// references change. It can be used concurrently.
type Condition struct {
	parts    []part
	readable bool // for the client
	// tree is nil if [ParseCondition] does not accept the condition.
	tree *Expression
}

// ReadCondition reads the condition of an If. It accepts any text: one that is not a
// condition gives false when it is evaluated.
func ReadCondition(text string) *Condition {
	c := &Condition{}
	c.parts, c.readable = readCondition(text)
	if len(text) <= maxText {
		c.tree, _ = ParseCondition(text)
	}
	return c
}

// Eval returns the result of the condition as WhatsApp's web client computes it (2026): !
// and && as soon as it has read their right side, all other operators at a closing
// parenthesis or at the end, from the right. It skips the character after true and false
// unless that is a space, and ignores decimals. A condition that it cannot read is false,
// as is one in backticks.
func (c *Condition) Eval(scope Scope) bool { return c.readable && evalCondition(c.parts, scope) }

// EvalUsual returns the result that most authors expect: comparisons take precedence over
// && and ||, and decimals count. ok is false if [ParseCondition] does not accept the
// condition.
func (c *Condition) EvalUsual(scope Scope) (result, ok bool) {
	return c.tree != nil && c.tree.usual(scope) == true, c.tree != nil
}

// EvalCondition returns what [Condition.Eval] does, for a condition that is evaluated once.
func EvalCondition(text string, scope Scope) bool {
	parts, ok := readCondition(text)
	return ok && evalCondition(parts, scope)
}

// EvalConditionUsual returns what [Condition.EvalUsual] does, for a condition that is
// evaluated once.
func EvalConditionUsual(text string, scope Scope) (result, ok bool) {
	return ReadCondition(text).EvalUsual(scope)
}

// part is a part of a condition that the client has read.
type part struct {
	kind  partKind
	value any // of an operator its sign
	ref   Reference
}

type partKind uint8

const (
	partValue partKind = iota
	partReference
	partOperator
	partOpen
	partClose
)

// pairs are the operators of two characters. The client reads () as one, too.
var pairs = []string{"==", "!=", "&&", "||", ">=", "<=", "()"}

// readCondition splits a condition; ok is false if the client gives up or never ends.
// Unlike [ParseCondition] it accepts whatever the client does.
func readCondition(text string) (parts []part, ok bool) {
	if len(text) > maxText {
		return nil, false
	}
	for text != "" {
		next := part{}
		size := 1
		switch c := text[0]; {
		case c == ' ', c == '$' && !strings.HasPrefix(text, "${"):
			text = text[1:]
			continue
		case c == '$':
			if size = strings.IndexByte(text, '}') + 1; size == 0 {
				return nil, false
			}
			next = dynamicPart(text[:size])
		case c == ')':
			next.kind = partClose
		case strings.IndexByte("!=&|><(", c) >= 0:
			next, size = operatorPart(text)
		case c == '\'':
			end := endOfText(text)
			if end < 0 {
				return parts, true // the client stops here
			}
			next.value, size = text[1:end], end+1
		case isDigit(c), c == '-':
			for size < len(text) && isDigit(text[size]) {
				size++
			}
			next.value = leadingInteger(text[:size])
		case c == 't', c == 'f':
			next, size = booleanPart(text)
		default:
			return nil, false
		}
		parts = append(parts, next)
		text = text[size:]
	}
	return parts, true
}

func dynamicPart(text string) part {
	if ref, ok := binding(text); ok {
		return part{kind: partReference, ref: ref}
	}
	return part{value: text}
}

func operatorPart(text string) (next part, size int) {
	if len(text) >= 2 && slices.Contains(pairs, text[:2]) {
		return part{kind: partOperator, value: text[:2]}, 2
	}
	if text[0] == '(' {
		return part{kind: partOpen, value: "("}, 1
	}
	return part{kind: partOperator, value: text[:1]}, 1
}

// endOfText returns the place of the closing quote, -1 if there is none. A backslash
// before a quote keeps it, and stays in the text.
func endOfText(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] == '\'' && text[i-1] != '\\' {
			return i
		}
	}
	return -1
}

// booleanPart reads true or false by the first letter and the length alone, and the
// character after it.
func booleanPart(text string) (next part, size int) {
	length := len("false")
	if text[0] == 't' {
		length = len("true")
	}
	for range length + 1 {
		_, width := utf8.DecodeRuneInString(text[size:])
		size += width
	}
	return part{value: strings.HasPrefix(text, "true")}, size
}

// evaluation is what the client has read of a condition and not applied yet: values, and
// operators as texts. A text that looks like an operator is one for the client, too.
type evaluation struct {
	stack []any
	open  []int // places of the open parentheses
}

// maxReductions is how many operators the client applies at the end.
const maxReductions = 100

func evalCondition(parts []part, scope Scope) bool {
	e := evaluation{stack: make([]any, 0, len(parts))}
	for _, p := range parts {
		switch p.kind {
		case partValue:
			e.operand(p.value)
		case partReference:
			value, ok := scope.bound(p.ref)
			if !ok {
				value = absent{}
			}
			e.operand(value)
		case partOpen:
			e.open = append(e.open, len(e.stack))
			e.stack = append(e.stack, p.value)
		case partOperator:
			e.stack = append(e.stack, p.value)
		case partClose:
			e.close()
		}
	}
	if len(e.stack) > 1 {
		e.reduce(maxReductions)
	}
	return len(e.stack) > 0 && e.stack[len(e.stack)-1] == true
}

// operand adds a value and applies the ! or the && before it.
func (e *evaluation) operand(value any) {
	e.stack = append(e.stack, value)
	if before := e.before(); before == "!" || before == "&&" {
		e.apply()
	}
}

// before returns what stands before the last value; nil if nothing does.
func (e *evaluation) before() any {
	if len(e.stack) < 2 {
		return nil
	}
	return e.stack[len(e.stack)-2]
}

// close applies the operators since the last open parenthesis. If a ! or another
// operator stands before it, that may be applied as well.
func (e *evaluation) close() {
	if len(e.open) == 0 {
		return
	}
	from := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	if from <= len(e.stack) {
		e.reduce((len(e.stack)-from)/2 + 1)
	}
}

// reduce applies the last operator as often as that is possible, up to a limit.
func (e *evaluation) reduce(limit int) {
	for range limit {
		if !e.apply() {
			return // nothing would change any more
		}
	}
}

// apply applies the operator before the last value, or drops the parenthesis there. It
// reports whether there was one.
func (e *evaluation) apply() bool {
	operator, _ := e.before().(string)
	right := len(e.stack) - 1
	var left any = absent{}
	from := right - 1
	switch {
	case operator == "(":
		e.stack = append(e.stack[:from], e.stack[right])
		return true
	case operator == "!":
	case operator == "()" || slices.Contains(conditionOperators, operator):
		if from > 0 {
			from--
			left = e.stack[from]
		}
	default:
		return false
	}
	e.stack = append(e.stack[:from], compare(operator, left, e.stack[right], true))
	return true
}

// compare applies an operator of conditions. Texts that look like numbers are numbers.
// The client cuts both sides to whole numbers if both are numbers; without the cut, two
// texts are equal if they are the same text.
func compare(operator string, left, right any, cut bool) bool {
	switch operator {
	case "!":
		return right == false
	case "&&":
		return left == true && right == true
	case "||":
		return left == true || right == true
	case "!=":
		return !compare("==", left, right, cut)
	case "==":
		if left == "" || right == "" {
			return left == right || isAbsent(left) || isAbsent(right)
		}
	}
	numbers := looksLikeNumber(left) && looksLikeNumber(right)
	if operator == "==" && (!numbers || !cut && !isNumber(left) && !isNumber(right)) {
		return same(left, right)
	}
	a, b := toNumber(left), toNumber(right)
	if cut {
		a, b = leadingInteger(left), leadingInteger(right)
	}
	return numbers && order(operator, a, b)
}

func looksLikeNumber(v any) bool {
	if text, ok := v.(string); ok {
		return text != "" && !math.IsNaN(textToNumber(text))
	}
	return isNumber(v)
}
