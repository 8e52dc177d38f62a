package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"
)

// MemoryOptions bound a [Memory]. The zero value is good for production.
type MemoryOptions struct {
	// MaxEntries is the most values kept. Zero: 100,000.
	MaxEntries int
	// MaxBytes is the most bytes kept, in keys and values. Zero: 64 MiB.
	MaxBytes int
	// MaxMarks is the most marks kept, apart from the values. Zero: 100,000, which need
	// about 13 MB.
	MaxMarks int
	// Evicted is called for each value or mark that is dropped before its time to live
	// has passed, because there is no room. It must be fast and must not call the store.
	// Nil: nothing is reported.
	Evicted func(Eviction) `json:"-"`
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// Eviction is a value that a [Memory] dropped before its time.
type Eviction struct {
	Mark bool          // its key begins with [MarkPrefix]
	Age  time.Duration // since it was written
	Left time.Duration // of its time to live
}

// Memory is the [Store] in the memory of this process. It runs no goroutine: what has
// expired is freed by later writes. If it is full, a write drops values that have expired,
// then those written longest ago. Use [NewMemory].
//
// Marks, whose keys begin with [MarkPrefix], have a bound that is theirs alone: values
// never push them out. A mark that was written within the last 5 seconds is never dropped; if
// there are only such marks, a write of another one returns [ErrFull].
type Memory struct {
	now     func() time.Time
	evicted func(Eviction)

	mu     sync.Mutex
	values shelf
	marks  shelf
	locks  map[string]*lease
	closed bool
}

// shelf is where a [Memory] keeps values of one kind.
type shelf interface {
	// live returns the value of a key if it has not expired. It is valid until the next write.
	live(key string, now time.Time) (value []byte, ok bool)
	// write stores a copy of a value in place of any other. It returns what it dropped to make
	// room for it, or an error, and then it has stored nothing.
	write(key string, value []byte, now time.Time, ttl time.Duration) (dropped []Eviction, err error)
	delete(key string)
}

// lease is one holding of a lock; its address identifies its owner.
type lease struct{ expires time.Time }

// NewMemory returns an empty store.
func NewMemory(opts MemoryOptions) *Memory {
	m := &Memory{now: opts.Now, evicted: opts.Evicted, locks: make(map[string]*lease)}
	if m.now == nil {
		m.now = time.Now
	}
	began := m.now()
	m.values = newTable(cmp.Or(max(opts.MaxEntries, 0), 100_000), cmp.Or(max(opts.MaxBytes, 0), 64<<20), began)
	m.marks = newMarks(cmp.Or(max(opts.MaxMarks, 0), 100_000), began)
	if m.evicted == nil {
		m.evicted = func(Eviction) {}
	}
	return m
}

// shelfOf returns where the value of a key is kept.
func (m *Memory) shelfOf(key string) shelf {
	if strings.HasPrefix(key, MarkPrefix) {
		return m.marks
	}
	return m.values
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	err = m.locked(ctx, "get", func() error {
		var kept []byte
		if kept, ok = m.shelfOf(key).live(key, m.now()); ok {
			value = append([]byte{}, kept...) // not nil, even if empty
		}
		return nil
	})
	return value, ok, err
}

// Put implements [Store]. A value that is larger than the whole store is an error.
func (m *Memory) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := CheckTTL("put", ttl); err != nil {
		return err
	}
	return m.locked(ctx, "put", func() error { return m.write(key, value, ttl) })
}

// PutIfAbsent implements [Store].
func (m *Memory) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (stored bool, err error) {
	return m.swap(ctx, "put if absent", key, nil, value, ttl)
}

// CompareAndSwap implements [Store].
func (m *Memory) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	return m.swap(ctx, "compare and swap", key, old, next, ttl)
}

func (m *Memory) swap(ctx context.Context, op, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	if err := CheckTTL(op, ttl); err != nil {
		return false, err
	}
	err = m.locked(ctx, op, func() error {
		kept, ok := m.shelfOf(key).live(key, m.now())
		if ok != (old != nil) || ok && !bytes.Equal(kept, old) {
			return nil
		}
		if err := m.write(key, next, ttl); err != nil {
			return err
		}
		swapped = true
		return nil
	})
	return swapped, err
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, key string) error {
	return m.locked(ctx, "delete", func() error {
		m.shelfOf(key).delete(key)
		return nil
	})
}

// TryLock implements [Store].
func (m *Memory) TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error) {
	if err := CheckTTL("lock", ttl); err != nil {
		return nil, false, err
	}
	err = m.locked(ctx, "lock", func() error {
		now := m.now()
		maps.DeleteFunc(m.locks, func(_ string, l *lease) bool { return !now.Before(l.expires) })
		if _, taken := m.locks[key]; taken {
			return nil
		}
		mine := &lease{expires: now.Add(ttl)}
		m.locks[key] = mine
		unlock, acquired = func() { m.unlock(key, mine) }, true
		return nil
	})
	return unlock, acquired, err
}

func (m *Memory) unlock(key string, mine *lease) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks[key] == mine {
		delete(m.locks, key)
	}
}

// Ping implements [Store].
func (m *Memory) Ping(ctx context.Context) error {
	return m.locked(ctx, "ping", func() error { return nil })
}

// Kind implements [Store]: "memory".
func (m *Memory) Kind() string { return "memory" }

// Close implements [Store].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.values, m.marks, m.locks = nil, nil, nil
	return nil
}

// Format implements [fmt.Formatter]: no verb prints values.
func (m *Memory) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "store.Memory") }

// LogValue implements [slog.LogValuer] as Format does.
func (m *Memory) LogValue() slog.Value { return slog.StringValue("store.Memory") }

// locked runs do with the mutex held, unless ctx has ended or the store is closed.
func (m *Memory) locked(ctx context.Context, op string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return fmt.Errorf("store: %s: %w", op, ErrClosed)
	}
	if err := do(); err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	return nil
}

func (m *Memory) write(key string, value []byte, ttl time.Duration) error {
	dropped, err := m.shelfOf(key).write(key, value, m.now(), ttl)
	for _, gone := range dropped {
		m.evicted(gone)
	}
	return err
}
