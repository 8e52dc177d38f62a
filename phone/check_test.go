package phone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/phone"
)

// onScreen returns a phone that shows a screen with these components and a footer.
func onScreen(tb testing.TB, version, components string, change ...func(*phone.Config)) *play {
	tb.Helper()
	return open(tb, flowOf(version, "", components+", "+ask, "", ""), answers(`200 {"screen":"A","data":{}}`), change...)
}

// why says what keeps the footer off; empty if it is on.
func (p *play) why() string { return strings.Join(p.View().Footer.Why, "; ") }

func TestTextInputs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ properties, typed, why string }{
		{`"required": true`, "", "Fill in this field"},
		{`"required": true`, "   ", "Fill in this field"},
		{`"required": false`, "", ""},
		{`"min-chars": 3`, "ab", "Enter at least 3 characters"},
		{`"min-chars": 3`, " ab ", "Enter at least 3 characters"},
		{`"min-chars": "3"`, "ab", "Enter at least 3 characters"},
		{`"min-chars": 3`, "", ""},
		{`"max-chars": 3`, "abcd", "Enter at most 3 characters"},
		{`"max-chars": 3`, "äöü", ""},
		{`"input-type": "text"`, strings.Repeat("x", 81), "Enter at most 80 characters"},
		{`"input-type": "email"`, "ada", "Enter a valid email address"},
		{`"input-type": "email"`, " ada@example.com ", ""},
		{`"input-type": "passcode"`, "12a", "Enter digits only"},
		{`"input-type": "passcode"`, "0123", ""},
		{`"input-type": "phone"`, "+44 (20) 7946-0000", ""},
		{`"input-type": "phone"`, "call me", "Enter a valid phone number"},
		{`"input-type": "number"`, "-1,234.5", ""},
		{`"input-type": "number"`, "3,14", ""},
		{`"input-type": "number"`, "1e3", ""},
		{`"input-type": "number"`, ".5", ""},
		{`"input-type": "number"`, "1.2.3", "Enter a valid number"},
		{`"input-type": "number"`, "-", "Enter a valid number"},
		{`"input-type": "number"`, "e5", "Enter a valid number"},
		{`"input-type": "number", "min-chars": 3`, "x", "Enter at least 3 characters"},
		{`"input-type": "text", "pattern": "[0-9]"`, "room 5", ""},
		{`"input-type": "text", "pattern": "^[0-9]$"`, "room 5", "Enter it in the format shown"},
		{`"input-type": "text", "pattern": "^[0-9]$"`, " 5 ", ""},
		{`"input-type": "text", "pattern": "^(?=.*[A-Z])(?=.*\\d).{4,}$"`, "Abc1", ""},
		{`"input-type": "text", "pattern": "^(?=.*[A-Z])(?=.*\\d).{4,}$"`, "abc1", "Enter it in the format shown"},
		{`"pattern": "^[0-9]$"`, "x", ""}, // the type is not given
		{`"input-type": "email", "pattern": "^x"`, "a@b.c", ""},
		{`"input-type": "text", "pattern": "("`, "x", ""},
		{`"input-type": "text", "pattern": "(?i)^yes$"`, "no", ""}, // not JavaScript, so ignored as well
		{`"input-type": "text", "pattern": "(?>a+)b"`, "no", ""},
		{`"input-type": "text", "pattern": "^..$"`, "😀", ""}, // two units of UTF-16
		{`"input-type": "text", "pattern": "^.$"`, "😀", "Enter it in the format shown"},
		{`"input-type": "text", "pattern": "^[😀👍]{4}$"`, "👍😀", ""},
		{`"input-type": "text", "pattern": "^[^\\uD800-\\uDFFF]+$"`, "ok 👍", "Enter it in the format shown"},
		{`"input-type": "text", "pattern": "^[^\\uD800-\\uDFFF]+$"`, "zażółć مرحبا", ""},
		{`"input-type": "number", "pattern": "^5"`, "x", "Enter a valid number"},
		{`"input-type": "text", "pattern": "^(a+)+$"`, strings.Repeat("a", 60) + "!", ""}, // takes too long
	} {
		t.Run(test.properties+" "+test.typed[:min(len(test.typed), 20)], func(t *testing.T) {
			t.Parallel()
			p := onScreen(t, "7.0", `{"type": "TextInput", "name": "f", "label": "F", `+test.properties+`}`)
			if test.typed != "" {
				p.fill("f", test.typed)
			}
			want := test.why
			if want != "" {
				want = "f: " + want
			}
			if got := p.why(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A pattern is tested on a field that was emptied, and not on one that was never touched.
func TestPatternOfEmptiedField(t *testing.T) {
	t.Parallel()
	p := onScreen(t, "7.0", `{"type": "TextInput", "name": "f", "label": "F", "input-type": "text", "pattern": "x"}`)
	if p.why() != "" {
		t.Errorf("untouched: %s", p.why())
	}
	p.fill("f", "x")
	p.fill("f", "")
	if p.why() == "" {
		t.Error("emptied: no error")
	}
}

// A pattern that backtracks without end blocks nothing, and is named. Other inputs are
// tested as ever.
func TestSlowPattern(t *testing.T) {
	t.Parallel()
	p := onScreen(t, "7.0", `{"type": "TextInput", "name": "f", "label": "F", "input-type": "text", "pattern": "^(a+)+$"},
		{"type": "TextInput", "name": "g", "label": "G", "input-type": "text", "pattern": "^(b+)+$"}`)
	for n := range 3 {
		p.fill("f", strings.Repeat("a", 40+n)+"!")
		if got := codes(p.View().Parts[0].Findings); got != "PATTERN_SLOW" {
			t.Errorf("got findings %q", got)
		}
	}
	p.fill("g", "a")
	if got := p.why(); got != "g: Enter it in the format shown" {
		t.Errorf("the other input: got %q", got)
	}
	p.fill("f", "aaa")
	if got := codes(p.View().Parts[0].Findings); got != "" {
		t.Errorf("after a text that is tested soon: %q", got)
	}
}

func codes(findings []phone.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func TestTextArea(t *testing.T) {
	t.Parallel()
	p := onScreen(t, "7.0", `{"type": "TextArea", "name": "f", "label": "F", "max-length": 5}`)
	p.fill("f", "a\nb")
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "f", Value: "abcdef"}); reason != "typing stops at 5 characters" {
		t.Error(reason)
	}
	p = onScreen(t, "7.0", `{"type": "TextInput", "name": "f", "label": "F"}`)
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "f", Value: "a\nb"}); reason != "the field has a single line" {
		t.Error(reason)
	}
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "f", Value: strings.Repeat("x", 65<<10)}); !strings.Contains(reason, "64 KiB") {
		t.Error(reason)
	}
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "g", Value: "x"}); reason != "the screen shows no field g" {
		t.Error(reason)
	}
}

