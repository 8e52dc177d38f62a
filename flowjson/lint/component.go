package lint

import (
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkComponents compares every component of every screen with its row: its keys, the
// types of their values, and those values that are static.
func checkComponents(f *flowjson.Flow, r *report) {
	c := newChecker(f, r)
	for _, s := range f.Screens {
		for part := range s.All() {
			c.inForm = part.InForm() != nil
			c.component(part)
		}
	}
}

func (c *checker) component(part *flowjson.Component) {
	n := part.Node
	if n.Kind != jsontree.Object {
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "a component must be an object, got %s", n.Kind)
		return
	}
	kind := n.Get("type")
	switch {
	case kind == nil:
		c.at(n, Error, "MISSING_REQUIRED_TYPE_PROPERTY", `a component needs "type": add it`)
		return
	case kind.Kind != jsontree.String:
		c.wrongType(kind, subject{key: "type", owner: "a component"}, "a string")
		return
	}
	row := part.Row()
	switch {
	case row == nil:
		c.unknownComponent(kind)
		return
	case !c.version.AtLeast(row.Since):
		c.at(kind, Error, "INVALID_TYPE_PROPERTY_VALUE", "%s exists from version %s on, but this Flow has %s: raise the version",
			kind.Text, row.Since, c.version)
		return
	}
	c.object(n, kind.Text, row.Properties)
	switch kind.Text {
	case "Footer":
		c.captions(n)
	case "TextInput":
		c.pattern(n)
	}
}

func (c *checker) unknownComponent(kind *jsontree.Node) {
	if c.full() {
		return
	}
	for _, row := range catalog.Components() {
		if isNearly(kind.Text, row.Type) {
			c.at(kind, c.missing(), "INVALID_TYPE_PROPERTY_VALUE", "there is no component %q: use %s", jsontree.Clip(kind.Text), row.Type)
			return
		}
	}
	if c.newer() {
		c.unknownAt(kind, "INVALID_TYPE_PROPERTY_VALUE", "the component %q", jsontree.Clip(kind.Text))
		return
	}
	c.at(kind, Error, "INVALID_TYPE_PROPERTY_VALUE", "there is no component %q", jsontree.Clip(kind.Text))
}

// captions checks that a Footer has one caption in the middle, or one on each side.
func (c *checker) captions(n *jsontree.Node) {
	left, center, right := n.Get("left-caption"), n.Get("center-caption"), n.Get("right-caption")
	switch {
	case center != nil && (left != nil || right != nil):
		c.onKey(center, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED",
			"a Footer has either center-caption, or left-caption and right-caption: remove one or the others")
	case left != nil && right == nil && !c.misspelt[member{n, "right-caption"}]:
		c.onKey(left, Error, "INVALID_DEPENDENCIES", "a Footer with left-caption needs right-caption too: add it, or use center-caption")
	case right != nil && left == nil && !c.misspelt[member{n, "left-caption"}]:
		c.onKey(right, Error, "INVALID_DEPENDENCIES", "a Footer with right-caption needs left-caption too: add it, or use center-caption")
	}
}
