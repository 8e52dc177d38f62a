package registration_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/store"
)

func remote(pair *keystore.Pair, status string) registration.RemoteKey {
	return registration.RemoteKey{PEM: string(pair.PublicPEM()), SignatureStatus: status}
}

// provider is a registrar in memory.
type provider struct {
	mu     sync.Mutex
	key    registration.RemoteKey
	err    error
	setErr error
	ignore bool // what is set
	delay  time.Duration
	reads  int
	sets   int

	abandoned int // reads that the caller ended
}

func (p *provider) PublicKey(ctx context.Context) (registration.RemoteKey, error) {
	p.mu.Lock()
	delay := p.delay
	p.reads++
	p.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			p.become(func(p *provider) { p.abandoned++ })
			return registration.RemoteKey{}, ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.key, p.err
}

func (p *provider) SetPublicKey(_ context.Context, publicPEM []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sets++
	if !p.ignore {
		p.key = registration.RemoteKey{PEM: string(publicPEM), SignatureStatus: "VALID"}
	}
	return p.setErr
}

func (p *provider) become(change func(*provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *provider) readCount() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads
}

func (p *provider) abandonedCount() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.abandoned
}

const question = "what provider asks about"

func track(
	tb testing.TB, ring *keystore.Ring, p registration.Registrar, cache registration.Cache, change func(*registration.TrackerConfig),
) *registration.Tracker {
	tb.Helper()
	cfg := registration.TrackerConfig{Number: "main", Provider: "test", Question: question, Ring: ring, Registrar: p, Cache: cache}
	if change != nil {
		change(&cfg)
	}
	tracker, err := registration.NewTracker(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return tracker
}

func newCache(tb testing.TB) *store.Memory {
	tb.Helper()
	m := store.NewMemory(store.MemoryOptions{})
	tb.Cleanup(func() { _ = m.Close() })
	return m
}

func want(tb testing.TB, r registration.Registration, verdict registration.Verdict, source string, stale bool) {
	tb.Helper()
	if r.Verdict != verdict || r.Source != source || r.Stale != stale {
		tb.Errorf("verdict %s from %q, stale %t (%v); want %s from %q, stale %t", r.Verdict, r.Source, r.Stale, r.Err, verdict, source, stale)
	}
}

func TestTrackerCachesFirst(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		cache, ring := newCache(t), keystore.NewRing(pair)
		p := &provider{key: remote(pair, "VALID")}
		first := track(t, ring, p, cache, nil)
		want(t, first.Registration(), registration.VerdictUnknown, "", false)
		want(t, first.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
		want(t, first.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
		second := track(t, ring, p, cache, nil)
		want(t, second.Check(t.Context()), registration.VerdictOK, registration.SourceCache, false)
		if p.readCount() != 1 {
			t.Errorf("%d calls to the provider, want 1", p.readCount())
		}
		elsewhere := track(t, ring, p, cache, func(c *registration.TrackerConfig) { c.Question = "another" })
		want(t, elsewhere.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)

		time.Sleep(time.Hour)
		want(t, second.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
		if p.readCount() != 3 {
			t.Errorf("%d calls to the provider after an hour, want 3", p.readCount())
		}
	})
}

// TestTrackerAsksOnce starts many replicas with many callers each at one cache.
func TestTrackerAsksOnce(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		cache := newCache(t)
		p := &provider{key: remote(pair, "VALID"), delay: 3 * time.Second}
		var callers sync.WaitGroup
		for range 5 {
			tracker := track(t, keystore.NewRing(pair), p, cache, nil)
			for range 5 {
				callers.Go(func() {
					if r := tracker.Check(t.Context()); r.Verdict != registration.VerdictOK {
						t.Errorf("verdict %s, %v", r.Verdict, r.Err)
					}
				})
			}
		}
		callers.Wait()
		if p.readCount() != 1 {
			t.Errorf("%d calls to the provider, want 1", p.readCount())
		}
	})
}

func TestTrackerWhileTheProviderIsDown(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		cache, ring := newCache(t), keystore.NewRing(pair)
		down := errors.New("provider is down")
		p := &provider{err: down}
		tracker := track(t, ring, p, cache, nil)
		r := tracker.Check(t.Context())
		want(t, r, registration.VerdictUnknown, "", false)
		if !errors.Is(r.Err, down) {
			t.Errorf("error %v", r.Err)
		}

		p.become(func(p *provider) { p.key, p.err = remote(pair, "VALID"), nil })
		want(t, tracker.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)

		time.Sleep(2 * time.Hour)
		p.become(func(p *provider) { p.err = down })
		want(t, tracker.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, true)
		restarted := track(t, ring, p, cache, nil)
		want(t, restarted.Check(t.Context()), registration.VerdictOK, registration.SourceCache, true)

		time.Sleep(7 * 24 * time.Hour)
		forgotten := track(t, ring, p, cache, nil)
		want(t, forgotten.Check(t.Context()), registration.VerdictUnknown, "", false)

		p.become(func(p *provider) { p.err = nil })
		want(t, tracker.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
	})
}

