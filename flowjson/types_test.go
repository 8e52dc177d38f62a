package flowjson_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

const typesFlow = `{"version": "7.3", "screens": [
	{"id": "A", "data": {
		"city": {"type": "string"}, "count": {"type": "integer"}, "odd": {"type": "text"}, "free": {"type": "object"},
		"order": {"type": "object", "properties": {"total": {"type": "number"}, "tags": {"type": "array", "items": {"type": "string"}}}},
		"many": {"type": "object", "properties": {` + manyProperties + `}}},
	 "layout": {"children": [
		{"type": "TextInput", "name": "text"}, {"type": "TextInput", "name": "number", "input-type": "number"},
		{"type": "TextInput", "name": "code", "input-type": "passcode"}, {"type": "TextInput", "name": "mail", "input-type": "email"},
		{"type": "TextArea", "name": "area"}, {"type": "Dropdown", "name": "drop"}, {"type": "RadioButtonsGroup", "name": "radio"},
		{"type": "CheckboxGroup", "name": "boxes"}, {"type": "ChipsSelector", "name": "chips"}, {"type": "OptIn", "name": "opt"},
		{"type": "DatePicker", "name": "date"}, {"type": "CalendarPicker", "name": "day"}, {"type": "CalendarPicker", "name": "one", "mode": "single"},
		{"type": "CalendarPicker", "name": "days", "mode": "range"}, {"type": "CalendarPicker", "name": "either", "mode": "${data.city}"},
		{"type": "NavigationList", "name": "list"}, {"type": "PhotoPicker", "name": "photo"}, {"type": "DocumentPicker", "name": "doc"},
		{"type": "Form", "name": "form", "children": [{"type": "If", "then": [{"type": "OptIn", "name": "deep"}]}]}]}},
	{"id": "B", "data": {"city": {"type": "number"}}}]}`

const manyProperties = `"a":{"type":"string"},"b":{"type":"string"},"c":{"type":"string"},"d":{"type":"string"},"e":{"type":"string"},"f":{"type":"string"},
	"g":{"type":"string"},"h":{"type":"string"},"i":{"type":"string"},"j":{"type":"string"},"k":{"type":"string"},"l":{"type":"string"},
	"m":{"type":"string"},"n":{"type":"string"},"o":{"type":"string"},"p":{"type":"string"},"q":{"type":"boolean"}`

func TestTypeOf(t *testing.T) {
	t.Parallel()
	f := readFlow(t, typesFlow)
	days := "{start-date: string, end-date: string}"
	media := "[{media_id: string, cdn_url: string, file_name: string, encryption_metadata: " +
		"{encrypted_hash: string, iv: string, encryption_key: string, hmac_key: string, plaintext_hash: string}}]"
	for value, want := range map[string]string{
		`null`:                                "?",
		`"text"`:                              "string",
		`7`:                                   "number",
		`false`:                               "boolean",
		`[]`:                                  "[?]",
		`[1, "a"]`:                            "[number]",
		`{"a": [true], "b": "${data.count}"}`: "{a: [boolean], b: integer}",
		`"Hello ${data.city}"`:                "string",
		`"${data.city}"`:                      "string",
		`"${screen.B.data.city}"`:             "number",
		`"${screen.C.data.city}"`:             "?",
		`"${data.odd}"`:                       "",
		`"${data.gone}"`:                      "?",
		`"${data.free}"`:                      "object",
		`"${data.free.x}"`:                    "?",
		`"${data.order}"`:                     "{total: number, tags: [string]}",
		`"${data.order.total}"`:               "number",
		`"${data.order.tags}"`:                "[string]",
		`"${data.order.tags.items}"`:          "?",
		`"${data.city.x.y}"`:                  "?",
		`"${data.many.q}"`:                    "boolean",
		`"${data.many.r}"`:                    "?",
		`"${form.text}"`:                      "string",
		`"${form.number}"`:                    "number",
		`"${form.code}"`:                      "number",
		`"${form.mail}"`:                      "string",
		`"${form.area}"`:                      "string",
		`"${form.drop}"`:                      "string",
		`"${form.radio}"`:                     "string",
		`"${form.boxes}"`:                     "[string]",
		`"${form.chips}"`:                     "[string]",
		`"${form.opt}"`:                       "boolean",
		`"${form.deep}"`:                      "boolean",
		`"${form.date}"`:                      "string",
		`"${form.day}"`:                       "string",
		`"${form.one}"`:                       "string",
		`"${form.days}"`:                      days,
		`"${form.days.start-date}"`:           "string",
		`"${form.days.middle}"`:               "?",
		`"${form.either}"`:                    "?",
		`"${form.list}"`:                      "string",
		`"${form.photo}"`:                     media,
		`"${form.doc}"`:                       media,
		`"${form.form}"`:                      "?",
		`"${screen.A.form.opt}"`:              "boolean",
		`"${screen.B.form.opt}"`:              "?",
		"{" + manyValues() + `, "z": "${form.opt}"}`: "{" + manyTypes() + ", z: boolean}",
	} {
		got := typeText(f.TypeOf(f.Screens[0], readFlow(t, `[`+value+`]`).Root.Children[0]))
		if got != want {
			t.Errorf("%s is %s, want %s", value, got, want)
		}
	}
	if got := f.TypeOf(f.Screens[0], nil); got != nil {
		t.Errorf("nothing is %v, want nil", got)
	}
	if got := f.TypeOf(nil, readFlow(t, `["${data.city}"]`).Root.Children[0]); got != nil {
		t.Errorf("data of no screen is %v, want nil", got)
	}
	many := f.TypeOf(f.Screens[0], readFlow(t, `[{`+manyValues()+`, "z": true}]`).Root.Children[0])
	if got := typeText(many.Property("z")) + typeText(many.Property("nothing")); got != "boolean?" {
		t.Errorf("properties of a large object are %s", got)
	}
}

