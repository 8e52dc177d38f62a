package flowjson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/protocol"
)

// object is a JSON object.
type object = map[string]any

// right returns a value that a component can show.
func right(v catalog.Value) any {
	switch v := v.(type) {
	case catalog.Text, catalog.Lines, catalog.Name, catalog.Word:
		if word, ok := v.(catalog.Word); ok && word.Pattern != nil {
			return "#25D366"
		}
		return "a"
	case catalog.Enum:
		return v.Words[0]
	case catalog.Bool:
		return true
	case catalog.Number:
		return max(v.Min, 1)
	case catalog.Date:
		return "2026-11-23"
	case catalog.Image:
		return "iVBORw0KGgo="
	case catalog.URL:
		return "https://example.com/"
	case catalog.Click:
		return object{"name": v.Actions[0], "payload": object{}}
	case catalog.List:
		items := make([]any, max(v.Min, 1))
		for i := range items {
			item := right(v.Of)
			if option, ok := item.(object); ok && option["id"] != nil {
				option["id"] = fmt.Sprint("a", i)
			}
			items[i] = item
		}
		return items
	case catalog.Record:
		return required(v.Properties)
	case catalog.PerKey:
		return right(v.Of)
	case catalog.Map:
		return object{}
	}
	return []any{}
}

// required returns an object with the keys that it needs.
func required(properties []catalog.Property) object {
	o := object{}
	for _, p := range properties {
		if p.Required {
			o[p.Key] = right(p.Value)
		}
	}
	return o
}

// wrongs returns values that a component cannot show: of another type, and of what else
// its row says.
func wrongs(v catalog.Value, isRequired bool) []any {
	switch v := v.(type) {
	case catalog.Text:
		wrong := []any{[]any{}}
		if v.Limit > 0 && v.LiftedBy == "" {
			wrong = append(wrong, strings.Repeat("a", v.Limit+1))
		}
		if isRequired {
			wrong = append(wrong, "")
		}
		return wrong
	case catalog.Lines:
		return []any{1.0}
	case catalog.Word:
		return []any{1.0, ""}
	case catalog.Enum, catalog.Image, catalog.URL:
		return []any{1.0, "nonsense"}
	case catalog.Date:
		return []any{true, "nonsense"}
	case catalog.Bool:
		return []any{"true"}
	case catalog.Number:
		wrong := []any{true}
		if v.Bounded || v.Positive {
			wrong = append(wrong, -1.0)
		}
		return wrong
	case catalog.List:
		wrong := []any{object{}}
		for _, item := range wrongs(v.Of, false) {
			wrong = append(wrong, []any{item})
		}
		if v.Min > 0 {
			wrong = append(wrong, []any{})
		}
		return wrong
	case catalog.Record:
		wrong := []any{"a"}
		for _, p := range v.Properties {
			for _, value := range wrongs(p.Value, p.Required) {
				o := required(v.Properties)
				o[p.Key] = value
				wrong = append(wrong, o)
			}
			if p.Required {
				o := required(v.Properties)
				delete(o, p.Key)
				wrong = append(wrong, o)
			}
		}
		return wrong
	case catalog.PerKey:
		return wrongs(v.Of, isRequired)
	case catalog.Click:
		return []any{"a", object{"name": "nonsense"}}
	}
	return nil
}

// TestEveryPlace binds each property of the catalog that can be bound: right values pass,
// and wrong ones are found wherever they arrive.
func TestEveryPlace(t *testing.T) {
	t.Parallel()
	places := 0
	for _, row := range catalog.Components() {
		for _, p := range row.Properties {
			switch p.Value.(type) {
			case catalog.Condition, catalog.Binding, catalog.Map: // other tests have them
				continue
			}
			if p.Bound == nil && !p.BoundUnchecked {
				continue
			}
			places++
			t.Run(row.Type+" "+p.Key, func(t *testing.T) {
				t.Parallel()
				everyValue(t, row, p)
			})
		}
	}
	if places < 80 {
		t.Errorf("%d places, which cannot be all", places)
	}
}

func everyValue(t *testing.T, row *catalog.Component, p catalog.Property) {
	t.Helper()
	component := required(row.Properties)
	component["type"], component["name"] = row.Type, "n"
	if row.Placement.Alone == nil && p.Mode != "" {
		component["mode"] = p.Mode
		component["label"] = object{catalog.StartDate: "a", catalog.EndDate: "a"}
	}
	if row.Navigates() && p.Key != catalog.OnClick { // items have an action
		component[catalog.OnClick] = right(row.Property(catalog.OnClick).Value)
	}
	component[p.Key] = "${data.v}"
	check := func(value any) []flowjson.Violation {
		source, err := json.Marshal(object{"version": catalog.Newest().String(), "screens": []any{object{
			"id": "A", "title": "A", "data": object{"v": object{}},
			"layout": object{"type": "SingleColumnLayout", "children": []any{component}},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(object{"screen": "A", "data": object{"v": value}})
		if err != nil {
			t.Fatal(err)
		}
		return readFlow(t, string(source)).CheckAnswer(flowjson.Move{Action: protocol.ActionInit, To: "A"}, answer)
	}
	good := right(p.Value)
	if p.Key == "init-value" && row.Type == "CalendarPicker" {
		good = "2026-11-23"
	}
	if p.Key == "mode" {
		good = "single"
	}
	if found := check(good); found != nil && p.Key != "init-value" { // the options have other ids
		t.Errorf("%v: found %v", good, found)
	}
	for _, value := range wrongs(p.Value, p.Required) {
		if check(value) == nil {
			t.Errorf("%v: nothing found", value)
		}
	}
}
