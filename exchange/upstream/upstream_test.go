package upstream_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/exchange/upstream"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// newUpstream posts to url; change may be nil.
func newUpstream(tb testing.TB, url string, change func(*upstream.Config)) *upstream.Upstream {
	tb.Helper()
	cfg := upstream.Config{Flow: "booking", URL: url, Logger: slog.New(slog.NewTextHandler(tb.Output(), nil))}
	if change != nil {
		change(&cfg)
	}
	up, err := upstream.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return up
}

func serve(tb testing.TB, h http.HandlerFunc) string {
	tb.Helper()
	server := httptest.NewServer(h)
	tb.Cleanup(server.Close)
	return server.URL + "/flow"
}

// answering answers everything in the same way.
func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// posted is a request as the upstream saw it.
type posted struct {
	method, path string
	header       http.Header
	body         []byte
}

// recorder keeps requests and answers each with the screen NEXT.
type recorder struct {
	mu   sync.Mutex
	seen []posted
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	rec.mu.Lock()
	rec.seen = append(rec.seen, posted{r.Method, r.URL.RequestURI(), r.Header, body})
	rec.mu.Unlock()
	_, _ = io.WriteString(w, `{"screen":"NEXT","data":{}}`)
}

func (rec *recorder) all() []posted {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.seen
}

// one fails the test unless there was exactly one request.
func (rec *recorder) one(tb testing.TB) posted {
	tb.Helper()
	seen := rec.all()
	if len(seen) != 1 {
		tb.Fatalf("%d requests arrived, want 1", len(seen))
	}
	return seen[0]
}

func compareJSON(tb testing.TB, got []byte, want string) {
	tb.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		tb.Fatalf("%s: %v", got, err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		tb.Fatalf("%s: %v", want, err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		tb.Errorf("JSON differs (-want +got):\n%s", diff)
	}
}

// TestRequest looks at every header and every field of what is posted.
func TestRequest(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	url := serve(t, rec.ServeHTTP)
	up := newUpstream(t, url+"?v=1", func(c *upstream.Config) { c.Secret = []byte("a shared secret") })
	before := time.Now().Unix()

	reply := exchangetest.NewServer(
		t,
		exchange.Unrouted(up),
		exchangetest.WithToken("token-1"),
	).Submit(
		"SLOT",
		map[string]any{"date": "2027-01-04", "n": 1.5, "tags": []string{"<a>", "é"}},
	)

	if reply.Status != http.StatusOK || reply.Screen != "NEXT" {
		t.Fatalf("reply %d %q (%v), want 200 NEXT", reply.Status, reply.Screen, reply.Err)
	}
	got := rec.one(t)
	if got.method != http.MethodPost || got.path != "/flow?v=1" {
		t.Errorf("%s %s, want POST /flow?v=1", got.method, got.path)
	}
	requestID := reply.Header.Get("X-Request-Id")
	if requestID == "" {
		t.Error("the reply has no X-Request-Id")
	}
	compareJSON(t, got.body, `{"flow":"booking","action":"data_exchange","screen":"SLOT",
		"data":{"date":"2027-01-04","n":1.5,"tags":["<a>","é"]},"flow_token":"token-1","version":"3.0","request_id":"`+requestID+`"}`)

	id, stamp, signature := got.header.Get("Webhook-Id"), got.header.Get("Webhook-Timestamp"), got.header.Get("Webhook-Signature")
	if len(id) < 16 || strings.ContainsAny(id, ". ") {
		t.Errorf("webhook-id %q, want a digest", id)
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || seconds < before || seconds > time.Now().Unix() {
		t.Errorf("webhook-timestamp %q, want now in seconds", stamp)
	}
	mac := hmac.New(sha256.New, []byte("a shared secret"))
	mac.Write([]byte(id + "." + stamp + "." + string(got.body)))
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); signature != want {
		t.Errorf("webhook-signature %q, want %q", signature, want)
	}
	want := http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"flowserver"},
		"Content-Length": {strconv.Itoa(len(got.body))}, "Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature},
	}
	if diff := cmp.Diff(want, got.header); diff != "" {
		t.Errorf("headers differ (-want +got):\n%s", diff)
	}
}

