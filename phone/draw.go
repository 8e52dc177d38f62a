package phone

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

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
	at, rule, problem string
	expression        error // what the client cannot read; nil if it is something else
}

// clearing is a field that gets another value.
type clearing struct {
	field string
	value any
}

// settle draws the screen after a step. Values that are no longer offered are cleared
// first, as they decide what else shows. Then actions that wait are fired.
func (x *step) settle() {
	d := x.redraw()
	for len(x.todo) > 0 && x.flying == 0 && x.failure == nil && x.open {
		x.fire()
		d = x.redraw()
	}
	if len(d.broken) == 0 || !x.open || x.failure != nil {
		return
	}
	switch first := d.broken[0]; {
	case first.expression != nil:
		x.failExpression(first.at, first.expression)
		x.spoil(ruleExpression)
	case x.ruleset == Published:
		x.failComponent(first.at, first.rule, first.problem)
		x.spoil(first.rule)
	default:
		return // a draft has a banner
	}
	x.shown = x.draw().view
}

// spoil corrects the verdict on an answer that fits but brings a screen that cannot be
// shown.
func (x *step) spoil(rule string) {
	if x.judged != nil {
		x.judged.verdict = Verdict{Text: "WhatsApp shows an error page: " + x.failure.Detail, Kind: verdictRefused, Rules: []string{rule}}
	}
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
	d.view = View{Parts: []Part{}, Findings: slices.Clone(x.form.findings)}
	id := x.top()
	if !x.open || x.plan.screens[id] == nil {
		return d
	}
	d.screen, d.memory, d.scope = x.plan.screens[id], x.screens[id], x.scope(x.plan, id)
	d.view.Screen, d.view.Pointer, d.view.Line = id, d.screen.at, d.screen.line
	title, _, _ := d.screen.title.resolve(d.scope) // a reference, which cannot fail
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
			d.checkForm(c)
			d.components(c.children)
		case typeIf:
			d.components(c.branch(d.condition(c)))
		case typeSwitch:
			d.components(c.branch(d.caseOf(c)))
		default:
			i := &item{drawing: d, component: c}
			if i.flag("visible", true) {
				i.draw()
			}
		}
	}
}

