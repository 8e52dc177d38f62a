package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checker compares the values of a Flow with the catalog, by the rules of its version.
type checker struct {
	*report
	version catalog.Version
	// inForm says that the component being checked is in a Form.
	inForm bool
}

func newChecker(f *flowjson.Flow, r *report) *checker {
	return &checker{report: r, version: f.RulesVersion()}
}

// value checks one value. Those that consist of others are in compound.go.
func (c *checker) value(v catalog.Value, n *jsontree.Node, s subject) {
	switch v := v.(type) {
	case catalog.Text:
		c.text(v, n, s)
	case catalog.Lines:
		c.lines(v, n, s)
	case catalog.Name:
		c.name(n, s)
	case catalog.Word:
		c.word(v, n, s)
	case catalog.Binding:
		c.binding(n, s)
	case catalog.Enum:
		c.enum(v, n, s)
	case catalog.Bool:
		c.boolean(v, n, s)
	case catalog.Number:
		c.number(v, n, s)
	case catalog.Date:
		c.date(v, n, s)
	case catalog.Image:
		c.image(v, n, s)
	case catalog.URL:
		c.url(v, n, s)
	default:
		c.compound(v, n, s)
	}
}

// subject names a value in messages: the key it has, and in what.
type subject struct {
	key, owner string
	item       bool // one of the items of the key's value
}

func (s subject) String() string {
	if s.item {
		return fmt.Sprintf("an item of %q of %s", s.key, s.owner)
	}
	return fmt.Sprintf("%q of %s", s.key, s.owner)
}

// isDynamic reports whether WhatsApp replaces the value when it shows the screen. What
// comes then is for the data model to say.
func (c *checker) isDynamic(n *jsontree.Node) bool {
	return n.Is(jsontree.String) && c.flow.Replaces(n.Text)
}

// wrongType reports a value of another JSON type than the wanted one.
func (c *checker) wrongType(n *jsontree.Node, s subject, want string) {
	c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be %s, got %s", s, want, n.Kind)
}

// neither reports a value that is not of the wanted type and no reference either.
func (c *checker) neither(n *jsontree.Node, s subject, want string) {
	switch {
	case n.Is(jsontree.String) && expr.IsExpression(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be %s or a reference: expressions in backticks need version 6.0", s, want)
	case n.Is(jsontree.String) && strings.Contains(n.Text, "${"):
		c.at(n, Error, "PATTERN_MISMATCH",
			"%s must be %s or a single reference such as ${data.name}: write an expression in backticks, for example `${data.count} > 1`", s, want)
	default:
		c.wrongType(n, s, want+", or a reference such as ${data.name}")
	}
}

// fault reports what the catalog finds wrong with a value of the right type.
func (c *checker) fault(v catalog.Value, n *jsontree.Node, s subject) {
	if f := catalog.Check(v, n.Value(), c.version); f != nil {
		c.report.fault(n, s.String()+" ", *f)
	}
}

// text checks a string that users read.
func (c *checker) text(t catalog.Text, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.isDynamic(n):
	default:
		if t.LiftedBy != "" && (n.Parent().Get(t.LiftedBy) != nil || c.misspelt[member{n.Parent(), t.LiftedBy}]) {
			t.Limit = 0
		}
		c.fault(t, n, s)
	}
}

// lines checks a text, or from version 5.1 on an array of texts, one a paragraph.
func (c *checker) lines(l catalog.Lines, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.Array:
		c.text(catalog.Text{Limit: l.Limit}, n, s)
	case !c.version.AtLeast(catalog.Version{Major: 5, Minor: 1}):
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be a string: arrays of texts need version 5.1", s)
	default:
		c.fault(l, n, s)
		s.item = true
		for _, line := range n.Children {
			if line.Kind != jsontree.String {
				c.wrongType(line, s, "a string")
			} else if line.Text == "" { // spaces are an empty line
				c.fault(catalog.Text{}, line, s)
			}
		}
	}
}

// name checks the name of a component, by which others refer to it.
func (c *checker) name(n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case expr.IsDynamic(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s cannot be dynamic: write a literal name", s)
	default:
		c.fault(catalog.Name{}, n, s)
	}
}

// word checks a string that is neither read by users nor replaced.
func (c *checker) word(p catalog.Word, n *jsontree.Node, s subject) {
	if n.Kind != jsontree.String {
		c.wrongType(n, s, "a string")
		return
	}
	c.fault(p, n, s)
}

// binding checks a value that is always dynamic.
func (c *checker) binding(n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a reference such as ${data.name}")
	case !c.isDynamic(n):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be a single reference such as ${data.name}", s)
	}
}

// enum checks one of some words.
func (c *checker) enum(e catalog.Enum, n *jsontree.Node, s subject) {
	switch {
	case !e.Static && c.isDynamic(n):
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.newer() && !slices.Contains(e.Words, n.Text):
		c.unknownAt(n, "INVALID_ENUM_VALUE", "the value %q for %s", jsontree.Clip(n.Text), s)
	default:
		c.fault(e, n, s)
	}
}

// boolean checks true or false.
func (c *checker) boolean(b catalog.Bool, n *jsontree.Node, s subject) {
	switch {
	case n.Kind == jsontree.Bool || !b.Static && c.isDynamic(n):
	case b.Static:
		c.wrongType(n, s, "true or false")
	default:
		c.neither(n, s, "true or false")
	}
}

// number checks a number, whole or not.
func (c *checker) number(m catalog.Number, n *jsontree.Node, s subject) {
	switch {
	case !m.Static && c.isDynamic(n):
	case m.Quoted && n.Kind == jsontree.String && isNumber(n.Text):
		c.at(n, MayRefuse, "PATTERN_MISMATCH", "%s is a string on Meta's page, and a number in its schema: write it without quotes", s)
		c.fault(m, n, s)
	case n.Kind == jsontree.String && !m.Static && !strings.Contains(n.Text, "${") && !expr.IsExpression(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be a number without quotes, or a reference such as ${data.name}", s)
	case n.Kind != jsontree.Number && !m.Static:
		c.neither(n, s, "a number")
	case n.Kind != jsontree.Number:
		c.wrongType(n, s, "a number")
	default:
		c.fault(m, n, s)
	}
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// date checks a day.
func (c *checker) date(d catalog.Date, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.isDynamic(n):
	default:
		c.fault(d, n, s)
	}
}

// image checks an image in base64.
func (c *checker) image(p catalog.Image, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case expr.IsDynamic(n.Text) && p.Static:
		c.at(n, Error, "PATTERN_MISMATCH", "%s cannot be dynamic here: bind the whole list to data instead", s)
	case c.isDynamic(n):
	default:
		c.fault(p, n, s)
	}
}

// url checks a URL.
func (c *checker) url(w catalog.URL, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case !w.Static && c.isDynamic(n):
	default:
		c.fault(w, n, s)
	}
}
