package flowjson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// arrivalTest is one answer for a screen of one Form that breaks a rule, and its
// neighbour that does not. The data is v, of any type.
type arrivalTest struct {
	name         string
	component    string // on the screen; ${data.v} is what arrives
	wrong, right string // of the data, without its braces
	rule         flowjson.Rule
	pointer      string
	warning      bool
}

const (
	dates    = `{"type": "DatePicker", "name": "d", "label": "D", `
	dropdown = `{"type": "Dropdown", "name": "s", "label": "S", `
	groups   = `{"type": "CheckboxGroup", "name": "c", "label": "C", `
	typed    = `{"type": "TextInput", "name": "t", "label": "T", `
	goBy     = `"on-click-action": {"name": "data_exchange", "payload": {}}`
	listed   = `{"type": "NavigationList", "name": "n", ` + goBy + `, "list-items": "${data.v}"}`
	calendar = `{"type": "CalendarPicker", "name": "r", "mode": "range", "label": {"start-date": "A", "end-date": "B"}, `
	fixed    = `"data-source": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]`
)

func inForm(property, children string) string {
	return `{"type": "Form", "name": "f", "` + property + `": "${data.v}", "children": [` + children + `]}`
}

// arrivalTests has a row for each check of the catalog, and for each sort of component
// that a place belongs to.
var arrivalTests = []arrivalTest{
	{"min-date as in Europe", dates + `"min-date": "${data.v}"}`, `"v": "23/11/2026"`, `"v": "2026-11-23"`, flowjson.RuleValue, "/data/v", true},
	{"min-date with a time", dates + `"min-date": "${data.v}"}`, `"v": "2026-11-23T10:00:00Z"`, `"v": "2026-11-23"`, flowjson.RuleValue, "/data/v", true},
	{"min-date in milliseconds", dates + `"min-date": "${data.v}"}`, `"v": "1764000000000"`, `"v": "2026-11-23"`, flowjson.RuleValue, "/data/v", true},
	{"max-date", dates + `"max-date": "${data.v}"}`, `"v": "tomorrow"`, `"v": "2026-11-23"`, flowjson.RuleValue, "/data/v", true},
	{
		"min-date within an object", dates + `"min-date": "${data.v.day}"}`, `"v": {"day": "1"}`, `"v": {"day": "2026-11-23"}`,
		flowjson.RuleValue, "/data/v/day", true,
	},
	{"min-date in an expression", dates + "\"min-date\": \"`${data.v}`\"}", `"v": "1"`, `"v": "2026-11-23"`, flowjson.RuleValue, "/data/v", true},
	{
		"unavailable-dates", dates + `"unavailable-dates": "${data.v}"}`, `"v": ["2026-11-23", "24.11."]`, `"v": ["2026-11-23"]`,
		flowjson.RuleValue, "/data/v/1", true,
	},
	{"dates of a wrong type", dates + `"unavailable-dates": "${data.v}"}`, `"v": [20261123]`, `"v": []`, flowjson.RuleComponent, "/data/v/0", false},
	{
		"min after max", dates + `"min-date": "${data.v}", "max-date": "2026-11-30"}`, `"v": "2026-12-01"`, `"v": "2026-11-01"`,
		flowjson.RuleValue, "/data/v", true,
	},
	{
		"max before min", dates + `"max-date": "${data.v}", "min-date": "2026-11-30"}`, `"v": "2026-11-01"`, `"v": "2026-12-01"`,
		flowjson.RuleValue, "/data/v", true,
	},
	{"initial day", dates + `"init-value": "${data.v}"}`, `"v": "23/11/2026"`, `"v": ""`, flowjson.RuleValue, "/data/v", true},
	{
		"initial day too early", dates + `"init-value": "${data.v}", "min-date": "2026-11-30"}`, `"v": "2026-11-01"`, `"v": "2026-12-01"`,
		flowjson.RuleValue, "/data/v", true,
	},
	{
		"initial range", calendar + `"init-value": "${data.v}"}`, `"v": {"start-date": "1"}`, `"v": {"start-date": "2026-11-01"}`,
		flowjson.RuleValue, "/data/v/start-date", true,
	},
	{
		"initial range backwards", calendar + `"init-value": "${data.v}"}`, `"v": {"start-date": "2026-11-09", "end-date": "2026-11-01"}`, `"v": {}`,
		flowjson.RuleValue, "/data/v", true,
	},
	{"one day for a range", calendar + `"init-value": "${data.v}"}`, `"v": "2026-11-01"`, `"v": {}`, flowjson.RuleComponent, "/data/v", false},
	{"media-size", groups + fixed + `, "media-size": "${data.v}"}`, `"v": "huge"`, `"v": "large"`, flowjson.RuleComponent, "/data/v", false},
	{"weekday", calendar + `"include-days": "${data.v}"}`, `"v": ["Monday"]`, `"v": ["Mon"]`, flowjson.RuleComponent, "/data/v/0", false},
	{"blank label of one day", calendarLabel, `"v": " "`, `"v": "From"`, flowjson.RuleComponent, "/data/v", false},

	{"empty options", dropdown + `"data-source": "${data.v}"}`, `"v": []`, `"v": [{"id": "a", "title": "A"}]`, flowjson.RuleItems, "/data/v", true},
	{"empty group", groups + `"data-source": "${data.v}"}`, `"v": []`, `"v": [{"id": "a", "title": "A"}]`, flowjson.RuleComponent, "/data/v", false},
	{
		"options of a wrong type", groups + `"data-source": "${data.v}"}`, `"v": {}`, `"v": [{"id": "a", "title": "A"}]`,
		flowjson.RuleComponent, "/data/v", false,
	},
	{
		"no id", groups + `"data-source": "${data.v}"}`, `"v": [{"title": "A"}]`, `"v": [{"id": "a", "title": "A"}]`,
		flowjson.RuleComponent, "/data/v/0/id", false,
	},
	{
		"blank id", groups + `"data-source": "${data.v}"}`, `"v": [{"id": "", "title": "A"}]`, `"v": [{"id": "a", "title": "A"}]`,
		flowjson.RuleComponent, "/data/v/0/id", false,
	},
	{
		"null for an id", groups + `"data-source": "${data.v}"}`, `"v": [{"id": null, "title": "A"}]`, `"v": [{"id": "a", "title": "A"}]`,
		flowjson.RuleComponent, "/data/v/0/id", false,
	},
	{
		"number for an id", groups + `"data-source": "${data.v}"}`, `"v": [{"id": 1, "title": "A"}]`, `"v": [{"id": "1", "title": "A"}]`,
		flowjson.RuleComponent, "/data/v/0/id", false,
	},
	{
		"blank title", groups + `"data-source": "${data.v}"}`, `"v": [{"id": "a", "title": ""}]`, `"v": [{"id": "a", "title": "A", "description": ""}]`,
		flowjson.RuleItems, "/data/v/0/title", true,
	},
	{
		"null title", groups + `"data-source": "${data.v}"}`, `"v": [{"id": "a", "title": null}]`, `"v": [{"id": "a", "title": "A", "more": null}]`,
		flowjson.RuleItems, "/data/v/0/title", true,
	},
	{
		"colour", groups + `"data-source": "${data.v}"}`, `"v": [{"id": "a", "title": "A", "color": "red"}]`, `"v": [{"id": "a", "title": "A", "color": "#25D366"}]`,
		flowjson.RuleItems, "/data/v/0/color", true,
	},
	{
		"image and colour", groups + `"data-source": "${data.v}"}`, both, `"v": [{"id": "a", "title": "A", "image": "iVBORw0KGgo="}]`,
		flowjson.RuleItems, "/data/v", true,
	},
	{
		"image of an option", groups + `"data-source": "${data.v}"}`, `"v": [{"id": "a", "title": "A", "image": "https://example.com/a.png"}]`, `"v": [{"id": "a", "title": "A", "image": "/9j/4AAQ"}]`,
		flowjson.RuleItems, "/data/v/0/image", true,
	},
	{
		"enabled", groups + `"data-source": "${data.v}"}`, `"v": [{"id": "a", "title": "A", "enabled": "no"}]`, `"v": [{"id": "a", "title": "A", "enabled": false}]`,
		flowjson.RuleComponent, "/data/v/0/enabled", false,
	},
	{
		"actions on both levels", groups + `"data-source": "${data.v}", "on-select-action": {"name": "data_exchange", "payload": {}}}`, withAction, `"v": [{"id": "a", "title": "A"}]`,
		flowjson.RuleComponent, "/data/v/0/on-select-action", false,
	},
	{
		"unknown action of an option", groups + `"data-source": "${data.v}"}`, strings.Replace(withAction, "update_data", "open_url", 1),
		withAction, flowjson.RuleItems, "/data/v/0/on-select-action/name", true,
	},
	{
		"title within static options", groups + `"data-source": [{"id": "a", "title": "${data.v}"}]}`, `"v": ""`, `"v": "A"`,
		flowjson.RuleItems, "/data/v", true,
	},
	{
		"id within static options", groups + `"data-source": [{"id": "a", "title": "A"}, {"id": "${data.v}", "title": "B"}]}`, `"v": "a"`, `"v": "b"`,
		flowjson.RuleComponent, "/data/v", false,
	},
	{"initial value among static options", dropdown + fixed + `, "init-value": "${data.v}"}`, `"v": "c"`, `"v": "b"`, flowjson.RuleValue, "/data/v", true},
	{
		"static value among options", dropdown + `"init-value": "a", "data-source": "${data.v}"}`,
		`"v": [{"id": "b", "title": "B"}]`, `"v": [{"id": "a", "title": "A"}]`,
		flowjson.RuleItems, "/data/v", true,
	},
	{"initial values", groups + fixed + `, "init-value": "${data.v}"}`, `"v": ["a", "c"]`, `"v": ["a", "b"]`, flowjson.RuleValue, "/data/v/1", true},
	{"one initial value for several", groups + fixed + `, "init-value": "${data.v}"}`, `"v": "a"`, `"v": ["a"]`, flowjson.RuleComponent, "/data/v", false},
	{
		"least and most", groups + fixed + `, "min-selected-items": "${data.v}", "max-selected-items": 2}`, `"v": 3`, `"v": 2`,
		flowjson.RuleValue, "/data/v", true,
	},
	{
		"unknown key of an action", groups + `"data-source": "${data.v}"}`, strings.Replace(withAction, `"payload": {}`, `"payload": {"x": 1}`, 1),
		strings.Replace(withAction, `"payload": {}`, `"payload": {"open": true}`, 1), flowjson.RuleTarget, "/data/v/0/on-select-action/payload/*", false,
	},
	{
		"value of an action", groups + `"data-source": "${data.v}"}`, strings.Replace(withAction, `"payload": {}`, `"payload": {"open": 1}`, 1),
		strings.Replace(withAction, `"payload": {}`, `"payload": {"open": "${form.c}"}`, 1), flowjson.RuleTarget, "/data/v/0/on-select-action/payload/open", false,
	},
	{
		"fewer options than choices", groups + `"data-source": "${data.v}", "min-selected-items": 2}`, `"v": [{"id": "a", "title": "A"}]`,
		`"v": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]`, flowjson.RuleItems, "/data/v", true,
	},
	{"too small a count", groups + fixed + `, "max-selected-items": "${data.v}"}`, `"v": 1`, `"v": 2`, flowjson.RuleValue, "/data/v", true},

	{"no characters", typed + `"max-chars": "${data.v}"}`, `"v": 0`, `"v": "10"`, flowjson.RuleValue, "/data/v", true},
	{"characters as a text", typed + `"max-chars": "${data.v}"}`, `"v": "ten"`, `"v": 10`, flowjson.RuleValue, "/data/v", true},
	{"least above the default", typed + `"min-chars": "${data.v}"}`, `"v": 90`, `"v": 80`, flowjson.RuleValue, "/data/v", true},
	{"blank label", `{"type": "TextInput", "name": "t", "label": "${data.v}"}`, `"v": ""`, `"v": "A"`, flowjson.RuleComponent, "/data/v", false},
	{
		"long label", `{"type": "TextInput", "name": "t", "label": "${data.v}"}`, `"v": "What is your full name?"`, `"v": "Your name"`,
		flowjson.RuleValue, "/data/v", true,
	},
	{"label of a wrong type", `{"type": "OptIn", "name": "t", "label": "${data.v}"}`, `"v": 1`, `"v": "A"`, flowjson.RuleComponent, "/data/v", false},
	{
		"initial value of a wrong type", `{"type": "OptIn", "name": "o", "label": "O", "init-value": "${data.v}"}`, `"v": "true"`, `"v": true`,
		flowjson.RuleComponent, "/data/v", false,
	},
	{"blank label of a Footer", `{"type": "Footer", "label": "${data.v}", ` + goBy + `}`, `"v": ""`, `"v": "A"`, flowjson.RuleComponent, "/data/v", false},
	{"blank link", `{"type": "EmbeddedLink", "text": "${data.v}", ` + goBy + `}`, `"v": "  "`, `"v": "A"`, flowjson.RuleComponent, "/data/v", false},
	{"blank heading", `{"type": "TextHeading", "text": "${data.v}"}`, `"v": ""`, `"v": "A"`, flowjson.RuleValue, "/data/v", true},
	{"weight", `{"type": "TextBody", "text": "A", "font-weight": "${data.v}"}`, `"v": "heavy"`, `"v": "bold"`, flowjson.RuleComponent, "/data/v", false},
	{
		"address", `{"type": "EmbeddedLink", "text": "A", "on-click-action": {"name": "open_url", "url": "${data.v}"}}`, `"v": "http://example.com/"`, `"v": "https://example.com/"`,
		flowjson.RuleComponent, "/data/v", false,
	},
	{
		"address in capitals", `{"type": "EmbeddedLink", "text": "A", "on-click-action": {"name": "open_url", "url": "${data.v}"}}`, `"v": "HTTPS://example.com/"`, `"v": "https://example.com/"`,
		flowjson.RuleComponent, "/data/v", false,
	},
	{
		"not an address", `{"type": "EmbeddedLink", "text": "A", "on-click-action": {"name": "open_url", "url": "${data.v}"}}`, `"v": "example.com"`, `"v": "https://example.com/"`,
		flowjson.RuleComponent, "/data/v", false,
	},

	{
		"image as an address", `{"type": "Image", "src": "${data.v}"}`, `"v": "https://example.com/a.png"`, `"v": "iVBORw0KGgo="`,
		flowjson.RuleValue, "/data/v", true,
	},
	{
		"image as a data URI", `{"type": "Image", "src": "${data.v}"}`, `"v": "data:image/png;base64,iVBORw0KGgo="`, `"v": "iVBORw0KGgo="`,
		flowjson.RuleValue, "/data/v", true,
	},
	{"another file", `{"type": "Image", "src": "${data.v}"}`, `"v": "JVBERi0xLjQK"`, `"v": "UklGRiQAAABXRUJQ"`, flowjson.RuleValue, "/data/v", true},
	{
		"large image", `{"type": "Image", "src": "${data.v}"}`, `"v": "` + images(420) + `"`, `"v": "` + images(390) + `"`,
		flowjson.RuleValue, "/data/v", true,
	},
	{
		"scale", `{"type": "Image", "src": "iVBORw0KGgo=", "scale-type": "${data.v}"}`, `"v": "stretch"`, `"v": "cover"`,
		flowjson.RuleComponent, "/data/v", false,
	},
	{
		"four images", `{"type": "ImageCarousel", "images": "${data.v}"}`, `"v": [` + many(4, slide) + `]`, `"v": [` + many(3, slide) + `]`,
		flowjson.RuleItems, "/data/v", true,
	},

	{"empty list", listed, `"v": []`, `"v": [{"id": "a", "main-content": {"title": "A"}}]`, flowjson.RuleComponent, "/data/v", false},
	{
		"no main-content", listed, `"v": [{"id": "a"}]`, `"v": [{"id": "a", "main-content": {"title": "A"}}]`,
		flowjson.RuleItems, "/data/v/0/main-content", true,
	},
	{"two badges", listed, `"v": [` + many(2, badged) + `]`, `"v": [` + many(1, badged) + `]`, flowjson.RuleItems, "/data/v/1/badge", true},
	{
		"end of one item", listed, `"v": [` + ended + `, {"id": "b", "main-content": {"title": "B"}}]`, `"v": [` + ended + `]`,
		flowjson.RuleItems, "/data/v/1", true,
	},
	{
		"action of the list and of an item", listed, `"v": [` + acting("data_exchange") + `]`, `"v": [` + badged + `]`,
		flowjson.RuleComponent, "/data/v/0/on-click-action", false,
	},
	{
		"unknown action", strings.Replace(listed, goBy+", ", "", 1), `"v": [` + acting("complete") + `]`, `"v": [` + acting("data_exchange") + `]`,
		flowjson.RuleItems, "/data/v/0/on-click-action/name", true,
	},

	{
		"error for no input", inForm("error-messages", typed+`"input-type": "text"}`), `"v": {"x": "A"}`, `"v": {"t": "A"}`,
		flowjson.RuleInput, "/data/v/*", true,
	},
	{
		"error that is no text", inForm("error-messages", typed+`"input-type": "text"}`), `"v": {"t": true}`, `"v": {}`,
		flowjson.RuleValue, "/data/v/t", true,
	},
	{
		"error at an OptIn", inForm("error-messages", `{"type": "OptIn", "name": "o", "label": "O"}`), `"v": {"o": "A"}`, `"v": {"o": ""}`,
		flowjson.RuleInput, "/data/v/o", true,
	},
	{
		"number for an initial day", inForm("init-values", dates+`"max-date": "2026-11-30"}`), `"v": {"d": 20261123}`, `"v": {"d": "2026-11-23"}`,
		flowjson.RuleValue, "/data/v/d", true,
	},
	{
		"number for a chosen option", inForm("init-values", dropdown+fixed+`}`), `"v": {"s": 1}`, `"v": {"s": "a"}`,
		flowjson.RuleValue, "/data/v/s", true,
	},
	{"error in a branch", inForm("error-messages", branch), `"v": {"t": "A"}`, `"v": {}`, flowjson.RuleInput, "/data/v/t", true},
	{
		"value for no input", inForm("init-values", typed+`"input-type": "text"}`), `"v": {"x": "A"}`, `"v": {"t": "A"}`,
		flowjson.RuleInput, "/data/v/*", true,
	},
	{
		"value for files", inForm("init-values", `{"type": "PhotoPicker", "name": "p", "label": "P"}`), `"v": {"p": "A"}`, `"v": {}`,
		flowjson.RuleInput, "/data/v/p", true,
	},
	{
		"value of a wrong type for a Form", inForm("init-values", groups+fixed+`}`), `"v": {"c": "a"}`, `"v": {"c": ["a"]}`,
		flowjson.RuleComponent, "/data/v/c", false,
	},
	{
		"value of a Form that is not offered", inForm("init-values", dropdown+fixed+`}`), `"v": {"s": "c"}`, `"v": {"s": "a"}`,
		flowjson.RuleValue, "/data/v/s", true,
	},
	{
		"day of a Form", inForm("init-values", dates+`"enabled": true}`), `"v": {"d": "1.1."}`, `"v": {"d": "2026-11-23"}`,
		flowjson.RuleValue, "/data/v/d", true,
	},
	{
		"one value of a Form", strings.Replace(inForm("init-values", dropdown+fixed+`}`), `"${data.v}"`, `{"s": "${data.v}"}`, 1), `"v": "c"`, `"v": "a"`,
		flowjson.RuleValue, "/data/v", true,
	},

	{"reference", "", `"v": "${form.t}"`, `"v": "Hello ${form.t}"`, flowjson.RuleBinding, "/data/v", true},
	{"references", "", `"v": "${data.a} and ${data.b}"`, `"v": "$5"`, flowjson.RuleBinding, "/data/v", true},
	{"expression", "", "\"v\": \"`'a'`\"", "\"v\": \"it's `so`\"", flowjson.RuleBinding, "/data/v", true},
	{"escaped expression", "", `"v": "\u0060'a'\u0060"`, `"v": "\u0061"`, flowjson.RuleBinding, "/data/v", true},
	{
		"reference within", "", `"v": [{"a": "${form.t}"}]`, `"v": [{"on-click-action": {"name": "x", "payload": {"a": "${form.t}"}}}]`,
		flowjson.RuleBinding, "/data/v/*/*", true,
	},
}

