package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	flowtoken "github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// reloadable is a server with a configuration file that a test writes.
type reloadable struct {
	*running
	path string
}

func startReloadable(t *testing.T, text string) reloadable {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flowserver.yaml")
	writeFile(t, path, []byte(text))
	load := func() (*config.Config, error) {
		return config.Load(path, func(string) (string, bool) { return "", false })
	}
	cfg, err := load()
	if err != nil {
		t.Fatal(err)
	}
	log := &logged{}
	logger, level := server.NewAdjustableLogger(cfg.Log, log, nil)
	srv, err := server.New(server.Options{Config: cfg, Flows: setup{}.flows(), Logger: logger, Level: level, Load: load})
	if err != nil {
		t.Fatal(err)
	}
	return reloadable{run(t, srv, log), path}
}

// reload has the server read text as its configuration, and returns what it logs.
func (r reloadable) reload(text string) (log string) {
	r.t.Helper()
	writeFile(r.t, r.path, []byte(text))
	before := len(r.log.String())
	r.Reload()
	return r.log.String()[before:]
}

func (r reloadable) phoneFor(flow, key, secret string) *client.Client {
	r.t.Helper()
	c, err := client.New(client.Config{URL: r.public + "/flows/" + flow, PublicKey: publicKey(r.t, key), AppSecret: []byte(secret), RetryWait: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// fileText is a configuration with key file and flows.
func fileText(t *testing.T, key, flows string) string {
	t.Helper()
	path, err := filepath.Abs(keyFile(key))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nnumbers: [{id: main, private_keys: [{file: %s}]}]\nflows:\n%s", path, flows)
}

const oneFlow = "  - {id: greeting, app_secrets: [" + appSecret + "]}\n"

func TestReloadConfigUnderLoad(t *testing.T) {
	t.Parallel()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"screen": "BACKEND", "data": map[string]any{}})
	}))
	t.Cleanup(backend.Close)
	s := startReloadable(t, fileText(t, "a.pkcs8.pem", oneFlow))
	traffic := startLoad(t, s.phoneFor("greeting", "a", appSecret))
	status := func(what, flow, secret string, want int) {
		t.Helper()
		if got := send(t, s.phoneFor(flow, "a", secret), initMessage()); got != want {
			t.Errorf("%s: status %d, want %d", what, got, want)
		}
	}
	status("secret to come", "greeting", "new", 432)
	status("flow to come", "survey", appSecret, 404)

	if log := s.reload(fileText(t, "a.pkcs8.pem", "  - {id: greeting, app_secrets: ["+appSecret+", new]}\n"+
		"  - {id: survey, app_secrets: ["+appSecret+"], upstream: {url: \""+backend.URL+"\"}}\n")); !strings.Contains(log, "configuration reloaded") {
		t.Fatalf("log: %s", log)
	}
	status("added secret", "greeting", "new", 200)
	status("added flow", "survey", appSecret, 200)
	s.hasMetric(`flowserver_refused_total{flow="survey",reason="overload"} 0`)
	if h := s.health(); len(h.Flows) != 2 || h.Flows[1].Flow != "survey" {
		t.Errorf("health: flows %+v, want survey too", h.Flows)
	}
	traffic.more(t)

	s.reload(fileText(t, "a.pkcs8.pem", oneFlow))
	status("removed secret", "greeting", "new", 432)
	status("removed flow", "survey", appSecret, 404)
	if h := s.health(); len(h.Flows) != 1 {
		t.Errorf("health: flows %+v, want one", h.Flows)
	}
	for range 20 {
		s.reload(fileText(t, "a.pkcs8.pem", "  - {id: greeting, app_secrets: ["+appSecret+"], timeout: 9s, max_body: 2MiB}\n"))
		s.reload(fileText(t, "a.pkcs8.pem", oneFlow))
	}
	traffic.more(t)
	traffic.stop()
	// the registry of the compiled-in flow is the same, and so are its labels
	s.hasMetric(`flowserver_refused_total{flow="greeting",reason="malformed"} 0`)
}

// An exchange that is under way ends as it began.
func TestReloadConfigInFlight(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	path := filepath.Join(t.TempDir(), "flowserver.yaml")
	cfg := setup{}.config(t)
	s, err := server.New(server.Options{
		Config: cfg,
		Load: func() (*config.Config, error) {
			return config.Load(path, func(string) (string, bool) { return "", false })
		},
		Flows: []server.Flow{
			{ID: "greeting", Handler: exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
				close(entered)
				<-release
				return greet(ctx, msg)
			}))},
			{ID: "other", Handler: exchange.Unrouted(exchange.HandlerFunc(greet))},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, s, &logged{})
	answered := make(chan int, 1)
	go func() {
		reply, err := r.phone("a").Send(context.WithoutCancel(t.Context()), initMessage())
		if err != nil {
			t.Error(err)
			reply = &client.Reply{}
		}
		answered <- reply.Status
	}()
	<-entered
	writeFile(t, path, []byte(fileText(t, "a.pkcs8.pem", "  - {id: other, app_secrets: [x]}\n")))
	s.Reload()
	if status, _ := request(t, http.MethodPost, r.public+"/flows/greeting"); status != 404 {
		t.Errorf("removed flow: status %d, want 404", status)
	}
	close(release)
	if got := <-answered; got != 200 {
		t.Errorf("exchange in flight: status %d, want 200", got)
	}
}

