package lint

import (
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkOptions checks the options and list items in the file, all together. The catalog
// describes each by itself.
func checkOptions(f *flowjson.Flow, r *report) {
	for _, s := range f.Screens {
		for c := range s.All() {
			for _, p := range c.Row().Lists() {
				item, _ := p.Value.(catalog.List).Item()
				checkItems(f, r, c, p.Key, item)
				checkChosen(r, c, p.Key)
			}
		}
	}
}

// checkItems checks the items of one list. Those without an id are not chosen, so that
// nothing depends on the others.
func checkItems(f *flowjson.Flow, r *report, c *flowjson.Component, key string, item catalog.Record) {
	items := c.Node.Get(key)
	tapped := catalog.PropertyOf(item.Properties, catalog.OnClick) != nil
	switch {
	case catalog.PropertyOf(item.Properties, "id") == nil:
	case !tapped:
		checkOptionIDs(r, items)
		checkPictures(f, r, items)
	case f.RulesVersion().AtLeast(c.Row().Since):
		checkList(r, c, items, item)
	}
}

// checkChosen finds values that are given beforehand and are not among the options of the
// file.
func checkChosen(r *report, c *flowjson.Component, key string) {
	options := c.Node.Get(key)
	if c.Row().Input == nil || c.Row().Input.Items != key || !options.Is(jsontree.Array) || len(options.Children) == 0 {
		return
	}
	offered := map[string]bool{}
	for _, option := range options.Children {
		id := option.Get("id")
		if id.Str() == "" || isBinding(id) {
			return // the ids are not known
		}
		offered[id.Text] = true
	}
	for _, given := range []*jsontree.Node{c.Node.Get("init-value"), formValue(c, "init-values")} {
		for _, id := range append([]*jsontree.Node{given}, given.Items()...) {
			if id.Str() != "" && !isBinding(id) && !offered[id.Text] {
				r.at(id, Warning, "INIT_VALUE_NOT_OFFERED", "no option has the id %q, so that nothing is chosen", jsontree.Clip(id.Text))
			}
		}
	}
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

// checkOptionIDs reports ids that occur twice: the client shows such a component as faulty
// (WhatsApp's web client, 2026).
func checkOptionIDs(r *report, items *jsontree.Node) {
	known := map[string]bool{}
	for _, item := range items.Items() {
		id := item.Get("id")
		if known[id.Str()] && id.Str() != "" {
			r.at(id, Warning, "DUPLICATE_OPTION_IDS", "another option has this id too")
		}
		known[id.Str()] = true
	}
}

func checkPictures(f *flowjson.Flow, r *report, options *jsontree.Node) {
	if color := anyHas(options, "color"); color != nil && anyHas(options, "image") != nil && since(f, 5, 0) {
		r.at(options, Error, "DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR", "options can have images or colours, and not both in one list")
	}
}

// checkList checks items that users tap: what only one item may have, and what all or
// none must have. (Meta does not say which of its codes is for what; one of them is
// misspelt.)
func checkList(r *report, c *flowjson.Component, items *jsontree.Node, item catalog.Record) {
	if field := boundField(c.Screen, items); field != nil {
		checkBoundList(r, c, field)
		return
	}
	checkOptionIDs(r, items)
	checkListActions(r, c, items)
	for _, p := range item.Properties {
		if p.OnlyOne {
			checkOnlyOne(r, c, items, p.Key)
		}
		if p.AllItems {
			checkAllItems(r, items, p.Key)
		}
	}
	checkEnds(r, c, items)
}

func checkOnlyOne(r *report, c *flowjson.Component, items *jsontree.Node, key string) {
	count := 0
	for _, item := range items.Items() {
		if n := item.Get(key); n != nil {
			if count++; count == 2 {
				r.at(n, Error, duplicatePropertyCode, "only one item of a %s can have a %s", c.Type, key)
			}
		}
	}
}

func checkAllItems(r *report, items *jsontree.Node, key string) {
	if anyHas(items, key) == nil {
		return
	}
	for _, item := range items.Items() {
		if item.Is(jsontree.Object) && item.Get(key) == nil {
			r.at(item, Error, "MISSING_REQUIRED_PROPERTY", "another item has an %s: all items have one, or none", key)
			return
		}
	}
}

const duplicatePropertyCode = "DUPLICATE_PROPETY_FOR_CONDITION" // spelt as Meta does

// checkListActions requires an action for the list or one for each item.
func checkListActions(r *report, c *flowjson.Component, items *jsontree.Node) {
	if !items.Is(jsontree.Array) {
		return
	}
	const action = catalog.OnClick
	ofItem := anyHas(items, action)
	switch {
	case c.Node.Get(action) != nil && ofItem != nil:
		r.onKey(ofItem, Error, duplicatePropertyCode, "the %s has an %s already: it is for all items, or each item has its own", c.Type, action)
	case c.Node.Get(action) != nil:
	case ofItem == nil:
		r.at(c.Node, Error, "MISSING_REQUIRED_PROPERTY", "a %s needs an %s, for all items or in each", c.Type, action)
	default:
		for _, item := range items.Children {
			if item.Is(jsontree.Object) && item.Get(action) == nil {
				r.at(item, Error, "MISSING_REQUIRED_PROPERTY", "another item has an %s: each needs one then", action)
				return
			}
		}
	}
}

// checkEnds checks the ends of items.
func checkEnds(r *report, c *flowjson.Component, items *jsontree.Node) {
	if anyHas(items, "end") == nil {
		return
	}
	if size := c.Node.Get("media-size"); size.Str() == "large" {
		r.at(size, Error, "INVALID_PROPERTY_VALUE_FOR_CONDITION", "media-size cannot be \"large\" where items have an end")
	}
	for _, item := range items.Items() {
		end := item.Get("end")
		if texts := countKeys(end, "title", "description", "metadata"); end.Is(jsontree.Object) && (texts == 0 || texts == 3) {
			r.at(end, Error, duplicatePropertyCode, "the end of an item has one or two of title, description and metadata")
		}
	}
}

func countKeys(n *jsontree.Node, keys ...string) int {
	found := 0
	for _, key := range keys {
		if n.Get(key) != nil {
			found++
		}
	}
	return found
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
		r.onKey(c.Node.Get(action), Warning, duplicatePropertyCode,
			"by the data model, items have an %s too: it is for all items, or each item has its own", action)
	case !ofItem && !ofList && anyHas(field.Example, action) == nil:
		r.at(c.Node, Warning, "MISSING_REQUIRED_PROPERTY", "neither the %s has an %s nor, by the data model, do its items", c.Type, action)
	}
}
