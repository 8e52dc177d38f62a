package store

import (
	"bytes"
	"container/heap"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// MemoryOptions bound a [Memory]. The zero value is good for production.
type MemoryOptions struct {
	// MaxEntries is the most values kept. Zero: 100,000.
	MaxEntries int
	// MaxBytes is the most bytes kept, in keys and values. Zero: 64 MiB.
	MaxBytes int
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// Memory is the [Store] in the memory of this process. It runs no goroutine: what has
// expired is freed by later writes. If it is full, a write drops values that have expired,
// then those written longest ago. Use [NewMemory].
type Memory struct {
	maxEntries, maxBytes int
	now                  func() time.Time

	mu       sync.Mutex
	entries  map[string]*entry
	byExpiry expiryHeap // the next to expire first
	byAge    *list.List // of *entry, the one written longest ago first
	size     int        // bytes in keys and values
	locks    map[string]*lease
	closed   bool
}

type entry struct {
	key     string
	value   []byte
	expires time.Time
	heapPos int
	agePos  *list.Element
}

func (e *entry) size() int { return len(e.key) + len(e.value) }

// lease is one holding of a lock; its address tells its owner.
type lease struct{ expires time.Time }

// NewMemory returns an empty store.
func NewMemory(opts MemoryOptions) *Memory {
	m := &Memory{
		maxEntries: opts.MaxEntries,
		maxBytes:   opts.MaxBytes,
		now:        opts.Now,
		entries:    make(map[string]*entry),
		byAge:      list.New(),
		locks:      make(map[string]*lease),
	}
	if m.maxEntries <= 0 {
		m.maxEntries = 100_000
	}
	if m.maxBytes <= 0 {
		m.maxBytes = 64 << 20
	}
	if m.now == nil {
		m.now = time.Now
	}
	return m
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	err = m.locked(ctx, "get", func() error {
		var e *entry
		if e, ok = m.live(key); ok {
			value = append([]byte{}, e.value...) // not nil, even if empty
		}
		return nil
	})
	return value, ok, err
}

// Put implements [Store]. A value that is larger than the whole store is an error.
func (m *Memory) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := checkTTL("put", ttl); err != nil {
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
	if err := checkTTL(op, ttl); err != nil {
		return false, err
	}
	err = m.locked(ctx, op, func() error {
		e, ok := m.live(key)
		if ok != (old != nil) || ok && !bytes.Equal(e.value, old) {
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
		if e, ok := m.entries[key]; ok {
			m.remove(e)
		}
		return nil
	})
}

// TryLock implements [Store].
func (m *Memory) TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error) {
	if err := checkTTL("lock", ttl); err != nil {
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
	m.entries, m.byExpiry, m.locks, m.size = nil, nil, nil, 0
	m.byAge.Init()
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

// live returns the entry of a key if it has not expired.
func (m *Memory) live(key string) (*entry, bool) {
	e, ok := m.entries[key]
	if !ok || !m.now().Before(e.expires) {
		return nil, false
	}
	return e, true
}

func (m *Memory) write(key string, value []byte, ttl time.Duration) error {
	now := m.now()
	e := &entry{key: key, value: bytes.Clone(value), expires: now.Add(ttl)}
	if e.size() > m.maxBytes {
		return errors.New("key and value are larger than the whole store")
	}
	if before, ok := m.entries[key]; ok {
		m.remove(before)
	}
	m.entries[key] = e
	m.size += e.size()
	e.agePos = m.byAge.PushBack(e)
	heap.Push(&m.byExpiry, e)

	for !now.Before(m.byExpiry[0].expires) {
		m.remove(m.byExpiry[0])
	}
	for len(m.entries) > m.maxEntries || m.size > m.maxBytes {
		m.remove(m.byAge.Front().Value.(*entry))
	}
	return nil
}

func (m *Memory) remove(e *entry) {
	delete(m.entries, e.key)
	m.size -= e.size()
	m.byAge.Remove(e.agePos)
	heap.Remove(&m.byExpiry, e.heapPos)
}

// expiryHeap implements heap.Interface.
type expiryHeap []*entry

func (h *expiryHeap) Len() int           { return len(*h) }
func (h *expiryHeap) Less(i, j int) bool { return (*h)[i].expires.Before((*h)[j].expires) }

func (h *expiryHeap) Swap(i, j int) {
	all := *h
	all[i], all[j] = all[j], all[i]
	all[i].heapPos, all[j].heapPos = i, j
}

// Push implements heap.Interface.
func (h *expiryHeap) Push(x any) {
	e := x.(*entry)
	e.heapPos = len(*h)
	*h = append(*h, e)
}

// Pop implements heap.Interface.
func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