func TestReloadConfigRefused(t *testing.T) {
	t.Parallel()
	good := fileText(t, "a.pkcs8.pem", oneFlow)
	s := startReloadable(t, good)
	for name, test := range map[string]struct {
		text string
		want []string // in the log
	}{
		"broken file": {
			"listne: x\n" + good + "log: {level: loud}\n",
			[]string{"is not a known key", `"path":"listne"`, `"line":1`, "did you mean listen?", `"path":"log.level"`},
		},
		"no YAML":      {"{{{", []string{"is not YAML"}},
		"unknown flow": {good + "  - {id: other, app_secrets: [x]}\n", []string{"flow other: it has no upstream"}},
		"two flows": {
			good + "  - {id: other, app_secrets: [x]}\n  - {id: third, app_secrets: [x]}\n",
			[]string{`"error":"flow other: `, `"error":"flow third: `},
		},
		"broken key": {fileText(t, "a.public.pem", oneFlow), []string{"number main: private_keys[0]"}},
		"listen":     {strings.Replace(good, "listen: 127.0.0.1:0", "listen: 127.0.0.1:1", 1), []string{"listen has changed: that needs a restart"}},
		"several": {
			"pprof: true\nredis_url: redis://localhost\n" + good + "log: {format: text}\n",
			[]string{"pprof has changed", "redis_url has changed", "log.format has changed"},
		},
		"another number": {strings.Replace(good, "id: main", "id: second", 1), []string{"numbers: main has changed", "numbers: second has changed"}},
		"another account": {
			strings.Replace(good, "{id: main,", "{id: main, provider: {name: meta, phone_number_id: \"1\", access_token: tok-S3CRET},", 1),
			[]string{"numbers: the provider of main has changed"},
		},
		"tls":          {"tls: {acme: {domains: [flows.example.com], cache_dir: acme}}\n" + good, []string{"tls has changed"}},
		"registration": {"registration: {refresh: 2h}\n" + good, []string{"registration has changed"}},
	} {
		// with each of them come changes that would be taken over
		log := s.reload(strings.ReplaceAll(test.text, appSecret, appSecret+"-changed"))
		for _, part := range append(test.want, "the old one stays in use") {
			if !strings.Contains(log, part) {
				t.Errorf("%s: log lacks %q:\n%s", name, part, log)
			}
		}
		if strings.Contains(log, "configuration reloaded") || strings.Contains(log, "S3CRET") || strings.Contains(log, appSecret) {
			t.Errorf("%s: log: %s", name, log)
		}
		if got := send(t, s.phone("a"), initMessage()); got != 200 {
			t.Errorf("%s: status %d, want 200 by the old configuration", name, got)
		}
	}
	if log := s.reload(good); !strings.Contains(log, "configuration reloaded") {
		t.Errorf("afterwards: %s", log)
	}
}

// Paths of key files and the level of the log may change, too.
func TestReloadConfigKeysAndLevel(t *testing.T) {
	t.Parallel()
	s := startReloadable(t, fileText(t, "a.pkcs8.pem", oneFlow))
	send(t, s.phone("a"), initMessage())
	eventually(t, "exchanges are logged", func() bool { return strings.Contains(s.log.String(), `"msg":"exchange"`) })
	s.reload(fileText(t, "b.pkcs8.pem", oneFlow) + "log: {level: error}\n")
	if got := s.number().Fingerprint; got != fingerprint(t, "b") {
		t.Errorf("key %s, want b", got)
	}
	before := len(s.log.String())
	if got := send(t, s.phone("b"), initMessage()); got != 200 {
		t.Errorf("exchange with the new key: status %d, want 200", got)
	}
	s.hasMetric(`flowserver_exchanges_total{action="INIT",flow="greeting",screen="",status="200"} 2`) // so it has been logged, or not
	if log := s.log.String()[before:]; strings.Contains(log, `"level":"INFO"`) {
		t.Errorf("at level error the log has %s", log)
	}
	if log := s.reload(fileText(t, "b.pkcs8.pem", oneFlow) + "log: {level: debug}\n"); !strings.Contains(log, `"level":"INFO"`) {
		t.Errorf("at level debug again the log has %q", log)
	}
}

