package redis_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"

	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/store"
	"github.com/flowserver/flowserver/store/redis"
)

// patient is for tests in which Redis answers: however busy the machine, in time.
var patient = redis.Options{Timeout: 20 * time.Second}

// open opens a store that is closed when the test ends.
func open(t testing.TB, url string, opts redis.Options) store.Store {
	t.Helper()
	s, err := redis.Open(url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got error %v, want ErrUnavailable", err)
	}
}

func TestOpen_WantsAURL(t *testing.T) {
	t.Parallel()
	if s, err := redis.Open("", redis.Options{}); err == nil || s != nil {
		t.Errorf("Open of an empty URL: got %v, error %v; want an error", s, err)
	}
}

func TestOpen_RefusesNegativeTimes(t *testing.T) {
	t.Parallel()
	for _, opts := range []redis.Options{{Timeout: -1}, {RetryAfter: -1}} {
		if _, err := redis.Open("redis://127.0.0.1:1", opts); err == nil {
			t.Errorf("Open with %+v: no error", opts)
		}
	}
}

func TestMiniredis(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func(time.Duration)) {
		m := miniredis.RunT(t)
		return open(t, "redis://"+m.Addr(), patient), m.FastForward
	})
}

// TestMiniredis_UnknownVersion has values in Redis that another release, or somebody else,
// left under the keys.
func TestMiniredis_UnknownVersion(t *testing.T) {
	t.Parallel()
	for name, foreign := range map[string]string{
		"older version":  "\x00value",
		"newer version":  "\x02value",
		"only a version": "\x02",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			s := open(t, "redis://"+m.Addr(), patient)
			for _, key := range []string{"get", "put", "put if absent", "swap", "swap old"} {
				if err := m.Set("flowserver:value:"+key, foreign); err != nil {
					t.Fatal(err)
				}
			}
			if value, ok, err := s.Get(t.Context(), "get"); value != nil || ok || err != nil {
				t.Errorf("Get: got %q, %v, error %v; want none", value, ok, err)
			}
			if err := s.Put(t.Context(), "put", []byte("new"), time.Hour); err != nil {
				t.Errorf("Put: %v", err)
			}
			if stored, err := s.PutIfAbsent(t.Context(), "put if absent", []byte("new"), time.Hour); !stored || err != nil {
				t.Errorf("PutIfAbsent: got %v, error %v; want true", stored, err)
			}
			if swapped, err := s.CompareAndSwap(t.Context(), "swap", nil, []byte("new"), time.Hour); !swapped || err != nil {
				t.Errorf("CompareAndSwap for none: got %v, error %v; want true", swapped, err)
			}
			for _, key := range []string{"put", "put if absent", "swap"} {
				if value, ok, err := s.Get(t.Context(), key); string(value) != "new" || !ok || err != nil {
					t.Errorf("Get %s: got %q, %v, error %v; want the new value", key, value, ok, err)
				}
			}
			for _, old := range []string{"", "value", foreign} {
				swapped, err := s.CompareAndSwap(t.Context(), "swap old", []byte(old), []byte("new"), time.Hour)
				if swapped || err != nil {
					t.Errorf("CompareAndSwap for %q: got %v, error %v; want false", old, swapped, err)
				}
			}
		})
	}
}

// What no release wrote is neither read nor overwritten by a swap, so that damage to a
// mark does not make work run again.
func TestMiniredis_DamagedValue(t *testing.T) {
	t.Parallel()
	for name, damaged := range map[string]string{"empty": "", "text": "value", "high byte": "\xff"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			s := open(t, "redis://"+m.Addr(), patient)
			must(t, m.Set("flowserver:value:k", damaged))
			if value, ok, err := s.Get(t.Context(), "k"); value != nil || ok || !errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrUnavailable) {
				t.Errorf("Get: got %q, %v, error %v; want ErrDamaged", value, ok, err)
			}
			for _, old := range [][]byte{nil, {}, []byte(damaged)} {
				if swapped, err := s.CompareAndSwap(t.Context(), "k", old, []byte("new"), time.Hour); swapped || err != nil {
					t.Errorf("CompareAndSwap for %q: got %v, error %v; want false", old, swapped, err)
				}
			}
			must(t, s.Put(t.Context(), "k", []byte("new"), time.Hour))
			if value, ok, err := s.Get(t.Context(), "k"); string(value) != "new" || !ok || err != nil {
				t.Errorf("Get after Put: got %q, %v, error %v", value, ok, err)
			}
		})
	}
}

