package flowjson

import (
	"bytes"
	"iter"
	"sync"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// The parts of package jsontree that a Flow has.
type (
	// Node is a JSON value with its place in the file.
	Node = jsontree.Node
	// Range is the place of a value.
	Range = jsontree.Range
	// Position is the place of a character.
	Position = jsontree.Position
	// SyntaxError describes why a file cannot be read.
	SyntaxError = jsontree.SyntaxError
)

// Flow is what a Flow JSON file describes, as far as it can be read. Parts that are
// missing or of the wrong type have their zero value; package lint reports them.
type Flow struct {
	// Version is zero if there is none, or if it cannot be read.
	Version Version
	// DataAPIVersion is set, to "3.0" or "4.0", if the Flow has an endpoint.
	DataAPIVersion string
	// Screens are in the order of the file.
	Screens []*Screen
	// Routing has the moves between screens.
	Routing *Routing
	// Root is the whole document.
	Root *Node

	byID     map[string]*Screen
	document *jsontree.Document
	arrivals func() map[string]*arrivals // by the screen whose data arrives; found once
}

// Screen is one screen of a Flow.
type Screen struct {
	ID       string
	Title    string
	Terminal bool
	// RefreshOnBack means that back on this screen sends BACK to the endpoint, with the id
	// of this screen, which the user leaves.
	RefreshOnBack bool
	// Data is the screen's data model; nil if it has none.
	Data *Model
	// Components are the children of the layout, in order.
	Components []*Component
	Node       *Node

	inputs        map[string]*Component
	leadsAnywhere bool
}

// Component is a component of a screen.
type Component struct {
	Type string
	// Name is the name that an input has in the form; empty for others.
	Name   string
	Node   *Node
	Screen *Screen
	// Parent contains the component: a Form, an If or a Switch; nil on the layout.
	Parent *Component
	// Branch is the branch of the parent that contains it: "then" or "else" of an If,
	// the case of a Switch.
	Branch string
	// Children are the children of a Form, or of all branches of an If or a Switch.
	Children []*Component

	row *catalog.Component
}

// Action is what a component does when it is tapped or changed.
type Action struct {
	// Name is navigate, data_exchange, complete, update_data or open_url.
	Name string
	// Trigger is the property that contains it: on-click-action, on-select-action or
	// on-unselect-action.
	Trigger string
	// Next is the target of navigate.
	Next string
	// Payload is what the action sends; nil if it has none.
	Payload   *Node
	Component *Component
	// Item is the option or list item that contains it; nil if the component does.
	Item *Node
	Node *Node
}

// ActionDataExchange is the name of the action that asks the endpoint. Package catalog
// has all actions.
const ActionDataExchange = catalog.DataExchange

// Version is a Flow JSON version. See package catalog.
type Version = catalog.Version

// Read reads a Flow JSON file. It returns a [*SyntaxError] for everything that
// [jsontree.Read] refuses: what is not JSON, or too large. A byte order mark before it is
// skipped, because Meta's pages do not say that one is refused.
func Read(data []byte) (*Flow, error) {
	document, err := jsontree.Read(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return nil, err
	}
	root := document.Root
	f := &Flow{Root: root, document: document, byID: map[string]*Screen{}}
	if v, err := catalog.ParseVersion(root.Get("version").Str()); err == nil {
		f.Version = v
	}
	f.DataAPIVersion = root.Get("data_api_version").Str()
	for _, n := range root.Get("screens").Items() {
		s := readScreen(n)
		f.Screens = append(f.Screens, s)
		if _, taken := f.byID[s.ID]; !taken {
			f.byID[s.ID] = s
		}
	}
	f.Routing = readRouting(f)
	f.arrivals = sync.OnceValue(func() map[string]*arrivals { return bind(f) })
	return f, nil
}

// RulesVersion is the version by whose rules the Flow is checked: its own, or the
// newest if it has none that can be read.
func (f *Flow) RulesVersion() Version {
	if f.Version == (Version{}) {
		return catalog.Newest()
	}
	return f.Version
}

// HasEndpoint reports whether the Flow has an endpoint.
func (f *Flow) HasEndpoint() bool { return f.Root.Get("data_api_version") != nil }

// Screen returns a screen by its id, the first if several share it; nil if there is
// none.
func (f *Flow) Screen(id string) *Screen { return f.byID[id] }

// Source returns the file that was read. The caller must not modify it.
func (f *Flow) Source() []byte { return f.document.Source() }

// Range returns the place of a node's value in the file.
func (f *Flow) Range(n *Node) Range { return f.document.Range(n) }

// KeyRange returns the place of a node's key, or of its value if it has no key.
func (f *Flow) KeyRange(n *Node) Range { return f.document.KeyRange(n) }

func readScreen(n *Node) *Screen {
	s := &Screen{
		ID:            n.Get("id").Str(),
		Title:         n.Get("title").Str(),
		Terminal:      n.Get("terminal").True(),
		RefreshOnBack: n.Get("refresh_on_back").True(),
		Data:          readModel(n.Get("data")),
		Node:          n,
		inputs:        map[string]*Component{},
	}
	for _, child := range n.Get("layout").Get("children").Items() {
		s.Components = append(s.Components, readComponent(s, nil, "", child))
	}
	for c := range s.All() {
		if _, taken := s.inputs[c.Name]; c.IsInput() && !taken {
			s.inputs[c.Name] = c
		}
		s.leadsAnywhere = s.leadsAnywhere || c.Row().Navigates()
	}
	return s
}

func readComponent(s *Screen, parent *Component, branch string, n *Node) *Component {
	c := &Component{Type: n.Get("type").Str(), Name: n.Get("name").Str(), Node: n, Screen: s, Parent: parent, Branch: branch}
	add := func(branch string, nodes []*Node) {
		for _, child := range nodes {
			c.Children = append(c.Children, readComponent(s, c, branch, child))
		}
	}
	c.row = catalog.ComponentOf(c.Type)
	if c.row == nil {
		return c
	}
	for i := range c.row.Properties {
		p := &c.row.Properties[i]
		switch p.Value.(type) {
		case catalog.Children:
			branch := ""
			if c.row.Branches {
				branch = p.Key
			}
			add(branch, n.Get(p.Key).Items())
		case catalog.Cases:
			for _, branch := range n.Get(p.Key).Members() {
				add(branch.Key, branch.Items())
			}
		}
	}
	return c
}

// All returns every component of the screen, in the order of the file, each before
// its children.
func (s *Screen) All() iter.Seq[*Component] {
	return func(yield func(*Component) bool) { walk(s.Components, yield) }
}

// All returns every component within this one, in the order of the file, each before
// its children.
func (c *Component) All() iter.Seq[*Component] {
	return func(yield func(*Component) bool) { walk(c.Children, yield) }
}

func walk(components []*Component, yield func(*Component) bool) bool {
	for _, c := range components {
		if !yield(c) || !walk(c.Children, yield) {
			return false
		}
	}
	return true
}

// Input returns the input with this name, the first if several branches have one; nil if
// there is none.
func (s *Screen) Input(name string) *Component { return s.inputs[name] }

// Has reports whether the screen has a component of this type, in any branch.
func (s *Screen) Has(componentType string) bool {
	for c := range s.All() {
		if c.Type == componentType {
			return true
		}
	}
	return false
}

// LeadsAnywhere reports whether a list of the screen, such as a NavigationList, can lead
// to every other screen, as its items can arrive as data.
func (s *Screen) LeadsAnywhere() bool { return s.leadsAnywhere }

// Actions returns all actions of this screen that are in the file, including those of
// options and list items. Items that arrive as data can bring others.
func (s *Screen) Actions() []*Action {
	var actions []*Action
	for c := range s.All() {
		actions = append(actions, actionsOf(c, nil, c.Node)...)
		for _, property := range catalog.ActionLists("") {
			for _, item := range c.Node.Get(property).Items() {
				actions = append(actions, actionsOf(c, item, item)...)
			}
		}
	}
	return actions
}

// ExampleActions returns the actions of list items that arrive as data, as far as the
// examples of the data models show them.
func (f *Flow) ExampleActions(s *Screen) []*Action {
	var actions []*Action
	for c := range s.All() {
		for _, property := range catalog.ActionLists(catalog.OnClick) {
			for _, item := range f.exampleItems(c, property) {
				actions = append(actions, actionsOf(c, item, item)...)
			}
		}
	}
	return actions
}

// exampleItems returns the example of the field that a list of a component is bound to.
func (f *Flow) exampleItems(c *Component, property string) []*Node {
	ref, bound := expr.ParseReference(c.Node.Get(property).Str())
	if !bound || ref.Source != "data" {
		return nil
	}
	owner := c.Screen
	if ref.Screen != "" {
		owner = f.Screen(ref.Screen)
	}
	if owner == nil || owner.Data.Field(ref.Path[0]) == nil {
		return nil
	}
	example := owner.Data.Field(ref.Path[0]).Example
	for _, key := range ref.Path[1:] {
		example = example.Get(key)
	}
	return example.Items()
}

func actionsOf(c *Component, item, holder *Node) []*Action {
	var actions []*Action
	for _, trigger := range catalog.Triggers() {
		if n := holder.Get(trigger); n.Is(jsontree.Object) {
			actions = append(actions, &Action{
				Name: n.Get("name").Str(), Trigger: trigger, Next: n.Get("next").Get("name").Str(),
				Payload: n.Get("payload"), Component: c, Item: item, Node: n,
			})
		}
	}
	return actions
}

// Row returns what the catalog says of the component's type; nil if there is no such
// type.
func (c *Component) Row() *catalog.Component { return c.row }

// IsInput reports whether the component has a value that ${form.name} refers to.
func (c *Component) IsInput() bool { return c.Row().IsInput() }

// InForm returns the Form that contains the component; nil if none does.
func (c *Component) InForm() *Component {
	for at := c.Parent; at != nil; at = at.Parent {
		if at.Type == "Form" {
			return at
		}
	}
	return nil
}
