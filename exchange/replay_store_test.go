package exchange_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

// An envelope whose answer was dropped gets 409, here and at another replica, and the
// handler does not run again.
func TestReplayOfAForgottenAnswer(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	var last exchange.Exchange
	small := store.NewMemory(store.MemoryOptions{MaxBytes: 600})
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.Store, c.Logger = exchange.Unrouted(counting(&calls)), small, nil
		c.Observe = func(_ context.Context, x exchange.Exchange) { last = x }
	})
	request := sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
	if w := deliver(e, request); w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	for range 10 {
		deliver(e, sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"}))
	}
	w := deliver(e, request)
	if w.Code != http.StatusConflict || w.Body.Len() != 0 || last.Refused != "answer_gone" || last.Replayed || calls.Load() != 11 {
		t.Errorf("status %d, body %q, refused %q after %d calls; want 409, empty, answer_gone after 11", w.Code, w.Body, last.Refused, calls.Load())
	}
}

// With RequireStore nothing is handled unprotected. What has no effects is answered.
func TestRequireStore(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	var last exchange.Exchange
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.Store, c.RequireStore, c.Logger = exchange.Unrouted(counting(&calls)), brokenStore{}, true, nil
		c.Observe = func(_ context.Context, x exchange.Exchange) { last = x }
	})
	notice := client.Message{Action: protocol.ActionInit, FlowToken: "t", Data: map[string]string{protocol.KeyError: "e", protocol.KeyErrorMessage: "m"}}
	for name, test := range map[string]struct {
		msg     client.Message
		status  int
		refused string
	}{
		"INIT":         {client.Message{Action: protocol.ActionInit, FlowToken: "t"}, 503, "store"},
		"submit":       {client.Message{Action: protocol.ActionDataExchange, Screen: "A", FlowToken: "t"}, 503, "store"},
		"ping":         {client.Message{Action: protocol.ActionPing}, 200, ""},
		"error notice": {notice, 200, ""},
	} {
		w := deliver(e, sealedBy(t, test.msg))
		if w.Code != test.status || last.Refused != test.refused {
			t.Errorf("%s: status %d, refused %q; want %d, %q", name, w.Code, last.Refused, test.status, test.refused)
		}
		if (w.Code == 503) != (w.Header().Get("Retry-After") == "1") {
			t.Errorf("%s: Retry-After %q", name, w.Header().Get("Retry-After"))
		}
	}
	if calls.Load() != 0 {
		t.Errorf("the handler ran %d times", calls.Load())
	}
	_, err := exchange.NewEndpoint(exchange.Config{
		Handler: exchange.Unrouted(counting(&calls)), Keys: keys{vectortest.Key(t, "a")}, AppSecrets: [][]byte{[]byte(secret)}, RequireStore: true,
	})
	if err == nil || !strings.Contains(err.Error(), "RequireStore is set without a Store") {
		t.Errorf("without a store: error %v", err)
	}
}

// A replica that takes over says so, in the log and for metrics.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		var last exchange.Exchange
		var calls atomic.Int32
		shared := store.NewMemory(store.MemoryOptions{})
		ending, release := &lossy{KeyValue: shared}, make(chan struct{})
		dying := newEndpoint(t, func(c *exchange.Config) {
			c.Store, c.Logger = ending, nil
			c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
				calls.Add(1)
				<-release
				return exchange.NewResponse("LATE", nil), nil
			}))
		})
		other := newEndpoint(t, func(c *exchange.Config) {
			c.Handler, c.Store, c.Logger = exchange.Unrouted(counting(&calls)), shared, slog.New(slog.NewTextHandler(&log, nil))
			c.Observe = func(_ context.Context, x exchange.Exchange) { last = x }
		})
		request := sealedBy(t, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
		late := make(chan *httptest.ResponseRecorder)
		go func() { late <- deliver(dying, request) }()
		synctest.Wait()
		ending.lost.Store(true)
		began := time.Now()
		answer := deliver(other, request)
		if answer.Code != http.StatusOK || !last.TakenOver || last.Replayed || calls.Load() != 2 {
			t.Errorf("status %d, taken over %t, replayed %t after %d calls", answer.Code, last.TakenOver, last.Replayed, calls.Load())
		}
		if took := time.Since(began); took > 3500*time.Millisecond {
			t.Errorf("it took %s to see that the other replica ended", took)
		}
		if !strings.Contains(log.String(), "a replica ended while it handled this") {
			t.Errorf("log: %s", log.String())
		}
		ending.lost.Store(false)
		close(release)
		if again := <-late; again.Code != http.StatusOK || again.Body.String() != answer.Body.String() {
			t.Errorf("the replica that was only slow answered %d, %q; want the same as the other, %q", again.Code, again.Body, answer.Body)
		}
	})
}

// lossy is a store whose connection can be lost.
type lossy struct {
	store.KeyValue
	lost atomic.Bool
}

func (l *lossy) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if l.lost.Load() {
		return nil, false, store.ErrUnavailable
	}
	return l.KeyValue.Get(ctx, key)
}

func (l *lossy) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	if l.lost.Load() {
		return false, store.ErrUnavailable
	}
	return l.KeyValue.CompareAndSwap(ctx, key, old, next, ttl)
}