func TestMiniredis_Layout(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	s := open(t, "redis://"+m.Addr(), patient)
	if err := s.Put(t.Context(), "k", []byte("v"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, acquired, err := s.TryLock(t.Context(), "k", time.Hour); err != nil || !acquired {
		t.Fatalf("TryLock: got %v, error %v", acquired, err)
	}
	if got, want := strings.Join(m.Keys(), " "), "flowserver:lock:k flowserver:value:k"; got != want {
		t.Errorf("keys: got %q, want %q", got, want)
	}
	if got, err := m.Get("flowserver:value:k"); got != "\x01v" || err != nil {
		t.Errorf("value: got %q, error %v; want the version 1 and the value", got, err)
	}
	if got := m.TTL("flowserver:value:k"); got != time.Minute {
		t.Errorf("time to live of the value: got %v, want %v", got, time.Minute)
	}
	if got := m.TTL("flowserver:lock:k"); got != time.Hour {
		t.Errorf("time to live of the lock: got %v, want %v", got, time.Hour)
	}
}

func TestMiniredis_PrefixesAreApart(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	a := open(t, "redis://"+m.Addr(), redis.Options{Prefix: "a:", Timeout: patient.Timeout})
	b := open(t, "redis://"+m.Addr(), redis.Options{Prefix: "b:", Timeout: patient.Timeout})
	again := open(t, "redis://"+m.Addr(), redis.Options{Prefix: "a:", Timeout: patient.Timeout})

	if err := a.Put(t.Context(), "k", []byte("of a"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Get(t.Context(), "k"); ok || err != nil {
		t.Errorf("Get with another prefix: got %v, error %v; want none", ok, err)
	}
	if value, ok, err := again.Get(t.Context(), "k"); string(value) != "of a" || !ok || err != nil {
		t.Errorf("Get with the same prefix: got %q, %v, error %v", value, ok, err)
	}
	unlock, acquired, err := a.TryLock(t.Context(), "k", time.Hour)
	if err != nil || !acquired {
		t.Fatalf("TryLock: got %v, error %v", acquired, err)
	}
	if _, acquired, err := again.TryLock(t.Context(), "k", time.Hour); acquired || err != nil {
		t.Errorf("TryLock by another replica: got %v, error %v; want it taken", acquired, err)
	}
	if _, acquired, err := b.TryLock(t.Context(), "k", time.Hour); !acquired || err != nil {
		t.Errorf("TryLock with another prefix: got %v, error %v; want the lock", acquired, err)
	}
	unlock()
	if _, acquired, err := again.TryLock(t.Context(), "k", time.Hour); !acquired || err != nil {
		t.Errorf("TryLock by another replica after unlock: got %v, error %v; want the lock", acquired, err)
	}
}

// TestMiniredis_Refusals are answers: Redis is there, so the next call is not failed at once.
func TestMiniredis_Refusals(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	s := open(t, "redis://"+m.Addr(), redis.Options{Timeout: patient.Timeout, RetryAfter: time.Hour})
	m.HSet("flowserver:value:hash", "field", "value")
	for range 10 {
		_, _, err := s.Get(t.Context(), "hash")
		wantUnavailable(t, err)
		if !strings.Contains(err.Error(), "WRONGTYPE") {
			t.Errorf("Get: got error %q; want the code of Redis", err)
		}
	}
	if err := s.Put(t.Context(), "k", nil, time.Hour); err != nil {
		t.Errorf("Put: %v", err)
	}
}

// startFake starts a server that speaks Redis's protocol and knows no command, but those
// that the test registers.
func startFake(t *testing.T) *server.Server {
	t.Helper()
	fake, err := server.NewServer("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	return fake
}

// TestWrites_AreSentOnce has a Redis whose connections break before each answer.
func TestWrites_AreSentOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"standalone", "cluster"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fake := startFake(t)
			addr := fake.Addr()
			url := "redis://" + addr.String()
			if kind == "cluster" {
				url += "?addr=" + addr.String()
			}
			var asked sync.Map // command -> *atomic.Int32
			for _, cmd := range []string{"GET", "SET", "EVAL", "DEL"} {
				var times atomic.Int32
				asked.Store(cmd, &times)
				must(t, fake.Register(cmd, func(c *server.Peer, _ string, _ []string) {
					times.Add(1)
					c.Close()
				}))
			}
			must(t, fake.Register("CLUSTER", oneNode(addr)))

			s := open(t, url, patient)
			calls := []struct {
				cmd  string
				call func() error
			}{
				{"SET", func() error { return s.Put(t.Context(), "k", nil, time.Hour) }},
				{"EVAL", func() error { _, err := s.PutIfAbsent(t.Context(), "k", nil, time.Hour); return err }},
				{"DEL", func() error { return s.Delete(t.Context(), "k") }},
			}
			for _, c := range calls {
				wantUnavailable(t, c.call())
				times, _ := asked.Load(c.cmd)
				if got := times.(*atomic.Int32).Load(); got != 1 {
					t.Errorf("%s: sent %d times, want once", c.cmd, got)
				}
				must(t, pingAnyway(t.Context(), s)) // so that the next call is not failed at once
			}
			_, _, err := s.Get(t.Context(), "k")
			wantUnavailable(t, err)
			times, _ := asked.Load("GET")
			if got := times.(*atomic.Int32).Load(); got < 2 {
				t.Errorf("GET: sent %d times, want it tried again", got)
			}
		})
	}
}

// oneNode answers CLUSTER SLOTS: the node at addr has them all.
func oneNode(addr *net.TCPAddr) server.Cmd {
	return func(c *server.Peer, _ string, _ []string) {
		c.WriteLen(1)
		c.WriteLen(3)
		c.WriteInt(0)
		c.WriteInt(16383)
		c.WriteLen(3)
		c.WriteBulk(addr.IP.String())
		c.WriteInt(addr.Port)
		c.WriteBulk("id")
	}
}

// TestCluster_LooksNoCommandsUp: go-redis would, and not in the time that the caller gives.
func TestCluster_LooksNoCommandsUp(t *testing.T) {
	t.Parallel()
	fake := startFake(t)
	addr := fake.Addr()
	must(t, fake.Register("CLUSTER", oneNode(addr)))
	must(t, fake.Register("SET", func(c *server.Peer, _ string, _ []string) { c.WriteOK() }))
	must(t, fake.Register("COMMAND", func(c *server.Peer, _ string, _ []string) {
		t.Error("COMMAND was sent")
		c.WriteLen(0)
	}))
	s := open(t, "redis://"+addr.String()+"?addr="+addr.String(), patient)
	must(t, s.Put(t.Context(), "k", nil, time.Hour))
}

// pingAnyway pings a fake that does not know the command: a refusal is an answer too.
func pingAnyway(ctx context.Context, s store.Store) error {
	if err := s.Ping(ctx); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "unknown command") {
		return errors.New("ping was not answered")
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// startSilent starts a server that takes connections and never says a word.
func startSilent(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String() // the kernel completes connections that nobody accepts
}

// TestSilent_EveryCallEnds has every kind of Redis hang from the start. That each call gives
// up by itself shows in its error: of the store, not of the caller's context.
func TestSilent_EveryCallEnds(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"standalone": "redis://ADDR",
		"tls":        "rediss://ADDR",
		"sentinel":   "redis://ADDR?master_name=mymaster",
		"sentinels":  "redis://ADDR?master_name=mymaster&addr=ADDR&addr=ADDR",
		"cluster":    "redis://ADDR?addr=ADDR&addr=ADDR",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := strings.ReplaceAll(url, "ADDR", startSilent(t))
			s := open(t, url, redis.Options{Timeout: 20 * time.Millisecond, RetryAfter: time.Nanosecond})
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			for range 2 {
				for _, err := range everyCall(ctx, s) {
					wantUnavailable(t, err)
				}
			}
		})
	}
}

