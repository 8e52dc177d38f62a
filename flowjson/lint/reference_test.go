package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// screenOf is a Flow of one screen with the component, and with data of all types.
func screenOf(version, component string) []byte {
	return fmt.Appendf(nil, `{"version": %q, "screens": [{"id": "VISIT", "title": "Visit", "terminal": true, "data": {
		"text": {"type": "string", "__example__": ""},
		"number": {"type": "number", "__example__": 1},
		"yes": {"type": "boolean", "__example__": true},
		"texts": {"type": "array", "items": {"type": "string"}, "__example__": []},
		"object": {"type": "object", "__example__": {}},
		"options": {"type": "array", "__example__": [], "items": {"type": "object", "properties": {
			"id": {"type": "string"}, "title": {"type": "string"}}}},
		"anything": {"type": "array", "items": true, "__example__": []},
		"badoptions": {"type": "array", "__example__": [], "items": {"type": "object", "properties": {
			"id": {"type": "string"}, "title": {"type": "string"}, "enabled": {"type": "string"}}}},
		"list": {"type": "array", "__example__": [], "items": {"type": "object", "properties": {
			"id": {"type": "string"}, "main-content": {"type": "object", "properties": {"title": {"type": "string"}}}}}},
		"images": {"type": "array", "__example__": [], "items": {"type": "object", "properties": {
			"src": {"type": "string"}, "alt-text": {"type": "string"}}}}
		}, "layout": {"type": "SingleColumnLayout", "children": [%s,
		{"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`, version, component)
}

const wrongType = "error INVALID_SCREEN_DYNAMIC_DATA "

