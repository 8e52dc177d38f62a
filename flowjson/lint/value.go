package lint

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
		c.date(n, s)
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
	c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be %s, and is %s", s, want, n.Kind)
}

// neither reports a value that is not of the wanted type and no reference either.
func (c *checker) neither(n *jsontree.Node, s subject, want string) {
	switch {
	case n.Is(jsontree.String) && expr.IsExpression(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be %s or a reference: expressions in backticks need version 6.0", s, want)
	case n.Is(jsontree.String) && strings.Contains(n.Text, "${"):
		c.at(n, Error, "PATTERN_MISMATCH",
			"%s must be %s or one reference such as ${data.name} and nothing else: write an expression in backticks, for example `${data.count} > 1`", s, want)
	default:
		c.wrongType(n, s, want+", or a reference such as ${data.name}")
	}
}

// isBlank reports a text with nothing in it, which is refused from a version on.
func (c *checker) isBlank(n *jsontree.Node, s subject, from catalog.Version) bool {
	switch {
	case strings.TrimSpace(n.Text) != "":
		return false
	case !c.version.AtLeast(from):
	case n.Text == "":
		c.at(n, Error, "MIN_CHARS_REQUIRED", "%s must not be empty: write a text, or leave the key out if it is optional", s)
	default:
		c.at(n, Error, "PATTERN_MISMATCH", "%s must not be blank: write a text, or leave the key out if it is optional", s)
	}
	return true
}

// tooLong reports a text that clients cut off.
func (c *checker) tooLong(n *jsontree.Node, s subject, count, limit int) {
	if limit > 0 && count > limit {
		c.at(n, Warning, "TEXT_TOO_LONG", "%s has %d characters, and clients show %d: shorten it", s, count, limit)
	}
}

// text checks a string that users read.
func (c *checker) text(t catalog.Text, n *jsontree.Node, s subject) {
	from := t.BlankFrom
	if from == (catalog.Version{}) {
		from = catalog.Version{Major: 6, Minor: 0}
	}
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.isDynamic(n) || c.isBlank(n, s, from):
	case t.LiftedBy == "" || n.Parent().Get(t.LiftedBy) == nil:
		c.tooLong(n, s, utf8.RuneCountInString(n.Text), t.Limit)
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
		count := 0
		s.item = true
		for _, line := range n.Children {
			if line.Kind != jsontree.String {
				c.wrongType(line, s, "a string")
			} else if line.Text == "" {
				c.isBlank(line, s, catalog.Version{Major: 6, Minor: 0})
			}
			count += utf8.RuneCountInString(line.Text)
		}
		s.item = false
		c.tooLong(n, s, count, l.Limit)
	}
}

// name checks the name of a component, by which others refer to it.
func (c *checker) name(n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case expr.IsDynamic(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s cannot be dynamic: write the name itself", s)
	default:
		c.isBlank(n, s, catalog.Version{Major: 6, Minor: 0})
	}
}

// word checks a string that is neither read by users nor replaced.
func (c *checker) word(p catalog.Word, n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case p.Pattern != nil && !p.Pattern.MatchString(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be %s", s, p.Want)
	case p.Pattern == nil:
		c.isBlank(n, s, catalog.Version{Major: 6, Minor: 0})
	}
}

// binding checks a value that is always dynamic.
func (c *checker) binding(n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a reference such as ${data.name}")
	case !c.isDynamic(n):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be one reference such as ${data.name} and nothing else", s)
	}
}

// enum checks one of some words.
func (c *checker) enum(e catalog.Enum, n *jsontree.Node, s subject) {
	switch {
	case !e.Static && c.isDynamic(n):
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case slices.Contains(e.Words, n.Text):
	case c.newer():
		c.unknownAt(n, "INVALID_ENUM_VALUE", "the value %q for %s", jsontree.Clip(n.Text), s)
	default:
		c.at(n, Error, "INVALID_ENUM_VALUE", "%s must be %s", s, orList(e.Words))
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
	value, _ := strconv.ParseFloat(n.Text, 64) // infinite if it is too large
	switch {
	case !m.Static && c.isDynamic(n):
	case n.Kind == jsontree.String && !m.Static && !strings.Contains(n.Text, "${") && !expr.IsExpression(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be a number without quotes, or a reference such as ${data.name}", s)
	case n.Kind != jsontree.Number && !m.Static:
		c.neither(n, s, "a number")
	case n.Kind != jsontree.Number:
		c.wrongType(n, s, "a number")
	case m.Whole && value != float64(int64(value)):
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be a whole number", s)
	case m.Bounded && value < m.Min:
		c.at(n, Error, "MINIMUM_VALUE_REQUIRED", "%s must be %v at least", s, m.Min)
	case m.Bounded && value > m.Max:
		c.at(n, Error, "MAXIMUM_VALUE_REQUIRED", "%s must be %v at most", s, m.Max)
	}
}

// date checks a day.
func (c *checker) date(n *jsontree.Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.isDynamic(n):
	case c.version.AtLeast(catalog.DaysSince):
		if _, err := time.Parse(time.DateOnly, n.Text); err != nil {
			c.at(n, Error, "INVALID_PROPERTY_VALUE_FORMAT", "%s must be a day as YYYY-MM-DD", s)
		}
	case n.Text == "" || len(n.Text) > 18 || strings.Trim(strings.TrimPrefix(n.Text, "-"), "0123456789") != "":
		c.at(n, Error, "INVALID_PROPERTY_VALUE_FORMAT", "%s must be a time in milliseconds since 1970, in quotes: days as YYYY-MM-DD need version 5.0", s)
	}
}

// image checks an image in base64.
func (c *checker) image(p catalog.Image, n *jsontree.Node, s subject) {
	limit := p.Most(c.version)
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case expr.IsDynamic(n.Text) && p.Static:
		c.at(n, Error, "PATTERN_MISMATCH", "%s cannot be dynamic here: bind the whole list to data instead", s)
	case c.isDynamic(n):
	case strings.HasPrefix(n.Text, "data:"):
		c.at(n, Warning, "IMAGE_NOT_BASE64", "%s must be the base64 of an image alone: leave out what comes before and with the comma", s)
	case !isBase64(n.Text):
		c.at(n, Warning, "IMAGE_NOT_BASE64", "%s is not the base64 of an image, and clients show none", s)
	case limit > 0 && len(n.Text)/4*3 > limit*1024:
		c.at(n, Warning, "IMAGE_TOO_LARGE", "%s has %d KB, and clients show images of %d KB at most: make it smaller", s, len(n.Text)/4*3/1024, limit)
	}
}

func isBase64(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		switch b := s[i]; {
		case 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z', '0' <= b && b <= '9', b == '+', b == '/', b == '\n', b == '\r':
		default:
			return false
		}
	}
	return s != ""
}

// url checks a URL; https says that WhatsApp opens no others.
func (c *checker) url(w catalog.URL, n *jsontree.Node, s subject) {
	if n.Kind != jsontree.String {
		c.wrongType(n, s, "a string")
		return
	}
	if !w.Static && c.isDynamic(n) {
		return
	}
	address, err := url.Parse(n.Text)
	switch {
	case err != nil || address.Scheme == "" || strings.ContainsAny(n.Text, " \t\n"):
		c.at(n, Error, "INVALID_PROPERTY_VALUE_FORMAT", "%s must be a URL such as https://example.com/", s)
	case w.HTTPS && address.Scheme != "https":
		c.at(n, Warning, "URL_NOT_HTTPS", "%s begins with %s://, and WhatsApp opens https:// only", s, jsontree.Clip(address.Scheme))
	}
}

// orList writes words as in "a", "b" or "c".
func orList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	switch {
	case len(quoted) > 8:
		return strings.Join(quoted[:8], ", ") + " or another of the " + strconv.Itoa(len(quoted)) + " that Meta lists"
	case len(quoted) < 2:
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
