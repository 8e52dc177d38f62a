package flowjson

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// sight decides whether users can see a component once data has arrived. Every test must
// pass; one that depends on what users do, or on data that does not arrive, does.
type sight []sightTest

// sightTest is a reference to data, and the value with which a component is not seen.
type sightTest struct {
	never bool // the component is never seen
	to    binding
	// hidden reports whether the component is not seen with a value.
	hidden func(value any) bool
}

// hides reports whether data of a screen hides the component, until other data arrives.
func (s sight) hides(screen string, data map[string]any) bool {
	for _, test := range s {
		if test.never {
			return true
		}
		if test.to.screen != screen {
			continue
		}
		if value := valueAt(data, test.to.path); value != nil && test.hidden(value) {
			return true
		}
	}
	return false
}

// sightOf returns what a component depends on: its own visible, and the branches that
// contain it.
func (b *binder) sightOf(c *Component) sight {
	var all sight
	isFalse := func(value any) bool { return value == false }
	switch visible := c.Node.Get("visible"); {
	case visible.Is(jsontree.Bool):
		all = append(all, sightTest{never: !visible.True()})
	case visible != nil:
		all = b.dependsOn(all, visible.Text, isFalse)
	}
	for at := c; at.Parent != nil; at = at.Parent {
		branch := at.Branch
		switch at.Parent.Type {
		case "If":
			all = b.dependsOnIf(all, at.Parent.Node.Get("condition"), branch)
		case "Switch":
			all = b.dependsOn(all, at.Parent.Node.Get("value").Str(), func(value any) bool {
				text, isText := value.(string)
				return isText && text != branch
			})
		}
	}
	return all
}

// dependsOnIf adds the condition of an If. One in backticks is false to WhatsApp.
func (b *binder) dependsOnIf(all sight, condition *Node, branch string) sight {
	wanted := branch == "then"
	switch {
	case condition.Is(jsontree.Bool):
		return append(all, sightTest{never: condition.True() != wanted})
	case expr.IsExpression(condition.Str()) && b.version.AtLeast(catalog.ExpressionsSince):
		return append(all, sightTest{never: wanted})
	}
	return b.dependsOn(all, condition.Str(), func(value any) bool {
		holds, isBool := value.(bool)
		return isBool && holds != wanted
	})
}

// dependsOn adds a reference, if it is to data that no action of the screen changes.
func (b *binder) dependsOn(all sight, text string, hidden func(value any) bool) sight {
	to, ok := b.binding(text)
	if !ok || b.changes(to) {
		return all
	}
	return append(all, sightTest{to: to, hidden: hidden})
}

// changes reports whether an action of the screen at hand changes its data, without the
// endpoint.
func (b *binder) changes(to binding) bool {
	for _, action := range b.at.screen.Actions() {
		if action.Name == catalog.UpdateData && to.screen == b.at.screen.ID && action.Payload.Get(to.path[0]) != nil {
			return true
		}
	}
	return false
}
