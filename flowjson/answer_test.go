package flowjson_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// guarded and bound are the Flows of testdata/flows/guard.json and bound.json.
func guarded(t testing.TB) *flowjson.Flow { return flowOf(t, "guard.json") }
func bound(t testing.TB) *flowjson.Flow   { return flowOf(t, "bound.json") }

func flowOf(t testing.TB, file string) *flowjson.Flow {
	t.Helper()
	source, err := os.ReadFile("../testdata/flows/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return readFlow(t, string(source))
}

// answer is the answer of an endpoint: a screen and its data.
type answer struct{ screen, data string }

// check checks an answer to a data_exchange from a screen; to INIT if that is empty.
func (a answer) check(f *flowjson.Flow, from string) []flowjson.Violation {
	move := flowjson.Move{Action: protocol.ActionDataExchange, From: from, To: a.screen}
	if from == "" {
		move.Action = protocol.ActionInit
	}
	return f.CheckAnswer(move, a.text())
}

func (a answer) text() []byte {
	return fmt.Appendf(nil, `{"screen": %q, "data": %s}`, a.screen, a.data)
}

// Answers that fit, to be changed in one place.
func start(greeting string) answer { return answer{"START", `{"greeting": ` + greeting + `}`} }
func plain(data string) answer     { return answer{"PLAIN", data} }
func choice(options string) answer {
	return choiceOf(options, titled("A")+", "+strings.Replace(titled("B"), "a", "b", 1))
}

func choiceOf(options, chips string) answer {
	return answer{"CHOICE", `{"options": [` + options + `], "chips": [` + chips + `]}`}
}

// detail is the screen DETAIL, with one thing replaced.
func detail(old, replacement string) answer {
	data := `{"name": "A", "colour": "red", "labels": {}, "note": ""}`
	return answer{"DETAIL", strings.Replace(data, old, replacement, 1)}
}

// shop is the screen SHOP, with the items of its list.
func shop(items string) answer { return answer{"SHOP", `{"shop": {"goods": [` + items + `]}}`} }

// item is an item of that list, with more keys.
func item(more string) string {
	return `{"id": "a", "main-content": {"title": "A"}, "on-click-action": {"name": "data_exchange", "payload": {}}` + more + `}`
}

func leadsTo(screen string) string {
	return fmt.Sprintf(`{"id": "a", "main-content": {"title": "A"},
		"on-click-action": {"name": "navigate", "next": {"type": "screen", "name": %q}, "payload": {"form": "${form.goods}"}}}`, screen)
}

// goods is an item with an id of its own.
const goods = `{"id": "#", "main-content": {"title": "A"}, "on-click-action": {"name": "data_exchange", "payload": {}}}`

// many repeats an item; # becomes the number of each.
func many(n int, item string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(item, "#", strconv.Itoa(i))
	}
	return strings.Join(all, ",")
}

func titled(title string) string { return `{"id": "a", "title": "` + title + `"}` }

// png is how an image begins.
const png = "iVBORw0KGgoA"

func images(kb int) string { return png + strings.Repeat("AAAA", kb<<8-3) }

