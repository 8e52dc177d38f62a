package store_test

import (
	"context"
	"fmt"
	"time"

	"github.com/flowserver/flowserver/store"
)

func Example() {
	s := store.NewMemory(store.MemoryOptions{}) // or redis.Open, for several replicas
	defer s.Close()                             //nolint:errcheck // nothing to do about it
	ctx := context.Background()

	for range 2 { // the same request twice
		first, err := s.PutIfAbsent(ctx, "request/1", []byte("running"), time.Minute)
		if err != nil {
			fmt.Println("going on without the store:", err)
			return
		}
		if first {
			fmt.Println("does the work")
			_ = s.Put(ctx, "request/1", []byte("the answer"), time.Minute)
			continue
		}
		answer, _, err := s.Get(ctx, "request/1")
		fmt.Printf("answers again: %s, %v\n", answer, err)
	}
	// Output:
	// does the work
	// answers again: the answer, <nil>
}

func ExampleKeyValue() {
	ctx := context.Background()
	var s store.Store = store.NewMemory(store.MemoryOptions{})

	add := func(item string) error {
		for {
			cart, _, err := s.Get(ctx, "session/1")
			if err != nil {
				return err
			}
			grown := append(append([]byte{}, cart...), item...)
			swapped, err := s.CompareAndSwap(ctx, "session/1", cart, grown, time.Hour)
			if err != nil || swapped {
				return err
			} // another request changed the session meanwhile: once more
		}
	}
	fmt.Println(add("coffee "), add("tea "))
	cart, ok, err := s.Get(ctx, "session/1")
	fmt.Println(string(cart), ok, err)
	// Output:
	// <nil> <nil>
	// coffee tea  true <nil>
}

func ExampleStore_TryLock() {
	ctx := context.Background()
	var s store.Store = store.NewMemory(store.MemoryOptions{})

	unlock, acquired, err := s.TryLock(ctx, "registration/main", 10*time.Second)
	fmt.Println(acquired, err)

	_, again, err := s.TryLock(ctx, "registration/main", 10*time.Second)
	fmt.Println(again, err)

	unlock()
	_, again, err = s.TryLock(ctx, "registration/main", 10*time.Second)
	fmt.Println(again, err)
	// Output:
	// true <nil>
	// false <nil>
	// true <nil>
}