func TestValueType(t *testing.T) {
	t.Parallel()
	var none *flowjson.Component
	if got := none.ValueType(); got != nil {
		t.Errorf("no component has %v, want nil", got)
	}
	for _, noInput := range []string{"Footer", "Form", "If", "Image", "Unheard"} {
		if got := (&flowjson.Component{Type: noInput}).ValueType(); got != nil {
			t.Errorf("%s has %v, want nil", noInput, got)
		}
	}
}

func manyValues() string { return `"a0": 1` + strings.Repeat(`, "a": 1`, 20) }
func manyTypes() string  { return "a0: number" + strings.Repeat(", a: number", 20) }

// typeText writes a type: {key: type} for an object, [type] for an array, ? for one
// that is not known.
func typeText(s *flowjson.Schema) string {
	switch {
	case s == nil:
		return "?"
	case s.Type == flowjson.TypeArray:
		return "[" + typeText(s.Items) + "]"
	case s.Type == flowjson.TypeObject && len(s.Properties) > 0:
		var parts []string
		for _, p := range s.Properties {
			parts = append(parts, p.Key+": "+typeText(p.Schema))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return s.Type
}

// TestResolve holds what references refer to where the screen is named or not.
func TestResolve(t *testing.T) {
	t.Parallel()
	f := readFlow(t, typesFlow)
	ref := flowjson.Reference{Source: "data", Path: []string{"city"}}
	got := []string{typeText(f.Resolve(f.Screens[0], ref)), typeText(f.Resolve(f.Screens[1], ref)), typeText(f.Resolve(nil, ref))}
	if diff := cmp.Diff([]string{"string", "number", "?"}, got); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

func TestTypeOfExpression(t *testing.T) {
	t.Parallel()
	f := readFlow(t, `{"version": "7.3", "screens": [{"id": "A", "data": {"n": {"type": "integer"},
		"o": {"type": "object", "properties": {"s": {"type": "string"}}}}}]}`)
	tests := map[string]struct{ text, want string }{
		"reference":     {"`${data.o}`", "object"},
		"property":      {"`${data.o.s}`", "string"},
		"comparison":    {"`${data.n} == 1`", "boolean"},
		"sum":           {"`${data.n} - 1`", "number"},
		"concatenation": {"`${data.n} ' '`", "string"},
		"unknown":       {"`${data.x}`", "none"},
		"no expression": {"`a`", "none"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := "none"
			if s := f.TypeOf(f.Screens[0], &flowjson.Node{Kind: jsontree.String, Text: tt.text}); s != nil {
				got = s.Type
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
