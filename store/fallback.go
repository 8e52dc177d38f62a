package store

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// Fallback keeps values in a shared store, and a copy of what this process wrote in
// its own memory. It uses the copy while the shared store is unavailable, and after the
// shared store comes back empty. It does not see meanwhile what other replicas wrote.
// When the shared store is back, Fallback writes there what it wrote only in memory,
// unless another replica has written the same key.
//
// That is right for work that must not be done twice, where protection in one process is
// better than none, and wrong for data that replicas change together.
//
// It is a [KeyValue]. Safe for concurrent use.
type Fallback struct {
	shared KeyValue
	local  *Memory

	mu       sync.Mutex
	missed   map[string]missed
	settling bool
}

// missed is a write that the shared store does not have.
type missed struct {
	old     []byte // what the shared store may have instead; nil for none
	expires time.Time
}

// maxMissed bounds how much a long outage costs: what was written first is written to the
// shared store afterwards.
const maxMissed = 20_000

// NewFallback puts local behind shared. The caller closes both.
func NewFallback(shared KeyValue, local *Memory) *Fallback {
	return &Fallback{shared: shared, local: local, missed: make(map[string]missed)}
}

// Get is [KeyValue.Get].
func (f *Fallback) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	f.settle(ctx, key)
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
	f.settle(ctx, key)
	swapped, err = f.shared.CompareAndSwap(ctx, key, old, next, ttl)
	switch {
	case errors.Is(err, ErrUnavailable):
		return f.swapHere(ctx, key, old, next, ttl)
	case err != nil:
		return false, err
	}
	f.settleAll(context.WithoutCancel(ctx))
	if swapped {
		return true, f.local.Put(ctx, key, next, ttl)
	}
	if old == nil {
		return false, nil
	}
	ours, ok, err := f.local.Get(ctx, key)
	if err != nil || !ok || !bytes.Equal(ours, old) {
		return false, err
	}
	// The shared store lost what this process wrote, or another process replaced it.
	swapped, err = f.shared.CompareAndSwap(ctx, key, nil, next, ttl)
	switch {
	case errors.Is(err, ErrUnavailable):
		return f.swapHere(ctx, key, old, next, ttl)
	case err != nil:
		return false, err
	case swapped:
		return f.local.CompareAndSwap(ctx, key, old, next, ttl)
	}
	return false, f.local.Delete(ctx, key)
}

// swapHere writes in memory alone, and notes that the shared store misses it.
func (f *Fallback) swapHere(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	swapped, err = f.local.CompareAndSwap(ctx, key, old, next, ttl)
	if !swapped {
		return false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	first, noted := f.missed[key]
	switch {
	case noted:
		old = first.old
	case len(f.missed) >= maxMissed:
		return true, err
	}
	f.missed[key] = missed{old: old, expires: f.local.now().Add(ttl)}
	return true, err
}

// Delete is [KeyValue.Delete].
func (f *Fallback) Delete(ctx context.Context, key string) error {
	f.mu.Lock()
	delete(f.missed, key)
	f.mu.Unlock()
	err := f.shared.Delete(ctx, key)
	if errors.Is(err, ErrUnavailable) {
		err = nil
	}
	return errors.Join(err, f.local.Delete(ctx, key))
}

// settle writes to the shared store what it missed of a key.
func (f *Fallback) settle(ctx context.Context, key string) {
	f.mu.Lock()
	write, ok := f.missed[key]
	f.mu.Unlock()
	if !ok {
		return
	}
	left := write.expires.Sub(f.local.now())
	value, ok, err := f.local.Get(ctx, key)
	if err == nil && ok && left > 0 {
		var swapped bool
		if swapped, err = f.shared.CompareAndSwap(ctx, key, write.old, value, left); err == nil && !swapped && write.old != nil {
			_, err = f.shared.CompareAndSwap(ctx, key, nil, value, left) // it came back empty
		}
		if err != nil && !errors.Is(err, ErrClosed) {
			return // still away
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.missed[key]; now.expires.Equal(write.expires) { // else it was written again meanwhile
		delete(f.missed, key)
	}
}

// settleAll begins to write everything that the shared store missed, unless that is
// happening already. Marks come last: they may refer to values.
func (f *Fallback) settleAll(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.settling || len(f.missed) == 0 {
		return
	}
	f.settling = true
	var values, marks []string
	for key := range f.missed {
		if strings.HasPrefix(key, MarkPrefix) {
			marks = append(marks, key)
		} else {
			values = append(values, key)
		}
	}
	go func() {
		for _, key := range append(values, marks...) {
			f.settle(ctx, key)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.settling = false
	}()
}
