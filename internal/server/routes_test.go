package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/protocol"
)

// phoneAt plays WhatsApp at a path.
func (r *running) phoneAt(path string) *client.Client {
	r.t.Helper()
	c, err := client.New(client.Config{URL: r.public + path, PublicKey: publicKey(r.t, "a"), AppSecret: []byte(appSecret), RetryWait: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	for path, want := range map[string]int{
		"/flows/greeting":          200,
		"/flows/greeting/":         200,
		"/flows/greeting/main":     200,
		"/flows/greeting/main/":    200,
		"/flows/greeting/stranger": 404,
		"/flows/greeting/main/x":   404,
		"//flows/greeting":         404,
		"/Flows/greeting":          404,
		"/flows/other":             404,
		"/":                        404,
	} {
		if got := send(t, s.phoneAt(path), initMessage()); got != want {
			t.Errorf("%s: status %d, want %d", path, got, want)
		}
	}
	s.hasMetric("flowserver_unrouted_total 6")
}

// unroutedLine is the line about a signed request for a path that no flow has.
type unroutedLine struct{ Level, Msg, Path, Nearest, Remedy string }

func (l *logged) unrouted(t *testing.T) (lines []unroutedLine) {
	t.Helper()
	for text := range strings.Lines(l.String()) {
		var line unroutedLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line.Msg, "a signed request arrived at a path") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestUnroutedIsLogged(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct{ path, nearest string }{
		"/flows/greetings":              {"/flows/greetings", "/flows/greeting"},
		"/Flows/Greeting":               {"/Flows/Greeting", "/flows/greeting"},
		"//flows/survey":                {"//flows/survey", "/flows/survey"},
		"/some/prefix/api/v2/SURVEY":    {"/some/prefix/api/v2/SURVEY", "/flows/survey"},
		"/":                             {"/", ""},
		"/a%0A%1b%5B2Jb":                {`/a\n\x1b[2Jb`, ""},
		"/" + strings.Repeat("x", 1000): {"/" + strings.Repeat("x", 199) + "…", ""},
		"/" + strings.Repeat("é", 100):  {"/" + strings.Repeat("é", 99) + "…", ""},
	} {
		t.Run(path[:min(len(path), 30)], func(t *testing.T) {
			t.Parallel()
			flow := "  - {id: %s, app_secrets: [" + appSecret + "]}\n"
			hello := exchange.Unrouted(exchange.HandlerFunc(greet))
			s := serve(t, loadConfig(t, fileText(t, "a.pkcs8.pem", fmt.Sprintf(flow, "greeting")+fmt.Sprintf(flow, "survey"))),
				[]server.Flow{{ID: "greeting", Handler: hello}, {ID: "survey", Handler: hello}})
			if status, _ := request(t, http.MethodPost, s.public+path); status != http.StatusNotFound { // unsigned
				t.Errorf("status %d, want 404", status)
			}
			for range 15 {
				if got := send(t, s.phoneAt(path), initMessage()); got != http.StatusNotFound {
					t.Errorf("status %d, want 404", got)
				}
			}
			s.hasMetric("flowserver_unrouted_total 16")
			lines := s.log.unrouted(t)
			if len(lines) < 10 || len(lines) > 15 { // 10, unless this takes more than a second
				t.Fatalf("got %d lines, want 10", len(lines))
			}
			got := lines[0]
			if got.Level != "WARN" || got.Path != want.path || got.Nearest != want.nearest || got.Remedy == "" {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// The verification of a webhook is logged wherever it arrives; other requests of browsers
// are not.
func TestUnroutedVerification(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	for _, path := range []string{"/webhook?hub.mode=subscribe&hub.challenge=s3cret&hub.verify_token=s3cret", "/favicon.ico?q=1"} {
		if status, _ := request(t, http.MethodGet, s.public+path); status != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, status)
		}
	}
	s.hasMetric("flowserver_unrouted_total 2")
	text := s.log.String()
	if strings.Count(text, "hub.challenge") != 1 || !strings.Contains(text, `"path":"/webhook"`) ||
		strings.Contains(text, "s3cret") || strings.Contains(text, "favicon") {
		t.Errorf("got %s, want one line about /webhook, without its parameters", text)
	}
}

// The screens of a registry are labels; screens of an answer without a route are not.
func TestTransitions(t *testing.T) {
	t.Parallel()
	ask := exchange.NewScreen[exchange.NoData, exchange.NoData]("ASK")
	routes := exchange.NewRegistry()
	exchange.HandleInit(routes, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return ask.Show(exchange.NoData{}), nil
	})
	asked := 0
	exchange.Handle(routes, ask, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		asked++
		switch asked {
		case 1:
			return greeting.Show(struct {
				Text string `json:"text"`
			}{"hello"}), nil
		case 2:
			return nil, exchange.ErrOverloaded
		default:
			return exchange.Close(), nil
		}
	})
	s := setup{handler: routes}.start(t)
	submit := client.Message{Action: protocol.ActionDataExchange, Screen: "ASK", FlowToken: "t"}
	for _, msg := range []client.Message{initMessage(), initMessage(), submit, submit, submit, {Action: protocol.ActionPing}} {
		send(t, s.phone("a"), msg)
	}
	for _, line := range []string{`from="",to="ASK"} 2`, `from="ASK",to="other"} 1`, `from="ASK",to="SUCCESS"} 1`} {
		s.hasMetric(`flowserver_transitions_total{flow="greeting",` + line)
	}
	if got := strings.Count(s.scrape(), "\nflowserver_transitions_total{"); got != 3 {
		t.Errorf("got %d transitions, want 3", got)
	}
}

func TestReloadIsCounted(t *testing.T) {
	t.Parallel()
	s := startReloadable(t, fileText(t, "a.pkcs8.pem", oneFlow))
	s.hasMetric("flowserver_config_reload_success 1")
	at := metricLine(t, s.scrape(), "flowserver_config_reload_success_timestamp_seconds")
	s.reload(fileText(t, "a.pkcs8.pem", "  - {id: greeting, app_secrets: ["+appSecret+"], timeout: never}\n"))
	s.hasMetric("flowserver_config_reload_success 0")
	if got := metricLine(t, s.scrape(), "flowserver_config_reload_success_timestamp_seconds"); got != at {
		t.Errorf("after a refused reload: %s, want %s", got, at)
	}
	s.reload(fileText(t, "a.pkcs8.pem", oneFlow))
	s.hasMetric("flowserver_config_reload_success 1")
	if got := metricLine(t, s.scrape(), "flowserver_config_reload_success_timestamp_seconds"); got == at {
		t.Errorf("after a reload: %s, want a later time", got)
	}
}

// metricLine returns the line of a metric without labels.
func metricLine(t *testing.T, scrape, name string) string {
	t.Helper()
	for line := range strings.Lines(scrape) {
		if strings.HasPrefix(line, name+" ") {
			return line
		}
	}
	t.Fatalf("no metric %s", name)
	return ""
}
