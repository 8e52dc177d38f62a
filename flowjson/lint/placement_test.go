package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// TestPlacementRules has what is too small for a file, and old versions.
func TestPlacementRules(t *testing.T) {
	t.Parallel()
	const at = "/screens/0/layout/children/"
	tests := map[string]struct {
		version, components string
		want                []string
	}{
		"input without Form, before 4.0": {"3.1", `{"type": "TextInput", "name": "a"}`, []string{"error KEYWORD_ONE_OF " + at + "0"}},
		"input beside Form, before 4.0": {
			"3.1", `{"type": "Form", "children": [{"type": "OptIn", "name": "a"}]}, {"type": "OptIn", "name": "b"}`,
			[]string{"error KEYWORD_ONE_OF " + at + "1"},
		},
		"Form, before 4.0":                    {"3.1", `{"type": "Form", "children": [{"type": "TextInput", "name": "a"}]}`, nil},
		"new input, before 4.0":               {"3.1", `{"type": "PhotoPicker", "name": "a"}`, nil}, // wrong for another reason
		"input without Form, version unknown": {"x", `{"type": "TextInput", "name": "a"}`, nil},
		"input in nested If of a Form":        {"7.3", `{"type": "Form", "children": [{"type": "If", "then": [{"type": "TextInput", "name": "a"}]}]}`, nil},
		"input in If beside a Form": {
			"7.3", `{"type": "Form", "children": []}, {"type": "If", "then": [{"type": "TextInput", "name": "a"}]}`,
			[]string{"error COMPONENTS_OUTSIDE_FORM " + at + "1/then/0"},
		},
		"Form in a Form": {
			"7.3", `{"type": "Form", "children": [{"type": "Form", "children": []}]}`, []string{"error INVALID_COMPONENT_PLACEMENT " + at + "0/children/0"},
		},
		"milliseconds, before 5.0": {
			"4.0", `{"type": "DatePicker", "name": "a", "min-date": "1710000000000", "max-date": "999999999999"}`,
			[]string{"error INVALID_DATE_RANGE " + at + "0/min-date"},
		},
		"milliseconds in order, before 5.0": {"4.0", `{"type": "DatePicker", "name": "a", "min-date": "999999999999", "max-date": "1710000000000"}`, nil},
		"dates that data brings": {
			"7.3", `{"type": "DatePicker", "name": "a", "min-date": "${data.a}", "max-date": "1999-01-01", "init-value": "` + "`${data.b}`" + `"}`, nil,
		},
		"counts that data brings": {"7.3", `{"type": "TextInput", "name": "a", "min-chars": "${data.a}", "max-chars": 3}`, nil},
		"counts as strings": {
			"7.3", `{"type": "TextInput", "name": "a", "min-chars": "20", "max-chars": "9"}`,
			[]string{"error MIN_VALUE_GREATER_THAN_MAX " + at + "0/min-chars"},
		},
		"a key without a name":              {"7.3", `{"type": "TextArea", "name": "a", "": 99, "max-length": 3}`, nil},
		"counts of the wrong type":          {"7.3", `{"type": "TextInput", "name": "a", "min-chars": [20], "max-chars": {"a": 9}}`, nil},
		"mode that data brings":             {"7.3", `{"type": "CalendarPicker", "name": "a", "mode": "${data.a}", "label": "A", "title": "B"}`, nil},
		"label of a range that data brings": {"7.3", `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": "${data.a}"}`, nil},
		"first day of a range in Form": {
			"7.3",
			`{"type": "Form", "init-values": {"a": "2026-01-01"}, "children": [{"type": "CalendarPicker", "name": "a", "mode": "range",
				"label": "${data.a}"}]}`,
			[]string{"error INVALID_TYPE " + at + "0/init-values/a"},
		},
		"two days for a single one in Form": {
			"7.3", `{"type": "Form", "init-values": {"a": {"start-date": "2026-01-01"}}, "children": [{"type": "CalendarPicker", "name": "a"}]}`,
			[]string{"error INVALID_DATE_SINGLE_INIT_VALUE_FORMAT " + at + "0/init-values/a"},
		},
		"CalendarPicker before its time": {"6.0", `{"type": "CalendarPicker", "name": "a", "title": "B"}`, nil},
		"init-values that data brings": {
			"7.3", `{"type": "Form", "init-values": "${data.a}", "error-messages": {"a": "${data.b}"}, "children": [{"type": "TextInput", "name": "a"}]}`,
			nil,
		},
		"init-value that data brings": {
			"7.3", `{"type": "Form", "init-values": {"a": "${data.a}"}, "children": [{"type": "CheckboxGroup", "name": "a"}]}`, nil,
		},
		"init-value of the wrong type in 6.3": {"6.3", `{"type": "Form", "init-values": {"a": "x"}, "children": [{"type": "OptIn", "name": "a"}]}`, nil},
		"error messages of a picker": {
			"7.3", `{"type": "Form", "error-messages": {"a": {"123": "Too dark"}}, "children": [{"type": "PhotoPicker", "name": "a"}]}`, nil,
		},
		"error message of the wrong type": {
			"7.3", `{"type": "Form", "error-messages": {"a": ["x"]}, "children": [{"type": "TextInput", "name": "a"}]}`,
			[]string{"error INVALID_PROPERTY_VALUE " + at + "0/error-messages/a"},
		},
		"names missing":                 {"7.3", `{"type": "TextInput"}, {"type": "TextInput"}`, nil},
		"same name of what is no input": {"7.3", `{"type": "Image", "name": "a"}, {"type": "Image", "name": "a"}`, nil},
		"hidden by data":                {"7.3", `{"type": "TextInput", "name": "a", "visible": "${data.a}", "required": true}`, nil},
		"image and colour in one option": {
			"7.3", `{"type": "Dropdown", "name": "a", "data-source": [{"id": "1", "image": "x", "color": "#000000"}]}`,
			[]string{"error DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR " + at + "0/data-source"},
		},
		"options that are none":    {"7.3", `{"type": "Dropdown", "name": "a", "data-source": [null, 7, "a", {"id": 7}, {"id": 7}]}`, nil},
		"options that data brings": {"7.3", `{"type": "Dropdown", "name": "a", "data-source": "${data.a}"}`, nil},
		"Footer in Switch of If": {
			"7.3", `{"type": "If", "then": [{"type": "Switch", "cases": {"a": [{"type": "Footer"}]}}]}`,
			[]string{"error INVALID_COMPONENT_PLACEMENT " + at + "0/then/0/cases/a/0"},
		},
		"Footer in If of a Form": {
			"7.3", `{"type": "Form", "children": [{"type": "If", "then": [{"type": "Footer"}], "else": [{"type": "Footer"}]}]}`, nil,
		},
		"two Footers in one branch": {
			"7.3", `{"type": "If", "then": [{"type": "Footer"}, {"type": "Footer"}], "else": [{"type": "Footer"}]}`,
			[]string{"error MORE_THAN_ONE_FOOTER " + at + "0/else/0"},
		},
		"Footers of two Ifs": {
			"7.3",
			`{"type": "If", "then": [{"type": "Footer"}], "else": [{"type": "Footer"}]}, {"type": "If", "then": [{"type": "Footer"}], "else": [
				{"type": "Footer"}]}`,
			[]string{"error MORE_THAN_ONE_FOOTER " + at + "1/else/0"},
		},
		"four links over two exclusive Ifs": {
			"7.3",
			`{"type": "Switch", "cases": {"a": [{"type": "EmbeddedLink"}, {"type": "EmbeddedLink"}], "b": [{"type": "EmbeddedLink"}]}},
				{"type": "TextBody"}`,
			[]string{"warning COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN " + at + "0/cases/b/0"},
		},
		"RichText in If": {
			"7.3", `{"type": "If", "then": [{"type": "RichText"}]}`, []string{"error INVALID_COMPONENT_PLACEMENT " + at + "0/then/0"},
		},
		"RichText before its time":      {"5.0", `{"type": "RichText"}, {"type": "TextBody"}`, nil},
		"RichText beside nothing known": {"7.3", `{"type": "RichText"}, {}, 7`, nil},
		"NavigationList in a Form": {
			"7.3", `{"type": "Form", "children": [{"type": "NavigationList", "name": "a", "list-items": "${data.x}"}]}`, nil,
		},
		"NavigationList and RichText": {
			"7.3", `{"type": "RichText"}, {"type": "NavigationList", "name": "a", "list-items": "${data.x}", "on-click-action": {}}`,
			[]string{"error INVALID_COMPONENT_PLACEMENT " + at + "0"},
		},
		"list items and component not told of": {"7.3", `{"type": "NavigationList", "name": "a", "list-items": "${data.gone}"}`, nil},
		"items of an unknown type":             {"7.3", `{"type": "NavigationList", "name": "a", "list-items": "${data.unknown}"}`, nil},
		"end without texts": {
			"7.3", `{"type": "NavigationList", "name": "a", "on-click-action": {}, "list-items": [{"id": "a", "end": {}}]}`,
			[]string{"error DUPLICATE_PROPETY_FOR_CONDITION " + at + "0/list-items/0/end"},
		},
		"If before its time": {"3.1", `{"type": "If", "then": [{"type": "Form", "children": []}]}`, nil},
		"siblings too deep": {
			"7.3", `{"type": "If", "then": [{"type": "If", "then": [{"type": "If", "then": [{"type": "If", "then": [{"type": "If"}]}, {"type": "If"}]}]}]}`,
			[]string{"error MAXIMUM_IF_NESTING " + at + "0/then/0/then/0/then/0", "error MAXIMUM_IF_NESTING " + at + "0/then/0/then/0/then/1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := fmt.Sprintf(`{"version": %q, "screens": [{"id": "A",
				"title": "A", "data": {"unknown": {"type": "array", "items": {}}}, "layout": {"type": "SingleColumnLayout", "children": [%s]}}]}`,
				tt.version, tt.components)
			if diff := cmp.Diff(tt.want, placementFindings(t, source)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRoutingRules has what is too small for a file.
func TestRoutingRules(t *testing.T) {
	t.Parallel()
	const screens = `"screens": [{"id": "A"}, {"id": "B"}, {"id": "C", "terminal": true}]}`
	tests := map[string]struct {
		source string
		want   []string
	}{
		"none, with an endpoint": {`{"data_api_version": "3.0", ` + screens, nil}, // for another check
		"no object":              {`{"data_api_version": "3.0", "routing_model": ["A"], ` + screens, nil},
		"destinations of a wrong type": {`{"data_api_version": "3.0", "routing_model": {"A": "B",
			"B": [7, {"target": "C"}, null], "C": []}, ` + screens, nil}, // for another check
		"empty": {`{"data_api_version": "3.0", "routing_model": {}, ` + screens, []string{"/screens/0/id", "/screens/1/id"}},
		"misnamed, and so missing": {
			`{"data_api_version": "3.0", "routing_model": {"A": ["X"], "Y": ["C"]}, ` + screens,
			[]string{"/routing_model/A/0", "/routing_model/Y", "/screens/1/id"},
		},
		"SUCCESS as source": {
			`{"data_api_version": "3.0", "routing_model": {"A": ["B"], "B": ["C"], "SUCCESS": []}, ` + screens, []string{"/routing_model/SUCCESS"},
		},
		"SUCCESS, and missing": {`{"data_api_version": "3.0", "routing_model": {"A": ["SUCCESS",
			"C"]}, ` + screens, []string{"/routing_model/A/0", "/screens/1/id"}},
		"written twice, the last": {`{"data_api_version": "3.0", "routing_model": {"A": ["X"], "B": ["C"], "A": ["B"]}, ` + screens, nil},
		"destination empty, which old versions accept": {
			`{"version": "5.1", "data_api_version": "3.0", "routing_model": {"A": [""], "B": ["C"]}, ` + screens, []string{"/screens/0/id"},
		},
		"destination twice":     {`{"data_api_version": "3.0", "routing_model": {"A": ["B", "B"], "B": ["C"]}, ` + screens, nil},
		"screens without id":    {`{"data_api_version": "3.0", "routing_model": {}, "screens": [{}, {"terminal": true}]}`, nil},
		"no screens":            {`{"data_api_version": "3.0", "routing_model": {"A": []}, "screens": []}`, nil},
		"two screens of one id": {`{"data_api_version": "3.0", "routing_model": {"A": ["C"]}, "screens": [{"id": "A"}, {"id": "A"}, {"id": "C"}]}`, nil},
		"one screen":            {`{"screens": [{"id": "A"}]}`, nil},
		"no screen is connected": {
			`{"screens": [{"id": "A", "layout": {"children": []}}, {"id": "B", "layout": {"children": []}}]}`, []string{"/screens/1/id"},
		},
		"a screen without layout, which may lead to the others": {`{"screens": [{"id": "A"}, {"id": "B", "layout": {"children": []}}]}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			for _, pointer := range tt.want {
				want = append(want, "error INVALID_ROUTING_MODEL "+pointer)
			}
			if diff := cmp.Diff(want, placementFindings(t, tt.source)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRoutingMessage names the screens that are not connected, and not all of many.
func TestRoutingMessage(t *testing.T) {
	t.Parallel()
	var screens []string
	for _, id := range "ABCDEFGH" {
		screens = append(screens, `{"id": "`+string(id)+`", "layout": {"children": []}}`)
	}
	lonely := `{"screens": [` + strings.Join(screens, ", ") + `]}`
	findings := lint.Validate([]byte(lonely))
	found := slices.IndexFunc(findings, func(f lint.Finding) bool { return f.Code == "INVALID_ROUTING_MODEL" })
	if found < 0 {
		t.Fatalf("got %v, want one INVALID_ROUTING_MODEL", findings)
	}
	const want = `1:62: error: not connected by navigate actions with any other screen: "B", "C", "D", "E", "F" and 2 more [INVALID_ROUTING_MODEL]`
	if got := findings[found].String(); got != want || !lint.HasErrors(findings) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// placementFindings returns severity, code and pointer of what these checks find,
// less what a snippet lacks on purpose.
func placementFindings(t testing.TB, source string) []string {
	t.Helper()
	var got []string
	for _, f := range validateOnly(t, source, "routing", "placement", "form", "together") {
		if f.Code != "MISSING_REQUIRED_PROPERTY" && f.Code != "MISSING_FOOTER_ON_TERMINAL_SCREEN" {
			got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Code, f.Pointer))
		}
	}
	return got
}

// TestTooManyFindings: a thousand are reported, and that there are more is an error,
// as one may be among these.
func TestTooManyFindings(t *testing.T) {
	t.Parallel()
	children := strings.Repeat(`{"type": "TextInput", "visible": false, "required": true},`, 1200) + "{}"
	findings := validateOnly(t, `{"version": "7.3", "screens": [{"id": "A", "layout": {"children": [`+children+`]}}]}`, "form")
	if len(findings) != 1001 || findings[0].Code != "TOO_MANY_FINDINGS" || !lint.HasErrors(findings) {
		t.Errorf("got %d findings, the first %v", len(findings), findings[0])
	}
}
