package lint

import (
	"iter"
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
)

// One mistake is one finding: a later check treats what an earlier one refused as unknown,
// and does not report what follows from it.

// member is a key of an object, which may lack it.
type member struct {
	object *jsontree.Node
	key    string
}

// isRefused reports whether a value is reported as an error.
func (r *report) isRefused(n *jsontree.Node) bool { return n != nil && r.refused[n] }

// isMemberUnclear reports whether the value of a key is unknown, because the key is misspelt
// or the value was refused.
func (r *report) isMemberUnclear(object *jsontree.Node, key string) bool {
	return r.misspelt[member{object, key}] || r.isRefused(object.Get(key))
}

// isDataUnclear reports whether it is unknown which data a screen declares.
func (r *report) isDataUnclear(s *flowjson.Screen) bool {
	n := s.Node.Get("data")
	return r.misspelt[member{s.Node, "data"}] || n != nil && !n.Is(jsontree.Object) || isWrapped(s.Data)
}

// hasNameless reports whether a screen of the Flow has no valid id, so that an unknown id
// elsewhere may be meant for it.
func (r *report) hasNameless() bool {
	for _, s := range r.flow.Screens {
		if s.ID == "" || r.isRefused(s.Node.Get("id")) {
			return true
		}
	}
	return false
}

// hidesInput reports whether a component of the screen may be the input of that name: one
// whose type or name is reported.
func (r *report) hidesInput(s *flowjson.Screen, name string) bool {
	if !s.Node.Get("layout").Get("children").Is(jsontree.Array) {
		return true
	}
	for c := range s.All() {
		switch {
		case c.Row() == nil && (c.Type == "" && c.Name == "" || c.Name == name):
			return true
		case hidesChildren(c):
			return true
		case c.IsInput() && (c.Node.Get("name") == nil || r.isRefused(c.Node.Get("name"))):
			return true
		}
	}
	return r.hasUnknown(s.All())
}

// hidesFooter reports whether one of the components may be meant as a Footer, or contain one.
func (r *report) hidesFooter(components iter.Seq[*flowjson.Component]) bool {
	for c := range components {
		if hidesChildren(c) || c.Row() == nil && (c.Type == "" || isNearly(c.Type, "Footer") || c.Node.Get(catalog.OnClick) != nil) {
			return true
		}
	}
	return r.hasUnknown(components)
}

// hidesChildren reports whether a component has something else in place of its children.
func hidesChildren(c *flowjson.Component) bool {
	if c.Row() == nil {
		return false
	}
	for _, p := range c.Row().Properties {
		n := c.Node.Get(p.Key)
		switch p.Value.(type) {
		case catalog.Children:
			if n == nil && p.Required || n != nil && !n.Is(jsontree.Array) {
				return true
			}
		case catalog.Cases:
			isOther := func(branch *jsontree.Node) bool { return !branch.Is(jsontree.Array) }
			if !n.Is(jsontree.Object) || slices.ContainsFunc(n.Children, isOther) {
				return true
			}
		}
	}
	return false
}

// isNearly reports whether text looks like a misspelling of a component's type.
func isNearly(text, componentType string) bool {
	return len(text) < 40 && (kebab(componentType) == kebab(text) || nearest.Distance(componentType, text) <= min(2, len(componentType)/2))
}
