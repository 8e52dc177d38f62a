package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Values returns the value of a property of a component, as encoding/json decodes it:
// nil if the component does not have it, [Unknown] if it is not known. Within a value
// there can be Unknown too. That of init-value is what the component's Form gives it if
// the component has none itself.
type Values func(property string) any

// Report receives a fault, and the keys and indices that lead to its place: first the
// property, empty for the component as a whole.
type Report func(f Fault, path ...string)

// CheckTogether reports what is wrong with values of a component that depend on each
// other, by the rules of a version: least and most, first and last day, what the mode of
// a CalendarPicker allows, options and list items, and the option that is chosen
// beforehand. A nil Component has no rules.
func (c *Component) CheckTogether(version Version, values Values, report Report) {
	if c == nil {
		return
	}
	t := &together{row: c, version: version, values: values, report: report}
	t.bounds()
	if version.AtLeast(c.Since) {
		t.mode()
		t.days()
	}
	for _, p := range c.lists {
		item, _ := p.Value.(List).Item()
		if items, ok := values(p.Key).([]any); ok && PropertyOf(item.Properties, "id") != nil {
			t.items(p.Key, item, items)
			t.chosen(p.Key, items)
			t.enough(items)
		}
	}
}

const initValue = "init-value"

// together checks the values of one component.
type together struct {
	row     *Component
	version Version
	values  Values
	report  Report
}

// bounds checks that the least is not greater than the most.
func (t *together) bounds() {
	b := t.row.Bounds
	if b == nil || b.Least == "" {
		return
	}
	least, hasLeast := numberOf(t.values(b.Least))
	most, hasMost := numberOf(t.values(b.Most))
	switch {
	case hasLeast && hasMost && least > most:
		t.report(Fault{Code: b.Code, Problem: b.Least + " is greater than " + b.Most}, b.Least)
	case hasLeast && t.values(b.Most) == nil && b.Of == Characters && least > float64(b.Default):
		t.report(Fault{
			Code: b.Code, Published: true, Remedy: "give it a " + b.Most,
			Problem: fmt.Sprintf("%s is greater than the %d characters that the input accepts", b.Least, b.Default),
		}, b.Least)
	}
}

// numberOf returns a number, also one that is written as a string, as Meta's page has
// it for characters.
func numberOf(value any) (number float64, ok bool) {
	switch value := value.(type) {
	case float64:
		return value, true
	case string:
		number, err := strconv.ParseFloat(value, 64)
		return number, err == nil
	}
	return 0, false
}

// mode checks what depends on the mode of a component whose value is one day or a range
// of days. (Meta names the codes and not what each is for: this is how their names read.)
func (t *together) mode() {
	if !t.row.perDay {
		return
	}
	mode := t.values("mode")
	single := mode == nil || mode == "single"
	if !single && mode != "range" {
		return
	}
	for i := range t.row.Properties {
		p := &t.row.Properties[i]
		value := t.values(p.Key)
		if p.Mode == "range" && single && value != nil {
			t.report(Fault{
				Code: "UNEXPECTED_CALENDAR_PICKER_RANGE_MODE_PROP", OnKey: true, Problem: p.Key + ` is only for mode "range"`,
			}, p.Key)
		}
		if !p.perDay() {
			continue
		}
		if single {
			t.oneDay(p.Key, value)
		} else {
			t.bothDays(p.Key, value)
		}
	}
}

func (t *together) bothDays(property string, value any) {
	switch value := value.(type) {
	case nil, Unknown:
	case map[string]any:
		misnamed := false
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if key != StartDate && key != EndDate {
				t.report(Fault{
					Code: "INVALID_PROPERTY_NAME_FOR_CONDITION", OnKey: true,
					Problem: fmt.Sprintf("in mode \"range\", %s can have only the keys %s and %s", property, StartDate, EndDate),
				}, property, key)
				misnamed = true
			}
		}
		for _, key := range []string{StartDate, EndDate} {
			if f := Check(Date{Initial: true}, value[key], t.version); f != nil && property == initValue {
				f.Problem = "this " + f.Problem
				t.report(*f, property, key)
			}
			if property == "label" && value[key] == nil && !misnamed { // for the others one of the two may be enough
				t.report(Fault{
					Code: "MISSING_CALENDAR_PICKER_RANGE_MODE_PROP", Problem: "in mode \"range\", label also needs " + key,
				}, property)
			}
		}
	default:
		t.report(Fault{
			Code: "INVALID_TYPE", Refused: true,
			Problem: fmt.Sprintf("in mode \"range\", %s must be an object with %s and %s", property, StartDate, EndDate),
		}, property)
	}
}

func (t *together) oneDay(property string, value any) {
	_, isObject := value.(map[string]any)
	_, isNumber := value.(float64) // which clients turn into text
	text, isText := value.(string)
	switch {
	case property == initValue && (isObject || isNumber || isText && !isDay(text)):
		t.report(Fault{
			Code: "INVALID_DATE_SINGLE_INIT_VALUE_FORMAT", Refused: isObject,
			Problem: "in mode \"single\", init-value must be a single date, for example \"2026-11-30\"",
		}, property)
	case isObject:
		t.report(Fault{Code: "INVALID_TYPE", Refused: true, Problem: property + " is an object only in mode \"range\""}, property)
	}
}

func isDay(text string) bool {
	_, ok := instant(text, DaysSince)
	return ok
}

// days requires the first day before the last, and all others between them.
func (t *together) days() {
	const code = "INVALID_DATE_RANGE"
	d := t.row.Days
	if d == nil {
		return
	}
	first, hasFirst := t.date(t.values(d.First))
	last, hasLast := t.date(t.values(d.Last))
	if hasFirst && hasLast && first > last {
		t.report(Fault{Code: code, Problem: d.First + " is after " + d.Last}, d.First)
		return
	}
	between := func(value any, path ...string) {
		day, ok := t.date(value)
		if ok && (hasFirst && day < first || hasLast && day > last) {
			t.report(Fault{Code: code, Problem: fmt.Sprintf("this date is not between %s and %s", d.First, d.Last)}, path...)
		}
	}
	if unavailable, _ := t.values(d.Unavailable).([]any); hasFirst || hasLast {
		for i, day := range unavailable {
			between(day, d.Unavailable, strconv.Itoa(i))
		}
	}
	given := t.values(initValue)
	between(given, initValue)
	of, _ := given.(map[string]any)
	between(of[StartDate], initValue, StartDate)
	between(of[EndDate], initValue, EndDate)
	start, hasStart := t.date(of[StartDate])
	end, hasEnd := t.date(of[EndDate])
	if hasStart && hasEnd && start > end {
		t.report(Fault{Code: code, Problem: StartDate + " is after " + EndDate}, initValue)
	}
}

func (t *together) date(value any) (at int64, ok bool) {
	text, ok := value.(string)
	if !ok {
		return 0, false
	}
	return instant(text, t.version)
}
