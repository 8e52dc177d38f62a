package phone_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/phone"
)

// data returns the data of each request but INIT.
func (e *endpoint) data(tb testing.TB) []string {
	tb.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	out := []string{}
	for _, text := range e.asked {
		var m struct {
			Action string
			Data   json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			tb.Fatal(err)
		}
		if m.Action != "INIT" {
			out = append(out, string(m.Data))
		}
	}
	return out
}

const same = `200 {"screen":"A","data":{}}`

// Each change of a choice asks with the value after it, but a ChipsSelector with the one
// before.
func TestSelectActions(t *testing.T) {
	t.Parallel()
	const asks = `"on-select-action": {"name": "data_exchange", "payload": {"v": "${form.g}"}}`
	const keeps = `"on-unselect-action": {"name": "update_data", "payload": {"u": "taken back"}}`
	for _, test := range []struct {
		name, version, componentType, actions string
		fills                                 []any
		asked                                 []string
		u                                     any // what on-unselect-action set
	}{
		{"one by one", "7.1", "CheckboxGroup", asks, []any{[]any{"a", "b"}}, []string{`{"v":["a"]}`, `{"v":["a","b"]}`}, nil},
		{"taken back", "7.1", "CheckboxGroup", asks, []any{[]any{"a"}, []any{}}, []string{`{"v":["a"]}`, `{"v":[]}`}, nil},
		{"with unselect", "7.1", "CheckboxGroup", asks + "," + keeps, []any{[]any{"a"}, []any{}}, []string{`{"v":["a"]}`}, "taken back"},
		{"radio", "7.1", "RadioButtonsGroup", asks, []any{"a", "b"}, []string{`{"v":"a"}`, `{"v":"b"}`}, nil},
		{"radio changed", "7.1", "RadioButtonsGroup", asks + "," + keeps, []any{"a", "b"}, []string{`{"v":"a"}`, `{"v":"b"}`}, "taken back"},
		{"radio again", "7.1", "RadioButtonsGroup", asks + `, "required": true`, []any{"a", "a"}, []string{`{"v":"a"}`, `{"v":"a"}`}, nil},
		{"radio, the same", "7.1", "RadioButtonsGroup", asks, []any{"a", "a"}, []string{`{"v":"a"}`}, nil},
		{"boxes, the same", "7.1", "CheckboxGroup", asks, []any{[]any{"a"}, []any{"a"}}, []string{`{"v":["a"]}`}, nil},
		{"radio taken back", "7.1", "RadioButtonsGroup", asks, []any{"a", nil}, []string{`{"v":"a"}`, `{}`}, nil},
		{"dropdown cleared", "7.1", "Dropdown", asks, []any{"a", ""}, []string{`{"v":"a"}`, `{"v":""}`}, nil},
		{"chips", "7.1", "ChipsSelector", asks, []any{[]any{"a"}, []any{"a", "b"}}, []string{`{}`, `{"v":["a"]}`}, nil},
		{"chips taken back", "7.1", "ChipsSelector", asks, []any{[]any{"a"}, []any{}}, []string{`{}`}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			end := answers(same, same, same, same)
			p := open(t, flowOf(test.version, `"u": {"type": "string", "__example__": ""}`, group("g", test.componentType, test.actions)+","+ask, "", ""), end)
			for _, v := range test.fills {
				p.fill("g", v)
			}
			if diff := cmp.Diff(test.asked, end.data(t)); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if got := p.Inspect().Screens["A"].Data["u"]; got != test.u {
				t.Errorf("u is %v", got)
			}
		})
	}
}

