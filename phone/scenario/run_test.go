package scenario_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone/scenario"
	"github.com/flowserver/flowserver/protocol"
)

// visits is an endpoint for testdata/visit.json. The names that it gets decide what goes
// wrong.
type visits struct{}

// Send answers in the clear.
func (visits) Send(_ context.Context, m client.Message, _ ...client.Fault) (*client.Reply, error) {
	const days = `"days":[{"id":"mon","title":"Monday","enabled":false},{"id":"tue","title":"Tuesday","enabled":true},` +
		`{"id":"wed","title":"Wednesday","enabled":true}]`
	data, _ := m.Data.(map[string]any)
	switch m.Action {
	case protocol.ActionPing:
		return client.ReadClear(http.StatusOK, []byte(`{"data":{"status":"active"}}`))
	case protocol.ActionInit:
		if m.FlowToken == "used" {
			return client.ReadClear(427, []byte(`{"error_msg":"You came already."}`))
		}
		return client.ReadClear(http.StatusOK, []byte(`{"screen":"FORM","data":{`+days+`,"error_messages":{}}}`))
	default:
	}
	if _, notice := data[protocol.KeyError]; notice {
		return client.ReadClear(http.StatusOK, []byte(`{"data":{"acknowledged":true}}`))
	}
	switch name, _ := data["name"].(string); name {
	case "Field":
		return client.ReadClear(http.StatusOK, []byte(`{"screen":"FORM","data":{`+days+`,"error_messages":{"name":"Not you."}}}`))
	case "Snackbar":
		return client.ReadClear(http.StatusOK, []byte(`{"screen":"FORM","data":{`+days+`,"error_messages":{},"error_message":"Try again."}}`))
	case "Nowhere":
		return client.ReadClear(http.StatusOK, []byte(`{"screen":"NOWHERE","data":{}}`))
	case "Null":
		return client.ReadClear(http.StatusOK, []byte(`{"screen":"DONE","data":{"text":null}}`))
	case "Broken":
		return client.ReadClear(http.StatusInternalServerError, nil)
	default:
		text, err := json.Marshal(fmt.Sprintf("%v comes on %v until %v with %v", name, data["day"], data["until"], data["extras"]))
		if err != nil {
			return nil, err
		}
		return client.ReadClear(http.StatusOK, []byte(`{"screen":"DONE","data":{"text":`+string(text)+`}}`))
	}
}

// filled are steps that fill the form with a name.
func filled(name string) string {
	return "  - fill: {name: '" + name + "', day: {pick: first}, terms: true}\n  - tap: Send\n"
}

