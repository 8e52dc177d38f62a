package lint_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// TestOneMistake makes one mistake in a valid file. Nothing else is reported, although
// other parts of the file depend on what is wrong.
func TestOneMistake(t *testing.T) {
	t.Parallel()
	const (
		day, done = "/screens/0", "/screens/1"
		key, kind = "INVALID_PROPERTY_KEY ", "INVALID_PROPERTY_TYPE "
		payload   = "INVALID_NAVIGATE_ACTION_PAYLOAD "
		children  = "/layout/children/"
	)
	tests := map[string]struct{ right, wrong, want string }{
		"screens misspelt":            {`"screens": [`, `"screen": [`, key + "/screen"},
		"id misspelt":                 {`"id": "DONE"`, `"Id": "DONE"`, key + done + "/Id"},
		"id no string":                {`"id": "DONE"`, `"id": 2`, kind + done + "/id"},
		"id refused":                  {`"id": "DONE"`, `"id": "DONE 1"`, "PATTERN_MISMATCH " + done + "/id"},
		"id misspelt, in expressions": {`"id": "DAY"`, `"Id": "DAY"`, key + day + "/Id"},
		"layout misspelt":             {`"layout"`, `"Layout"`, key + day + "/Layout"},
		"terminal misspelt":           {`"terminal": true`, `"Terminal": true`, key + done + "/Terminal"},
		"terminal no boolean":         {`"terminal": true`, `"terminal": []`, kind + done + "/terminal"},
		"route to an unknown screen":  {`["DONE"]`, `["DOME"]`, "INVALID_ROUTING_MODEL /routing_model/DAY/0"},
		"routes no array":             {`["DONE"]`, `"DONE"`, kind + "/routing_model/DAY"},
		"route blank":                 {`["DONE"]`, `[" "]`, "PATTERN_MISMATCH /routing_model/DAY/0"},
		"data misspelt":               {`"data": {` + "\n", `"Data": {` + "\n", key + day + "/Data"},
		"data of the next no object":  {`"data": {"place": {"type": "string", "__example__": "a"}}`, `"data": []`, kind + done + "/data"},
		"type of a field misspelt":    {`"intro": {"type"`, `"intro": {"Type"`, "MISSING_REQUIRED_PROPERTY " + day + "/data/intro/Type"},
		"example of a field misspelt": {`"__example__": "Choose"`, `"example": "Choose"`, "MISSING_REQUIRED_PROPERTY " + day + "/data/intro/example"},
		"items misspelt":              {`"items"`, `"item"`, "INVALID_SCREEN_DATA " + day + "/data/places/item"},
		"property no object":          {`{"id": {"type": "string"}`, `{"id": "string"`, "INVALID_SCREEN_DATA " + day + "/data/places/items/properties/id"},
		"name misspelt":               {`"name": "place"`, `"Name": "place"`, key + day + children + "1/Name"},
		"name no string":              {`"name": "place"`, `"name": 5`, kind + day + children + "1/name"},
		"input of an unknown type":    {`"type": "Dropdown"`, `"type": "Select"`, "INVALID_TYPE_PROPERTY_VALUE " + day + children + "1/type"},
		"option no object":            {`"${data.places}"`, `["${data.nothing}"]`, kind + day + children + "1/data-source/0"},
		"action misspelt":             {`on-click-action": {"name": "nav`, `on_click_action": {"name": "nav`, key + day + children + "3/then/0/on_click_action"},
		"last action misspelt":        {`on-click-action": {"name": "comp`, `on_click_action": {"name": "comp`, key + done + children + "3/on_click_action"},
		"next screen blank":           {`"name": "DONE"`, `"name": " "`, "PATTERN_MISMATCH " + day + children + "3/then/0/on-click-action/next/name"},
		"payload misspelt":            {`"payload": {"place": "${form`, `"Payload": {"place": "${form`, key + day + children + "3/then/0/on-click-action/Payload"},
		"payload key misspelt":        {`{"place": "${f`, `{"plase": "${f`, payload + day + children + "3/then/0/on-click-action/payload/plase"},
		"else misspelt":               {`"else"`, `"Else"`, key + day + children + "3/Else"},
		"mode misspelt":               {`"mode"`, `"Mode"`, key + done + children + "1/Mode"},
		"mode no string":              {`"mode": "range"`, `"mode": null`, kind + done + children + "1/mode"},
		"day misspelt":                {`"start-date"`, `"start_date"`, "INVALID_PROPERTY_NAME_FOR_CONDITION " + done + children + "1/label/start_date"},
		"input-type misspelt":         {`"input-type"`, `"input_type"`, key + done + children + "2/input_type"},
		"helper-text misspelt":        {`"helper-text"`, `"helper_text"`, key + done + children + "2/helper_text"},
		"number in a text":            {`"min-chars": 2`, `"min-chars": "${data.place} 5"`, "PATTERN_MISMATCH " + done + children + "2/min-chars"},
		"Footer of a branch misspelt": {`Footer", "label": "Go"`, `Foter", "label": "Go"`, "INVALID_TYPE_PROPERTY_VALUE " + day + children + "3/then/0/type"},
		"Footer misspelt":             {`"Footer", "label": "Done"`, `"Foter", "label": "Done"`, "INVALID_TYPE_PROPERTY_VALUE " + done + children + "3/type"},
		"caption misspelt":            {`"left-caption"`, `"left_caption"`, key + done + children + "3/left_caption"},
	}
	valid := string(read(t, filepath.Join(flows, "valid", "one-mistake.json")))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := strings.Replace(valid, tt.right, tt.wrong, 1)
			if source == valid {
				t.Fatalf("%s is not in the file", tt.right)
			}
			var got []string
			for _, f := range lint.Validate([]byte(source)) {
				got = append(got, string(f.Severity)+" "+f.Code+" "+f.Pointer)
			}
			if diff := cmp.Diff([]string{"error " + tt.want}, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNewerMistake misspells keys in a version that this release does not know: one that
// may be new is a warning, which hides no error.
func TestNewerMistake(t *testing.T) {
	t.Parallel()
	valid := string(read(t, filepath.Join(flows, "valid", "one-mistake.json")))
	for name, tt := range map[string]struct {
		right, wrong string
		want         []string // the errors
	}{
		"nothing":        {"", "", nil},
		"a required key": {`"screens"`, `"screeens"`, []string{"INVALID_PROPERTY_KEY"}},
		"another key":    {`"terminal"`, `"Terminal"`, []string{"MISSING_TERMINAL_SCREEN", "INVALID_COMPLETE_ACTION"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := strings.Replace(valid, tt.right, tt.wrong, 1)
			source = regexp.MustCompile(`"version": "[0-9.]+"`).ReplaceAllString(source, `"version": "99.0"`)
			var got []string
			for _, f := range lint.Validate([]byte(source)) {
				if f.Severity == lint.Error {
					got = append(got, f.Code)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}
