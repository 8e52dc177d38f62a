package phone

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// maxFormBytes bounds what a user can type into one screen.
const maxFormBytes = 64 << 10

// input changes the value of a field, as far as a user can, and fires the actions of a
// select.
func (x *step) input(e Event) (reason string) {
	part := x.part(e.Field)
	if part == nil {
		return "the screen shows no field " + fieldName(e.Field)
	}
	if part.Picker != nil || part.List != nil {
		return "the field cannot be filled in: upload a file, or tap an item"
	}
	if reason := x.focusOn(e.Field); reason != "" {
		return reason
	}
	c := x.plan.screens[x.top()].byAt[part.At]
	old := x.value(e.Field)
	value, reason := x.entered(part, e.Value, old)
	if reason != "" {
		return reason
	}
	if x.formSize()-size(old)+size(value) > maxFormBytes {
		return fmt.Sprintf("a form can have %d KiB", maxFormBytes>>10)
	}
	if x.same(part, old, value) {
		x.form.revs[e.Field] = e.Rev
		return ""
	}
	x.form.changed[e.Field] = true
	x.form.revs[e.Field] = e.Rev
	delete(x.form.errors, e.Field)
	x.opening = ""
	x.selected(c, e.Field, old, value)
	return ""
}

// same reports whether an event gives a choice, a box or a date the value that it has, so
// that nothing happens. Another tap on the option of a required RadioButtonsGroup, or of a
// Dropdown, chooses it again.
func (x *step) same(p *Part, old, value any) bool {
	switch {
	case p.Field != nil:
		return false
	case p.OptIn != nil:
		return p.OptIn.Value == (value == true)
	case p.Type == typeDropdown, p.Type == typeRadioButtonsGroup && p.Choice.Required:
		return false
	}
	return reflect.DeepEqual(old, value)
}

// decoded returns the event with a value such as encoding/json decodes.
func (e Event) decoded() (Event, error) {
	v, err := decoded(e.Value)
	if err != nil {
		return e, &NotPossibleError{Event: e, Reason: "the value cannot be JSON"}
	}
	e.Value = v
	return e, nil
}

// decoded returns a value as encoding/json would decode it. The caller may go on to change
// what it gave.
func decoded(v any) (any, error) {
	switch v.(type) {
	case nil, string, bool, float64:
		return v, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(text, &out)
	return out, err
}

// formSize returns about how many bytes the values of the screen have.
func (x *step) formSize() int {
	n := 0
	for _, v := range x.screens[x.top()].form {
		n += size(v)
	}
	return n
}

// fieldName repeats a name in a reason if it can be one.
func fieldName(name string) string {
	if len(name) > 80 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return "of that name"
	}
	return name
}

// entered returns the value that a field has after an event, as the store has it; nil is
// absent.
func (x *step) entered(p *Part, v, old any) (value any, reason string) {
	switch {
	case p.Field != nil:
		return enteredText(p, v)
	case p.OptIn != nil:
		switch v {
		case true:
			return true, ""
		case false, nil:
			return nil, "" // the client stores null, and leaves it out
		}
		return nil, "expected true or false"
	case p.Choice != nil && p.Choice.Multiple:
		return enteredList(p.Choice, v, x.most(p), x.off(p))
	case p.Choice != nil:
		return enteredOption(p, v)
	case p.Date != nil:
		text, ok := v.(string)
		if v != nil && !ok {
			return nil, "expected a date such as 2026-12-01"
		}
		return storedDay(text, x.plan.version), offered(p.Date.Calendar, text)
	case p.Range != nil:
		return enteredRange(p.Range, v, old)
	}
	return nil, "the component has no value"
}

func enteredText(p *Part, v any) (value any, reason string) {
	text, ok := v.(string)
	switch {
	case v != nil && !ok:
		return nil, "expected a text"
	case p.Type == typeTextInput && strings.ContainsAny(text, "\n\r"):
		return nil, "the field has a single line"
	case p.Field.MaxLength > 0 && utf8.RuneCountInString(text) > p.Field.MaxLength:
		return nil, "typing stops at " + plural(p.Field.MaxLength, "character")
	}
	return text, ""
}

// enteredOption returns the value of an input for one option. A Dropdown can be cleared, a
// RadioButtonsGroup if it is not required.
func enteredOption(p *Part, v any) (value any, reason string) {
	id, ok := v.(string)
	switch {
	case v != nil && !ok:
		return nil, "expected the id of an option"
	case id == "" && p.Type == typeDropdown && p.Choice.Clear:
		return "", ""
	case id == "" && p.Type == typeDropdown:
		return nil, "there is nothing to clear"
	case id == "" && p.Choice.Required:
		return nil, "a choice that is required cannot be taken back"
	case id == "":
		return nil, ""
	}
	return id, pickable(p.Choice, id)
}

// pickable says why an option cannot be chosen.
func pickable(c *Choice, id string) (reason string) {
	i := slices.IndexFunc(c.Options, func(o Option) bool { return o.ID == id })
	switch {
	case i < 0:
		return "there is no such option"
	case !c.Options[i].Enabled:
		return "the option is disabled"
	}
	return ""
}

// most returns the largest number of options that can be chosen.
func (x *step) most(p *Part) int {
	v, _, _ := x.plan.screens[x.top()].byAt[p.At].values["max-selected-items"].resolve(x.scope(x.plan, x.top()))
	if n, ok := asNumber(v); ok {
		return int(n)
	}
	return len(p.Choice.Options)
}

