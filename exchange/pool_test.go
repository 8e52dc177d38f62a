package exchange_test

import (
	"context"
	"crypto"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// slowKey takes its time over each RSA operation.
type slowKey struct {
	countingKey
	release chan struct{}
	begun   *atomic.Int32
}

func (k slowKey) Decrypt(r io.Reader, msg []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	k.begun.Add(1)
	<-k.release
	return k.countingKey.Decrypt(r, msg, opts)
}

func TestPoolRefusesWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	pool := exchange.NewPool(exchange.PoolConfig{Workers: 1, Waiting: 2})
	t.Cleanup(pool.Close)
	key := slowKey{countingKey{vectortest.Key(t, "a"), "a", new(atomic.Int32)}, make(chan struct{}), new(atomic.Int32)}
	e := newEndpoint(t, func(c *exchange.Config) { c.Pool, c.Keys, c.Logger = pool, keys{key}, nil })
	body := vectortest.Named(t, "ping").Body
	signature := flowcrypto.Sign([]byte(body), []byte(secret))
	statuses := make(chan int, 3)
	var served sync.WaitGroup
	for _, waiting := range []int64{0, 1, 2} { // one is being opened, two wait
		served.Go(func() { statuses <- post(e, body, signature).Code })
		for key.begun.Load() < 1 || pool.Waiting() < waiting {
			time.Sleep(time.Millisecond)
		}
	}
	w := post(e, body, signature)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Body.Len() > 0 {
		t.Errorf("status %d, Retry-After %q, body %q", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	if w := post(e, body, ""); w.Code != 503 {
		t.Errorf("an unsigned request while the queue is full: status %d, want 503", w.Code)
	}
	close(key.release)
	served.Wait()
	close(statuses)
	for status := range statuses {
		if status != 200 {
			t.Errorf("status %d of a request that waited", status)
		}
	}
	if pool.Waiting() != 0 {
		t.Errorf("%d still wait", pool.Waiting())
	}
}

func TestPoolLeavesOutWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	pool := exchange.NewPool(exchange.PoolConfig{Workers: 1})
	t.Cleanup(pool.Close)
	key := slowKey{countingKey{vectortest.Key(t, "a"), "a", new(atomic.Int32)}, make(chan struct{}), new(atomic.Int32)}
	e := newEndpoint(t, func(c *exchange.Config) { c.Pool, c.Keys, c.Logger = pool, keys{key}, nil })
	body := vectortest.Named(t, "ping").Body
	ctx, hangUp := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body))
			r.Header.Set(flowcrypto.SignatureHeader, flowcrypto.Sign([]byte(body), []byte(secret)))
			e.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	for key.begun.Load() < 1 || pool.Waiting() < 2 {
		time.Sleep(time.Millisecond)
	}
	hangUp()
	all.Wait()
	close(key.release)
	if w := post(e, body, flowcrypto.Sign([]byte(body), []byte(secret))); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	if n := key.count.Load(); n != 2 {
		t.Errorf("%d RSA operations, want 2: the one under way and the last", n)
	}
}

func TestPoolCloses(t *testing.T) {
	t.Parallel()
	pool := exchange.NewPool(exchange.PoolConfig{})
	e := newEndpoint(t, func(c *exchange.Config) { c.Pool, c.Logger = pool, nil })
	pool.Close()
	pool.Close()
	body := vectortest.Named(t, "ping").Body
	if w := post(e, body, flowcrypto.Sign([]byte(body), []byte(secret))); w.Code != 503 {
		t.Errorf("status %d, want 503", w.Code)
	}
}

// panickingKey stands for a foreign key store with a bug.
type panickingKey struct{ countingKey }

func (panickingKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) { panic("oh no") }

func TestPoolOutlivesAPanic(t *testing.T) {
	t.Parallel()
	pool := exchange.NewPool(exchange.PoolConfig{Workers: 1})
	t.Cleanup(pool.Close)
	key := countingKey{vectortest.Key(t, "a"), "a", new(atomic.Int32)}
	body := vectortest.Named(t, "ping").Body
	for _, step := range []struct {
		key    crypto.Decrypter
		status int
	}{{panickingKey{key}, 500}, {key, 200}} {
		e := newEndpoint(t, func(c *exchange.Config) { c.Pool, c.Keys, c.Logger = pool, keys{step.key}, nil })
		if w := post(e, body, flowcrypto.Sign([]byte(body), []byte(secret))); w.Code != step.status {
			t.Errorf("status %d, want %d", w.Code, step.status)
		}
	}
}