func TestTrackerJudgesAnewWhenKeysChange(t *testing.T) {
	t.Parallel()
	a, b := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	p := &provider{key: remote(a, "VALID")}
	ring := keystore.NewRing(a)
	tracker := track(t, ring, p, newCache(t), nil)
	want(t, tracker.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
	ring.Replace(b, a)
	want(t, tracker.Registration(), registration.VerdictPrevious, registration.SourceProvider, false)
	ring.Replace(b)
	want(t, tracker.Registration(), registration.VerdictForeign, registration.SourceProvider, false)
	if p.readCount() != 1 {
		t.Errorf("%d calls to the provider, want 1", p.readCount())
	}
}

// brokenCache fails at everything.
type brokenCache struct{}

var errCache = errors.New("redis is away")

func (brokenCache) Get(context.Context, string) ([]byte, bool, error) { return nil, false, errCache }

func (brokenCache) Put(context.Context, string, []byte, time.Duration) error { return errCache }

func (brokenCache) TryLock(context.Context, string, time.Duration) (func(), bool, error) {
	return nil, false, errCache
}

func TestTrackerWithoutItsCache(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	p := &provider{key: remote(pair, "VALID")}
	tracker := track(t, keystore.NewRing(pair), p, brokenCache{}, nil)
	want(t, tracker.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
	want(t, tracker.Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
	if p.readCount() != 1 {
		t.Errorf("%d calls to the provider, want 1: what is known in this process still counts", p.readCount())
	}
}

func TestTrackerDistrustsTheCache(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	for name, text := range map[string]string{
		"junk": "junk", "array": "[]",
		"no time":          `{"question":"` + question + `","fingerprint":"x"}`,
		"another question": `{"question":"another","fingerprint":"x","at":"` + time.Now().Format(time.RFC3339) + `"}`,
		"no question":      `{"fingerprint":"x","at":"` + time.Now().Format(time.RFC3339) + `"}`,
	} {
		cache := newCache(t)
		if err := cache.Put(t.Context(), "registration:"+question, []byte(text), time.Hour); err != nil {
			t.Fatal(err)
		}
		tracker := track(t, keystore.NewRing(pair), &provider{key: remote(pair, "VALID")}, cache, nil)
		if r := tracker.Check(t.Context()); r.Source != registration.SourceProvider {
			t.Errorf("%s: taken from %s", name, r.Source)
		}
	}
}

// A replica that holds the lock and dies must not hold the others up for good.
func TestTrackerOutlivesALock(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		cache := newCache(t)
		if _, acquired, err := cache.TryLock(t.Context(), "registration:"+question, 10*time.Second); !acquired || err != nil {
			t.Fatal(acquired, err)
		}
		p := &provider{key: remote(pair, "VALID")}
		want(t, track(t, keystore.NewRing(pair), p, cache, nil).Check(t.Context()), registration.VerdictOK, registration.SourceProvider, false)
	})
}

func TestTrackerUnchecked(t *testing.T) {
	t.Parallel()
	tracker := track(t, keystore.NewRing(testPair(t, "a.pkcs8.pem")), nil, nil, nil)
	want(t, tracker.Check(t.Context()), registration.VerdictUnchecked, "", false)
	tracker.Run(t.Context()) // has nothing to do, so it returns
	if _, err := tracker.Register(t.Context()); err == nil {
		t.Error("a key was registered without a provider")
	}
}

func TestTrackerRun(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		p := &provider{key: remote(pair, "VALID")}
		tracker := track(t, keystore.NewRing(pair), p, newCache(t), nil)
		tracker.Check(t.Context())
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { tracker.Run(ctx) })
		defer running.Wait()
		defer stop()

		time.Sleep(24 * time.Hour)
		if n := p.readCount(); n < 20 || n > 25 {
			t.Errorf("%d calls in a day, want one an hour or a little less", n)
		}

		// down: asked again soon, and then ever less often
		p.become(func(p *provider) { p.err = errors.New("down"); p.reads = 0 })
		time.Sleep(24 * time.Hour)
		if n := p.readCount(); n < 20 || n > 60 {
			t.Errorf("%d calls in a day of outage", n)
		}
		want(t, tracker.Registration(), registration.VerdictOK, registration.SourceProvider, true)

		p.become(func(p *provider) { p.err = nil })
		time.Sleep(2 * time.Hour)
		want(t, tracker.Registration(), registration.VerdictOK, registration.SourceProvider, false)
	})
}

