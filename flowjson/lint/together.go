package lint

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkTogether checks values of a component that depend on each other, as far as they
// are in the file: bounds, dates, the mode of a CalendarPicker, options and list items.
func checkTogether(f *flowjson.Flow, r *report) {
	for _, s := range f.Screens {
		for c := range s.All() {
			values := func(property string) any {
				n := valueOf(c, property)
				if r.isRefused(n) || n == nil && r.isMemberUnclear(c.Node, property) {
					return catalog.Unknown{}
				}
				return f.Value(n)
			}
			c.Row().CheckTogether(f.RulesVersion(), values, func(fault catalog.Fault, path ...string) {
				r.fault(placeOf(c, path), "", fault)
			})
			for _, p := range c.Row().Lists() {
				if field := boundField(s, c.Node.Get(p.Key)); field != nil && tapped(p) && f.RulesVersion().AtLeast(c.Row().Since) {
					checkBoundList(r, c, field)
				}
			}
		}
	}
}

// valueOf returns what a component has for a property, or its Form for it.
func valueOf(c *flowjson.Component, property string) *jsontree.Node {
	if n := c.Node.Get(property); n != nil || property != "init-value" {
		return n
	}
	return formValue(c, formKeys[property])
}

// placeOf returns the node to which keys and indices lead from a component.
func placeOf(c *flowjson.Component, path []string) *jsontree.Node {
	if path[0] == "" {
		return c.Node
	}
	n := valueOf(c, path[0])
	if len(path) == 1 {
		return n
	}
	escaped := make([]string, 0, len(path))
	for _, key := range path[1:] {
		escaped = append(escaped, jsontree.EscapePointer(key))
	}
	return n.Follow(strings.Join(escaped, "/"))
}

// formValue returns what the component's Form gives it in a property.
func formValue(c *flowjson.Component, property string) *jsontree.Node {
	if form := c.InForm(); form != nil && c.Name != "" {
		return form.Node.Get(property).Get(c.Name)
	}
	return nil
}

// anyHas returns the first value of that key in the items of an array.
func anyHas(items *jsontree.Node, key string) *jsontree.Node {
	for _, item := range items.Items() {
		if n := item.Get(key); n != nil {
			return n
		}
	}
	return nil
}

// tapped reports whether users tap the items of a list.
func tapped(list catalog.Property) bool {
	of, _ := list.Value.(catalog.List)
	item, _ := of.Item()
	return catalog.PropertyOf(item.Properties, catalog.OnClick) != nil
}

// boundField returns the field of the screen's data that a property is taken from.
func boundField(s *flowjson.Screen, property *jsontree.Node) *flowjson.Field {
	ref, ok := expr.ParseReference(property.Str())
	if !ok || ref.Screen != "" || ref.Source != "data" || len(ref.Path) != 1 {
		return nil
	}
	return s.Data.Field(ref.Path[0])
}

// checkBoundList warns of items that arrive as data and of which the data model
// says that they have no action, where the list has none either; and of two.
func checkBoundList(r *report, c *flowjson.Component, field *flowjson.Field) {
	const action = catalog.OnClick
	if field.Schema == nil || field.Schema.Items == nil || len(field.Schema.Items.Properties) == 0 {
		return
	}
	ofItem, ofList := field.Schema.Items.Node.Get("properties").Get(action) != nil, c.Node.Get(action) != nil
	switch {
	case ofItem && ofList:
		r.onKey(c.Node.Get(action), Warning, "DUPLICATE_PROPETY_FOR_CONDITION",
			"by the data model, items have an %s, too: set it either for all items, or on each item", action)
	case !ofItem && !ofList && anyHas(field.Example, action) == nil:
		r.at(c.Node, Warning, "MISSING_REQUIRED_PROPERTY", "neither the %s has an %s nor, by the data model, do its items", c.Type, action)
	}
}
