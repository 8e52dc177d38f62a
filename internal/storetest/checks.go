package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

// everyCall calls each method that may fail, and yields its error.
func everyCall(ctx context.Context, s store.Store) func(yield func(op string, err error) bool) {
	calls := []struct {
		op   string
		call func() error
	}{
		{"Get", func() error { _, _, err := s.Get(ctx, "k"); return err }},
		{"Put", func() error { return s.Put(ctx, "k", nil, long) }},
		{"PutIfAbsent", func() error { _, err := s.PutIfAbsent(ctx, "k", nil, long); return err }},
		{"CompareAndSwap", func() error { _, err := s.CompareAndSwap(ctx, "k", nil, nil, long); return err }},
		{"Delete", func() error { return s.Delete(ctx, "k") }},
		{"TryLock", func() error { _, _, err := s.TryLock(ctx, "k", long); return err }},
		{"Ping", func() error { return s.Ping(ctx) }},
	}
	return func(yield func(string, error) bool) {
		for _, c := range calls {
			if !yield(c.op, c.call()) {
				return
			}
		}
	}
}

// together runs n goroutines that start at the same time, and fails the test with their
// first error.
func together(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	start, failed := make(chan struct{}), make(chan error, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			if err := do(i); err != nil {
				failed <- fmt.Errorf("goroutine %d: %w", i, err)
			}
		})
	}
	close(start)
	running.Wait()
	close(failed)
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, s store.Store, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Put(t.Context(), key, []byte(value), ttl); err != nil {
		t.Fatalf("Put %q: %v", key, err)
	}
}

func putIfAbsent(t *testing.T, s store.Store, key, value string, ttl time.Duration) bool {
	t.Helper()
	stored, err := s.PutIfAbsent(t.Context(), key, []byte(value), ttl)
	if err != nil {
		t.Fatalf("PutIfAbsent %q: %v", key, err)
	}
	return stored
}

func swap(t *testing.T, s store.Store, key string, old, next []byte, ttl time.Duration) bool {
	t.Helper()
	swapped, err := s.CompareAndSwap(t.Context(), key, old, next, ttl)
	if err != nil {
		t.Fatalf("CompareAndSwap %q: %v", key, err)
	}
	return swapped
}

func lock(t *testing.T, s store.Store, key string, ttl time.Duration) (unlock func()) {
	t.Helper()
	unlock, acquired, err := s.TryLock(t.Context(), key, ttl)
	if err != nil || !acquired || unlock == nil {
		t.Fatalf("TryLock %q: got %v, error %v; want the lock", key, acquired, err)
	}
	return unlock
}

// wantLocked fails the test unless somebody has the lock k.
func wantLocked(t *testing.T, s store.Store) {
	t.Helper()
	unlock, acquired, err := s.TryLock(t.Context(), "k", long)
	if err != nil || acquired || unlock != nil {
		t.Errorf("TryLock: got %v, error %v; want it taken", acquired, err)
	}
}

func wantValue(t *testing.T, s store.Store, key, want string) (value []byte) {
	t.Helper()
	value, ok, err := s.Get(t.Context(), key)
	if err != nil || !ok || string(value) != want {
		t.Fatalf("Get %q: got %q, ok %v, error %v; want %q", key, value, ok, err, want)
	}
	return value
}

func wantAbsent(t *testing.T, s store.Store, key string) {
	t.Helper()
	if value, ok, err := s.Get(t.Context(), key); err != nil || ok || value != nil {
		t.Fatalf("Get %q: got %q, ok %v, error %v; want no value", key, value, ok, err)
	}
}
