package phone_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/phone"
)

// flowOf returns a Flow JSON with the screens A and B, each with a data model and children.
func flowOf(version, dataA, childrenA, dataB, childrenB string) string {
	screen := func(id, data, children string) string {
		if data != "" {
			data = `"data": {` + data + `},`
		}
		return `{"id": "` + id + `", "title": "` + id + `", ` + data + ` "layout": {"type": "SingleColumnLayout", "children": [` + children + `]}}`
	}
	return `{"version": "` + version + `", "data_api_version": "3.0", "routing_model": {"A": ["B"]}, "screens": [` +
		screen("A", dataA, childrenA) + `, ` + screen("B", dataB, childrenB) + `]}`
}

const (
	ask    = `{"type": "Footer", "label": "Ask", "on-click-action": {"name": "data_exchange", "payload": {}}}`
	goToB  = `{"type": "Footer", "label": "Go", "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "B"}, "payload": {}}}`
	anyMap = `"init": {"type": "object", "__example__": {}}, "errors": {"type": "object", "__example__": {}}`
)

// bound is a Form whose values and errors come with the data.
const bound = `{"type": "Form", "name": "f", "init-values": "${data.init}", "error-messages": "${data.errors}", "children": [
	{"type": "TextInput", "name": "one", "label": "One", "input-type": "text"},
	{"type": "TextInput", "name": "two", "label": "Two", "input-type": "text"},
	{"type": "TextInput", "name": "mail", "label": "Mail", "input-type": "email"}, ` + ask + `]}`

func (p *play) text(name string) string {
	p.tb.Helper()
	for _, part := range p.View().Parts {
		if part.Field != nil && part.Field.Name == name {
			return part.Field.Value
		}
	}
	p.tb.Fatalf("no text field %s", name)
	return ""
}

func answerA(data string) string { return `200 {"screen":"A","data":{` + data + `}}` }

func TestInitValues(t *testing.T) {
	t.Parallel()
	source := flowOf("7.0", anyMap, bound, "", "")
	p := open(t, source, answers(
		answerA(`"init":{"one":"x","two":5}`),
		answerA(`"errors":{}`),
		answerA(`"init":{"one":""}`),
	))
	if p.text("one") != "x" || p.text("two") != "5" {
		t.Errorf("at first one is %q, two %q", p.text("one"), p.text("two"))
	}
	p.fill("one", "typed")
	p.next() // leaves the key out: it is resolved from what was merged, and replaces what was typed
	if p.text("one") != "x" {
		t.Errorf("after an answer without the key, one is %q", p.text("one"))
	}
	p.fill("two", "kept")
	p.next()
	if p.text("one") != "" || p.text("two") != "kept" {
		t.Errorf("after another set one is %q, two %q", p.text("one"), p.text("two"))
	}
}

func TestInitValuesStaticAndBack(t *testing.T) {
	t.Parallel()
	fixed := `{"type": "Form", "name": "f", "init-values": {"one": "fixed"}, "children": [
		{"type": "TextInput", "name": "one", "label": "One"}, ` + goToB + `]}`
	p := open(t, flowOf("7.0", "", fixed, "", ask), answers(`200 {"screen":"A","data":{}}`))
	p.fill("one", "typed")
	p.next()
	p.want("B")
	p.do(phone.Event{Type: phone.EventBack})
	if p.text("one") != "typed" {
		t.Errorf("after back one is %q", p.text("one"))
	}
	p.fill("one", "")
	p.next()
	p.do(phone.Event{Type: phone.EventBack})
	if p.text("one") != "" {
		t.Errorf("an emptied field is %q after back", p.text("one"))
	}
}

