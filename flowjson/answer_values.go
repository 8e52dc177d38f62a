package flowjson

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
)

// maxSteps bounds the work on one answer: a value is one step or, if it is a long text,
// several; a fault is some more. An answer of 1 MB on a usual screen needs less.
const (
	maxSteps      = 400_000
	bytesPerStep  = 64
	stepsPerFault = 10
)

// arriving checks what the components of a Flow get from the data of a screen: what
// package lint asks of values in the file is asked of values that arrive.
func (c *answerCheck) arriving(target *Screen, data map[string]any) {
	all := c.flow.arrivals()[target.ID]
	if all == nil {
		return
	}
	for _, bound := range all.components {
		c.component(bound, target, data)
	}
	for _, form := range all.forms {
		c.form(form, data)
	}
}

// idKey is the key of an item without which clients show none of the list.
const idKey = "id"

// arrival checks what arrives at one component.
type arrival struct {
	*answerCheck
	bound  *boundComponent
	place  *place
	hidden bool     // the component is not seen with this data
	path   []string // from the place to the value at hand

	reported map[faultPlace]bool
}

func (c *answerCheck) component(bound *boundComponent, target *Screen, data map[string]any) {
	a := &arrival{answerCheck: c, bound: bound, hidden: bound.sight.hides(target.ID, data)}
	for i := range bound.places {
		a.place = &bound.places[i]
		if value, there := lookUp(data, a.place.path); there {
			a.value(a.place.value, a.place.required, value)
		}
	}
	if bound.component != nil && c.steps > 0 {
		a.together(target, data)
	}
}

// lookUp follows a path of keys into an object, and reports whether it leads somewhere.
func lookUp(object map[string]any, path []string) (value any, there bool) {
	value = object
	for _, key := range path {
		members, _ := value.(map[string]any)
		if value, there = members[key]; !there {
			return nil, false
		}
	}
	return value, true
}

// value checks a value, and those that it consists of.
func (a *arrival) value(v catalog.Value, required bool, value any) {
	if a.steps--; a.steps < 0 {
		return
	}
	text, isText := value.(string)
	if isText {
		a.steps -= len(text) / bytesPerStep
		if catalog.IsReplaced(text, a.version) {
			return // reported by itself
		}
	}
	switch want := a.wanted(v, value); {
	case value == nil:
		a.report(false, "is null, which clients may refuse", "omit the key, or send an empty value")
		return
	case want != "":
		a.report(true, "must be "+want+", got "+expr.WithArticle(typeOf(value)), "send that type")
		return
	case isText && strings.TrimSpace(text) == "" && !a.asksForText(v, required):
		return
	}
	if number, isNumber := value.(float64); isNumber && a.place.asNumber {
		value = expr.ToText(number) // as clients do
	}
	a.fault(catalog.Check(v, value, a.version))
	a.within(v, value)
}

// asksForText reports whether a blank text is a fault. Endpoints send one for what is not
// there, and clients accept it in most places.
func (a *arrival) asksForText(v catalog.Value, required bool) bool {
	switch v := v.(type) {
	case catalog.Text, catalog.Image:
		return required && !a.hidden
	case catalog.Lines:
		return false
	case catalog.Date:
		return !v.Initial
	}
	return true
}

// wanted returns the type that a value should have, with its article; "" if it has it.
func (a *arrival) wanted(v catalog.Value, value any) string {
	got := typeOf(value)
	switch v := v.(type) {
	case catalog.Text, catalog.Date, catalog.Image, catalog.URL, catalog.Word, catalog.Enum:
		if got == TypeString || got == TypeNumber && a.place.asNumber {
			return ""
		}
		return "a string"
	case catalog.Bool:
		return unless(got == TypeBoolean, "true or false")
	case catalog.Number:
		return unless(got == TypeNumber || got == TypeString && a.place.asText, "a number")
	case catalog.List:
		return unless(got == TypeArray, "an array")
	case catalog.Record, catalog.Map, catalog.Click, catalog.Select:
		return unless(got == TypeObject, "an object")
	case catalog.Lines:
		return unless(got == TypeString || got == TypeArray, "a string or an array")
	case catalog.PerKey:
		if got == TypeObject {
			return ""
		}
		return a.wanted(v.Of, value)
	}
	return "" // decided elsewhere
}

func unless(ok bool, want string) string {
	if ok {
		return ""
	}
	return want
}

// within checks the values that a value consists of.
func (a *arrival) within(v catalog.Value, value any) {
	switch v := v.(type) {
	case catalog.List:
		items, _ := value.([]any)
		a.items(v, items)
	case catalog.Record:
		members, _ := value.(map[string]any)
		a.record(v, members)
	case catalog.PerKey:
		members, isObject := value.(map[string]any)
		if !isObject {
			a.value(v.Of, a.place.required, value)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if len(v.Keys) == 0 {
				a.step("*", func() { a.value(v.Of, false, members[key]) })
			} else if slices.Contains(v.Keys, key) {
				a.step(key, func() { a.value(v.Of, a.place.required, members[key]) })
			}
		}
	case catalog.Lines:
		lines, _ := value.([]any)
		for i, line := range lines {
			a.step(strconv.Itoa(i), func() { a.value(catalog.Text{}, false, line) })
		}
	case catalog.Click:
		a.action(v.Actions, value)
	case catalog.Select:
		a.action(v.Actions, value)
	}
}

// step checks something one step further down.
func (a *arrival) step(key string, check func()) {
	a.path = append(a.path, key)
	check()
	a.path = a.path[:len(a.path)-1]
}

func (a *arrival) items(list catalog.List, items []any) {
	withImage := false
	for i, item := range items {
		if a.steps < 0 {
			return
		}
		withImage = withImage || hasImage(item)
		a.step(strconv.Itoa(i), func() { a.value(list.Of, false, item) })
	}
	if len(items) == 0 && a.hidden {
		return // nothing to show in what is not shown
	}
	a.fault(list.CheckCount(len(items), withImage, a.version))
}

// hasImage reports whether an item of a list has an image.
func hasImage(item any) bool {
	members, _ := item.(map[string]any)
	_, has := members["image"]
	return has
}

func (a *arrival) record(r catalog.Record, members map[string]any) {
	left := len(members)
	for i := range r.Properties {
		p := &r.Properties[i]
		if left == 0 && !p.Required {
			continue
		}
		value, given := members[p.Key]
		if given {
			left--
		}
		switch {
		case !a.version.AtLeast(p.Since):
		case given && value == nil && p.Key == idKey:
			a.step(p.Key, func() { a.report(true, "is null, which clients consider empty", "send a text") })
		case given:
			a.step(p.Key, func() { a.value(p.Value, p.Required, value) })
		case p.Required:
			a.step(p.Key, func() { a.report(p.Key == idKey, "is missing", "send it") })
		}
	}
}
