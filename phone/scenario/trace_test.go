package scenario_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

// traceOf plays steps, which fail, against visit.json with sensitive inputs.
func traceOf(t *testing.T, steps string) *phone.Trace {
	t.Helper()
	source, err := os.ReadFile("testdata/visit.json")
	if err != nil {
		t.Fatal(err)
	}
	flow, err := flowjson.Read([]byte(strings.Replace(string(source), `"title": "Your visit",`, `"title": "Your visit", "sensitive": ["name", "day", "until", "extras"],`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := scenario.Parse("s.yaml", []byte("name: a\nopen: {token: test}\nsteps:\n"+steps+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := options(flow)
	if result := file.Scenarios[0].Run(t.Context(), o); result.Failure == nil || result.Trace != nil {
		t.Fatalf("without Options.Trace: got failure %v and trace %v", result.Failure, result.Trace)
	}
	o.Trace = true
	result := file.Scenarios[0].Run(t.Context(), o)
	if result.Trace == nil {
		t.Fatal("there is no trace")
	}
	return result.Trace
}

// TestTraceMasks looks for sensitive values in all of a trace.
func TestTraceMasks(t *testing.T) {
	t.Parallel()
	trace := traceOf(t, "  - fill: {name: Grace Hopper, extras: [cake], until: 2027-01-05, day: {pick: first}, terms: true}\n  - tap: Send\n"+
		"  - expect: {texts: {has: nothing}}")
	text, err := json.Marshal(trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"Grace", "Hopper", `"2027-01-05"`, "on tue", `cake"]`} {
		if strings.Contains(string(text), value) {
			t.Errorf("%s is in the trace: %s", value, text)
		}
	}
	if len(trace.Steps) != 4 {
		t.Fatalf("got %d steps, want open, fill, tap and expect", len(trace.Steps))
	}
	open, fill, tap, expect := trace.Steps[0], trace.Steps[1], trace.Steps[2], trace.Steps[3]
	if open.Line != 1 || open.Text != "open" || len(open.Exchanges) != 1 || open.View.Screen != "FORM" {
		t.Errorf("the first step is %+v", open)
	}
	const dots = "••••••••••••"
	for _, part := range fill.View.Parts {
		switch {
		case part.Field != nil && part.Field.Value != dots:
			t.Errorf("the name is %q", part.Field.Value)
		case part.Choice != nil:
			for _, o := range part.Choice.Options {
				if o.Selected {
					t.Errorf("%s of %s is selected", o.ID, part.Choice.Name)
				}
			}
		case part.Date != nil && (part.Date.Value != "" || part.Date.Calendar.Min != "2027-01-01"):
			t.Errorf("the date is %+v", part.Date)
		case part.OptIn != nil && !part.OptIn.Value:
			t.Error("the box is not ticked")
		}
	}
	if len(tap.Exchanges) != 1 || tap.Error != "" || tap.View.Screen != "DONE" {
		t.Errorf("the tap is %+v", tap)
	}
	if expect.Line != 6 || !strings.Contains(expect.Error, "texts: want {has: nothing}") || !strings.Contains(trace.Failure, "s.yaml:6") {
		t.Errorf("line %d failed with %q, and the report is %q", expect.Line, expect.Error, trace.Failure)
	}
}

// TestTraceOfUnexpected marks the step after which something went wrong, once.
func TestTraceOfUnexpected(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string]string{
		"at the end":     filled("Nowhere"),
		"before another": filled("Nowhere") + "  - close",
		"after expect":   filled("Nowhere") + "  - expect: {history: any}\n  - close",
	} {
		var failed []string
		trace := traceOf(t, steps)
		for _, s := range trace.Steps {
			if s.Error != "" {
				failed = append(failed, s.Text)
			}
		}
		if len(failed) != 1 || failed[0] != "tap: Send" || strings.Count(trace.Failure, "unexpected failure") != 1 {
			t.Errorf("%s: %q failed, and the report is %s", name, failed, trace.Failure)
		}
	}
}
