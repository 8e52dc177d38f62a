package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/session"
	"github.com/flowserver/flowserver/store"
)

var _ store.KeyValue = store.Store(nil)

type cart struct {
	Items []string       `json:"items"`
	Count int            `json:"count"`
	Notes map[string]int `json:"notes,omitempty"`
}

func newSessions[T any](tb testing.TB, s store.KeyValue, cfg session.Config) *session.Sessions[T] {
	tb.Helper()
	if cfg.Flow == "" {
		cfg.Flow = "shop"
	}
	sessions, err := session.New[T](s, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return sessions
}

func add(item string) func(*cart) error {
	return func(c *cart) error {
		c.Items = append(c.Items, item)
		c.Count++
		return nil
	}
}

func memory() *store.Memory { return store.NewMemory(store.MemoryOptions{}) }

func TestSessions(t *testing.T) {
	t.Parallel()
	carts := newSessions[cart](t, memory(), session.Config{})
	want := func(token string, ok bool, items ...string) {
		t.Helper()
		got, found, err := carts.Load(t.Context(), token)
		if err != nil || found != ok {
			t.Fatalf("Load: got found %t and error %v, want %t", found, err, ok)
		}
		if diff := cmp.Diff(cart{Items: items, Count: len(items)}, got); diff != "" {
			t.Errorf("Load (-want +got):\n%s", diff)
		}
	}
	want("tok-1", false)
	for i, item := range []string{"tea", "milk"} {
		got, err := carts.Update(t.Context(), "tok-1", add(item))
		if err != nil || got.Count != i+1 {
			t.Fatalf("Update: got count %d and error %v, want %d", got.Count, err, i+1)
		}
	}
	want("tok-1", true, "tea", "milk")
	want("tok-2", false)
	for range 2 { // the second time there is none
		if err := carts.Delete(t.Context(), "tok-1"); err != nil {
			t.Fatal(err)
		}
	}
	want("tok-1", false)
}

func TestSessions_FlowsAreApart(t *testing.T) {
	t.Parallel()
	s := memory()
	shop, survey := newSessions[cart](t, s, session.Config{}), newSessions[cart](t, s, session.Config{Flow: "survey"})
	if _, err := shop.Update(t.Context(), "tok-1", add("tea")); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := survey.Load(t.Context(), "tok-1"); ok || err != nil {
		t.Errorf("got %v, %t, %v of another flow; want none", got, ok, err)
	}
}

func TestSessions_NoToken(t *testing.T) {
	t.Parallel()
	carts := newSessions[cart](t, failing{t}, session.Config{})
	for _, token := range []string{"", "unused"} {
		if _, ok, err := carts.Load(t.Context(), token); ok || !errors.Is(err, session.ErrNoSession) {
			t.Errorf("Load %q: got %t and error %v, want %v", token, ok, err, session.ErrNoSession)
		}
		if _, err := carts.Update(t.Context(), token, add("tea")); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("Update %q: got error %v, want %v", token, err, session.ErrNoSession)
		}
		if err := carts.Delete(t.Context(), token); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("Delete %q: got error %v, want %v", token, err, session.ErrNoSession)
		}
	}
}

// failing is a store that nobody may ask.
type failing struct{ t *testing.T }

func (f failing) Get(context.Context, string) ([]byte, bool, error) {
	f.t.Error("the store is asked")
	return nil, false, nil
}

func (f failing) CompareAndSwap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	f.t.Error("the store is asked")
	return true, nil
}

func (f failing) Delete(context.Context, string) error {
	f.t.Error("the store is asked")
	return nil
}

func TestSessions_TTL(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cfg session.Config
		ttl time.Duration
	}{
		"default": {session.Config{}, 72 * time.Hour},
		"30 min":  {session.Config{TTL: 30 * time.Minute}, 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				carts := newSessions[cart](t, memory(), test.cfg)
				wait := test.ttl - time.Second
				for range 3 { // each update begins another TTL, a load does not
					if _, err := carts.Update(t.Context(), "tok-1", add("tea")); err != nil {
						t.Fatal(err)
					}
					time.Sleep(wait)
				}
				if got, ok, err := carts.Load(t.Context(), "tok-1"); !ok || got.Count != 3 || err != nil {
					t.Errorf("before the end: got %v, %t, %v; want three items", got, ok, err)
				}
				time.Sleep(time.Second)
				if got, ok, err := carts.Load(t.Context(), "tok-1"); ok || err != nil {
					t.Errorf("after the end: got %v, %t, %v; want none", got, ok, err)
				}
			})
		})
	}
}