// ruleTests has for each rule one answer that breaks it, and its neighbour that does
// not.
var ruleTests = []struct {
	name, from   string
	wrong, right answer
	rule         flowjson.Rule
	pointer      string
	warning      bool
}{
	{"unknown screen", "START", answer{"NOWHERE", `{}`}, plain(`{}`), flowjson.RuleScreen, "/screen", false},
	{"end as if a screen", "PLAIN", answer{"success", `{}`}, answer{"SUCCESS", `{}`}, flowjson.RuleScreen, "/screen", false},
	{"no route", "START", detail("", ""), plain(`{}`), flowjson.RuleTransition, "/screen", false},
	{"two steps back", "DETAIL", start(`""`), choice(titled("A")), flowjson.RuleTransition, "/screen", false},
	{"first screen", "", plain(`{}`), start(`""`), flowjson.RuleTransition, "/screen", false},
	{"same screen", "START", answer{"END", `{}`}, start(`""`), flowjson.RuleTransition, "/screen", false},

	{"no model", "START", plain(`{"name": "A"}`), plain(`{"error_message": "no"}`), flowjson.RuleNoModel, "/data", false},
	{"number for string", "START", start(`7`), start(`"7"`), flowjson.RuleType, "/data/greeting", false},
	{"null", "START", start(`null`), start(`""`), flowjson.RuleNull, "/data/greeting", false},
	{
		"deep inside", "START", choice(`{"id": "a", "title": {}}`), choice(`{"id": "a", "title": "A", "more": {}}`),
		flowjson.RuleType, "/data/options/0/title", false,
	},
	{
		"message as number", "START", plain(`{"error_message": 7}`), plain(`{"error_message": "7"}`),
		flowjson.RuleType, "/data/error_message", false,
	},
	{
		"extension as text", "START", plain(`{"extension_message_response": ""}`), plain(`{"extension_message_response": {}}`),
		flowjson.RuleType, "/data/extension_message_response", false,
	},
	{"missing", "START", answer{"START", `{}`}, answer{"START", `{"greeting": "", "more": 1}`}, flowjson.RuleMissing, "/data/greeting", false},
	{"missing in list", "CHOICE", answer{"CHOICE", `{"options": [{"id": "a", "title": "A"}]}`}, choice(titled("A")), flowjson.RuleMissing, "/data/chips", false},
	{"after NavigationList", "SHOP", detail("", ""), answer{"KEYED", `{"name": "A"}`}, flowjson.RuleMissing, "/data/error_message", false},
	{"enum", "CHOICE", detail("red", "green"), detail("red", "blue"), flowjson.RuleKeyword, "/data/colour", false},
	{
		"key made by a user", "CHOICE", detail("{}", `{"Ada Lovelace": 7}`), detail("{}", `{"Ada Lovelace": ""}`),
		flowjson.RuleType, "/data/labels/*", false,
	},

	{"item to nowhere", "START", shop(leadsTo("NOWHERE")), shop(leadsTo("DETAIL")), flowjson.RuleTarget, next, false},
	{"item without route", "START", shop(leadsTo("END")), shop(leadsTo("START")), flowjson.RuleTarget, next, false},
	{"item to itself", "START", shop(leadsTo("SHOP")), shop(leadsTo("KEYED")), flowjson.RuleTarget, next, false},
	{"item to the end", "START", shop(leadsTo("SUCCESS")), shop(item("")), flowjson.RuleTarget, next, false},

	{"no options", "START", choice(""), choice(titled("A")), flowjson.RuleItems, "/data/options", true},
	{"201 options", "START", choice(many(201, numbered)), choice(many(200, numbered)), flowjson.RuleItems, "/data/options", true},
	{"101 with an image", "START", choice(many(101, pictured)), choice(many(100, pictured)), flowjson.RuleItems, "/data/options", true},
	{"one chip", "START", choiceOf(titled("A"), titled("A")), choice(titled("A")), flowjson.RuleComponent, "/data/chips", false},
	{"21 goods", "START", shop(many(21, goods)), shop(many(20, goods)), flowjson.RuleItems, "/data/shop/goods", true},
	{"no goods", "START", shop(""), shop(many(1, goods)), flowjson.RuleComponent, "/data/shop/goods", false},
	{"same id", "START", choice(many(2, titled("A"))), choice(many(2, numbered)), flowjson.RuleComponent, "/data/options/1/id", false},
	{"no id", "START", choice(`{"title": "A"}`), choice(titled("A")), flowjson.RuleComponent, "/data/options/0/id", false},
	{"no title", "START", choice(`{"id": "a"}`), choice(titled("A")), flowjson.RuleItems, "/data/options/0/title", true},
	{
		"long title", "START", choice(titled(strings.Repeat("é", 31))), choice(titled(strings.Repeat("é", 30))),
		flowjson.RuleItems, "/data/options/0/title", true,
	},
	{
		"long main content", "START", shop(withTitle(31)), shop(withTitle(30)),
		flowjson.RuleItems, "/data/shop/goods/0/main-content/title", true,
	},
	{
		"four tags", "START", shop(item(`, "tags": ["a", "b", "c", "d"]`)), shop(item(`, "tags": ["a", "b", "c"]`)),
		flowjson.RuleItems, "/data/shop/goods/0/tags", true,
	},
	{
		"long tag", "START", shop(item(`, "tags": ["1234567890123456"]`)), shop(item(`, "tags": ["123456789012345"]`)),
		flowjson.RuleItems, "/data/shop/goods/0/tags/0", true,
	},
	{
		"large image", "START", shop(item(`, "start": {"image": "` + images(140) + `"}`)), shop(item(`, "start": {"image": "` + images(130) + `"}`)),
		flowjson.RuleItems, "/data/shop/goods/0/start/image", true,
	},
	{"1 MB", "START", plain(`{"error_message": "` + images(1000) + `"}`), plain(`{"error_message": "` + images(900) + `"}`), flowjson.RuleSize, "", true},
	{"1 MB at the end", "START", answer{"SUCCESS", `"` + images(1000) + `"`}, answer{"SUCCESS", `{}`}, flowjson.RuleSize, "", true},
}

