package storetest

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

// short expires within step, long does not.
const (
	short = 50 * time.Millisecond
	step  = 100 * time.Millisecond
	long  = time.Hour
)

// Run tests a kind of store. open returns a new, empty store for each test, and advance,
// which lets time pass for it: by a clock that the test moves, or by sleeping. Run asks for
// 100 ms at a time. Tests run in parallel.
func Run(t *testing.T, open func(t *testing.T) (s store.Store, advance func(time.Duration))) {
	t.Helper()
	tests := []struct {
		name string
		test func(t *testing.T, s store.Store, advance func(time.Duration))
	}{
		{"get, put, delete", testGetPutDelete},
		{"values are bytes", testValuesAreBytes},
		{"values are copies", testValuesAreCopies},
		{"values expire", testValuesExpire},
		{"every write sets the time to live", testWritesSetTTL},
		{"time to live must be positive", testTTLMustBePositive},
		{"put if absent", testPutIfAbsent},
		{"put if absent has one winner", testPutIfAbsentHasOneWinner},
		{"compare and swap", testCompareAndSwap},
		{"compare and swap loses no update", testCompareAndSwapLosesNoUpdate},
		{"leases of marks", testLeases},
		{"marks and values do not share names", testMarksAndValuesApart},
		{"lock", testLock},
		{"lock has one owner at a time", testLockHasOneOwner},
		{"lock expires", testLockExpires},
		{"lock is ended by its owner only", testLockIsEndedByOwnerOnly},
		{"locks and values do not share names", testLocksAndValuesApart},
		{"ended context", testEndedContext},
		{"ping and kind", testPingAndKind},
		{"closed", testClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, advance := open(t)
			tt.test(t, s, advance)
		})
	}
}

func testGetPutDelete(t *testing.T, s store.Store, _ func(time.Duration)) {
	wantAbsent(t, s, "k")
	put(t, s, "k", "one", long)
	wantValue(t, s, "k", "one")
	put(t, s, "k", "two", long)
	wantValue(t, s, "k", "two")
	put(t, s, "other", "three", long)

	for range 2 { // deleting nothing is no error
		if err := s.Delete(t.Context(), "k"); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		wantAbsent(t, s, "k")
	}
	wantValue(t, s, "other", "three")
}

func testValuesAreBytes(t *testing.T, s store.Store, _ func(time.Duration)) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, value := range map[string][]byte{
		"every byte":  every,
		"one zero":    {0},
		"line ends":   []byte("\r\n$5\r\n"),
		"not UTF-8":   {0xff, 0xfe, 0x80},
		"a number":    []byte("12"),
		"one MiB":     bytes.Repeat(every, 4096),
		"empty":       {},
		"nil":         nil,
		"key of\r\n😀": []byte("odd key"),
	} {
		if err := s.Put(t.Context(), name, value, long); err != nil {
			t.Fatalf("Put %s: %v", name, err)
		}
		got, ok, err := s.Get(t.Context(), name)
		if err != nil || !ok || !bytes.Equal(got, value) || got == nil {
			t.Errorf("Get %s: got %d bytes (nil: %v), ok %v, error %v; want the %d bytes put",
				name, len(got), got == nil, ok, err, len(value))
		}
		if swapped := swap(t, s, name, append([]byte{}, value...), []byte("next"), long); !swapped {
			t.Errorf("CompareAndSwap %s: the value got was not accepted as the old one", name)
		}
	}
}

func testValuesAreCopies(t *testing.T, s store.Store, _ func(time.Duration)) {
	given := []byte("value")
	if err := s.Put(t.Context(), "k", given, long); err != nil {
		t.Fatal(err)
	}
	given[0] = 'X'
	got := wantValue(t, s, "k", "value")
	got[0] = 'Y'
	wantValue(t, s, "k", "value")
}

func testValuesExpire(t *testing.T, s store.Store, advance func(time.Duration)) {
	put(t, s, "put", "v", short)
	putIfAbsent(t, s, "put if absent", "v", short)
	swap(t, s, "swap", nil, []byte("v"), short)
	put(t, s, "tiny", "v", time.Nanosecond)
	put(t, s, "long", "v", long)
	advance(step)
	wantAbsent(t, s, "put")
	wantAbsent(t, s, "put if absent")
	wantAbsent(t, s, "swap")
	wantAbsent(t, s, "tiny")
	wantValue(t, s, "long", "v")

	if !putIfAbsent(t, s, "put if absent", "again", long) {
		t.Error("PutIfAbsent: an expired value is still in the way")
	}
	if swap(t, s, "put", []byte("v"), []byte("again"), long) {
		t.Error("CompareAndSwap: an expired value was taken for the old one")
	}
	if !swap(t, s, "swap", nil, []byte("again"), long) {
		t.Error("CompareAndSwap: an expired value is still in the way")
	}
}

