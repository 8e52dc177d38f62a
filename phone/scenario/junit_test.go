package scenario_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

func TestJUnitAndCoverage(t *testing.T) {
	t.Parallel()
	flow := visitFlow(t)
	file, err := scenario.Parse("visits.yaml", []byte("name: passes\nopen: {}\nsteps:\n  - expect: {screen: FORM}\n"+
		"---\nname: <fails>\nopen: {}\nsteps:\n  - expect: {screen: DONE}\n"))
	if err != nil {
		t.Fatal(err)
	}
	coverage := scenario.NewCoverage(flow)
	var results []*scenario.Result
	for _, s := range file.Scenarios {
		result := s.Run(t.Context(), options(flow))
		coverage.Add(result.Journal)
		results = append(results, result)
	}
	for name, test := range map[string]struct{ got, want scenario.Share }{
		"screens": {coverage.Screens(), scenario.Share{Used: 1, All: 2, Unused: []string{"DONE"}}},
		"routes":  {coverage.Routes(), scenario.Share{All: 1, Unused: []string{"FORM → DONE"}}},
		"actions": {coverage.Actions(), scenario.Share{All: 2, Unused: []string{
			`/screens/0/layout/children/1/children/5 Footer "Send" (data_exchange)`, `/screens/1/layout/children/1 Footer "Close" (complete)`,
		}}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s differ (-want +got):\n%s", name, diff)
		}
	}
	var report strings.Builder
	if err := scenario.WriteJUnit(&report, results); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<testsuites name="flowserver play" tests="2" failures="1"`, `<testsuite name="visits.yaml" tests="2" failures="1"`,
		`<testcase classname="visits" name="passes"`,
		`<testcase classname="visits" name="&lt;fails&gt;"`, `want DONE, got &#34;FORM&#34;`,
	} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("the report lacks %s:\n%s", want, report.String())
		}
	}
}

// The arrow back takes no route, even if one leads the same way.
func TestCoverageOfBack(t *testing.T) {
	t.Parallel()
	flow, err := flowjson.Read([]byte(`{"version": "7.0", "data_api_version": "3.0", "routing_model": {"A": ["B"], "B": ["A"]}, "screens": [
		{"id": "A", "layout": {"type": "SingleColumnLayout", "children": []}}, {"id": "B", "layout": {"type": "SingleColumnLayout", "children": []}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	coverage := scenario.NewCoverage(flow)
	coverage.Add([]phone.Step{{At: "/screens/0/layout/children/0", From: "A", To: "B"}, {Action: "back", From: "B", To: "A"}})
	if diff := cmp.Diff(scenario.Share{Used: 1, All: 2, Unused: []string{"B → A"}}, coverage.Routes()); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	coverage.Add([]phone.Step{{Action: "BACK", From: "B", To: "A", Exchange: 3}})
	if got := coverage.Routes(); got.Used != 2 {
		t.Errorf("routes after an answer to BACK: %+v", got)
	}
}

// What an endpoint answers can contain what XML cannot.
func TestJUnitIsXML(t *testing.T) {
	t.Parallel()
	flow := visitFlow(t)
	file, err := scenario.Parse("s.yaml", []byte("name: control characters\nopen: {}\nsteps:\n"+
		"  - fault: {answer: {clear: {screen: FORM, data: {error_message: \"\\e[31m ]]> \\0\"}}}}\n"+filled("Ada")))
	if err != nil {
		t.Fatal(err)
	}
	var report strings.Builder
	if err := scenario.WriteJUnit(&report, []*scenario.Result{file.Scenarios[0].Run(t.Context(), options(flow))}); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(report.String()), new(struct{})); err != nil {
		t.Errorf("the report is not XML: %v", err)
	}
	if !strings.Contains(report.String(), "unexpected snackbar") {
		t.Errorf("the report lacks the failure:\n%s", report.String())
	}
}
