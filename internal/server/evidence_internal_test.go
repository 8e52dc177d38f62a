package server

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

	"github.com/flowserver/flowserver/store"
)

const (
	keyOne = "fingerprint-one"
	keyTwo = "fingerprint-two"
)

// sharedStore counts what is written to a store, and can fail or hang.
type sharedStore struct {
	*store.Memory

	mu     sync.Mutex
	writes int
	err    error
	hangs  bool
}

func newSharedStore(t *testing.T) *sharedStore {
	t.Helper()
	m := store.NewMemory(store.MemoryOptions{})
	t.Cleanup(func() { _ = m.Close() })
	return &sharedStore{Memory: m}
}

func (s *sharedStore) become(err error, hangs bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.hangs = err, hangs
}

func (s *sharedStore) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

func (s *sharedStore) trouble(ctx context.Context) error {
	s.mu.Lock()
	err, hangs := s.err, s.hangs
	s.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (s *sharedStore) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	if err := s.trouble(ctx); err != nil {
		return nil, false, err
	}
	return s.Memory.Get(ctx, key)
}

func (s *sharedStore) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	s.mu.Lock()
	s.writes++
	s.mu.Unlock()
	if err := s.trouble(ctx); err != nil {
		return err
	}
	return s.Memory.Put(ctx, key, value, ttl)
}

// replica is evidence that is shared until the test ends.
func replica(t *testing.T, s evidenceStore, question string, log *slog.Logger) *evidence {
	t.Helper()
	e := newEvidence(s, question, log)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { e.run(ctx, keys) })
	t.Cleanup(func() { stop(); running.Wait() })
	return e
}

func keys() []string { return []string{keyOne, keyTwo} }

func wantProven(t *testing.T, e *evidence, want bool, keys ...string) {
	t.Helper()
	if got := e.latest(keys); got.IsZero() == want {
		t.Errorf("keys %v proven at %s, want proven %t", keys, got, want)
	}
}

func TestEvidenceExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEvidence(newSharedStore(t), "question", slog.New(slog.DiscardHandler))
		wantProven(t, e, false, keyOne)
		e.add(keyOne)
		wantProven(t, e, true, keyOne)
		wantProven(t, e, true, keyTwo, keyOne)
		wantProven(t, e, false, keyTwo)
		time.Sleep(evidenceLasts - time.Millisecond)
		wantProven(t, e, true, keyOne)
		time.Sleep(time.Millisecond)
		wantProven(t, e, false, keyOne)
	})
}

// What one replica learns the others know soon, for as long as it is true, and only
// about the same number and key.
func TestEvidenceReachesOtherReplicas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared, log := newSharedStore(t), slog.New(slog.DiscardHandler)
		first, second, elsewhere := replica(t, shared, "question", log), replica(t, shared, "question", log), replica(t, shared, "another", log)
		first.add(keyOne)
		synctest.Wait()
		fresh := newEvidence(shared, "question", log) // a replica that starts
		fresh.share(t.Context(), keys())
		wantProven(t, fresh, true, keyOne)
		time.Sleep(evidenceEvery)
		synctest.Wait()
		wantProven(t, second, true, keyOne)
		wantProven(t, second, false, keyTwo)
		wantProven(t, elsewhere, false, keyOne, keyTwo)
		if at, want := second.latest(keys()), first.latest(keys()); !at.Equal(want) {
			t.Errorf("proven at %s, want %s as the replica that saw it says", at, want)
		}
		time.Sleep(evidenceLasts - evidenceEvery)
		synctest.Wait()
		for _, e := range []*evidence{first, second, fresh} {
			wantProven(t, e, false, keys()...)
		}
	})
}

// However many requests there are, the store is written to now and then.
func TestEvidenceIsWrittenSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := newSharedStore(t)
		e := replica(t, shared, "question", slog.New(slog.DiscardHandler))
		for range 1000 { // ten minutes
			e.add(keyOne)
			time.Sleep(600 * time.Millisecond)
		}
		if got, want := shared.written(), int(10*time.Minute/evidenceEvery); got < want-2 || got > want+1 {
			t.Errorf("%d writes in ten minutes, want about %d", got, want)
		}
		other := newEvidence(shared, "question", slog.New(slog.DiscardHandler))
		other.share(t.Context(), keys())
		wantProven(t, other, true, keyOne)
	})
}

// A store that hangs or fails delays no request, is not asked for each, and is
// reported when it begins and when it ends.
func TestEvidenceWithoutItsStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		shared := newSharedStore(t)
		shared.become(nil, true)
		e := replica(t, shared, "question", slog.New(slog.NewTextHandler(&text, nil)))
		before := time.Now()
		for range 1000 {
			e.add(keyOne)
		}
		if took := time.Since(before); took != 0 {
			t.Errorf("add waited %s for the store", took)
		}
		wantProven(t, e, true, keyOne)
		time.Sleep(evidenceEvery / 2)
		shared.become(errors.New("redis is away"), false)
		for range 4 {
			e.add(keyOne)
			time.Sleep(evidenceEvery)
		}
		synctest.Wait()
		if got := shared.written(); got > 6 {
			t.Errorf("%d writes to a store that fails, want one in %s", got, evidenceEvery)
		}
		shared.become(nil, false)
		time.Sleep(2 * evidenceEvery)
		synctest.Wait()
		if got := strings.Count(text.String(), "\n"); got != 2 || !strings.Contains(text.String(), "is not shared") || !strings.Contains(text.String(), "again") {
			t.Errorf("log has %d lines, want one when it begins and one when it ends:\n%s", got, text.String())
		}
	})
}

// What the store returns is checked.
func TestEvidenceDistrustsTheStore(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Format(time.RFC3339)
	for name, c := range map[string]struct {
		text   string
		proven bool
	}{
		"good":             {`{"question":"question","fingerprint":"` + keyOne + `","at":"` + now + `"}`, true},
		"from the future":  {`{"question":"question","fingerprint":"` + keyOne + `","at":"2999-01-01T00:00:00Z"}`, true},
		"too old":          {`{"question":"question","fingerprint":"` + keyOne + `","at":"2020-01-01T00:00:00Z"}`, false},
		"another question": {`{"question":"another","fingerprint":"` + keyOne + `","at":"` + now + `"}`, false},
		"another key":      {`{"question":"question","fingerprint":"` + keyTwo + `","at":"` + now + `"}`, false},
		"no time":          {`{"question":"question","fingerprint":"` + keyOne + `"}`, false},
		"garbage":          {"\x00", false},
		"empty":            {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shared := newSharedStore(t)
			e := newEvidence(shared, "question", slog.New(slog.DiscardHandler))
			if err := shared.Memory.Put(t.Context(), e.key(keyOne), []byte(c.text), time.Minute); err != nil {
				t.Fatal(err)
			}
			e.share(t.Context(), keys())
			wantProven(t, e, c.proven, keys()...)
			if at := e.latest(keys()); at.After(time.Now()) {
				t.Errorf("proven in the future: %s", at)
			}
		})
	}
}
