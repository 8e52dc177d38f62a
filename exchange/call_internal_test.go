package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/store"
)

// cut is the store as a replica sees it that can lose its connection.
type cut struct {
	store.KeyValue
	off atomic.Bool
}

func (c *cut) err() error {
	if c.off.Load() {
		return store.ErrUnavailable
	}
	return nil
}

func (c *cut) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := c.err(); err != nil {
		return nil, false, err
	}
	return c.KeyValue.Get(ctx, key)
}

func (c *cut) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	if err := c.err(); err != nil {
		return false, err
	}
	return c.KeyValue.CompareAndSwap(ctx, key, old, next, ttl)
}

func (c *cut) Delete(ctx context.Context, key string) error {
	if err := c.err(); err != nil {
		return err
	}
	return c.KeyValue.Delete(ctx, key)
}

// replicas are two that share a store.
type replicas struct {
	t      *testing.T
	shared *store.Memory
	stores map[string]*cut
	calls  atomic.Int32
}

func newReplicas(t *testing.T) *replicas {
	t.Helper()
	shared := store.NewMemory(store.MemoryOptions{})
	t.Cleanup(func() { _ = shared.Close() })
	return &replicas{t: t, shared: shared, stores: map[string]*cut{
		"a": {KeyValue: shared}, "b": {KeyValue: shared}, "c": {KeyValue: shared},
	}}
}

func (r *replicas) call(replica string) call {
	return call{
		store: r.stores[replica], key: "k", content: sha256.Sum256([]byte("content")),
		running: 13 * time.Second, keep: time.Minute, remember: time.Hour, takeOver: true,
	}
}

// run makes the call at a replica, where it takes a while and comes to the replica's name.
func (r *replicas) run(replica string, takes time.Duration) (ran, error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), 8*time.Second)
	defer cancel()
	return r.call(replica).run(ctx, func() ([]byte, bool) {
		r.calls.Add(1)
		time.Sleep(takes)
		return []byte(replica), true
	})
}

func (r *replicas) want(got ran, err error, want ran, wantErr error, calls int32) {
	r.t.Helper()
	if !bytes.Equal(got.outcome, want.outcome) || got.repeated != want.repeated || got.takenOver != want.takenOver || !errors.Is(err, wantErr) {
		r.t.Errorf("got %q, repeated %t, taken over %t, error %v; want %+v, error %v", got.outcome, got.repeated, got.takenOver, err, want, wantErr)
	}
	if n := r.calls.Load(); n != calls {
		r.t.Errorf("it ran %d times, want %d", n, calls)
	}
}

// A call that takes longer than a lease is waited for, because its replica renews it.
func TestCall_IsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t)
		go func() { _, _ = r.run("a", 7*time.Second) }()
		synctest.Wait()
		got, err := r.run("b", 0)
		r.want(got, err, ran{outcome: []byte("a"), repeated: true}, nil, 1)
	})
}

func TestCall_DoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t)
		go func() { _, _ = r.run("a", 9*time.Second) }()
		synctest.Wait()
		got, err := r.run("b", 0)
		r.want(got, err, ran{}, errBusy, 1)
		if statusOf(err) != 504 || errors.Is(err, ErrDeadline) || !strings.Contains(err.Error(), "another request began this") {
			t.Errorf("status %d, error %v; want 504 and an error that blames no handler", statusOf(err), err)
		}
		time.Sleep(30 * time.Second) // until all have ended
	})
}

// The end of a replica shows when its lease ends. Another one takes over, at most once.
func TestCall_TakenOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t)
		go func() { _, _ = r.run("a", 20*time.Second) }()
		time.Sleep(2500 * time.Millisecond)
		r.stores["a"].off.Store(true)
		cutAt := time.Now()
		go func() { _, _ = r.run("b", 20*time.Second) }()
		time.Sleep(leaseTime + pollMost)
		r.want(ran{}, nil, ran{}, nil, 2)
		r.stores["b"].off.Store(true)
		got, err := r.run("c", 0)
		r.want(got, err, ran{}, errUnfinished, 2)
		if took := time.Since(cutAt); took > 2*(leaseTime+pollMost) {
			t.Errorf("it took %s to see that two replicas ended", took)
		}
		time.Sleep(30 * time.Second)
	})
}

