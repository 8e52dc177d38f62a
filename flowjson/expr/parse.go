package expr

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Expression is an expression in backticks or the condition of an If: a tree of
// operands and operators (Meta, page "Flow JSON", 2026-03-24, Nested expressions, and
// page "Components", 2026-04-14, If).
type Expression struct {
	Kind Kind
	At   int // byte in the text
	// Ref is the reference of a [Ref], Literal the type of a [Literal]. Value is what is
	// written; for a text, without its quotes.
	Ref     Reference
	Literal string
	Value   string
	// Operators are the operators between the operands of an [Operation], one fewer than
	// operands. A [Not] has one operand, a [Concatenation] two or more.
	Operators []Operator
	Operands  []*Expression

	grouped bool   // in parentheses
	text    string // all of it, of what [Parse] and [ParseCondition] return
}

// Kind is the kind of an [Expression].
type Kind uint8

// The kinds of expressions.
const (
	Ref Kind = iota
	Literal
	Not
	Operation
	Concatenation
)

// Operator is an operator between two operands, such as "&&".
type Operator struct {
	Text string
	At   int // byte in the text
}

// Error describes why a text is not an expression.
type Error struct {
	At      int // byte in the text
	Problem string
	// Works says that WhatsApp's web client (2026) reads it all the same: Meta's pages do
	// not have it.
	Works bool
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %s", e.At, e.Problem) }

// maxGroups is how deep parentheses can nest.
const maxGroups = 50

// Parse reads an expression, without the backticks around it.
func Parse(text string) (*Expression, *Error) { return parse(text, false) }

// ParseCondition reads the condition of an If that is not in backticks. It has
// neither arithmetic nor concatenation.
func ParseCondition(text string) (*Expression, *Error) { return parse(text, true) }

func parse(text string, condition bool) (*Expression, *Error) {
	p := &parser{tokens: tokenReader{text: text, condition: condition}, first: true}
	p.advance()
	e, err := p.concatenation()
	if err != nil {
		return nil, err
	}
	switch p.next.kind {
	case tokenEnd:
		e.text = text
		return e, nil
	case tokenClose:
		return nil, &Error{At: p.next.at, Problem: "a closing parenthesis has no opening one"}
	default:
		return nil, p.unexpected()
	}
}

// Inner returns the text between the backticks of an expression.
func Inner(text string) string { return text[1 : len(text)-1] }

// levels are the operators, those that bind least first. Concatenation, which has no
// operator, binds least of all (WhatsApp's web client, 2026): 'Each: ' ${data.total} / 2.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"}}

type parser struct {
	tokens tokenReader
	next   token
	first  bool // nothing has been read before next
	groups int  // that are open
}

// advance goes to the next token and returns the one before.
func (p *parser) advance() token {
	before := p.next
	p.next = p.tokens.read()
	return before
}

// unexpected is the problem of a token that cannot follow an operand.
func (p *parser) unexpected() *Error {
	if p.next.kind == tokenBad {
		return p.next.err
	}
	// only in a condition, as an expression concatenates
	return &Error{At: p.next.at, Problem: "an operator is missing before this operand"}
}

// concatenation reads operations side by side.
func (p *parser) concatenation() (*Expression, *Error) {
	first, err := p.operation(0)
	if err != nil || !p.operandFollows() {
		return first, err
	}
	e := &Expression{Kind: Concatenation, At: first.At, Operands: []*Expression{first}}
	for p.operandFollows() {
		operand, err := p.operation(0)
		if err != nil {
			return nil, err
		}
		e.Operands = append(e.Operands, operand)
	}
	return e, nil
}

// operandFollows reports whether an operand comes next without an operator, which only
// expressions in backticks can have.
func (p *parser) operandFollows() bool {
	return !p.tokens.condition && (p.next.kind == tokenOperand || p.next.kind == tokenOpen || p.next.text == "!")
}

// operation reads operands and the operators of a level, and of those that bind more.
func (p *parser) operation(level int) (*Expression, *Error) {
	if level == len(levels) {
		return p.operand()
	}
	first, err := p.operation(level + 1)
	if err != nil || !p.continues(level) {
		return first, err
	}
	e := &Expression{Kind: Operation, At: first.At, Operands: []*Expression{first}}
	for p.continues(level) {
		op := p.advance()
		e.Operators = append(e.Operators, Operator{op.text, op.at})
		operand, err := p.operation(level + 1)
		if err != nil {
			return nil, err
		}
		e.Operands = append(e.Operands, operand)
	}
	return e, nil
}

func (p *parser) continues(level int) bool {
	return p.next.kind == tokenOperator && slices.Contains(levels[level], p.next.text)
}

// operand reads a literal, a reference or a group, and the negations before it.
func (p *parser) operand() (*Expression, *Error) {
	start, nots := p.next.at, 0
	for ; p.next.text == "!"; p.advance() {
		p.first = false
		nots++
	}
	e, err := p.primary()
	if err == nil && nots > 0 {
		for range 2 - nots%2 { // more do not change the value
			e = &Expression{Kind: Not, At: start, Operands: []*Expression{e}}
		}
	}
	return e, err
}

func (p *parser) primary() (*Expression, *Error) {
	first := p.first
	p.first = false
	switch p.next.kind {
	case tokenOperand:
		return p.advance().operand, nil
	case tokenOpen:
		return p.group()
	case tokenBad:
		return nil, p.next.err
	case tokenClose:
		return nil, &Error{At: p.next.at, Problem: "an operand is missing before the closing parenthesis"}
	case tokenOperator:
		return nil, &Error{At: p.next.at, Problem: "an operand is missing before " + p.next.text}
	default:
		if first {
			return nil, &Error{At: p.next.at, Problem: "there is no operand"}
		}
		return nil, &Error{At: p.next.at, Problem: "an operand is missing at the end"}
	}
}

func (p *parser) group() (*Expression, *Error) {
	open := p.advance()
	if p.groups++; p.groups > maxGroups {
		return nil, &Error{At: open.at, Problem: fmt.Sprintf("parentheses nest deeper than %d levels", maxGroups)}
	}
	if p.next.kind == tokenClose {
		return nil, &Error{At: open.at, Problem: "the parentheses are empty"}
	}
	e, err := p.concatenation()
	if err != nil {
		return nil, err
	}
	switch p.next.kind {
	case tokenClose:
	case tokenEnd:
		return nil, &Error{At: open.at, Problem: "a parenthesis is not closed"}
	default:
		return nil, p.unexpected()
	}
	p.advance()
	p.groups--
	e.grouped = true
	return e, nil
}

// Walk calls visit for every reference and literal, in order.
func (e *Expression) Walk(visit func(*Expression)) {
	if len(e.Operands) == 0 {
		visit(e)
	}
	for _, operand := range e.Operands {
		operand.Walk(visit)
	}
}

// HasReference reports whether the expression has a reference, so that its value can
// change.
func (e *Expression) HasReference() bool {
	found := false
	e.Walk(func(leaf *Expression) { found = found || leaf.Kind == Ref })
	return found
}

// Character returns the position of a byte in a text, in characters from 1.
func Character(text string, at int) int {
	return utf8.RuneCountInString(text[:min(at, len(text))]) + 1
}
