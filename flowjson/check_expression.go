package flowjson

import "github.com/flowserver/flowserver/flowjson/jsontree"

// expression checks a value in backticks.
func (c *referenceCheck) expression(at place, n *Node) {
	text := inner(n.Text)
	e, err := parseExpression(text, false)
	severity := Error
	if at.payload && !c.version.AtLeast(payloadSince) {
		severity = Warning // Meta did not look into them before
	}
	if err != nil {
		c.report.at(n, severity, at.syntaxCode, "this is no expression: at character %d after the backtick, %s", character(text, err.at), err.problem)
		return
	}
	if e.kind == isReference && !at.payload {
		c.bound(at, n, e.ref)
		return
	}
	if c.references(at, n, e, severity) && c.types(at, n, e, text, severity) {
		c.unclear(n, e)
	}
}

// references checks what the references of an expression refer to.
func (c *referenceCheck) references(at place, n *Node, e *expression, severity Severity) bool {
	code, sound := at.code, true
	if at.payload {
		code = actionPayloadCode
	}
	e.walk(func(leaf *expression) {
		if leaf.kind != isReference || c.report.full() {
			return
		}
		if problem := c.problem(at, leaf.ref); problem != "" {
			c.report.at(n, severity, code, "%s refers to nothing: %s", clip(leaf.ref.String()), problem)
			sound = false
		}
	})
	return sound
}

// types checks the types within an expression, and of what it gives.
func (c *referenceCheck) types(at place, n *Node, e *expression, text string, severity Severity) bool {
	t := &typer{typeOf: func(ref Reference) string { return simpleType(c.flow.Resolve(at.screen, ref)) }}
	got := t.of(e)
	if len(t.problems) > 0 {
		p := t.problems[0] // others may be consequences
		if !p.refused {
			severity = Warning
		}
		c.report.at(n, severity, at.syntaxCode, "at character %d, %s", character(text, p.at), p.problem)
		return false
	}
	if e.kind == isReference || at.want.takes(got) {
		return true
	}
	severity = Warning
	if at.want == wantBool {
		severity = Error
	}
	c.report.at(n, severity, dynamicDataCode, "the expression gives %s and must give %s", kindOf(got), at.want)
	return false
}

func (c *referenceCheck) unclear(n *Node, e *expression) {
	if op := e.unclear(); op != "" {
		c.report.at(n, Warning, "UNCLEAR_EXPRESSION", "put the comparisons beside %s in parentheses: in WhatsApp it may come before them", op)
	}
}

// condition checks the condition of an If.
func (c *referenceCheck) condition(at place, n *Node) {
	if !n.Is(jsontree.String) {
		return
	}
	at.want = wantBool
	text, calculates := n.Text, false
	if IsExpression(text) && c.version.AtLeast(expressionSince) {
		text, calculates = inner(text), true
	}
	e, err := parseExpression(text, !calculates)
	if err != nil {
		c.report.at(n, Error, valueCode, "this is no condition: at character %d, %s", character(text, err.at), err.problem)
		return
	}
	if !e.hasReference() {
		c.report.at(n, Error, valueCode, "the condition is always the same: it needs a reference such as ${data.key}")
		return
	}
	if op, found := e.constant(); found && !calculates {
		c.report.at(n, Error, valueCode, "at character %d, %s has fixed values on both sides: one must be a reference", character(text, op.at), op.text)
		return
	}
	if !c.references(at, n, e, Error) || !c.conditionTypes(at, n, e, text) {
		return
	}
	c.unclear(n, e)
}

// conditionTypes also knows a condition that is one reference, which must be boolean.
func (c *referenceCheck) conditionTypes(at place, n *Node, e *expression, text string) bool {
	if e.kind != isReference {
		return c.types(at, n, e, text, Error)
	}
	got := simpleType(c.flow.Resolve(at.screen, e.ref))
	if got != "" && got != TypeBoolean {
		c.report.at(n, Error, valueCode, "a condition that is one reference must be a boolean, and this is %s: compare it with something", kindOf(got))
		return false
	}
	return true
}

// switchValue checks the value of a Switch, which is one reference.
func (c *referenceCheck) switchValue(at place, n *Node) {
	if !n.Is(jsontree.String) || !IsDynamic(n.Text) {
		return // the component check says so
	}
	at.want = want(TypeString, TypeNumber, TypeBoolean)
	c.text(at, n)
}
