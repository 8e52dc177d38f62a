package lint

import (
	"fmt"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Versions from which Meta knows references to other screens, and checks the references
// within expressions of payloads.
var (
	globalSince  = catalog.Version{Major: 4, Minor: 0}
	payloadSince = catalog.Version{Major: 7, Minor: 2}
)

// checkReferences checks what references and expressions refer to, wherever they may
// stand, and whether the type is the one that is needed there (Meta, pages "Flow
// JSON", 2026-03-24, and "Error codes", 2025-04).
func checkReferences(f *flowjson.Flow, r *report) {
	c := &referenceCheck{flow: f, report: r, version: f.RulesVersion(), forms: map[*flowjson.Screen]map[string]bool{}}
	title := catalog.PropertyOf(catalog.Screen().Properties, "title")
	for _, s := range f.Screens {
		at := place{screen: s, want: title.Bound, code: dynamicDataCode, syntaxCode: valueCode}
		c.value(at, s.Node.Get("title"))
		for component := range s.All() {
			if r.full() {
				return
			}
			c.component(component)
		}
		for _, action := range s.Actions() {
			c.action(s, action)
		}
	}
}

// The codes that Meta has for references.
const (
	dynamicDataCode   = "INVALID_SCREEN_DYNAMIC_DATA"
	valueCode         = "INVALID_PROPERTY_VALUE"
	clickPayloadCode  = "INVALID_ON_CLICK_ACTION_PAYLOAD"
	actionPayloadCode = "INVALID_ACTION_PAYLOAD_PROPERTY"
	literalCode       = "REFERENCE_NOT_REPLACED" // ours
)

// place is where a reference stands.
type place struct {
	screen *flowjson.Screen
	want   *catalog.Type // nil where any value will do
	// code is for a reference to nothing, syntaxCode for what is no expression.
	code, syntaxCode string
	component        bool // a property of a component
	payload          bool // of an action
	rich             bool // the text of a RichText
}

type referenceCheck struct {
	flow    *flowjson.Flow
	report  *report
	version catalog.Version
	forms   map[*flowjson.Screen]map[string]bool // the names of Forms, as far as they were asked for
}

func (c *referenceCheck) component(component *flowjson.Component) {
	at := place{screen: component.Screen, component: true, code: dynamicDataCode, syntaxCode: valueCode}
	for _, n := range component.Node.Members() {
		p := component.Row().Property(n.Key)
		if p == nil || p.Bound == nil {
			continue
		}
		at.want, at.rich = p.Bound, false
		switch v := p.Value.(type) {
		case catalog.Condition:
			c.condition(at, n)
			continue
		case catalog.Binding:
			c.switchValue(at, n)
			continue
		case catalog.Lines:
			at.rich = v.Whole
		case catalog.PerKey:
			if value := component.ValueType(); n.Key == "init-value" && value != nil {
				at.want = &catalog.Type{Names: []string{value.Type}}
			}
		}
		if component.Type == "Form" && n.Is(jsontree.Object) {
			c.formValues(at, n)
		} else {
			c.value(at, n)
		}
	}
}

// formValues checks init-values and error-messages that are not bound as a whole.
func (c *referenceCheck) formValues(at place, n *jsontree.Node) {
	for _, value := range n.Members() {
		at.want = nil
		if input := at.screen.Input(value.Key); n.Key == "error-messages" {
			at.want = bindableOf(input, "error-message")
		} else if c.version.AtLeast(catalog.Version{Major: 7, Minor: 0}) {
			at.want = bindableOf(input, "init-value")
		}
		c.value(at, value)
	}
}

func bindableOf(c *flowjson.Component, property string) *catalog.Type {
	if c == nil {
		return nil
	}
	if p := c.Row().Property(property); p != nil {
		return p.Bound
	}
	return nil
}

// action checks what an action sends.
func (c *referenceCheck) action(s *flowjson.Screen, action *flowjson.Action) {
	at := place{screen: s, payload: true, code: actionPayloadCode, syntaxCode: actionPayloadCode}
	if action.Trigger == "on-click-action" {
		at.code = clickPayloadCode
	}
	if action.Payload.Is(jsontree.Object) {
		c.payload(at, action.Payload)
	}
	if url := action.Node.Get("url"); url.Is(jsontree.String) {
		at.want = catalog.PropertyOf(catalog.Click{}.Properties(), "url").Bound
		c.value(at, url)
	}
}

func (c *referenceCheck) payload(at place, n *jsontree.Node) {
	for _, child := range n.Children {
		if child.Is(jsontree.String) {
			c.text(at, child)
		} else {
			c.payload(at, child)
		}
	}
}

// value checks a property, or one of the values that it has.
func (c *referenceCheck) value(at place, n *jsontree.Node) {
	switch {
	case n.Is(jsontree.String):
		c.text(at, n)
	case n.Is(jsontree.Array) && at.want != nil && at.want.Items != nil:
		at.want = at.want.Items
		for _, item := range n.Items() {
			if at.rich && strings.Contains(item.Str(), "${") {
				c.report.at(item, Error, "INVALID_TEXT_DYNAMIC_DATA", "the lines of a RichText are static: bind the whole text to an array of the data")
				continue
			}
			if item.Is(jsontree.String) {
				c.text(at, item)
			}
		}
	case n.Is(jsontree.Object) && at.want != nil:
		object := at.want
		for _, member := range n.Members() {
			if at.want = object.Member(member.Key); at.want != nil {
				c.value(at, member)
			}
		}
	}
}

// text checks a string, which is a reference, an expression, or stands as it is.
func (c *referenceCheck) text(at place, n *jsontree.Node) {
	if ref, ok := expr.ParseReference(n.Text); ok {
		c.bound(at, n, ref)
		return
	}
	switch {
	case expr.IsExpression(n.Text) && c.version.AtLeast(catalog.ExpressionsSince):
		c.expression(at, n)
	case !strings.Contains(n.Text, "${"):
	case at.rich:
		c.report.at(n, Error, "INVALID_TEXT_DYNAMIC_DATA", "a RichText is either static or one reference: put the whole text into the data")
	case c.badKey(at, n):
	case at.payload && wholes[n.Text]:
		c.report.at(n, Error, at.code, "%s as a whole cannot be sent: name each value, as in ${form.name}", n.Text)
	default:
		c.literal(at, n)
	}
}

// wholes are what people write to send everything.
var wholes = map[string]bool{"${form}": true, "${data}": true}

// literal is for text with something like a reference in it that is not replaced.
func (c *referenceCheck) literal(at place, n *jsontree.Node) {
	if at.want != nil && at.want.Names[0] != expr.TypeString {
		return // the component check says that it is none of the wanted type
	}
	remedy := "put the whole value in backticks, as in `'Hello ' ${data.name}`"
	if !c.version.AtLeast(catalog.ExpressionsSince) {
		remedy = "only a value that is one reference and nothing else is replaced; expressions in backticks need version 6.0"
	}
	c.report.at(n, Warning, literalCode, "this is taken as it stands, with ${ and }: %s", remedy)
}

// badKey reports a reference to a key that references cannot name.
func (c *referenceCheck) badKey(at place, n *jsontree.Node) bool {
	key, ok := strings.CutPrefix(n.Text, "${data.")
	if !ok || !strings.HasSuffix(key, "}") {
		return false
	}
	key = key[:len(key)-1]
	if at.screen.Data.Field(key) == nil {
		return false
	}
	c.report.at(n, Error, dynamicDataCode, "a reference cannot name the key %q: give it a name of letters, digits and _", jsontree.Clip(key))
	return true
}

// bound checks a value that is one reference.
func (c *referenceCheck) bound(at place, n *jsontree.Node, ref expr.Reference) {
	if problem := c.problem(at, ref); problem != "" {
		c.report.at(n, Error, at.code, "%s refers to nothing: %s", jsontree.Clip(n.Text), problem)
		return
	}
	want := at.want
	if at.component {
		want = want.In(c.version)
	}
	severity := Error
	if ref.Source == "form" { // Meta's page speaks of the data model only
		severity = Warning
	}
	if problem := misfit(want, c.flow.Resolve(at.screen, ref), "the value"); problem != "" {
		c.report.at(n, severity, dynamicDataCode, "%s does not fit here: %s", jsontree.Clip(n.Text), problem)
	}
}

// problem says what is wrong with a reference itself; "" if nothing is.
func (c *referenceCheck) problem(at place, ref expr.Reference) string {
	s := at.screen
	if ref.Screen != "" {
		switch s = c.flow.Screen(ref.Screen); {
		case !c.version.AtLeast(globalSince):
			return "references to other screens need version 4.0"
		case s == nil:
			return fmt.Sprintf("there is no screen %q", jsontree.Clip(ref.Screen))
		case s.ID == at.screen.ID && at.component:
			local := expr.Reference{Source: ref.Source, Path: ref.Path}
			return "that is this screen itself: write " + jsontree.Clip(local.String())
		}
	}
	if ref.Source == "form" {
		return c.inputProblem(s, ref.Path)
	}
	return dataProblem(s, ref.Path, at.component)
}

func (c *referenceCheck) inputProblem(s *flowjson.Screen, path []string) string {
	input := s.Input(path[0])
	switch {
	case input != nil:
		return stepProblem(input.ValueType(), path, false)
	case c.isForm(s, path[0]):
		return fmt.Sprintf("%q is a Form, which has no value itself: name one of its inputs", jsontree.Clip(path[0]))
	}
	return fmt.Sprintf("screen %q has no input named %q", jsontree.Clip(s.ID), jsontree.Clip(path[0]))
}

func (c *referenceCheck) isForm(s *flowjson.Screen, name string) bool {
	names, ok := c.forms[s]
	if !ok {
		names = map[string]bool{}
		for component := range s.All() {
			if component.Type == "Form" {
				names[component.Name] = true
			}
		}
		c.forms[s] = names
	}
	return names[name]
}

func dataProblem(s *flowjson.Screen, path []string, component bool) string {
	field := s.Data.Field(path[0])
	if field == nil && isWrapped(s.Data) {
		return ""
	}
	if field == nil {
		return fmt.Sprintf("screen %q does not declare %q in its data", jsontree.Clip(s.ID), jsontree.Clip(path[0]))
	}
	if component {
		for _, key := range path {
			if strings.Contains(key, "-") {
				return fmt.Sprintf("a reference cannot name the key %q: give it a name of letters, digits and _", jsontree.Clip(key))
			}
		}
	}
	return stepProblem(field.Schema, path, component)
}

// stepProblem follows a path into a value. Where a component is to show it, its type
// must be declared all the way.
func stepProblem(t *flowjson.Schema, path []string, declared bool) string {
	for i, key := range path[1:] {
		at := jsontree.Clip(strings.Join(path[:i+1], "."))
		switch {
		case t == nil || t.Type == "":
			return ""
		case t.Type == expr.TypeArray:
			return fmt.Sprintf("%q is an array, and a reference cannot step into one", at)
		case t.Type != expr.TypeObject:
			return fmt.Sprintf("%q is %s and has nothing within", at, expr.WithArticle(t.Type))
		case len(t.Properties) == 0 && declared:
			return fmt.Sprintf("%q declares no properties, so that the type of %q is not known", at, jsontree.Clip(key))
		case len(t.Properties) > 0 && t.Property(key) == nil:
			return fmt.Sprintf("%q declares no property %q", at, jsontree.Clip(key))
		}
		t = t.Property(key)
	}
	return ""
}

// misfit says how a type differs from what is wanted; "" if it does not, or that cannot
// be known.
func misfit(want *catalog.Type, got *flowjson.Schema, what string) string {
	if want == nil || got == nil || got.Type == "" {
		return ""
	}
	if !want.Accepts(got.Type) {
		return what + " is " + expr.WithArticle(got.Type) + " and must be " + want.String()
	}
	switch got.Type {
	case expr.TypeArray:
		return misfit(want.Items, got.Items, "each item of "+what)
	case expr.TypeObject:
		for _, m := range want.Members {
			if m.Required && got.Property(m.Key) == nil {
				return what + " must have " + m.Key + " among its properties"
			}
		}
		for _, p := range got.Properties {
			if found := misfit(want.Member(p.Key), p.Schema, p.Key+" of "+what); found != "" {
				return found
			}
		}
	}
	return ""
}