// everyCall makes each call that asks Redis.
func everyCall(ctx context.Context, s store.Store) map[string]error {
	_, _, get := s.Get(ctx, "k")
	_, putIfAbsent := s.PutIfAbsent(ctx, "k", nil, time.Hour)
	_, swap := s.CompareAndSwap(ctx, "k", nil, nil, time.Hour)
	_, _, lock := s.TryLock(ctx, "k", time.Hour)
	return map[string]error{
		"get": get, "put": s.Put(ctx, "k", nil, time.Hour), "put if absent": putIfAbsent, "swap": swap,
		"delete": s.Delete(ctx, "k"), "lock": lock, "ping": s.Ping(ctx),
	}
}

func TestLogger(t *testing.T) { //nolint:paralleltest // go-redis has one logger for the process
	var log lockedBuffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	m := miniredis.RunT(t)
	m.RequireUserAuth("user", secret)
	s := open(t, "redis://user:s3cret@"+m.Addr(), redis.Options{Timeout: patient.Timeout, RetryAfter: time.Hour, Logger: logger})

	must(t, s.Ping(t.Context()))
	unlock, _, err := s.TryLock(t.Context(), "k", time.Hour)
	must(t, err)
	m.Close()
	for range 10 {
		wantUnavailable(t, s.Put(t.Context(), "k", []byte(secret), time.Hour))
	}
	unlock()
	must(t, m.Restart())
	must(t, s.Ping(t.Context()))

	for line, want := range map[string]int{
		`"level":"WARN","msg":"redis does not answer","kind":"unreachable"`: 1,
		`"level":"WARN","msg":"lock is left to expire"`:                     1,
		`"level":"INFO","msg":"redis works again","kind":"unreachable"`:     1,
	} {
		if got := strings.Count(log.String(), line); got != want {
			t.Errorf("lines with %s: got %d, want %d", line, got, want)
		}
	}
	if !strings.Contains(log.String(), `"level":"DEBUG","msg":"redis client","detail":"redis: connection pool: failed to dial`) {
		t.Error("no line of go-redis")
	}
	if strings.Contains(log.String(), secret) {
		t.Error("the log contains the password or the value")
	}
	if t.Failed() {
		t.Log(log.String())
	}
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
