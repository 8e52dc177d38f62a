package flowjson

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// arrivals are the places of a Flow that show the data of one screen.
type arrivals struct {
	components []*boundComponent
	forms      []*boundForm
}

// boundComponent is a component to which data of a screen arrives. That of the screen's
// own title has no component.
type boundComponent struct {
	screen    *Screen
	component *Component
	places    []place
	values    map[string]template // of its properties, and the init-value that its Form gives it
	sight     sight
	// inFile are the faults of values that are all in the file.
	inFile map[string]bool
}

// place is a place of a component where a value arrives.
type place struct {
	value catalog.Value
	// key and owner name it in messages; property is that of the component.
	key, owner, property string
	required             bool
	path                 []string // of the value within the data
	list                 bool     // a list of records
	// asText says that a number can be written as a string, asNumber that a text can be
	// a number, which clients turn into text.
	asText, asNumber bool
	// mild says that clients show the screen, whatever arrives.
	mild bool
}

// boundForm is a Form that gets values or error messages for its inputs as one object.
type boundForm struct {
	property string
	path     []string
	inputs   map[string]*Component
	// partial says that the Form has components that this release does not know.
	partial bool
}

// binder finds the places of a Flow where data arrives.
type binder struct {
	flow    *Flow
	version Version
	found   map[string]*arrivals
	current map[string]*boundComponent // of the component at hand, by the screen of the data
	at      struct {
		screen    *Screen
		component *Component
		property  string
	}
}

// bind returns what a Flow shows of data, by the screen whose data it is.
func bind(f *Flow) map[string]*arrivals {
	b := &binder{flow: f, version: f.RulesVersion(), found: map[string]*arrivals{}}
	for _, s := range f.Screens {
		b.enter(s, nil)
		title := catalog.PropertyOf(catalog.Screen().Properties, "title")
		b.node(place{value: title.Value, key: title.Key, owner: "a screen", required: true}, s.Node.Get(title.Key))
		for c := range s.All() {
			if c.row == nil || !b.version.AtLeast(c.row.Since) {
				continue
			}
			if c.Type == "Form" {
				b.form(c)
				continue
			}
			b.enter(s, c)
			b.object(c.row.Properties, c.Type, c.Node, false)
			b.fromForm(c)
			b.complete()
		}
	}
	return b.found
}

// enter begins with another component.
func (b *binder) enter(s *Screen, c *Component) {
	b.current = map[string]*boundComponent{}
	b.at.screen, b.at.component = s, c
}

// object binds the properties of an object.
func (b *binder) object(properties []catalog.Property, owner string, n *Node, list bool) {
	for i := range properties {
		p := &properties[i]
		member := n.Get(p.Key)
		if member == nil || !b.version.AtLeast(p.Since) || p.OutsideForm && b.at.component.InForm() != nil {
			continue
		}
		if member.Is(jsontree.String) && p.Bound == nil && !p.BoundUnchecked {
			continue // not replaced here
		}
		at := place{value: p.Value, key: p.Key, owner: owner, required: p.Required, list: list}
		at.asText = p.Bound != nil && slices.Contains(p.Bound.Names, TypeString)
		at.asNumber = p.Key == initValue
		if c := b.at.component; c != nil && n == c.Node {
			b.at.property = p.Key
		}
		b.node(b.lifted(at, n), member)
	}
}

// lifted returns a place without the limit that another property lifts.
func (b *binder) lifted(at place, n *Node) place {
	if text, ok := at.value.(catalog.Text); ok && text.LiftedBy != "" && n.Get(text.LiftedBy) != nil {
		text.Limit = 0
		at.value = text
	}
	return at
}

// The properties of a Form with values for its inputs, and those of an input by itself.
const (
	initValue     = "init-value"
	initValues    = "init-values"
	errorMessage  = "error-message"
	errorMessages = "error-messages"
)