// TestSecret verifies with the library of Standard Webhooks what each form of a
// secret signs.
func TestSecret(t *testing.T) {
	t.Parallel()
	encoded := base64.StdEncoding.EncodeToString([]byte("\x00\xff 24 bytes and then some"))
	for name, c := range map[string]struct {
		secret   string
		verifier func() (*standardwebhooks.Webhook, error)
	}{
		"whsec":           {"whsec_" + encoded, func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhook("whsec_" + encoded) }},
		"text":            {"plain text", func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhookRaw([]byte("plain text")) }},
		"base64-like":     {"c2VjcmV0", func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhookRaw([]byte("c2VjcmV0")) }},
		"whsec elsewhere": {"my whsec_", func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhookRaw([]byte("my whsec_")) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verifier, err := c.verifier()
			if err != nil {
				t.Fatal(err)
			}
			rec := &recorder{}
			secret := []byte(c.secret)
			up := newUpstream(t, serve(t, rec.ServeHTTP), func(cfg *upstream.Config) { cfg.Secret = secret })
			clear(secret) // the caller's copy is the caller's
			exchangetest.New(t, exchange.Unrouted(up)).Init()
			got := rec.one(t)
			if err := verifier.Verify(got.body, got.header); err != nil {
				t.Error(err)
			}
			if err := verifier.Verify(append(got.body, ' '), got.header); !errors.Is(err, standardwebhooks.ErrNoMatchingSignature) {
				t.Errorf("another body verifies: %v", err)
			}
		})
	}
}

func TestUnsigned(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	exchangetest.New(t, exchange.Unrouted(newUpstream(t, serve(t, rec.ServeHTTP), nil))).Init()
	got := rec.one(t)
	if _, signed := got.header["Webhook-Signature"]; signed {
		t.Error("a message is signed without a secret")
	}
	if got.header.Get("Webhook-Id") == "" || got.header.Get("Webhook-Timestamp") == "" {
		t.Errorf("id or timestamp is missing: %v", got.header)
	}
}

// TestActions posts the actions that reach an upstream, and none of the others.
func TestActions(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	phone := exchangetest.New(t, exchange.Unrouted(newUpstream(t, serve(t, rec.ServeHTTP), nil)), exchangetest.WithToken("t"))
	for _, reply := range []*exchangetest.Reply{
		phone.Ping(), phone.Init(), phone.Back("SLOT"), phone.Submit("SLOT", map[string]any{}),
		phone.Send(client.Message{Version: "4.0", Action: protocol.ActionDataExchange, Screen: "S", FlowToken: ""}),
		phone.ReportError("SLOT", "payload-schema-error", "no"),
	} {
		if reply.Status != http.StatusOK {
			t.Errorf("status %d (%v), want 200", reply.Status, reply.Err)
		}
	}
	if reply := phone.Send(client.Message{Action: "error", Screen: "S"}); reply.Status != http.StatusBadRequest {
		t.Errorf("an action that the protocol does not know: status %d, want 400", reply.Status)
	}
	want := []string{
		`{"flow":"booking","action":"INIT","screen":"","data":{},"flow_token":"t","version":"3.0","request_id":""}`,
		`{"flow":"booking","action":"BACK","screen":"SLOT","data":{},"flow_token":"t","version":"3.0","request_id":""}`,
		`{"flow":"booking","action":"data_exchange","screen":"SLOT","data":{},"flow_token":"t","version":"3.0","request_id":""}`,
		`{"flow":"booking","action":"data_exchange","screen":"S","data":{},"flow_token":"","version":"4.0","request_id":""}`,
	}
	seen := rec.all()
	if len(seen) != len(want) {
		t.Fatalf("%d messages arrived, want %d", len(seen), len(want))
	}
	for i := range want {
		compareJSON(t, seen[i].body, want[i])
	}
}

