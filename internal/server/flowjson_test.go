package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/protocol"
)

// greetingJSON is a Flow JSON for the flow greeting, whose text has the type.
func greetingJSON(textType string) string {
	return fmt.Sprintf(`{"version":"7.3","data_api_version":"3.0","routing_model":{"GREETING":[]},"screens":[{
		"id":"GREETING","title":"Greeting","terminal":true,"data":{"text":{"type":%q,"__example__":"hello"}},
		"layout":{"type":"SingleColumnLayout","children":[
			{"type":"TextBody","text":"${data.text}"},
			{"type":"Footer","label":"Bye","on-click-action":{"name":"complete","payload":{}}}]}}]}`, textType)
}

func flowJSON(t *testing.T, source string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "flow.json")
	writeFile(t, file, []byte(source))
	return file
}

func TestGuardModes(t *testing.T) {
	t.Parallel()
	wrong := flowJSON(t, greetingJSON("number"))
	violation := `flowserver_answer_violations_total{flow="greeting",rule="type",screen="GREETING"} `
	for name, tt := range map[string]struct {
		config string
		status int
		metric string
	}{
		"warn by default": {"", 200, violation + "1"},
		"warn":            {"    guard: warn\n", 200, violation + "1"},
		"enforce":         {"    guard: enforce\n", 500, violation + "1"},
		"off":             {"    guard: off\n", 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup{flowMore: "    flow_json: " + wrong + "\n" + tt.config}.start(t)
			if got := strings.Contains(s.scrape(), violation+"0"); got != (tt.metric != "") {
				t.Errorf("metric at 0 before: %t", got)
			}
			if got := send(t, s.phone("a"), initMessage()); got != tt.status {
				t.Errorf("status %d, want %d", got, tt.status)
			}
			if tt.metric != "" {
				s.hasMetric(tt.metric)
			}
			if got := strings.Contains(s.log.String(), "type at /data/text"); got != (tt.metric != "") {
				t.Errorf("violation in the log: %t: %s", got, s.log)
			}
		})
	}
}

