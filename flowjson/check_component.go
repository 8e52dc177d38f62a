package flowjson

import (
	"regexp"
	"slices"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkComponents holds every component of every screen to the table: its keys, the
// types of their values, and those values that are static.
func checkComponents(f *Flow, r *report) {
	c := newChecker(f, r)
	for _, s := range f.Screens {
		for part := range s.All() {
			c.inForm = part.InForm() != nil
			c.component(part)
		}
	}
}

func (c *checker) component(part *Component) {
	n := part.Node
	if n.Kind != jsontree.Object {
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "a component must be an object, and this is %s", n.Kind)
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
	known, ok := components[kind.Text]
	switch {
	case !ok:
		c.unknownComponent(kind)
		return
	case !c.version.AtLeast(known.since):
		c.at(kind, Error, "INVALID_TYPE_PROPERTY_VALUE", "there is %s from version %s on, and this Flow has %s: raise the version", kind.Text, known.since, c.version)
		return
	}
	c.object(n, kind.Text, known.properties)
	switch kind.Text {
	case "Footer":
		c.captions(n)
	case "TextInput":
		c.pattern(n)
	}
}

func (c *checker) unknownComponent(kind *Node) {
	if c.full() {
		return
	}
	i := slices.IndexFunc(componentTypes, func(known string) bool {
		return len(kind.Text) < 40 && (kebab(known) == kebab(kind.Text) || distance(known, kind.Text) <= 2)
	})
	if i < 0 {
		c.at(kind, Error, "INVALID_TYPE_PROPERTY_VALUE", "there is no component %q", jsontree.Clip(kind.Text))
		return
	}
	c.at(kind, Error, "INVALID_TYPE_PROPERTY_VALUE", "there is no component %q: use %s", jsontree.Clip(kind.Text), componentTypes[i])
}

// captions checks that a Footer has one caption in the middle, or one on each side.
func (c *checker) captions(n *Node) {
	left, center, right := n.Get("left-caption"), n.Get("center-caption"), n.Get("right-caption")
	switch {
	case center != nil && (left != nil || right != nil):
		c.onKey(center, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", "a Footer has either center-caption, or left-caption and right-caption: remove the one or the others")
	case left != nil && right == nil:
		c.onKey(left, Error, "INVALID_DEPENDENCIES", "a Footer with left-caption needs right-caption too: add it, or use center-caption")
	case right != nil && left == nil:
		c.onKey(right, Error, "INVALID_DEPENDENCIES", "a Footer with right-caption needs left-caption too: add it, or use center-caption")
	}
}

// patternTypes are the input types that take a pattern; without one it is text.
var patternTypes = []string{"text", "number", "password", "passcode"}

// pattern checks what a TextInput with a pattern must have beside it.
func (c *checker) pattern(n *Node) {
	pattern, kind := n.Get("pattern"), n.Get("input-type")
	if pattern == nil || !c.version.AtLeast(Version{6, 2}) {
		return
	}
	if kind.Is(jsontree.String) && !slices.Contains(patternTypes, kind.Text) && slices.Contains([]string{"email", "phone"}, kind.Text) {
		c.at(kind, Error, "INVALID_ENUM_VALUE", "a TextInput with a pattern must have the input-type %s: change it, or remove the pattern", orList(patternTypes))
	}
	if n.Get("helper-text") == nil {
		c.at(n, Error, "MISSING_REQUIRED_PROPERTY", `a TextInput with a pattern needs "helper-text": say what is expected`)
	}
}

// childrenShape are components, which are checked one by one.
type childrenShape struct {
	some bool // at least one
}

func (h childrenShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind != jsontree.Array:
		c.wrongType(n, s, "an array of components")
	case h.some && len(n.Children) == 0:
		c.at(n, Error, "INVALID_PROPERTY_VALUE", "%s must hold one component at least", s)
	}
}

// casesShape are the branches of a Switch.
type casesShape struct{}

var caseKey = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*$`)

func (casesShape) check(c *checker, n *Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object with an array of components for each value")
		return
	}
	for _, branch := range n.Children {
		if !caseKey.MatchString(branch.Key) {
			c.onKey(branch, Error, "PROPERTY_NAME_MISMATCH", "the case %q of a Switch can never match: a case begins with a letter, and has letters, digits, - and _ only", jsontree.Clip(branch.Key))
		}
		if branch.Kind != jsontree.Array {
			c.at(branch, Error, "INVALID_PROPERTY_TYPE", "the case %q of a Switch must be an array of components, and is %s", jsontree.Clip(branch.Key), branch.Kind)
		}
	}
}

// conditionShape is what an If decides by; what is in it is checked elsewhere.
type conditionShape struct{}

func (conditionShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind == jsontree.Bool && !c.version.AtLeast(Version{6, 0}):
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be a string: true and false need version 6.0", s)
	case n.Kind != jsontree.String && n.Kind != jsontree.Bool:
		c.wrongType(n, s, "a string")
	}
}