const (
	calendarLabel = `{"type": "CalendarPicker", "name": "r", "mode": "range", "label": {"start-date": "${data.v}", "end-date": "B"}}`
	both          = `"v": [{"id": "a", "title": "A", "color": "#25D366"}, {"id": "b", "title": "B", "image": "iVBORw0KGgo="}]`
	withAction    = `"v": [{"id": "a", "title": "A", "on-select-action": {"name": "update_data", "payload": {}}}]`
	branch        = `{"type": "If", "condition": "${data.open}", "then": [` + typed + `"input-type": "text"}]}`
	badged        = `{"id": "#", "main-content": {"title": "A"}, "badge": "1"}`
	ended         = `{"id": "a", "main-content": {"title": "A"}, "end": {"title": "1"}}`
	slide         = `{"src": "iVBORw0KGgo=", "alt-text": "A"}`
)

func acting(name string) string {
	return `{"id": "a", "main-content": {"title": "A"}, "on-click-action": {"name": "` + name + `", "payload": {}}}`
}

// arrive checks data for a screen with a component.
func arrive(t testing.TB, version, component, data string) []flowjson.Violation {
	t.Helper()
	flow := readFlow(t, fmt.Sprintf(`{"version": %q, "data_api_version": "3.0", "routing_model": {"A": []}, "screens": [{"id": "A", "title": "A",
		"data": {"v": {}, "open": {"type": "boolean"}, "kind": {"type": "string"}},
		"layout": {"type": "SingleColumnLayout", "children": [%s]}}]}`, version, component))
	text := fmt.Appendf(nil, `{"screen": "A", "data": {%s}}`, data)
	return flow.CheckAnswer(flowjson.Move{Action: protocol.ActionInit, To: "A", AllowMissing: true}, text)
}

