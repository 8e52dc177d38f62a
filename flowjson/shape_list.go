package flowjson

import (
	"strconv"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// listShape is an array.
type listShape struct {
	of       shape
	min, max int // errors if there are fewer or more; 0 is no limit
	// shown is how many clients show. A function, as for some lists it depends on
	// the items; nil is all.
	shown  func(items []*Node) int
	static bool
}

func (l listShape) check(c *checker, n *Node, s subject) {
	if !l.static && c.isDynamic(n) {
		return
	}
	if n.Kind != jsontree.Array {
		if l.static {
			c.wrongType(n, s, "an array")
		} else {
			c.neither(n, s, "an array")
		}
		return
	}
	count := len(n.Children)
	switch {
	case count < l.min:
		c.at(n, Error, "MIN_ITEMS_REQUIRED", "%s must have %s at least, and has %d", s, items(l.min), count)
	case l.max > 0 && count > l.max:
		c.at(n, Error, "MAX_ITEMS_REQUIRED", "%s must have %s at most, and has %d", s, items(l.max), count)
	case l.shown != nil && count > l.shown(n.Children):
		c.at(n, Warning, "TOO_MANY_OPTIONS", "%s has %d items, and clients show lists of %d at most: offer fewer", s, count, l.shown(n.Children))
	}
	s.item = true
	for _, item := range n.Children {
		l.of.check(c, item, s)
	}
}

func items(count int) string {
	if count == 1 {
		return "1 item"
	}
	return strconv.Itoa(count) + " items"
}

// recordShape is an object whose keys are known.
type recordShape struct {
	name       string // what it is, for messages
	properties []property
}

func (o recordShape) check(c *checker, n *Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object")
		return
	}
	c.object(n, o.name, o.properties)
}

// mapShape is an object with any keys, or a reference to one.
type mapShape struct {
	of     shape
	static bool
}

func (m mapShape) check(c *checker, n *Node, s subject) {
	switch {
	case !m.static && c.isDynamic(n):
	case n.Kind != jsontree.Object && m.static:
		c.wrongType(n, s, "an object")
	case n.Kind != jsontree.Object:
		c.neither(n, s, "an object")
	default:
		s.item = true
		for _, value := range n.Children {
			m.of.check(c, value, s)
		}
	}
}

// eitherShape is an object of one shape, or anything else of another.
type eitherShape struct {
	object, other shape
}

func (e eitherShape) check(c *checker, n *Node, s subject) {
	if n.Is(jsontree.Object) {
		e.object.check(c, n, s)
		return
	}
	e.other.check(c, n, s)
}