// TestBoundTypes has the types that properties take.
func TestBoundTypes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ version, component, want string }{
		"text array":            {"7.3", `{"type": "TextBody", "text": "${data.texts}"}`, ""},
		"text array, heading":   {"7.3", `{"type": "TextHeading", "text": "${data.texts}"}`, wrongType + "text"},
		"text array, too early": {"5.0", `{"type": "TextBody", "text": "${data.texts}"}`, wrongType + "text"},
		"max-chars, number":     {"7.3", `{"type": "TextInput", "name": "a", "label": "A", "max-chars": "${data.number}"}`, ""},
		"max-chars, text":       {"7.3", `{"type": "TextInput", "name": "a", "label": "A", "max-chars": "${data.text}"}`, ""},
		"max-chars, boolean":    {"7.3", `{"type": "TextInput", "name": "a", "label": "A", "max-chars": "${data.yes}"}`, wrongType + "max-chars"},
		"options":               {"7.3", `{"type": "Dropdown", "name": "a", "label": "A", "data-source": "${data.options}"}`, ""},
		"options, of anything":  {"7.3", `{"type": "Dropdown", "name": "a", "label": "A", "data-source": "${data.anything}"}`, ""},
		"options, bad enabled": {"7.3", `{"type": "Dropdown", "name": "a", "label": "A",
			"data-source": "${data.badoptions}"}`, wrongType + "data-source"},
		"options, no array":    {"7.3", `{"type": "Dropdown", "name": "a", "label": "A", "data-source": "${data.text}"}`, wrongType + "data-source"},
		"options, other items": {"7.3", `{"type": "Dropdown", "name": "a", "label": "A", "data-source": "${data.images}"}`, wrongType + "data-source"},
		"list":                 {"7.3", `{"type": "NavigationList", "name": "a", "list-items": "${data.list}"}`, ""},
		"list, of options":     {"7.3", `{"type": "NavigationList", "name": "a", "list-items": "${data.options}"}`, wrongType + "list-items"},
		"images":               {"7.3", `{"type": "ImageCarousel", "images": "${data.images}"}`, ""},
		"image ratio, text":    {"7.3", `{"type": "Image", "src": "x", "aspect-ratio": "${data.text}"}`, wrongType + "aspect-ratio"},
		"init-value, texts": {"7.3", `{"type": "CheckboxGroup", "name": "a", "label": "A",
			"data-source": [], "init-value": "${data.text}"}`, wrongType + "init-value"},
		"init-value, range": {
			"7.3", `{"type": "CalendarPicker", "name": "a", "label": {}, "mode": "range", "init-value": "${data.text}"}`, wrongType + "init-value",
		},
		"label, range": {
			"7.3", `{"type": "CalendarPicker", "name": "a", "label": {"start-date": "${data.yes}"}, "mode": "range"}`, wrongType + "label/start-date",
		},
		"label, one for a range": {
			"7.3", `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": "${data.text}"}`, wrongType + "label",
		},
		"label, a range for one": {"7.3", `{"type": "CalendarPicker", "name": "a", "label": "${data.object}"}`, wrongType + "label"},
		"label, a range":         {"7.3", `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": "${data.object}"}`, ""},
		"label, mode bound":      {"7.3", `{"type": "CalendarPicker", "name": "a", "mode": "${data.text}", "label": "${data.object}"}`, ""},
		"init-values, before 7.0": {
			"6.3", `{"type": "Form", "name": "f", "init-values": {"a": "${data.yes}"}, "children": [{"type": "TextInput", "name": "a", "label": "A"}]}`, "",
		},
		"init-values": {
			"7.0", `{"type": "Form", "name": "f", "init-values": {"a": "${data.yes}"}, "children": [{"type": "TextInput", "name": "a", "label": "A"}]}`,
			wrongType + "init-values/a",
		},
		"init-values, a number": {
			"7.0", `{"type": "Form", "name": "f", "init-values": {"a": "${data.number}", "b": "${data.number}"}, "children": [
				{"type": "TextInput", "name": "a", "label": "A", "input-type": "number"}, {"type": "TextInput", "name": "b", "label": "B"}]}`,
			wrongType + "init-values/b",
		},
		"error-messages, a key": {
			"7.0", `{"type": "Form", "name": "f", "error-messages": {"a": "${data.yes}"}, "children": [{"type": "TextInput", "name": "a", "label": "A"}]}`,
			wrongType + "error-messages/a",
		},
		"picker error, object": {"7.3", `{"type": "PhotoPicker", "name": "a", "label": "A", "error-message": "${data.object}"}`, ""},
		"picker error, boolean": {"7.3", `{"type": "PhotoPicker", "name": "a", "label": "A",
			"error-message": "${data.yes}"}`, wrongType + "error-message"},
		"dates": {"7.3", `{"type": "DatePicker", "name": "a", "label": "A",
			"unavailable-dates": ["${data.texts}"]}`, wrongType + "unavailable-dates/0"},
		"reference in backticks": {"7.3", "{\"type\": \"TextBody\", \"text\": \"`${data.yes}`\"}", wrongType + "text"},
		"number in backticks":    {"7.3", "{\"type\": \"TextBody\", \"text\": \"`${data.number} + 1`\"}", "warning INVALID_SCREEN_DYNAMIC_DATA text"},
		"condition in backticks": {
			"7.3", "{\"type\": \"If\", \"condition\": \"`${data.number} + 1 > 2`\", \"then\": [{\"type\": \"TextBody\", \"text\": \"a\"}]}", "",
		},
		"condition, true":          {"7.3", `{"type": "If", "condition": true, "then": [{"type": "TextBody", "text": "a"}]}`, ""},
		"condition, one reference": {"7.3", `{"type": "If", "condition": "!${data.yes}", "then": [{"type": "TextBody", "text": "a"}]}`, ""},
		"switch in backticks": {
			"7.3", "{\"type\": \"Switch\", \"value\": \"`'a' ${data.text}`\", \"cases\": {\"a\": [{\"type\": \"TextBody\", \"text\": \"a\"}]}}", "",
		},
		"payload, key of an action": {
			"7.3", `{"type": "EmbeddedLink", "text": "A",
				"on-click-action": {"name": "data_exchange", "payload": {"on-a": {"b": "${data.text}"}, "on-b": "c", "only": "${data.text}"}}}`,
			"warning REFERENCE_NOT_REPLACED on-click-action/payload/on-a",
		},
		"price":             {"7.3", `{"type": "TextBody", "text": "$5 {each}"}`, ""},
		"static name":       {"7.3", `{"type": "TextInput", "name": "${data.nothing}", "label": "A"}`, ""},
		"unknown component": {"7.3", `{"type": "Slider", "text": "${data.nothing}"}`, ""},
		"link": {"7.3", `{"type": "EmbeddedLink", "text": "A",
			"on-click-action": {"name": "open_url", "url": "${data.nothing}"}}`, "error INVALID_ON_CLICK_ACTION_PAYLOAD on-click-action/url"},
	}
	const prefix = "/screens/0/layout/children/0/"
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range validateOnly(t, string(screenOf(tt.version, tt.component)), "reference", "action") {
				if ours[f.Code] {
					got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Code, strings.TrimPrefix(f.Pointer, prefix)))
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ours are the codes that TestBoundTypes is about.
var ours = map[string]bool{
	"INVALID_SCREEN_DYNAMIC_DATA": true, "INVALID_TEXT_DYNAMIC_DATA": true, "REFERENCE_NOT_REPLACED": true,
	"INVALID_ON_CLICK_ACTION_PAYLOAD": true, "INVALID_ACTION_PAYLOAD_PROPERTY": true,
}