func TestErrorMessages(t *testing.T) {
	t.Parallel()
	p := open(t, flowOf("7.0", anyMap, bound, "", ""), answers(
		answerA(`"errors":{"one":"No","two":"Nor this"}`),
		answerA(`"init":{}`),
		answerA(`"errors":{"two":"Again"}`),
	))
	for field, want := range map[string]string{"one": "No", "two": "Nor this"} {
		if c := p.field(field); c.Error != want || c.ErrorFrom != "server" {
			t.Errorf("%s: %+v", field, c)
		}
	}
	if f := p.View().Footer; f.Enabled || strings.Join(f.Why, "; ") != "one: No; two: Nor this" {
		t.Errorf("footer %+v", f)
	}
	p.do(phone.Event{Type: phone.EventFocus, Field: "one"})
	if p.field("one").Error != "No" {
		t.Error("a server error shows with the focus, too")
	}
	p.do(phone.Event{Type: phone.EventBlur})
	if p.field("one").Error != "" {
		t.Error("a server error goes when the field is left")
	}
	p.fill("two", "x")
	if !p.View().Footer.Enabled {
		t.Errorf("footer %+v", p.View().Footer)
	}
	p.next() // the answer leaves the key out, and the old errors show again
	if p.field("one").Error != "No" || p.field("two").Error != "Nor this" {
		t.Errorf("one: %q, two: %q", p.field("one").Error, p.field("two").Error)
	}
}

// An empty set of errors does not take away those that show.
func TestErrorMessagesEmpty(t *testing.T) {
	t.Parallel()
	link := `, {"type": "EmbeddedLink", "text": "Again", "on-click-action": {"name": "data_exchange", "payload": {}}}`
	p := open(t, flowOf("7.0", anyMap, bound+link, "", ""), answers(answerA(`"errors":{"one":"No"}`), answerA(`"errors":{}`)))
	p.tap("Again", "")
	if p.field("one").Error != "No" {
		t.Error("an empty set took an error away")
	}
}

// Within If and Switch, a server error neither shows nor blocks.
func TestErrorMessagesNested(t *testing.T) {
	t.Parallel()
	nested := `{"type": "If", "condition": "${data.on} == true", "then": [
		{"type": "TextInput", "name": "one", "label": "One", "error-message": "${data.error}"}]}, ` + ask
	p := open(t, flowOf("7.0", `"on": {"type": "boolean", "__example__": true}, "error": {"type": "string", "__example__": ""}`, nested, "", ""),
		answers(answerA(`"on":true,"error":"No"`)))
	if c := p.field("one"); c.Error != "" || !p.View().Footer.Enabled {
		t.Errorf("one: %+v", c)
	}
	if found := p.View().Parts[0].Findings; len(found) != 1 || found[0].Code != "ERROR_NOT_SHOWN" {
		t.Errorf("findings %+v", found)
	}
}

// A wrong value shows its error at once when the screen is entered, and not when an answer
// brings it to a screen that shows.
func TestPrefilledErrors(t *testing.T) {
	t.Parallel()
	p := open(t, flowOf("7.0", anyMap, bound, "", ""), answers(answerA(`"init":{"mail":"wrong"}`)))
	if p.field("mail").Error == "" {
		t.Error("a wrong value at the start shows no error")
	}
	link := `, {"type": "EmbeddedLink", "text": "Again", "on-click-action": {"name": "data_exchange", "payload": {}}}`
	p = open(t, flowOf("7.0", anyMap, bound+link, "", ""), answers(answerA(`"init":{}`), answerA(`"init":{"mail":"wrong"}`)))
	p.tap("Again", "")
	if c := p.field("mail"); c.Error != "" || p.View().Footer.Enabled {
		t.Errorf("a wrong value in a later answer: %+v, footer %+v", c, p.View().Footer)
	}
}

func TestErrorHidesWithFocus(t *testing.T) {
	t.Parallel()
	p := open(t, flowOf("7.0", anyMap, bound, "", ""), answers(answerA("")))
	p.do(phone.Event{Type: phone.EventInput, Field: "mail", Value: "wrong"})
	if p.field("mail").Error != "" {
		t.Error("an error shows while the user types")
	}
	p.do(phone.Event{Type: phone.EventFocus, Field: "one"})
	if p.field("mail").Error == "" {
		t.Error("no error shows after the focus moved on")
	}
	p.do(phone.Event{Type: phone.EventFocus, Field: "mail"})
	if p.field("mail").Error != "" {
		t.Error("an error shows with the focus")
	}
}

