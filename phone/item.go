package phone

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
)

// item is a component while it is drawn.
type item struct {
	*drawing
	*component
	findings []Finding
}

// warn adds a finding, unless it is there already: a property can be read twice.
func (i *item) warn(severity, code, rule, problem, remedy string) {
	if slices.ContainsFunc(i.findings, func(f Finding) bool { return f.Code == code && f.Problem == problem }) {
		return
	}
	i.findings = append(i.findings, Finding{
		Severity: severity, Code: code, Rule: rule, At: i.at, Line: i.line, Problem: problem, Remedy: remedy,
	})
}

// banner returns the severity of what shows as a banner in a draft, and is cut off otherwise.
func (i *item) banner() string {
	if i.state.ruleset == Draft {
		return severityError
	}
	return severityWarning
}

// broke records that the component cannot be shown. In a draft that is a banner below it.
func (i *item) broke(rule, problem string) {
	i.broken = append(i.broken, breakage{component: i.component, rule: rule, problem: problem})
	i.warn(severityError, codeComponent, rule, problem, "")
}

// get returns the value of a property. What the data gives must have the type that the
// component needs.
func (i *item) get(key string) (any, bool) {
	v, given := i.values[key]
	if !given {
		return nil, false
	}
	if v.static() {
		return v.fixed, v.fixed != nil
	}
	resolved, ok, err := v.resolve(i.scope)
	if err != nil {
		i.broken = append(i.broken, breakage{component: i.component, expression: err})
		i.warn(severityError, codeExpression, ruleExpression, key+": "+err.Error(), "")
		return nil, false
	}
	row := i.Row().Property(key)
	if !ok || resolved == nil {
		if row != nil && row.Required && v.data() {
			i.warn(severityError, codeMissing, ruleMissingShown, "the data has no value for "+key, "send it, or declare and send an empty value")
		}
		return nil, false
	}
	if problem := i.misfit(row, resolved); problem != "" && (v.ref != nil || v.text != "") {
		i.broke(ruleComponent, key+": "+problem)
		return nil, false
	}
	return resolved, true
}

// misfit says why a bound value does not fit a property; empty if it does.
func (i *item) misfit(row *catalog.Property, v any) string {
	if row == nil {
		return ""
	}
	if row.Bound != nil {
		if want := row.Bound.In(i.plan.version); !accepts(want, v) {
			return "expected " + want.String() + ", got " + kindOf(v)
		}
	}
	switch want := row.Value.(type) {
	case catalog.Enum:
		if text, ok := v.(string); ok && !slices.Contains(want.Words, text) {
			return "expected one of " + strings.Join(want.Words, ", ")
		}
	case catalog.Text:
		from := cmp.Or(want.BlankFrom, catalog.Version{Major: 6})
		if text, ok := v.(string); ok && row.Required && strings.TrimSpace(text) == "" && i.needsLabel() && i.plan.version.AtLeast(from) {
			return "it is blank"
		}
	case catalog.List:
		if list, ok := v.([]any); ok && len(list) < want.Min && i.needsItems(row.Key) {
			return "the list has too few items"
		}
	}
	return ""
}

// needsItems reports whether the component fails with too few items of a list: those to
// choose from, but for a Dropdown from 6.0 on.
func (i *item) needsItems(key string) bool {
	if i.Type == typeDropdown && i.plan.version.AtLeast(catalog.Version{Major: 6}) {
		return false
	}
	return i.IsInput() && i.Row().Input.Items == key
}

// needsLabel reports whether a blank text makes the component fail.
func (i *item) needsLabel() bool {
	return i.IsInput() || i.Type == typeFooter || i.Type == typeEmbeddedLink
}

// accepts reports whether a value has one of the names of a type.
func accepts(t *catalog.Type, v any) bool {
	switch v := v.(type) {
	case string:
		return t.Accepts(expr.TypeString)
	case bool:
		return t.Accepts(expr.TypeBoolean)
	case float64:
		return t.Accepts(expr.TypeNumber) || v == float64(int64(v)) && t.Accepts(expr.TypeInteger)
	case []any:
		return t.Accepts(expr.TypeArray)
	case map[string]any:
		return t.Accepts(expr.TypeObject)
	}
	return true
}

// kindOf names the type of a value, with its article.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case []any, files:
		return "a list"
	}
	return "an object"
}

// string returns a text. One that is longer than clients show is a finding.
func (i *item) string(key string) string {
	v, ok := i.get(key)
	if !ok {
		return ""
	}
	text, _ := v.(string)
	if most := i.limit(key); most > 0 && len(text) > most && utf8.RuneCountInString(text) > most {
		i.warnCut(key, text, most)
	}
	return text
}

// warnCut reports a text that is longer than clients show.
func (i *item) warnCut(key, text string, most int) {
	i.warn(i.banner(), codeCut, ruleCut,
		fmt.Sprintf("%q of %s has %d characters, and WhatsApp shows %d", key, i.called(), utf8.RuneCountInString(text), most), "shorten it")
}

// called names the component: its type and, if it has one, its name.
func (i *item) called() string { return strings.TrimSpace(i.Type + " " + i.Name) }

// limit returns the number of characters that clients show of a text; 0 is all.
func (i *item) limit(key string) int {
	row := i.Row().Property(key)
	if row == nil {
		return 0
	}
	text, ok := row.Value.(catalog.Text)
	if !ok || text.LiftedBy != "" && i.values[text.LiftedBy].raw != nil {
		return 0
	}
	return text.Limit
}

// cut returns the part of a text that fits, with an ellipsis; empty if all of it does.
func cut(text string, most int) string {
	if most == 0 || len(text) <= most || utf8.RuneCountInString(text) <= most {
		return ""
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}

// flag returns a boolean.
func (i *item) flag(key string, otherwise bool) bool {
	v, ok := i.get(key)
	if b, is := v.(bool); ok && is {
		return b
	}
	return otherwise
}

// number returns a number, which can be written as a text.
func (i *item) number(key string) (float64, bool) {
	v, ok := i.get(key)
	if !ok {
		return 0, false
	}
	return asNumber(v)
}

// count returns a whole number, or another if there is none.
func (i *item) count(key string, otherwise int) int {
	if n, ok := i.number(key); ok {
		return int(n)
	}
	return otherwise
}

// list returns the items of a list.
func (i *item) list(key string) []any {
	v, _ := i.get(key)
	list, _ := v.([]any)
	return list
}