func TestSessions_ErrorOfFunction(t *testing.T) {
	t.Parallel()
	carts := newSessions[cart](t, memory(), session.Config{})
	if _, err := carts.Update(t.Context(), "tok-1", add("tea")); err != nil {
		t.Fatal(err)
	}
	want := exchange.Reject("The cart is full.")
	got, err := carts.Update(t.Context(), "tok-1", func(c *cart) error {
		c.Items[0] = "milk"
		return want
	})
	if err != want || got.Items != nil { //nolint:errorlint // it is to come back as it is
		t.Errorf("got cart %v and error %v, want none and %v", got, err, want)
	}
	if got, _, err := carts.Load(t.Context(), "tok-1"); err != nil || got.Items[0] != "tea" {
		t.Errorf("got %v, %v; want what was there before", got, err)
	}
}

func TestSessions_MaxSize(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit, length int
		want          error
	}{
		"at the limit":           {12, 10, nil}, // with quotes
		"over the limit":         {12, 11, session.ErrTooLarge},
		"at the default limit":   {0, 64<<10 - 2, nil},
		"over the default limit": {0, 64<<10 - 1, session.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			texts := newSessions[string](t, memory(), session.Config{MaxSize: test.limit})
			typed := strings.Repeat("x", test.length)
			_, err := texts.Update(t.Context(), "tok-1", func(s *string) error { *s = typed; return nil })
			if !errors.Is(err, test.want) || err != nil && strings.Contains(err.Error(), "xx") {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if got, ok, err := texts.Load(t.Context(), "tok-1"); ok != (test.want == nil) || ok && got != typed || err != nil {
				t.Errorf("got a session of %d characters, %t, %v; want stored: %t", len(got), ok, err, test.want == nil)
			}
		})
	}
}

func TestSessions_Version(t *testing.T) {
	t.Parallel()
	s := memory()
	v1 := newSessions[string](t, s, session.Config{Version: 1})
	v2 := newSessions[cart](t, s, session.Config{Version: 2})
	if _, err := v1.Update(t.Context(), "tok-1", func(s *string) error { *s = "tea"; return nil }); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := v2.Load(t.Context(), "tok-1"); ok || err != nil {
		t.Errorf("got %v, %t, %v of another version; want none", got, ok, err)
	}
	if got, err := v2.Update(t.Context(), "tok-1", add("milk")); err != nil || got.Count != 1 {
		t.Errorf("got %v, %v; want a new session", got, err)
	}
	if got, ok, err := v1.Load(t.Context(), "tok-1"); ok || err != nil {
		t.Errorf("got %q, %t, %v of a newer version; want none", got, ok, err)
	}
}