// enteredIDs returns the ids of an event; ok is false if its value is not a list.
func enteredIDs(v any) (ids []any, ok bool) {
	ids = []any{}
	switch v := v.(type) {
	case nil:
	case []any:
		ids = append(ids, v...)
	default:
		return nil, false
	}
	return ids, true
}

// off returns the options that the data disables.
func (x *step) off(p *Part) map[string]bool {
	off := map[string]bool{}
	for _, item := range x.items(x.plan.screens[x.top()].byAt[p.At]) {
		if item["enabled"] == false {
			off[idOf(item)] = true
		}
	}
	return off
}

// enteredList returns the value of an input for several options, of which some are off
// themselves: others are disabled only while no more can be chosen.
func enteredList(c *Choice, v any, most int, off map[string]bool) (value any, reason string) {
	ids, ok := enteredIDs(v)
	if !ok {
		return nil, "expected a list of ids"
	}
	wanted := map[string]bool{}
	for _, v := range ids {
		id, ok := v.(string)
		if !ok || wanted[id] {
			return nil, "expected a list of ids, each once"
		}
		wanted[id] = true
		if !slices.ContainsFunc(c.Options, func(o Option) bool { return o.ID == id }) {
			return nil, "there is no such option"
		}
	}
	if len(ids) > most {
		return nil, fmt.Sprintf("no more than %d can be chosen", most)
	}
	for _, o := range c.Options {
		if o.Selected != wanted[o.ID] && off[o.ID] {
			return nil, "the option is disabled"
		}
	}
	return ids, ""
}

// offered says why a day cannot be picked; an empty one clears the field.
func offered(c Calendar, day string) (reason string) {
	switch {
	case day == "":
		return ""
	case !isDay(day):
		return "expected a date such as 2026-12-01"
	case !c.offers(day):
		return "the date cannot be picked"
	}
	return ""
}

// enteredRange returns the value of a range: a date that the event leaves out stays, one
// that is missing is empty, and without any the value is absent.
func enteredRange(r *Range, v, old any) (value any, reason string) {
	days := map[string]any{catalog.StartDate: "", catalog.EndDate: ""}
	if old, ok := old.(map[string]any); ok {
		maps.Copy(days, old)
	}
	given, ok := v.(map[string]any)
	if v != nil && !ok {
		return nil, "expected an object with start-date and end-date"
	}
	if v == nil {
		return nil, ""
	}
	for key, day := range given {
		text, ok := day.(string)
		if key != catalog.StartDate && key != catalog.EndDate || day != nil && !ok {
			return nil, "expected an object with start-date and end-date"
		}
		if reason := offered(r.Calendar, text); reason != "" {
			return nil, reason
		}
		days[key] = text
	}
	if days[catalog.StartDate] == "" && days[catalog.EndDate] == "" {
		return nil, ""
	}
	return days, ""
}

// selected stores a value and fires what its change causes. A ChipsSelector fires before it
// stores, so that the payload has the old selection.
func (x *step) selected(c *component, field string, old, value any) {
	if c.Type == typeTextInput || c.Type == typeTextArea {
		x.set(field, value)
		return
	}
	before, after := chosen(old), chosen(value)
	var firings []firing
	switch c.Type {
	case typeCheckboxGroup, typeChipsSelector:
		firings = x.changes(c, without(before, after), without(after, before))
	case typeRadioButtonsGroup, typeDropdown:
		firings = x.switches(c, before, after)
	case typeOptIn:
		trigger := catalog.OnSelect
		if value == nil {
			trigger = catalog.OnUnselect
		}
		firings = x.firings(c, trigger, nil)
	case typeDatePicker, typeCalendarPicker:
		firings = x.firings(c, catalog.OnSelect, nil)
	}
	x.todo = append(x.todo, firings...)
	if c.Type == typeChipsSelector && x.quirks.on(ruleChipsEarly) {
		x.fire()
		if x.failure != nil || !x.open {
			return
		}
	}
	x.set(field, value)
}

// changes returns the actions for options of a group that were taken back and added.
func (x *step) changes(c *component, removed, added []string) []firing {
	var out []firing
	if len(removed) > 0 {
		out = append(out, x.unselect(c, removed)...)
	}
	if len(added) > 0 {
		out = append(out, x.firings(c, catalog.OnSelect, added)...)
	}
	return out
}

// switches returns the actions for another option. on-unselect comes first, where there is
// one; choosing the same option again fires again.
func (x *step) switches(c *component, before, after []string) []firing {
	if len(after) == 0 {
		return x.unselect(c, before)
	}
	var out []firing
	if len(before) > 0 && before[0] != after[0] {
		out = x.firings(c, catalog.OnUnselect, before)
	}
	return append(out, x.firings(c, catalog.OnSelect, after)...)
}

// unselect returns the actions for options that were taken back: on-unselect or, without
// it, on-select; a ChipsSelector has no such fallback.
func (x *step) unselect(c *component, ids []string) []firing {
	out := x.firings(c, catalog.OnUnselect, ids)
	if len(out) == 0 && c.Type != typeChipsSelector {
		out = x.firings(c, catalog.OnSelect, ids)
	}
	return out
}

// without returns the ids of a that are not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(id string) bool { return slices.Contains(b, id) })
}

// size returns about how many bytes a value has.
func size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		n := 0
		for _, item := range v {
			n += size(item)
		}
		return n
	case map[string]any:
		n := 0
		for _, item := range v {
			n += size(item)
		}
		return n
	}
	return 1
}
