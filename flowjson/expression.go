package flowjson

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// An expression is what stands between backticks, and a condition what an If has:
// operands and operators (Meta, page "Flow JSON", 2026-03-24, Nested expressions, and
// page "Components", 2026-04-14, If).
type expression struct {
	kind expressionKind
	at   int // byte in the text
	// ref is what a reference refers to, literal the type of a literal.
	ref     Reference
	literal string
	// operators stand between the operands of an operation, one less than those. A
	// not has one operand, a concatenation two or more.
	operators []operator
	operands  []*expression
	// grouped says that it stands in parentheses.
	grouped bool
}

type expressionKind uint8

const (
	isReference expressionKind = iota
	isLiteral
	isNot
	isOperation
	isConcatenation
)

type operator struct {
	text string
	at   int
}

// expressionError says why a text is no expression.
type expressionError struct {
	at      int // byte in the text
	problem string
}

// maxGroups is how deep parentheses nest; nobody reads more.
const maxGroups = 50

// parseExpression reads a text, without the backticks around it. A condition has
// neither arithmetic nor concatenation.
func parseExpression(text string, condition bool) (*expression, *expressionError) {
	p := &expressionParser{tokens: tokenReader{text: text, condition: condition}, first: true}
	p.advance()
	e, err := p.operation(0)
	if err != nil {
		return nil, err
	}
	switch p.next.kind {
	case tokenEnd:
		return e, nil
	case tokenClose:
		return nil, &expressionError{p.next.at, "a closing parenthesis has no opening one"}
	default:
		return nil, p.unexpected()
	}
}

// inner returns the text between the backticks of an expression.
func inner(text string) string { return text[1 : len(text)-1] }

// levels are the operators, those that bind least first. Concatenation has no
// operator; it stands above arithmetic: 'Each: ' ${data.total} / 2.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="}, nil, {"+", "-"}, {"*", "/", "%"}}

const concatenationLevel = 4

type expressionParser struct {
	tokens tokenReader
	next   token
	first  bool // nothing has been read before next
	groups int  // that are open
}

// advance goes to the next token and returns the one before.
func (p *expressionParser) advance() token {
	before := p.next
	p.next = p.tokens.read()
	return before
}

// unexpected is the problem of a token that cannot follow an operand.
func (p *expressionParser) unexpected() *expressionError {
	if p.next.kind == tokenBad {
		return p.next.err
	}
	// only in a condition, as an expression concatenates
	return &expressionError{p.next.at, "an operator is missing before this operand"}
}

// operation reads operands and the operators of a level, and of those that bind more.
func (p *expressionParser) operation(level int) (*expression, *expressionError) {
	if level == len(levels) {
		return p.operand()
	}
	first, err := p.operation(level + 1)
	if err != nil || !p.continues(level) {
		return first, err
	}
	e := &expression{kind: isOperation, at: first.at, operands: []*expression{first}}
	if level == concatenationLevel {
		e.kind = isConcatenation
	}
	for p.continues(level) {
		if level != concatenationLevel {
			op := p.advance()
			e.operators = append(e.operators, operator{op.text, op.at})
		}
		operand, err := p.operation(level + 1)
		if err != nil {
			return nil, err
		}
		e.operands = append(e.operands, operand)
	}
	return e, nil
}

func (p *expressionParser) continues(level int) bool {
	switch {
	case level != concatenationLevel:
		return p.next.kind == tokenOperator && slices.Contains(levels[level], p.next.text)
	case p.tokens.condition:
		return false
	}
	return p.next.kind == tokenOperand || p.next.kind == tokenOpen || p.next.text == "!"
}

// operand reads a literal, a reference or a group, and the negations before it.
func (p *expressionParser) operand() (*expression, *expressionError) {
	start, nots := p.next.at, 0
	for ; p.next.text == "!"; p.advance() {
		p.first = false
		nots++
	}
	e, err := p.primary()
	if err == nil && nots > 0 {
		e = &expression{kind: isNot, at: start, operands: []*expression{e}}
	}
	return e, err
}

func (p *expressionParser) primary() (*expression, *expressionError) {
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
		return nil, &expressionError{p.next.at, "an operand is missing before the closing parenthesis"}
	case tokenOperator:
		return nil, &expressionError{p.next.at, "an operand is missing before " + p.next.text}
	default:
		if first {
			return nil, &expressionError{p.next.at, "there is no operand"}
		}
		return nil, &expressionError{p.next.at, "an operand is missing at the end"}
	}
}

func (p *expressionParser) group() (*expression, *expressionError) {
	open := p.advance()
	if p.groups++; p.groups > maxGroups {
		return nil, &expressionError{open.at, fmt.Sprintf("parentheses nest deeper than %d levels", maxGroups)}
	}
	if p.next.kind == tokenClose {
		return nil, &expressionError{open.at, "the parentheses are empty"}
	}
	e, err := p.operation(0)
	if err != nil {
		return nil, err
	}
	switch p.next.kind {
	case tokenClose:
	case tokenEnd:
		return nil, &expressionError{open.at, "a parenthesis is not closed"}
	default:
		return nil, p.unexpected()
	}
	p.advance()
	p.groups--
	e.grouped = true
	return e, nil
}

// walk calls visit for every reference and literal, in order.
func (e *expression) walk(visit func(*expression)) {
	if len(e.operands) == 0 {
		visit(e)
	}
	for _, operand := range e.operands {
		operand.walk(visit)
	}
}

// hasReference says whether the value can change at all.
func (e *expression) hasReference() bool {
	found := false
	e.walk(func(leaf *expression) { found = found || leaf.kind == isReference })
	return found
}

// character returns the place of a byte in a text as a reader counts, from 1.
func character(text string, at int) int {
	return utf8.RuneCountInString(text[:min(at, len(text))]) + 1
}