func TestCall_NotTakenOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t)
		go func() { _, _ = r.run("a", 20*time.Second) }()
		synctest.Wait()
		r.stores["a"].off.Store(true)
		once := r.call("b")
		once.takeOver = false
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		got, err := once.run(ctx, func() ([]byte, bool) { r.calls.Add(1); return nil, true })
		r.want(got, err, ran{}, errUnfinished, 1)
		time.Sleep(30 * time.Second)
	})
}

// A replica that was cut off and finishes late sends the answer of the one that took over,
// whether that has finished or not.
func TestCall_LostLease(t *testing.T) {
	t.Parallel()
	for name, takes := range map[string]time.Duration{"other has finished": time.Second, "other still runs": 4 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newReplicas(t)
				late := make(chan struct{})
				go func() {
					defer close(late)
					got, err := r.run("a", 6500*time.Millisecond)
					r.want(got, err, ran{outcome: []byte("b"), repeated: true}, nil, 2)
				}()
				synctest.Wait()
				r.stores["a"].off.Store(true)
				over := make(chan struct{})
				go func() {
					defer close(over)
					got, err := r.run("b", takes)
					r.want(got, err, ran{outcome: []byte("b"), takenOver: true}, nil, 2)
				}()
				time.Sleep(6 * time.Second)
				r.stores["a"].off.Store(false)
				<-late
				<-over
			})
		})
	}
}

// A call whose outcome is gone is not made again, nor is one whose values are damaged.
func TestCall_NothingLeft(t *testing.T) {
	t.Parallel()
	outcomeOf := func(r *replicas) string {
		value, _, _ := r.shared.Get(t.Context(), r.call("a").markKey())
		m, _ := decodeMark(value)
		return r.call("a").outcomeKey(m)
	}
	for name, test := range map[string]struct {
		harm func(r *replicas) error
		want error
	}{
		"outcome gone": {func(r *replicas) error { return r.shared.Delete(t.Context(), outcomeOf(r)) }, errAnswerGone},
		"mark empty":   {func(r *replicas) error { return r.shared.Put(t.Context(), r.call("a").markKey(), nil, time.Hour) }, errDamaged},
		"mark of text": {func(r *replicas) error {
			return r.shared.Put(t.Context(), r.call("a").markKey(), []byte("text"), time.Hour)
		}, errDamaged},
		"mark of zeros": {func(r *replicas) error {
			return r.shared.Put(t.Context(), r.call("a").markKey(), make([]byte, 42), time.Hour)
		}, errDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReplicas(t)
			got, err := r.run("a", 0)
			r.want(got, err, ran{outcome: []byte("a")}, nil, 1)
			if err := test.harm(r); err != nil {
				t.Fatal(err)
			}
			got, err = r.run("b", 0)
			r.want(got, err, ran{repeated: errors.Is(test.want, errAnswerGone)}, test.want, 1)
			if statusOf(err) != 409 {
				t.Errorf("status %d, want 409", statusOf(err))
			}
		})
	}
}

// What does not count may be made again, at once.
func TestCall_GivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReplicas(t)
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		_, err := r.call("a").run(ctx, func() ([]byte, bool) { r.calls.Add(1); return nil, false })
		r.want(ran{}, err, ran{}, nil, 1)
		got, err := r.run("b", 0)
		r.want(got, err, ran{outcome: []byte("b")}, nil, 2)
	})
}

func TestDecodeAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		ok   bool
	}{
		"answer":             {"\x00\xc8QUJD", true},
		"failure":            {"\x01\xf4", true},
		"token expired":      {"\x01\xabQUJD", true},
		"token, no text":     {"\x01\xab", true},
		"nothing":            {"", false},
		"half a status":      {"\x01", false},
		"200 without a body": {"\x00\xc8", false},
		"200 with markup":    {"\x00\xc8<script>", false},
		"half of base64":     {"\x00\xc8QUJ", false},
		"line feed":          {"\x00\xc8QUJD\nQUJD", false},
		"failure with text":  {"\x01\xf4QUJD", false},
		"redirect":           {"\x01\x2d", false},
		"status 0":           {"\x00\x00QUJD", false},
		"status 1000":        {"\x03\xe8", false},
		"hung up":            {"\x01\xf3", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := decodeAnswer([]byte(test.text))
			if ok := !errors.Is(err, errDamaged); ok != test.ok || !ok && body != nil {
				t.Errorf("got %q, error %v; want it accepted: %t", body, err, test.ok)
			}
		})
	}
}
