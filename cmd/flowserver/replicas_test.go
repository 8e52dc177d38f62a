package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
)

const (
	phones      = 6  // that are in use at a time; the even ones prefer the first replica
	perPhase    = 60 // exchanges
	appSecret   = "app-secret-of-the-test"
	accessToken = "access-token-of-the-test"
	numberID    = "106540352242922"
)

// Two replicas with one Redis lose nothing and do nothing twice while one of them is
// killed and started again, the provider goes away, and Redis restarts empty. Each
// is a process of its own; the phones are behind a proxy that delivers the same
// bytes to the other replica when one does not answer.
func TestReplicas(t *testing.T) {
	t.Parallel()
	redisURL, redis := storetest.StartRedis(t)
	stand := standin.New(standin.Meta, standin.Account{"access_token": accessToken, "phone_number_id": numberID})
	stand.Register(string(readKey(t, "a.public.pem")), "VALID")
	provider := httptest.NewServer(stand)
	t.Cleanup(provider.Close)
	backend := newBackend(t)
	config := writeConfig(t, redisURL, provider.URL, backend.url)

	first, second := startReplica(t, config), startReplica(t, config) // at the same time
	first.await()
	second.await()
	if n := stand.Count(); n != 1 {
		t.Errorf("the provider was asked %d times at the start of two replicas, want once", n)
	}
	l := newLoad(t, backend, first, second)

	l.run("a replica is killed, the provider goes away", toOther, func() {
		backend.gather(phones)
		first.kill()
		backend.release()
		provider.Close()
		first.restart()
		first.await()
	})
	if n := len(l.inFlight); n == 0 || n > phones {
		t.Errorf("%d exchanges were in flight at the killed replica, want some of %d", n, phones)
	}
	l.run("redis is away", notAtAll, redis.Kill)
	l.run("redis is away, and envelopes arrive again", toSame)
	l.run("redis comes back", notAtAll, redis.Restart)
	for _, r := range l.replicas {
		r.eventually("redis is up", func() bool {
			_, health := r.get("/healthz")
			return strings.Contains(health, `"store":{"kind":"redis","status":"ok"`)
		})
	}
	l.run("all is well again", toOther)

	backend.check(t, l.sent.Load(), l.inFlight)
	for _, r := range l.replicas {
		if status, reasons := r.get("/readyz"); status != http.StatusOK {
			t.Errorf("not ready at the end: %d %s", status, reasons)
		}
		r.stop()
		for _, secret := range []string{appSecret, accessToken, "PRIVATE KEY", "what the user typed"} {
			if strings.Contains(r.log.String(), secret) {
				t.Errorf("the log has %q", secret)
			}
		}
	}
}