// TestSessions_Misfit has a type that changed while its version did not.
func TestSessions_Misfit(t *testing.T) {
	t.Parallel()
	s := memory()
	before, after := newSessions[map[string]any](t, s, session.Config{}), newSessions[cart](t, s, session.Config{})
	_, err := before.Update(t.Context(), "tok-1", func(m *map[string]any) error {
		*m = map[string]any{"items": []string{"tea"}, "count": 4711.5}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "the stored session does not fit session_test.cart: count Config.Version up when the type changes"
	got, ok, err := after.Load(t.Context(), "tok-1")
	if err == nil || err.Error() != "session: load: "+want || ok || got.Items != nil {
		t.Errorf("Load: got %v, %t and error %v; want none and %q", got, ok, err, want)
	}
	if _, err := after.Update(t.Context(), "tok-1", add("milk")); err == nil || err.Error() != "session: update: "+want {
		t.Errorf("Update: got error %v, want %q", err, want)
	}
}

// TestSessions_StoreSeesNoToken looks at what the store is given.
func TestSessions_StoreSeesNoToken(t *testing.T) {
	t.Parallel()
	watched := &watching{KeyValue: memory()}
	carts := newSessions[cart](t, watched, session.Config{})
	if _, err := carts.Update(t.Context(), "tok-4711", add("tea")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := carts.Load(t.Context(), "tok-4711"); err != nil {
		t.Fatal(err)
	}
	if err := carts.Delete(t.Context(), "tok-4711"); err != nil {
		t.Fatal(err)
	}
	// the hash is that of `printf tok-4711 | sha256sum`
	want := strings.Repeat("session/shop/3e2881f747a991ecb97003f655e04868d750bc7d5cbbb120a19e432129b5421e\n", 4)
	if got := watched.keys.String(); got != want {
		t.Errorf("got keys\n%swant\n%s", got, want)
	}
	if got, want := watched.values.String(), `{"v":0,"data":{"items":["tea"],"count":1}}`; got != want {
		t.Errorf("got value %s, want %s", got, want)
	}
}

type watching struct {
	store.KeyValue
	keys, values strings.Builder
}

func (w *watching) Get(ctx context.Context, key string) ([]byte, bool, error) {
	fmt.Fprintln(&w.keys, key)
	return w.KeyValue.Get(ctx, key)
}

func (w *watching) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	fmt.Fprintln(&w.keys, key)
	w.values.Write(next)
	return w.KeyValue.CompareAndSwap(ctx, key, old, next, ttl)
}

func (w *watching) Delete(ctx context.Context, key string) error {
	fmt.Fprintln(&w.keys, key)
	return w.KeyValue.Delete(ctx, key)
}

func TestSessions_StoreErrors(t *testing.T) {
	t.Parallel()
	s := memory()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	carts := newSessions[cart](t, s, session.Config{})
	_, _, load := carts.Load(t.Context(), "tok-4711")
	_, update := carts.Update(t.Context(), "tok-4711", add("tea"))
	for op, err := range map[string]error{"load": load, "update": update, "delete": carts.Delete(t.Context(), "tok-4711")} {
		if !errors.Is(err, store.ErrClosed) || !strings.HasPrefix(err.Error(), "session: "+op+": ") || strings.Contains(err.Error(), "4711") {
			t.Errorf("%s: got error %v, want %v without the token", op, err, store.ErrClosed)
		}
	}
	writes := newSessions[cart](t, &swapping{KeyValue: memory(), err: store.ErrUnavailable}, session.Config{})
	if got, err := writes.Update(t.Context(), "tok-1", add("tea")); !errors.Is(err, store.ErrUnavailable) || got.Count != 0 {
		t.Errorf("a write that fails: got %v and error %v, want %v", got, err, store.ErrUnavailable)
	}
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		store store.KeyValue
		cfg   session.Config
		want  string
	}{
		"no store":         {nil, session.Config{Flow: "shop"}, "session: the store is nil"},
		"no flow":          {memory(), session.Config{}, "session: Config.Flow is empty"},
		"negative TTL":     {memory(), session.Config{Flow: "shop", TTL: -1}, "session: Config.TTL is negative"},
		"negative MaxSize": {memory(), session.Config{Flow: "shop", MaxSize: -1}, "session: Config.MaxSize is negative"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s, err := session.New[cart](test.store, test.cfg); err == nil || err.Error() != test.want || s != nil {
				t.Errorf("got %v and error %v, want none and %q", s, err, test.want)
			}
		})
	}
	type channel struct{ C chan int }
	_, err := session.New[channel](memory(), session.Config{Flow: "shop"})
	if _, ok := errors.AsType[*json.UnsupportedTypeError](err); !ok {
		t.Errorf("a type that JSON has no words for: got error %v", err)
	}
}

func TestSessions_UnsupportedValue(t *testing.T) {
	t.Parallel()
	numbers := newSessions[float64](t, memory(), session.Config{})
	_, err := numbers.Update(t.Context(), "tok-1", func(n *float64) error { *n = math.NaN(); return nil })
	if _, ok := errors.AsType[*json.UnsupportedValueError](err); !ok {
		t.Errorf("got error %v, want that of JSON", err)
	}
}

// damagedOnce is a store in which one value was damaged, until it is deleted.
type damagedOnce struct {
	store.KeyValue
	repaired bool
}

func (d *damagedOnce) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if !d.repaired {
		return nil, false, store.ErrDamaged
	}
	return d.KeyValue.Get(ctx, key)
}

func (d *damagedOnce) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	if !d.repaired {
		return false, nil
	}
	return d.KeyValue.CompareAndSwap(ctx, key, old, next, ttl)
}

func (d *damagedOnce) Delete(ctx context.Context, key string) error {
	d.repaired = true
	return d.KeyValue.Delete(ctx, key)
}

// A session that was damaged in the store counts as none, and is replaced.
func TestDamagedSession(t *testing.T) {
	t.Parallel()
	kept := &damagedOnce{KeyValue: store.NewMemory(store.MemoryOptions{})}
	sessions, err := session.New[int](kept, session.Config{Flow: "f"})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := sessions.Update(t.Context(), "token", func(n *int) error { *n++; return nil }); n != 1 || err != nil {
		t.Errorf("update: %d, error %v", n, err)
	}
	if n, ok, err := sessions.Load(t.Context(), "token"); n != 1 || !ok || err != nil {
		t.Errorf("load: %d, %t, error %v", n, ok, err)
	}
}
