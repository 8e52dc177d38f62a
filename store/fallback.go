package store

import (
	"context"
	"errors"
	"time"
)

// Fallback keeps values in a shared store, and goes on in this process's memory
// while the shared one is unavailable. What this process wrote it finds again
// either way; what other replicas wrote it does not see meanwhile. That is right for
// what must not be done twice, where protection in one process is better than none,
// and wrong for data that replicas change together.
//
// It has the methods that package exchange asks of a store. Safe for concurrent use.
type Fallback struct {
	shared Store
	local  *Memory
}

// NewFallback puts local behind shared. The caller closes both.
func NewFallback(shared Store, local *Memory) *Fallback {
	return &Fallback{shared: shared, local: local}
}

// Get is [Store.Get].
func (f *Fallback) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	value, ok, err = f.shared.Get(ctx, key)
	if errors.Is(err, ErrUnavailable) {
		return f.local.Get(ctx, key)
	}
	return value, ok, err
}

// CompareAndSwap is [Store.CompareAndSwap].
func (f *Fallback) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	swapped, err = f.shared.CompareAndSwap(ctx, key, old, next, ttl)
	switch {
	case errors.Is(err, ErrUnavailable):
		return f.local.CompareAndSwap(ctx, key, old, next, ttl)
	case swapped:
		return true, f.local.Put(ctx, key, next, ttl) // for when the shared one goes away
	}
	return swapped, err
}

// Delete is [Store.Delete].
func (f *Fallback) Delete(ctx context.Context, key string) error {
	err := f.shared.Delete(ctx, key)
	if errors.Is(err, ErrUnavailable) {
		err = nil
	}
	return errors.Join(err, f.local.Delete(ctx, key))
}