func TestTrackerSuspicion(t *testing.T) {
	t.Parallel()
	pair, previous := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		p := &provider{key: remote(pair, "VALID")}
		tracker := track(t, keystore.NewRing(pair, previous), p, newCache(t), nil)
		tracker.Check(t.Context())
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { tracker.Run(ctx) })
		defer running.Wait()
		defer stop()
		synctest.Wait()

		p.become(func(p *provider) { p.key = remote(previous, "VALID") })
		for range 4 {
			tracker.Undecryptable()
		}
		time.Sleep(time.Second)
		want(t, tracker.Registration(), registration.VerdictOK, registration.SourceProvider, false) // four may be anybody's mistake
		tracker.Undecryptable()
		time.Sleep(time.Second)
		want(t, tracker.Registration(), registration.VerdictPrevious, registration.SourceProvider, false)

		before := p.readCount()
		for range 50 {
			tracker.Suspect("a client says so")
			time.Sleep(time.Second)
		}
		if n := p.readCount() - before; n != 0 {
			t.Errorf("%d early refreshes within the same minute, want none", n)
		}
		time.Sleep(time.Minute)
		if n := p.readCount() - before; n != 1 {
			t.Errorf("%d early refreshes for all suspicions since, want 1", n)
		}
	})
}

// What does not serve is asked for again soon: the operator is mending it.
func TestTrackerSeesARepairSoon(t *testing.T) {
	t.Parallel()
	pair, foreign := testPair(t, "a.pkcs8.pem"), generate(t)
	synctest.Test(t, func(t *testing.T) {
		p := &provider{key: remote(foreign, "VALID")}
		tracker := track(t, keystore.NewRing(pair), p, newCache(t), nil)
		want(t, tracker.Check(t.Context()), registration.VerdictForeign, registration.SourceProvider, false)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { tracker.Run(ctx) })
		defer running.Wait()
		defer stop()
		p.become(func(p *provider) { p.key = remote(pair, "VALID") })
		time.Sleep(2 * time.Minute)
		want(t, tracker.Registration(), registration.VerdictOK, registration.SourceProvider, false)
	})
}

// Close ends what goes on after its callers have left.
func TestTrackerClose(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	synctest.Test(t, func(t *testing.T) {
		p := &provider{key: remote(pair, "VALID"), delay: 10 * time.Second}
		tracker := track(t, keystore.NewRing(pair), p, newCache(t), nil)
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		tracker.Check(ctx)
		before := time.Now()
		tracker.Close()
		synctest.Wait()
		if n := p.abandonedCount(); n != 1 || !time.Now().Equal(before) {
			t.Errorf("%d calls were ended by Close, want 1, at once", n)
		}
		time.Sleep(time.Minute)
		want(t, tracker.Registration(), registration.VerdictUnknown, "", false)
	})
}

func TestTrackerRegister(t *testing.T) {
	t.Parallel()
	pair, foreign := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	uncertain := errors.New("connection reset")
	tests := []struct {
		name     string
		provider *provider
		verdict  registration.Verdict
		err      error
	}{
		{"set", &provider{}, registration.VerdictOK, nil},
		{"replaced", &provider{key: remote(foreign, "VALID")}, registration.VerdictOK, nil},
		{"set, though the answer was lost", &provider{setErr: uncertain}, registration.VerdictOK, nil},
		{"not set", &provider{key: remote(foreign, "VALID"), setErr: uncertain, ignore: true}, registration.VerdictForeign, uncertain},
		{"not set, though it said so", &provider{key: remote(foreign, "VALID"), ignore: true}, registration.VerdictForeign, registration.ErrNotRegistered},
		{"not shown", &provider{key: registration.RemoteKey{SignatureStatus: "VALID"}, ignore: true}, registration.VerdictUnknown, registration.ErrNotShown},
		{"cannot be read back", &provider{err: uncertain}, registration.VerdictUnknown, uncertain},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cache := newCache(t)
			tracker := track(t, keystore.NewRing(pair), tt.provider, cache, nil)
			r, err := tracker.Register(t.Context())
			if r.Verdict != tt.verdict || !errors.Is(err, tt.err) {
				t.Errorf("verdict %s, %v; want %s, %v", r.Verdict, err, tt.verdict, tt.err)
			}
			if tt.provider.sets != 1 {
				t.Errorf("set %d times, want once", tt.provider.sets)
			}
			if tt.provider.err == nil { // the other replicas learn of it
				want(t, track(t, keystore.NewRing(pair), tt.provider, cache, nil).Check(t.Context()), tt.verdict, registration.SourceCache, false)
			}
		})
	}
}

