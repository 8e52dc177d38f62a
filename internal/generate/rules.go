package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/formtag"
)

// rules are the rules of a field of a form.
type rules struct {
	required bool
	min, max int // of a text's characters, or of a list's items; 0 for none
	rest     []string
	comment  string
}

const dateRule = "datetime=2006-01-02"

// rulesOf returns the rules that all values of a field share.
func rulesOf(f *flowjson.Flow, s *flowjson.Screen, values []payload) rules {
	common := ruleOf(f, s, values[0])
	for _, value := range values[1:] {
		r := ruleOf(f, s, value)
		both := common.required && r.required
		if r.min != common.min || r.max != common.max || !slices.Equal(r.rest, common.rest) || r.comment != common.comment {
			common = rules{}
		}
		common.required = both
	}
	return common
}

// ruleOf returns the rules of an input, if the value is that of one. WhatsApp enables
// a Footer when the whole form is valid. Every other action may be taken while other
// inputs are still empty, or half filled, so of those only the choice is checked.
func ruleOf(f *flowjson.Flow, s *flowjson.Screen, v payload) rules {
	c := s.InputOf(v.node)
	if c == nil {
		return rules{}
	}
	row, value := c.Row(), valueOf(c)
	complete := v.action.Component.Type == "Footer"
	r := rules{required: complete && isRequired(c), rest: valueRules(f, c, value)}
	if complete {
		if b := row.Bounds; b != nil && b.Of != catalog.Dates {
			r.min, r.max = count(c, b.Least), count(c, b.Most)
		}
		if value.Is(flowjson.TypeString) && value.Format == catalog.FormatEmail {
			r.rest = []string{"email"}
		}
		if pattern := c.Node.Get("pattern").Str(); pattern != "" && row.Property("pattern") != nil {
			r.comment = fmt.Sprintf("pattern %q", pattern)
		}
	}
	switch {
	case row.Input.Files:
		r.required = r.min > 0 && isAlwaysThere(c)
	case isDateRange(value): // its action is taken after each date, when the other one may be missing
	case own(v, c) && !value.Is(flowjson.TypeArray) && !value.Is(flowjson.TypeBoolean):
		r.required = isRequired(c) || row.Property("required") == nil // the user has just chosen it
	}
	return r
}

// valueOf returns the type of an input's value; nil if data decides it.
func valueOf(c *flowjson.Component) *catalog.Type { return c.Row().Input.TypeOf(c.Node) }

// valueRules returns the rules of a value that apply whatever else the form has.
func valueRules(f *flowjson.Flow, c *flowjson.Component, value *catalog.Type) []string {
	input := c.Row().Input
	var ids []string
	if input.Items != "" {
		ids = oneOf(c, input.Items)
	}
	switch {
	case input.Files:
		return []string{"dive"}
	case value.Is(flowjson.TypeArray) && ids != nil:
		return append([]string{"dive"}, ids...)
	case value != nil && value.Format == catalog.FormatDate && f.Version.AtLeast(catalog.DaysSince):
		return []string{dateRule}
	}
	return ids
}

// own reports whether an action is that of the input itself.
func own(v payload, c *flowjson.Component) bool { return v.action.Component == c }

// isRequired reports whether an input must be filled whenever its screen is shown. A
// CalendarPicker for a range has it for each of its two dates.
func isRequired(c *flowjson.Component) bool {
	required := c.Node.Get("required")
	if required.Is(jsontree.Object) {
		return required.Get(catalog.StartDate).True() && required.Get(catalog.EndDate).True() && isAlwaysThere(c)
	}
	return required.True() && isAlwaysThere(c)
}

// isAlwaysThere reports whether nothing hides an input.
func isAlwaysThere(c *flowjson.Component) bool {
	if visible := c.Node.Get("visible"); visible != nil && !visible.True() {
		return false
	}
	for at := c.Parent; at != nil; at = at.Parent {
		if row := at.Row(); row != nil && row.Branches {
			return false
		}
	}
	return true
}

// count returns a property that is a whole number, as such or in a string; 0 if there is
// none, or it is bound to data.
func count(c *flowjson.Component, property string) int {
	n := c.Node.Get(property)
	if property == "" || !n.Is(jsontree.Number) && !n.Is(jsontree.String) {
		return 0
	}
	value, err := strconv.Atoi(n.Text)
	if err != nil || value < 0 {
		return 0
	}
	return value
}

// escape escapes what has a meaning in a validate tag.
var escape = strings.NewReplacer(",", "0x2C", "|", "0x7C")

// oneOf returns the rule for the choice of one of the items in the file; nothing if they
// arrive as data, or if an id cannot be written in a tag.
func oneOf(c *flowjson.Component, property string) []string {
	var ids []string
	for _, item := range c.Node.Get(property).Items() {
		id := item.Get("id").Str()
		if id == "" || strings.Contains(id, "'") || strings.Contains(id, "0x2C") || strings.Contains(id, "0x7C") {
			return nil
		}
		id = escape.Replace(id)
		if strings.ContainsFunc(id, func(r rune) bool { return r == ' ' || !strconv.IsPrint(r) }) {
			id = "'" + id + "'"
		}
		ids = append(ids, id)
	}
	if ids == nil {
		return nil
	}
	return []string{"oneof=" + strings.Join(ids, " ")}
}

// give adds rules of the caller.
func (r rules) give(given []Rule) rules {
	var list []string
	for _, rule := range given {
		list = append(list, rule.Tag)
	}
	tags := strings.Join(list, ",")
	if rest, ok := strings.CutPrefix(tags+",", "required,"); ok {
		r.required = true
		tags = strings.TrimSuffix(rest, ",")
	}
	if tags != "" {
		r.rest = append(slices.Clone(r.rest), tags)
	}
	return r
}

// tag returns the rules as a tag of a field of that type.
func (r rules) tag(goType string) string {
	minTag, maxTag := "min", "max"
	if goType == number { // its min and max are those of the value
		minTag, maxTag = formtag.MinChars, formtag.MaxChars
	}
	isList := strings.HasPrefix(goType, "[]")
	least := r.min
	if isList && r.required {
		least = max(least, 1) // to validator, an empty list is there
	}
	var tags []string
	switch {
	case least == 0 || goType == "any":
	case isList && !r.required && least > 1:
		tags = append(tags, fmt.Sprintf("len=0|min=%d", least))
	case !isList || r.required:
		tags = append(tags, fmt.Sprintf("%s=%d", minTag, least))
	}
	if r.max > 0 && goType != "any" {
		tags = append(tags, fmt.Sprintf("%s=%d", maxTag, r.max))
	}
	tags = append(tags, r.rest...)
	switch {
	case r.required:
		return strings.Join(append([]string{"required"}, tags...), ",")
	case len(tags) > 0:
		return strings.Join(append([]string{"omitempty"}, tags...), ",")
	}
	return ""
}
