package lint

import (
	"slices"
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

// checkReferences checks what references and expressions refer to, wherever they
// are, and whether the type is the one that is needed there (Meta, pages "Flow
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

// place is where a reference is.
type place struct {
	screen *flowjson.Screen
	want   *catalog.Type // nil where any value will do
	// code is for a reference to nothing, syntaxCode for what is not an expression.
	code, syntaxCode string
	component        bool // a property of a component
	payload          bool // of an action
	rich             bool // the text of a RichText
	uncertain        bool // Meta does not document that the value may be dynamic
}

// severity returns the severity of a finding, which is less where the place is
// uncertain.
func (p place) severity(s Severity) Severity {
	if p.uncertain && s == Error {
		return MayRefuse
	}
	return s
}

type referenceCheck struct {
	flow    *flowjson.Flow
	report  *report
	version catalog.Version
	forms   map[*flowjson.Screen]map[string]bool // the names of Forms, as far as they were asked for

	readings int // compared so far
}

func (c *referenceCheck) component(component *flowjson.Component) {
	at := place{screen: component.Screen, component: true, code: dynamicDataCode, syntaxCode: valueCode}
	for _, n := range component.Node.Members() {
		p := component.Row().Property(n.Key)
		switch {
		case p == nil:
		case component.Type == "Form" && n.Is(jsontree.Object):
			if _, values := p.Value.(catalog.Map); values {
				c.formValues(at, n)
			}
		default:
			c.property(at, component, p, n)
		}
	}
}

// property checks the value of a property, wherever the catalog lets it be dynamic.
func (c *referenceCheck) property(at place, component *flowjson.Component, p *catalog.Property, n *jsontree.Node) {
	at.want, at.uncertain = p.Bound, p.BoundUnchecked
	if p.BoundUnchecked {
		at.want = catalog.TypeOf(p.Value)
	}
	switch v := p.Value.(type) {
	case catalog.Condition:
		c.condition(at, n)
	case catalog.Binding:
		c.switchValue(at, n)
	case catalog.PerKey:
		if value := component.ValueType(); n.Key == "init-value" && value != nil && n.Is(jsontree.String) {
			at.want = &catalog.Type{Names: []string{value.Type}}
		} else if t := p.TypeInMode(component.Node.Get("mode")); t != nil {
			at.want = t
		}
		c.within(at, component, v, n)
	default:
		c.within(at, component, v, n)
	}
}

// within checks a value, and those that it consists of.
func (c *referenceCheck) within(at place, component *flowjson.Component, v catalog.Value, n *jsontree.Node) {
	switch v := v.(type) {
	case catalog.Lines:
		at.rich = v.Whole
		c.value(at, n)
		return
	case catalog.List:
		if n.Is(jsontree.Array) {
			at.want = catalog.TypeOf(v.Of)
			for _, item := range n.Children {
				c.within(at, component, v.Of, item)
			}
			return
		}
	case catalog.Record:
		for _, member := range n.Members() {
			if p := catalog.PropertyOf(v.Properties, member.Key); p != nil {
				c.property(at, component, p, member)
			}
		}
	case catalog.PerKey:
		if n.Is(jsontree.Object) {
			at.want = catalog.TypeOf(v.Of)
			for _, member := range n.Children {
				c.within(at, component, v.Of, member)
			}
			return
		}
	}
	if n.Is(jsontree.String) && (at.want != nil || at.uncertain) {
		c.text(at, n)
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
			if at.want != nil && input.ValueType().BaseType() == expr.TypeNumber { // see wantedValue
				at.want = &catalog.Type{Names: append(slices.Clone(at.want.Names), expr.TypeNumber)}
			}
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
		if strings.HasPrefix(child.Key, actionPrefix) && c.hasDynamic(child) {
			c.report.onKey(child, Warning, literalCode,
				"WhatsApp does not resolve the value of a payload key that begins with %s, and sends it unchanged: give the key another name", actionPrefix)
		}
		if child.Is(jsontree.String) {
			c.text(at, child)
		} else {
			c.payload(at, child)
		}
	}
}

// actionPrefix begins the keys of actions, whose references are for later.
const actionPrefix = "on-"

// hasDynamic reports whether WhatsApp would replace a value, or one within it.
func (c *referenceCheck) hasDynamic(n *jsontree.Node) bool {
	return n.Is(jsontree.String) && c.flow.Replaces(n.Text) || slices.ContainsFunc(n.Children, c.hasDynamic)
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

// text checks a string, which is a reference, an expression, or plain text.
func (c *referenceCheck) text(at place, n *jsontree.Node) {
	if c.report.isRefused(n) {
		return
	}
	if ref, ok := expr.ParseReference(n.Text); ok {
		c.bound(at, n, ref)
		return
	}
	switch {
	case expr.IsExpression(n.Text) && c.version.AtLeast(catalog.ExpressionsSince):
		c.expression(at, n)
	case !strings.Contains(n.Text, "${"):
	case at.rich:
		c.report.at(n, Error, "INVALID_TEXT_DYNAMIC_DATA", "a RichText must be either static or a single reference: put the whole text into the data")
	case c.badKey(at, n):
	case at.payload && wholes[n.Text]:
		c.report.at(n, Error, at.code, "%s as a whole cannot be sent: name each value, for example ${form.name}", n.Text)
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
	if expr.ReadAsReference(n.Text) {
		c.report.at(n, Warning, literalCode,
			"WhatsApp reads this as a single reference, which refers to nothing, and shows no text: put the whole value in backticks, with the texts in single quotes")
		return
	}
	remedy := "put the whole value in backticks, for example `'Hello ' ${data.name}`"
	if !c.version.AtLeast(catalog.ExpressionsSince) {
		remedy = "only a value that is a single reference is replaced; expressions in backticks require version 6.0"
	}
	c.report.at(n, Warning, literalCode, "clients show this text unchanged, with ${ and }: %s", remedy)
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
		c.report.at(n, at.severity(Error), at.code, "%s refers to nothing: %s", jsontree.Clip(n.Text), problem)
		return
	}
	if key := c.hyphen(at, ref); key != "" {
		c.report.at(n, MayRefuse, dynamicDataCode,
			"Meta's validator refuses references to keys with a hyphen, such as %q, although Meta's pages use some: use _ instead", jsontree.Clip(key))
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
		c.report.at(n, at.severity(severity), dynamicDataCode, "%s does not fit here: %s", jsontree.Clip(n.Text), problem)
	}
}
