package server_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/store"
)

// Two replicas that start together ask the provider once.
func TestReplicasAskOnce(t *testing.T) {
	t.Parallel()
	redisURL, _ := storetest.StartRedis(t)
	stand, _ := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	url, release := gated(t, stand)
	both := setup{provider: meta(url), redisURL: redisURL}
	first, second := both.start(t), both.start(t)
	time.Sleep(200 * time.Millisecond) // lets both get to where they would ask; less makes the test no more than weaker
	release()
	first.becomes(registration.VerdictOK)
	second.becomes(registration.VerdictOK)
	if got := stand.Count(); got != 1 {
		t.Errorf("the provider was asked %d times, want once", got)
	}
	sources := map[string]bool{first.number().Source: true, second.number().Source: true}
	if !sources[registration.SourceProvider] || !sources[registration.SourceCache] {
		t.Errorf("sources: %v, want one each", sources)
	}
}

// With the provider gone, a restart knows from the cache what was last registered,
// and says that this is stale when it is older than it should be.
func TestRestartWithoutProvider(t *testing.T) {
	t.Parallel()
	redisURL, _ := storetest.StartRedis(t)
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	before := setup{provider: meta(url), redisURL: redisURL}.start(t)
	before.becomes(registration.VerdictOK)
	checkedAt := before.number().CheckedAt
	before.stop()
	stand.Fail(standin.Reset) // its port stays taken, or another test's stand-in might get it

	fresh := setup{provider: meta(url), redisURL: redisURL}.start(t)
	fresh.becomes(registration.VerdictOK)
	if n := fresh.number(); n.Stale || n.Source != registration.SourceCache || n.CheckedAt != checkedAt {
		t.Errorf("within the time of freshness: %+v, want the cached answer of %s, not stale", n, checkedAt)
	}
	fresh.stop()

	late := setup{provider: meta(url), redisURL: redisURL, refresh: time.Second}.start(t)
	eventually(t, "ready and stale", func() bool {
		status, _ := late.ready()
		return status == 200 && late.number().Stale
	})
	h := late.health()
	if n := h.Numbers[0]; h.Status != server.StatusDegraded || n.Verdict != "ok" || n.Source != registration.SourceCache || n.CheckedAt != checkedAt ||
		n.Error == "" {
		t.Errorf("after the time of freshness: %s, %+v, want the cached answer of %s, stale and why", h.Status, n, checkedAt)
	}
	if got := send(t, late.phone("a"), initMessage()); got != 200 {
		t.Errorf("exchange: status %d, want 200", got)
	}
}

// load sends without a break, from several phones, until stop, and fails the test
// on any answer that is not the first try's 200.
type load struct {
	answered atomic.Int64
	cancel   context.CancelFunc
	phones   sync.WaitGroup
}

func startLoad(t *testing.T, phone *client.Client) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{cancel: cancel}
	for range 3 {
		l.phones.Go(func() {
			for ctx.Err() == nil {
				reply, err := phone.Send(context.WithoutCancel(ctx), initMessage())
				if err != nil || reply.Status != 200 || reply.Attempts != 1 || reply.Screen != "GREETING" {
					t.Errorf("exchange failed: %v, %+v", err, reply)
					return
				}
				l.answered.Add(1)
			}
		})
	}
	t.Cleanup(l.stop)
	l.more(t)
	return l
}

// more waits for some more answers.
func (l *load) more(t *testing.T) {
	t.Helper()
	enough := l.answered.Load() + 20
	eventually(t, "more exchanges", func() bool { return t.Failed() || l.answered.Load() >= enough })
	if t.Failed() {
		t.FailNow()
	}
}

func (l *load) stop() {
	l.cancel()
	l.phones.Wait()
}