// A required input that is disabled and empty blocks the footer for ever.
func TestDisabledRequired(t *testing.T) {
	t.Parallel()
	p := onScreen(t, "7.0", `{"type": "TextInput", "name": "f", "label": "F", "required": true, "enabled": false}`)
	if p.why() == "" {
		t.Error("the footer is on")
	}
	if found := p.View().Parts[0].Findings; len(found) != 1 || found[0].Code != "FOOTER_BLOCKED" {
		t.Errorf("findings %+v", found)
	}
}

const abc = `"data-source": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}, {"id": "c", "title": "C", "enabled": false}]`

func group(name, componentType, properties string) string {
	if properties != "" {
		properties = ", " + properties
	}
	return fmt.Sprintf(`{"type": %q, "name": %q, "label": "L", %s%s}`, componentType, name, abc, properties)
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		componentType, properties string
		fill                      any
		reason, why               string
	}{
		{"CheckboxGroup", `"required": true`, []any{}, "", "Choose an option"},
		{"CheckboxGroup", `"min-selected-items": 2`, []any{"a"}, "", "Choose at least 2"},
		{"CheckboxGroup", `"min-selected-items": 2`, []any{"a", "b"}, "", ""},
		{"CheckboxGroup", `"min-selected-items": 2, "enabled": false`, nil, "the field is disabled", ""},
		{"CheckboxGroup", `"max-selected-items": 1`, []string{"a", "b"}, "no more than 1 can be chosen", ""},
		{"CheckboxGroup", ``, []any{"c"}, "the option is disabled", ""},
		{"CheckboxGroup", ``, []any{"z"}, "there is no such option", ""},
		{"CheckboxGroup", ``, []any{"a", "a"}, "expected a list of ids, each once", ""},
		{"CheckboxGroup", ``, "a", "expected a list of ids", ""},
		{"ChipsSelector", `"max-selected-items": 1`, []any{"a", "b"}, "no more than 1 can be chosen", ""},
		{"ChipsSelector", `"min-selected-items": 2`, []any{"a"}, "", "Choose at least 2"},
		{"RadioButtonsGroup", `"required": true`, "a", "", ""},
		{"RadioButtonsGroup", `"required": true`, "", "a choice that is required cannot be taken back", "Choose an option"},
		{"RadioButtonsGroup", ``, "c", "the option is disabled", ""},
		{"RadioButtonsGroup", ``, 5.0, "expected the id of an option", ""},
		{"Dropdown", `"required": true`, "b", "", ""},
		{"Dropdown", ``, "", "there is nothing to clear", ""},
		{"Dropdown", ``, "z", "there is no such option", ""},
	} {
		t.Run(fmt.Sprint(test.componentType, test.properties, test.fill), func(t *testing.T) {
			t.Parallel()
			p := onScreen(t, "7.0", group("g", test.componentType, test.properties))
			event := phone.Event{Type: phone.EventInput, Field: "g", Value: test.fill}
			if test.reason != "" {
				if reason := p.cannot(event); reason != test.reason {
					t.Errorf("got %q, want %q", reason, test.reason)
				}
			} else {
				p.do(event)
			}
			want := test.why
			if want != "" {
				want = "g: " + want
			}
			if got := p.why(); got != want {
				t.Errorf("footer is off because %q, want %q", got, want)
			}
		})
	}
}

