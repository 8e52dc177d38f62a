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
				Code: "UNEXPECTED_CALENDAR_PICKER_RANGE_MODE_PROP", OnKey: true, Problem: p.Key + ` is for mode "range" only`,
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
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if key != StartDate && key != EndDate {
				t.report(Fault{
					Code: "INVALID_PROPERTY_NAME_FOR_CONDITION", OnKey: true,
					Problem: fmt.Sprintf("in mode \"range\", %s has the keys %s and %s only", property, StartDate, EndDate),
				}, property, key)
			}
		}
		for _, key := range []string{StartDate, EndDate} {
			if f := Check(Date{Initial: true}, value[key], t.version); f != nil && property == initValue {
				f.Problem = "this " + f.Problem
				t.report(*f, property, key)
			}
			if property == "label" && value[key] == nil { // for the others one of the two may be enough
				t.report(Fault{
					Code: "MISSING_CALENDAR_PICKER_RANGE_MODE_PROP", Problem: fmt.Sprintf("in mode \"range\", label needs %s too", key),
				}, property)
			}
		}
	default:
		t.report(Fault{
			Code: "INVALID_TYPE", Refused: true,
			Problem: fmt.Sprintf("in mode \"range\", %s is an object with %s and %s", property, StartDate, EndDate),
		}, property)
	}
}

