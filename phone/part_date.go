package phone

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// The days that a DatePicker offers without min-date and max-date (Meta, "Components",
// 2026-04-14).
const (
	firstDay = "1900-01-01"
	lastDay  = "2100-12-31"
)

// date draws a DatePicker.
func (i *item) date() *Date {
	value, has := i.stored()
	return &Date{Common: i.common(value, has), Value: i.day(value), Calendar: i.calendar(firstDay, lastDay)}
}

// calendar returns the days that can be picked; first and last count where the Flow JSON
// says nothing, or nothing that can be read.
func (i *item) calendar(first, last string) Calendar {
	c := Calendar{Min: first, Max: last, Unavailable: i.days("unavailable-dates"), Today: i.now.Format(time.DateOnly)}
	if v, ok := i.get("min-date"); ok && i.day(v) != "" {
		c.Min = i.day(v)
	}
	if v, ok := i.get("max-date"); ok && i.day(v) != "" {
		c.Max = i.day(v)
	}
	for _, v := range i.list("include-days") {
		if text, ok := v.(string); ok {
			c.Weekdays = append(c.Weekdays, text)
		}
	}
	return c
}

// offers reports whether a day can be picked.
func (c Calendar) offers(day string) bool {
	return day >= c.Min && day <= c.Max && !slices.Contains(c.Unavailable, day) && c.hasWeekday(day)
}

func (c Calendar) hasWeekday(day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	return err == nil && (len(c.Weekdays) == 0 || slices.Contains(c.Weekdays, t.Weekday().String()[:3]))
}

// days returns a list of days.
func (i *item) days(key string) []string {
	var days []string
	for _, v := range i.list(key) {
		if day := i.day(v); day != "" {
			days = append(days, day)
		}
	}
	return days
}

// day returns a date of the Flow JSON, or of the store, as YYYY-MM-DD; empty if it is none.
func (i *item) day(v any) string { return dayOf(v, i.plan.version) }

// dayOf returns a date as YYYY-MM-DD: before version 5.0 it is in milliseconds since 1970.
func dayOf(v any, version catalog.Version) string {
	if version.AtLeast(catalog.DaysSince) {
		text, _ := v.(string)
		if !isDay(text) {
			return ""
		}
		return text
	}
	n, ok := asNumber(v)
	if !ok {
		return ""
	}
	return time.UnixMilli(int64(n)).UTC().Format(time.DateOnly)
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// storedDay returns a day as the store has it.
func storedDay(day string, version catalog.Version) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || version.AtLeast(catalog.DaysSince) {
		return day
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// calendarPicker draws a CalendarPicker, for one day or for two.
func (i *item) calendarPicker() (*Date, *Range) {
	value, _ := i.stored()
	calendar := i.calendar(strconv.Itoa(i.now.Year()-100)+"-01-01", strconv.Itoa(i.now.Year()+5)+"-12-31")
	if i.string("mode") != "range" {
		text, _ := value.(string)
		c := i.dayCommon("")
		server, _ := i.state.form.errors[i.Name].(string)
		i.judge(&c, i.invalidDay(text, c.Required, calendar), server)
		return &Date{Common: c, Value: text, Calendar: calendar}, nil
	}
	days, _ := value.(map[string]any)
	r := &Range{
		Name: i.Name, Title: i.string("title"), Description: i.string("description"), Calendar: calendar,
		MinDays: i.count("min-days", 0), MaxDays: i.count("max-days", 0), Rev: i.state.form.revs[i.Name],
		Start: i.rangeDay(days, catalog.StartDate, calendar), End: i.rangeDay(days, catalog.EndDate, calendar),
	}
	start := i.invalidDay(r.Start.Value, r.Start.Required, calendar)
	if start == "" {
		start = r.invalidSpan()
	}
	end := i.invalidDay(r.End.Value, r.End.Required, calendar)
	if start == "" && i.quirks.on(ruleRangeEnd) {
		end = "" // the client looks at the first entry only
	}
	server, _ := i.state.form.errors[i.Name].(map[string]any)
	text := func(key string) string {
		s, _ := server[key].(string)
		return s
	}
	i.judge(&r.Start.Common, start, text(catalog.StartDate))
	i.judge(&r.End.Common, end, text(catalog.EndDate))
	return nil, r
}

// dayCommon returns what one of the days of a CalendarPicker has; key is empty in mode
// single.
func (i *item) dayCommon(key string) Common {
	label, required, help := i.perDay("label", key), i.perDay("required", key), i.perDay("helper-text", key)
	c := Common{
		Name: i.Name, Enabled: i.flag("enabled", true), Focused: i.state.form.focus == i.Name, Rev: i.state.form.revs[i.Name],
		Required: required == true,
	}
	c.Label, _ = label.(string)
	c.LabelCut = cut(c.Label, dayLabelLimit)
	c.Help, _ = help.(string)
	return c
}

// dayLabelLimit is the number of characters that clients show of the label of a day (Meta,
// "Components", 2026-04-14).
const dayLabelLimit = 40

// perDay returns a property that has a value for each of two days.
func (i *item) perDay(property, key string) any {
	v, _ := i.get(property)
	if object, ok := v.(map[string]any); ok && key != "" {
		return object[key]
	}
	return v
}

func (i *item) rangeDay(days map[string]any, key string, calendar Calendar) Date {
	d := Date{Common: i.dayCommon(key), Calendar: calendar}
	d.Value, _ = days[key].(string)
	return d
}

// invalidDay checks one day of a CalendarPicker.
func (i *item) invalidDay(day string, required bool, c Calendar) string {
	switch {
	case day == "" && required:
		return requiredText(i.Type)
	case day == "":
		return ""
	case day < c.Min:
		return "Choose " + c.Min + " or a later date"
	case day > c.Max:
		return "Choose " + c.Max + " or an earlier date"
	case slices.Contains(c.Unavailable, day):
		return textUnavailable
	case !c.hasWeekday(day):
		return "Choose one of " + strings.Join(c.Weekdays, ", ")
	}
	return ""
}

// invalidSpan checks the days between the two dates, once both are there.
func (r *Range) invalidSpan() string {
	start, err1 := time.Parse(time.DateOnly, r.Start.Value)
	end, err2 := time.Parse(time.DateOnly, r.End.Value)
	if err1 != nil || err2 != nil {
		return ""
	}
	days := int(end.Sub(start).Hours() / 24)
	switch {
	case days < 0:
		return "The end must not be before the start"
	case r.MinDays > 0 && days < r.MinDays:
		return "Choose at least " + plural(r.MinDays, "day")
	case r.MaxDays > 0 && days > r.MaxDays:
		return "Choose at most " + plural(r.MaxDays, "day")
	}
	return ""
}
