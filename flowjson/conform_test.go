package flowjson_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowserver/flowserver/flowjson"
)

func TestModelCheck(t *testing.T) {
	t.Parallel()
	const model = `{
		"name": {"type": "string", "__example__": "Ada"},
		"age": {"type": "number", "minimum": 18, "__example__": 36},
		"slots": {"type": "array", "__example__": [], "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
		"a/b": {"type": "boolean", "__example__": true},
		"required": ["name", "undeclared"]}`
	const complete = `{"name": "Ada", "age": 36, "slots": [{"id": "1"}], "a/b": true, "undeclared": 1}`
	tests := map[string]struct {
		model, data string
		all         bool
		want        []string // rule and pointer
	}{
		"complete":                {model, complete, true, nil},
		"more than is declared":   {model, `{"name": "", "undeclared": "", "more": null}`, false, nil},
		"optional keys missing":   {model, `{"name": "", "undeclared": ""}`, false, nil},
		"required keys missing":   {model, `{}`, false, []string{"missing /name", "missing /undeclared"}},
		"all keys missing":        {model, `{}`, true, []string{"missing /age", "missing /a~1b", "missing /name", "missing /slots", "missing /undeclared"}},
		"wrong type":              {model, `{"name": 7, "undeclared": 1}`, false, []string{"type /name"}},
		"wrong type in an item":   {model, `{"name": "", "undeclared": 1, "slots": [{"id": "1"}, {"id": 2}]}`, false, []string{"type /slots/1/id"}},
		"null":                    {model, `{"name": null, "undeclared": 1}`, false, []string{"null /name"}},
		"other keyword":           {model, `{"name": "", "undeclared": 1, "age": 17}`, false, []string{"keyword /age"}},
		"escaped pointer":         {model, `{"name": "", "undeclared": 1, "a/b": 1}`, false, []string{"type /a~1b"}},
		"refers to itself":        {`{"a": {"$ref": "#/properties/a"}}`, `{"a": 1}`, true, []string{"keyword /a"}},
		"no field, no data":       {`{}`, `{}`, true, nil},
		"required is a field":     {`{"required": {"type": "boolean", "__example__": true}}`, `{"required": 1}`, true, []string{"type /required"}},
		"JavaScript's pattern":    {`{"a": {"type": "string", "pattern": "(?=x)", "__example__": "x"}}`, `{"a": "y"}`, true, nil},
		"pattern":                 {`{"a": {"type": "string", "pattern": "^x", "__example__": "x"}}`, `{"a": "y"}`, true, []string{"keyword /a"}},
		"integer":                 {`{"a": {"type": "integer", "__example__": 1}}`, `{"a": 1.5}`, true, []string{"type /a"}},
		"any object":              {`{"a": {"type": "object", "__example__": {}}}`, `{"a": {"b": null}}`, true, nil},
		"no data model, data":     {`null`, `{"a": 1}`, false, []string{"unexpected "}},
		"no data model, no data":  {`null`, `{}`, true, nil},
		"field declared twice":    {`{"a": {"type": "string"}, "a": {"type": "number"}}`, `{"a": 1}`, true, nil},
		"field twice and missing": {`{"a": {"type": "string"}, "a": {"type": "number"}}`, `{}`, true, []string{"missing /a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := readFlow(t, `{"screens": [{"id": "A", "data": `+tt.model+`}]}`)
			var data map[string]any
			if err := json.Unmarshal([]byte(tt.data), &data); err != nil {
				t.Fatal(err)
			}
			violations, err := f.Screens[0].Data.Check(data, tt.all)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range violations {
				got = append(got, v.Rule+" "+v.Pointer)
				if v.Problem == "" {
					t.Errorf("%+v does not say what is wrong", v)
				}
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
				t.Errorf("violations differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestModelCheckNoSchema: a model that is no JSON Schema is an error, each time, and
// no reason to read other files.
func TestModelCheckNoSchema(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]string{
		"unknown type":    `{"a": {"type": "text"}}`,
		"no object":       `{"a": "string"}`,
		"a file":          `{"a": {"$ref": "file:///etc/passwd"}}`,
		"another site":    `{"a": {"$ref": "https://example.com/schema.json"}}`,
		"nothing there":   `{"a": {"$ref": "#/properties/b"}}`,
		"negative length": `{"a": {"type": "string", "minLength": -1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := readFlow(t, `{"screens": [{"data": `+model+`}]}`).Screens[0].Data
			for range 2 {
				if _, err := m.Check(map[string]any{"a": "x"}, true); err == nil {
					t.Error("got no error")
				}
			}
		})
	}
}

func TestCheckExample(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		field string
		want  []string
	}{
		"fits":      {`{"type": "array", "items": {"type": "string"}, "__example__": ["a"]}`, nil},
		"type":      {`{"type": "string", "__example__": 1}`, []string{"type "}},
		"an item":   {`{"type": "array", "items": {"type": "string"}, "__example__": ["a", 2]}`, []string{"type /1"}},
		"no object": {`{"type": "string", "__example__": null}`, []string{"null "}},
		"large":     {`{"type": "integer", "__example__": 123456789012345678901234567890}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := readFlow(t, `{"screens": [{"data": {"a": `+tt.field+`}}]}`)
			violations, err := f.Screens[0].Data.Field("a").CheckExample()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range violations {
				got = append(got, v.Rule+" "+v.Pointer)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("violations differ (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzModelCheck: no data model and no data lead to a panic.
func FuzzModelCheck(f *testing.F) {
	f.Add(`{"a": {"type": "array", "items": {"type": "string"}, "__example__": []}, "required": ["a"]}`, `{"a": ["x"]}`)
	f.Add(`{"a": {"$ref": "#"}}`, `{"a": {"a": {}}}`)
	f.Fuzz(func(t *testing.T, model, data string) {
		var values map[string]any
		if json.Unmarshal([]byte(data), &values) != nil {
			return
		}
		flow, err := flowjson.Read([]byte(`{"screens": [{"data": ` + model + `}]}`))
		if err != nil || len(flow.Screens) == 0 {
			return
		}
		violations, _ := flow.Screens[0].Data.Check(values, true)
		for _, v := range violations {
			if v.Rule == "" || v.Problem == "" {
				t.Errorf("violation %+v", v)
			}
		}
	})
}
