package server_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/registration"
)

const (
	keysDir   = "../../testdata/keys"
	appSecret = "app-secret-of-the-test"
	token     = "access-token-of-the-test"
	numberID  = "106540352242922"
)

// setup is what a test's server is configured with. The zero value serves the
// number main, with key a and no provider, and the flow greeting.
type setup struct {
	keys     []string // files, the active one first
	provider string   // as in YAML; none by default
	redisURL string
	require  bool
	refresh  time.Duration
	flowMore string // more lines of the flow
	top      string // more lines of the whole
	handler  exchange.Handler
	onError  func(context.Context, exchange.ClientError)
}

// meta is a number at Meta, as the stand-in at url plays it.
func meta(url string) string {
	return fmt.Sprintf("{name: meta, phone_number_id: %q, access_token: %s, base_url: %q}", numberID, token, url)
}

func newStandin(t *testing.T) (stand *standin.Server, url string) {
	t.Helper()
	stand = standin.New(standin.Meta, standin.Account{"access_token": token, "phone_number_id": numberID})
	provider := httptest.NewServer(stand)
	t.Cleanup(provider.Close)
	return stand, provider.URL
}

func (s setup) config(t *testing.T) *config.Config {
	t.Helper()
	if s.keys == nil {
		s.keys = []string{keyFile("a.pkcs8.pem")}
	}
	if s.provider == "" {
		s.provider = "{name: none}"
	}
	if s.refresh == 0 {
		s.refresh = time.Hour
	}
	var text strings.Builder
	text.WriteString("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n")
	fmt.Fprintf(&text, "redis_url: %q\nrequire_valid_key: %t\nregistration: {refresh: %s}\n", s.redisURL, s.require, s.refresh)
	text.WriteString(s.top)
	fmt.Fprintf(&text, "numbers:\n  - id: main\n    provider: %s\n    private_keys:\n", s.provider)
	for _, file := range s.keys {
		path, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "      - file: %s\n", path)
	}
	fmt.Fprintf(&text, "flows:\n  - id: greeting\n    app_secrets: [%s]\n%s", appSecret, s.flowMore)
	return loadConfig(t, text.String())
}

func loadConfig(t *testing.T, text string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flowserver.yaml")
	writeFile(t, path, []byte(text))
	cfg, err := config.Load(path, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// greeting is the flow that the tests serve.
var greeting = exchange.NewScreen[struct {
	Text string `json:"text"`
}, exchange.NoData]("GREETING")

func greet(context.Context, *exchange.Message) (*exchange.Response, error) {
	return greeting.Show(struct {
		Text string `json:"text"`
	}{"hello"}), nil
}

func (s setup) flows() []server.Flow {
	if s.handler == nil {
		s.handler = exchange.Unrouted(exchange.HandlerFunc(greet))
	}
	return []server.Flow{{ID: "greeting", Handler: s.handler, OnClientError: s.onError}}
}

// open makes a server that does not listen yet.
func (s setup) open(t *testing.T) (*server.Server, *logged) {
	t.Helper()
	return open(t, s.config(t), s.flows())
}

func open(t *testing.T, cfg *config.Config, flows []server.Flow) (*server.Server, *logged) {
	t.Helper()
	log := &logged{}
	srv, err := server.New(server.Options{Config: cfg, Flows: flows, Version: "v1.2.3", Logger: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	return srv, log
}

// running is a server that serves.
type running struct {
	*server.Server
	t             *testing.T
	public, admin string // URLs
	log           *logged
	cancel        context.CancelFunc
	ended         chan struct{}
	err           error // after ended
}

// start serves until the test ends, or until stop.
func (s setup) start(t *testing.T) *running {
	t.Helper()
	return serve(t, s.config(t), s.flows())
}

func serve(t *testing.T, cfg *config.Config, flows []server.Flow) *running {
	t.Helper()
	srv, log := open(t, cfg, flows)
	return run(t, srv, log)
}

// run serves until the test ends, or until stop.
func run(t *testing.T, srv *server.Server, log *logged) *running {
	t.Helper()
	if err := srv.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &running{
		Server: srv, t: t, log: log, ended: make(chan struct{}),
		public: "http://" + srv.PublicAddr().String(), admin: "http://" + srv.AdminAddr().String(),
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	go func() {
		r.err = srv.Serve(ctx)
		close(r.ended)
	}()
	t.Cleanup(r.stop)
	return r
}

// stop drains; the error of that fails the test.
func (r *running) stop() {
	r.t.Helper()
	r.cancel()
	<-r.ended
	if r.err != nil {
		r.t.Errorf("Serve: %v", r.err)
	}
}

// phone plays WhatsApp with the public key of a key file, and does not wait before
// its retry after a 421.
func (r *running) phone(keyName string) *client.Client {
	r.t.Helper()
	c, err := client.New(client.Config{
		URL: r.public + "/flows/greeting", PublicKey: publicKey(r.t, keyName), AppSecret: []byte(appSecret), RetryWait: -1,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// send plays one message and returns the status of the answer.
func send(t *testing.T, phone *client.Client, msg client.Message) int {
	t.Helper()
	reply, err := phone.Send(t.Context(), msg)
	if err != nil {
		t.Fatal(err)
	}
	return reply.Status
}

func initMessage() client.Message {
	return client.Message{Action: protocol.ActionInit, FlowToken: "token"}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	return request(t, http.MethodGet, url)
}

func request(t *testing.T, method, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (r *running) ready() (status int, reasons string) {
	r.t.Helper()
	return get(r.t, r.admin+"/readyz")
}

func (r *running) health() server.Health {
	r.t.Helper()
	status, body := get(r.t, r.admin+"/healthz")
	if status != http.StatusOK {
		r.t.Fatalf("/healthz: status %d, want 200 whatever it says", status)
	}
	var h server.Health
	if err := json.Unmarshal([]byte(body), &h); err != nil {
		r.t.Fatalf("/healthz: %v: %s", err, body)
	}
	return h
}

func (r *running) number() server.NumberHealth {
	r.t.Helper()
	return r.health().Numbers[0]
}

// checked waits until the first check of the registration has ended.
func (r *running) checked() {
	r.t.Helper()
	eventually(r.t, "the first check ends", func() bool {
		_, reasons := r.ready()
		return !strings.Contains(reasons, "being checked")
	})
}

func (r *running) becomes(verdict registration.Verdict) {
	r.t.Helper()
	eventually(r.t, "verdict "+string(verdict), func() bool { return r.number().Verdict == string(verdict) })
}

// eventually polls: what it waits for may take any time below a minute.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute still not: %s", what)
		}
	}
}

// logged is a log in memory.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func keyFile(name string) string { return filepath.Join(keysDir, name) }

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func writeFile(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// publicPEM is the public key of key "a" or "b".
func publicPEM(t *testing.T, keyName string) string {
	t.Helper()
	return string(readFile(t, keyFile(keyName+".public.pem")))
}

func publicKey(t *testing.T, keyName string) *rsa.PublicKey {
	t.Helper()
	key, err := keystore.ParsePublic([]byte(publicPEM(t, keyName)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func fingerprint(t *testing.T, keyName string) string {
	t.Helper()
	return keystore.Fingerprint(publicKey(t, keyName))
}
