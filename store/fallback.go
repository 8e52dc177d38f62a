package store

import (
	"context"
	"errors"
	"time"
)

// Fallback keeps values in a shared store, and a copy of what this process wrote in
// its own memory. It uses the copy while the shared store is unavailable, and after the
// shared store comes back empty. It does not see meanwhile what other replicas wrote.
// That is right for work that must not be done twice, where protection in one process is
// better than none, and wrong for data that replicas change together.
//
// It is a [KeyValue]. Safe for concurrent use.
type Fallback struct {
	shared KeyValue
	local  *Memory
}

// NewFallback puts local behind shared. The caller closes both.
func NewFallback(shared KeyValue, local *Memory) *Fallback {
	return &Fallback{shared: shared, local: local}
}

// Get is [KeyValue.Get].
func (f *Fallback) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	value, ok, err = f.shared.Get(ctx, key)
	if err == nil && !ok || errors.Is(err, ErrUnavailable) {
		return f.local.Get(ctx, key)
	}
	return value, ok, err
}

// CompareAndSwap is [KeyValue.CompareAndSwap]. A value that this process wrote counts
// even if the shared store has lost it.
func (f *Fallback) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	if old == nil {
		if _, ours, err := f.local.Get(ctx, key); ours || err != nil {
			return false, err
		}
	}
	swapped, err = f.shared.CompareAndSwap(ctx, key, old, next, ttl)
	switch {
	case errors.Is(err, ErrUnavailable):
		return f.local.CompareAndSwap(ctx, key, old, next, ttl)
	case err != nil:
		return false, err
	case swapped:
		return true, f.local.Put(ctx, key, next, ttl)
	case old == nil:
		return false, nil
	}
	if swapped, err = f.local.CompareAndSwap(ctx, key, old, next, ttl); swapped {
		_, _ = f.shared.CompareAndSwap(ctx, key, nil, next, ttl) // it had lost the old one; if another wrote meanwhile, theirs stands there and ours here
	}
	return swapped, err
}

// Delete is [KeyValue.Delete].
func (f *Fallback) Delete(ctx context.Context, key string) error {
	err := f.shared.Delete(ctx, key)
	if errors.Is(err, ErrUnavailable) {
		err = nil
	}
	return errors.Join(err, f.local.Delete(ctx, key))
}