func readKey(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func writeConfig(t *testing.T, redisURL, providerURL, backendURL string) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "flowserver.yaml")
	for name, text := range map[string][]byte{
		"key.pem": readKey(t, "a.pkcs8.pem"),
		"flowserver.yaml": fmt.Appendf(nil, `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
redis_url: %s
require_valid_key: true
numbers:
  - id: main
    provider: {name: meta, phone_number_id: %q, access_token: %s, base_url: %s}
    private_keys: [{file: %s}]
flows:
  - id: orders
    app_secrets: [%s]
    timeout: 3s # a killed replica's exchanges can be tried again 5 s after it
    upstream: {url: %s}
`, redisURL, numberID, accessToken, providerURL, filepath.Join(dir, "key.pem"), appSecret, backendURL),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// load is what the phones do. Exchanges are numbered.
type load struct {
	t        *testing.T
	backend  *backend
	replicas []*replica
	public   *client.Config
	sent     atomic.Int64

	mu       sync.Mutex
	inFlight map[int64]bool // that broke off when their replica was killed
}

// again says where an envelope is delivered again after it was answered.
type again int

const (
	notAtAll again = iota
	toSame
	toOther
)

func newLoad(t *testing.T, b *backend, replicas ...*replica) *load {
	t.Helper()
	key, err := keystore.ParsePublic(readKey(t, "a.public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &client.Config{PublicKey: key, AppSecret: []byte(appSecret), HTTPClient: &http.Client{Timeout: 30 * time.Second}}
	return &load{t: t, backend: b, replicas: replicas, public: cfg, inFlight: map[int64]bool{}}
}

// run has the phones make exchanges. The events happen in the middle of it.
func (l *load) run(phase string, repeat again, events ...func()) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 2*time.Minute)
	defer cancel()
	var done sync.WaitGroup
	var left, started atomic.Int64
	left.Store(perPhase)
	halfway := make(chan struct{})
	for phone := range phones {
		done.Go(func() {
			for left.Add(-1) >= 0 {
				if started.Add(1) == perPhase/3 {
					close(halfway)
				}
				if err := l.exchange(ctx, phone%2, repeat); err != nil {
					l.t.Errorf("%s: %v", phase, err)
					return
				}
			}
		})
	}
	select {
	case <-halfway:
		for _, event := range events {
			event()
		}
	case <-ctx.Done():
		l.t.Errorf("%s: the load stands still", phase)
	}
	done.Wait()
}

// exchange seals one message, has it answered, and has it delivered again.
func (l *load) exchange(ctx context.Context, preferred int, repeat again) error {
	n := l.sent.Add(1)
	plaintext, err := client.Message{
		Version: "3.0", Action: protocol.ActionDataExchange, Screen: "ORDER", FlowToken: fmt.Sprint("token-", n),
		Data: map[string]any{"order": n, "note": "what the user typed"},
	}.MarshalJSON()
	if err != nil {
		return err
	}
	sealer, err := l.phone(preferred)
	if err != nil {
		return err
	}
	request, err := sealer.Seal(plaintext)
	if err != nil {
		return err
	}
	answer, by, err := l.deliver(ctx, n, request, preferred)
	if err != nil {
		return err
	}
	var got struct{ Order int64 }
	if err := answer.Decode(&got); err != nil || got.Order != n {
		return fmt.Errorf("order %d was answered with %s", n, answer.Clear)
	}
	if repeat == notAtAll {
		return nil
	}
	if repeat == toOther {
		by = 1 - by
	}
	second, _, err := l.deliver(ctx, n, request, by)
	if err != nil {
		return err
	}
	if !bytes.Equal(second.Body, answer.Body) {
		return fmt.Errorf("order %d got other bytes when it arrived again", n)
	}
	return nil
}

func (l *load) phone(replica int) (*client.Client, error) {
	cfg := *l.public
	cfg.URL = l.replicas[replica].url("listen") + "/flows/orders"
	return client.New(cfg)
}

// deliver posts the same bytes until they are answered, to one replica and, if that
// does not answer, to the other.
func (l *load) deliver(ctx context.Context, n int64, request *client.Request, to int) (answer *client.Reply, by int, err error) {
	for ; ctx.Err() == nil; to = 1 - to {
		phone, err := l.phone(to)
		if err != nil {
			return nil, 0, err
		}
		answer, err := phone.Do(ctx, request)
		switch {
		case errors.Is(err, syscall.ECONNREFUSED):
			time.Sleep(10 * time.Millisecond)
		case err != nil && answer == nil:
			l.mu.Lock()
			l.inFlight[n] = true
			l.mu.Unlock()
		case err != nil:
			return nil, 0, err
		case answer.Status == http.StatusOK:
			return answer, to, nil
		case answer.Status != http.StatusGatewayTimeout: // it still waits for what the killed replica began
			return nil, 0, fmt.Errorf("order %d: status %d", n, answer.Status)
		}
	}
	return nil, 0, fmt.Errorf("order %d: %w", n, ctx.Err())
}

// backend takes orders and counts how often each was taken.
type backend struct {
	url string

	mu      sync.Mutex
	arrived *sync.Cond
	orders  map[int64]map[string]int // by webhook-id
	gate    int                      // how many to hold; 0 while it is open
	held    int
}

func newBackend(t *testing.T) *backend {
	t.Helper()
	b := &backend{orders: map[int64]map[string]int{}}
	b.arrived = sync.NewCond(&b.mu)
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var message struct{ Data struct{ Order int64 } }
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.take(message.Data.Order, r.Header.Get("Webhook-Id"))
	_ = json.NewEncoder(w).Encode(map[string]any{"screen": "TAKEN", "data": map[string]int64{"order": message.Data.Order}})
}

func (b *backend) take(order int64, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held++
	b.arrived.Broadcast()
	for b.gate > 0 {
		b.arrived.Wait()
	}
	b.held--
	if b.orders[order] == nil {
		b.orders[order] = map[string]int{}
	}
	b.orders[order][id]++
}

// gather holds orders back until n have arrived; they stay until release.
func (b *backend) gather(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gate = n
	for b.held < n {
		b.arrived.Wait()
	}
}

func (b *backend) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gate = 0
	b.arrived.Broadcast()
}

// check holds that each order was taken once. Those that a killed replica had in
// flight may have been taken twice, under one webhook-id.
func (b *backend) check(t *testing.T, sent int64, inFlight map[int64]bool) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if int64(len(b.orders)) != sent {
		t.Errorf("%d orders were taken, want %d", len(b.orders), sent)
	}
	twice := 0
	for order, ids := range b.orders {
		if len(ids) != 1 {
			t.Errorf("order %d came with %d webhook-ids", order, len(ids))
		}
		for id, times := range ids {
			if id == "" || times > 2 || times == 2 && !inFlight[order] {
				t.Errorf("order %d (webhook-id %q) was taken %d times; in flight at the killed replica: %t", order, id, times, inFlight[order])
			}
			twice += times - 1
		}
	}
	t.Logf("%d orders, %d in flight at the killed replica, %d of them taken again", sent, len(inFlight), twice)
}
