package lint_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/lint"
	"github.com/flowserver/flowserver/protocol"
)

type object = map[string]any

// tinyPNG is an image of one pixel.
const tinyPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// tried are values of all sorts: for each property, some are right.
func tried() []any {
	values := []any{
		strings.Repeat("a", 81), strings.Repeat("a", 5000), tinyPNG, "data:image/png;base64," + tinyPNG, tinyPNG + strings.Repeat("AAAA", 320<<8),
	}
	for _, text := range []string{
		`"a"`, `""`, `" "`, `"true"`, `"1"`, `"2026-11-23"`, `"2026-02-30"`, `"23/11/2026"`, `"1764000000000"`, `"2026-11-23T00:00:00Z"`, `"https://a.example/"`,
		`"bold"`, `"large"`, `"cover"`, `"range"`, `"single"`, `"16:9"`, `1`, `0`, `-1`, `1.5`, `1e10`, `true`, `false`,
		`[]`, `[1]`, `[""]`, `["a"]`, `["a", "b"]`, `["Mon"]`, `["Monday"]`, `["2026-11-23"]`, `[[]]`, `[{}]`, `{}`, `{"a": 1}`, `{"a": "b"}`,
		`{"start-date": "2026-11-23", "end-date": "2026-11-24"}`, `{"start-date": "2026-11-25", "end-date": "2026-11-24"}`, `{"start-date": "a"}`,
		`{"start-date": "a", "end-date": "b"}`, `{"start-date": "a", "end-date": "b", "c": "d"}`, `{"start-date": true, "end-date": false}`,
	} {
		values = append(values, decoded(text))
	}
	for _, second := range []string{ // of two options
		`{"id": "b", "title": "B"}`, `{"id": "a", "title": "B"}`, `{"id": "", "title": "B"}`, `{"id": 1, "title": "B"}`, `{"title": "B"}`, `{"id": "b"}`,
		`{"id": "b", "title": ""}`, `{"id": "b", "title": 1}`, `{"id": "b", "title": "B", "enabled": "no"}`, `{"id": "b", "title": "B", "color": "red"}`,
		`{"id": "b", "title": "B", "color": "#ffffff"}`, `{"id": "b", "title": "B", "image": "?"}`, `{"id": "b", "title": "B", "description": 1}`,
		`{"id": "b", "title": "B", "metadata": "ten, twenty, thirty"}`, `{"id": "b", "title": "B", "metadata": "ten, twenty, thirty, forty"}`,
		`{"id": "b", "title": "B", "on-select-action": {"name": "data_exchange", "payload": {}}}`,
		`{"id": "b", "title": "B", "on-select-action": {"name": "update_data", "payload": {"nope": 1}}}`, `{"id": "b", "title": "B", "on-select-action": "update_data"}`,
	} {
		values = append(values, []any{object{"id": "a", "title": "A", "color": "#25D366"}, decoded(second)}, []any{object{"id": "a", "title": "A"}, decoded(second)})
	}
	for _, rest := range []string{ // of a list item
		``, `, "badge": "ten, twenty, thirty"`, `, "tags": []`, `, "tags": ["a", "b", "c", "d"]`, `, "end": {}`, `, "end": {"title": "a"}`, `, "start": {}`,
		`, "start": {"image": "?"}`, `, "main-content": {}`, `, "main-content": {"title": ""}`, `, "main-content": "a"`, `, "enabled": "no"`,
		`, "main-content": {"title": "a", "description": "ten, twenty, thirty, forty"}`, `, "on-click-action": {"name": "complete", "payload": {}}`,
	} {
		one := decoded(`{"id": "a", "main-content": {"title": "A"}` + rest + `}`)
		values = append(values, []any{one}, []any{one, one}, []any{one, object{"id": "b", "main-content": object{"title": "B"}}})
	}
	for _, image := range []object{{"src": tinyPNG, "alt-text": "a"}, {"src": tinyPNG}, {"src": "?", "alt-text": "a"}, {"src": tinyPNG, "alt-text": 1}} {
		values = append(values, []any{image}, []any{image, image, image, image})
	}
	return values
}

func decoded(text string) (value any) {
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(err)
	}
	return value
}

