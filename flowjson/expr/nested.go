package expr

import (
	"math"
	"strconv"
	"strings"
)

// calculator evaluates an expression in backticks while it reads it. It is
// WhatsApp's web client (2026), which reads with jsep 0.3 after it has replaced the
// references by paths: && and || evaluate both sides, so that what cannot be evaluated
// throws wherever it is.
type calculator struct {
	text  string
	at    int
	depth int // of parentheses and brackets
	scope Scope
}

// here is the id of the current screen in paths, a name for jsep.
const here = "\ue000"

// paths replaces references by paths. The client does so within texts, too, and drops
// every brace.
var paths = strings.NewReplacer(
	"${screen", "screen", "${data", "screen."+here+".data", "${form", "screen."+here+".form",
	"${external_data", "screen."+here+".external_data", "}", "")

func calculate(text string, scope Scope) (any, error) {
	if len(text) > maxText {
		return nil, throws("it has more than %d bytes", maxText)
	}
	text = paths.Replace(text)
	if before, found := strings.CutSuffix(text, `\'`); found {
		text = before + `\\'` // the client takes the quote at the end for the closing one
	}
	c := &calculator{text: text, scope: scope}
	return c.all()
}

// all evaluates expressions side by side and puts their texts together. One alone keeps
// its type.
func (c *calculator) all() (any, error) {
	var values []any
	for c.at < len(c.text) {
		if c.peek() == ';' || c.peek() == ',' {
			c.at++
			continue
		}
		value, found, err := c.expression()
		if err != nil {
			return nil, err
		}
		if found {
			values = append(values, value)
		} else if c.at < len(c.text) {
			return nil, throws("an operand is missing before %q", c.rest())
		}
	}
	if len(values) == 1 {
		return values[0], nil
	}
	var b strings.Builder
	for _, value := range values {
		b.WriteString(ToText(value))
		if b.Len() > maxResult {
			return nil, throws("it gives a text of more than %d bytes", maxResult)
		}
	}
	return b.String(), nil
}

// peek returns the next byte, 0 at the end.
func (c *calculator) peek() byte {
	if c.at == len(c.text) {
		return 0
	}
	return c.text[c.at]
}

func (c *calculator) skipSpaces() {
	for c.at < len(c.text) && strings.IndexByte(" \t\r\n", c.text[c.at]) >= 0 {
		c.at++
	}
}

// rest returns some of what follows, for errors.
func (c *calculator) rest() string {
	rest := strings.ReplaceAll(c.text[c.at:], "screen."+here+".", "")
	if end := strings.IndexByte(rest, ' '); end > 0 {
		rest = rest[:end]
	}
	return rest[:min(len(rest), 20)]
}

// expression evaluates operations. found is false if there is not even an operand, which
// empty parentheses do not have either.
func (c *calculator) expression() (value any, found bool, err error) {
	value, found, err = c.operation(1)
	if err == nil && c.peek() == '?' {
		return nil, false, throws("it does not support ? :")
	}
	return value, found, err
}

// precedences has the binary operators of jsep; those that bind most have the largest
// number. The longer of two operators that start alike comes first.
var precedences = []struct {
	operator string
	binds    int
}{
	{"===", 6},
	{"!==", 6},
	{">>>", 8},
	{"||", 1},
	{"&&", 2},
	{"==", 6},
	{"!=", 6},
	{"<=", 7},
	{">=", 7},
	{"<<", 8},
	{">>", 8},
	{"|", 3},
	{"^", 4},
	{"&", 5},
	{"<", 7},
	{">", 7},
	{"+", 9},
	{"-", 9},
	{"*", 10},
	{"/", 10},
	{"%", 10},
}

// operator returns the operator that comes next and how much it binds, 0 if there is none.
func (c *calculator) operator() (operator string, binds int) {
	for _, p := range precedences {
		if strings.HasPrefix(c.text[c.at:], p.operator) {
			return p.operator, p.binds
		}
	}
	return "", 0
}

// operation evaluates an operand and the operators after it that bind at least so much.
func (c *calculator) operation(least int) (left any, found bool, err error) {
	left, found, err = c.signed()
	for err == nil {
		c.skipSpaces()
		operator, binds := c.operator()
		if binds == 0 || binds < least {
			return left, found, nil
		}
		c.at += len(operator)
		right, complete, err := c.operation(binds + 1)
		if err != nil {
			return nil, false, err
		}
		if !found || !complete {
			return nil, false, throws("an operand of %s is missing", operator)
		}
		left = binary(operator, left, right)
	}
	return nil, false, err
}

// signed evaluates an operand and the signs before it.
func (c *calculator) signed() (value any, found bool, err error) {
	c.skipSpaces()
	start := c.at
	for c.at < len(c.text) && strings.IndexByte("-!~+ \t\r\n", c.text[c.at]) >= 0 {
		c.at++
	}
	signs := c.text[start:c.at]
	value, found, err = c.operand()
	if err == nil && !found && signs != "" {
		err = throws("an operand is missing after %s", strings.TrimSpace(signs))
	}
	for i := len(signs) - 1; i >= 0; i-- {
		switch signs[i] {
		case '!':
			value = !truthy(value)
		case '-':
			value = positiveZero(-toNumber(value))
		}
	}
	return value, found, err
}

func (c *calculator) operand() (value any, found bool, err error) {
	switch next := c.peek(); {
	case isDigit(next), next == '.':
		value, err = c.number()
	case next == '\'', next == '"':
		value, err = c.quoted()
	case next == '[':
		return nil, false, throws("it does not support lists")
	case next == '(', isNameStart(next):
		return c.variable()
	default:
		return nil, false, nil
	}
	return value, err == nil, err
}

func (c *calculator) skipDigits() {
	for isDigit(c.peek()) {
		c.at++
	}
}

// number reads 12, 3.4, .5, 1e3. A lone point is NaN.
func (c *calculator) number() (any, error) {
	start := c.at
	c.skipDigits()
	if c.peek() == '.' {
		c.at++
		c.skipDigits()
	}
	if c.peek() == 'e' || c.peek() == 'E' {
		c.at++
		if c.peek() == '+' || c.peek() == '-' {
			c.at++
		}
		if !isDigit(c.peek()) {
			return nil, throws("a number has no digits in its exponent")
		}
		c.skipDigits()
	}
	if isNameStart(c.peek()) || c.peek() == '.' {
		return nil, throws("%q is not a number", c.text[start:c.at]+c.rest())
	}
	text := c.text[start:c.at]
	if text[0] == '.' && (len(text) == 1 || !isDigit(text[1])) {
		return math.NaN(), nil
	}
	n, _ := strconv.ParseFloat(text, 64) // infinite if it is too large
	return n, nil
}

// escapes are the characters that have a meaning behind a backslash.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'v': '\v'}

func (c *calculator) quoted() (any, error) {
	quote := c.peek()
	var b strings.Builder
	for c.at++; c.at < len(c.text); c.at++ {
		switch next := c.text[c.at]; {
		case next == quote:
			c.at++
			// the client has the id of the screen here, which a Scope does not know
			return strings.ReplaceAll(b.String(), "screen."+here+".", ""), nil
		case next == '\\' && c.at+1 < len(c.text):
			c.at++
			if escaped, ok := escapes[c.text[c.at]]; ok {
				b.WriteByte(escaped)
			} else {
				b.WriteByte(c.text[c.at])
			}
		default:
			b.WriteByte(next)
		}
	}
	return nil, throws("a quote is not closed")
}