const next = "/data/shop/goods/0/on-click-action/next/name"

func withTitle(characters int) string {
	return strings.Replace(item(""), `"title": "A"`, fmt.Sprintf(`"title": %q`, strings.Repeat("a", characters)), 1)
}

// numbered and pictured are options for many.
const (
	numbered = `{"id": "#", "title": "A"}`
	pictured = `{"id": "#", "title": "A", "image": "` + png + `"}`
)

func TestCheckAnswer(t *testing.T) {
	t.Parallel()
	flow := guarded(t)
	tried := map[flowjson.Rule]bool{}
	for _, tt := range ruleTests {
		tried[tt.rule] = true
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := tt.wrong.check(flow, tt.from)
			if len(found) != 1 {
				t.Fatalf("wrong: found %v, want one", found)
			}
			v := found[0]
			if v.Rule != tt.rule || v.Pointer != tt.pointer || v.Warning != tt.warning || v.Problem == "" || v.Remedy == "" {
				t.Errorf("wrong: found %+v, want %s at %s", v, tt.rule, tt.pointer)
			}
			if want := tt.wrong.screen; v.Screen != want && (flow.Screen(want) != nil || v.Screen != "other") {
				t.Errorf("wrong: the screen is %q, want %q", v.Screen, want)
			}
			if found := tt.right.check(flow, tt.from); found != nil {
				t.Errorf("right: found %v", found)
			}
		})
	}
	for _, rule := range flowjson.Rules() {
		tried[rule] = tried[rule] || slices.ContainsFunc(arrivalTests, func(tt arrivalTest) bool { return tt.rule == rule })
		if !tried[rule] {
			t.Errorf("no test of rule %s", rule)
		}
	}
}

// BACK has the screen that the user leaves.
func TestCheckAnswerBack(t *testing.T) {
	t.Parallel()
	flow := guarded(t)
	move := flowjson.Move{Action: protocol.ActionBack, From: "END", To: "DETAIL"}
	if found := flow.CheckAnswer(move, detail("", "").text()); found != nil {
		t.Errorf("one step back: found %v", found)
	}
	move.To = "START"
	if found := flow.CheckAnswer(move, start(`""`).text()); len(found) != 1 || found[0].Rule != flowjson.RuleTransition {
		t.Errorf("three steps back: found %v, want a transition", found)
	}
}

// A request from no screen, or one that the Flow JSON does not have, does not say where
// the user is: the way to the answer cannot be judged, its data can.
func TestCheckAnswerWithoutSource(t *testing.T) {
	t.Parallel()
	flow := guarded(t)
	for _, move := range []flowjson.Move{
		{Action: protocol.ActionDataExchange, From: "MADE_UP", To: "DETAIL"},
		{Action: protocol.ActionBack, To: "DETAIL"},
	} {
		if found := flow.CheckAnswer(move, detail("", "").text()); found != nil {
			t.Errorf("from %q: found %v", move.From, found)
		}
		if found := flow.CheckAnswer(move, answer{"DETAIL", `{}`}.text()); len(found) == 0 {
			t.Errorf("from %q: nothing found in data that is missing", move.From)
		}
	}
}

func TestCheckAnswerAllowMissing(t *testing.T) {
	t.Parallel()
	flow := guarded(t)
	for _, tt := range []struct {
		name, from string
		answer     answer
		warnings   int
		errors     int
	}{
		{"optional keys", "CHOICE", answer{"DETAIL", `{"name": "A"}`}, 3, 0},
		{"a required key", "CHOICE", answer{"DETAIL", `{"colour": "red", "labels": {}, "note": ""}`}, 0, 1},
		{"after NavigationList", "SHOP", answer{"KEYED", `{}`}, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			move := flowjson.Move{Action: protocol.ActionDataExchange, From: tt.from, To: tt.answer.screen, AllowMissing: true}
			warnings, errors := 0, 0
			for _, v := range flow.CheckAnswer(move, tt.answer.text()) {
				if v.Warning {
					warnings++
				} else {
					errors++
				}
			}
			if warnings != tt.warnings || errors != tt.errors {
				t.Errorf("got %d warnings and %d errors, want %d and %d", warnings, errors, tt.warnings, tt.errors)
			}
		})
	}
}

