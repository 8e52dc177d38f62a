package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
)

// A demo answers nobody but the developer, and the error says how to serve another flow.
func TestDevOnly(t *testing.T) {
	t.Parallel()
	demo := []server.Flow{{ID: "greeting", Handler: exchange.Unrouted(exchange.HandlerFunc(greet)), DevOnly: true}}
	_, err := server.New(server.Options{Config: setup{}.config(t), Flows: demo})
	for _, part := range []string{"flow greeting", "demo", "flowserver dev", "FLOWSERVER_UPSTREAM_URL", "FLOWSERVER_FLOW"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("New: %v\nlacks %q", err, part)
		}
	}
	for what, o := range map[string]server.Options{
		"under dev":        {Config: setup{}.config(t), Flows: demo, Dev: true},
		"with an upstream": {Config: setup{flowMore: "    upstream: {url: http://127.0.0.1:1/}\n"}.config(t), Flows: demo},
	} {
		s, err := server.New(o)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		_ = s.Close()
	}
}

// The start says what is served and who answers, without what is secret in a URL.
func TestFlowsAreLogged(t *testing.T) {
	t.Parallel()
	_, log := open(t, setup{}.config(t), setup{}.flows())
	_, gateway := open(t, setup{flowMore: "    guard: warn\n    upstream: {url: \"http://127.0.0.1:1/flow?key=S3CRET\", secret: S3CRET}\n"}.config(t), nil)
	for want, log := range map[string]*logged{
		`"msg":"flow","flow":"greeting","path":"/flows/greeting","handler":"compiled in","guard":"off","numbers":"main"`:                 log,
		`"msg":"flow","flow":"greeting","path":"/flows/greeting","handler":"upstream http://127.0.0.1:1","guard":"off","numbers":"main"`: gateway,
	} {
		if !strings.Contains(log.String(), want) || strings.Contains(log.String(), "S3CRET") {
			t.Errorf("want %s and nothing secret in\n%s", want, log)
		}
	}
}

// A configuration that was cut short must not show users what is compiled in.
func TestReloadKeepsUpstream(t *testing.T) {
	t.Parallel()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"screen":"BACKEND","data":{}}`))
	}))
	t.Cleanup(backend.Close)
	whole := oneFlow[:len(oneFlow)-2] + ", upstream: {url: \"" + backend.URL + "\"}}\n"
	s := startReloadable(t, fileText(t, "a.pkcs8.pem", whole))
	screen := func(want string) {
		t.Helper()
		reply, err := s.phoneFor("greeting", "a", appSecret).Send(t.Context(), initMessage())
		if err != nil || reply.Screen != want {
			t.Errorf("screen %+v, %v, want %s", reply, err, want)
		}
	}
	screen("BACKEND")
	log := s.reload(fileText(t, "a.pkcs8.pem", oneFlow))
	for _, part := range []string{"the configuration is not reloaded", "flow greeting: its upstream is gone", "restart"} {
		if !strings.Contains(log, part) {
			t.Errorf("the log lacks %q:\n%s", part, log)
		}
	}
	screen("BACKEND")
	if log := s.reload(fileText(t, "a.pkcs8.pem", whole)); !strings.Contains(log, "configuration reloaded") {
		t.Errorf("the whole file again: %s", log)
	}
}

// The path may name the number whose keys are likely; the others still work.
func TestNumberInPath(t *testing.T) {
	t.Parallel()
	s := serve(t, loadConfig(t, `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers:
  - {id: first, private_keys: [{file: `+absolute(t, keyFile("a.pkcs8.pem"))+`}]}
  - {id: second, private_keys: [{file: `+absolute(t, keyFile("b.pkcs8.pem"))+`}]}
flows: [{id: greeting, app_secrets: [`+appSecret+`], numbers: [first, second]}]
`), setup{}.flows())
	for _, path := range []string{"greeting", "greeting/first", "greeting/second"} {
		for _, key := range []string{"a", "b"} {
			c := reloadable{running: s}.phoneFor(path, key, appSecret)
			if got := send(t, c, initMessage()); got != 200 {
				t.Errorf("%s with key %s: status %d, want 200", path, key, got)
			}
		}
	}
	if status, _ := request(t, http.MethodPost, s.public+"/flows/greeting/third"); status != 404 {
		t.Errorf("a number that there is not: status %d, want 404", status)
	}
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What panics while an exchange is handled is counted, and answered with 500.
func TestPanicsAreCounted(t *testing.T) {
	t.Parallel()
	s := setup{handler: exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		panic("oops")
	}))}.start(t)
	s.hasMetric(`flowserver_panics_total{in="handler"} 0`)
	if got := send(t, s.phone("a"), initMessage()); got != 500 {
		t.Errorf("status %d, want 500", got)
	}
	s.hasMetric(`flowserver_panics_total{in="handler"} 1`)
	s.hasMetric(`flowserver_panics_total{in="server"} 0`)
}

// The admin listener of a running server refuses foreign names.
func TestAdminHost(t *testing.T) {
	t.Parallel()
	s := setup{top: "admin_hosts: [ops]\n"}.start(t)
	for host, status := range map[string]int{"evil.example": 403, "ops:9090": 200, "localhost": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.admin+"/livez", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("host %s: status %d, want %d", host, resp.StatusCode, status)
		}
	}
}