// navigate merges, an absent reference erases, and history goes back and forth.
func TestNavigateMergesAndErases(t *testing.T) {
	t.Parallel()
	const text = `{"type": "TextInput", "name": "one", "label": "One"}, `
	to := strings.Replace(goToB, `"payload": {}`, `"payload": {"x": "${form.one}", "y": "fixed"}`, 1)
	p := open(t, flowOf("7.0", "", text+to, `"x": {"type": "string", "__example__": ""}, "y": {"type": "string", "__example__": ""}`,
		`{"type": "TextBody", "text": "${data.x}"}, `+ask), answers(`200 {"screen":"A","data":{}}`))
	p.fill("one", "hello")
	p.next()
	if got := p.Inspect().Screens["B"].Data; got["x"] != "hello" || got["y"] != "fixed" {
		t.Errorf("data %v", got)
	}
	if h := p.View().History; len(h) != 2 || !p.View().CanGoBack {
		t.Errorf("history %v", h)
	}
	p.do(phone.Event{Type: phone.EventBack})
	p.want("A")
}

func TestUpdateData(t *testing.T) {
	t.Parallel()
	opt := func(payload string) string {
		return `{"type": "OptIn", "name": "ok", "label": "OK", "on-select-action": {"name": "update_data", "payload": ` + payload + `}},
			{"type": "TextBody", "text": "${data.x}"}, ` + ask
	}
	const model = `"x": {"type": "string", "__example__": ""}`
	for _, test := range []struct {
		payload, shows string
		failure        phone.FailureKind
		notice         string
	}{
		{`{"x": "new"}`, "new", "", ""},
		{`{"x": "${form.nothing}"}`, "", "", ""},
		{`{"x": 1}`, "", "component", `data_exchange "" components-validation-error`},
		{`{"z": "new"}`, "", "component", `data_exchange "" components-validation-error`},
		{"{\"x\": \"`'a' + (`\"}", "", "expression", ""},
	} {
		p := open(t, flowOf("7.0", model, opt(test.payload), "", ""), answers(answerA(`"x":"old"`)))
		p.do(phone.Event{Type: phone.EventInput, Field: "ok", Value: true})
		v := p.View()
		kind := phone.FailureKind("")
		if v.Failure != nil {
			kind = v.Failure.Kind
		}
		if kind != test.failure || noticeOf(t, p) != test.notice {
			t.Errorf("%s: failure %+v, notice %q", test.payload, v.Failure, noticeOf(t, p))
		}
		if kind == "" && firstText(v) != test.shows {
			t.Errorf("%s: shows %q", test.payload, firstText(v))
		}
	}
}

func firstText(v phone.View) string {
	for _, part := range v.Parts {
		if part.Text != nil && len(part.Text.Blocks) > 0 {
			return part.Text.Blocks[0].Runs[0].Text
		}
	}
	return ""
}