// present returns violations but those of missing keys, which are not the subject.
func present(found []flowjson.Violation) (others []flowjson.Violation) {
	for _, v := range found {
		if v.Rule != flowjson.RuleMissing {
			others = append(others, v)
		}
	}
	return others
}

func TestArrivals(t *testing.T) {
	t.Parallel()
	for _, tt := range arrivalTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := present(arrive(t, "7.3", tt.component, tt.wrong))
			if len(found) != 1 {
				t.Fatalf("wrong: found %v, want one", found)
			}
			if v := found[0]; v.Rule != tt.rule || v.Pointer != tt.pointer || v.Warning != tt.warning || v.Problem == "" || v.Remedy == "" {
				t.Errorf("wrong: found %+v, want %s at %s, warning %t", v, tt.rule, tt.pointer, tt.warning)
			}
			if found := present(arrive(t, "7.3", tt.component, tt.right)); len(found) > 0 {
				t.Errorf("right: found %v", found)
			}
		})
	}
}

// What depends on more than one answer and one component.
func TestArrivalsOf(t *testing.T) {
	t.Parallel()
	const (
		oneOption = `"v": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]`
		empty     = `"v": []`
		options   = `{"type": "CheckboxGroup", "name": "c", "label": "C", "data-source": "${data.v}"`
		updates   = `, {"type": "OptIn", "name": "o", "label": "O", "on-select-action": {"name": "update_data", "payload": {"open": true}}}`
	)
	within := func(condition, branch string) string {
		return `{"type": "If", "condition": ` + condition + `, "` + branch + `": [` + options + `}]}`
	}
	for _, tt := range []struct {
		name, version, component, data string
		want                           string // rule and pointer of each, ! for an error
	}{
		{"visible", "7.3", options + `, "visible": "${data.open}"}`, `"open": true, ` + oneOption, "!component/data/v/1/id"},
		{"visible or not", "7.3", options + `, "visible": "${data.open}"}`, oneOption, "!component/data/v/1/id"},
		{"not visible", "7.3", options + `, "visible": "${data.open}"}`, `"open": false, ` + oneOption, "items/data/v/1/id"},
		{"never visible", "7.3", options + `, "visible": false}`, oneOption, "items/data/v/1/id"},
		{"empty and not visible", "7.3", options + `, "visible": "${data.open}"}`, `"open": false, ` + empty, ""},
		{"not visible until an action", "7.3", options + `, "visible": "${data.open}"}` + updates, `"open": false, ` + empty, "!component/data/v"},
		{"then", "7.3", within(`"${data.open}"`, "then"), `"open": true, ` + oneOption, "!component/data/v/1/id"},
		{"not then", "7.3", within(`"${data.open}"`, "then"), `"open": false, ` + oneOption, "items/data/v/1/id"},
		{"else", "7.3", within(`"${data.open}"`, "else"), `"open": true, ` + oneOption, "items/data/v/1/id"},
		{"then or else", "7.3", within(`"${form.x}"`, "else"), `"open": true, ` + oneOption, "!component/data/v/1/id"},
		{"never", "7.3", within(`false`, "then"), oneOption, "items/data/v/1/id"},
		{"in backticks", "7.3", within("\"`${data.open}`\"", "then"), `"open": true, ` + oneOption, "items/data/v/1/id"},
		{"an expression", "7.3", options + ", \"visible\": \"`!${data.open}`\"}", `"open": true, ` + oneOption, "items/data/v/1/id"},
		{"a comparison", "7.3", within(`"${data.kind} == 'a'"`, "then"), `"kind": "b", ` + oneOption, "items/data/v/1/id"},
		{"of form and data", "7.3", within(`"${data.open} && ${form.x}"`, "then"), `"open": false, ` + oneOption, "!component/data/v/1/id"},
		{"case", "7.3", cases(options + `}`), `"kind": "a", ` + oneOption, "!component/data/v/1/id"},
		{"another case", "7.3", cases(options + `}`), `"kind": "b", ` + oneOption, "items/data/v/1/id"},

		{"Dropdown before 6.0", "5.1", dropdown + `"data-source": "${data.v}"}`, empty, "!component/data/v"},
		{"blank before 6.0", "5.1", `{"type": "Footer", "label": "${data.v}", ` + goBy + `}`, `"v": ""`, ""},
		{"backticks before 6.0", "5.1", "", "\"v\": \"`'a'`\"", ""},
		{"milliseconds before 5.0", "4.0", dates + `"min-date": "${data.v}"}`, `"v": "2026-11-23"`, "value/data/v"},
		{"image before 6.0", "5.1", groups + `"data-source": "${data.v}"}`, pictureOf(290), ""},
		{"image from 6.0 on", "6.0", groups + `"data-source": "${data.v}"}`, pictureOf(290), "items/data/v/0/image"},
		{"a version of the future", "9.0", options + `}`, oneOption, "items/data/v/1/id"},

		{"an error and a warning", "7.3", `{"type": "TextHeading", "text": "${data.v}"}, {"type": "Footer", "label": "${data.v}", ` + goBy + `}`, `"v": ""`, "value/data/v !component/data/v"},
		{"label-variant", "7.3", `{"type": "TextArea", "name": "t", "label-variant": "large", "label": "${data.v}"}`, `"v": "What is your full name?"`, ""},
		{"own init-value in a Form", "7.3", inForm("init-values", dropdown+fixed+`, "init-value": "c"}`), `"v": {"s": "a"}`, ""},
		{"faults of the file", "7.3", groups + fixed + `, "enabled": "${data.v}", "init-value": ["c"]}`, `"v": true`, ""},
		{"the chosen form of data", "7.3", inForm("error-messages", typed+`"input-type": "text"}`), `"v": 1`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, v := range present(arrive(t, tt.version, tt.component, tt.data)) {
				sign := "!"
				if v.Warning {
					sign = ""
				}
				got = append(got, sign+string(v.Rule)+v.Pointer)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("found %s, want %s", got, tt.want)
			}
		})
	}
}