// TestAgree puts each value into the file, and lets it arrive as data: lint and the guard
// find something of the same values.
func TestAgree(t *testing.T) {
	t.Parallel()
	places := 0
	for _, row := range catalog.Components() {
		for _, p := range row.Properties {
			switch p.Value.(type) {
			case catalog.Condition, catalog.Binding, catalog.Map:
				continue
			}
			if p.Bound == nil && !p.BoundUnchecked {
				continue
			}
			places++
			t.Run(row.Type+" "+p.Key, func(t *testing.T) {
				t.Parallel()
				for _, value := range tried() {
					inFile, arrived := ofFile(t, row, p, value), ofAnswer(t, row, p, value)
					if (inFile == "") != (arrived == "") && !mayDiffer(p, value, arrived != "") {
						text, _ := json.Marshal(value)
						t.Errorf("%.200s\nin the file: %s\nas data: %s", text, inFile, arrived)
					}
				}
			})
		}
	}
	if places < 80 {
		t.Errorf("%d places, which cannot be all", places)
	}
}

// mayDiffer has what Meta refuses in a file and clients accept as data, such as blank texts.
func mayDiffer(p catalog.Property, value any, arrived bool) bool {
	if arrived {
		return false
	}
	switch value := value.(type) {
	case string:
		_, isCount := p.Value.(catalog.Number)
		return strings.TrimSpace(value) == "" || isCount
	case float64:
		_, isText := p.Value.(catalog.Text)
		return p.Key == "init-value" && isText // clients turn it into text
	case []any:
		return len(value) == 1 && value[0] == "" || slices.ContainsFunc(value, hasUnknownKey(p))
	}
	return false
}

// hasUnknownKey returns whether an item of a list has a key that clients do not look at.
func hasUnknownKey(p catalog.Property) func(any) bool {
	list, _ := p.Value.(catalog.List)
	item, _ := list.Item()
	return func(value any) bool {
		members, _ := value.(object)
		for key := range members {
			if catalog.PropertyOf(item.Properties, key) == nil {
				return true
			}
		}
		return false
	}
}

// ofFile returns the findings of a property whose value is in the file, ofAnswer those of
// one whose value arrives.
func ofFile(t *testing.T, row *catalog.Component, p catalog.Property, value any) string {
	t.Helper()
	var found []string
	for _, f := range lint.ValidateOnly(flowOf(t, row, p, value), "component", "action", "together") {
		found = append(found, f.String())
	}
	return strings.Join(found, "\n")
}

func ofAnswer(t *testing.T, row *catalog.Component, p catalog.Property, value any) string {
	t.Helper()
	answer, err := json.Marshal(object{"screen": "A", "data": object{"v": value}})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, v := range flowOf(t, row, p, "${data.v}").CheckAnswer(flowjson.Move{Action: protocol.ActionInit, To: "A"}, answer) {
		found = append(found, v.String())
	}
	return strings.Join(found, "\n")
}

// flowOf returns a Flow with a component of which one property has that value.
func flowOf(t *testing.T, row *catalog.Component, p catalog.Property, value any) *flowjson.Flow {
	t.Helper()
	required := object{
		"type": row.Type, "name": "n", "label": "A", "text": "A", "src": tinyPNG,
		"data-source": decoded(`[{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]`), "list-items": decoded(`[{"id": "a", "main-content": {"title": "A"}}]`),
		"images": []object{{"src": tinyPNG, "alt-text": "A"}}, catalog.OnClick: decoded(`{"name": "data_exchange", "payload": {}}`),
	}
	maps.DeleteFunc(required, func(key string, _ any) bool {
		has := row.Property(key)
		return has == nil || !has.Required && (key != catalog.OnClick || row.Type != "NavigationList")
	})
	if p.Mode != "" {
		required["mode"], required["label"] = p.Mode, decoded(`{"start-date": "A", "end-date": "B"}`)
	}
	switch p.Key { // a Footer has both or none
	case "left-caption":
		required["right-caption"] = "A"
	case "right-caption":
		required["left-caption"] = "A"
	}
	required[p.Key] = value
	component, err := json.Marshal(required)
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowjson.Read([]byte(fmt.Sprintf(`{"version": %q, "screens": [{"id": "A", "title": "A", "data": {"v": {}},
		"layout": {"type": "SingleColumnLayout", "children": [%s]}}]}`, catalog.Newest(), component)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
