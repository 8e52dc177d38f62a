package flowjson_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
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
		"complete":              {model, complete, true, nil},
		"more than is declared": {model, `{"name": "", "undeclared": "", "more": null}`, false, nil},
		"optional keys missing": {model, `{"name": "", "undeclared": ""}`, false, nil},
		"required keys missing": {model, `{}`, false, []string{"missing /name", "missing /undeclared"}},
		"all keys missing":      {model, `{}`, true, []string{"missing /age", "missing /a~1b", "missing /name", "missing /slots", "missing /undeclared"}},
		"wrong type":            {model, `{"name": 7, "undeclared": 1}`, false, []string{"type /name"}},
		"wrong type in an item": {model, `{"name": "", "undeclared": 1, "slots": [{"id": "1"}, {"id": 2}]}`, false, []string{"type /slots/1/id"}},
		"null":                  {model, `{"name": null, "undeclared": 1}`, false, []string{"null /name"}},
		"other keyword":         {model, `{"name": "", "undeclared": 1, "age": 17}`, false, []string{"keyword /age"}},
		"escaped pointer":       {model, `{"name": "", "undeclared": 1, "a/b": 1}`, false, []string{"type /a~1b"}},
		"refers to itself":      {`{"a": {"$ref": "#/properties/a"}}`, `{"a": 1}`, true, nil},
		"a file":                {`{"a": {"$ref": "file:///etc/passwd"}}`, `{"a": 1}`, true, nil},
		"unknown type":          {`{"a": {"type": "text"}}`, `{"a": 1}`, true, nil},
		"no object":             {`{"a": "string"}`, `{"a": 1}`, true, nil},
		"impossible keyword":    {`{"a": {"type": "string", "minLength": -1}}`, `{"a": ""}`, true, nil},
		"keywords of an item": {
			`{"a": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}}}`, `{"a": ["x", "z"]}`, true, []string{"keyword /a/1"},
		},
		"const":               {`{"a": {"type": "object", "const": {"b": [1]}}}`, `{"a": {"b": [1.0]}}`, true, nil},
		"no const":            {`{"a": {"type": "object", "const": {"b": [1]}}}`, `{"a": {"b": [2]}}`, true, []string{"keyword /a"}},
		"numbers":             {`{"a": {"type": "number", "minimum": 1, "exclusiveMaximum": 2, "multipleOf": 0.5}}`, `{"a": 1.5}`, true, nil},
		"exclusive":           {`{"a": {"type": "number", "minimum": 1, "exclusiveMaximum": 2}}`, `{"a": 2}`, true, []string{"keyword /a"}},
		"not a multiple":      {`{"a": {"type": "number", "multipleOf": 0.5}}`, `{"a": 1.2}`, true, []string{"keyword /a"}},
		"characters":          {`{"a": {"type": "string", "maxLength": 2}}`, `{"a": "äö"}`, true, nil},
		"too many characters": {`{"a": {"type": "string", "maxLength": 2}}`, `{"a": "äöü"}`, true, []string{"keyword /a"}},
		"unique":              {`{"a": {"type": "array", "uniqueItems": true}}`, `{"a": [{"b": 1, "c": 2}, {"b": 2, "c": 1}]}`, true, nil},
		"not unique": {
			`{"a": {"type": "array", "uniqueItems": true}}`, `{"a": [{"b": 1, "c": 2}, {"c": 2, "b": 1}]}`, true, []string{"keyword /a"},
		},
		"required within": {`{"a": {"type": "object", "required": ["b"]}}`, `{"a": {}}`, true, []string{"keyword /a"}},
		"others of a type": {
			`{"a": {"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": {"type": "number"}}}`,
			`{"a": {"b": "", "c": 1, "d": ""}}`, true,
			[]string{"type /a/d"},
		},
		"no others": {
			`{"a": {"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": false}}`, `{"a": {"b": "", "c": 1}}`, true,
			[]string{"keyword /a"},
		},
		"no field, no data":       {`{}`, `{}`, true, nil},
		"required is a field":     {`{"required": {"type": "boolean", "__example__": true}}`, `{"required": 1}`, true, []string{"type /required"}},
		"JavaScript's pattern":    {`{"a": {"type": "string", "pattern": "(?=x)", "__example__": "x"}}`, `{"a": "y"}`, true, nil},
		"pattern":                 {`{"a": {"type": "string", "pattern": "^x", "__example__": "x"}}`, `{"a": "y"}`, true, []string{"keyword /a"}},
		"integer":                 {`{"a": {"type": "integer", "__example__": 1}}`, `{"a": 1.5}`, true, []string{"type /a"}},
		"any object":              {`{"a": {"type": "object", "__example__": {}}}`, `{"a": {"b": null}}`, true, nil},
		"no data model, data":     {`null`, `{"a": 1}`, false, []string{"no_model "}},
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
			var got []string
			for _, v := range f.Screens[0].Data.Check(data, tt.all) {
				got = append(got, string(v.Rule)+" "+v.Pointer)
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
			var got []string
			for _, v := range f.Screens[0].Data.Field("a").CheckExample() {
				got = append(got, string(v.Rule)+" "+v.Pointer)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("violations differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestModelCheckBound: wrong data is not answered with more than it is worth.
func TestModelCheckBound(t *testing.T) {
	t.Parallel()
	f := readFlow(t, `{"screens": [{"id": "A", "data": {"a": {"type": "array", "items": {"type": "string"}}}}]}`)
	if got := len(f.Screens[0].Data.Check(map[string]any{"a": make([]any, 10_000)}, true)); got != 100 {
		t.Errorf("got %d violations, want 100", got)
	}
}

// FuzzModelCheck holds Check to a library for JSON Schema, for what it does not pass
// over, and other than multipleOf: WhatsApp divides floating-point numbers, as Check
// does, and the library exact ones.
func FuzzModelCheck(f *testing.F) {
	f.Add(`{"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true}`, `["x", "x"]`)
	f.Add(`{"type": "object", "properties": {"b": {"type": "integer", "maximum": 3}}, "required": ["b"]}`, `{"b": 4.0}`)
	f.Add(`{"type": "string", "pattern": "^a", "enum": ["a", "b"]}`, `"ab"`)
	f.Add(`{"type": "number", "exclusiveMinimum": 0}`, `0.3`)
	f.Add(`{"type": "object", "additionalProperties": {"type": "string"}}`, `{"b": 1}`)
	f.Add(`{"type": "object", "additionalProperties": false, "maxProperties": 1}`, `{"b": null}`)
	f.Fuzz(func(t *testing.T, model, data string) {
		flow, err := flowjson.Read([]byte(`{"screens": [{"data": {"a": ` + model + `}}]}`))
		var value any
		if err != nil || len(flow.Screens) == 0 || json.Unmarshal([]byte(data), &value) != nil {
			return
		}
		field := flow.Screens[0].Data.Field("a")
		if field == nil || !all(field.Node, isKnown) {
			return
		}
		violations := flow.Screens[0].Data.Check(map[string]any{"a": value}, true)
		for _, v := range violations {
			if v.Rule == "" || v.Problem == "" {
				t.Errorf("violation %+v", v)
			}
		}
		schema, err := compile(field.Node.Value())
		if err != nil {
			return // as minLength -1
		}
		if err := schema.Validate(value); (err == nil) != (len(violations) == 0) {
			t.Errorf("got %v, want as the library: %v", violations, err)
		}
	})
}

// isKnown reports whether a keyword of a schema is one that Check knows, in a form that
// it knows.
func isKnown(n *flowjson.Node) bool {
	switch n.Key {
	case "type":
		return n.Is(jsontree.String)
	case "properties":
		for _, property := range n.Members() {
			if !property.Is(jsontree.Object) || !all(property, isKnown) {
				return false
			}
		}
		return n.Is(jsontree.Object)
	case "items":
		return n.Is(jsontree.Object) && all(n, isKnown)
	case "additionalProperties":
		return n.Is(jsontree.Bool) || all(n, isKnown)
	case "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
		"pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required":
		return true
	}
	return false
}

func all(n *flowjson.Node, holds func(*flowjson.Node) bool) bool {
	for _, child := range n.Members() {
		if !holds(child) {
			return false
		}
	}
	return n.Is(jsontree.Object)
}

// compile compiles a schema with the library.
func compile(schema any) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("model.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("model.json")
}