func testWritesSetTTL(t *testing.T, s store.Store, advance func(time.Duration)) {
	put(t, s, "put", "v", short)
	put(t, s, "swap", "v", long)
	put(t, s, "shortened", "v", long)
	put(t, s, "refused", "v", long)

	put(t, s, "put", "w", long)
	swap(t, s, "swap", []byte("v"), []byte("w"), short)
	put(t, s, "shortened", "w", short)
	putIfAbsent(t, s, "refused", "w", short)
	advance(step)
	wantValue(t, s, "put", "w")
	wantAbsent(t, s, "swap")
	wantAbsent(t, s, "shortened")
	wantValue(t, s, "refused", "v")
}

func testTTLMustBePositive(t *testing.T, s store.Store, _ func(time.Duration)) {
	for _, ttl := range []time.Duration{0, -1, -long} {
		if err := s.Put(t.Context(), "k", nil, ttl); err == nil {
			t.Errorf("Put for %v: no error", ttl)
		}
		if stored, err := s.PutIfAbsent(t.Context(), "k", nil, ttl); err == nil || stored {
			t.Errorf("PutIfAbsent for %v: got %v, error %v; want an error", ttl, stored, err)
		}
		if swapped, err := s.CompareAndSwap(t.Context(), "k", nil, nil, ttl); err == nil || swapped {
			t.Errorf("CompareAndSwap for %v: got %v, error %v; want an error", ttl, swapped, err)
		}
		if unlock, acquired, err := s.TryLock(t.Context(), "k", ttl); err == nil || acquired || unlock != nil {
			t.Errorf("TryLock for %v: got %v, error %v; want an error", ttl, acquired, err)
		}
	}
	wantAbsent(t, s, "k")
}

func testPutIfAbsent(t *testing.T, s store.Store, _ func(time.Duration)) {
	if !putIfAbsent(t, s, "k", "", long) {
		t.Error("PutIfAbsent with no value: got false, want true")
	}
	if putIfAbsent(t, s, "k", "second", long) {
		t.Error("PutIfAbsent with an empty value there: got true, want false")
	}
	wantValue(t, s, "k", "")
}

func testPutIfAbsentHasOneWinner(t *testing.T, s store.Store, _ func(time.Duration)) {
	var winners atomic.Int32
	var winner atomic.Value
	together(t, 16, func(i int) error {
		value := strconv.Itoa(i)
		stored, err := s.PutIfAbsent(t.Context(), "k", []byte(value), long)
		if stored {
			winners.Add(1)
			winner.Store(value)
		}
		return err
	})
	if got := winners.Load(); got != 1 {
		t.Fatalf("winners: got %d, want 1", got)
	}
	wantValue(t, s, "k", winner.Load().(string))
}

func testCompareAndSwap(t *testing.T, s store.Store, _ func(time.Duration)) {
	steps := []struct {
		name      string
		old, next []byte
		want      bool
		after     string
	}{
		{"value where there is none", []byte("one"), []byte("x"), false, ""},
		{"empty value where there is none", []byte{}, []byte("x"), false, ""},
		{"none where there is none", nil, []byte{}, true, ""},
		{"none where the value is empty", nil, []byte("x"), false, ""},
		{"empty where the value is empty", []byte{}, []byte("one"), true, "one"},
		{"none where there is a value", nil, []byte("x"), false, "one"},
		{"empty where there is a value", []byte{}, []byte("x"), false, "one"},
		{"another value", []byte("two"), []byte("x"), false, "one"},
		{"beginning of the value", []byte("on"), []byte("x"), false, "one"},
		{"the value", []byte("one"), []byte("two"), true, "two"},
		{"the value before", []byte("one"), []byte("x"), false, "two"},
		{"the value for itself", []byte("two"), []byte("two"), true, "two"},
		{"nil for the value", []byte("two"), nil, true, ""},
	}
	for i, tt := range steps {
		if got := swap(t, s, "k", tt.old, tt.next, long); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if i < 2 {
			wantAbsent(t, s, "k")
		} else {
			wantValue(t, s, "k", tt.after)
		}
	}
}