// What a list has wrong a hundred times is reported once.
func TestCheckAnswerOnce(t *testing.T) {
	t.Parallel()
	var got []string
	for _, v := range choice(many(100, `{"id": 7}`)).check(guarded(t), "START") {
		got = append(got, string(v.Rule)+v.Pointer)
	}
	if diff := cmp.Diff([]string{"type/data/options/0/id", "items/data/options/0/title"}, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// An answer is data from outside: whatever it is, nothing of it is in a violation.
func FuzzCheckAnswer(f *testing.F) {
	flows := []*flowjson.Flow{guarded(f), bound(f)}
	for _, tt := range ruleTests {
		if text := tt.wrong.text(); len(text) < 2000 {
			f.Add(tt.from, tt.wrong.screen, text)
		}
	}
	for _, tt := range arrivalTests { // the data does not fit the screens, and looks like what might
		if len(tt.wrong) < 2000 {
			f.Add("START", "CHOICE", fmt.Appendf(nil, `{"screen": "CHOICE", "data": {%s}}`, strings.ReplaceAll(tt.wrong, `"v"`, `"options"`)))
			f.Add("START", "SHOP", fmt.Appendf(nil, `{"screen": "SHOP", "data": {"shop": {%s}}}`, strings.ReplaceAll(tt.wrong, `"v"`, `"goods"`)))
		}
	}
	f.Add("", "DAY", []byte(`{"screen": "DAY", "data": {"slots": [{"id": "a"}, 1], "first_day": "x", "count": 0, "open": true,
		"off": [null], "chosen": ["a"], "error_messages": {"x": "`+"`'a'`"+`", "n": 1}}}`))
	f.Add("DAY", "NAV", []byte(`{"screen": "NAV", "data": {"items": [{"id": "a", "end": {}, "on-click-action": {"name": "navigate", "next": 1}}]}}`))
	f.Add("START", "START", []byte("{"))
	f.Fuzz(func(t *testing.T, from, to string, text []byte) {
		for _, flow := range flows {
			for _, action := range []protocol.Action{protocol.ActionInit, protocol.ActionBack, protocol.ActionDataExchange} {
				for _, v := range flow.CheckAnswer(flowjson.Move{Action: action, From: from, To: to}, text) {
					known := v.Screen == "other" || v.Screen == protocol.ScreenSuccess || flow.Screen(v.Screen) != nil
					if v.Rule == "" || !known || v.Problem == "" || v.Remedy == "" {
						t.Errorf("violation %+v", v)
					}
				}
			}
		}
	})
}

// BenchmarkCheckAnswer checks a typical answer: a Dropdown of six.
func BenchmarkCheckAnswer(b *testing.B) {
	flow := guarded(b)
	text := choice(many(6, `{"id": "#", "title": "Monday, 23 November"}`)).text()
	move := flowjson.Move{Action: protocol.ActionDataExchange, From: "START", To: "CHOICE"}
	b.ReportAllocs()
	for b.Loop() {
		if found := flow.CheckAnswer(move, text); found != nil {
			b.Fatal(found)
		}
	}
}

// TestUnknownScreen: the problem names the screen if it looks like one, and the nearest.
func TestUnknownScreen(t *testing.T) {
	t.Parallel()
	f := guarded(t)
	for to, want := range map[string]string{
		"NOWHERE":               "the Flow JSON has no screen NOWHERE",
		"DETAILS":               "the Flow JSON has no screen DETAILS (did you mean DETAIL?)",
		"start":                 "the Flow JSON has no screen start (did you mean START?)",
		"Success":               "the Flow JSON has no screen Success (did you mean SUCCESS?)",
		"START ":                "the Flow JSON has no screen whose id has white space around it (did you mean START?)",
		"Ada Lovelace":          "the Flow JSON has no such screen",
		"5511999":               "the Flow JSON has no such screen",
		strings.Repeat("A", 81): "the Flow JSON has no such screen",
	} {
		found := f.CheckAnswer(flowjson.Move{Action: protocol.ActionInit, To: to}, []byte(`{}`))
		if len(found) != 1 || found[0].Problem != want || found[0].Screen != "other" {
			t.Errorf("%s: %v, want %q", to, found, want)
		}
	}
}