func (t *together) oneDay(property string, value any) {
	_, isObject := value.(map[string]any)
	text, isText := value.(string)
	switch {
	case property == initValue && (isObject || isText && !isDay(text)):
		t.report(Fault{
			Code: "INVALID_DATE_SINGLE_INIT_VALUE_FORMAT", Refused: isObject,
			Problem: "in mode \"single\", init-value is one day, for example \"2026-11-30\"",
		}, property)
	case isObject:
		t.report(Fault{Code: "INVALID_TYPE", Refused: true, Problem: property + " is an object in mode \"range\" only"}, property)
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
			t.report(Fault{Code: code, Problem: fmt.Sprintf("this day is not between %s and %s", d.First, d.Last)}, path...)
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

// items checks options and list items. Those without an id are not chosen, so that
// nothing depends on the others.
func (t *together) items(key string, item Record, items []any) {
	t.ids(key, items)
	for _, trigger := range []string{OnSelect, OnUnselect} {
		if i := firstWith(items, trigger); i >= 0 && t.values(trigger) != nil {
			t.report(Fault{
				Code: "INVALID_UPDATE_DATA_ACTION_PAYLOAD", Refused: true, OnKey: true, Remedy: "have it on the component or on its items, not on both",
				Problem: "the component has " + trigger + " too",
			}, key, strconv.Itoa(i), trigger)
		}
	}
	if PropertyOf(item.Properties, OnClick) == nil {
		t.pictures(key, items)
		return
	}
	if !t.version.AtLeast(t.row.Since) {
		return
	}
	t.actions(key, items)
	for _, p := range item.Properties {
		if p.OnlyOne {
			t.onlyOne(key, p.Key, items)
		}
		if p.AllItems {
			t.allItems(key, p.Key, items)
		}
	}
	t.ends(key, items)
}

// ids finds ids that occur twice: the client shows an error instead of such a component
// (WhatsApp's web client, 2026).
func (t *together) ids(key string, items []any) {
	known := make(map[string]bool, len(items))
	for i, item := range items {
		id, _ := member(item, "id").(string)
		if known[id] && id != "" {
			t.report(Fault{
				Code: "DUPLICATE_OPTION_IDS", Published: true, Refused: true, Problem: "another option has this id too", Remedy: "give each item another id",
			}, key, strconv.Itoa(i), "id")
		}
		known[id] = true
	}
}

func (t *together) pictures(key string, items []any) {
	if t.version.AtLeast(Version{5, 0}) && firstWith(items, "color") >= 0 && firstWith(items, "image") >= 0 {
		t.report(Fault{
			Code: "DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR", Problem: "options can have images or colours, and not both in one list",
		}, key)
	}
}

const duplicatePropertyCode = "DUPLICATE_PROPETY_FOR_CONDITION" // spelt as Meta does

// actions requires an action for the list or one for each item. (Meta does not say which
// of its codes is for what; one of them is misspelt.)
func (t *together) actions(key string, items []any) {
	ofList, ofItem := t.values(OnClick) != nil, firstWith(items, OnClick)
	switch {
	case ofList && ofItem >= 0:
		t.report(Fault{
			Code: duplicatePropertyCode, Refused: true, OnKey: true, Remedy: "it is for all items, or each item has its own",
			Problem: fmt.Sprintf("the %s has an %s already", t.row.Type, OnClick),
		}, key, strconv.Itoa(ofItem), OnClick)
	case ofList || len(items) == 0:
	case ofItem < 0:
		t.report(Fault{
			Code: missingPropertyCode, Problem: fmt.Sprintf("a %s needs an %s, for all items or in each", t.row.Type, OnClick), Remedy: "add it",
		}, "")
	default:
		if i := firstWithout(items, OnClick); i >= 0 {
			t.report(Fault{
				Code: missingPropertyCode, Problem: "another item has an " + OnClick, Remedy: "add one to each",
			}, key, strconv.Itoa(i))
		}
	}
}

const missingPropertyCode = "MISSING_REQUIRED_PROPERTY"

func (t *together) onlyOne(list, key string, items []any) {
	count := 0
	for i, item := range items {
		if member(item, key) == nil {
			continue
		}
		if count++; count == 2 {
			t.report(Fault{
				Code: duplicatePropertyCode, Problem: fmt.Sprintf("only one item of a %s can have a %s", t.row.Type, key),
			}, list, strconv.Itoa(i), key)
		}
	}
}

func (t *together) allItems(list, key string, items []any) {
	if firstWith(items, key) < 0 {
		return
	}
	if i := firstWithout(items, key); i >= 0 {
		t.report(Fault{
			Code: missingPropertyCode, Problem: "another item has an " + key, Remedy: "all items have one, or none",
		}, list, strconv.Itoa(i))
	}
}

// ends checks the ends of items.
func (t *together) ends(list string, items []any) {
	const end = "end"
	if firstWith(items, end) < 0 {
		return
	}
	if t.values("media-size") == "large" {
		t.report(Fault{
			Code: "INVALID_PROPERTY_VALUE_FOR_CONDITION", Problem: "media-size cannot be \"large\" where items have an end",
		}, "media-size")
	}
	for i, item := range items {
		texts, isObject := member(item, end).(map[string]any)
		count := 0
		for _, key := range []string{"title", "description", "metadata"} {
			if texts[key] != nil {
				count++
			}
		}
		if isObject && (count == 0 || count == 3) {
			t.report(Fault{
				Code: duplicatePropertyCode, Problem: "the end of an item has one or two of title, description and metadata",
			}, list, strconv.Itoa(i), end)
		}
	}
}

const initValue = "init-value"

// chosen finds values that are given beforehand and are not among the options.
func (t *together) chosen(key string, options []any) {
	if t.row.Input == nil || t.row.Input.Items != key || len(options) == 0 {
		return
	}
	given := t.values(initValue)
	if given == nil {
		return
	}
	offered := make(map[string]bool, len(options))
	for _, option := range options {
		id, _ := member(option, "id").(string)
		if id == "" {
			return // the ids are not known
		}
		offered[id] = true
	}
	check := func(id any, path ...string) {
		if text, _ := id.(string); text != "" && !offered[text] {
			t.report(Fault{
				Code: "INIT_VALUE_NOT_OFFERED", Published: true, Problem: "no option has this id, so that nothing is chosen",
				Remedy: "name one that is offered",
			}, path...)
		}
	}
	check(given, initValue)
	several, _ := given.([]any)
	for i, id := range several {
		check(id, initValue, strconv.Itoa(i))
	}
}

// enough requires as many options as users must choose.
func (t *together) enough(options []any) {
	b := t.row.Bounds
	if b == nil || b.Of != Choices || len(options) == 0 {
		return
	}
	if least, ok := numberOf(t.values(b.Least)); ok && least > float64(len(options)) {
		t.report(Fault{
			Code: "FOOTER_BLOCKED", Published: true, Remedy: "ask for fewer",
			Problem: b.Least + " is greater than the number of options, so that the Footer can never be tapped",
		}, b.Least)
	}
}

// member returns a member of an object; nil if there is none.
func member(object any, key string) any {
	members, _ := object.(map[string]any)
	return members[key]
}

// firstWith returns the index of the first item that has a key, firstWithout that of the
// first object without; -1 if there is none.
func firstWith(items []any, key string) int {
	return slices.IndexFunc(items, func(item any) bool { return member(item, key) != nil })
}

func firstWithout(items []any, key string) int {
	return slices.IndexFunc(items, func(item any) bool {
		members, isObject := item.(map[string]any)
		return isObject && members[key] == nil
	})
}