func testCompareAndSwapLosesNoUpdate(t *testing.T, s store.Store, _ func(time.Duration)) {
	const workers, updates = 8, 10
	together(t, workers, func(int) error {
		for range updates {
			if err := increment(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	wantValue(t, s, "counter", strconv.Itoa(workers*updates))
}

func increment(ctx context.Context, s store.Store) error {
	for {
		old, ok, err := s.Get(ctx, "counter")
		if err != nil {
			return err
		}
		n := 0
		if ok {
			if n, err = strconv.Atoi(string(old)); err != nil {
				return err
			}
		}
		swapped, err := s.CompareAndSwap(ctx, "counter", old, []byte(strconv.Itoa(n+1)), long)
		if err != nil || swapped {
			return err
		}
	}
}

// testLeases does what a replica does while a handler runs: it begins, renews, and gives up.
func testLeases(t *testing.T, s store.Store, advance func(time.Duration)) {
	const key = store.MarkPrefix + "k"
	mine, theirs := []byte("mine"), []byte("theirs")
	if !swap(t, s, key, nil, mine, short) {
		t.Fatal("a lease that is free: got false, want true")
	}
	if swap(t, s, key, nil, theirs, long) || swap(t, s, key, theirs, theirs, long) {
		t.Error("a lease that another has: got true, want false")
	}
	if !swap(t, s, key, mine, mine, long) {
		t.Error("renewal: got false, want true")
	}
	advance(step)
	wantValue(t, s, key, "mine")
	if !swap(t, s, key, mine, mine, time.Millisecond) {
		t.Error("giving up: got false, want true")
	}
	advance(step)
	if swap(t, s, key, mine, mine, long) {
		t.Error("renewal of a lease that ended: got true, want false")
	}
	if !swap(t, s, key, nil, theirs, long) {
		t.Error("a lease that was given up: got false, want true")
	}
	wantValue(t, s, key, "theirs")
}

func testMarksAndValuesApart(t *testing.T, s store.Store, _ func(time.Duration)) {
	put(t, s, "k", "value", long)
	put(t, s, store.MarkPrefix+"k", "mark", long)
	wantValue(t, s, "k", "value")
	wantValue(t, s, store.MarkPrefix+"k", "mark")
	if err := s.Delete(t.Context(), store.MarkPrefix+"k"); err != nil {
		t.Error(err)
	}
	wantAbsent(t, s, store.MarkPrefix+"k")
	wantValue(t, s, "k", "value")
}

func testLock(t *testing.T, s store.Store, _ func(time.Duration)) {
	unlock := lock(t, s, "k", long)
	wantLocked(t, s)
	lock(t, s, "other", long)
	unlock()
	unlock = lock(t, s, "k", long)
	unlock()
	unlock() // again: nothing happens

	ctx, cancel := context.WithCancel(t.Context())
	unlock, acquired, err := s.TryLock(ctx, "k", long)
	if err != nil || !acquired {
		t.Fatalf("TryLock: got %v, error %v", acquired, err)
	}
	cancel()
	unlock() // works although the context ended
	lock(t, s, "k", long)
}

func testLockHasOneOwner(t *testing.T, s store.Store, _ func(time.Duration)) {
	var owners, taken atomic.Int32
	together(t, 16, func(int) error {
		unlock, acquired, err := s.TryLock(t.Context(), "k", long)
		if err != nil || !acquired {
			return err
		}
		if owners.Add(1) != 1 {
			err = errors.New("two owners at the same time")
		}
		taken.Add(1)
		owners.Add(-1)
		unlock()
		return err
	})
	if taken.Load() == 0 {
		t.Error("nobody got the lock")
	}
}

func testLockExpires(t *testing.T, s store.Store, advance func(time.Duration)) {
	lock(t, s, "k", short)
	advance(step)
	lock(t, s, "k", long)
	wantLocked(t, s)
}

func testLockIsEndedByOwnerOnly(t *testing.T, s store.Store, advance func(time.Duration)) {
	late := lock(t, s, "k", short)
	advance(step)
	unlock := lock(t, s, "k", long)
	late()
	wantLocked(t, s)
	unlock()
	lock(t, s, "k", long)
}

func testLocksAndValuesApart(t *testing.T, s store.Store, _ func(time.Duration)) {
	unlock := lock(t, s, "k", long)
	wantAbsent(t, s, "k")
	put(t, s, "k", "v", long)
	wantLocked(t, s)
	unlock()
	wantValue(t, s, "k", "v")
}

func testEndedContext(t *testing.T, s store.Store, _ func(time.Duration)) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 { // however often: nothing follows from it for other callers
		for op, err := range everyCall(ended, s) {
			if !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("%s: got error %v, want context.Canceled and not ErrUnavailable", op, err)
			}
		}
	}
	put(t, s, "k", "v", long)
}

func testPingAndKind(t *testing.T, s store.Store, _ func(time.Duration)) {
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	if got := s.Kind(); got != "memory" && got != "redis" {
		t.Errorf("Kind: got %q, want memory or redis", got)
	}
}

func testClosed(t *testing.T, s store.Store, _ func(time.Duration)) {
	unlock := lock(t, s, "k", long)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	unlock()
	for op, err := range everyCall(t.Context(), s) {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s after Close: got error %v, want ErrClosed", op, err)
		}
	}
	if s.Kind() == "" {
		t.Error("Kind after Close: empty")
	}
}
