package lint

import (
	"strconv"
	"time"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkRanges checks properties of a component that go together: least and most,
// first and last day, and what a CalendarPicker's mode allows. What data brings
// cannot be checked here.
func checkRanges(f *flowjson.Flow, r *report) {
	for _, s := range f.Screens {
		for c := range s.All() {
			row := c.Row()
			if row == nil {
				continue
			}
			if row.Bounds != nil && row.Bounds.Least != "" {
				checkLimits(r, c, row.Bounds)
			}
			if f.RulesVersion().AtLeast(row.Since) {
				checkMode(r, c, row)
			}
			if row.Days != nil && f.RulesVersion().AtLeast(row.Since) {
				checkDates(f, r, c, row.Days)
			}
		}
	}
}

func checkLimits(r *report, c *flowjson.Component, bounds *catalog.Bounds) {
	at, bound := c.Node.Get(bounds.Least), c.Node.Get(bounds.Most)
	least, hasLeast := numberOf(at)
	most, hasMost := numberOf(bound)
	switch {
	case hasLeast && hasMost && least > most:
		r.at(at, Error, bounds.Code, "%s is greater than %s", bounds.Least, bounds.Most)
	case hasLeast && bound == nil && bounds.Of == catalog.Characters && least > float64(bounds.Default):
		r.at(at, Warning, bounds.Code, "%s is greater than the %d characters that the input accepts: give it a %s",
			bounds.Least, bounds.Default, bounds.Most)
	}
}

// numberOf returns a number, also one that is written as a string, as Meta's page has
// it for characters.
func numberOf(n *jsontree.Node) (float64, bool) {
	if !n.Is(jsontree.Number) && !n.Is(jsontree.String) {
		return 0, false
	}
	value, err := strconv.ParseFloat(n.Text, 64)
	return value, err == nil
}

// checkMode checks what depends on the mode of a component whose value is one day or a
// range of days. (Meta names the codes and not what each is for: this is how their names
// read.)
func checkMode(r *report, c *flowjson.Component, row *catalog.Component) {
	mode := c.Node.Get("mode")
	single := mode == nil || mode.Str() == "single"
	if !single && mode.Str() != "range" {
		return
	}
	for i := range row.Properties {
		p := &row.Properties[i]
		n := c.Node.Get(p.Key)
		if p.Mode == "range" && single && n != nil {
			r.onKey(n, Error, "UNEXPECTED_CALENDAR_PICKER_RANGE_MODE_PROP", "%s is for mode \"range\" only", p.Key)
		}
		each, ok := p.Value.(catalog.PerKey)
		if !ok || len(each.Keys) == 0 {
			continue
		}
		values := []*jsontree.Node{n}
		if p.Key == "init-value" {
			values = append(values, formValue(c, formKeys[p.Key]))
		}
		for _, n := range values {
			if single {
				checkOneDay(r, p.Key, n)
			} else {
				checkBothDays(r, p.Key, n)
			}
		}
	}
}

func checkBothDays(r *report, property string, n *jsontree.Node) {
	switch {
	case n == nil || n.Kind == jsontree.Null || isBinding(n):
		return
	case n.Kind != jsontree.Object:
		r.at(n, Error, "INVALID_TYPE", "in mode \"range\", %s is an object with %s and %s", property, catalog.StartDate, catalog.EndDate)
		return
	}
	for _, child := range n.Children {
		if child.Key != catalog.StartDate && child.Key != catalog.EndDate {
			r.onKey(child, Error, "INVALID_PROPERTY_NAME_FOR_CONDITION",
				"in mode \"range\", %s has the keys %s and %s only", property, catalog.StartDate, catalog.EndDate)
		}
	}
	if property != "label" {
		return // for the others one of the two may be enough
	}
	for _, key := range []string{catalog.StartDate, catalog.EndDate} {
		if n.Get(key) == nil {
			r.at(n, Error, "MISSING_CALENDAR_PICKER_RANGE_MODE_PROP", "in mode \"range\", label needs %s too", key)
		}
	}
}

func checkOneDay(r *report, property string, n *jsontree.Node) {
	switch {
	case n == nil || isBinding(n):
	case property == "init-value" && (n.Kind == jsontree.Object || n.Kind == jsontree.String && !isDay(n.Text)):
		r.at(n, Error, "INVALID_DATE_SINGLE_INIT_VALUE_FORMAT", "in mode \"single\", init-value is one day, for example \"2026-11-30\"")
	case n.Kind == jsontree.Object:
		r.at(n, Error, "INVALID_TYPE", "%s is an object in mode \"range\" only", property)
	}
}

// formValue returns what the component's Form gives it in a property.
func formValue(c *flowjson.Component, property string) *jsontree.Node {
	if form := c.InForm(); form != nil && c.Name != "" {
		return form.Node.Get(property).Get(c.Name)
	}
	return nil
}

// checkDates requires the first day before the last, and all others between them.
func checkDates(f *flowjson.Flow, r *report, c *flowjson.Component, days *catalog.Days) {
	const code = "INVALID_DATE_RANGE"
	first, hasFirst := date(f, c.Node.Get(days.First))
	last, hasLast := date(f, c.Node.Get(days.Last))
	if hasFirst && hasLast && first > last {
		r.at(c.Node.Get(days.First), Error, code, "%s is after %s", days.First, days.Last)
		return
	}
	between := func(n *jsontree.Node) {
		day, ok := date(f, n)
		if ok && (hasFirst && day < first || hasLast && day > last) {
			r.at(n, Error, code, "this day is not between %s and %s", days.First, days.Last)
		}
	}
	for _, n := range c.Node.Get(days.Unavailable).Items() {
		between(n)
	}
	for _, n := range []*jsontree.Node{c.Node.Get("init-value"), formValue(c, "init-values")} {
		between(n)
		between(n.Get(catalog.StartDate))
		between(n.Get(catalog.EndDate))
		start, hasStart := date(f, n.Get(catalog.StartDate))
		end, hasEnd := date(f, n.Get(catalog.EndDate))
		if hasStart && hasEnd && start > end {
			r.at(n, Error, code, "%s is after %s", catalog.StartDate, catalog.EndDate)
		}
	}
}

// date returns a date as a number that grows with time: from 5.0 on, dates are
// written as days, before as milliseconds.
func date(f *flowjson.Flow, n *jsontree.Node) (int64, bool) {
	if !n.Is(jsontree.String) {
		return 0, false
	}
	if f.RulesVersion().AtLeast(catalog.DaysSince) {
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