func TestFlowTokenSignature(t *testing.T) {
	t.Parallel()
	var vectors []struct {
		Name      string
		Secrets   []string
		FlowToken string `json:"flow_token"`
		JWT       string
		Valid     bool
	}
	if err := json.Unmarshal(readFile(t, vectortest.Path(t, "vectors", "token-signatures.json")), &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("token-signatures.json holds no case")
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			secrets, err := json.Marshal(v.Secrets)
			if err != nil {
				t.Fatal(err)
			}
			flows := func(mode string) string {
				return fmt.Sprintf("  - {id: greeting, app_secrets: %s, flow_token_signature: %s}\n", secrets, mode)
			}
			s := startReloadable(t, fileText(t, "a.pkcs8.pem", flows("off")))
			for mode, passes := range map[string]bool{"off": true, "optional": v.Valid || v.JWT == "", "required": v.Valid} {
				s.reload(fileText(t, "a.pkcs8.pem", flows(mode)))
				want := 427
				if passes {
					want = 200
				}
				msg := client.Message{Action: protocol.ActionInit, FlowToken: v.FlowToken, FlowTokenSignature: v.JWT}
				if got := send(t, s.phoneFor("greeting", "a", v.Secrets[0]), msg); got != want {
					t.Errorf("%s: status %d, want %d", mode, got, want)
				}
			}
		})
	}
}

// mint returns a flow token that is valid for an hour.
func mint(t *testing.T, secret, flow string, issued time.Time) string {
	t.Helper()
	signer, err := flowtoken.NewSigner(flowtoken.Config{Secrets: [][]byte{[]byte(secret)}, Now: func() time.Time { return issued }})
	if err != nil {
		t.Fatal(err)
	}
	minted, err := signer.Mint(flowtoken.Claims{Subject: "4711", Flow: flow, ExpiresAt: issued.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return minted
}

// An upstream receives what the flow token says, and what WhatsApp signed; it is not asked
// about a token that does not verify.
func TestTokenClaimsReachUpstreams(t *testing.T) {
	t.Parallel()
	received := make(chan string, 10)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- string(body)
		_, _ = io.WriteString(w, `{"screen":"GREETING","data":{"text":"hello"}}`)
	}))
	t.Cleanup(up.Close)
	secret := strings.Repeat("1", 32)
	s := setup{flowMore: "    token_secrets: [\"" + secret + "\"]\n    upstream: {url: " + up.URL + "}\n"}.start(t)
	for flowToken, want := range map[string]int{mint(t, secret, "greeting", time.Now()): 200, mint(t, secret, "booking", time.Now()): 427, "unused": 427} {
		msg := client.Message{Action: protocol.ActionInit, FlowToken: flowToken, FlowTokenSignature: "a.b.c"}
		if got := send(t, s.phone("a"), msg); got != want {
			t.Errorf("status %d, want %d", got, want)
		}
	}
	close(received)
	var bodies []string
	for body := range received {
		bodies = append(bodies, body)
	}
	if len(bodies) != 1 || !strings.Contains(bodies[0], `"flow_token_claims":{"subject":"4711","flow":"greeting",`) ||
		!strings.Contains(bodies[0], `"flow_token_signature":"a.b.c"`) {
		t.Errorf("the upstream received %q", bodies)
	}
}

// With token_secrets a flow accepts only flow tokens that one of them signed for it, and
// no handler is asked about another.
func TestTokenSecrets(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	first, second := strings.Repeat("1", 32), strings.Repeat("2", 32)
	s := setup{
		flowMore: "    token_secrets: [" + second + ", " + first + "]\n",
		handler: exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
			asked.Add(1)
			if claims, ok := flowtoken.FromContext(ctx); !ok || claims.Subject != "4711" {
				t.Errorf("claims %+v, %t; want those of the token", claims, ok)
			}
			return greet(ctx, msg)
		})),
	}.start(t)
	now := time.Now()
	for name, c := range map[string]struct {
		flowToken string
		want      int
	}{
		"first secret":   {mint(t, first, "greeting", now), 200},
		"second secret":  {mint(t, second, "greeting", now), 200},
		"another secret": {mint(t, strings.Repeat("3", 32), "greeting", now), 427},
		"another flow":   {mint(t, first, "booking", now), 427},
		"expired":        {mint(t, first, "greeting", now.Add(-2*time.Hour)), 427},
		"no token of us": {"unused", 427},
		"none":           {"", 427},
	} {
		if got := send(t, s.phone("a"), client.Message{Action: protocol.ActionInit, FlowToken: c.flowToken}); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	if got := send(t, s.phone("a"), client.Message{Action: protocol.ActionPing}); got != 200 {
		t.Errorf("ping: status %d, want 200", got)
	}
	if asked.Load() != 2 {
		t.Errorf("the handler was asked %d times, want 2", asked.Load())
	}
}

// A screen of the registry stays a label when tokens are verified before it.
func TestFlowTokenSignatureKeepsRoutes(t *testing.T) {
	t.Parallel()
	routes := exchange.NewRegistry()
	routes.Handle(exchange.ActionDataExchange, "GREETING", exchange.HandlerFunc(greet))
	s := setup{handler: routes, flowMore: "    flow_token_signature: optional\n"}.start(t)
	if got := send(t, s.phone("a"), client.Message{Action: protocol.ActionDataExchange, Screen: "GREETING", FlowToken: "t"}); got != 200 {
		t.Errorf("status %d, want 200", got)
	}
	s.hasMetric(`flowserver_exchanges_total{action="data_exchange",flow="greeting",screen="GREETING",status="200"} 1`)
}
