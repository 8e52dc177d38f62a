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
