package flowjson

import (
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkOptions checks options and list items that stand in the file, all together;
// each by itself is in the table of components.
func checkOptions(f *Flow, r *report) {
	for _, s := range f.Screens {
		for c := range s.All() {
			switch c.Type {
			case "CheckboxGroup", "RadioButtonsGroup", "Dropdown", "ChipsSelector":
				options := c.Node.Get("data-source")
				checkOptionIDs(r, options)
				checkPictures(f, r, options)
			case "NavigationList":
				if f.since(6, 2) {
					checkList(r, c)
				}
			}
		}
	}
}

// anyHas returns the first value of that key in the items of an array.
func anyHas(items *Node, key string) *Node {
	for _, item := range items.Items() {
		if n := item.Get(key); n != nil {
			return n
		}
	}
	return nil
}

// checkOptionIDs wants no id twice: the client shows such a component as faulty
// (WhatsApp's web client, 2026).
func checkOptionIDs(r *report, items *Node) {
	known := map[string]bool{}
	for _, item := range items.Items() {
		id := item.Get("id")
		if known[id.Str()] && id.Str() != "" {
			r.at(id, Warning, "DUPLICATE_OPTION_IDS", "another option has this id too")
		}
		known[id.Str()] = true
	}
}

func checkPictures(f *Flow, r *report, options *Node) {
	if color := anyHas(options, "color"); color != nil && anyHas(options, "image") != nil && f.since(5, 0) {
		r.at(options, Error, "DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR", "options can have images or colours, and not both in one list")
	}
}

// checkList checks a NavigationList: what only one item may have, and what all or
// none must have. (Meta does not say which of its codes is for what; one of them is
// misspelt.)
func checkList(r *report, c *Component) {
	const duplicate = "DUPLICATE_PROPETY_FOR_CONDITION"
	items := c.Node.Get("list-items")
	if field := boundField(c.Screen, items); field != nil {
		checkBoundList(r, c, field)
		return
	}
	checkOptionIDs(r, items)
	checkListActions(r, c, items)
	checkEnds(r, c, items)
	badges := 0
	for _, item := range items.Items() {
		if badge := item.Get("badge"); badge != nil {
			if badges++; badges == 2 {
				r.at(badge, Error, duplicate, "only one item of a NavigationList can have a badge")
			}
		}
	}
}

// checkListActions wants an action for the list or one for each item.
func checkListActions(r *report, c *Component, items *Node) {
	if !items.Is(jsontree.Array) {
		return
	}
	const action = "on-click-action"
	ofItem := anyHas(items, action)
	switch {
	case c.Node.Get(action) != nil && ofItem != nil:
		r.onKey(ofItem, Error, "DUPLICATE_PROPETY_FOR_CONDITION", "the NavigationList has an %s already: it is for all items, or each item has its own", action)
	case c.Node.Get(action) != nil:
	case ofItem == nil:
		r.at(c.Node, Error, "MISSING_REQUIRED_PROPERTY", "a NavigationList needs an %s, for all items or in each", action)
	default:
		for _, item := range items.Children {
			if item.Is(jsontree.Object) && item.Get(action) == nil {
				r.at(item, Error, "MISSING_REQUIRED_PROPERTY", "another item has an %s: each needs one then", action)
				return
			}
		}
	}
}

// checkEnds checks what stands at the end of items.
func checkEnds(r *report, c *Component, items *Node) {
	if anyHas(items, "end") == nil {
		return
	}
	if size := c.Node.Get("media-size"); size.Str() == "large" {
		r.at(size, Error, "INVALID_PROPERTY_VALUE_FOR_CONDITION", "media-size cannot be \"large\" where items have an end")
	}
	missing := false
	for _, item := range items.Items() {
		end := item.Get("end")
		switch texts := countKeys(end, "title", "description", "metadata"); {
		case end == nil && item.Is(jsontree.Object) && !missing:
			missing = true
			r.at(item, Error, "MISSING_REQUIRED_PROPERTY", "another item has an end: all items have one, or none")
		case end.Is(jsontree.Object) && (texts == 0 || texts == 3):
			r.at(end, Error, "DUPLICATE_PROPETY_FOR_CONDITION", "the end of an item has one or two of title, description and metadata")
		}
	}
}

func countKeys(n *Node, keys ...string) int {
	found := 0
	for _, key := range keys {
		if n.Get(key) != nil {
			found++
		}
	}
	return found
}

// boundField returns the field of the screen's data that a property is taken from.
func boundField(s *Screen, property *Node) *Field {
	ref, ok := expr.ParseReference(property.Str())
	if !ok || ref.Screen != "" || ref.Source != "data" || len(ref.Path) != 1 {
		return nil
	}
	return s.Data.Field(ref.Path[0])
}

// checkBoundList warns of items that arrive as data and of which the data model
// says that they have no action, where the list has none either; and of two.
func checkBoundList(r *report, c *Component, field *Field) {
	const action = "on-click-action"
	if field.Schema == nil || field.Schema.Items == nil || len(field.Schema.Items.Properties) == 0 {
		return
	}
	ofItem, ofList := field.Schema.Items.Node.Get("properties").Get(action) != nil, c.Node.Get(action) != nil
	switch {
	case ofItem && ofList:
		r.onKey(c.Node.Get(action), Warning, "DUPLICATE_PROPETY_FOR_CONDITION", "by the data model, items have an %s of their own: it is for all items, or each item has its own", action)
	case !ofItem && !ofList && anyHas(field.Example, action) == nil:
		r.at(c.Node, Warning, "MISSING_REQUIRED_PROPERTY", "neither the NavigationList has an %s nor, by the data model, do its items", action)
	}
}
