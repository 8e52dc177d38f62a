package exchange_test

import (
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

func newStore(tb testing.TB) *store.Memory {
	tb.Helper()
	m := store.NewMemory(store.MemoryOptions{})
	tb.Cleanup(func() { _ = m.Close() })
	return m
}

// counting answers each call differently, as a handler with effects does.
func counting(calls *atomic.Int32) exchange.HandlerFunc {
	return func(_ context.Context, msg *exchange.Message) (*exchange.Response, error) {
		n := calls.Add(1)
		if msg.Screen == "FAIL" {
			return nil, errors.New("failed")
		}
		if msg.Screen == "EXPIRE" {
			return nil, exchange.ExpireToken(strconv.Itoa(int(n)))
		}
		return exchange.NewResponse("NEXT", map[string]int32{"n": n}), nil
	}
}

func sealedBy(tb testing.TB, msg client.Message) *client.Request {
	tb.Helper()
	phone, err := client.New(client.Config{URL: "http://localhost", PublicKey: &vectortest.Key(tb, "a").PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		tb.Fatal(err)
	}
	plaintext, err := msg.MarshalJSON()
	if err != nil {
		tb.Fatal(err)
	}
	request, err := phone.Seal(plaintext)
	if err != nil {
		tb.Fatal(err)
	}
	return request
}

func deliver(e *exchange.Endpoint, r *client.Request) *httptest.ResponseRecorder {
	return post(e, string(r.Body), r.Header.Get(flowcrypto.SignatureHeader))
}

// TestReplay: the same envelope gets the same bytes and status again, here and at
// another replica, and the handler runs once.
func TestReplay(t *testing.T) {
	t.Parallel()
	for screen, status := range map[string]int{"A": 200, "FAIL": 500, "EXPIRE": 427} {
		t.Run(screen, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			var last exchange.Exchange
			shared := newStore(t)
			replica := func() *exchange.Endpoint {
				return newEndpoint(t, func(c *exchange.Config) {
					c.Handler, c.Store, c.Logger = exchange.Unrouted(counting(&calls)), shared, nil
					c.Observe = func(_ context.Context, x exchange.Exchange) { last = x }
				})
			}
			request := sealedBy(t, client.Message{Action: protocol.ActionDataExchange, Screen: screen, FlowToken: "t"})
			one, other := replica(), replica()
			first := deliver(one, request)
			if first.Code != status || last.Replayed {
				t.Fatalf("status %d, replayed %t", first.Code, last.Replayed)
			}
			for _, e := range []*exchange.Endpoint{one, other, other} {
				again := deliver(e, request)
				if again.Code != status || again.Body.String() != first.Body.String() || !last.Replayed {
					t.Errorf("status %d, body %q, replayed %t; the first got %d, %q", again.Code, again.Body, last.Replayed, first.Code, first.Body)
				}
			}
			if calls.Load() != 1 {
				t.Errorf("the handler ran %d times", calls.Load())
			}
			if deliver(one, sealedBy(t, client.Message{Action: protocol.ActionDataExchange, Screen: screen, FlowToken: "t"})); calls.Load() != 2 {
				t.Error("another envelope did not reach the handler")
			}
		})
	}
}

// TestReplayWhileRunning sends one envelope many times at once, to two replicas.
func TestReplayWhileRunning(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	started, release := make(chan struct{}), make(chan struct{})
	handler := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		if calls.Add(1) == 1 {
			close(started)
		}
		<-release
		return exchange.NewResponse("NEXT", nil), nil
	})
	shared := newStore(t)
	var replicas []*exchange.Endpoint
	for range 2 {
		replicas = append(replicas, newEndpoint(t, func(c *exchange.Config) { c.Handler, c.Store = exchange.Unrouted(handler), shared }))
	}
	request := sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
	bodies := make([]string, 20)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() {
			w := deliver(replicas[i%2], request)
			bodies[i] = fmt.Sprint(w.Code, w.Body)
		})
	}
	<-started
	time.Sleep(20 * time.Millisecond) // not for the outcome: so that some really wait
	close(release)
	all.Wait()
	for _, body := range bodies {
		if body != bodies[0] || !strings.HasPrefix(body, "200 ") {
			t.Errorf("answers differ: %q and %q", body, bodies[0])
		}
	}
	if calls.Load() != 1 {
		t.Errorf("the handler ran %d times", calls.Load())
	}
}

