package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// rules are what a field of a form is held to.
type rules struct {
	required bool
	min, max int // of a text's characters, or of a list's items; 0 for none
	rest     []string
	comment  string
}

const dateRule = "datetime=2006-01-02"

// The keys of a range of dates.
const (
	startDate = "start-date"
	endDate   = "end-date"
)

// datesSince is the version from which on dates are YYYY-MM-DD; before it they are
// milliseconds (Meta, changelog).
var datesSince = flowjson.Version{Major: 5}

// rulesOf returns the rules that hold for all values that a field may have.
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
	c := inputOf(s, v.node)
	if c == nil {
		return rules{}
	}
	complete := v.action.Component.Type == "Footer"
	r := rules{required: complete && isRequired(c)}
	switch c.Type {
	case "TextInput":
		if !complete {
			return r
		}
		r.min, r.max = count(c, "min-chars"), count(c, "max-chars")
		if c.Node.Get("input-type").Str() == "email" {
			r.rest = []string{"email"}
		}
		if pattern := c.Node.Get("pattern").Str(); pattern != "" {
			r.comment = fmt.Sprintf("pattern %q", pattern)
		}
	case "TextArea":
		if complete {
			r.max = count(c, "max-length")
		}
	case "DatePicker":
		r.required = r.required || own(v, c) && isRequired(c)
		if f.Version.AtLeast(datesSince) {
			r.rest = []string{dateRule}
		}
	case "CalendarPicker":
		r.required = r.required || own(v, c) && isRequired(c)
		if mode := c.Node.Get("mode"); mode == nil || mode.Str() == "single" {
			r.rest = []string{dateRule}
		}
	case "RadioButtonsGroup", "Dropdown":
		r.required = r.required || own(v, c) && isRequired(c)
		r.rest = oneOf(c, "data-source")
	case "NavigationList":
		r.required = own(v, c)
		r.rest = oneOf(c, "list-items")
	case "CheckboxGroup", "ChipsSelector":
		if complete {
			r.min, r.max = count(c, "min-selected-items"), count(c, "max-selected-items")
		}
		if ids := oneOf(c, "data-source"); ids != nil {
			r.rest = append([]string{"dive"}, ids...)
		}
	case "PhotoPicker", "DocumentPicker":
		r.rest = []string{"dive"}
		if complete {
			kind := map[string]string{"PhotoPicker": "photos", "DocumentPicker": "documents"}[c.Type]
			r.min, r.max = count(c, "min-uploaded-"+kind), count(c, "max-uploaded-"+kind)
			r.required = r.min > 0 && isAlwaysThere(c)
		}
	}
	return r
}

// own says whether an action is that of the input itself.
func own(v payload, c *flowjson.Component) bool { return v.action.Component == c }

// isRequired says whether an input must be filled whenever its screen is shown. A
// CalendarPicker for a range says it of each of its two dates.
func isRequired(c *flowjson.Component) bool {
	required := c.Node.Get("required")
	if required.Is(jsontree.Object) {
		return required.Get(startDate).True() && required.Get(endDate).True() && isAlwaysThere(c)
	}
	return required.True() && isAlwaysThere(c)
}

// isAlwaysThere says whether nothing hides an input.
func isAlwaysThere(c *flowjson.Component) bool {
	if visible := c.Node.Get("visible"); visible != nil && !visible.True() {
		return false
	}
	for at := c.Parent; at != nil; at = at.Parent {
		if at.Type == "If" || at.Type == "Switch" {
			return false
		}
	}
	return true
}

// count returns a property that is a whole number, as such or in a string; 0 if it
// is none, or bound to data.
func count(c *flowjson.Component, property string) int {
	n := c.Node.Get(property)
	if !n.Is(jsontree.Number) && !n.Is(jsontree.String) {
		return 0
	}
	value, err := strconv.Atoi(n.Text)
	if err != nil || value < 0 {
		return 0
	}
	return value
}

// escape writes what has a meaning in a validate tag.
var escape = strings.NewReplacer(",", "0x2C", "|", "0x7C")

// oneOf returns the rule for the choice of one of the items that stand in the file;
// nothing if they arrive as data, or if an id cannot be written in a tag.
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

// give adds rules that somebody has written.
func (r rules) give(tags string) rules {
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
		tags = append(tags, fmt.Sprintf("min=%d", least))
	}
	if r.max > 0 && goType != "any" {
		tags = append(tags, fmt.Sprintf("max=%d", r.max))
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