func TestCompleteAndSummary(t *testing.T) {
	t.Parallel()
	source := `{"version": "7.0", "screens": [{"id": "A", "title": "A", "terminal": true, "success": false, "sensitive": ["two"],
		"layout": {"type": "SingleColumnLayout", "children": [
		{"type": "TextInput", "name": "one", "label": "One"}, {"type": "TextInput", "name": "two", "label": "Two"},
		{"type": "TextInput", "name": "three", "label": "Three"}, {"type": "TextInput", "name": "code", "label": "Code", "input-type": "passcode"},
		{"type": "RadioButtonsGroup", "name": "r", "label": "R", "data-source": [{"id": "1", "title": "One & only"}]},
		{"type": "Footer", "label": "End", "on-click-action": {"name": "complete", "payload": {"one": "${form.one}", "flow_token": "mine"}}}]}}]}`
	p := open(t, source, nil)
	p.fill("one", "<a>")
	p.fill("two", "secret")
	p.fill("code", "1234")
	p.fill("r", "1")
	p.next()
	ended := p.View().Ended
	if ended == nil || ended.Success || string(ended.Params) != `{"flow_token":"token-1","one":"<a>"}` {
		t.Fatalf("ended %+v, params %s", ended, ended.Params)
	}
	got, err := json.Marshal(ended.Summary)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"label":"One","value":"\u003ca\u003e"},{"label":"Two","value":"••••••••••••"},{"label":"R","value":"One \u0026 only"}]`; string(got) != want {
		t.Errorf("summary %s", got)
	}
	if !strings.Contains(string(ended.Webhook), `"response_json":"{\"flow_token\":\"token-1\",\"one\":\"<a>\"}"`) {
		t.Errorf("webhook %s", ended.Webhook)
	}
}

// The reply names a range by its title or, without one, by its days.
func TestSummaryOfRange(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{`"title": "Your stay",`: "Your stay", "": "From – To"} {
		source := `{"version": "7.0", "screens": [{"id": "A", "title": "A", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "CalendarPicker", "name": "r", "mode": "range", ` + title + ` "label": {"start-date": "From", "end-date": "To"}},
			{"type": "Footer", "label": "End", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`
		p := open(t, source, nil)
		p.fill("r", map[string]any{"start-date": "2026-12-05", "end-date": "2026-12-07"})
		p.next()
		if rows := p.View().Ended.Summary; len(rows) != 1 || rows[0].Label != want || rows[0].Value != "2026-12-05 – 2026-12-07" {
			t.Errorf("got %+v, want label %q", rows, want)
		}
	}
}

// What a user has not typed, and a screen that was never shown, leave a text empty. Only the
// data of the screen must be there.
func TestValueMissing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"${data.s}": "VALUE_MISSING TEXT_BLANK", "${form.x}": "TEXT_BLANK", "${screen.B.form.x}": "TEXT_BLANK", "${screen.B.data.x}": "TEXT_BLANK",
	} {
		source := flowOf("7.1", `"s": {"type": "string", "__example__": ""}`, `{"type": "TextBody", "text": "`+text+`"}, `+ask, "", "")
		p := open(t, source, answers(`200 {"screen":"A","data":{}}`))
		if got := codes(p.View().Parts[0].Findings); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// Closing keeps the state of a message for 15 days, without passwords.
func TestResume(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	clock := func(c *phone.Config) { c.Now = func() time.Time { return now } }
	source := flowOf("7.0", "", goToB, "", `{"type": "TextInput", "name": "one", "label": "One"},
		{"type": "TextInput", "name": "word", "label": "Word", "input-type": "password"}, `+ask)
	end := answers(`200 {"screen":"A","data":{}}`, `200 {"screen":"A","data":{}}`)
	p := open(t, source, end, clock)
	p.next()
	p.fill("one", "kept")
	p.fill("word", "secret")
	if reason := p.cannot(phone.Event{Type: phone.EventReopen}); !strings.Contains(reason, "close it first") {
		t.Errorf("reason %q", reason)
	}
	p.do(phone.Event{Type: phone.EventClose})
	if v := p.View(); v.Open || !v.Message.Resumes || !v.Message.Usable {
		t.Errorf("after close: %+v", v.Message)
	}
	p.do(phone.Event{Type: phone.EventReopen})
	p.want("B")
	if p.text("one") != "kept" || p.text("word") != "" || end.count() != 1 || len(p.View().History) != 2 {
		t.Errorf("one %q, word %q, %d requests, history %v", p.text("one"), p.text("word"), end.count(), p.View().History)
	}
	p.do(phone.Event{Type: phone.EventClose})
	now = now.Add(15 * 24 * time.Hour)
	p.do(phone.Event{Type: phone.EventReopen})
	p.want("A")
	if end.count() != 2 {
		t.Errorf("%d requests", end.count())
	}
}

func TestResumeNotAfterError(t *testing.T) {
	t.Parallel()
	end := answers(atA, `200 {"screen":"NOPE","data":{}}`, atA)
	p := open(t, tour, end)
	p.next()
	if reason := p.cannot(phone.Event{Type: phone.EventBack}); !strings.Contains(reason, "only be closed") {
		t.Errorf("reason %q", reason)
	}
	p.do(phone.Event{Type: phone.EventClose})
	if p.View().Message.Resumes {
		t.Error("resumes after an error page")
	}
	p.do(phone.Event{Type: phone.EventReopen})
	p.want("A")
}

// Completing keeps the state by default; the switch has the other reading.
func TestReopenAfterCompletion(t *testing.T) {
	t.Parallel()
	for keeps, requests := range map[bool]int{true: 2, false: 3} {
		end := answers(atA, done, atA)
		p := open(t, tour, end, func(c *phone.Config) { c.Quirks = map[string]bool{"completion-keeps-state": keeps} })
		p.next()
		if p.View().Ended == nil {
			t.Fatal("not ended")
		}
		p.do(phone.Event{Type: phone.EventReopen})
		p.want("A")
		if end.count() != requests {
			t.Errorf("keeps %v: %d requests", keeps, end.count())
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, cfg := range []phone.Config{
		{},
		{Flow: read(t, tour), Ruleset: "other"},
		{Flow: read(t, tour), Quirks: map[string]bool{"nonsense": true}},
		{Flow: read(t, tour), Quirks: map[string]bool{"merge": false}},
	} {
		if _, err := phone.New(cfg); err == nil {
			t.Errorf("New accepts %+v", cfg)
		}
	}
}

// Without an endpoint, examples fill the first screen and no other.
func TestExamples(t *testing.T) {
	t.Parallel()
	p := open(t, tour, nil)
	p.want("A")
	if got := p.Inspect().Screens["A"].Data["n"]; got != 1.0 {
		t.Errorf("n is %v", got)
	}
	if reason := p.cannot(phone.Event{Type: phone.EventTap, At: p.View().Footer.At}); !strings.Contains(reason, "no endpoint") {
		t.Errorf("reason %q", reason)
	}
	if err := p.Open(t.Context(), phone.Message{Screen: "B"}); err != nil {
		t.Fatal(err)
	}
	p.want("B")
	if got := firstText(p.View()); got != "x" {
		t.Errorf("B shows %q", got)
	}
	if err := p.Open(t.Context(), phone.Message{Action: "data_exchange"}); err == nil {
		t.Error("INIT without an endpoint")
	}
}

func TestOpenNavigate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		message phone.Message
		failure phone.FailureKind
		notice  string
	}{
		{phone.Message{Action: "navigate", Data: map[string]any{"n": 2.0}}, "", ""},
		{phone.Message{Action: "navigate", Data: map[string]any{"n": "2"}}, "data", ""},
		{phone.Message{Action: "navigate", Screen: "B"}, "transition", ""},
	} {
		end := answers()
		p := prepare(t, tour, end)
		if err := p.Open(t.Context(), test.message); err != nil {
			t.Fatal(err)
		}
		kind := phone.FailureKind("")
		if f := p.View().Failure; f != nil {
			kind = f.Kind
		}
		if kind != test.failure || len(p.Exchanges(0)) > 1 {
			t.Errorf("%+v: failure %q, exchanges %+v", test.message, kind, p.Exchanges(0))
		}
	}
}

// SetFlow keeps screen, data and inputs if the screen is still there.
func TestSetFlow(t *testing.T) {
	t.Parallel()
	p := open(t, tour, answers(atA))
	p.fill("note", "kept")
	p.SetFlow(read(t, strings.Replace(tour, `"label": "Note"`, `"label": "Remark"`, 1)))
	if p.text("note") != "kept" || p.field("note").Label != "Remark" {
		t.Errorf("note %q with label %q", p.text("note"), p.field("note").Label)
	}
	p.SetFlow(read(t, strings.Replace(tour, `"id": "A"`, `"id": "Z"`, 1)))
	if p.View().Open {
		t.Error("open, although its screen is gone")
	}
}

// A reference that leads nowhere erases the value that the key had; a key that an answer
// leaves out keeps it.
func TestErases(t *testing.T) {
	t.Parallel()
	to := strings.Replace(goToB, `"payload": {}`, `"payload": {"x": "${form.pick}", "y": "kept"}`, 1)
	p := open(t, flowOf("7.0", "", group("pick", "RadioButtonsGroup", "")+","+to,
		`"x": {"type": "string", "__example__": ""}, "y": {"type": "string", "__example__": ""}`, ask),
		answers(`200 {"screen":"A","data":{}}`, `200 {"screen":"B","data":{"y":"new"}}`))
	p.fill("pick", "a")
	p.next()
	p.next()
	if diff := cmp.Diff(map[string]any{"x": "a", "y": "new"}, p.Inspect().Screens["B"].Data); diff != "" {
		t.Errorf("after an answer without x (-want +got):\n%s", diff)
	}
	p.do(phone.Event{Type: phone.EventBack})
	p.fill("pick", nil)
	p.next()
	if diff := cmp.Diff(map[string]any{"y": "kept"}, p.Inspect().Screens["B"].Data); diff != "" {
		t.Errorf("after navigate without x (-want +got):\n%s", diff)
	}
	if found := p.View().Findings; len(found) != 0 {
		t.Errorf("findings %+v", found)
	}
}

// What a navigate action lacks is a finding of the screen that it shows.
func TestNavigateFindings(t *testing.T) {
	t.Parallel()
	p := open(t, flowOf("7.0", "", goToB, `"x": {"type": "string", "__example__": ""}`, ask), answers(`200 {"screen":"A","data":{}}`))
	p.next()
	p.want("B")
	if found := p.View().Findings; len(found) != 1 || found[0].Code != "ANSWER_MISSING" {
		t.Errorf("findings %+v", found)
	}
	number := strings.Replace(goToB, `{}`, `{"x": 1}`, 1)
	p = open(t, flowOf("7.0", "", number, `"x": {"type": "string", "__example__": ""}`, ask), answers(`200 {"screen":"A","data":{}}`))
	p.next()
	if v := p.View(); v.Failure == nil || v.Failure.Kind != phone.FailureData || len(v.Findings) != 1 {
		t.Errorf("failure %+v, findings %+v", v.Failure, v.Findings)
	}
}

func TestCompleteWithoutToken(t *testing.T) {
	t.Parallel()
	source := `{"version": "7.0", "screens": [{"id": "A", "title": "A", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": [
		{"type": "Footer", "label": "End", "on-click-action": {"name": "complete", "payload": {"a": 1}}}]}}]}`
	p := open(t, source, nil, func(c *phone.Config) { c.Quirks = map[string]bool{"complete-adds-token": false} })
	p.next()
	if got := string(p.View().Ended.Params); got != `{"a":1}` {
		t.Errorf("params %s", got)
	}
}

// Values can be what a Go program has at hand.
func TestGoValues(t *testing.T) {
	t.Parallel()
	p := prepare(t, tour, answers())
	if err := p.Open(t.Context(), phone.Message{Action: "navigate", Data: map[string]any{"n": 2}}); err != nil {
		t.Fatal(err)
	}
	p.want("A")
	if err := p.Open(t.Context(), phone.Message{Data: map[string]any{"n": make(chan int)}}); err == nil {
		t.Error("data that is not JSON")
	}
	r := onScreen(t, "7.1", `{"type": "CalendarPicker", "mode": "range", "name": "r", "label": {"start-date": "S", "end-date": "E"}}`)
	r.fill("r", map[string]string{"start-date": "2026-12-24", "end-date": "2026-12-26"})
	if got := r.View().Parts[0].Range.End.Value; got != "2026-12-26" {
		t.Errorf("end %q", got)
	}
}

// Only an answer ends the Flow with SUCCESS: a navigate action shows the screen that has
// this name.
func TestNavigateToSuccess(t *testing.T) {
	t.Parallel()
	source := strings.ReplaceAll(flowOf("7.0", "", goToB, "", ask), `"B"`, `"SUCCESS"`)
	p := open(t, source, answers(`200 {"screen":"A","data":{}}`, `200 {"screen":"SUCCESS","data":{}}`))
	p.next()
	if v := p.View(); v.Screen != "SUCCESS" || v.Ended != nil {
		t.Errorf("after navigate: screen %q, ended %+v", v.Screen, v.Ended)
	}
	p.next()
	if v := p.View(); v.Ended == nil {
		t.Errorf("after the answer: screen %q, not ended", v.Screen)
	}
}

// A title may be a reference to another screen.
func TestTitleRefers(t *testing.T) {
	t.Parallel()
	children := `{"type": "TextInput", "name": "name", "label": "Name"}, ` + goToB
	source := strings.Replace(flowOf("7.0", "", children, "", ask), `"title": "B"`, `"title": "${screen.A.form.name}"`, 1)
	p := open(t, source, answers(`200 {"screen":"A","data":{}}`))
	p.fill("name", "Ada")
	p.next()
	if got := p.View().Title; got != "Ada" {
		t.Errorf("got the title %q, want Ada", got)
	}
}
