package store_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/store"
)

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) (store.Store, func(time.Duration)) {
		c := newClock()
		return store.NewMemory(store.MemoryOptions{Now: c.Now}), c.Advance
	})
}

func TestMemory_Bounds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		opts  store.MemoryOptions
		steps []string
		want  string // the keys left
		error bool
	}{
		{
			name:  "entries: those written longest ago go",
			opts:  store.MemoryOptions{MaxEntries: 3},
			steps: []string{"a=1", "b=1", "c=1", "a=2", "d=1", "e=1"},
			want:  "a d e",
		},
		{
			name:  "entries: expired ones go first",
			opts:  store.MemoryOptions{MaxEntries: 3},
			steps: []string{"a=1", "short=1", "b=1", "wait", "c=1"},
			want:  "a b c",
		},
		{
			name:  "bytes: those written longest ago go",
			opts:  store.MemoryOptions{MaxBytes: 12},
			steps: []string{"a=123", "b=123", "c=123", "d=1234567"},
			want:  "c d",
		},
		{
			name:  "bytes: expired ones go first",
			opts:  store.MemoryOptions{MaxBytes: 12},
			steps: []string{"a=1", "short=123", "b=1", "wait", "c=12345"},
			want:  "a b c",
		},
		{
			name:  "bytes: a value written again counts once",
			opts:  store.MemoryOptions{MaxBytes: 8},
			steps: []string{"a=1", "b=12345", "b=54321", "b=12345"},
			want:  "a b",
		},
		{
			name:  "a value larger than the store is refused and drops nothing",
			opts:  store.MemoryOptions{MaxBytes: 8},
			steps: []string{"a=1", "b=12345678"},
			want:  "a",
			error: true,
		},
		{
			name:  "a deleted value makes room",
			opts:  store.MemoryOptions{MaxBytes: 8, MaxEntries: 2},
			steps: []string{"a=1", "b=12345", "-b", "c=12345"},
			want:  "a c",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, opts := newClock(), tt.opts
			opts.Now = c.Now
			m := store.NewMemory(opts)
			if err := take(t.Context(), m, c, tt.steps); (err != nil) != tt.error {
				t.Errorf("error: got %v, want one: %v", err, tt.error)
			}
			var left []string
			for _, key := range strings.Fields("a b c d e short") {
				if _, ok, err := m.Get(t.Context(), key); err != nil {
					t.Fatal(err)
				} else if ok {
					left = append(left, key)
				}
			}
			if got := strings.Join(left, " "); got != tt.want {
				t.Errorf("keys left: got %q, want %q", got, tt.want)
			}
		})
	}
}

// take takes the steps: key=value is put for an hour, or for a second if the key is short;
// wait is two seconds; -key is deleted.
func take(ctx context.Context, m *store.Memory, c *clock, steps []string) error {
	for _, step := range steps {
		key, value, isPut := strings.Cut(step, "=")
		ttl := time.Hour
		if key == "short" {
			ttl = time.Second
		}
		var err error
		switch {
		case step == "wait":
			c.Advance(2 * time.Second)
		case isPut:
			err = m.Put(ctx, key, []byte(value), ttl)
		default:
			err = m.Delete(ctx, strings.TrimPrefix(step, "-"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func TestMemory_ValuesDoNotPushLocksOut(t *testing.T) {
	t.Parallel()
	m := store.NewMemory(store.MemoryOptions{MaxEntries: 2, MaxBytes: 100})
	if _, acquired, err := m.TryLock(t.Context(), "k", time.Hour); err != nil || !acquired {
		t.Fatalf("TryLock: got %v, error %v", acquired, err)
	}
	for i := range 10 {
		if err := m.Put(t.Context(), strconv.Itoa(i), make([]byte, 50), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if _, acquired, err := m.TryLock(t.Context(), "k", time.Hour); err != nil || acquired {
		t.Errorf("TryLock again: got %v, error %v; want it taken", acquired, err)
	}
}

func TestMemory_PrintsNoValues(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	m := store.NewMemory(store.MemoryOptions{})
	if err := m.Put(t.Context(), secret, []byte(secret), time.Hour); err != nil {
		t.Fatal(err)
	}
	storetest.WantNoSecret(t, m, secret)
	if got := fmt.Sprintf("%+v", m); got != "store.Memory" {
		t.Errorf("%%+v: got %q", got)
	}
}
