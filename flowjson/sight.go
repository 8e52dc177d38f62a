package flowjson

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// sight decides whether users can see a component once data has arrived. It fails if one
// of its tests hides the component.
type sight []sightTest

// sightTest is what one visible, or one If or Switch around the component, says.
type sightTest struct {
	never bool // the component is never seen
	// needs are the references that hidden looks up.
	needs []binding
	// hidden reports whether the component is not seen.
	hidden func(scope expr.Scope) bool
}

// hides reports whether data of a screen hides the component, until other data arrives. A
// test that needs more than this data hides nothing: users can change what they fill in.
func (s sight) hides(screen string, data map[string]any) bool {
	for _, test := range s {
		if test.never || test.answeredBy(screen, data) && test.hidden(scopeOf(data)) {
			return true
		}
	}
	return false
}

// answeredBy reports whether data of a screen has all that the test needs.
func (t sightTest) answeredBy(screen string, data map[string]any) bool {
	for _, to := range t.needs {
		if to.screen != screen || valueAt(data, to.path) == nil {
			return false
		}
	}
	return true
}

// scopeOf looks up references of which it is known that they are to this data.
func scopeOf(data map[string]any) expr.Scope {
	return func(ref expr.Reference) (any, bool) { return expr.Get(data, ref.Path) }
}

// sightOf returns what a component depends on: its own visible, and the branches that
// contain it.
func (b *binder) sightOf(c *Component) sight {
	var all sight
	switch visible := c.Node.Get("visible"); {
	case visible.Is(jsontree.Bool):
		all = append(all, sightTest{never: !visible.True()})
	case visible != nil:
		all = b.depends(all, visible.Text, func(scope expr.Scope) bool {
			value, _, err := expr.Resolve(visible.Text, scope, b.version.AtLeast(catalog.ExpressionsSince))
			return err == nil && value == false
		})
	}
	for at := c; at.Parent != nil; at = at.Parent {
		switch branch := at.Branch; at.Parent.Type {
		case "If":
			all = b.dependsOnIf(all, at.Parent.Node.Get("condition"), branch == "then")
		case "Switch":
			text := at.Parent.Node.Get("value").Str()
			all = b.depends(all, text, func(scope expr.Scope) bool {
				value, ok, err := expr.Resolve(text, scope, false)
				return ok && err == nil && expr.ToText(value) != branch
			})
		}
	}
	return all
}

// dependsOnIf adds the condition of an If. One in backticks is false to WhatsApp.
func (b *binder) dependsOnIf(all sight, condition *Node, wanted bool) sight {
	switch {
	case condition.Is(jsontree.Bool):
		return append(all, sightTest{never: condition.True() != wanted})
	case expr.IsExpression(condition.Str()) && b.version.AtLeast(catalog.ExpressionsSince):
		return append(all, sightTest{never: wanted})
	}
	text := condition.Str()
	return b.depends(all, text, func(scope expr.Scope) bool { return expr.EvalCondition(text, scope) != wanted })
}

// depends adds a test of a text, if its references are to data that only an answer can
// change.
func (b *binder) depends(all sight, text string, hidden func(expr.Scope) bool) sight {
	var needs []binding
	for _, ref := range expr.References(text) {
		to := binding{ref.Screen, ref.Path}
		if ref.Screen == "" {
			to.screen = b.at.screen.ID
		}
		if ref.Source != "data" || b.changes(to) {
			return all
		}
		needs = append(needs, to)
	}
	if needs == nil {
		return all
	}
	return append(all, sightTest{needs: needs, hidden: hidden})
}

// changes reports whether an action of the screen at hand changes its data, without the
// endpoint.
func (b *binder) changes(to binding) bool {
	if to.screen != b.at.screen.ID {
		return false
	}
	for _, action := range b.at.screen.Actions() {
		if action.Name == catalog.UpdateData && action.Payload.Get(to.path[0]) != nil {
			return true
		}
	}
	return false
}