// TestReusedKey: a second text under the AES key and IV of a first one is refused,
// at this Flow and at another.
func TestReusedKey(t *testing.T) {
	t.Parallel()
	c := vectortest.Named(t, "init")
	// the vector's AES key is known, so another text can be put under it
	other := resealed(t, "init", `{"version":"3.0","action":"INIT","flow_token":"tok-2"}`)
	for name, second := range map[string]struct{ flow, body string }{
		"other data":            {"visit", other},
		"same data, other flow": {"other", c.Body},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shared := newStore(t)
			endpoint := func(flow string) *exchange.Endpoint {
				return newEndpoint(t, func(c *exchange.Config) { c.Flow, c.Store, c.Logger = flow, shared, nil })
			}
			for _, step := range []struct {
				flow, body string
				status     int
			}{{"visit", c.Body, 200}, {second.flow, second.body, 400}, {"visit", c.Body, 200}} {
				w := post(endpoint(step.flow), step.body, flowcrypto.Sign([]byte(step.body), []byte(secret)))
				if w.Code != step.status {
					t.Errorf("%s: status %d, want %d", step.flow, w.Code, step.status)
				}
			}
		})
	}
}

// resealed puts another clear text under the AES key and IV of a vector.
func resealed(tb testing.TB, name, plaintext string) string {
	tb.Helper()
	env, err := flowcrypto.ParseEnvelope([]byte(vectortest.Named(tb, name).Body))
	if err != nil {
		tb.Fatal(err)
	}
	aesKey, err := vectortest.Key(tb, "a").Decrypt(nil, env.EncryptedAESKey, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		tb.Fatal(err)
	}
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		tb.Fatal(err)
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(env.InitialVector))
	if err != nil {
		tb.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{
		"encrypted_flow_data": base64.StdEncoding.EncodeToString(gcm.Seal(nil, env.InitialVector, []byte(plaintext), nil)),
		"encrypted_aes_key":   base64.StdEncoding.EncodeToString(env.EncryptedAESKey),
		"initial_vector":      base64.StdEncoding.EncodeToString(env.InitialVector),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return string(body)
}

// brokenStore cannot be asked.
type brokenStore struct{}

var errAway = errors.New("redis is away")

func (brokenStore) Get(context.Context, string) ([]byte, bool, error) { return nil, false, errAway }
func (brokenStore) CompareAndSwap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	return false, errAway
}
func (brokenStore) Delete(context.Context, string) error { return errAway }

func TestExchangesGoOnWithoutTheStore(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.Store, c.Logger = exchange.Unrouted(counting(&calls)), brokenStore{}, nil
	})
	request := sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
	for range 2 {
		if w := deliver(e, request); w.Code != 200 {
			t.Errorf("status %d", w.Code)
		}
	}
	if calls.Load() != 2 {
		t.Errorf("the handler ran %d times, want 2: there is nothing to know better by", calls.Load())
	}
}

// hurriedStore takes longer than the caller has, and goes by its own word when the
// caller's time runs out, as store.Fallback does without Redis.
type hurriedStore struct{ store.KeyValue }

func (s hurriedStore) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	select {
	case <-time.After(60 * time.Millisecond):
		return s.KeyValue.CompareAndSwap(ctx, key, old, next, ttl)
	case <-ctx.Done():
		return true, nil
	}
}

// Time that runs out during a call of the store does not free what another replica
// is doing.
func TestTimeRunsOutInTheStore(t *testing.T) {
	t.Parallel()
	shared, entered, release := newStore(t), make(chan struct{}), make(chan struct{})
	var calls atomic.Int32
	busy := newEndpoint(t, func(c *exchange.Config) {
		c.Store, c.Handler = shared, exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
			close(entered)
			<-release
			return exchange.NewResponse("NEXT", nil), nil
		}))
	})
	other := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.Store, c.Logger, c.Timeout = exchange.Unrouted(counting(&calls)), hurriedStore{shared}, nil, 20*time.Millisecond
	})
	request := sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
	answered := make(chan int)
	go func() { answered <- deliver(busy, request).Code }()
	<-entered
	if rec := deliver(other, request); rec.Code != http.StatusGatewayTimeout || calls.Load() != 0 {
		t.Errorf("status %d after %d calls of the handler, want 504 after none", rec.Code, calls.Load())
	}
	close(release)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the busy replica answered %d", status)
	}
}

// A caller that hangs up and sends the envelope again finds the answer there.
func TestHangUpAndRetry(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	started, release := make(chan struct{}), make(chan struct{})
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Store = newStore(t)
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
			if calls.Add(1) == 1 {
				close(started)
			}
			<-release
			return exchange.NewResponse("NEXT", nil), ctx.Err()
		}))
	})
	request := sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
	ctx, hangUp := context.WithCancel(t.Context())
	first := make(chan struct{})
	go func() {
		defer close(first)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(string(request.Body)))
		r.Header = request.Header.Clone()
		e.ServeHTTP(httptest.NewRecorder(), r)
	}()
	<-started
	hangUp()
	close(release)
	if w := deliver(e, request); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	<-first
	if calls.Load() != 1 {
		t.Errorf("the handler ran %d times", calls.Load())
	}
}
