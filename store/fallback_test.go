package store_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

// leaving is a store that can go away.
type leaving struct {
	store.Store
	away atomic.Bool
}

func (l *leaving) err() error {
	if l.away.Load() {
		return store.ErrUnavailable
	}
	return nil
}

func (l *leaving) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := l.err(); err != nil {
		return nil, false, err
	}
	return l.Store.Get(ctx, key)
}

func (l *leaving) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	if err := l.err(); err != nil {
		return false, err
	}
	return l.Store.CompareAndSwap(ctx, key, old, next, ttl)
}

func (l *leaving) Delete(ctx context.Context, key string) error {
	if err := l.err(); err != nil {
		return err
	}
	return l.Store.Delete(ctx, key)
}

func TestFallback(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	newMemory := func() *store.Memory {
		m := store.NewMemory(store.MemoryOptions{})
		t.Cleanup(func() { _ = m.Close() })
		return m
	}
	shared := &leaving{Store: newMemory()}
	here, there := store.NewFallback(shared, newMemory()), store.NewFallback(shared, newMemory())
	swap := func(f *store.Fallback, key, old, next string, want bool) {
		t.Helper()
		var before []byte
		if old != "" {
			before = []byte(old)
		}
		if got, err := f.CompareAndSwap(ctx, key, before, []byte(next), time.Hour); got != want || err != nil {
			t.Errorf("swap %s: %t, %v; want %t", key, got, err, want)
		}
	}
	find := func(f *store.Fallback, key, want string) {
		t.Helper()
		value, ok, err := f.Get(ctx, key)
		if err != nil || string(value) != want || ok != (want != "") {
			t.Errorf("get %s: %q, %t, %v; want %q", key, value, ok, err, want)
		}
	}

	swap(here, "a", "", "1", true)
	swap(there, "a", "", "2", false)
	swap(there, "a", "1", "2", true)
	find(here, "a", "2")
	swap(here, "b", "", "1", true)
	swap(here, "b", "1", "2", true)

	shared.away.Store(true)
	find(here, "b", "2") // our own writes are known still
	find(there, "b", "")
	swap(here, "b", "", "3", false)
	swap(here, "b", "2", "3", true)
	swap(here, "c", "", "1", true)
	swap(here, "c", "", "2", false)
	if err := here.Delete(ctx, "c"); err != nil {
		t.Error(err)
	}
	find(here, "c", "")

	// back again, and as it was
	shared.away.Store(false)
	find(here, "b", "3") // what was written meanwhile is written there now
	if err := here.Delete(ctx, "b"); err != nil {
		t.Error(err)
	}
	find(there, "b", "")
	shared.away.Store(true)
	find(here, "b", "")

	// back again, and empty: what was done before and meanwhile is done still
	swap(here, "d", "", "meanwhile", true)
	shared.away.Store(false)
	swap(here, "e", "", "running", true)
	if err := shared.Delete(ctx, "e"); err != nil {
		t.Error(err)
	}
	find(here, "d", "meanwhile")
	swap(here, "d", "", "again", false)
	find(here, "e", "running")
	swap(here, "e", "", "again", false)
	swap(here, "e", "running", "done", true)
	find(there, "e", "done")
	swap(here, "e", "running", "done", false)

	// other errors are returned
	closed := newMemory()
	_ = closed.Close()
	broken := store.NewFallback(closed, newMemory())
	if _, _, err := broken.Get(ctx, "a"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if err := broken.Delete(ctx, "a"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
