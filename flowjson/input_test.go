package flowjson_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
)

func TestShowsError(t *testing.T) {
	t.Parallel()
	const text, bound = `"type":"TextInput","name":"a"`, `"error-messages":"${data.error_messages}"`
	form := func(keys string, children string) string {
		return `{"type":"Form","name":"f",` + keys + `,"children":[` + children + `]}`
	}
	for _, tt := range []struct {
		name, children string
		want           bool
	}{
		{"in a Form", form(bound, `{`+text+`}`), true},
		{"in a Form that binds each", form(`"error-messages":{"a":"${data.error_messages.a}"}`, `{`+text+`}`), true},
		{"in a Form that binds another", form(`"error-messages":{"b":"${data.error_messages.b}"}`, `{`+text+`}`), false},
		{"in a Form that binds it to another name", form(`"error-messages":{"a":"${data.error_messages.b}"}`, `{`+text+`}`), false},
		{"in a Form that binds other data", form(`"error-messages":"${data.errors}"`, `{`+text+`}`), false},
		{"in a Form without errors", form(`"init-values":{}`, `{`+text+`}`), false},
		{"on its own", `{` + text + `,"error-message":"${data.error_messages.a}"}`, true},
		{"on its own, not bound", `{` + text + `}`, false},
		{"in an If", form(bound, `{"type":"If","condition":"${data.x}","then":[{`+text+`}]}`), false},
		{"OptIn", form(bound, `{"type":"OptIn","name":"a"}`), false},
		{"files", form(bound, `{"type":"PhotoPicker","name":"a"}`), true},
		{"day", form(bound, `{"type":"CalendarPicker","name":"a"}`), true},
		{"range of days", form(bound, `{"type":"CalendarPicker","name":"a","mode":"range"}`), false},
		{"days by data", form(bound, `{"type":"CalendarPicker","name":"a","mode":"${data.mode}"}`), false},
	} {
		if got := readInput(t, tt.children).ShowsError(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	const days = `{"type":"CalendarPicker","name":"a","mode":"range","title":"Stay","label":{"start-date":"From","end-date":"${data.to}"}}`
	for _, tt := range []struct{ children, day, want string }{
		{`{"type":"TextInput","name":"a","label":"Name"}`, "", "Name"},
		{`{"type":"TextInput","name":"a","label":"${data.label}"}`, "", ""},
		{`{"type":"TextInput","name":"a","label":"` + "`'Hello ' ${data.label}`" + `"}`, "", ""},
		{`{"type":"TextInput","name":"a"}`, "", ""},
		{`{"type":"TextInput","name":"a","label":7}`, "", ""},
		{days, "", "Stay"},
		{days, "start-date", "From"},
		{days, "end-date", ""},
		{days, "other", ""},
	} {
		if got := readInput(t, tt.children).Label(tt.day); got != tt.want {
			t.Errorf("%s, day %q: got %q, want %q", tt.children, tt.day, got, tt.want)
		}
	}
}

// readInput returns the input a of a screen.
func readInput(t *testing.T, children string) *flowjson.Component {
	t.Helper()
	f, err := flowjson.Read([]byte(`{"version":"7.3","screens":[{"id":"A","layout":{"children":[` + children + `]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Screen("A")
	value, err := flowjson.Read([]byte(`{"x":"${form.a}"}`))
	if err != nil {
		t.Fatal(err)
	}
	input := s.InputOf(value.Root.Get("x"))
	if input == nil {
		t.Fatalf("no input a in %s", strings.TrimSpace(children))
	}
	return input
}