// Redis going and coming back loses no exchange.
func TestRedisRestartUnderLoad(t *testing.T) {
	t.Parallel()
	redisURL, redis := storetest.StartRedis(t)
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	s := setup{provider: meta(url), redisURL: redisURL}.start(t)
	s.becomes(registration.VerdictOK)
	traffic := startLoad(t, s.phone("a"))
	redis.Kill()
	eventually(t, "the store is down", func() bool { return s.health().Store.Status == "down" })
	traffic.more(t)
	if h := s.health(); h.Status != server.StatusDegraded || h.Numbers[0].Verdict != "ok" {
		t.Errorf("without Redis: %s, verdict %s", h.Status, h.Numbers[0].Verdict)
	}
	if status, reasons := s.ready(); status != 200 {
		t.Errorf("without Redis: not ready: %s", reasons)
	}
	redis.Restart()
	eventually(t, "all is well again", func() bool { return s.health().Status == server.StatusOK })
	traffic.more(t)
	traffic.stop()
}

// A start without Redis works, and asks the provider itself.
func TestStartWithoutRedis(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	s := setup{provider: meta(url), redisURL: "redis://" + storetest.FreeAddr(t)}.start(t)
	s.becomes(registration.VerdictOK)
	if h := s.health(); h.Status != server.StatusDegraded || h.Store.Status != "down" {
		t.Errorf("/healthz: %s, store %v", h.Status, h.Store)
	}
	if got := send(t, s.phone("a"), initMessage()); got != 200 {
		t.Errorf("exchange: status %d, want 200", got)
	}
}

// What clients meet makes the server ask again before it is due.
func TestEarlyRefresh(t *testing.T) {
	t.Parallel()
	report := func(key string) func(*testing.T, *running) {
		return func(t *testing.T, s *running) {
			t.Helper()
			data := map[string]string{"error": key, "error_message": "the key is not usable"}
			if got := send(t, s.phone("a"), client.Message{Action: protocol.ActionDataExchange, FlowToken: "t", Data: data}); got != 200 {
				t.Errorf("error notification: status %d, want 200", got)
			}
		}
	}
	for name, happens := range map[string]func(*testing.T, *running){
		"burst of 421": func(t *testing.T, s *running) {
			t.Helper()
			stranger := s.phone("b")
			for range 3 { // each sends twice
				if got := send(t, stranger, initMessage()); got != 421 {
					t.Errorf("another public key: status %d, want 421", got)
				}
			}
		},
		"key missing":                report("public-key-missing"),
		"signature":                  report("public-key-signature-verification"),
		"signature, Meta's spelling": report("public-key-signiture-verification"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand, url := newStandin(t)
			stand.Register(publicPEM(t, "a"), "VALID")
			var reported atomic.Int64
			s := setup{provider: meta(url), onError: func(context.Context, exchange.ClientError) { reported.Add(1) }}.start(t)
			s.becomes(registration.VerdictOK)
			stand.Register(publicPEM(t, "a"), "MISMATCH")
			happens(t, s)
			s.becomes(registration.VerdictUnsigned)
			if status, _ := s.ready(); status != 503 {
				t.Errorf("/readyz: status %d, want 503", status)
			}
			for range 5 { // further ones within a minute change nothing
				happens(t, s)
			}
			if got := stand.Count(); got != 2 {
				t.Errorf("the provider was asked %d times, want twice", got)
			}
			if want := strings.HasPrefix(name, "burst"); (reported.Load() == 0) != want {
				t.Errorf("the flow heard of %d client errors", reported.Load())
			}
		})
	}
}

// OpenNumbers serves commands that work without a server.
func TestOpenNumbers(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "b"), "VALID")
	cfg := setup{provider: meta(url)}.config(t)
	log := &logged{}
	st, err := server.OpenStore(cfg, log.logger())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // in memory
	if _, ok := st.(*store.Memory); !ok {
		t.Errorf("store: %T, want memory", st)
	}
	numbers, err := server.OpenNumbers(cfg, backend.Open(backend.Auto, nil), st, log.logger(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := numbers[0]
	if n.ID != "main" || n.Provider != "meta" || n.Ring.Active().Fingerprint() != fingerprint(t, "a") {
		t.Errorf("number: %s at %s with %s", n.ID, n.Provider, n.Ring)
	}
	if got := n.Tracker.Refresh(t.Context()).Verdict; got != registration.VerdictForeign {
		t.Errorf("verdict %s, want foreign", got)
	}
}
