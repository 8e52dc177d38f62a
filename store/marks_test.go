package store_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

// Values never push marks out, nor the other way round.
func TestMemory_MarksAndValuesApart(t *testing.T) {
	t.Parallel()
	m := store.NewMemory(store.MemoryOptions{MaxEntries: 2, MaxBytes: 100, MaxMarks: 2})
	for i := range 10 {
		mustPut(t, m, strconv.Itoa(i), strings.Repeat("v", 40), time.Hour)
		if i < 2 {
			mustPut(t, m, store.MarkPrefix+strconv.Itoa(i), strings.Repeat("m", 60), time.Hour)
		}
	}
	for key, want := range map[string]bool{"8": true, "9": true, "7": false, store.MarkPrefix + "0": true, store.MarkPrefix + "1": true} {
		if _, ok, err := m.Get(t.Context(), key); ok != want || err != nil {
			t.Errorf("%s: got %t, error %v; want %t", key, ok, err, want)
		}
	}
	if err := m.Put(t.Context(), store.MarkPrefix+"0", make([]byte, 300), time.Hour); err == nil {
		t.Error("a large mark was accepted")
	}
}

// A full table drops the mark written longest ago, but none of the last 5 seconds: work
// that writes its mark again keeps it.
func TestMemory_YoungMarks(t *testing.T) {
	t.Parallel()
	c := newClock()
	var evicted []store.Eviction
	m := store.NewMemory(store.MemoryOptions{MaxMarks: 3, Now: c.Now, Evicted: func(e store.Eviction) { evicted = append(evicted, e) }})
	mark := func(name string) error {
		return m.Put(t.Context(), store.MarkPrefix+name, []byte(name), time.Hour)
	}
	has := func(want string) {
		t.Helper()
		var got []string
		for _, name := range strings.Fields("a b c d e") {
			if _, ok, _ := m.Get(t.Context(), store.MarkPrefix+name); ok {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("marks: %q, want %q", got, want)
		}
	}
	for _, name := range []string{"a", "b", "c"} {
		if err := mark(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := mark("d"); !errors.Is(err, store.ErrFull) || store.KindOf(err) != store.Full {
		t.Errorf("a fourth: error %v, want ErrFull", err)
	}
	if stored, err := m.CompareAndSwap(t.Context(), store.MarkPrefix+"d", nil, nil, time.Hour); stored || !errors.Is(err, store.ErrFull) {
		t.Errorf("a fourth by swap: %t, error %v, want ErrFull", stored, err)
	}
	c.Advance(4 * time.Second)
	if err := mark("a"); err != nil { // running
		t.Errorf("again: %v", err)
	}
	c.Advance(2 * time.Second)
	for _, name := range []string{"d", "e"} {
		if err := mark(name); err != nil {
			t.Fatal(err)
		}
	}
	has("a d e")
	want := store.Eviction{Mark: true, Age: 6 * time.Second, Left: time.Hour - 6*time.Second}
	if len(evicted) != 2 || evicted[0] != want || evicted[1] != want {
		t.Errorf("evicted %+v, want twice %+v", evicted, want)
	}
	if err := mark("b"); !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v, want ErrFull: all three are young", err)
	}
	c.Advance(2 * time.Hour) // all expire, which is not an eviction
	if err := mark("b"); err != nil || len(evicted) != 2 {
		t.Errorf("error %v, %d evictions", err, len(evicted))
	}
}

func TestMemory_EvictedValues(t *testing.T) {
	t.Parallel()
	c := newClock()
	var evicted []store.Eviction
	m := store.NewMemory(store.MemoryOptions{MaxBytes: 10, Now: c.Now, Evicted: func(e store.Eviction) { evicted = append(evicted, e) }})
	mustPut(t, m, "a", "12345678", time.Minute)
	c.Advance(time.Second)
	mustPut(t, m, "a", "12345678", time.Minute) // in its own place
	c.Advance(time.Second)
	mustPut(t, m, "b", "12345678", time.Minute)
	if want := (store.Eviction{Age: time.Second, Left: 59 * time.Second}); len(evicted) != 1 || evicted[0] != want {
		t.Errorf("evicted %+v, want %+v", evicted, want)
	}
}

// A process that another one has replaced in the shared store does not go on from its copy.
func TestFallback_Replaced(t *testing.T) {
	t.Parallel()
	shared := store.NewMemory(store.MemoryOptions{})
	f := store.NewFallback(shared, store.NewMemory(store.MemoryOptions{}))
	wantSwap(t, f, "k", "", "mine", true)
	mustPut(t, shared, "k", "theirs", time.Hour)
	wantSwap(t, f, "k", "mine", "done", false)
	if value, ok, err := f.Get(t.Context(), "k"); string(value) != "theirs" || !ok || err != nil {
		t.Errorf("got %q, %t, %v; want theirs", value, ok, err)
	}
}

// What was written while the shared store was away is there for other replicas afterwards.
func TestFallback_Settles(t *testing.T) {
	t.Parallel()
	shared := &leaving{Store: store.NewMemory(store.MemoryOptions{})}
	here := store.NewFallback(shared, store.NewMemory(store.MemoryOptions{}))
	wantSwap(t, here, "begun", "", "running", true)
	wantSwap(t, here, "taken", "", "running", true)
	shared.away.Store(true)
	wantSwap(t, here, "begun", "running", "done", true)
	wantSwap(t, here, "taken", "running", "done", true)
	wantSwap(t, here, "new", "", "running", true)
	wantSwap(t, here, "new", "running", "done", true)
	wantSwap(t, here, "deleted", "", "v", true)
	if err := here.Delete(t.Context(), "deleted"); err != nil {
		t.Error(err)
	}
	shared.away.Store(false)
	mustPut(t, shared, "taken", "theirs", time.Hour)
	wantSwap(t, here, "another", "", "v", true) // the first write that succeeds
	deadline := time.Now().Add(20 * time.Second)
	for key, want := range map[string]string{"begun": "done", "new": "done", "taken": "theirs", "deleted": ""} {
		for {
			value, _, err := shared.Get(t.Context(), key)
			if err == nil && string(value) == want {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: got %q, error %v; want %q", key, value, err, want)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func mustPut(t *testing.T, s store.Store, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Put(t.Context(), key, []byte(value), ttl); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

// wantSwap swaps; an empty old value is none.
func wantSwap(t *testing.T, s store.KeyValue, key, old, next string, want bool) {
	t.Helper()
	var before []byte
	if old != "" {
		before = []byte(old)
	}
	if got, err := s.CompareAndSwap(t.Context(), key, before, []byte(next), time.Hour); got != want || err != nil {
		t.Errorf("swap %s: %t, %v; want %t", key, got, err, want)
	}
}

// Marks of all lengths, in place of each other and of those that were deleted.
func TestMemory_LengthsOfMarks(t *testing.T) {
	t.Parallel()
	m := store.NewMemory(store.MemoryOptions{})
	for _, before := range []int{0, 1, 47, 48, 200} {
		for _, after := range []int{0, 46, 47, 48, 49, 200} {
			for _, del := range []bool{false, true} {
				old, next := store.MarkPrefix+"old", store.MarkPrefix+"next"
				mustPut(t, m, old, strings.Repeat("b", before), time.Hour)
				if del {
					if err := m.Delete(t.Context(), old); err != nil {
						t.Fatal(err)
					}
				} else {
					next = old
				}
				want := strings.Repeat("a", after)
				mustPut(t, m, next, want, time.Hour)
				if got, ok, err := m.Get(t.Context(), next); string(got) != want || !ok || err != nil {
					t.Errorf("%d bytes after %d, deleted %t: got %q, %t, error %v", after, before, del, got, ok, err)
				}
				if err := m.Delete(t.Context(), next); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
