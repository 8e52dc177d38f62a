package scenario_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

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
