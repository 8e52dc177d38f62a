package server_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/storetest"
)

// A Redis that answers PING and refuses to write is down: in the log, in health, in
// metrics. Flows that must not go on without it do not.
func TestRedisRefusesToWrite(t *testing.T) {
	t.Parallel()
	url, redis := storetest.StartRedis(t, "maxmemory-policy noeviction")
	var calls atomic.Int32
	handler := exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("NEXT", map[string]int32{"n": calls.Add(1)}), nil
	}))
	serves := setup{redisURL: url, handler: handler}.start(t)
	refuses := setup{redisURL: url, handler: handler, flowMore: "    on_store_failure: refuse\n"}.start(t)
	redis.Config("maxmemory", "1")
	for _, s := range []*running{serves, refuses} {
		eventually(t, "the store is down", func() bool {
			h := s.health()
			return h.Status == server.StatusDegraded && h.Store.Status == server.StoreDown && strings.Contains(h.Store.Reason, "redis is full")
		})
		s.hasMetric(`flowserver_store_errors_total{kind="full",op="get"} 0`)
		if strings.Contains(s.scrape(), `flowserver_store_errors_total{kind="full",op="put"} 0`) {
			t.Error("the failures are not counted")
		}
	}
	if got := send(t, serves.phone("a"), initMessage()); got != http.StatusOK || calls.Load() != 1 {
		t.Errorf("serve: status %d after %d calls, want 200 after 1", got, calls.Load())
	}
	if got := send(t, refuses.phone("a"), initMessage()); got != http.StatusServiceUnavailable || calls.Load() != 1 {
		t.Errorf("refuse: status %d after %d calls, want 503 after 1", got, calls.Load())
	}
	refuses.hasMetric(`flowserver_refused_total{flow="greeting",reason="store"} 1`)
	redis.Config("maxmemory", "0")
	for _, s := range []*running{serves, refuses} {
		eventually(t, "the store is back", func() bool { return s.health().Store == server.StoreHealth{Kind: "redis", Status: server.StoreOK} })
		for line, want := range map[string]int{"redis is full and refuses to write": 1, "redis works again": 1, "the store is down": 1, "the store is back": 1} {
			if got := strings.Count(s.log.String(), line); got != want {
				t.Errorf("lines with %q: got %d, want %d", line, got, want)
			}
		}
	}
	if got := send(t, refuses.phone("a"), initMessage()); got != http.StatusOK {
		t.Errorf("refuse, afterwards: status %d, want 200", got)
	}
}

// A Redis that drops values is a warning.
func TestRedisEvicts(t *testing.T) {
	t.Parallel()
	url, _ := storetest.StartRedis(t, "maxmemory 100mb", "maxmemory-policy allkeys-lru")
	s := setup{redisURL: url}.start(t)
	if h := s.health(); h.Status != server.StatusDegraded || h.Store.Status != server.StoreDegraded || !strings.Contains(h.Store.Reason, "allkeys-lru") {
		t.Errorf("/healthz: %s, store %+v", h.Status, h.Store)
	}
	if got := strings.Count(s.log.String(), "redis may drop values early"); got != 1 {
		t.Errorf("%d warnings, want 1", got)
	}
}

// Without Redis at the start a server warns, and with require_redis it does not start.
func TestRedisAwayAtStart(t *testing.T) {
	t.Parallel()
	url := "redis://" + storetest.FreeAddr(t)
	s := setup{redisURL: url}.start(t)
	if !strings.Contains(s.log.String(), "the store cannot be used at the start") {
		t.Errorf("no warning: %s", s.log.String())
	}
	required, _ := setup{redisURL: url, top: "require_redis: true\n"}.open(t)
	if err := required.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "require_redis: redis cannot be written to") {
		t.Errorf("require_redis: error %v", err)
	}
}

// What the memory drops before its time is counted, and said at most once a minute.
func TestEvictions(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 60_000)
	s := setup{handler: exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("NEXT", map[string]string{"large": large}), nil
	}))}.start(t)
	s.hasMetric(`flowserver_store_evictions_total{what="value"} 0`)
	for range 80 { // of 4 MiB
		if got := send(t, s.phone("a"), initMessage()); got != http.StatusOK {
			t.Fatalf("status %d", got)
		}
	}
	s.hasMetric(`flowserver_store_evictions_total{what="mark"} 0`)
	if strings.Contains(s.scrape(), `flowserver_store_evictions_total{what="value"} 0`) {
		t.Error("nothing was dropped")
	}
	eventually(t, "a warning", func() bool { return strings.Contains(s.log.String(), "dropped answers early") })
	if got := strings.Count(s.log.String(), "dropped answers early"); got != 1 {
		t.Errorf("%d warnings, want 1", got)
	}
}
