package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onScreen puts components on the first of two screens of a Flow with an endpoint.
func onScreen(version, components string) string {
	return fmt.Sprintf(`{"version": %q, "data_api_version": "3.0", "routing_model": {"VISIT": ["THANKS"], "THANKS": []}, "screens": [
		{"id": "VISIT", "title": "Visit", "layout": {"type": "SingleColumnLayout", "children": [%s]}},
		{"id": "THANKS", "title": "Thanks", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`, version, components)
}

// found returns the findings below a component of onScreen as "CODE pointer", the
// pointer from the component on.
func found(t *testing.T, version, component string) []string {
	t.Helper()
	const place = "/screens/0/layout/children/0"
	var got []string
	for _, f := range validateOnly(t, onScreen(version, component), "document", "component") {
		if rest, ok := strings.CutPrefix(f.Pointer, place); ok {
			got = append(got, strings.TrimSpace(f.Code+" "+rest))
		}
	}
	return got
}

func TestComponents(t *testing.T) {
	t.Parallel()
	group := func(key, value string) string {
		return fmt.Sprintf(`{"type": "CheckboxGroup", "name": "n", "label": "L", "data-source": [{"id": "a", "title": "A"}], %q: %s}`, key, value)
	}
	input := func(key, value string) string {
		return fmt.Sprintf(`{"type": "TextInput", "name": "n", "label": "L", %q: %s}`, key, value)
	}
	tests := map[string]struct {
		version, component string
		want               []string
	}{
		"RichText":                        {"5.1", `{"type": "RichText", "text": "# A"}`, nil},
		"RichText too new":                {"5.0", `{"type": "RichText", "text": "# A"}`, []string{"INVALID_TYPE_PROPERTY_VALUE /type"}},
		"If too new":                      {"3.1", `{"type": "If", "condition": "x", "then": []}`, []string{"INVALID_TYPE_PROPERTY_VALUE /type"}},
		"CalendarPicker":                  {"6.1", `{"type": "CalendarPicker", "name": "n", "label": "L"}`, nil},
		"CalendarPicker hidden":           {"6.1", `{"type": "CalendarPicker", "name": "n", "label": "L", "visible": false}`, nil},
		"CalendarPicker too new":          {"6.0", `{"type": "CalendarPicker", "name": "n", "label": "L"}`, []string{"INVALID_TYPE_PROPERTY_VALUE /type"}},
		"NavigationList too new":          {"6.1", `{"type": "NavigationList"}`, []string{"INVALID_TYPE_PROPERTY_VALUE /type"}},
		"ImageCarousel too new":           {"7.0", `{"type": "ImageCarousel", "images": []}`, []string{"INVALID_TYPE_PROPERTY_VALUE /type"}},
		"PhotoPicker too new":             {"3.1", `{"type": "PhotoPicker", "name": "n", "label": "L"}`, []string{"INVALID_TYPE_PROPERTY_VALUE /type"}},
		"a version that is not yet known": {"8.0", `{"type": "ImageCarousel", "images": "${data.images}"}`, nil},
		"texts in an array":               {"5.1", `{"type": "TextBody", "text": ["A", "B"]}`, nil},
		"texts in an array too new":       {"5.0", `{"type": "TextBody", "text": ["A", "B"]}`, []string{"INVALID_PROPERTY_TYPE /text"}},
		"a number among texts":            {"7.3", `{"type": "TextBody", "text": ["A", 1]}`, []string{"INVALID_PROPERTY_TYPE /text/1"}},
		"an empty text among texts":       {"7.3", `{"type": "TextBody", "text": ["A", ""]}`, []string{"MIN_CHARS_REQUIRED /text/1"}},
		"an array for a heading":          {"7.3", `{"type": "TextHeading", "text": ["A"]}`, []string{"INVALID_PROPERTY_TYPE /text"}},
		"texts too long together": {
			"7.3", `{"type": "TextBody", "text": ["` + strings.Repeat("a", 4000) + `", "` + strings.Repeat("b", 97) + `"]}`,
			[]string{"TEXT_TOO_LONG /text"},
		},
		"80 characters, more bytes": {"7.3", `{"type": "TextHeading", "text": "` + strings.Repeat("é", 80) + `"}`, nil},
		"81 characters":             {"7.3", `{"type": "TextHeading", "text": "` + strings.Repeat("é", 81) + `"}`, []string{"TEXT_TOO_LONG /text"}},
		"a long reference":          {"7.3", `{"type": "TextHeading", "text": "${data.` + strings.Repeat("a", 90) + `}"}`, nil},
		"blank before 6.0":          {"5.1", `{"type": "TextHeading", "text": " "}`, nil},
		"blank from 6.0":            {"6.0", `{"type": "TextHeading", "text": " "}`, []string{"PATTERN_MISMATCH /text"}},
		"empty from 6.0":            {"6.0", `{"type": "TextHeading", "text": ""}`, []string{"MIN_CHARS_REQUIRED /text"}},
		"markdown too new":          {"5.0", `{"type": "TextBody", "text": "A", "markdown": true}`, []string{"INVALID_PROPERTY_KEY /markdown"}},
		"markdown is static": {"7.3", `{"type": "TextBody", "text": "A",
			"markdown": "${data.m}"}`, []string{"INVALID_PROPERTY_TYPE /markdown"}},
		"font-weight from data": {"7.3", `{"type": "TextBody", "text": "A", "font-weight": "${data.w}"}`, nil},
		"a list as font-weight": {"7.3", `{"type": "TextBody", "text": "A",
			"font-weight": ["bold"]}`, []string{"INVALID_PROPERTY_TYPE /font-weight"}},
		"label of a group is optional": {"3.1", `{"type": "CheckboxGroup", "name": "n", "data-source": [{"id": "a", "title": "A"}]}`, nil},
		"label of a group is required": {
			"4.0", `{"type": "CheckboxGroup", "name": "n", "data-source": [{"id": "a", "title": "A"}]}`, []string{"MISSING_REQUIRED_PROPERTY"},
		},
		"description too new":        {"3.1", group("description", `"D"`), []string{"INVALID_PROPERTY_KEY /description"}},
		"media-size too new":         {"4.0", group("media-size", `"large"`), []string{"INVALID_PROPERTY_KEY /media-size"}},
		"init-value too new":         {"3.1", input("init-value", `"a"`), []string{"INVALID_PROPERTY_KEY /init-value"}},
		"init-value":                 {"4.0", input("init-value", `"a"`), nil},
		"init-value of another type": {"7.3", group("init-value", `"a"`), []string{"INVALID_PROPERTY_TYPE /init-value"}},
		"one to select at most":      {"7.3", group("max-selected-items", `1`), []string{"MINIMUM_VALUE_REQUIRED /max-selected-items"}},
		"fewer than none to select":  {"7.3", group("min-selected-items", `-1`), []string{"MINIMUM_VALUE_REQUIRED /min-selected-items"}},
		"a huge number":              {"7.3", group("max-selected-items", `1e999`), []string{"MAXIMUM_VALUE_REQUIRED /max-selected-items"}},
		"helper-text on Dropdown": {"7.3", `{"type": "Dropdown", "name": "n", "label": "L",
			"data-source": [{"id": "a", "title": "A"}], "helper-text": "H"}`, []string{"INVALID_PROPERTY_KEY /helper-text"}},
		"enabled on OptIn": {"7.3", `{"type": "OptIn", "name": "n", "label": "L",
			"enabled": true}`, []string{"INVALID_PROPERTY_KEY /enabled"}},
		"visible on Footer": {"7.3", `{"type": "Footer", "label": "L",
			"on-click-action": {"name": "data_exchange", "payload": {}}, "visible": true}`, []string{"INVALID_PROPERTY_KEY /visible"}},
		"pattern too new":             {"6.1", input("pattern", `"a+"`), []string{"INVALID_PROPERTY_KEY /pattern"}},
		"an expression too early":     {"5.1", input("required", "\"`${data.n} > 1`\""), []string{"PATTERN_MISMATCH /required"}},
		"an expression":               {"6.0", input("required", "\"`${data.n} > 1`\""), nil},
		"a reference within a text":   {"7.3", input("helper-text", `"Hello ${data.n}"`), nil},
		"a reference within a number": {"7.3", input("max-chars", `"${data.n}0"`), []string{"PATTERN_MISMATCH /max-chars"}},
		"a number in quotes":          {"7.3", input("max-chars", `"80"`), []string{"PATTERN_MISMATCH /max-chars"}},
		"a boolean for a number":      {"7.3", input("max-chars", `true`), []string{"INVALID_PROPERTY_TYPE /max-chars"}},
		"null":                        {"7.3", input("helper-text", `null`), []string{"INVALID_PROPERTY_TYPE /helper-text"}},
		"name is no expression":       {"7.3", "{\"type\": \"TextInput\", \"name\": \"`'a'`\", \"label\": \"L\"}", []string{"PATTERN_MISMATCH /name"}},
		"item action too new": {
			"5.1", `{"type": "Dropdown", "name": "n", "label": "L",
			"data-source": [{"id": "a", "title": "A", "on-select-action": {"name": "update_data", "payload": {}}}]}`,
			[]string{"INVALID_PROPERTY_KEY /data-source/0/on-select-action"},
		},
		"item action of another name": {
			"6.0", `{"type": "Dropdown", "name": "n", "label": "L",
			"data-source": [{"id": "a", "title": "A", "on-select-action": {"name": "data_exchange", "payload": {}}}]}`,
			[]string{"INVALID_ENUM_VALUE /data-source/0/on-select-action/name"},
		},
		"update_data too new": {
			"5.1", group("on-select-action", `{"name": "update_data", "payload": {}}`), []string{"INVALID_ENUM_VALUE /on-select-action/name"},
		},
		"chips with an action": {"7.1", `{"type": "ChipsSelector", "name": "n", "label": "L",
			"data-source": "${data.d}", "on-select-action": {"name": "data_exchange", "payload": {}}}`, nil},
		"chips with an action too new": {"7.0", `{"type": "ChipsSelector", "name": "n", "label": "L",
			"data-source": "${data.d}", "on-select-action": {"name": "data_exchange", "payload": {}}}`, []string{"INVALID_PROPERTY_KEY /on-select-action"}},
		"days": {"7.3", `{"type": "CalendarPicker", "name": "n", "label": "L",
			"include-days": ["Mon", "monday"]}`, []string{"INVALID_ENUM_VALUE /include-days/1"}},
		"a day that is none": {"7.3", `{"type": "DatePicker", "name": "n", "label": "L",
			"unavailable-dates": ["2026-02-28", "2026-02-30"]}`, []string{"INVALID_PROPERTY_VALUE_FORMAT /unavailable-dates/1"}},
		"milliseconds": {"4.0", `{"type": "DatePicker", "name": "n", "label": "L", "min-date": "1693569600000"}`, nil},
		"milliseconds without quotes": {"4.0", `{"type": "DatePicker", "name": "n", "label": "L",
			"min-date": 1693569600000}`, []string{"INVALID_PROPERTY_TYPE /min-date"}},
		"milliseconds from 5.0": {"5.0", `{"type": "DatePicker", "name": "n", "label": "L",
			"min-date": "1693569600000"}`, []string{"INVALID_PROPERTY_VALUE_FORMAT /min-date"}},
		"a range label of a wrong type": {
			"7.3", `{"type": "CalendarPicker", "name": "n", "mode": "range", "label": {"start-date": "From", "end-date": 2}}`,
			[]string{"INVALID_PROPERTY_TYPE /label/end-date"},
		},
		"a MIME type": {"7.3", `{"type": "DocumentPicker", "name": "n", "label": "L",
			"allowed-mime-types": ["text/csv"]}`, []string{"INVALID_ENUM_VALUE /allowed-mime-types/0"}},
		"a static number from data": {"7.3", `{"type": "PhotoPicker", "name": "n", "label": "L",
			"max-uploaded-photos": "${data.n}"}`, []string{"INVALID_PROPERTY_TYPE /max-uploaded-photos"}},
		"condition true": {"6.0", `{"type": "If", "condition": true, "then": [{"type": "TextBody", "text": "A"}]}`, nil},
		"condition true too new": {
			"5.1", `{"type": "If", "condition": true, "then": [{"type": "TextBody", "text": "A"}]}`, []string{"INVALID_PROPERTY_TYPE /condition"},
		},
		"deep in branches": {
			"7.3", `{"type": "If", "condition": "${data.a}", "then": [{"type": "Switch", "value": "${data.b}", "cases": {"a": [{"type": "TextBody"}]}}]}`,
			[]string{"MISSING_REQUIRED_PROPERTY /then/0/cases/a/0"},
		},
		"a Switch in a Form": {"7.3", `{"type": "Form", "name": "f", "children": [{"type": "Switch", "value": "${data.b}", "cases": {"a": [
			{"type": "TextInput", "name": "n", "label": "L",
			"error-message": "E"}]}}]}`, []string{"INVALID_PROPERTY_KEY /children/0/cases/a/0/error-message"}},
		"init-values of another type": {
			"7.3", `{"type": "Form", "name": "f", "children": [], "init-values": ["a"]}`, []string{"INVALID_PROPERTY_TYPE /init-values"},
		},
		"children of a Form are an object": {"7.3", `{"type": "Form", "name": "f", "children": {}}`, []string{"INVALID_PROPERTY_TYPE /children"}},
		"a right caption alone": {"7.3", `{"type": "Footer", "label": "L",
			"right-caption": "2", "on-click-action": {"name": "data_exchange", "payload": {}}}`, []string{"INVALID_DEPENDENCIES /right-caption"}},
		"a dynamic url": {"7.3", `{"type": "EmbeddedLink", "text": "T",
			"on-click-action": {"name": "open_url", "url": "${data.url}"}}`, nil},
		"the word for an action": {"7.3", `{"type": "EmbeddedLink", "text": "T",
			"onClickAction": {"name": "data_exchange", "payload": {}}}`, []string{"INVALID_PROPERTY_KEY /onClickAction"}},
		"the action's name is a number": {"7.3", `{"type": "EmbeddedLink", "text": "T",
			"on-click-action": {"name": 1, "payload": {}}}`, []string{"INVALID_PROPERTY_TYPE /on-click-action/name"}},
		"a key that comes again": {"7.3", `{"type": "TextBody", "text": 1, "text": "A"}`, []string{"DUPLICATE_KEY /text"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, found(t, tt.version, tt.component)); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestComponentImages has images that are too large for a file.
func TestComponentImages(t *testing.T) {
	t.Parallel()
	base64 := func(kb int) string { return "iVBORw0KGgoA" + strings.Repeat("AAAA", kb*1024/3-3) }
	option := `{"type": "RadioButtonsGroup", "name": "n", "label": "L", "data-source": [{"id": "a", "title": "A", "image": %q}]}`
	image := `{"type": "Image", "src": %q}`
	tests := map[string]struct {
		version, component string
		kb                 int
		want               []string
	}{
		"option":              {"6.0", option, 100, nil},
		"large option":        {"6.0", option, 102, []string{"IMAGE_TOO_LARGE /data-source/0/image"}},
		"option before 6.0":   {"5.1", option, 300, nil},
		"large before 6.0":    {"5.1", option, 302, []string{"IMAGE_TOO_LARGE /data-source/0/image"}},
		"image":               {"7.3", image, 300, nil},
		"large image":         {"7.3", image, 302, []string{"IMAGE_TOO_LARGE /src"}},
		"large image, spaced": {"7.3", `{"type": "Image", "src": " %s"}`, 302, []string{"IMAGE_NOT_BASE64 /src"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := found(t, tt.version, fmt.Sprintf(tt.component, base64(tt.kb)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDropdownLength: a Dropdown shows fewer options if one has an image.
func TestDropdownLength(t *testing.T) {
	t.Parallel()
	dropdown := func(count int, first string) string {
		options := []string{first}
		for i := 1; i < count; i++ {
			options = append(options, fmt.Sprintf(`{"id": "o%d", "title": "O"}`, i))
		}
		return `{"type": "Dropdown", "name": "n", "label": "L", "data-source": [` + strings.Join(options, ", ") + `]}`
	}
	const plain, withImage = `{"id": "a", "title": "A"}`, `{"id": "a", "title": "A", "image": "iVBORw0KGgo="}`
	tooMany := []string{"TOO_MANY_OPTIONS /data-source"}
	tests := map[string]struct {
		component string
		want      []string
	}{
		"200":             {dropdown(200, plain), nil},
		"201":             {dropdown(201, plain), tooMany},
		"100 with images": {dropdown(100, withImage), nil},
		"101 with images": {dropdown(101, withImage), tooMany},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, found(t, "7.3", tt.component)); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSuggestions: a key that is close to one that exists is named.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ component, want string }{
		"initial-text": {`{"type": "TextInput", "name": "n", "label": "L", "initial-text": "a"}`, `use "init-value"`},
		"placeholder":  {`{"type": "TextInput", "name": "n", "label": "L", "placeholder": "a"}`, `use "helper-text"`},
		"input_type":   {`{"type": "TextInput", "name": "n", "label": "L", "input_type": "text"}`, `use "input-type"`},
		"maxChars":     {`{"type": "TextInput", "name": "n", "label": "L", "maxChars": 4}`, `use "max-chars"`},
		"max-length":   {`{"type": "TextInput", "name": "n", "label": "L", "max-length": 4}`, `use "max-chars"`},
		"lable":        {`{"type": "TextInput", "name": "n", "lable": "L"}`, `use "label"`},
		"labels":       {`{"type": "TextInput", "name": "n", "labels": "L"}`, `use "label"`},
		"options":      {`{"type": "Dropdown", "name": "n", "label": "L", "options": "${data.o}"}`, `use "data-source"`},
		"items":        {`{"type": "NavigationList", "name": "n", "items": "${data.o}"}`, `use "list-items"`},
		"next_screen": {`{"type": "EmbeddedLink", "text": "T",
			"on-click-action": {"name": "navigate", "next_screen": "THANKS", "payload": {}}}`, `use "next"`},
		"action":        {`{"type": "EmbeddedLink", "text": "T", "on-click-action": {"action": "navigate", "payload": {}}}`, `use "name"`},
		"nothing":       {`{"type": "TextBody", "text": "T", "animation": "slide"}`, `remove it`},
		"already there": {`{"type": "TextInput", "name": "n", "label": "L", "input-type": "text", "input_type": "text"}`, `remove it`},
		"in a Form":     {`{"type": "Form", "name": "f", "children": [{"type": "TextInput", "name": "n", "label": "L", "initial-text": "a"}]}`, `remove it`},
		"plural":        {`{"type": "TextInput", "name": "n", "label": "L", "label_variants": "large"}`, `use "label-variant"`},
		"a component":   {`{"type": "RadioButtonGroup", "name": "n"}`, `use RadioButtonsGroup`},
		"text_body":     {`{"type": "text_body", "text": "T"}`, `use TextBody`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings := validateOnly(t, onScreen("7.3", tt.component), "component")
			for _, f := range findings {
				if strings.HasSuffix(f.Message, tt.want) {
					return
				}
			}
			t.Errorf("nothing says %s: %v", tt.want, findings)
		})
	}
}
