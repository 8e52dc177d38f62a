package session_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange/session"
	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/store"
	"github.com/flowserver/flowserver/store/redis"
)

// swapping is a store whose next swaps fail, or are overtaken by another update.
type swapping struct {
	store.KeyValue
	err       error
	overtaken int // so many times
	swaps     int
}

func (s *swapping) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	s.swaps++
	if s.err != nil || s.swaps <= s.overtaken {
		return false, s.err
	}
	return s.KeyValue.CompareAndSwap(ctx, key, old, next, ttl)
}

func TestSessions_Overtaken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		overtaken, swaps int
		want             error
	}{
		"never":    {0, 1, nil},
		"once":     {1, 2, nil},
		"11 times": {11, 12, nil},
		"always":   {math.MaxInt, 12, session.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &swapping{KeyValue: memory(), overtaken: test.overtaken}
				carts := newSessions[cart](t, s, session.Config{})
				began := time.Now()
				got, err := carts.Update(t.Context(), "tok-1", add("tea"))
				if !errors.Is(err, test.want) || s.swaps != test.swaps {
					t.Errorf("got error %v after %d swaps, want %v after %d", err, s.swaps, test.want, test.swaps)
				}
				if err == nil && got.Count != 1 {
					t.Errorf("got %d items, want 1: each attempt begins with what is stored", got.Count)
				}
				if took := time.Since(began); took >= time.Second {
					t.Errorf("took %v, want less than a second", took)
				}
			})
		})
	}
}

func TestSessions_OvertakenUntilCanceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &swapping{KeyValue: memory(), overtaken: math.MaxInt}
		carts := newSessions[cart](t, s, session.Config{})
		ctx, cancel := context.WithCancel(t.Context())
		var canceled time.Time
		_, err := carts.Update(ctx, "tok-1", func(*cart) error {
			if s.swaps == 5 { // the sixth attempt is overtaken, too, and not followed by another
				canceled = time.Now()
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) || s.swaps != 6 {
			t.Errorf("got error %v after %d swaps, want %v after 6", err, s.swaps, context.Canceled)
		}
		if took := time.Since(canceled); took > 0 {
			t.Errorf("took another %v, want none", took)
		}
	})
}

// TestSessions_Concurrent has many users of one session; none of their changes may
// be lost.
func TestSessions_Concurrent(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) store.Store{
		"memory": func(*testing.T) store.Store { return memory() },
		"redis": func(t *testing.T) store.Store {
			url, _ := storetest.StartRedis(t)
			s, err := redis.Open(url, redis.Options{Timeout: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const users, times = 8, 20
			s := open(t)
			var wg sync.WaitGroup
			for user := range users {
				carts := newSessions[cart](t, s, session.Config{}) // as on another replica
				wg.Go(func() {
					for range times {
						err := session.ErrConflict
						for range 100 {
							if !errors.Is(err, session.ErrConflict) {
								break
							}
							_, err = carts.Update(t.Context(), "tok-1", func(c *cart) error {
								if c.Notes == nil {
									c.Notes = map[string]int{}
								}
								c.Notes[fmt.Sprint("user ", user)]++
								c.Count++
								return nil
							})
						}
						if err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			got, ok, err := newSessions[cart](t, s, session.Config{}).Load(t.Context(), "tok-1")
			if !ok || err != nil {
				t.Fatalf("got %t, %v", ok, err)
			}
			want := cart{Count: users * times, Notes: map[string]int{}}
			for user := range users {
				want.Notes[fmt.Sprint("user ", user)] = times
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("changes are lost (-want +got):\n%s", diff)
			}
		})
	}
}
