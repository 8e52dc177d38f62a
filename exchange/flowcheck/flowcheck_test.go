package flowcheck_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/flowcheck"
	"github.com/flowserver/flowserver/flowjson"
)

// A screen for the tests of CheckFlow, from its data model and a payload.
const (
	screenJSON = `{"id":"%s","title":"A","data":%s,"layout":{"type":"SingleColumnLayout","children":[
		{"type":"TextInput","name":"name","label":"Name"},
		{"type":"TextInput","name":"age","label":"Age","input-type":"number"},
		{"type":"CheckboxGroup","name":"topics","label":"Topics","data-source":[{"id":"a","title":"A"}]},
		{"type":"OptIn","name":"terms","label":"Terms"},
		{"type":"Footer","label":"Go","on-click-action":{"name":"data_exchange","payload":%s}}]}}`
	errorsJSON = `{"id":"A","title":"A","data":{"error_messages":{"type":"object"}},"layout":{"type":"SingleColumnLayout","children":[
		{"type":"Form","name":"form","error-messages":"${data.error_messages}","children":[
		{"type":"TextInput","name":"name","label":"Name"},
		{"type":"OptIn","name":"terms","label":"Terms"},
		{"type":"Footer","label":"Go","on-click-action":{"name":"data_exchange","payload":%s}}]}]}}`
	listJSON = `{"id":"LIST","title":"List","data":{"items":{"type":"array","items":{"type":"object"},"__example__":[%s]}},
		"layout":{"type":"SingleColumnLayout","children":[{"type":"NavigationList","name":"list","list-items":"${data.items}"}]}}`
)

