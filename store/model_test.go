package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

// model is what a [store.Memory] does with the keys of one kind, as simply as possible.
type model struct {
	maxEntries, maxBytes int
	young                time.Duration
	entries              []modelEntry // the oldest first
}

type modelEntry struct {
	key, value       string
	written, expires time.Time
}

func (m *model) find(key string) int {
	return slices.IndexFunc(m.entries, func(e modelEntry) bool { return e.key == key })
}

func (m *model) get(key string, now time.Time) (string, bool) {
	if i := m.find(key); i >= 0 && now.Before(m.entries[i].expires) {
		return m.entries[i].value, true
	}
	return "", false
}

func (m *model) delete(key string) {
	if i := m.find(key); i >= 0 {
		m.entries = slices.Delete(m.entries, i, i+1)
	}
}

func (m *model) put(key, value string, now time.Time, ttl time.Duration) (evicted int, full bool) {
	m.entries = slices.DeleteFunc(m.entries, func(e modelEntry) bool { return !now.Before(e.expires) })
	if m.find(key) < 0 && len(m.entries) >= m.maxEntries && now.Sub(m.entries[0].written) < m.young {
		return 0, true
	}
	m.delete(key)
	m.entries = append(m.entries, modelEntry{key, value, now, now.Add(ttl)})
	for len(m.entries) > m.maxEntries || m.bytes() > m.maxBytes {
		m.entries = m.entries[1:]
		evicted++
	}
	return evicted, false
}

func (m *model) bytes() (n int) {
	for _, e := range m.entries {
		n += len(e.key) + len(e.value)
	}
	return n
}

// A store does the same as the model, whatever is written, deleted, dropped and expires.
func TestMemory_Model(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", store.MarkPrefix} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(5) {
				compareWithModel(t, prefix, rand.New(rand.NewPCG(seed, 0)))
			}
		})
	}
}

func compareWithModel(t *testing.T, prefix string, random *rand.Rand) {
	t.Helper()
	c, evicted := newClock(), 0
	m := store.NewMemory(store.MemoryOptions{
		MaxEntries: 150, MaxMarks: 24, MaxBytes: 4000, Now: c.Now, Evicted: func(store.Eviction) { evicted++ },
	})
	want, wantEvicted, refused := model{maxEntries: 150, maxBytes: 4000}, 0, 0
	if prefix != "" {
		want = model{maxEntries: 24, maxBytes: 1 << 30, young: 5 * time.Second}
	}
	for step := range 4000 {
		c.Advance(time.Duration(random.IntN(200)) * time.Millisecond)
		key := fmt.Sprint(prefix, random.IntN(400))
		switch random.IntN(8) {
		case 0:
			want.delete(key)
			if err := m.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		case 1, 2, 3, 4:
			value, ttl := strings.Repeat("v", random.IntN(80)), time.Duration(1+random.IntN(40_000))*time.Millisecond
			dropped, full := want.put(key, value, c.Now(), ttl)
			wantEvicted += dropped
			if full {
				refused++
			}
			if err := m.Put(t.Context(), key, []byte(value), ttl); errors.Is(err, store.ErrFull) != full || err != nil && !full {
				t.Fatalf("step %d: put %s: error %v, want ErrFull: %t", step, key, err, full)
			}
		default:
			wantValue, wantOK := want.get(key, c.Now())
			if got, ok, err := m.Get(t.Context(), key); string(got) != wantValue || ok != wantOK || err != nil {
				t.Fatalf("step %d: get %s: %q, %t, error %v; want %q, %t", step, key, got, ok, err, wantValue, wantOK)
			}
		}
		if evicted != wantEvicted {
			t.Fatalf("step %d: %d evictions, want %d", step, evicted, wantEvicted)
		}
	}
	if evicted == 0 || (refused > 0) != (prefix != "") {
		t.Errorf("%d evictions, %d marks refused: the test covers less than it should", evicted, refused)
	}
}