func cases(component string) string {
	return `{"type": "Switch", "value": "${data.kind}", "cases": {"a": [` + component + `], "b": []}}`
}

func pictureOf(kb int) string {
	return `"v": [{"id": "a", "title": "A", "image": "` + png + strings.Repeat("AAAA", kb<<8-3) + `"}]`
}

// Data that another screen shows is checked when it arrives.
func TestArrivalsElsewhere(t *testing.T) {
	t.Parallel()
	flow := readFlow(t, `{"version": "7.3", "data_api_version": "3.0", "routing_model": {"A": ["B"]}, "screens": [
		{"id": "A", "title": "${data.title}", "data": {"v": {"type": "array"}, "title": {"type": "string"}}, "layout": {"children": []}},
		{"id": "B", "title": "B", "layout": {"children": [{"type": "CheckboxGroup", "name": "c", "label": "C", "data-source": "${screen.A.data.v}"}]}}]}`)
	found := answer{"A", `{"v": [], "title": ""}`}.check(flow, "")
	if len(found) != 2 || found[0].Pointer != "/data/title" || !found[0].Warning || found[1].Pointer != "/data/v" || found[1].Warning {
		t.Errorf("found %v, want the title and the list", found)
	}
}

// SUCCESS sends params, in which clients replace texts too.
func TestParams(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]int{
		`{"extension_message_response": {"params": {"flow_token": "t", "note": "${form.a}"}}}`:   1,
		`{"extension_message_response": {"params": {"flow_token": "t", "note": "a ${form.a}"}}}`: 0,
		`{"extension_message_response": {"params": "${form.a}"}}`:                                0,
	} {
		found := answer{"SUCCESS", data}.check(guarded(t), "START")
		if len(found) != want {
			t.Errorf("%s: found %v, want %d", data, found, want)
		}
		for _, v := range found {
			if v.Rule != flowjson.RuleBinding || !v.Warning || v.Pointer != "/data/extension_message_response/params/*" {
				t.Errorf("%s: found %+v", data, v)
			}
		}
	}
}