func flowOf(t *testing.T, screens ...string) *flowjson.Flow {
	t.Helper()
	f, err := flowjson.Read([]byte(`{"version":"7.3","data_api_version":"3.0","screens":[` + strings.Join(screens, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// typed registers a screen A that shows Data and submits Form.
func typed[Data, Form any](r *exchange.Registry) {
	exchange.Handle(r, exchange.NewScreen[Data, Form]("A"), nothing[Form], exchange.Reload(noData[Data, Form]))
}

func nothing[Form any](context.Context, *exchange.Request[Form]) (*exchange.Response, error) {
	return exchange.Close(), nil
}

func noData[Data, Form any](context.Context, *exchange.Request[Form]) (data Data, err error) {
	return data, nil
}

type (
	none = exchange.NoData
	text struct {
		Text string `json:"text"`
	}
	base struct {
		Text string `json:"text"`
	}
	errors struct {
		ErrorMessages map[string]string `json:"error_messages"`
	}
	entry struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
)

// unused is a handler that is only registered.
func unused(context.Context, *exchange.Message) (*exchange.Response, error) {
	return exchange.Close(), nil
}

func TestCheck(t *testing.T) {
	t.Parallel()
	a := func(data, payload string) string { return fmt.Sprintf(screenJSON, "A", data, payload) }
	untyped := func(action exchange.Action, screen string) func(*exchange.Registry) {
		return func(r *exchange.Registry) { r.Handle(action, screen, exchange.HandlerFunc(unused)) }
	}
	const textModel = `{"text":{"type":"string"}}`
	tests := map[string]struct {
		screens  []string
		register []func(*exchange.Registry)
		want     []string // w: for a warning
	}{
		"nothing wrong": {
			[]string{a(textModel, `{"name":"${form.name}"}`)},
			[]func(*exchange.Registry){typed[text, struct {
				Name string `json:"name" validate:"required"`
			}]},
			nil,
		},
		"no handler":      {[]string{a(`{}`, `{}`)}, nil, []string{"A: it sends data_exchange, but has no handler"}},
		"untyped handler": {[]string{a(textModel, `{"name":"${form.name}"}`)}, []func(*exchange.Registry){untyped(exchange.ActionDataExchange, "A")}, nil},
		"handler for nothing": {[]string{a(`{}`, `{}`)}, []func(*exchange.Registry){
			untyped(exchange.ActionDataExchange, "A"),
			untyped(exchange.ActionDataExchange, "B"),
		}, []string{"B: data_exchange has a handler, but the Flow JSON has no such screen"}},
		"handler that nothing calls": {
			[]string{strings.Replace(a(`{}`, `{}`), "data_exchange", "complete", 1)},
			[]func(*exchange.Registry){untyped(exchange.ActionDataExchange, "A")},
			[]string{"w: A: it has a handler, and nothing on it sends data_exchange"},
		},
		"item action in an example": {
			[]string{fmt.Sprintf(listJSON, `{"id":"a","on-click-action":{"name":"data_exchange","payload":{}}}`)},
			nil,
			[]string{"LIST: it sends data_exchange, but has no handler"},
		},
		"item actions may come": {[]string{fmt.Sprintf(listJSON, "")}, []func(*exchange.Registry){untyped(exchange.ActionDataExchange, "LIST")}, nil},
		"back without handler": {
			[]string{strings.Replace(a(`{}`, `{}`), `"title"`, `"refresh_on_back":true,"title"`, 1)},
			[]func(*exchange.Registry){untyped(exchange.ActionDataExchange, "A")},
			[]string{"A: it has refresh_on_back, so back on it sends a request, but BACK has no handler"},
		},
		"back with handler": {
			[]string{strings.Replace(a(`{}`, `{}`), `"title"`, `"refresh_on_back":true,"title"`, 1)},
			[]func(*exchange.Registry){untyped(exchange.ActionDataExchange, "A"), untyped(exchange.ActionBack, "A")},
			nil,
		},
		"back with handler for all": {
			[]string{strings.Replace(a(`{}`, `{}`), `"title"`, `"refresh_on_back":true,"title"`, 1)},
			[]func(*exchange.Registry){untyped(exchange.ActionDataExchange, "A"), untyped(exchange.ActionBack, "")},
			nil,
		},
		"back handlers for nothing": {
			[]string{a(`{}`, `{}`)},
			[]func(*exchange.Registry){
				untyped(exchange.ActionDataExchange, "A"), untyped(exchange.ActionBack, "A"), untyped(exchange.ActionBack, ""),
				untyped(exchange.ActionBack, "B"),
			},
			[]string{
				"w: BACK has a handler, but no screen has refresh_on_back", "B: BACK has a handler, but the Flow JSON has no such screen",
				"w: A: BACK has a handler, but the screen has no refresh_on_back",
			},
		},
		"trigger": {
			[]string{a(`{}`, `{"go":"on","name":"${form.name}"}`)},
			[]func(*exchange.Registry){func(r *exchange.Registry) {
				s := exchange.NewScreen[none, none]("A")
				exchange.Handle(r, exchange.Trigger[struct {
					Name string `json:"name"`
				}](s, "go", "on"), nothing)
				exchange.Handle(r, exchange.Trigger[none](s, "go", "off"), nothing)
			}},
			[]string{`w: A: it has a Trigger, and nothing on it sends go "off"`},
		},
		"no trigger fits": {
			[]string{a(`{}`, `{"go":"back"}`)},
			[]func(*exchange.Registry){func(r *exchange.Registry) {
				exchange.Handle(r, exchange.Trigger[none](exchange.NewScreen[none, none]("A"), "go", "on"), nothing)
			}},
			[]string{`w: A: it has a Trigger, and nothing on it sends go "on"`, "A: it sends a payload that fits no Trigger, and the screen itself has no handler"},
		},
		"trigger that the user chooses": {
			[]string{a(`{}`, `{"go":"${form.name}"}`)},
			[]func(*exchange.Registry){func(r *exchange.Registry) {
				exchange.Handle(r, exchange.Trigger[none](exchange.NewScreen[none, none]("A"), "go", "on"), nothing)
			}},
			nil,
		},
		"form and payload": {
			[]string{a(`{}`, `{"name":"${form.name}","more":"x"}`)},
			[]func(*exchange.Registry){typed[none, struct {
				Name     string `json:"NAME"`
				Required string `json:"required" validate:"min=2,required"`
				Optional string `json:"optional" validate:"required_with=NAME"`
				Ignored  string `json:"-"`
			}]},
			[]string{
				`w: A: the struct has "optional", but no action of the screen sends it`,
				`A: the struct requires "required", but this action does not send it: its input would be rejected each time`,
				`w: A: it sends "more", and the struct has no field for it`,
			},
		},
		"embedded form": {
			[]string{a(`{}`, `{"text":"${form.name}"}`)},
			[]func(*exchange.Registry){typed[none, struct {
				*base
				text
				Text string `json:"text"`
			}]},
			nil,
		},
		"types of a form": {
			[]string{a(`{}`, `{"name":"${form.name}","topics":"${form.topics}","terms":"${form.terms}","fixed":7,"unknown":"${form.nosuch}"}`)},
			[]func(*exchange.Registry){typed[none, struct {
				Name    int            `json:"name"`
				Topics  []int          `json:"topics"`
				Terms   string         `json:"terms"`
				Fixed   *float64       `json:"fixed"`
				Unknown map[string]any `json:"unknown"`
			}]},
			[]string{
				`A: "name" of the struct expects JSON number, but gets string`,
				`A: an item of "topics" of the struct expects JSON number, but gets string`,
				`A: "terms" of the struct expects JSON string, but gets boolean`,
			},
		},
		"typed number": {
			[]string{a(`{}`, `{"age":"${form.age}"}`)},
			[]func(*exchange.Registry){typed[none, struct{ Age int }]},
			[]string{`w: A: "Age" of the struct is a number, and clients may send what was typed as a string`},
		},
		"exchange.Number":  {[]string{a(`{}`, `{"age":"${form.age}"}`)}, []func(*exchange.Registry){typed[none, struct{ Age exchange.Number }]}, nil},
		"either number":    {[]string{a(`{}`, `{"age":"${form.age}"}`)}, []func(*exchange.Registry){typed[none, struct{ Age json.Number }]}, nil},
		"number as string": {[]string{a(`{}`, `{"age":"${form.age}"}`)}, []func(*exchange.Registry){typed[none, struct{ Age string }]}, nil},
		"number as bool": {
			[]string{a(`{}`, `{"age":"${form.age}"}`)},
			[]func(*exchange.Registry){typed[none, struct{ Age bool }]},
			[]string{`A: "Age" of the struct expects JSON boolean, but gets number`},
		},
		"data without model": {
			[]string{strings.Replace(a(`0`, `{}`), `"data":0,`, "", 1)},
			[]func(*exchange.Registry){typed[text, none]},
			[]string{"A: it declares no data, but flowcheck_test.text has some"},
		},
		"data": {
			[]string{a(`{"text":{"type":"string"},"count":{"type":"number"},"missing":{"type":"string"},"error_message":{"type":"string"},"required":["text"]}`, `{}`)},
			[]func(*exchange.Registry){typed[struct {
				Text  string `json:"text,omitempty"`
				Count *int   `json:"count"`
				More  string `json:"more"`
			}, none]},
			[]string{
				`w: A: "text" of the struct may be left out, and the screen declares it`,
				`w: A: "count" of the struct is a pointer: nil would be null, which no answer may hold`,
				`A: it declares "missing", and the struct does not have it`,
				`w: A: the struct has "more", but the screen does not declare it`,
			},
		},
		"types of data": {
			[]string{a(`{"n":{"type":"string"},"s":{"type":"integer"},"list":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"count":{"type":"string"}}}},`+
				`"at":{"type":"string"},"map":{"type":"object"},"quoted":{"type":"string"},"own":{"type":"number"},"bytes":{"type":"string"},"any":{"type":"number"}}`, `{}`)},
			[]func(*exchange.Registry){typed[struct {
				N      int               `json:"n"`
				S      float64           `json:"s"`
				List   []entry           `json:"list"`
				At     time.Time         `json:"at"`
				Map    map[string]string `json:"map"`
				Quoted int               `json:"quoted,string"`
				Own    json.RawMessage   `json:"own"`
				Bytes  []byte            `json:"bytes"`
				Any    any               `json:"any"`
			}, none]},
			[]string{
				`A: "n" of the struct is JSON number, but string is declared`,
				`A: "count" in an item of "list" of the struct is JSON number, but string is declared`,
			},
		},
		"data as a map": {[]string{a(textModel, `{}`)}, []func(*exchange.Registry){typed[map[string]any, none]}, nil},
		"data as a list": {
			[]string{a(textModel, `{}`)},
			[]func(*exchange.Registry){typed[[]string, none]},
			[]string{"A: []string is JSON array, but data is an object"},
		},
		"input tags": {
			[]string{fmt.Sprintf(errorsJSON, `{"a":"${form.name}","b":"${form.terms}"}`)},
			[]func(*exchange.Registry){typed[errors, struct {
				A string `json:"a" input:"name"`
				B bool   `json:"b" input:"-"`
			}]},
			nil,
		},
		"input tags that show nothing": {
			[]string{fmt.Sprintf(errorsJSON, `{"a":[{"b":"${form.name}"}],"c":"${form.terms}","d":"${form.name}"}`)},
			[]func(*exchange.Registry){typed[errors, struct {
				A []*struct {
					B string `json:"b" input:"nam"`
				} `json:"a"`
				C bool   `json:"c" input:"terms"`
				D string `json:"d" input:"nam"`
			}]},
			[]string{
				`w: A: "b" of the struct has the tag input:"nam", and the screen has no such input`,
				`w: A: "c" of the struct has the tag input:"terms", and this OptIn shows no text of error_messages`,
			},
		},
		"input tag of a newer component": {
			[]string{strings.Replace(fmt.Sprintf(errorsJSON, `{"a":"${form.new}"}`), "OptIn", "Slider", 1)},
			[]func(*exchange.Registry){typed[errors, struct {
				A string `json:"a" input:"new"`
			}]},
			nil,
		},
		"model of nothing": {[]string{a(`{}`, `{}`)}, []func(*exchange.Registry){typed[none, none]}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := exchange.NewRegistry()
			for _, register := range tt.register {
				register(r)
			}
			var got []string
			for _, p := range flowcheck.Check(flowOf(t, tt.screens...), r.Routes()) {
				line := strings.TrimPrefix(p.Screen+": "+p.What, ": ")
				if p.Warning {
					line = "w: " + line
				}
				if p.Remedy == "" || !strings.HasSuffix(p.String(), p.What+": "+p.Remedy) || p.Pointer != "" && !strings.HasPrefix(p.String(),
					fmt.Sprintf("line %d, ", p.Position.Line)) {
					t.Errorf("%+v reads %q", p, p)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckFlowWithoutEndpoint(t *testing.T) {
	t.Parallel()
	f, err := flowjson.Read([]byte(`{"screens":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := flowcheck.Check(f, nil); got != nil {
		t.Errorf("without handlers: %v", got)
	}
	got := flowcheck.Check(f, []exchange.Route{{Action: exchange.ActionInit}})
	if len(got) != 1 || !strings.Contains(got[0].String(), "data_api_version") {
		t.Errorf("got %v, want one problem about data_api_version", got)
	}
}
