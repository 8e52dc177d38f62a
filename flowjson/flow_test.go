package flowjson_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
)

const treeFlow = `{"version": "7.3", "data_api_version": "3.0", "screens": [
	{"id": "A", "title": "First", "refresh_on_back": true, "layout": {"children": [
		{"type": "Form", "name": "form", "children": [
			{"type": "If", "then": [{"type": "TextInput", "name": "x"}], "else": [{"type": "Switch", "cases": {
				"one": [{"type": "OptIn", "name": "x", "on-click-action": {"name": "open_url"},
					"on-select-action": {"name": "update_data", "payload": {"a": 1}}}],
				"two": [{"type": "Image", "name": "picture"}]}}]},
			{"type": "Dropdown", "name": "y", "on-select-action": {"name": "data_exchange", "payload": {}},
			 "data-source": [{"id": "1"}, {"id": "2", "on-select-action": {"name": "update_data"}, "on-unselect-action": {"name": "update_data"}}]}]},
		{"type": "Footer", "on-click-action": {"name": "navigate", "next": {"name": "B"}, "payload": {"k": "v"}}},
		7, null, {"children": [{"type": "Footer"}]}]}},
	{"id": "B", "terminal": true, "data": {"k": {"type": "string"}}, "layout": {"children": [
		{"type": "NavigationList", "on-click-action": "no object",
			"list-items": [{"id": "1", "on-click-action": {"name": "navigate", "next": {"name": "A"}}}]}]}},
	{"id": "A", "title": "Second"}, "no screen"]}`

func TestTree(t *testing.T) {
	t.Parallel()
	f := readFlow(t, treeFlow)
	var got []string
	for c := range f.Screens[0].All() {
		line := []string{c.Type + " " + c.Name}
		for at := c; at.Parent != nil; at = at.Parent {
			line = append(line, "< "+at.Parent.Type+" "+at.Branch)
		}
		if c.InForm() != nil {
			line = append(line, "(form)")
		}
		got = append(got, strings.Join(line, " "))
	}
	want := []string{
		"Form form",
		"If  < Form  (form)",
		"TextInput x < If then < Form  (form)",
		"Switch  < If else < Form  (form)",
		"OptIn x < Switch one < If else < Form  (form)",
		"Image picture < Switch two < If else < Form  (form)",
		"Dropdown y < Form  (form)",
		"Footer ",
		" ", " ", " ", // what is not a component is kept, so that checks see it
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	a := f.Screens[0]
	if got := a.Input("x"); got == nil || got.Type != "TextInput" {
		t.Errorf("Input(x) = %v, want the first", got)
	}
	for _, name := range []string{"picture", "form", "nothing"} {
		if got := a.Input(name); got != nil {
			t.Errorf("Input(%s) = %v, want nil", name, got.Type)
		}
	}
	if !a.Has("Image") || a.Has("DatePicker") || !f.Screens[1].Has("NavigationList") {
		t.Error("Has does not look into branches, or finds what is not there")
	}
	for range a.All() {
		break // leaves in the middle
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	f := readFlow(t, treeFlow)
	var got []string
	for _, s := range f.Screens {
		for _, action := range s.Actions() {
			line := strings.Join([]string{s.ID, action.Component.Type, action.Trigger, action.Name}, " ")
			if action.Next != "" {
				line += " to " + action.Next
			}
			if action.Item != nil {
				line += " of " + action.Item.Get("id").Str()
			}
			if action.Payload != nil {
				line += " with payload"
			}
			got = append(got, line)
		}
	}
	want := []string{
		"A OptIn on-click-action open_url",
		"A OptIn on-select-action update_data with payload",
		"A Dropdown on-select-action data_exchange with payload",
		"A Dropdown on-select-action update_data of 2",
		"A Dropdown on-unselect-action update_data of 2",
		"A Footer on-click-action navigate to B with payload",
		"B NavigationList on-click-action navigate to A of 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

func TestScreens(t *testing.T) {
	t.Parallel()
	f := readFlow(t, treeFlow)
	if f.Version != (flowjson.Version{Major: 7, Minor: 3}) || f.DataAPIVersion != "3.0" || !f.HasEndpoint() || len(f.Screens) != 4 {
		t.Errorf("version %v, data API %q, %d screens", f.Version, f.DataAPIVersion, len(f.Screens))
	}
	a, b := f.Screen("A"), f.Screen("B")
	if a.Title != "First" || !a.RefreshOnBack || a.Terminal || a.Data != nil {
		t.Errorf("screen A is %+v, want the first of that id", a)
	}
	if !b.Terminal || b.Data.Field("k") == nil || b.Data.Field("x") != nil || f.Screen("C") != nil {
		t.Errorf("screen B is %+v", b)
	}
}

// TestReadAnything: whatever JSON is there, something is read of it.
func TestReadAnything(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`null`, `7`, `"screens"`, `[]`, `{}`, `{"screens": 7}`, `{"screens": [null, 7, [], {"id": 7, "layout": []}]}`,
		`{"version": 7.3, "data_api_version": 4, "routing_model": 7}`, `{"routing_model": {"A": 7, "B": [null, ["A"]]}}`,
		`{"screens": [{"id": "A", "data": {"a": 7, "b": {"type": ["string"]}, "c": {"items": {"items": 7}}, "required": [7]}}]}`,
		`{"screens": [{"layout": {"children": [{"type": "Form", "children": {}}, {"type": "If", "then": 7}, {"type": "Switch", "cases": [7]}]}}]}`,
		`{"screens": [{"layout": {"children": [{"type": "Footer", "on-click-action": {"name": 7, "next": "A", "payload": 7}}]}}]}`,
	} {
		f := readFlow(t, source)
		for _, s := range f.Screens {
			_ = s.Actions()
		}
		if f.Root == nil || f.Routing == nil {
			t.Errorf("%s gives %+v", source, f)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	booking, err := os.ReadFile("../cmd/flowserver/booking.json")
	if err != nil {
		t.Fatal(err)
	}
	f := readFlow(t, string(booking))
	var screens []string
	for _, s := range f.Screens {
		screens = append(screens, s.ID)
		if got := f.Range(s.Node.Get("id")).Start; got.Column < 2 {
			t.Errorf("screen %s: id at %+v", s.ID, got)
		}
	}
	if len(screens) < 2 || !f.HasEndpoint() || !f.Routing.Declared {
		t.Errorf("screens %v, endpoint %t, routes %t", screens, f.HasEndpoint(), f.Routing.Declared)
	}
	for _, s := range f.Screens {
		for c := range s.All() {
			if got := f.Root.Follow(c.Node.Pointer()); got != c.Node {
				t.Errorf("%s leads elsewhere", c.Node.Pointer())
			}
		}
	}
}

func TestReadSyntaxError(t *testing.T) {
	t.Parallel()
	_, err := flowjson.Read([]byte("{\n//"))
	if syntax, ok := errors.AsType[*flowjson.SyntaxError](err); !ok || syntax.Position != (flowjson.Position{Line: 2, Column: 1}) {
		t.Errorf("got %v, want a SyntaxError at line 2, column 1", err)
	}
}

// A byte order mark, as editors of Windows write it, does not keep a Flow from being read.
func TestReadByteOrderMark(t *testing.T) {
	t.Parallel()
	f, err := flowjson.Read([]byte("\ufeff" + `{"version":"7.3","screens":[{"id":"A"}]}`))
	if err != nil || f.Screen("A") == nil {
		t.Errorf("got %v, %v; want screen A", f, err)
	}
}
