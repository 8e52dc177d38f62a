package lint

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// compound checks a value that consists of others.
func (c *checker) compound(v catalog.Value, n *jsontree.Node, s subject) {
	switch v := v.(type) {
	case catalog.List:
		c.list(v, n, s)
	case catalog.Record:
		c.record(v, n, s)
	case catalog.Map:
		c.mapping(v, n, s)
	case catalog.PerKey:
		if n.Is(jsontree.Object) {
			c.mapping(catalog.Map{Of: v.Of, Static: true}, n, s)
		} else {
			c.value(v.Of, n, s)
		}
	case catalog.Children:
		c.children(v, n, s)
	case catalog.Cases:
		c.cases(n, s)
	case catalog.Condition:
		c.conditionType(n, s)
	case catalog.LayoutType:
		c.layoutType(n, s)
	case catalog.Click:
		c.click(v, n, s)
	case catalog.Select:
		c.selection(v, n, s)
	case catalog.Payload:
		if n.Kind != jsontree.Object {
			c.wrongType(n, s, "an object")
		}
	}
}

// list checks an array.
func (c *checker) list(l catalog.List, n *jsontree.Node, s subject) {
	if !l.Static && c.isDynamic(n) {
		return
	}
	if n.Kind != jsontree.Array {
		if l.Static {
			c.wrongType(n, s, "an array")
		} else {
			c.neither(n, s, "an array")
		}
		return
	}
	if f := l.CheckCount(len(n.Children), anyHas(n, "image") != nil, c.version); f != nil {
		c.report.fault(n, s.String()+" ", *f)
	}
	s.item = true
	for _, item := range n.Children {
		c.value(l.Of, item, s)
	}
}

// record checks an object whose keys are known.
func (c *checker) record(r catalog.Record, n *jsontree.Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object")
		return
	}
	c.object(n, r.Name, r.Properties)
}

// mapping checks an object with any keys, or a reference to one.
func (c *checker) mapping(m catalog.Map, n *jsontree.Node, s subject) {
	switch {
	case !m.Static && c.isDynamic(n):
	case n.Kind != jsontree.Object && m.Static:
		c.wrongType(n, s, "an object")
	case n.Kind != jsontree.Object:
		c.neither(n, s, "an object")
	default:
		s.item = true
		for _, value := range n.Children {
			c.value(m.Of, value, s)
		}
	}
}

// layoutType checks the type of a layout.
func (c *checker) layoutType(n *jsontree.Node, s subject) {
	switch {
	case n.Str() == "SingleColumnLayout":
	case n.Is(jsontree.String) && c.newer():
		c.unknownAt(n, "INVALID_TYPE_PROPERTY_VALUE", "the layout %q", jsontree.Clip(n.Text))
	default:
		c.at(n, Error, "INVALID_TYPE_PROPERTY_VALUE", `%s must be "SingleColumnLayout", the only layout`, s)
	}
}

// children checks an array of components, but for the components, which are checked one
// by one.
func (c *checker) children(h catalog.Children, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.Array:
		c.wrongType(n, s, "an array of components")
	case h.Some && len(n.Children) == 0:
		c.at(n, Error, "INVALID_PROPERTY_VALUE", "%s must have at least one component", s)
	}
}

// cases checks the branches of a Switch.
func (c *checker) cases(n *jsontree.Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object with an array of components for each value")
		return
	}
	for _, branch := range n.Children {
		if !catalog.CasePattern().MatchString(branch.Key) {
			c.onKey(branch, Error, "PROPERTY_NAME_MISMATCH",
				"the case %q of a Switch can never match: a case begins with a letter and contains only letters, digits, - and _", jsontree.Clip(branch.Key))
		}
		if branch.Kind != jsontree.Array {
			c.at(branch, Error, "INVALID_PROPERTY_TYPE",
				"the case %q of a Switch must be an array of components, got %s", jsontree.Clip(branch.Key), branch.Kind)
		}
	}
}

// conditionType checks the type of what an If decides by. The condition itself is
// checked with the references.
func (c *checker) conditionType(n *jsontree.Node, s subject) {
	switch {
	case n.Kind == jsontree.Bool && !c.version.AtLeast(catalog.Version{Major: 6, Minor: 0}):
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be a string: true and false need version 6.0", s)
	case n.Kind != jsontree.String && n.Kind != jsontree.Bool:
		c.wrongType(n, s, "a string")
	}
}
