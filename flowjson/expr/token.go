package expr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenOperand
	tokenOperator
	tokenOpen
	tokenClose
	tokenBad
)

// token is a part of an expression.
type token struct {
	kind    tokenKind
	at      int
	text    string // of an operator
	operand *Expression
	err     *Error // of a tokenBad
}

// Operators: those of conditions, longest first, and those that only expressions in
// backticks have. Meta's page lists no *, which WhatsApp's web client knows (2026).
var (
	conditionOperators  = []string{"==", "!=", "&&", "||", ">=", "<=", ">", "<", "!"}
	arithmeticOperators = "+-*/%"
)

// mistaken are what other languages write.
var mistaken = map[byte]string{
	'=': "this compares with ==",
	'&': "this is written &&",
	'|': "this is written ||",
	'"': "write a text in single quotes",
}

type tokenReader struct {
	text      string
	at        int
	condition bool
	before    tokenKind // of what was read last
}

// read returns the next token; at the end, and after what is none, always that.
func (r *tokenReader) read() token {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
	if r.at == len(r.text) {
		return token{kind: tokenEnd, at: r.at}
	}
	start := r.at
	t, err := r.token()
	if err != nil {
		r.at = start
		return token{kind: tokenBad, at: err.At, err: err}
	}
	r.before = t.kind
	return t
}

func (r *tokenReader) token() (token, *Error) {
	start, rest := r.at, r.text[r.at:]
	switch c := rest[0]; {
	case c == '(':
		r.at++
		return token{kind: tokenOpen, at: start}, nil
	case c == ')':
		r.at++
		return token{kind: tokenClose, at: start}, nil
	case c == '\'':
		return r.quoted()
	case strings.HasPrefix(rest, "${"):
		return r.reference()
	case isDigit(c), c == '-' && r.operandExpected():
		return r.number()
	case strings.HasPrefix(rest, "==="), strings.HasPrefix(rest, "!=="):
		return token{}, &Error{At: start, Problem: rest[:3] + " is not an operator: use two signs"}
	}
	for _, text := range conditionOperators {
		if strings.HasPrefix(rest, text) {
			r.at += len(text)
			return token{kind: tokenOperator, at: start, text: text}, nil
		}
	}
	if strings.IndexByte(arithmeticOperators, rest[0]) >= 0 {
		if r.condition {
			const problem = "a condition has no operator %c: calculate in an expression for visible, or in the endpoint"
			return token{}, &Error{At: start, Problem: fmt.Sprintf(problem, rest[0])}
		}
		r.at++
		return token{kind: tokenOperator, at: start, text: rest[:1]}, nil
	}
	if remedy, ok := mistaken[rest[0]]; ok {
		return token{}, &Error{At: start, Problem: remedy, Works: rest[0] == '"' && !r.condition}
	}
	return r.word()
}

// operandExpected reports whether a minus sign is that of a number.
func (r *tokenReader) operandExpected() bool {
	return r.before != tokenOperand && r.before != tokenClose
}

func (r *tokenReader) literal(start int, kind string) token {
	value := r.text[start:r.at]
	if kind == TypeString {
		value = value[1 : len(value)-1]
	}
	return token{kind: tokenOperand, at: start, operand: &Expression{Kind: Literal, At: start, Literal: kind, Value: value}}
}

// quoted reads a text in single quotes. A backslash lets a quote or a backtick be part
// of it.
func (r *tokenReader) quoted() (token, *Error) {
	start := r.at
	for i := start + 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '\\' && i+1 < len(r.text) && (r.text[i+1] == '\'' || r.text[i+1] == '`'):
			i++
		case c == '`' && !r.condition:
			return token{}, &Error{At: i, Problem: "a backtick within the text needs a backslash before it, in JSON two"}
		case c == '\'':
			r.at = i + 1
			return r.literal(start, TypeString), nil
		}
	}
	return token{}, &Error{At: start, Problem: "a quote is not closed"}
}

func (r *tokenReader) reference() (token, *Error) {
	start := r.at
	end := strings.IndexByte(r.text[start:], '}')
	if end < 0 {
		return token{}, &Error{At: start, Problem: "a reference is not closed with }"}
	}
	text := r.text[start : start+end+1]
	ref, ok := ParseReference(text)
	if !ok {
		const want = "%q is not a reference: those are ${data.key}, ${form.name} and ${screen.ID.data.key}, with operators outside"
		return token{}, &Error{At: start, Problem: fmt.Sprintf(want, jsontree.Clip(text))}
	}
	r.at += len(text)
	return token{kind: tokenOperand, at: start, operand: &Expression{Kind: Ref, At: start, Ref: ref, Value: text}}, nil
}

func (r *tokenReader) number() (token, *Error) {
	start := r.at
	if r.text[r.at] == '-' {
		r.at++
	}
	digits := r.digits()
	if digits == 0 {
		isOperand := strings.HasPrefix(r.text[r.at:], "${") || strings.HasPrefix(r.text[r.at:], "(")
		return token{}, &Error{At: start, Problem: "a number must follow the minus sign", Works: isOperand && !r.condition}
	}
	if r.at+1 < len(r.text) && r.text[r.at] == '.' && isDigit(r.text[r.at+1]) {
		r.at++
		r.digits()
	}
	if c, _ := utf8.DecodeRuneInString(r.text[r.at:]); r.at < len(r.text) && (c == '.' || isWord(c)) {
		return token{}, &Error{At: start, Problem: "this is not a number: write a text in single quotes"}
	}
	return r.literal(start, TypeNumber), nil
}

func (r *tokenReader) digits() int {
	start := r.at
	for r.at < len(r.text) && isDigit(r.text[r.at]) {
		r.at++
	}
	return r.at - start
}

// word reads true or false; there are no other words.
func (r *tokenReader) word() (token, *Error) {
	start := r.at
	for r.at < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[r.at:])
		if !isWord(c) {
			break
		}
		r.at += size
	}
	switch word := r.text[start:r.at]; word {
	case "true", "false":
		return r.literal(start, TypeBoolean), nil
	case "":
		c, _ := utf8.DecodeRuneInString(r.text[start:])
		return token{}, &Error{At: start, Problem: fmt.Sprintf("the character %q has no meaning here", c)}
	default:
		return token{}, &Error{At: start, Problem: fmt.Sprintf("%q is neither a reference nor a value: write a text in single quotes", jsontree.Clip(word))}
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }
