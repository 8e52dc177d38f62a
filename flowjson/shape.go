package flowjson

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// A shape is what the table says of a value: its JSON type, and which values of
// that type.
type shape interface {
	check(c *checker, n *Node, s subject)
}

// checker holds the values of a Flow to the table, by the rules of its version.
type checker struct {
	*report
	version Version
	// inForm says that the component being checked stands in a Form.
	inForm bool
}

func newChecker(f *Flow, r *report) *checker {
	return &checker{report: r, version: f.rulesVersion()}
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

// isDynamic says whether WhatsApp replaces the value when it shows the screen. What
// comes then is for the data model to say.
func (c *checker) isDynamic(n *Node) bool {
	return n.Is(jsontree.String) && c.flow.replaces(n.Text)
}

// wrongType reports a value of another JSON type than the wanted one.
func (c *checker) wrongType(n *Node, s subject, want string) {
	c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be %s, and is %s", s, want, n.Kind)
}

// neither reports a value that is not of the wanted type and no reference either.
func (c *checker) neither(n *Node, s subject, want string) {
	switch {
	case n.Is(jsontree.String) && expr.IsExpression(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be %s or a reference: expressions in backticks need version 6.0", s, want)
	case n.Is(jsontree.String) && strings.Contains(n.Text, "${"):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be %s or one reference such as ${data.name} and nothing else: write an expression in backticks, as in `${data.count} > 1`", s, want)
	default:
		c.wrongType(n, s, want+", or a reference such as ${data.name}")
	}
}

// isBlank reports a text with nothing in it, which is refused from a version on.
func (c *checker) isBlank(n *Node, s subject, from Version) bool {
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
func (c *checker) tooLong(n *Node, s subject, count, limit int) {
	if limit > 0 && count > limit {
		c.at(n, Warning, "TEXT_TOO_LONG", "%s has %d characters, and clients show %d: shorten it", s, count, limit)
	}
}

// anyShape is a value that is checked elsewhere, or not at all.
type anyShape struct{}

func (anyShape) check(*checker, *Node, subject) {}

// textShape is a string that users read.
type textShape struct {
	limit int // of characters; 0 is none
	// liftedBy is the property beside it that makes the limit void.
	liftedBy string
	// blankFrom is the first version that refuses a blank text; if not set, 6.0.
	blankFrom Version
}

func (t textShape) check(c *checker, n *Node, s subject) {
	from := t.blankFrom
	if from == (Version{}) {
		from = Version{6, 0}
	}
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.isDynamic(n) || c.isBlank(n, s, from):
	case t.liftedBy == "" || n.Parent().Get(t.liftedBy) == nil:
		c.tooLong(n, s, utf8.RuneCountInString(n.Text), t.limit)
	}
}

// linesShape is a text, or from version 5.1 on an array of texts, one a paragraph.
type linesShape struct {
	limit int
}

func (l linesShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind != jsontree.Array:
		textShape{limit: l.limit}.check(c, n, s)
	case !c.version.AtLeast(Version{5, 1}):
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be a string: arrays of texts need version 5.1", s)
	default:
		count := 0
		s.item = true
		for _, line := range n.Children {
			if line.Kind != jsontree.String {
				c.wrongType(line, s, "a string")
			} else if line.Text == "" {
				c.isBlank(line, s, Version{6, 0})
			}
			count += utf8.RuneCountInString(line.Text)
		}
		s.item = false
		c.tooLong(n, s, count, l.limit)
	}
}

// nameShape is the name of a component, by which others refer to it.
type nameShape struct{}

func (nameShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case expr.IsDynamic(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s cannot be dynamic: write the name itself", s)
	default:
		c.isBlank(n, s, Version{6, 0})
	}
}

// plainShape is a string that is neither read by users nor replaced.
type plainShape struct {
	pattern *regexp.Regexp
	want    string // what the pattern asks for
}

func (p plainShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case p.pattern != nil && !p.pattern.MatchString(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be %s", s, p.want)
	case p.pattern == nil:
		c.isBlank(n, s, Version{6, 0})
	}
}

// referenceShape is a value that is always dynamic.
type referenceShape struct{}

func (referenceShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a reference such as ${data.name}")
	case !c.isDynamic(n):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be one reference such as ${data.name} and nothing else", s)
	}
}

// enumShape is one of some words.
type enumShape struct {
	words  []string
	static bool // cannot be a reference
}

func (e enumShape) check(c *checker, n *Node, s subject) {
	switch {
	case !e.static && c.isDynamic(n):
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case !slices.Contains(e.words, n.Text):
		c.at(n, Error, "INVALID_ENUM_VALUE", "%s must be %s", s, orList(e.words))
	}
}

// boolShape is true or false.
type boolShape struct {
	static bool
}

func (b boolShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind == jsontree.Bool || !b.static && c.isDynamic(n):
	case b.static:
		c.wrongType(n, s, "true or false")
	default:
		c.neither(n, s, "true or false")
	}
}

// numberShape is a number, whole or not.
type numberShape struct {
	whole, static bool
	// min and max bound it if set is true.
	bounded  bool
	min, max float64
}

func (m numberShape) check(c *checker, n *Node, s subject) {
	value, _ := strconv.ParseFloat(n.Text, 64) // infinite if it is too large
	switch {
	case !m.static && c.isDynamic(n):
	case n.Kind == jsontree.String && !m.static && !strings.Contains(n.Text, "${") && !expr.IsExpression(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH", "%s must be a number without quotes, or a reference such as ${data.name}", s)
	case n.Kind != jsontree.Number && !m.static:
		c.neither(n, s, "a number")
	case n.Kind != jsontree.Number:
		c.wrongType(n, s, "a number")
	case m.whole && value != float64(int64(value)):
		c.at(n, Error, "INVALID_PROPERTY_TYPE", "%s must be a whole number", s)
	case m.bounded && value < m.min:
		c.at(n, Error, "MINIMUM_VALUE_REQUIRED", "%s must be %v at least", s, m.min)
	case m.bounded && value > m.max:
		c.at(n, Error, "MAXIMUM_VALUE_REQUIRED", "%s must be %v at most", s, m.max)
	}
}

// dateShape is a day.
type dateShape struct{}

func (dateShape) check(c *checker, n *Node, s subject) {
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case c.isDynamic(n):
	case c.version.AtLeast(Version{5, 0}):
		if _, err := time.Parse(time.DateOnly, n.Text); err != nil {
			c.at(n, Error, "INVALID_PROPERTY_VALUE_FORMAT", "%s must be a day as YYYY-MM-DD", s)
		}
	case n.Text == "" || len(n.Text) > 18 || strings.Trim(strings.TrimPrefix(n.Text, "-"), "0123456789") != "":
		c.at(n, Error, "INVALID_PROPERTY_VALUE_FORMAT", "%s must be a time in milliseconds since 1970, in quotes: days as YYYY-MM-DD need version 5.0", s)
	}
}

// imageShape is an image in base64.
type imageShape struct {
	kb       int // the largest size before version 6.0; 0 is none
	kbFrom60 int
	static   bool
}

func (p imageShape) check(c *checker, n *Node, s subject) {
	limit := p.most(c.flow)
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, s, "a string")
	case expr.IsDynamic(n.Text) && p.static:
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

// most is the size of the largest image, in KiB; 0 if there is none.
func (p imageShape) most(f *Flow) int {
	if f.since(6, 0) {
		return p.kbFrom60
	}
	return p.kb
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

// urlShape is a URL; https says that WhatsApp opens no others.
type urlShape struct {
	https, static bool
}

func (w urlShape) check(c *checker, n *Node, s subject) {
	if n.Kind != jsontree.String {
		c.wrongType(n, s, "a string")
		return
	}
	if !w.static && c.isDynamic(n) {
		return
	}
	address, err := url.Parse(n.Text)
	switch {
	case err != nil || address.Scheme == "" || strings.ContainsAny(n.Text, " \t\n"):
		c.at(n, Error, "INVALID_PROPERTY_VALUE_FORMAT", "%s must be a URL such as https://example.com/", s)
	case w.https && address.Scheme != "https":
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