// Whether the number of chips counts is a switch; that of a CheckboxGroup always counts.
func TestChipsCounts(t *testing.T) {
	t.Parallel()
	for kind, wants := range map[string]map[bool]string{
		"ChipsSelector": {true: "g: Choose at least 2", false: ""},
		"CheckboxGroup": {true: "g: Choose at least 2", false: "g: Choose at least 2"},
	} {
		for counts, want := range wants {
			p := onScreen(t, "7.0", group("g", kind, `"min-selected-items": 2`), func(c *phone.Config) {
				c.Quirks = map[string]bool{"chips-counts": counts}
			})
			if got := p.why(); got != want {
				t.Errorf("%s, chips-counts %v: got %q, want %q", kind, counts, got, want)
			}
		}
	}
}

// At the maximum, the other options are disabled; one can still be replaced by another.
func TestMaximumDisables(t *testing.T) {
	t.Parallel()
	p := onScreen(t, "7.0", group("g", "CheckboxGroup", `"max-selected-items": 1`))
	p.fill("g", []any{"a"})
	options := p.View().Parts[0].Choice.Options
	if !options[0].Enabled || options[1].Enabled {
		t.Errorf("options %+v", options)
	}
	p.fill("g", []any{"b"})
	if options := p.View().Parts[0].Choice.Options; options[0].Selected || !options[1].Selected {
		t.Errorf("options %+v", options)
	}
}

func TestEmptied(t *testing.T) {
	t.Parallel()
	end := answers(`200 {"screen":"A","data":{}}`, done)
	payload := `{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {
		"c": "${form.c}", "r": "${form.r}", "d": "${form.d}", "o": "${form.o}", "day": "${form.day}", "cal": "${form.cal}"}}}`
	components := group("c", "CheckboxGroup", "") + "," + group("r", "RadioButtonsGroup", "") + "," + group("d", "Dropdown", "") + `,
		{"type": "OptIn", "name": "o", "label": "O"}, {"type": "DatePicker", "name": "day", "label": "D"},
		{"type": "CalendarPicker", "mode": "range", "name": "cal", "label": {"start-date": "S", "end-date": "E"}}, ` + payload
	p := open(t, flowOf("7.0", "", components, "", ""), end)
	p.fill("c", []any{"a"})
	p.fill("c", []any{})
	p.fill("r", "a")
	p.fill("r", nil)
	p.fill("d", "a")
	p.fill("d", "")
	p.fill("o", true)
	p.fill("o", false)
	p.fill("day", "2026-12-24")
	p.fill("day", nil)
	p.fill("cal", map[string]any{"start-date": "2026-12-24"})
	p.fill("cal", map[string]any{"start-date": ""})
	p.next()
	if got := end.last(); !strings.Contains(got, `"data":{"c":[],"d":"","day":""}`) {
		t.Errorf("asked %s", got)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	const picker = `{"type": "DatePicker", "name": "d", "label": "D", "min-date": "2026-12-01", "max-date": "2026-12-31", "unavailable-dates": ["2026-12-25"]}`
	for day, possible := range map[string]bool{"2026-12-24": true, "2026-12-25": false, "2026-11-30": false, "2027-01-01": false, "24.12.2026": false, "": true} {
		p := onScreen(t, "7.0", picker)
		err := p.Do(t.Context(), phone.Event{Type: phone.EventInput, Field: "d", Value: day})
		if (err == nil) != possible {
			t.Errorf("%s: %v", day, err)
		}
	}
}

// Before version 5.0, dates are milliseconds.
func TestDatesOld(t *testing.T) {
	t.Parallel()
	end := answers(`200 {"screen":"A","data":{}}`, done)
	p := open(t, flowOf("4.0", "", `{"type": "DatePicker", "name": "d", "label": "D", "min-date": "1764547200000", "init-value": "1764633600000"},
		{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {"d": "${form.d}"}}}`, "", ""), end)
	if d := p.View().Parts[0].Date; d.Value != "2025-12-02" || d.Calendar.Min != "2025-12-01" {
		t.Errorf("date %+v", d)
	}
	p.fill("d", "2025-12-03")
	p.next()
	if !strings.Contains(end.last(), `{"d":"1764720000000"}`) {
		t.Errorf("asked %s", end.last())
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	const picker = `{"type": "CalendarPicker", "name": "r", "mode": "range", "label": {"start-date": "From", "end-date": "To"},
		"required": {"start-date": true, "end-date": true}, "min-days": 2, "max-days": 4, "include-days": ["Mon", "Tue", "Wed", "Thu", "Fri"]}`
	for _, test := range []struct{ start, end, why string }{
		{"", "", "Choose a date"},
		{"2026-12-07", "", ""}, // an error of the end alone does not count
		{"2026-12-07", "2026-12-08", "Choose at least 2 days"},
		{"2026-12-07", "2026-12-09", ""},
		{"2026-12-07", "2026-12-14", "Choose at most 4 days"},
		{"2026-12-09", "2026-12-07", "The end must not be before the start"},
	} {
		p := onScreen(t, "7.0", picker)
		if test.start != "" {
			p.fill("r", map[string]any{"start-date": test.start, "end-date": test.end})
		}
		want := test.why
		if want != "" {
			want = "r: " + want
		}
		if got, _, _ := strings.Cut(p.why(), "; "); got != want {
			t.Errorf("%s to %s: got %q, want %q", test.start, test.end, p.why(), want)
		}
	}
	p := onScreen(t, "7.0", picker)
	sunday := map[string]any{"start-date": "2026-12-06"}
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "r", Value: sunday}); reason != "the date cannot be picked" {
		t.Errorf("a Sunday: %s", reason)
	}
	p = onScreen(t, "7.0", picker, func(c *phone.Config) { c.Quirks = map[string]bool{"range-end-not-checked": false} })
	p.fill("r", map[string]any{"start-date": "2026-12-07"})
	if p.why() != "r: Choose a date" {
		t.Errorf("with the other reading: %q", p.why())
	}
}