// checkForm checks that bound init-values have the types of their inputs.
func (d *drawing) checkForm(form *component) {
	for name, v := range membersOf(form.values[keyInitValues], d.scope) {
		c := d.screen.byName[name]
		if c == nil || !v.dynamic() {
			continue
		}
		resolved, ok, err := v.resolve(d.scope)
		switch want := c.Row().Input.TypeOf(c.Node); {
		case err != nil:
			d.broken = append(d.broken, breakage{at: form.at, expression: err})
		case ok && resolved != nil && want != nil && !c.initialises(want, resolved):
			problem := "init-values: " + name + ": expected " + want.String() + ", got " + kindOf(resolved)
			d.broken = append(d.broken, breakage{at: form.at, rule: ruleComponent, problem: problem})
			d.view.Findings = append(d.view.Findings, Finding{
				Severity: severityError, Code: "COMPONENT_INVALID", Rule: ruleComponent, At: form.at, Line: form.line, Problem: problem,
			})
		}
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

// branch returns the children of one branch of an If or a Switch.
func (c *component) branch(name string) []*component {
	var out []*component
	for _, child := range c.children {
		if child.Branch == name {
			out = append(out, child)
		}
	}
	return out
}

// condition returns the branch of an If that WhatsApp shows.
func (d *drawing) condition(c *component) string {
	v := c.values[keyCondition]
	text, ok := v.fixed.(string)
	if !ok {
		if v.fixed == true {
			return "then"
		}
		return "else"
	}
	read := expr.EvalCondition(text, d.scope.lookup)
	if usual, ok := d.usual(text); ok && usual != read {
		d.view.Findings = append(d.view.Findings, Finding{
			Severity: severityError, Code: "CONDITION_READ_DIFFERENTLY", Rule: ruleConditions, At: c.at, Line: c.line,
			Problem: "WhatsApp reads the condition as " + word(read) + ", and it looks as if it were " + word(usual),
			Remedy:  "put each comparison in parentheses, compare with whole numbers, and use no backticks",
		})
	}
	if read {
		return "then"
	}
	return "else"
}

// usual returns what most authors mean by a condition; ok is false if it cannot be read.
func (d *drawing) usual(text string) (result, ok bool) {
	if !expr.IsExpression(text) {
		return expr.EvalConditionUsual(text, d.scope.lookup)
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
		d.broken = append(d.broken, breakage{at: c.at, expression: err})
	}
	found := expr.ToText(v)
	has := func(name string) bool {
		return slices.ContainsFunc(c.children, func(child *component) bool { return child.Branch == name })
	}
	if !has(found) && c.Node.Get("cases").Get(found) == nil {
		return "default"
	}
	return found
}

// item is a component while it is drawn.
type item struct {
	*drawing
	*component
	findings []Finding
}

func (i *item) warn(severity, code, rule, problem, remedy string) {
	i.findings = append(i.findings, Finding{
		Severity: severity, Code: code, Rule: rule, At: i.at, Line: i.line, Problem: problem, Remedy: remedy,
	})
}

// broke records that the component cannot be shown. In a draft that is a banner below it.
func (i *item) broke(rule, problem string) {
	i.broken = append(i.broken, breakage{at: i.at, rule: rule, problem: problem})
	i.warn(severityError, "COMPONENT_INVALID", rule, problem, "")
}

// get returns the value of a property. What the data gives must have the type that the
// component needs.
func (i *item) get(key string) (any, bool) {
	v, given := i.values[key]
	if !given {
		return nil, false
	}
	if v.static() {
		return v.fixed, v.fixed != nil
	}
	resolved, ok, err := v.resolve(i.scope)
	if err != nil {
		i.broken = append(i.broken, breakage{at: i.at, expression: err})
		i.warn(severityError, "EXPRESSION_UNREADABLE", ruleExpression, key+": "+err.Error(), "")
		return nil, false
	}
	row := i.Row().Property(key)
	if !ok || resolved == nil {
		if row != nil && row.Required {
			i.warn(severityError, "VALUE_MISSING", ruleMissingShown, "the data has no value for "+key, "send it, or declare and send an empty value")
		}
		return nil, false
	}
	if problem := i.misfit(row, resolved); problem != "" && (v.ref != nil || v.text != "") {
		i.broke(ruleComponent, key+": "+problem)
		return nil, false
	}
	return resolved, true
}

// misfit says why a bound value does not fit a property; empty if it does.
func (i *item) misfit(row *catalog.Property, v any) string {
	if row == nil {
		return ""
	}
	if row.Bound != nil {
		if want := row.Bound.In(i.plan.version); !accepts(want, v) {
			return "expected " + want.String() + ", got " + kindOf(v)
		}
	}
	switch want := row.Value.(type) {
	case catalog.Enum:
		if text, ok := v.(string); ok && !slices.Contains(want.Words, text) {
			return "expected one of " + strings.Join(want.Words, ", ")
		}
	case catalog.Text:
		from := cmp.Or(want.BlankFrom, catalog.Version{Major: 6})
		if text, ok := v.(string); ok && row.Required && strings.TrimSpace(text) == "" && i.needsLabel() && i.plan.version.AtLeast(from) {
			return "it is blank"
		}
	case catalog.List:
		if list, ok := v.([]any); ok && len(list) < want.Min && !i.canBeEmpty() {
			return "the list has too few items"
		}
	}
	return ""
}

// canBeEmpty reports whether an empty list shows: that of a Dropdown from 6.0 on.
func (i *item) canBeEmpty() bool {
	return i.Type == typeDropdown && i.plan.version.AtLeast(catalog.Version{Major: 6})
}

// needsLabel reports whether a blank text makes the component fail.
func (i *item) needsLabel() bool {
	return i.IsInput() || i.Type == typeFooter || i.Type == typeEmbeddedLink
}

// accepts reports whether a value has one of the names of a type.
func accepts(t *catalog.Type, v any) bool {
	switch v := v.(type) {
	case string:
		return t.Accepts(expr.TypeString)
	case bool:
		return t.Accepts(expr.TypeBoolean)
	case float64:
		return t.Accepts(expr.TypeNumber) || v == float64(int64(v)) && t.Accepts(expr.TypeInteger)
	case []any:
		return t.Accepts(expr.TypeArray)
	case map[string]any:
		return t.Accepts(expr.TypeObject)
	}
	return true
}

// kindOf names the type of a value, with its article.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case []any, files:
		return "a list"
	}
	return "an object"
}

// string returns a text. One that is longer than clients show is a finding.
func (i *item) string(key string) string {
	v, ok := i.get(key)
	if !ok {
		return ""
	}
	text, _ := v.(string)
	if most := i.limit(key); most > 0 && len(text) > most && utf8.RuneCountInString(text) > most {
		i.warn(severityWarning, "TEXT_CUT", ruleCut, key+" is longer than WhatsApp shows", "shorten it")
	}
	return text
}

// limit returns the number of characters that clients show of a text; 0 is all.
func (i *item) limit(key string) int {
	row := i.Row().Property(key)
	if row == nil {
		return 0
	}
	text, ok := row.Value.(catalog.Text)
	if !ok || text.LiftedBy != "" && i.values[text.LiftedBy].raw != nil {
		return 0
	}
	return text.Limit
}

// cut returns the part of a text that fits, with an ellipsis; empty if all of it does.
func cut(text string, most int) string {
	if most == 0 || len(text) <= most || utf8.RuneCountInString(text) <= most {
		return ""
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}

// flag returns a boolean.
func (i *item) flag(key string, otherwise bool) bool {
	v, ok := i.get(key)
	if b, is := v.(bool); ok && is {
		return b
	}
	return otherwise
}

// number returns a number, which can be written as a text.
func (i *item) number(key string) (float64, bool) {
	v, ok := i.get(key)
	if !ok {
		return 0, false
	}
	return asNumber(v)
}

// count returns a whole number, or another if there is none.
func (i *item) count(key string, otherwise int) int {
	if n, ok := i.number(key); ok {
		return int(n)
	}
	return otherwise
}

// list returns the items of a list.
func (i *item) list(key string) []any {
	v, _ := i.get(key)
	list, _ := v.([]any)
	return list
}
