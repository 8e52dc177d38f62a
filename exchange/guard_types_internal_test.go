package exchange

import (
	"encoding/json"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
)

// FuzzHasTypes: what is seen to have the types conforms by JSON Schema, too.
func FuzzHasTypes(f *testing.F) {
	for model, data := range map[string]string{
		`{"a":{"type":"string"},"b":{"type":"boolean"},"c":{"type":"number"}}`:                                                 `{"a":"","b":true,"c":1.5,"d":null}`,
		`{"a":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"}}}}}`:                               `{"a":[{"id":"x"},{"more":1}]}`,
		`{"a":{"type":"array"},"b":{"type":"object"},"required":["a"]}`:                                                        `{"a":[1,null],"b":{"x":null}}`,
		`{"a":{"type":"integer"},"a":{"type":"string"}}`:                                                                       `{"a":""}`,
		`{"a":{"type":"object","properties":{"x":{"type":"string","maxLength":1}}}}`:                                           `{"a":{"x":"long"}}`,
		`{"a":{"type":"array","items":{"type":"array","items":{"type":"number"}},"__example__":[[1]],"title":"nested"}}`:       `{"a":[[1],[]]}`,
		`{"a":{"type":"object","properties":{"x":{"type":"object","properties":{"y":{"type":"boolean"}}}},"minProperties":1}}`: `{"a":{}}`,
	} {
		f.Add(model, data)
	}
	f.Fuzz(func(t *testing.T, model, data string) {
		flow, err := flowjson.Read([]byte(`{"screens":[{"id":"A","data":` + model + `}]}`))
		if err != nil || len(flow.Screens) == 0 || !declaresTypes(flow.Screens[0].Data) {
			return
		}
		var values map[string]any
		if json.Unmarshal([]byte(data), &values) != nil || !hasTypes(values, flow.Screens[0].Data) {
			return
		}
		if found, err := flow.Screens[0].Data.Check(values, true); err != nil || len(found) > 0 {
			t.Errorf("JSON Schema does not agree: %v, %v", found, err)
		}
	})
}