func TestTrackerSaysWhatToDo(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var told []registration.Verdict
	p := &provider{}
	tracker := track(t, keystore.NewRing(testPair(t, "a.pkcs8.pem")), p, newCache(t), func(c *registration.TrackerConfig) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
		c.OnChange = func(r registration.Registration) { told = append(told, r.Verdict) }
	})
	tracker.Check(t.Context())
	for _, part := range []string{"level=ERROR", "number=main", "provider=test", "verdict=missing", "flowserver keys register --number main"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log does not say %s:\n%s", part, log.String())
		}
	}
	log.Reset()
	p.become(func(p *provider) { p.key = remote(testPair(t, "a.pkcs8.pem"), "VALID") })
	tracker.Refresh(t.Context())
	if !strings.Contains(log.String(), "level=INFO") || !strings.Contains(log.String(), "verdict=ok") {
		t.Errorf("the log does not say that all is well:\n%s", log.String())
	}
	if len(told) != 2 || told[0] != registration.VerdictMissing || told[1] != registration.VerdictOK {
		t.Errorf("told %v", told)
	}
}

func TestTrackerConfigIsChecked(t *testing.T) {
	t.Parallel()
	ring := keystore.NewRing(testPair(t, "a.pkcs8.pem"))
	for field, cfg := range map[string]registration.TrackerConfig{
		"Number":   {Ring: ring},
		"Ring":     {Number: "main"},
		"Cache":    {Number: "main", Ring: ring, Registrar: &provider{}, Question: question},
		"Question": {Number: "main", Ring: ring, Registrar: &provider{}, Cache: newCache(t)},
	} {
		if _, err := registration.NewTracker(cfg); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("without %s: %v", field, err)
		}
	}
}

// An answer to one question is not an answer to another, even under the same id and
// provider; the same question is asked once.
func TestTrackerAsksEachQuestion(t *testing.T) {
	t.Parallel()
	pair, foreign := testPair(t, "a.pkcs8.pem"), generate(t)
	cache := newCache(t)
	ask := func(question string, p *provider) registration.Registration {
		tracker := track(t, keystore.NewRing(pair), p, cache, func(c *registration.TrackerConfig) { c.Question = question })
		return tracker.Check(t.Context())
	}
	want(t, ask("111", &provider{key: remote(pair, "VALID")}), registration.VerdictOK, registration.SourceProvider, false)
	want(t, ask("222", &provider{key: remote(foreign, "VALID")}), registration.VerdictForeign, registration.SourceProvider, false)
	want(t, ask("111", &provider{}), registration.VerdictOK, registration.SourceCache, false)
	want(t, ask("222", &provider{}), registration.VerdictForeign, registration.SourceCache, false)
}

// VALID without a key is neither good nor bad. The remedy says so, and does not
// advise to replace what may be right.
func TestTrackerKeyNotShown(t *testing.T) {
	t.Parallel()
	p := &provider{key: registration.RemoteKey{SignatureStatus: "VALID"}}
	var log bytes.Buffer
	tracker := track(t, keystore.NewRing(testPair(t, "a.pkcs8.pem")), p, newCache(t), func(c *registration.TrackerConfig) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	tracker.Check(t.Context())
	r := tracker.Refresh(t.Context())
	want(t, r, registration.VerdictUnknown, registration.SourceProvider, false)
	if got := r.Remedy("main"); !strings.HasPrefix(got, "VALID, but the provider does not show the key: cannot be compared") || strings.Contains(got, "register") {
		t.Errorf("remedy: %q", got)
	}
	if got := (registration.Registration{Verdict: registration.VerdictUnknown}).Remedy("main"); got != registration.VerdictUnknown.Remedy("main") {
		t.Errorf("remedy before the first answer: %q", got)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN") || !strings.Contains(got, "does not show the key") {
		t.Errorf("log:\n%s\nwant one warning", got)
	}
}