// The other reading of a ChipsSelector stores first.
func TestChipsStoreFirst(t *testing.T) {
	t.Parallel()
	end := answers(same, same)
	chips := group("g", "ChipsSelector", `"on-select-action": {"name": "data_exchange", "payload": {"v": "${form.g}"}}`)
	p := open(t, flowOf("7.1", "", chips+","+ask, "", ""), end, func(c *phone.Config) {
		c.Quirks = map[string]bool{"chips-fire-before-storing": false}
	})
	p.fill("g", []any{"a"})
	if diff := cmp.Diff([]string{`{"v":["a"]}`}, end.data(t)); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// Actions of options count where the component has none.
func TestItemActions(t *testing.T) {
	t.Parallel()
	const items = `{"type": "RadioButtonsGroup", "name": "g", "label": "L", "data-source": [
		{"id": "a", "title": "A", "on-select-action": {"name": "update_data", "payload": {"u": "chose a"}},
			"on-unselect-action": {"name": "update_data", "payload": {"w": "left a"}}},
		{"id": "b", "title": "B", "on-select-action": {"name": "update_data", "payload": {"u": "chose b"}}}]%s}`
	const model = `"u": {"type": "string", "__example__": ""}, "w": {"type": "string", "__example__": ""}`
	p := open(t, flowOf("7.1", model, fmt.Sprintf(items, "")+","+ask, "", ""), answers(same))
	p.fill("g", "a")
	p.fill("g", "b")
	if diff := cmp.Diff(map[string]any{"u": "chose b", "w": "left a"}, p.Inspect().Screens["A"].Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	both := fmt.Sprintf(items, `, "on-select-action": {"name": "data_exchange", "payload": {}}`)
	p = open(t, flowOf("7.1", model, both+","+ask, "", ""), answers(same))
	if f := p.View().Failure; f == nil || f.Kind != phone.FailureComponent {
		t.Errorf("with both kinds of actions: %+v", f)
	}
}

// From 6.0 to 6.3, select actions fire when the screen shows a value.
func TestSelectOnRender(t *testing.T) {
	t.Parallel()
	const asks = `"on-select-action": {"name": "data_exchange", "payload": {"v": "${form.g}"}}, "init-value": `
	for _, test := range []struct {
		version, componentType, init string
		asked                        []string
	}{
		{"6.0", "Dropdown", `"a"`, []string{`{"v":"a"}`}},
		{"6.3", "RadioButtonsGroup", `"a"`, []string{`{"v":"a"}`}},
		{"6.3", "CheckboxGroup", `["a"]`, []string{`{"v":["a"]}`}},
		{"6.3", "Dropdown", `""`, []string{}},
		{"5.1", "Dropdown", `"a"`, []string{}},
		{"7.0", "Dropdown", `"a"`, []string{}},
	} {
		end := answers(same, same)
		open(t, flowOf(test.version, "", group("g", test.componentType, asks+test.init)+","+ask, "", ""), end)
		if diff := cmp.Diff(test.asked, end.data(t)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.version, test.componentType, diff)
		}
	}
}

// An action fires when its input appears: not while it is hidden, and again in a branch that
// shows later.
func TestSelectOnRenderOfBranches(t *testing.T) {
	t.Parallel()
	g := group("g", "Dropdown", `"init-value": "a", "on-select-action": {"name": "data_exchange", "payload": {"v": "${form.g}"}}`)
	const tick = `{"type": "OptIn", "name": "o", "label": "O"}, `
	hidden := strings.Replace(g, `"name": "g"`, `"name": "g", "visible": false`, 1)
	for _, test := range []struct {
		name, components string
		opened, ticked   int // requests but INIT
	}{
		{"not visible", tick + hidden, 0, 0},
		{"branch", tick + `{"type": "If", "condition": "(${form.o} == true)", "then": [` + g + `]}`, 0, 1},
		{"other branch", tick + `{"type": "If", "condition": "(${form.o} == true)", "then": [], "else": [` + g + `]}`, 1, 1},
	} {
		end := answers(same, same, same)
		p := open(t, flowOf("6.2", "", test.components+","+ask, "", ""), end)
		opened := end.count() - 1
		p.fill("o", true)
		if ticked := end.count() - 1; opened != test.opened || ticked != test.ticked {
			t.Errorf("%s: %d requests, then %d", test.name, opened, ticked)
		}
	}
}

// Inputs that show and hide each other without the endpoint are stopped, too.
func TestSelectLoopWithoutEndpoint(t *testing.T) {
	t.Parallel()
	branch := func(name, then string) string {
		return group(name, "Dropdown", `"init-value": "a", "on-select-action": {"name": "update_data", "payload": {"x": "`+then+`"}}`)
	}
	source := `{"type": "If", "condition": "(${data.x} == 'one')", "then": [` + branch("g", "two") + `], "else": [` + branch("h", "one") + `]}`
	p := open(t, flowOf("6.2", `"x": {"type": "string", "__example__": ""}`, source+","+ask, "", ""), answers(`200 {"screen":"A","data":{"x":"one"}}`))
	if got := codes(p.View().Findings); got != "SELECT_LOOP" {
		t.Errorf("got findings %q", got)
	}
}

func TestDateActions(t *testing.T) {
	t.Parallel()
	const asks = `"on-select-action": {"name": "data_exchange", "payload": {"v": "${form.g}"}}`
	end := answers(same, same, same, same)
	p := open(t, flowOf("7.1", "", `{"type": "DatePicker", "name": "g", "label": "D", `+asks+`},`+ask, "", ""), end)
	p.fill("g", "2026-12-24")
	p.fill("g", "")
	if diff := cmp.Diff([]string{`{"v":"2026-12-24"}`, `{"v":""}`}, end.data(t)); diff != "" {
		t.Errorf("DatePicker (-want +got):\n%s", diff)
	}
	end = answers(same, same, same, same)
	p = open(t, flowOf("7.1", "", `{"type": "CalendarPicker", "mode": "range", "name": "g", "label": {"start-date": "S", "end-date": "E"}, `+asks+`},`+ask, "", ""), end)
	p.fill("g", map[string]any{"start-date": "2026-12-24", "end-date": "2026-12-26"})
	p.fill("g", nil)
	want := []string{`{"v":{"end-date":"","start-date":"2026-12-24"}}`, `{"v":{"end-date":"2026-12-26","start-date":"2026-12-24"}}`, `{}`}
	if diff := cmp.Diff(want, end.data(t)); diff != "" {
		t.Errorf("CalendarPicker (-want +got):\n%s", diff)
	}
}

// An input loses the focus while the phone waits for an answer: the error that comes with
// it stays, and shows with what else is wrong.
func TestSelectLosesFocus(t *testing.T) {
	t.Parallel()
	group := func(action string) string {
		return `{"type": "Form", "name": "f", "error-messages": "${data.errors}", "children": [{"type": "CheckboxGroup", "name": "g", "label": "G",
			"data-source": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}], "on-select-action": ` + action + `}, ` + ask + `]}`
	}
	p := open(t, flowOf("7.1", anyMap, group(`{"name": "data_exchange", "payload": {}}`), "", ""), answers(answerA(""), answerA(`"errors":{"g":"Sold out"}`)))
	p.do(phone.Event{Type: phone.EventInput, Field: "g", Value: []any{"a"}})
	p.do(phone.Event{Type: phone.EventBlur, Field: "g"})
	if c := p.field("g"); c.Focused || c.Error != "Sold out" {
		t.Errorf("after an exchange: %+v", c)
	}
	p = open(t, flowOf("7.1", anyMap, group(`{"name": "update_data", "payload": {}}`), "", ""), answers(answerA("")))
	p.do(phone.Event{Type: phone.EventInput, Field: "g", Value: []any{"a"}})
	if c := p.field("g"); !c.Focused {
		t.Errorf("without an exchange: %+v", c)
	}
}

// A link asks although inputs are in error, and never while the phone waits.
func TestEmbeddedLink(t *testing.T) {
	t.Parallel()
	end := answers(same, same)
	p := open(t, flowOf("7.1", "", `{"type": "TextInput", "name": "t", "label": "T", "required": true},
		{"type": "EmbeddedLink", "text": "Help", "on-click-action": {"name": "data_exchange", "payload": {"help": true}}},`+ask, "", ""), end)
	p.tap("Help", "")
	if diff := cmp.Diff([]string{`{"help":true}`}, end.data(t)); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// List items bring their own actions, which are resolved when they are tapped.
func TestNavigationList(t *testing.T) {
	t.Parallel()
	const model = `"l": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "main-content": {"type": "object"}}}, "__example__": []}`
	source := flowOf("7.1", model, `{"type": "NavigationList", "name": "n", "list-items": "${data.l}"}`, `"p": {"type": "string", "__example__": ""}`,
		`{"type": "TextBody", "text": "${data.p}"},`+ask)
	item := func(id, rest string) string { return `{"id":"` + id + `","main-content":{"title":"T"}` + rest + `}` }
	p := open(t, source, answers(answerA(`"l":[`+
		item("one", `,"on-click-action":{"name":"navigate","next":{"type":"screen","name":"B"},"payload":{"p":"${form.n}"}}`)+","+
		item("off", `,"enabled":false,"on-click-action":{"name":"data_exchange","payload":{}}`)+","+
		item("none", "")+`]`)))
	at := p.View().Parts[0].At
	for id, reason := range map[string]string{"off": "the item is disabled", "none": "the component has no action", "missing": "the list has no such item"} {
		if got := p.cannot(phone.Event{Type: phone.EventTap, At: at, Item: id}); got != reason {
			t.Errorf("%s: %s", id, got)
		}
	}
	p.tap("n", "one")
	p.want("B")
	if got := firstText(p.View()); got != "one" {
		t.Errorf("B shows %q", got)
	}
	if found := p.View().Findings; len(found) != 0 {
		t.Errorf("findings %+v", found)
	}
}

// What cannot be shown fails the screen of a published Flow, and is a banner in a draft.
func TestBrokenComponents(t *testing.T) {
	t.Parallel()
	const options = `"o": {"type": "array", "items": {"type": "object"}, "__example__": []}, "s": {"type": "string", "__example__": ""}, "b": {"type": "object", "__example__": {}}`
	choice := func(componentType string) string {
		return `{"type": "` + componentType + `", "name": "g", "label": "L", "data-source": "${data.o}"}`
	}
	const two = `"o":[{"id":"a","title":"A"},{"id":"a","title":"B"}]`
	for _, test := range []struct {
		name, component, data string
		fails                 bool
	}{
		{"duplicate id", choice("RadioButtonsGroup"), two, true},
		{"empty id", choice("Dropdown"), `"o":[{"id":"","title":"A"}]`, true},
		{"empty list", choice("CheckboxGroup"), `"o":[]`, true},
		{"empty list", choice("RadioButtonsGroup"), `"o":[]`, true},
		{"empty list", choice("Dropdown"), `"o":[]`, false},
		{"one chip", choice("ChipsSelector"), `"o":[{"id":"a","title":"A"}]`, true},
		{"blank label", `{"type": "TextInput", "name": "t", "label": "${data.s}"}`, `"s":" "`, true},
		{"blank link", `{"type": "EmbeddedLink", "text": "${data.s}", "on-click-action": {"name": "data_exchange", "payload": {}}}`, `"s":""`, true},
		{"blank text", `{"type": "TextBody", "text": "${data.s}"}`, `"s":""`, false},
		{"wrong type", `{"type": "TextBody", "text": "${data.b}"}`, `"b":{}`, true},
		{"wrong word", `{"type": "TextBody", "text": "x", "font-weight": "${data.s}"}`, `"s":"heavy"`, true},
		{"not https", `{"type": "EmbeddedLink", "text": "x", "on-click-action": {"name": "open_url", "url": "${data.s}"}}`, `"s":"http://example.com"`, true},
		{"wrong init", `{"type": "OptIn", "name": "t", "label": "L", "init-value": "${data.s}"}`, `"s":"yes"`, true},
		{"title a number", choice("Dropdown"), `"o":[{"id":"a","title":5}]`, true},
		{"form's init", `{"type": "Form", "name": "f", "init-values": "${data.b}", "children": [{"type": "OptIn", "name": "t", "label": "L"}]}`, `"b":{"t":"yes"}`, true},
		{"form's init", `{"type": "Form", "name": "f", "init-values": "${data.b}", "children": [{"type": "TextInput", "name": "t", "label": "L"}]}`, `"b":{"t":5}`, false},
		{"hidden", `{"type": "TextInput", "name": "t", "label": "${data.s}", "visible": false}`, `"s":""`, false},
		{"hidden branch", `{"type": "If", "condition": "(${form.x} == 'y')", "then": [` + choice("RadioButtonsGroup") + `]}`, two, false},
		{"branch", `{"type": "If", "condition": "(${form.x} == 'y')", "then": [], "else": [` + choice("RadioButtonsGroup") + `]}`, two, true},
		{"form's init, hidden", `{"type": "Form", "name": "f", "init-values": "${data.b}", "children": [
			{"type": "If", "condition": "(${form.x} == 'y')", "then": [{"type": "OptIn", "name": "t", "label": "L"}]}]}`, `"b":{"t":"yes"}`, false},
		{"form's init, shown", `{"type": "Form", "name": "f", "init-values": "${data.b}", "children": [
			{"type": "If", "condition": "(${form.x} == '')", "then": [{"type": "OptIn", "name": "t", "label": "L"}]}]}`, `"b":{"t":"yes"}`, true},
		{"missing", `{"type": "TextBody", "text": "${data.s}"}`, ``, false},
	} {
		t.Run(test.name+" "+test.component[9:20], func(t *testing.T) {
			t.Parallel()
			source := flowOf("7.1", options, test.component+","+ask, "", "")
			p := open(t, source, answers(answerA(test.data)))
			f := p.View().Failure
			if fails := f != nil && f.Kind == phone.FailureComponent; fails != test.fails {
				t.Fatalf("published: %+v", f)
			}
			want := ""
			if test.fails {
				want = `data_exchange "" components-validation-error`
				if ex := p.verdict(); ex.Verdict.Kind != "refused" {
					t.Errorf("verdict %+v", ex.Verdict)
				}
			}
			if got := noticeOf(t, p); got != want {
				t.Errorf("notice %q", got)
			}
			p = open(t, source, answers(answerA(test.data)), draft)
			if f := p.View().Failure; f != nil {
				t.Errorf("draft: %+v", f)
			}
			banner := false
			for _, part := range p.View().Parts {
				for _, found := range part.Findings {
					banner = banner || found.Code == "COMPONENT_INVALID"
				}
			}
			for _, found := range p.View().Findings {
				banner = banner || found.Code == "COMPONENT_INVALID"
			}
			if banner != test.fails {
				t.Errorf("draft: banner %v", banner)
			}
		})
	}
}

// What arrived for a hidden component fails the screen when the component appears.
func TestBrokenComponentAppears(t *testing.T) {
	t.Parallel()
	source := flowOf("7.1", `"s": {"type": "string", "__example__": ""}`, `{"type": "OptIn", "name": "o", "label": "O"},
		{"type": "If", "condition": "(${form.o} == true)", "then": [{"type": "TextBody", "text": "x", "font-weight": "${data.s}"}]}, `+ask, "", "")
	p := open(t, source, answers(answerA(`"s":"heavy"`)))
	found := p.verdict().Findings
	if p.View().Failure != nil || len(found) != 1 || found[0].Severity != "warning" {
		t.Fatalf("hidden: %+v, findings %+v", p.View().Failure, found)
	}
	p.do(phone.Event{Type: phone.EventInput, Field: "o", Value: true})
	if f := p.View().Failure; f == nil || f.Kind != phone.FailureComponent {
		t.Errorf("shown: %+v", f)
	}
}

func TestConditionFinding(t *testing.T) {
	t.Parallel()
	for condition, differs := range map[string]bool{
		"${data.s} == 'x' && ${data.s} == 'x'":     true,
		"(${data.s} == 'x') && (${data.s} == 'x')": false,
	} {
		source := flowOf("7.1", `"s": {"type": "string", "__example__": ""}`,
			`{"type": "If", "condition": "`+condition+`", "then": [{"type": "TextBody", "text": "then"}], "else": [{"type": "TextBody", "text": "else"}]},`+ask, "", "")
		p := open(t, source, answers(answerA(`"s":"x"`)))
		found := p.View().Findings
		if got := len(found) == 1 && found[0].Code == "CONDITION_READ_DIFFERENTLY"; got != differs {
			t.Errorf("%s: findings %+v", condition, found)
		}
		if want := map[bool]string{true: "else", false: "then"}[differs]; firstText(p.View()) != want {
			t.Errorf("%s: shows %s", condition, firstText(p.View()))
		}
	}
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	source := flowOf("7.1", `"n": {"type": "number", "__example__": 1}, "s": {"type": "string", "__example__": ""}`,
		`{"type": "Switch", "value": "${data.s}", "cases": {"one": [{"type": "TextBody", "text": "1"}], "none": [], "default": [{"type": "TextBody", "text": "d"}]}},`+ask, "", "")
	for value, shows := range map[string]string{"one": "1", "other": "d", "none": ""} {
		p := open(t, source, answers(answerA(`"s":"`+value+`"`)))
		if got := firstText(p.View()); got != shows {
			t.Errorf("%s: shows %q", value, got)
		}
	}
}

// Values of a branch that no longer shows stay, and neither block nor can be changed.
func TestHiddenValuesStay(t *testing.T) {
	t.Parallel()
	end := answers(same, done)
	footer := strings.Replace(ask, `"payload": {}`, `"payload": {"t": "${form.t}"}`, 1)
	p := open(t, flowOf("7.1", "", `{"type": "OptIn", "name": "o", "label": "O"},
		{"type": "If", "condition": "${form.o} == true", "then": [{"type": "TextInput", "name": "t", "label": "T", "required": true}]},`+footer, "", ""), end)
	p.fill("o", true)
	if p.View().Footer.Enabled {
		t.Error("the footer is on")
	}
	p.fill("t", "kept")
	p.fill("o", false)
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "t", Value: "x"}); reason != "the screen shows no field t" {
		t.Error(reason)
	}
	p.next()
	if diff := cmp.Diff([]string{`{"t":"kept"}`}, end.data(t)); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// Screens that ask each other without end are stopped.
func TestSelectLoop(t *testing.T) {
	t.Parallel()
	loop := group("g", "Dropdown", `"init-value": "a", "on-select-action": {"name": "data_exchange", "payload": {}}`)
	end := &endpoint{answer: func(m client.Message) (*client.Reply, error) {
		if m.Screen == "A" {
			return reply(`200 {"screen":"B","data":{}}`)
		}
		return reply(same)
	}}
	p := open(t, flowOf("6.1", "", loop+","+ask, "", loop+","+ask), end)
	if found := p.View().Findings; end.count() > 30 || len(found) != 1 || found[0].Code != "SELECT_LOOP" {
		t.Errorf("%d requests, findings %+v", end.count(), found)
	}
}

// Two branches may have an input of the same name: the one that shows gets the value.
func TestSameNameInBranches(t *testing.T) {
	t.Parallel()
	source := `{"type": "OptIn", "name": "o", "label": "O"}, {"type": "If", "condition": "${form.o} == true",
		"then": [{"type": "TextInput", "name": "v", "label": "V"}], "else": [` + group("v", "CheckboxGroup", "") + `]}`
	p := onScreen(t, "7.1", source)
	p.fill("v", []any{"a"})
	p.fill("o", true)
	p.fill("v", "text")
	if got := p.text("v"); got != "text" {
		t.Errorf("v is %q", got)
	}
}

// A box that is ticked already, or not, stays as it is.
func TestOptInAgain(t *testing.T) {
	t.Parallel()
	p := open(t, flowOf("7.1", `"n": {"type": "string", "__example__": ""}`, `{"type": "OptIn", "name": "o", "label": "O", "init-value": false,
		"on-select-action": {"name": "update_data", "payload": {"n": "on"}}, "on-unselect-action": {"name": "update_data", "payload": {"n": "off"}}},`+ask, "", ""),
		answers(same))
	for _, test := range []struct {
		value bool
		n     any
		form  any
	}{{false, nil, false}, {true, "on", true}, {true, "on", true}, {false, "off", nil}, {false, "off", nil}} {
		p.fill("o", test.value)
		s := p.Inspect().Screens["A"]
		if s.Data["n"] != test.n || s.Form["o"] != test.form {
			t.Errorf("%v: n is %v, o is %v", test.value, s.Data["n"], s.Form["o"])
		}
	}
}
