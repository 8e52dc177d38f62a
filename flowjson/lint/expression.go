package lint

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// expression checks a value in backticks.
func (c *referenceCheck) expression(at place, n *jsontree.Node) {
	text := expr.Inner(n.Text)
	e, err := expr.Parse(text)
	severity := Error
	if at.payload && !c.version.AtLeast(payloadSince) {
		severity = Warning // Meta did not look into them before
	}
	if err != nil {
		if err.Works && severity == Error {
			severity = MayRefuse
		}
		c.report.at(n, severity, at.syntaxCode, "this is not an expression: at character %d after the backtick, %s", expr.Character(text, err.At), err.Problem)
		return
	}
	if e.Kind == expr.Ref && !at.payload {
		c.bound(at, n, e.Ref)
		if c.problem(at, e.Ref) == "" {
			c.surprise(at, n, e, text)
		}
		return
	}
	if c.references(at, n, e, severity) && c.types(at, n, e, text, severity) {
		c.unclear(n, e)
		c.surprise(at, n, e, text)
	}
}

// surprise warns of expressions that WhatsApp evaluates differently than most authors expect.
func (c *referenceCheck) surprise(at place, n *jsontree.Node, e *expr.Expression, text string) {
	if c.readings++; c.readings > maxReadings {
		return
	}
	inputOf := func(ref expr.Reference) expr.Input {
		s := at.screen
		if ref.Screen != "" {
			s = c.flow.Screen(ref.Screen)
		}
		if s == nil {
			return expr.OtherInput // of a screen whose id is reported
		}
		switch input := s.Input(ref.Path[0]); {
		case input == nil: // of a type that this release does not know
		case input.Type == "TextInput":
			return expr.Typed
		case input.Type == "OptIn":
			return expr.Ticked
		}
		return expr.OtherInput
	}
	if s, ok := e.Surprise(inputOf); ok {
		c.report.at(n, Warning, "EXPRESSION_READ_DIFFERENTLY", "at character %d, %s", expr.Character(text, s.At), s.Problem)
	}
}

// references checks what the references of an expression refer to.
func (c *referenceCheck) references(at place, n *jsontree.Node, e *expr.Expression, severity Severity) bool {
	code, sound := at.code, true
	if at.payload {
		code = actionPayloadCode
	}
	e.Walk(func(leaf *expr.Expression) {
		if leaf.Kind != expr.Ref || c.report.full() {
			return
		}
		if problem := c.problem(at, leaf.Ref); problem != "" {
			c.report.at(n, severity, code, "%s refers to nothing: %s", jsontree.Clip(leaf.Ref.String()), problem)
			sound = false
		}
	})
	return sound
}

// types checks the types within an expression, and of what it gives.
func (c *referenceCheck) types(at place, n *jsontree.Node, e *expr.Expression, text string, severity Severity) bool {
	got, problems := e.Types(func(ref expr.Reference) string { return c.flow.Resolve(at.screen, ref).BaseType() })
	if len(problems) > 0 {
		p := problems[0] // others may be consequences
		if !p.Refused {
			severity = Warning
		}
		c.report.at(n, severity, at.syntaxCode, "at character %d, %s", expr.Character(text, p.At), p.Problem)
		return false
	}
	if e.Kind == expr.Ref || at.want.Accepts(got) {
		return true
	}
	severity = Warning
	if at.want.Is(expr.TypeBoolean) {
		severity = Error
	}
	c.report.at(n, severity, dynamicDataCode, "the expression results in %s, but must result in %s", expr.WithArticle(got), at.want)
	return false
}

func (c *referenceCheck) unclear(n *jsontree.Node, e *expr.Expression) {
	if op := e.Unclear(); op != "" {
		c.report.at(n, Warning, "UNCLEAR_EXPRESSION", "put the comparisons next to %s in parentheses: WhatsApp may apply it before them", op)
	}
}

// maxReadings bounds the conditions and expressions of a Flow whose readings are compared,
// which is slow.
const maxReadings = 1000

// condition checks the condition of an If.
func (c *referenceCheck) condition(at place, n *jsontree.Node) {
	if !n.Is(jsontree.String) {
		return
	}
	text, calculates, parse := n.Text, false, expr.ParseCondition
	if expr.IsExpression(text) && c.version.AtLeast(catalog.ExpressionsSince) {
		text, calculates, parse = expr.Inner(text), true, expr.Parse
		c.report.at(n, Warning, "CONDITION_ALWAYS_FALSE",
			"WhatsApp does not evaluate a condition in backticks and shows %q: remove the backticks, or use visible instead", "else")
	}
	e, err := parse(text)
	if err != nil {
		c.report.at(n, Error, valueCode, "this is not a condition: at character %d, %s", expr.Character(text, err.At), err.Problem)
		return
	}
	if !e.HasReference() {
		c.report.at(n, Error, valueCode, "the condition is always the same: it needs a reference such as ${data.key}")
		return
	}
	if op, found := e.Constant(); found && !calculates {
		c.report.at(n, Error, valueCode, "at character %d, %s has fixed values on both sides: one must be a reference", expr.Character(text, op.At), op.Text)
		return
	}
	if !c.references(at, n, e, Error) || !c.conditionTypes(at, n, e, text) || calculates {
		return
	}
	if c.readings++; c.readings > maxReadings {
		return
	}
	typeOf := func(ref expr.Reference) string { return c.flow.Resolve(at.screen, ref).BaseType() }
	if d, ok := expr.DifferenceOf(text, typeOf); ok {
		c.report.at(n, Warning, "CONDITION_READ_DIFFERENTLY",
			"WhatsApp evaluates this differently than it looks: if %s, it is %t. "+
				"Put each comparison in parentheses and a space before the ) after true or false; use no decimals, no \\' and no line breaks",
			d.Case, d.Read)
	}
}

// conditionTypes also knows a condition that is one reference, which must be boolean.
func (c *referenceCheck) conditionTypes(at place, n *jsontree.Node, e *expr.Expression, text string) bool {
	if e.Kind != expr.Ref {
		return c.types(at, n, e, text, Error)
	}
	got := c.flow.Resolve(at.screen, e.Ref).BaseType()
	if got != "" && got != expr.TypeBoolean {
		c.report.at(n, Error, valueCode,
			"a condition that is a single reference must be a boolean, got %s: compare it with something", expr.WithArticle(got))
		return false
	}
	return true
}

// switchValue checks the value of a Switch, which is one reference.
func (c *referenceCheck) switchValue(at place, n *jsontree.Node) {
	if !n.Is(jsontree.String) || !expr.IsDynamic(n.Text) {
		return // the component check says so
	}
	c.text(at, n)
}
