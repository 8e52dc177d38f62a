package phone

import (
	"strings"

	"github.com/dlclark/regexp2/v2"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// plan is a Flow JSON that is prepared for playing: values are decoded, references
// parsed and places looked up, so that a keystroke need not do it. It does not change.
type plan struct {
	flow    *flowjson.Flow
	version catalog.Version
	screens map[string]*screen
	// notifies says that the client considers this a Flow with an endpoint, and sends
	// error notifications.
	notifies bool
}

// screen is a screen of a plan.
type screen struct {
	*flowjson.Screen
	at         string
	line       int
	title      value
	components []*component
	// inputs are the inputs of all branches, the first of each name.
	inputs []*component
	forms  []*component
	byName map[string]*component
	byAt   map[string]*component
	// sensitive are the names of the fields that the reply in the chat masks.
	sensitive map[string]bool
	success   bool
}

// component is a component of a plan.
type component struct {
	*flowjson.Component
	at       string
	line     int
	values   map[string]value
	children []*component
	// direct says that the component is a child of the layout or of a Form, and not of an
	// If or a Switch.
	direct bool
	// branches are the children by the branch of an If or a Switch that they belong to.
	branches map[string][]*component
	// condition is that of an If; nil if it is not a text.
	condition *expr.Condition
	// pattern is that of a TextInput; nil if it has none that is valid.
	pattern *regexp2.Regexp
}

func newPlan(f *flowjson.Flow) *plan {
	p := &plan{flow: f, version: f.RulesVersion(), screens: map[string]*screen{}}
	for _, s := range f.Screens {
		if p.screens[s.ID] == nil {
			p.screens[s.ID] = p.screen(s)
		}
		p.notifies = p.notifies || s.RefreshOnBack || asksDirectly(s)
	}
	return p
}

// expressions reports whether the Flow's version computes expressions in backticks.
func (p *plan) expressions() bool { return p.version.AtLeast(catalog.ExpressionsSince) }

func (p *plan) place(n *flowjson.Node) (pointer string, line int) {
	return n.Pointer(), p.flow.Range(n).Start.Line
}

func (p *plan) screen(s *flowjson.Screen) *screen {
	out := &screen{Screen: s, byName: map[string]*component{}, byAt: map[string]*component{}, sensitive: map[string]bool{}, success: true}
	out.at, out.line = p.place(s.Node)
	out.title = p.prepare(s.Node.Get("title").Value())
	if n := s.Node.Get("success"); n.Is(jsontree.Bool) {
		out.success = n.True()
	}
	for _, name := range s.Node.Get("sensitive").Items() {
		out.sensitive[name.Str()] = true
	}
	out.components = p.components(s.Components)
	index(out, out.components)
	return out
}

// index makes the components of a screen, in all branches, quick to find.
func index(s *screen, components []*component) {
	for _, c := range components {
		s.byAt[c.at] = c
		if c.Type == typeForm {
			s.forms = append(s.forms, c)
		}
		if c.IsInput() && c.Name != "" && s.byName[c.Name] == nil {
			s.byName[c.Name] = c
			s.inputs = append(s.inputs, c)
		}
		index(s, c.children)
	}
}

func (p *plan) components(list []*flowjson.Component) []*component {
	out := make([]*component, 0, len(list))
	for _, c := range list {
		out = append(out, p.component(c))
	}
	return out
}

func (p *plan) component(c *flowjson.Component) *component {
	out := &component{
		Component: c, values: map[string]value{}, branches: map[string][]*component{},
		direct: c.Parent == nil || c.Parent.Type == typeForm,
	}
	out.at, out.line = p.place(c.Node)
	out.children = p.components(c.Children)
	for _, child := range out.children {
		out.branches[child.Branch] = append(out.branches[child.Branch], child)
	}
	for _, n := range c.Node.Members() {
		if row := c.Row().Property(n.Key); row != nil {
			switch row.Value.(type) {
			case catalog.Children, catalog.Cases:
				continue // they are in children
			}
		}
		if c.Type == typeIf && n.Key == keyCondition && n.Is(jsontree.String) {
			out.values[n.Key] = value{fixed: n.Text} // it is evaluated, not resolved
			continue
		}
		out.values[n.Key] = p.prepare(n.Value())
	}
	if text, ok := out.values[keyCondition].fixed.(string); ok && c.Type == typeIf {
		out.condition = expr.ReadCondition(text)
	}
	if pattern := c.Node.Get("pattern").Str(); pattern != "" && c.Type == typeTextInput {
		out.pattern = compile(pattern)
	}
	return out
}

// asksDirectly reports whether a component that stands directly on the screen or in its
// Form asks the endpoint. The client looks at no others to decide whether a Flow has one.
func asksDirectly(s *flowjson.Screen) bool {
	for _, a := range s.Actions() {
		parent := a.Component.Parent
		if a.Name != catalog.DataExchange || parent != nil && parent.Type != typeForm {
			continue
		}
		switch a.Component.Type {
		case typeFooter, typeEmbeddedLink, typeOptIn, typeDatePicker, typeCalendarPicker, typeRadioButtonsGroup, typeCheckboxGroup:
			return true
		}
	}
	return false
}

// value is the value of a property: fixed, or to be resolved each time.
type value struct {
	fixed any
	// ref is a reference that is the whole value; text a string that needs more work; list
	// and object contain values that need resolving.
	ref    *expr.Reference
	text   string
	list   []value
	object map[string]value
	// raw is what was prepared.
	raw any
	// bound says that the value was part of an object that is bound to data.
	bound bool
}

// static reports whether the value needs no resolving.
func (v value) static() bool { return v.ref == nil && v.text == "" && v.list == nil && v.object == nil }

// data reports whether the value is one that the data of the screen must have. What a user
// has not typed yet, and a screen that was never shown, give nothing.
func (v value) data() bool { return v.ref != nil && v.ref.Source == "data" && v.ref.Screen == "" }

// prepare decides what must be resolved in a decoded JSON value. Keys that begin with
// "on-" are actions: they are resolved when they happen.
func (p *plan) prepare(v any) value {
	switch v := v.(type) {
	case string:
		if ref, ok := expr.ParseReference(v); ok {
			return value{ref: &ref, raw: v}
		}
		if strings.HasPrefix(v, "${") || strings.HasPrefix(v, "`") {
			return value{text: v, raw: v}
		}
	case []any:
		list := make([]value, len(v))
		static := true
		for i, item := range v {
			list[i] = p.prepare(item)
			static = static && list[i].static()
		}
		if !static {
			return value{list: list, raw: v}
		}
	case map[string]any:
		object := make(map[string]value, len(v))
		static := true
		for key, member := range v {
			if strings.HasPrefix(key, "on-") {
				object[key] = value{fixed: member, raw: member}
				continue
			}
			object[key] = p.prepare(member)
			static = static && object[key].static()
		}
		if !static {
			return value{object: object, raw: v}
		}
	}
	return value{fixed: v, raw: v}
}

// resolve returns what a value is now; ok is false if it is absent. Absent members of an
// object are left out and named in erased, absent items of a list become null.
func (v value) resolve(sc scope) (result any, ok bool, err error) {
	switch {
	case v.ref != nil:
		result, ok = sc.lookup(*v.ref)
		return result, ok, nil
	case v.text != "":
		return expr.Resolve(v.text, sc.lookup, sc.expressions)
	case v.list != nil:
		list := make([]any, len(v.list))
		for i, item := range v.list {
			if list[i], _, err = item.resolve(sc); err != nil {
				return nil, false, err
			}
		}
		return list, true, nil
	case v.object != nil:
		object := make(map[string]any, len(v.object))
		for key, member := range v.object {
			result, ok, err := member.resolve(sc)
			if err != nil {
				return nil, false, err
			}
			if ok {
				object[key] = result
			}
		}
		return object, true, nil
	}
	return v.fixed, true, nil
}

// scope is where references are looked up.
type scope struct {
	lookup      expr.Scope
	expressions bool
}

// scope returns the scope of a screen.
func (s *state) scope(p *plan, screenID string) scope {
	return scope{
		lookup: func(ref expr.Reference) (any, bool) {
			id := screenID
			if ref.Screen != "" {
				id = ref.Screen
			}
			memory := s.screens[id]
			if memory == nil {
				return nil, false
			}
			from := memory.data
			if ref.Source == "form" {
				from = memory.form
			}
			found := from[ref.Path[0]]
			if picked, ok := found.(files); ok {
				found = picked.media()
			}
			if found == nil {
				return nil, false
			}
			return expr.Get(found, ref.Path[1:])
		},
		expressions: p.expressions(),
	}
}