// node binds the place that a node has, and those within it.
func (b *binder) node(at place, n *Node) {
	if n.Is(jsontree.String) {
		if to, ok := b.binding(n.Text); ok {
			b.add(to, at)
		}
		return
	}
	within := at
	switch v := at.value.(type) {
	case catalog.List:
		within.value = v.Of
		_, records := v.Item()
		within.list = at.list || records
		for _, item := range n.Items() {
			b.node(within, item)
		}
	case catalog.Record:
		b.object(v.Properties, v.Name, n, at.list)
	case catalog.PerKey:
		within.value = v.Of
		for _, member := range n.Members() {
			b.node(within, member)
		}
	case catalog.Lines:
		within.value = catalog.Text{}
		within.required = false
		for _, line := range n.Items() {
			b.node(within, line)
		}
	case catalog.Click:
		b.object(v.Properties(), "an action", n, at.list)
	}
}

// binding returns the reference to data that a text is.
func (b *binder) binding(text string) (to binding, ok bool) {
	ref, ok := b.flow.Reference(text)
	if !ok || ref.Source != "data" {
		return binding{}, false
	}
	if ref.Screen == "" {
		ref.Screen = b.at.screen.ID
	}
	return binding{ref.Screen, ref.Path}, true
}

// add adds a place of the component at hand.
func (b *binder) add(to binding, at place) {
	c := b.current[to.screen]
	if c == nil {
		c = &boundComponent{screen: b.at.screen, component: b.at.component}
		b.current[to.screen] = c
		all := b.arrivals(to.screen)
		all.components = append(all.components, c)
	}
	at.path, at.property = to.path, b.at.property
	if list, ok := at.value.(catalog.List); ok {
		_, records := list.Item()
		at.list = at.list || records
	}
	c.places = append(c.places, at)
}

func (b *binder) arrivals(screen string) *arrivals {
	if b.found[screen] == nil {
		b.found[screen] = &arrivals{}
	}
	return b.found[screen]
}

// form binds what a Form gets for its inputs as a whole.
func (b *binder) form(form *Component) {
	b.enter(form.Screen, form)
	for _, property := range []string{initValues, errorMessages} {
		to, ok := b.binding(form.Node.Get(property).Str())
		if !ok {
			continue
		}
		bound := &boundForm{property: property, path: to.path, inputs: map[string]*Component{}}
		for c := range form.All() {
			bound.partial = bound.partial || c.row == nil
			if c.IsInput() && bound.inputs[c.Name] == nil {
				bound.inputs[c.Name] = c
			}
		}
		all := b.arrivals(to.screen)
		all.forms = append(all.forms, bound)
	}
}

// fromForm binds what a Form gives an input.
func (b *binder) fromForm(c *Component) {
	form := c.InForm()
	if form == nil || !c.IsInput() || c.Name == "" {
		return
	}
	for _, property := range []string{initValue, errorMessage} {
		b.at.property = property
		at := place{key: property, owner: c.Type, value: catalog.Text{}, asNumber: property == initValue, mild: property == errorMessage}
		if p := c.row.Property(property); p != nil {
			at.value = p.Value
		} else if property == initValue {
			continue // files, of which a Form has none, and the items of a list
		}
		if to, ok := b.binding(form.Node.Get(property + "s").Str()); ok {
			b.add(binding{to.screen, append(slices.Clone(to.path), c.Name)}, at)
		} else {
			b.node(at, form.Node.Get(property+"s").Get(c.Name))
		}
	}
}

// complete gives the component at hand all its values, which depend on each other.
func (b *binder) complete() {
	if len(b.current) == 0 {
		return
	}
	c := b.at.component
	values := map[string]template{}
	for _, p := range c.row.Properties {
		if n := c.Node.Get(p.Key); n != nil {
			values[p.Key] = b.template(n)
		}
	}
	if _, own := values[initValue]; !own && c.Name != "" && c.InForm() != nil {
		given := c.InForm().Node.Get(initValues)
		if to, ok := b.binding(given.Str()); ok {
			values[initValue] = template{binding{to.screen, append(slices.Clone(to.path), c.Name)}, true}
		} else if n := given.Get(c.Name); n != nil {
			values[initValue] = b.template(n)
		}
	}
	seen := b.sightOf(c)
	for _, bound := range b.current {
		bound.values, bound.sight, bound.inFile = values, seen, map[string]bool{}
		unknown := func(property string) any { return resolve(values[property], "", nil) }
		c.row.CheckTogether(b.version, unknown, func(f catalog.Fault, path ...string) { bound.inFile[faultKey(f, path)] = true })
	}
}