// A scenario switches rules on or off, also for the scenarios that use it, and beats what
// its caller switches.
func TestQuirks(t *testing.T) {
	t.Parallel()
	flow := visitFlow(t)
	steps := "open: {token: T}\nsteps:\n" + filled("Ada") + "  - tap: Close\n"
	for _, test := range []struct {
		name, quirks string
		options      map[string]bool
		token        string // expected in the reply
	}{
		{"default", "", nil, "T"},
		{"scenario", "quirks: {complete-adds-token: false}\n", nil, "none"},
		{"options", "", map[string]bool{"complete-adds-token": false}, "none"},
		{"both", "quirks: {complete-adds-token: true}\n", map[string]bool{"complete-adds-token": false}, "T"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := "name: a\n" + test.quirks + steps + "---\nname: b\nuse: '#a'\nsteps:\n  - expect: {ended: {params: {flow_token: " + test.token + "}}}\n"
			file, err := scenario.Parse("s.yaml", []byte(source))
			if err != nil {
				t.Fatal(err)
			}
			o := options(flow)
			o.Quirks = test.options
			if result := file.Scenarios[1].Run(t.Context(), o); result.Failure != nil {
				t.Error(result.Failure.Text())
			}
		})
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	flow := visitFlow(t)
	const short = "  - fill: {name: A}\n  - expect: {fields: {name: {error: any}}}\n"
	for _, test := range []struct {
		name  string
		steps string
		// want is in the failure; empty if the scenario passes.
		want string
	}{
		{"to the end", filled("Ada") + "  - expect: {screen: DONE, texts: {has: Ada comes on tue}}\n  - tap: Close\n  - expect: {ended: {params: {seen: true}}}", ""},
		{"wrong screen", "  - expect: {screen: DONE}", `s.yaml:4: expect: screen: want DONE, got "FORM"`},
		{"disabled footer", "  - tap: Send", "tap: Send: phone: tap is not possible"},
		{"no such button", "  - tap: Continue", `the screen FORM has no Continue; it has "Send"`},
		{"no such input", "  - fill: {nam: Ada}", "the screen FORM shows no input with that name; it has name, day, extras, until, terms"},
		{"disabled option", "  - fill: {day: mon}", "fill: {day: mon}: day: phone: input is not possible"},
		{"unknown option", "  - fill: {day: sun}", "input is not possible"},
		{"pick last", "  - fill: {day: {pick: last}}\n  - expect: {fields: {day: {value: wed}}}", ""},
		{"pick a title", "  - fill: {day: {pick: {title: /^Tue/}}}\n  - expect: {fields: {day: {value: tue}}}", ""},
		{"pick an unknown title", "  - fill: {day: {pick: {title: Monday}}}", `there are "Tuesday", "Wednesday"`},
		{"pick a day", "  - fill: {until: {pick: first}}\n  - expect: {fields: {until: {value: 2027-01-05}}}", ""},
		{"pick the last day", "  - fill: {until: {pick: last}}\n  - expect: {fields: {until: {value: 2027-01-31}}}", ""},
		{"an unavailable day", "  - fill: {until: 2027-01-04}", "input is not possible"},
		{"several", "  - fill: {extras: [tea, cake]}\n  - expect: {fields: {extras: {value: [tea, cake]}}}", ""},
		{"clear", "  - fill: {name: Ada}\n  - fill: {name: ''}\n  - expect: {fields: {name: {error: any, value: none}}}", ""},
		{"choice that is left", "  - fill: {day: {pick: first}}\n  - fill: {day: null}\n  - expect: {fields: {day: {error: any, focused: false}}}", ""},
		{"box that is left", "  - fill: {terms: true}\n  - fill: {terms: false}", "fill: {terms: false}: unexpected fields.terms.error"},
		{"blur what was left", "  - fill: {day: {pick: first}}\n  - blur: day", ""},
		{"blur nothing", "  - blur: days", "blur is not possible: the screen shows no such field"},
		{"box needs a boolean", "  - fill: {terms: yes please}", "an OptIn is filled with true or false, not a text"},
		{"error at the field, expected", filled("Field") + "  - expect: {fields: {name: {error: Not you., errorFrom: server}}, footer: {enabled: false}}", ""},
		{"error at the field, unexpected", filled("Field"), "unexpected fields.name.error: Not you.: expect it in the next step, or write allow: [errors]"},
		{"client error, unexpected", "  - fill: {name: A}", "unexpected fields.name.error"},
		{"client error that goes away", short + "  - fill: {name: Ada}\n  - expect: {fields: {name: {error: none}}}", ""},
		{"error stays", short + "  - fill: {terms: true}", ""},
		{"snackbar, expected", filled("Snackbar") + "  - expect: {snackbar: Try again.}", ""},
		{"snackbar, unexpected", filled("Snackbar"), "unexpected snackbar: Try again."},
		{"snackbar, unexpected before the next step", filled("Snackbar") + "  - fill: {name: Ada}", "s.yaml:5: tap: Send: unexpected snackbar"},
		{"snackbar, expected once", filled("Snackbar") + "  - expect: {snackbar: any}\n  - tap: Send", "s.yaml:7: tap: Send: unexpected snackbar: Try again."},
		{"snackbar, expected twice", filled("Snackbar") + "  - expect: {snackbar: any}\n  - tap: Send\n  - expect: {snackbar: any}", ""},
		{"snackbar that stays", filled("Snackbar") + "  - expect: {snackbar: any}\n  - fill: {name: Ada}", ""},
		{"error page", filled("Nowhere") + "  - expect: {failure: {kind: transition, retry: false}, notice: {acknowledged: true}}", ""},
		{"error page, unexpected", filled("Nowhere"), "unexpected failure: transition"},
		{"null", filled("Null") + "  - expect: {failure: {kind: data}, verdict: {kind: refused}}", ""},
		{"status", filled("Broken") + "  - expect: {status: 500, snackbar: any, screen: FORM}", ""},
		{"status, unexpected", filled("Broken"), "unexpected"},
		{"ping", "  - ping\n  - expect: {ping: {active: true}}", ""},
		{"wait", "  - wait-for: endpoint", ""},
		{"offline", "  - fault: {offline: true}\n" + filled("Ada") + "  - expect: {failure: {kind: offline}}\n  - fault: none\n  - retry", ""},
		{"variables", "  - fill: {name: \"${random}\"}\n  - expect: {fields: {name: {value: \"${random}\"}}, message: {token: \"test-${random}\"}}", ""},
		{"answer", "  - fill: {day: \"${answer./data/days/1/id}\"}\n  - expect: {fields: {day: {value: tue}}}", ""},
		{"no such answer", "  - fill: {day: \"${answer./data/day}\"}", "there is no value at /data/day of the last answer"},
		{"counts", filled("Ada") + "  - expect: {exchanges: 2, attempts: 1, history: [FORM, DONE]}", ""},
		{"close and open again", "  - fill: {name: Ada}\n  - close\n  - open\n  - expect: {screen: FORM, exchanges: 1, fields: {name: {value: Ada}}}", ""},
		{"a new message", "  - open: {token: used}\n  - expect: {status: 427, failure: {kind: expired, text: You came already.}}", ""},
		{"status 200 expects no snackbar", filled("Snackbar") + "  - expect: {status: 200}", "unexpected snackbar: Try again."},
		{"status 200 expects no error page", filled("Nowhere") + "  - expect: {status: 200, findings: any}", "unexpected failure: transition"},
		{"an answer expects no finding", filled("Null") + "  - expect: {answer: {screen: DONE}, failure: any}", ""},
		{"an answer alone expects no finding", filled("Null") + "  - expect: {answer: {screen: DONE}, status: 200}", "unexpected"},
		{"another finding", filled("Null") + "  - expect: {findings: {not: {has: {code: OTHER}}}}", "unexpected f"},
		{"finding with its place", "  - fault: {answer: {clear: {screen: DONE, data: {}}}}\n" + filled("Ada"), "VALUE_MISSING at /screens/1/layout/children/0: "},
		{"no failure", filled("Broken") + "  - expect: {failure: none}", "unexpected"},
		{"misspelt input that is not there", "  - expect: {fields: {names: none}}", "the Flow JSON has no input names: did you mean name?"},
		{"misspelt screen that is not there", "  - expect: {screen: {not: DOEN}}", "the Flow JSON has no screen DOEN: did you mean DONE?"},
		{"misspelt screen of the history", "  - expect: {history: {not: {has: DOEN}}}", "the Flow JSON has no screen DOEN: did you mean DONE?"},
		{"misspelt value that is not there", "  - expect: {form: {nam: none}}", "the Flow JSON has no input nam: did you mean name?"},
		{"misspelt data that is not there", "  - expect: {data: {texts: none}}", "the Flow JSON has no data texts: did you mean text?"},
		{"data that is not there", "  - expect: {data: {text: none}}", ""},
		{"a mapping has a key", "  - expect: {data: {has: days}, fields: {not: {has: days}}}", ""},
		{"a mapping does not have a key", "  - expect: {data: {not: {has: days}}}", "data: want {not: {has: days}}"},
		{"a pattern of a number", filled("Broken") + "  - expect: {status: /^5..$/, snackbar: any}", ""},
		{"not a pattern of a number", filled("Broken") + "  - expect: {status: {not: /^5..$/}, snackbar: any}", "status: want {not: /^5..$/}, got 500"},
		{"another screen", "  - expect: {screen: {not: DONE}}", ""},
		{"options are a mapping", "  - fill: {extras: {tea: true}}", "extras: expected a list of ids, got a mapping"},
		{"title of a day", "  - fill: {until: {pick: {title: Monday}}}", "a day has no title"},
		{"a number for a text", "  - fill: {name: 1234}\n  - expect: {fields: {name: {value: 1234}}}", `got "1234", a text: write it in quotes`},
		{"a variable in a pattern", "  - fill: {name: A.+b}\n  - expect: {form: {name: A.+b}, fields: {name: {value: '/^${form}$$/'}}}", ""},
		{"a variable is not a pattern", "  - fill: {name: Axxb}\n  - expect: {fields: {name: {value: '${pattern}'}}}", `want "/A.+b/", got "Axxb"`},
		{"all texts", filled("Ada") + "  - expect: {texts: [/^Ada comes on tue/]}", ""},
		{"not all texts", filled("Ada") + "  - expect: {texts: {not: [/^Ada comes on tue/]}}", "texts: want {not: [/^Ada comes on tue/]}"},
		{"other texts", filled("Ada") + "  - expect: {texts: [Ada]}", "texts.0: want Ada"},
		{"nothing of a text", "  - expect: {snackbar: ~}", "got an empty text: write none"},
		{"numbers as YAML writes them", "  - expect: {exchanges: 0x1}\n  - expect: {exchanges: 1_0}", "exchanges: want 1_0, got 1"},
		{"note", "  - note: nothing to see", ""},
		{"request of the last step", filled("Ada") + "  - expect: {screen: DONE}\n  - note: so far\n  - ping\n  - expect: {request: {data: {name: Ada}}}", ""},
		{"request of an earlier step", "  - focus: name\n  - expect: {status: 200}", "status: want 200, got none: the last step (focus, line 4) sent no request"},
		{"another request of an earlier step", "  - focus: name\n  - expect: {request: {not: {action: BACK}}}", "(focus, line 4) sent no request"},
		{"verdict of an earlier step", "  - focus: name\n  - expect: {verdict: any}", "(focus, line 4) sent no request"},
		{"no request", "  - focus: name\n  - expect: {request: none, answer: {not: any}, status: none}", ""},
		{"a request", "  - expect: {request: none}", "request: want none, got {"},
		{"findings of an earlier step", filled("Null") + "  - expect: {failure: any, findings: any}\n  - close\n  - expect: {findings: none}", ""},
		{"notice of an earlier step", filled("Nowhere") + "  - expect: {failure: any, notice: any}\n  - close\n  - expect: {notice: {not: any}}", ""},
		{"no notice", filled("Ada") + "  - expect: {notice: {acknowledged: true}}", "(tap, line 5) sent no error notification"},
		{"no ping", "  - expect: {ping: {not: {active: true}}}", "ping: want {not: {active: true}}, got none"},
		{"focus", "  - focus: name\n  - expect: {fields: {name: {focused: true}}}\n  - blur: name\n  - expect: {fields: {name: {focused: false}}}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, err := scenario.Parse("s.yaml", []byte("name: a\nopen: {token: \"test-${random}\"}\nsteps:\n"+test.steps+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			result := file.Scenarios[0].Run(t.Context(), options(flow))
			switch {
			case test.want == "" && result.Failure != nil:
				t.Errorf("failed: %s", result.Failure.Text())
			case test.want != "" && result.Failure == nil:
				t.Errorf("passed, want %q", test.want)
			case test.want != "" && !strings.Contains(result.Failure.Error(), test.want):
				t.Errorf("failed with %q, want %q", result.Failure.Error(), test.want)
			}
		})
	}
}

