package phone

import (
	"maps"
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
)

// drawing is a screen while it is drawn.
type drawing struct {
	environment
	state  *state
	screen *screen
	scope  scope
	memory *memory

	view View
	// broken are the reasons for which a published Flow cannot show the screen.
	broken []breakage
	// cleared are fields whose value is no longer offered.
	cleared []clearing
	// why says what blocks the footer.
	why []string
	// lastIDs are those of the last list, kept for the next.
	lastIDs map[string]bool
}

// breakage is a component that cannot be shown.
type breakage struct {
	component     *component
	rule, problem string
	expression    error // what the client cannot read; nil if it is something else
}

// finding returns the breakage for an inspector.
func (b breakage) finding() Finding {
	f := Finding{
		Severity: severityError, Code: codeComponent, Rule: b.rule, At: b.component.at, Line: b.component.line, Problem: b.problem,
	}
	if b.expression != nil {
		f.Code, f.Rule, f.Problem = codeExpression, ruleExpression, b.expression.Error()
	}
	return f
}

// clearing is a field that gets another value.
type clearing struct {
	field string
	value any
}

// settle draws the screen after a step. Values that are no longer offered are cleared
// first, as they decide what else shows. Then actions that wait are fired.
func (x *step) settle() {
	before := x.shown.Parts
	d := x.redraw()
	for round := 0; x.open && x.failure == nil; round++ {
		if len(d.broken) == 0 {
			x.selectOnRender(before, round)
		}
		if len(x.todo) == 0 || x.flying > 0 {
			break
		}
		before = x.shown.Parts
		x.fire()
		d = x.redraw()
	}
	if len(d.broken) == 0 || !x.open || x.failure != nil {
		return
	}
	switch first := d.broken[0]; {
	case first.expression != nil:
		x.failExpression(first.component.at, first.expression)
	case x.ruleset == Published:
		x.failComponent(first.component.at, first.rule, first.problem)
	default:
		return // a draft has a banner
	}
	x.spoil(d.broken)
	x.shown = x.draw().view
}

// spoil corrects the verdict on an answer that fits but brings a screen that cannot be
// shown.
func (x *step) spoil(broken []breakage) {
	if x.judged == nil {
		return
	}
	for _, b := range broken {
		x.judged.findings = append(x.judged.findings, b.finding())
	}
	x.judged.verdict = x.refusedBy(broken[0].finding().Rule)
}

// maxRedraws bounds how often a value that is cleared changes the options of another.
const maxRedraws = 4

// redraw clears the values of fields whose options no longer contain them, and draws the
// screen.
func (x *step) redraw() *drawing {
	d := x.draw()
	for range maxRedraws {
		if len(d.cleared) == 0 {
			break
		}
		for _, c := range d.cleared {
			x.set(c.field, c.value)
			x.form.changed[c.field], x.form.touched[c.field] = true, true
		}
		d = x.draw()
	}
	x.shown = d.view
	return d
}

// draw draws the screen that is shown.
func (x *step) draw() *drawing {
	d := &drawing{environment: x.environment, state: x.state}
	// most steps change the parts, but not how many there are
	d.view = View{Parts: make([]Part, 0, len(x.shown.Parts)), Findings: slices.Clone(x.form.findings)}
	id := x.top()
	if !x.open || x.plan.screens[id] == nil {
		return d
	}
	d.screen, d.memory, d.scope = x.plan.screens[id], x.screens[id], x.scope(x.plan, id)
	d.view.Screen, d.view.Pointer, d.view.Line = id, d.screen.at, d.screen.line
	title, _, _ := d.screen.title.resolve(d.scope) // one that cannot be read is empty
	d.view.Title = expr.ToText(title)
	if x.failure != nil && !x.failure.Overlay {
		return d // a page replaces the screen
	}
	d.components(d.screen.components)
	d.footerState()
	return d
}

// components draws those that are visible.
func (d *drawing) components(list []*component) {
	for _, c := range list {
		switch c.Type {
		case typeForm:
			first := len(d.view.Parts)
			d.components(c.children)
			d.checkForm(c, d.view.Parts[first:])
		case typeIf:
			d.components(c.branches[d.condition(c)])
		case typeSwitch:
			d.components(c.branches[d.caseOf(c)])
		default:
			i := &item{drawing: d, component: c}
			if i.flag("visible", true) {
				i.draw()
			}
		}
	}
}

// checkForm checks that bound init-values have the types of the inputs that show.
func (d *drawing) checkForm(form *component, parts []Part) {
	members := membersOf(form.values[keyInitValues], d.scope)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		v := members[name]
		at := slices.IndexFunc(parts, func(p Part) bool { return p.name() == name })
		if at < 0 || !v.dynamic() {
			continue
		}
		c := d.screen.byAt[parts[at].At]
		resolved, ok, err := v.resolve(d.scope)
		b := breakage{component: form, rule: ruleComponent, expression: err}
		want := c.Row().Input.TypeOf(c.Node)
		if err == nil && (!ok || resolved == nil || want == nil || c.initialises(want, resolved)) {
			continue
		}
		if err == nil {
			b.problem = "init-values: " + name + ": expected " + want.String() + ", got " + kindOf(resolved)
		}
		d.broken = append(d.broken, b)
		d.view.Findings = append(d.view.Findings, b.finding())
	}
}

// initialises reports whether a component accepts an initial value: texts can be numbers.
func (c *component) initialises(want *catalog.Type, v any) bool {
	switch v.(type) {
	case string, float64:
		return want.Accepts(expr.TypeString) || want.Accepts(expr.TypeNumber)
	}
	return accepts(want, v)
}

// condition returns the branch of an If that WhatsApp shows.
func (d *drawing) condition(c *component) string {
	if c.condition == nil {
		if c.values[keyCondition].fixed == true {
			return "then"
		}
		return "else"
	}
	read := c.condition.Eval(d.scope.lookup)
	if usual, ok := d.usual(c); ok && usual != read {
		d.view.Findings = append(d.view.Findings, Finding{
			Severity: severityError, Code: codeCondition, Rule: ruleConditions, At: c.at, Line: c.line,
			Problem: "WhatsApp reads the condition as " + word(read) + ", and it looks as if it were " + word(usual),
			Remedy:  "put each comparison in parentheses, compare with whole numbers, and use no backticks",
		})
	}
	if read {
		return "then"
	}
	return "else"
}

// usual returns what most authors mean by the condition of an If; ok is false if it cannot
// be read.
func (d *drawing) usual(c *component) (result, ok bool) {
	text, _ := c.values[keyCondition].fixed.(string)
	if !expr.IsExpression(text) {
		return c.condition.EvalUsual(d.scope.lookup)
	}
	v, _, err := expr.Resolve(text, d.scope.lookup, true)
	return v == true, err == nil
}

func word(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// caseOf returns the branch of a Switch that WhatsApp shows.
func (d *drawing) caseOf(c *component) string {
	v, _, err := c.values["value"].resolve(d.scope)
	if err != nil {
		d.broken = append(d.broken, breakage{component: c, expression: err})
	}
	found := expr.ToText(v)
	if c.branches[found] == nil && c.Node.Get("cases").Get(found) == nil {
		return "default"
	}
	return found
}
