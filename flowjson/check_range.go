package flowjson

import (
	"strconv"
	"time"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// leastAndMost are properties of which one cannot be greater than the other. Meta's code
// for days is another one.
var leastAndMost = map[string]struct{ least, most, code string }{
	"TextInput":      {"min-chars", "max-chars", "MIN_VALUE_GREATER_THAN_MAX"},
	"CheckboxGroup":  {"min-selected-items", "max-selected-items", "MIN_VALUE_GREATER_THAN_MAX"},
	"ChipsSelector":  {"min-selected-items", "max-selected-items", "MIN_VALUE_GREATER_THAN_MAX"},
	"PhotoPicker":    {"min-uploaded-photos", "max-uploaded-photos", "MIN_VALUE_GREATER_THAN_MAX"},
	"DocumentPicker": {"min-uploaded-documents", "max-uploaded-documents", "MIN_VALUE_GREATER_THAN_MAX"},
	"CalendarPicker": {"min-days", "max-days", "INVALID_MIN_MAX_DAYS"},
}

// defaultMaxChars is how much a TextInput takes that does not say (Meta, page
// "Components", 2026-04-14).
const defaultMaxChars = 80

// checkRanges checks properties of a component that go together: least and most,
// first and last day, and what a CalendarPicker's mode allows. What data brings
// cannot be checked here.
func checkRanges(f *Flow, r *report) {
	for _, s := range f.Screens {
		for c := range s.All() {
			checkLimits(r, c)
			switch {
			case c.Type == "CalendarPicker" && f.since(6, 1):
				checkMode(r, c)
				checkDates(f, r, c)
			case c.Type == "DatePicker":
				checkDates(f, r, c)
			}
		}
	}
}

func checkLimits(r *report, c *Component) {
	limit, ok := leastAndMost[c.Type]
	if !ok {
		return
	}
	at := c.Node.Get(limit.least)
	least, hasLeast := numberOf(at)
	most, hasMost := numberOf(c.Node.Get(limit.most))
	switch {
	case hasLeast && hasMost && least > most:
		r.at(at, Error, limit.code, "%s is greater than %s", limit.least, limit.most)
	case hasLeast && least > defaultMaxChars && c.Type == "TextInput" && c.Node.Get(limit.most) == nil:
		r.at(at, Warning, limit.code, "%s is greater than the %d characters that the input takes: give it a %s", limit.least, defaultMaxChars, limit.most)
	}
}

// numberOf returns a number, also one that is written as a string, as Meta's page has
// it for characters.
func numberOf(n *Node) (float64, bool) {
	if !n.Is(jsontree.Number) && !n.Is(jsontree.String) {
		return 0, false
	}
	value, err := strconv.ParseFloat(n.Text, 64)
	return value, err == nil
}

// perDay are the properties of a CalendarPicker that hold one value in mode "single"
// and one for each of the two days in mode "range".
var perDay = []string{"label", "helper-text", "required", "init-value", "error-message"}

// rangeOnly are the properties that it has in mode "range" only.
var rangeOnly = []string{"title", "description", "min-days", "max-days"}

const (
	startDate = "start-date"
	endDate   = "end-date"
)

// checkMode checks what depends on a CalendarPicker's mode. (Meta names the codes
// and not what each is for: this is how their names read.)
func checkMode(r *report, c *Component) {
	switch mode := c.Node.Get("mode"); {
	case mode.Str() == "range":
		for _, property := range perDay {
			checkBothDays(r, property, c.Node.Get(property))
		}
		checkBothDays(r, "init-value", formValue(c, "init-values"))
	case mode == nil || mode.Str() == "single":
		for _, property := range rangeOnly {
			if n := c.Node.Get(property); n != nil {
				r.onKey(n, Error, "UNEXPECTED_CALENDAR_PICKER_RANGE_MODE_PROP", "%s is for mode \"range\" only", property)
			}
		}
		for _, property := range perDay {
			checkOneDay(r, property, c.Node.Get(property))
		}
		checkOneDay(r, "init-value", formValue(c, "init-values"))
	}
}

func checkBothDays(r *report, property string, n *Node) {
	switch {
	case n == nil || n.Kind == jsontree.Null || isBinding(n):
		return
	case n.Kind != jsontree.Object:
		r.at(n, Error, "INVALID_TYPE", "in mode \"range\", %s is an object with %s and %s", property, startDate, endDate)
		return
	}
	for _, child := range n.Children {
		if child.Key != startDate && child.Key != endDate {
			r.onKey(child, Error, "INVALID_PROPERTY_NAME_FOR_CONDITION", "in mode \"range\", %s has the keys %s and %s only", property, startDate, endDate)
		}
	}
	if property != "label" {
		return // for the others one of the two may be enough
	}
	for _, key := range []string{startDate, endDate} {
		if n.Get(key) == nil {
			r.at(n, Error, "MISSING_CALENDAR_PICKER_RANGE_MODE_PROP", "in mode \"range\", label needs %s too", key)
		}
	}
}

func checkOneDay(r *report, property string, n *Node) {
	switch {
	case n == nil || isBinding(n):
	case property == "init-value" && (n.Kind == jsontree.Object || n.Kind == jsontree.String && !isDay(n.Text)):
		r.at(n, Error, "INVALID_DATE_SINGLE_INIT_VALUE_FORMAT", "in mode \"single\", init-value is one day, as in \"2026-11-30\"")
	case n.Kind == jsontree.Object:
		r.at(n, Error, "INVALID_TYPE", "%s is an object in mode \"range\" only", property)
	}
}

// formValue returns what the component's Form gives it in a property.
func formValue(c *Component, property string) *Node {
	if form := c.InForm(); form != nil && c.Name != "" {
		return form.Node.Get(property).Get(c.Name)
	}
	return nil
}

// checkDates wants the first day before the last, and all others between them.
func checkDates(f *Flow, r *report, c *Component) {
	const code = "INVALID_DATE_RANGE"
	first, hasFirst := f.date(c.Node.Get("min-date"))
	last, hasLast := f.date(c.Node.Get("max-date"))
	if hasFirst && hasLast && first > last {
		r.at(c.Node.Get("min-date"), Error, code, "min-date is after max-date")
		return
	}
	between := func(n *Node) {
		day, ok := f.date(n)
		if ok && (hasFirst && day < first || hasLast && day > last) {
			r.at(n, Error, code, "this day is not between min-date and max-date")
		}
	}
	for _, n := range c.Node.Get("unavailable-dates").Items() {
		between(n)
	}
	for _, n := range []*Node{c.Node.Get("init-value"), formValue(c, "init-values")} {
		between(n)
		between(n.Get(startDate))
		between(n.Get(endDate))
		start, hasStart := f.date(n.Get(startDate))
		end, hasEnd := f.date(n.Get(endDate))
		if hasStart && hasEnd && start > end {
			r.at(n, Error, code, "%s is after %s", startDate, endDate)
		}
	}
}

// date returns a date as a number that grows with time: from 5.0 on, dates are
// written as days, before as milliseconds.
func (f *Flow) date(n *Node) (int64, bool) {
	if !n.Is(jsontree.String) {
		return 0, false
	}
	if f.since(5, 0) {
		day, err := time.Parse(time.DateOnly, n.Text)
		return day.Unix(), err == nil
	}
	milliseconds, err := strconv.ParseInt(n.Text, 10, 64)
	return milliseconds, err == nil
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
