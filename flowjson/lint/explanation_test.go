package lint_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/lint"
)

const codesPage = "../../docs/flow-json-codes.md"

func TestExplanations(t *testing.T) {
	t.Parallel()
	untested := 0
	for _, e := range lint.Explanations() {
		switch {
		case e.Source == "":
			t.Errorf("%s has no source", e.Code)
		case e.Unreported != "":
		case e.Meaning == "" || e.Wrong == "" || e.Right == "":
			t.Errorf("%s lacks its meaning or an example", e.Code)
		case strings.Contains(e.Wrong, "…"):
			untested++
		default:
			t.Run(e.Code, func(t *testing.T) {
				t.Parallel()
				if !has(t, e, e.Wrong) {
					t.Errorf("the wrong example has no such finding:\n%s", e.Wrong)
				}
				if has(t, e, e.Right) {
					t.Errorf("the right example has the finding too:\n%s", e.Right)
				}
			})
		}
	}
	if untested > 17 {
		t.Errorf("%d examples are cut short, so that nothing tests them", untested)
	}
}

// has reports whether a Flow with an example has a finding of its code.
func has(t *testing.T, e lint.Explanation, example string) bool {
	t.Helper()
	return slices.ContainsFunc(lint.Validate(flowWith(t, e, example)), func(f lint.Finding) bool { return f.Code == e.Code })
}

// flowWith returns a Flow with an example of an explanation.
func flowWith(t *testing.T, e lint.Explanation, example string) []byte {
	t.Helper()
	var value any
	if json.Unmarshal([]byte(example), &value) != nil {
		return []byte(example) // about JSON itself
	}
	v := e.Version
	if v == (catalog.Version{}) {
		v = catalog.Newest()
	}
	const footer = `{"type": "Footer", "label": "Next", "on-click-action": {"name": "data_exchange", "payload": {}}}`
	var flow map[string]any
	err := json.Unmarshal([]byte(fmt.Sprintf(`{"version": %q, "data_api_version": "3.0", "routing_model": {"VISIT": ["THANKS"], "THANKS": []}, "screens": [
		{"id": "VISIT", "title": "Visit", "data": {"city": {"type": "string", "__example__": "Paris"}, "count": {"type": "number", "__example__": 1},
			"open": {"type": "boolean", "__example__": true}, "slots": {"type": "array", "__example__": [{"id": "a", "title": "A"}],
				"items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}}},
			"layout": {"type": "SingleColumnLayout", "children": [%s]}},
		{"id": "THANKS", "title": "Thanks", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`, v, footer)), &flow)
	if err != nil {
		t.Fatal(err)
	}
	screen := flow["screens"].([]any)[0].(map[string]any)
	layout := screen["layout"].(map[string]any)
	switch value := value.(type) {
	case []any: // all components
		layout["children"] = value
	case map[string]any:
		switch {
		case value["type"] == "Footer":
			layout["children"] = []any{value}
		case value["type"] != nil:
			layout["children"] = []any{value, layout["children"].([]any)[0]}
		case isDocument(value):
			merge(flow, value)
		default:
			merge(screen, value)
		}
	}
	text, err := json.Marshal(flow)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func isDocument(value map[string]any) bool {
	for _, p := range catalog.Document().Properties {
		if _, has := value[p.Key]; has {
			return true
		}
	}
	return false
}

// merge adds keys; null removes one.
func merge(to, keys map[string]any) {
	for key, value := range keys {
		if to[key] = value; value == nil {
			delete(to, key)
		}
	}
}

// docs/flow-json-codes.md has all explanations.
func TestCodesPage(t *testing.T) {
	t.Parallel()
	want := codesMarkdown()
	if *update {
		if err := os.WriteFile(codesPage, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := string(read(t, codesPage))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run: go test ./flowjson/lint -run TestCodesPage -update\n-explanations +docs/flow-json-codes.md:\n%s", diff)
	}
}

func codesMarkdown() string {
	var page strings.Builder
	page.WriteString(`# Codes of flowserver lint

<!-- Generated: go test ./flowjson/lint -run TestCodesPage -update -->

` + "`flowserver lint --explain CODE`" + ` prints one of these. The examples are parts of a Flow: a component,
some keys of a screen or of the top level, or a few components in an array. They are of a screen
whose data has city (a string), count (a number), open (a boolean) and slots (a list of options).
How to silence a finding is in [Flow JSON](flow-json.md#silence-a-finding).
`)
	var unreported []lint.Explanation
	for _, e := range lint.Explanations() {
		if e.Unreported != "" {
			unreported = append(unreported, e)
			continue
		}
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\nWrong:\n\n```json\n%s\n```\n\nRight:\n\n```json\n%s\n```\n\n", e.Code, e.Meaning, e.Wrong, e.Right)
		fmt.Fprintf(&page, "Versions: %s. Source: %s.\n", e.Versions(), e.Source)
	}
	page.WriteString("\n## Codes of Meta that lint does not report\n\n| code | why |\n|---|---|\n")
	for _, e := range unreported {
		fmt.Fprintf(&page, "| `%s` | %s |\n", e.Code, e.Unreported)
	}
	return page.String()
}