func TestStepsAreReportedOnce(t *testing.T) {
	t.Parallel()
	flow := visitFlow(t)
	for _, test := range []struct {
		name, steps string
		want        []string
	}{
		{"expected", filled("Snackbar") + "  - expect: {snackbar: any}\n  - dismiss", []string{"open ok", "fill ok", "tap ok", "expect ok", "dismiss ok"}},
		{"at the next step", filled("Snackbar") + "  - dismiss", []string{"open ok", "fill ok", "tap failed"}},
		{"at the end", filled("Snackbar") + "  - expect: {screen: FORM}\n  - note: late", []string{"open ok", "fill ok", "tap failed", "expect ok"}},
		{"mismatch", filled("Snackbar") + "  - expect: {snackbar: none}\n  - dismiss", []string{"open ok", "fill ok", "tap ok", "expect failed"}},
		{"not possible", "  - tap: Send", []string{"open ok", "tap failed"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, err := scenario.Parse("s.yaml", []byte("name: a\nopen: {token: t}\nsteps:\n"+test.steps))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			o := options(flow)
			o.OnStep = func(r scenario.StepReport) {
				verb, _, _ := strings.Cut(r.Text, ":")
				if r.Failure != nil {
					got = append(got, verb+" failed")
					return
				}
				got = append(got, verb+" ok")
			}
			file.Scenarios[0].Run(t.Context(), o)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
		})
	}
}