// orderedKey notes in which order the envelopes of flows are opened.
type orderedKey struct {
	slowKey
	flow  string
	order *opened
}

type opened struct {
	mu    sync.Mutex
	flows []string
}

func (k orderedKey) Decrypt(r io.Reader, msg []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	k.order.mu.Lock()
	k.order.flows = append(k.order.flows, k.flow)
	k.order.mu.Unlock()
	return k.slowKey.Decrypt(r, msg, opts)
}

// TestPoolIsFair floods two flows, one of them without signatures. Verified envelopes go
// first, flows take turns, and a full queue is that of one flow.
func TestPoolIsFair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pool := exchange.NewPool(exchange.PoolConfig{Workers: 1, Waiting: 3})
		defer pool.Close()
		order, release := &opened{}, make(chan struct{})
		body := vectortest.Named(t, "ping").Body
		var served sync.WaitGroup
		flow := func(name string, signed bool) (send func() int) {
			key := orderedKey{slowKey{countingKey{vectortest.Key(t, "a"), name, new(atomic.Int32)}, release, new(atomic.Int32)}, name, order}
			e := newEndpoint(t, func(c *exchange.Config) {
				c.Flow, c.Pool, c.Keys, c.Logger = name, pool, keys{key}, nil
				if !signed {
					c.AppSecrets, c.InsecureSkipSignature = nil, true
				}
			})
			return func() int { return post(e, body, flowcrypto.Sign([]byte(body), []byte(secret))).Code }
		}
		open, flooded, quiet := flow("open", false), flow("flooded", true), flow("quiet", true)
		begin := func(send func() int, times int) {
			for range times {
				served.Go(func() {
					if status := send(); status != http.StatusOK {
						t.Errorf("status %d of a request that waited, want 200", status)
					}
				})
				synctest.Wait()
			}
		}
		begin(open, 4) // one is being opened, three wait
		begin(flooded, 3)
		for name, send := range map[string]func() int{"open": open, "flooded": flooded} {
			if status := send(); status != http.StatusServiceUnavailable {
				t.Errorf("%s: status %d, want 503: its queue is full", name, status)
			}
		}
		begin(quiet, 1)
		close(release)
		served.Wait()
		want := "open, flooded, quiet, flooded, flooded, open, open, open" //nolint:dupword // a flow can be next to itself
		if got := strings.Join(order.flows, ", "); got != want {
			t.Errorf("opened in the order %q, want %q", got, want)
		}
	})
}

// An unverified envelope does not wait for ever while verified ones go before it.
func TestPoolUnverifiedWaitsNoLongerThanTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pool := exchange.NewPool(exchange.PoolConfig{Workers: 1})
		defer pool.Close()
		release := make(chan struct{})
		key := slowKey{countingKey{vectortest.Key(t, "a"), "a", new(atomic.Int32)}, release, new(atomic.Int32)}
		e := newEndpoint(t, func(c *exchange.Config) {
			c.Pool, c.Keys, c.Logger, c.Timeout = pool, keys{key}, nil, 3*time.Second
			c.AppSecrets, c.InsecureSkipSignature = nil, true
		})
		began := time.Now()
		if w := post(e, vectortest.Named(t, "ping").Body, ""); w.Code != http.StatusServiceUnavailable || time.Since(began) != 3*time.Second {
			t.Errorf("status %d after %s, want 503 after 3s", w.Code, time.Since(began))
		}
		close(release)
	})
}

// Without a store and a pool an endpoint is as safe, until it is closed.
func TestEndpointHasItsOwnStoreAndPool(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	e := newEndpoint(t, func(c *exchange.Config) { c.Handler, c.Logger = exchange.Unrouted(counting(&calls)), nil })
	body := vectortest.Named(t, "init").Body
	signature := flowcrypto.Sign([]byte(body), []byte(secret))
	first, second := post(e, body, signature), post(e, body, signature)
	if first.Code != http.StatusOK || second.Body.String() != first.Body.String() || calls.Load() != 1 {
		t.Errorf("status %d, the same answer: %t, handled %d times; want 200, true and 1", first.Code, second.Body.String() == first.Body.String(), calls.Load())
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if w := post(e, body, signature); w.Code != http.StatusServiceUnavailable {
		t.Errorf("after Close: status %d, want 503", w.Code)
	}
}
