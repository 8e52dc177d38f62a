package scenario_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

// TestRecorderHides records a variable in place of a value.
func TestRecorderHides(t *testing.T) {
	t.Parallel()
	r := scenario.NewRecorder(phone.Message{})
	r.Hide(func(screen, field string) bool { return screen == "ASK" && field == "pass" })
	r.Event(phone.Event{Type: phone.EventInput, Field: "pass", Value: "hunter2"}, phone.View{Screen: "ASK"})
	r.Event(phone.Event{Type: phone.EventInput, Field: "name", Value: "Ada"}, phone.View{Screen: "ASK"})
	const want = "name: recorded\nopen: {token: \"test-${random}\"}\nsteps:\n  - fill: {pass: \"${pass}\", name: Ada}\n"
	if got := r.YAML("recorded", ""); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRecorderFiles records the names of files: the scenario needs the files themselves.
func TestRecorderFiles(t *testing.T) {
	t.Parallel()
	r := scenario.NewRecorder(phone.Message{})
	picker := &phone.Picker{Common: phone.Common{Name: "photos"}, Files: []phone.File{{ID: "7", Name: "my id.jpg"}}}
	view := phone.View{Screen: "ASK", Parts: []phone.Part{{Picker: picker}}}
	r.Upload("photos", "my id.jpg", view)
	r.Event(phone.Event{Type: phone.EventRemove, Field: "photos", Item: "7"}, view)
	r.Hide(func(screen, field string) bool { return screen == "ASK" && field == "photos" })
	r.Upload("photos", "my id.jpg", view)
	const want = "name: recorded\nopen: {token: \"test-${random}\"}\nsteps:\n" +
		"  - upload: {photos: my id.jpg}\n  - remove: {photos: my id.jpg}\n  - upload: {photos: \"${photos}\"}\n"
	if got := r.YAML("recorded", ""); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRecordedScenarioPasses records what a user does, and plays the scenario.
func TestRecordedScenarioPasses(t *testing.T) {
	t.Parallel()
	flow := visitFlow(t)
	p, err := phone.New(phone.Config{Flow: flow, Endpoint: visits{}})
	if err != nil {
		t.Fatal(err)
	}
	m := phone.Message{Token: "recorded"}
	if err := p.Open(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	r := scenario.NewRecorder(m)
	do := func(e phone.Event) {
		t.Helper()
		r.Event(e, p.View())
		if err := p.Do(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	do(phone.Event{Type: phone.EventFocus, Field: "name"})
	do(phone.Event{Type: phone.EventInput, Field: "name", Value: "A"})
	do(phone.Event{Type: phone.EventInput, Field: "name", Value: "Ada: $5"})
	do(phone.Event{Type: phone.EventBlur, Field: "name"})
	do(phone.Event{Type: phone.EventInput, Field: "day", Value: "tue"})
	do(phone.Event{Type: phone.EventInput, Field: "extras", Value: []any{"tea"}})
	do(phone.Event{Type: phone.EventInput, Field: "terms", Value: true})
	r.Expect(p.View())
	do(phone.Event{Type: phone.EventTap, At: p.View().Footer.At})
	r.Expect(p.View())
	do(phone.Event{Type: phone.EventTap, At: p.View().Footer.At})
	r.Expect(p.View())

	const want = `name: recorded
open: {token: "test-${random}"}
steps:
  - fill: {name: "Ada: $$5", day: {pick: first}, extras: [tea], terms: true}
  - expect: {screen: FORM, footer: {label: Send, enabled: true}}
  - tap: Send
  - expect: {screen: DONE, footer: {label: Close, enabled: true}}
  - tap: Close
  - expect: {ended: any}
`
	got := r.YAML("recorded", "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("recorded scenario differs (-want +got):\n%s", diff)
	}
	file, err := scenario.Parse("recorded.yaml", []byte(got))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if result := file.Scenarios[0].Run(t.Context(), options(flow)); result.Failure != nil {
			t.Error(result.Failure.Text())
		}
	}
}

// A recording plays on a phone with the same rules.
func TestRecordedRules(t *testing.T) {
	t.Parallel()
	r := scenario.NewRecorder(phone.Message{})
	r.Switch(map[string]bool{"late-answer": true, "chips-counts": false})
	r.Event(phone.Event{Type: phone.EventBack}, phone.View{Ruleset: phone.Draft})
	got := r.YAML("recorded", "")
	const want = "name: recorded\nrules: draft\nquirks: {chips-counts: false, late-answer: true}\nopen: "
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	if _, err := scenario.Parse("recorded.yaml", []byte(got)); err != nil {
		t.Error(err)
	}
}

// What is recorded can be read, whatever was typed and however the message opens the Flow.
func TestRecordedScenarioIsRead(t *testing.T) {
	t.Parallel()
	for _, m := range []phone.Message{
		{}, {Action: "data_exchange", Screen: "FORM"}, {Action: "navigate", Screen: "FORM", Data: map[string]any{"a: b": []any{1.5, nil, true, "~"}}},
	} {
		r := scenario.NewRecorder(m)
		for i, text := range []string{"", "any", "~", "007", "1e3", "/a/", "${x}", "a: b # c", "- d", "\"'\\", "\x00\u0085\u2028\nline", "[x]", "&a *b !c", "ü 😀"} {
			r.Event(phone.Event{Type: phone.EventInput, Field: text + strconv.Itoa(i), Value: text}, phone.View{})
			r.Event(phone.Event{Type: phone.EventTap, At: text}, phone.View{})
			r.Expect(phone.View{Screen: text, Snackbar: text})
		}
		if _, err := scenario.Parse("recorded.yaml", []byte(r.YAML("recorded", "a flow: 1"))); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	}
}