// The guard holds the answers of an upstream, and its screens are labels.
func TestGuardOfUpstream(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"screen":"GREETING","data":{}}`))
	}))
	t.Cleanup(up.Close)
	s := setup{flowMore: "    guard: enforce\n    flow_json: " + flowJSON(t, greetingJSON("string")) + "\n    upstream: {url: " + up.URL + "}\n"}.start(t)
	msg := client.Message{Action: protocol.ActionDataExchange, Screen: "GREETING", FlowToken: "t"}
	if got := send(t, s.phone("a"), msg); got != 500 {
		t.Errorf("status %d, want 500", got)
	}
	s.hasMetric(`flowserver_answer_violations_total{flow="greeting",rule="missing",screen="GREETING"} 1`)
	s.hasMetric(`flowserver_exchanges_total{action="data_exchange",flow="greeting",screen="GREETING",status="500"} 1`)
}

// newRegistry answers INIT and, as it says, a screen that there is not.
func newRegistry(unknown bool, opts ...exchange.RegistryOption) *exchange.Registry {
	r := exchange.NewRegistry(opts...)
	r.Handle(exchange.ActionInit, "", exchange.HandlerFunc(greet))
	if unknown {
		r.Handle(exchange.ActionDataExchange, "NOWHERE", exchange.HandlerFunc(greet))
		r.Handle(exchange.ActionDataExchange, "ELSEWHERE", exchange.HandlerFunc(greet))
	}
	return r
}

// What does not fit ends the start if the guard enforces, all at once, and is
// logged otherwise.
func TestFlowJSONAtStart(t *testing.T) {
	t.Parallel()
	compiledIn := exchange.WithFlow([]byte(greetingJSON("string")))
	unpublishable := flowJSON(t, strings.Replace(greetingJSON("string"), `"version":"7.3",`, "", 1))
	broken := flowJSON(t, "{\n  \"version\": \"7.3\",\n}")
	const ofFile = "flow greeting: flow_json: "
	for name, tt := range map[string]struct {
		registry *exchange.Registry
		config   string
		refused  []string
		logged   []string
	}{
		"fits":    {newRegistry(false, compiledIn), "    guard: enforce\n", nil, nil},
		"enforce": {newRegistry(true, compiledIn), "    guard: enforce\n", []string{ofFile + "screen NOWHERE", "\n" + ofFile + "screen ", "ELSEWHERE"}, nil},
		"warn":    {newRegistry(true, compiledIn), "", nil, []string{`"screen":"NOWHERE"`, `"screen":"ELSEWHERE"`, "handlers do not fit the Flow JSON"}},
		"off":     {newRegistry(true, compiledIn), "    guard: off\n", nil, nil},
		"not for Meta": {
			newRegistry(false), "    guard: enforce\n    flow_json: " + unpublishable + "\n", nil,
			[]string{"Meta would not publish the Flow JSON", "MISSING_FLOW_JSON_VERSION", "flowserver lint " + unpublishable},
		},
		"file before binary": {
			newRegistry(false, compiledIn),
			"    flow_json: " + broken + "\n",
			[]string{ofFile + broken + ":3:1: a comma comes before this }"},
			nil,
		},
		"broken, and off":    {newRegistry(false), "    guard: off\n    flow_json: " + broken + "\n", []string{":3:1: "}, nil},
		"nothing to enforce": {newRegistry(false), "    guard: enforce\n", []string{"flow greeting: guard: has nothing to enforce"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup{flowMore: tt.config, handler: tt.registry}
			log := &logged{}
			srv, err := server.New(server.Options{Config: s.config(t), Flows: s.flows(), Logger: log.logger()})
			if err == nil {
				t.Cleanup(func() { _ = srv.Close() })
			}
			if (err != nil) != (tt.refused != nil) {
				t.Fatalf("New: %v", err)
			}
			for _, part := range tt.refused {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("New: %v\nlacks %q", err, part)
				}
			}
			for _, part := range tt.logged {
				if !strings.Contains(log.String(), part) {
					t.Errorf("log lacks %q: %s", part, log)
				}
			}
			if tt.logged == nil && strings.Contains(log.String(), "Flow JSON") {
				t.Errorf("log: %s", log)
			}
		})
	}
}

// A changed Flow JSON counts from the next reload on; a broken one never does.
func TestFlowJSONReload(t *testing.T) {
	t.Parallel()
	file := flowJSON(t, greetingJSON("number"))
	cfg := setup{flowMore: "    guard: enforce\n    flow_json: " + file + "\n"}.config(t)
	log := &logged{}
	srv, err := server.New(server.Options{
		Config: cfg, Flows: setup{}.flows(), Logger: log.logger(), Load: func() (*config.Config, error) { return cfg, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, srv, log)
	for _, step := range []struct {
		source string
		status int
	}{{greetingJSON("number"), 500}, {greetingJSON("string"), 200}, {"{", 200}} {
		writeFile(t, file, []byte(step.source))
		s.Reload()
		if got := send(t, s.phone("a"), initMessage()); got != step.status {
			t.Errorf("with %.10s: status %d, want %d", step.source, got, step.status)
		}
	}
	if !strings.Contains(log.String(), "flow greeting: flow_json: "+file+":1:1: the file ends") {
		t.Errorf("log does not say why it stays: %s", log)
	}
}

// A registry that is wrapped by hand would lose its guard, so the server does not start,
// whatever the configuration says about the guard.
func TestWrappedRegistryEndsTheStart(t *testing.T) {
	t.Parallel()
	registry := newRegistry(false, exchange.WithFlow([]byte(greetingJSON("string"))))
	wrapped := exchange.HandlerFunc(registry.ServeFlow)
	for _, more := range []string{"", "    guard: enforce\n", "    guard: off\n"} {
		s := setup{flowMore: more, handler: wrapped}
		srv, err := server.New(server.Options{Config: s.config(t), Flows: s.flows()})
		if err == nil {
			_ = srv.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "flow greeting: ") || !strings.Contains(err.Error(), "Registry.Use") {
			t.Errorf("New with %q: %v", more, err)
		}
	}
}