// A large answer costs a bounded number of steps.
func TestArrivalsBounded(t *testing.T) {
	t.Parallel()
	component := strings.TrimSuffix(strings.Repeat(groups+`"data-source": "${data.v}"},`, 100), ",")
	found := arrive(t, "7.3", component, `"v": [`+many(30_000, `{"id": "#", "title": ""}`)+`]`)
	if len(present(found)) == 0 {
		t.Error("nothing found")
	}
}

// TestBound has the answers that a trial of 2026-11 sent for testdata/flows/bound.json, with
// the components that are usual in Flows. All of them fit the declared types.
func TestBound(t *testing.T) {
	t.Parallel()
	flow := bound(t)
	const day = `{"slots": [{"id": "a", "title": "A"}], "first_day": "2026-11-23", "count": 1, "open": true, "off": ["2026-11-24"],
		"chosen": "a", "error_messages": {}}`
	change := func(old, with string) string { return strings.Replace(day, old, with, 1) }
	for _, tt := range []struct{ name, screen, data, want string }{
		{"all is well", "DAY", day, ""},
		{"no slots", "DAY", change(`[{"id": "a", "title": "A"}], "first`, `[], "first`), "items/data/slots"},
		{"no slots, hidden", "DAY", strings.Replace(change(`[{"id": "a", "title": "A"}], "first`, `[], "first`), "true", "false", 1), ""},
		{"a day as in Europe", "DAY", change("2026-11-23", "23/11/2026"), "value/data/first_day"},
		{"a day with a time", "DAY", change("2026-11-23", "2026-11-23T00:00:00Z"), "value/data/first_day"},
		{"a day in milliseconds", "DAY", change("2026-11-23", "1764000000000"), "value/data/first_day"},
		{"an unavailable day", "DAY", change("2026-11-24", "24 Nov"), "value/data/off/0"},
		{"a colour", "DAY", change(`"title": "A"`, `"title": "A", "color": "red"`), "items/data/slots/0/color"},
		{"a choice that is not there", "DAY", change(`"chosen": "a"`, `"chosen": "z"`), "value/data/chosen"},
		{"no title", "DAY", change(`, "title": "A"`, ""), "items/data/slots/0/title"},
		{"an empty title", "DAY", change(`"title": "A"`, `"title": ""`), "items/data/slots/0/title"},
		{"no characters", "DAY", change(`"count": 1`, `"count": 0`), "value/data/count"},
		{"a message that is none", "DAY", change(`"error_messages": {}`, `"error_messages": {"n": 1}`), "value/data/error_messages/n"},
		{"a message for no input", "DAY", change(`"error_messages": {}`, `"error_messages": {"email": "A"}`), "input/data/error_messages/*"},
		{"a message", "DAY", change(`"error_messages": {}`, `"error_messages": {"n": "A"}`), ""},
		{"no main-content", "NAV", `{"items": [{"id": "a"}]}`, "items/data/items/0/main-content"},
		{"main-content", "NAV", `{"items": [{"id": "a", "main-content": {"title": "A"}}]}`, ""},
		{"a data URI", "PIC", `{"src": "data:image/png;base64,iVBORw0KGgo="}`, "value/data/src"},
		{"an address", "PIC", `{"src": "https://example.com/a.png"}`, "value/data/src"},
		{"an image", "PIC", `{"src": "iVBORw0KGgo="}`, ""},
		{"an empty object", "DETAILS", `{"name": "", "total": 0, "address": {"street": "", "no": 1}}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, v := range (answer{tt.screen, tt.data}).check(flow, tt.screen) {
				got = append(got, string(v.Rule)+v.Pointer)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("found %s, want %s", got, tt.want)
			}
		})
	}
}