// Options that arrive without the chosen one clear the value, and its error shows at once.
func TestOptionsClear(t *testing.T) {
	t.Parallel()
	const model = `"o": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}, "__example__": []}`
	one := func(id string) string { return `{"id":"` + id + `","title":"T"}` }
	for _, test := range []struct {
		componentType, later string
		fill, left           any
	}{
		{"Dropdown", one("b"), "a", ""},
		{"Dropdown", one("a"), "a", "a"},
		{"Dropdown", "", "a", "a"},
		{"RadioButtonsGroup", one("b"), "a", ""},
		{"CheckboxGroup", one("b") + "," + one("c"), []any{"a", "b"}, []any{}},
		{"ChipsSelector", one("b") + "," + one("c"), []any{"a", "b"}, []any{}},
	} {
		components := `{"type": "` + test.componentType + `", "name": "g", "label": "L", "required": true, "data-source": "${data.o}"}, ` + ask
		p := open(t, flowOf("7.0", model, components, "", ""), answers(answerA(`"o":[`+one("a")+","+one("b")+`]`), answerA(`"o":[`+test.later+`]`)))
		p.fill("g", test.fill)
		p.next()
		if got := p.Inspect().Screens["A"].Form["g"]; fmt.Sprint(got) != fmt.Sprint(test.left) {
			t.Errorf("%s with %s: left %v", test.componentType, test.later, got)
		}
		blocked := fmt.Sprint(test.left) != fmt.Sprint(test.fill) || test.later == ""
		if v := p.View(); v.Footer.Enabled == blocked || blocked && p.field("g").Error == "" {
			t.Errorf("%s with %s: footer %+v, error %q", test.componentType, test.later, v.Footer, p.field("g").Error)
		}
	}
}

func TestFooterOfNavigate(t *testing.T) {
	t.Parallel()
	to := strings.Replace(goToB, `"payload": {}`, `"payload": {"x": "${data.x}"}`, 1)
	source := flowOf("7.0", `"x": {"type": "string", "__example__": ""}`, to, `"x": {"type": "string", "__example__": ""}`, ask)
	p := open(t, source, answers(answerA("")))
	if p.why() != "the footer itself: its payload has no value for x" {
		t.Errorf("why: %q", p.why())
	}
	p = open(t, source, answers(answerA("")), func(c *phone.Config) { c.Quirks = map[string]bool{"navigate-needs-payload": false} })
	if p.why() != "" {
		t.Errorf("with the client's reading: %q", p.why())
	}
}