// down is an endpoint that answers nothing.
type down struct{}

// Send returns an error.
func (down) Send(context.Context, client.Message, ...client.Fault) (*client.Reply, error) {
	return nil, errors.New("connection refused")
}

// What is wrong with an endpoint that does not become active is said on one line.
func TestWaitForNothing(t *testing.T) {
	t.Parallel()
	file, err := scenario.Parse("s.yaml", []byte("name: a\nsteps:\n  - wait-for: {endpoint: 1ms}\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := options(visitFlow(t))
	o.Endpoint = down{}
	const want = "s.yaml:3: wait-for: {endpoint: 1ms}: the endpoint was not active within 1ms: connection refused"
	if result := file.Scenarios[0].Run(t.Context(), o); result.Failure == nil || result.Failure.Error() != want {
		t.Errorf("failure %v, want %s", result.Failure, want)
	}
}

func options(flow *flowjson.Flow) scenario.Options {
	return scenario.Options{
		Flow: flow, Endpoint: visits{}, Variables: map[string]string{"form": "A.+b", "pattern": "/A.+b/"},
		Now: func() time.Time { return time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC) },
	}
}

// visitFlow returns the Flow that the scenarios of these tests play.
func visitFlow(t *testing.T) *flowjson.Flow {
	t.Helper()
	source, err := os.ReadFile("testdata/visit.json")
	if err != nil {
		t.Fatal(err)
	}
	flow, err := flowjson.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	return flow
}