func tokenClaims(ctx context.Context) any {
	if claims, verified := token.FromContext(ctx); verified {
		return claims
	}
	return nil
}

// TestFlowToken posts what is known of the flow token: the signature of WhatsApp, and the
// claims of a token that was verified. A token that does not verify is not posted at all.
func TestFlowToken(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	now := time.Date(2027, 1, 4, 9, 30, 0, 0, time.UTC)
	signer, err := token.NewSigner(token.Config{Secrets: [][]byte{bytes.Repeat([]byte("s"), token.MinSecret)}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	minted, err := signer.Mint(token.Claims{Subject: "4711", Flow: "booking"})
	if err != nil {
		t.Fatal(err)
	}
	claims, err := signer.Verify(minted, "booking")
	if err != nil {
		t.Fatal(err)
	}
	up := newUpstream(t, serve(t, rec.ServeHTTP), func(c *upstream.Config) { c.Claims = tokenClaims })
	phone := exchangetest.New(t, exchange.Unrouted(token.Middleware(signer, token.Options{Flow: "booking"})(up)))
	for flowToken, want := range map[string]int{minted: http.StatusOK, minted[:len(minted)-2] + "AA": 427, "unused": 427, "": 427} {
		reply := phone.Send(client.Message{Action: protocol.ActionInit, FlowToken: flowToken, FlowTokenSignature: "a.b.c"})
		if reply.Status != want {
			t.Errorf("token %q: status %d (%v), want %d", flowToken, reply.Status, reply.Err, want)
		}
	}
	compareJSON(t, rec.one(t).body, fmt.Sprintf(`{"flow":"booking","action":"INIT","screen":"","data":{},"flow_token":%q,"flow_token_signature":"a.b.c",
		"flow_token_claims":{"subject":"4711","flow":"booking","id":%q,"issued_at":"2027-01-04T09:30:00Z","expires_at":"2027-01-07T09:30:00Z"},
		"version":"3.0","request_id":""}`, minted, claims.ID))
}

// TestHandMadeMessage posts messages that came through no endpoint.
func TestHandMadeMessage(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	up := newUpstream(t, serve(t, rec.ServeHTTP), nil)
	if _, err := up.ServeFlow(t.Context(), &exchange.Message{Action: exchange.ActionInit}); err != nil {
		t.Fatal(err)
	}
	if _, err := up.ServeFlow(t.Context(), &exchange.Message{Action: exchange.ActionInit}); err != nil {
		t.Fatal(err)
	}
	_, err := up.ServeFlow(t.Context(), &exchange.Message{Data: json.RawMessage(`{"name":S3CRET}`)})
	if err == nil || strings.Contains(err.Error(), "S3CRET") {
		t.Errorf("broken data: %v, want an error without it", err)
	}
	seen := rec.all()
	if len(seen) != 2 {
		t.Fatalf("%d messages arrived, want 2", len(seen))
	}
	compareJSON(t, seen[0].body, `{"flow":"booking","action":"INIT","screen":"","data":{},"flow_token":"","version":"","request_id":""}`)
	if a, b := seen[0].header.Get("Webhook-Id"), seen[1].header.Get("Webhook-Id"); len(a) < 16 || a == b {
		t.Errorf("webhook-ids %q and %q, want random ones", a, b)
	}
}

type oneKey struct{ crypto.Decrypter }

func (k oneKey) Decrypters(context.Context) ([]crypto.Decrypter, error) {
	return []crypto.Decrypter{k.Decrypter}, nil
}

// TestRepeatedEnvelope sends one envelope to two replicas, and another one.
func TestRepeatedEnvelope(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	key, secret := vectortest.Key(t, "a"), []byte("app secret")
	up := newUpstream(t, serve(t, rec.ServeHTTP), nil)
	var replicas []*client.Client // each with a store for itself
	for range 2 {
		endpoint, err := exchange.NewEndpoint(exchange.Config{
			Flow: "booking", Handler: exchange.Unrouted(up), Keys: oneKey{key}, AppSecrets: [][]byte{secret},
		})
		if err != nil {
			t.Fatal(err)
		}
		phone, err := client.New(client.Config{URL: serve(t, endpoint.ServeHTTP), PublicKey: &key.PublicKey, AppSecret: secret})
		if err != nil {
			t.Fatal(err)
		}
		replicas = append(replicas, phone)
	}
	phone := replicas[0]
	plaintext := []byte(`{"version":"3.0","action":"INIT","flow_token":"t"}`)
	first, err := phone.Seal(plaintext)
	if err != nil {
		t.Fatal(err)
	}
	second, err := phone.Seal(plaintext)
	if err != nil {
		t.Fatal(err)
	}
	for i, request := range []*client.Request{first, first, second} {
		if reply, err := replicas[i%2].Do(t.Context(), request); err != nil || reply.Status != http.StatusOK {
			t.Fatalf("reply %+v, %v", reply, err)
		}
	}
	seen := rec.all()
	if len(seen) != 3 {
		t.Fatalf("%d messages arrived, want 3", len(seen))
	}
	var ids []string
	for _, p := range seen {
		ids = append(ids, p.header.Get("Webhook-Id"))
	}
	if ids[0] != ids[1] || ids[0] == ids[2] {
		t.Errorf("webhook-ids %q, want the first two the same and the third another", ids)
	}
}

func TestOwnID(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	url := serve(t, rec.ServeHTTP)
	own := func(id string) *exchangetest.Client {
		return exchangetest.New(t, exchange.Unrouted(newUpstream(t, url, func(c *upstream.Config) {
			c.ID = func(_ context.Context, msg *exchange.Message) string { return id + msg.FlowToken }
		})), exchangetest.WithToken("7"))
	}
	if reply := own("msg_").Init(); reply.Status != http.StatusOK {
		t.Fatalf("status %d (%v), want 200", reply.Status, reply.Err)
	}
	if got := rec.one(t).header.Get("Webhook-Id"); got != "msg_7" {
		t.Errorf("webhook-id %q, want msg_7", got)
	}
	for _, unusable := range []string{"a\r\nb", "ü", "a b"} {
		if reply := own(unusable).Init(); reply.Status != http.StatusInternalServerError {
			t.Errorf("id %q: status %d, want 500", unusable, reply.Status)
		}
	}
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	statuses := []int{200, 500, 427, 204, 302, 200}
	var n atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answering(statuses[int(n.Add(1)-1)%len(statuses)], "")(w, r)
		if n.Load()%2 == 0 {
			_, _ = w.Write(bytes.Repeat([]byte(" "), 100_000)) // a body to be read, whatever the status
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	phone := exchangetest.New(t, exchange.Unrouted(newUpstream(t, server.URL, nil)), quiet)
	for range 3 * len(statuses) {
		phone.Init()
	}
	if n.Load() != int32(3*len(statuses)) || opened.Load() != 1 {
		t.Errorf("%d messages over %d connections, want %d over 1", n.Load(), opened.Load(), 3*len(statuses))
	}
}

// quiet keeps expected failures out of the test's log.
var quiet = exchangetest.WithConfig(func(c *exchange.Config) { c.Logger = nil })

func TestConcurrency(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var msg struct {
			FlowToken string          `json:"flow_token"`
			Data      json.RawMessage `json:"data"`
		}
		if err := json.NewDecoder(r.Body).Decode(&msg); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprintf(w, `{"screen":"S","data":{"token":%q,"was":%s}}`, msg.FlowToken, msg.Data)
	})
	up := newUpstream(t, url, func(c *upstream.Config) { c.Secret = []byte("s") })
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			token := strconv.Itoa(i)
			phone := exchangetest.New(t, exchange.Unrouted(up), exchangetest.WithToken(token))
			for range 5 {
				reply := phone.Submit("S", map[string]int{"n": i})
				if want := fmt.Sprintf(`{"token":"%d","was":{"n":%d}}`, i, i); string(reply.Data) != want {
					t.Errorf("data %s (%v), want %s", reply.Data, reply.Err, want)
				}
			}
		})
	}
	wg.Wait()
}
