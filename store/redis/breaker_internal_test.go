package redis

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := breaker{retryAfter: time.Second}
		allowed := func(want bool) {
			t.Helper()
			if got := b.allow(); got != want {
				t.Fatalf("allow: got %v, want %v", got, want)
			}
		}
		miss := func(wantAway bool) {
			t.Helper()
			if got := b.missed(); got != wantAway {
				t.Fatalf("missed: got %v, want %v", got, wantAway)
			}
		}

		// Two misses are bad luck, and an answer between them starts the count again.
		for range 3 {
			for range breakAfter - 1 {
				allowed(true)
				miss(false)
			}
			allowed(true)
			if b.answered() {
				t.Fatal("answered: there was no outage")
			}
		}

		// The third in a row begins an outage.
		for i := range breakAfter {
			allowed(true)
			miss(i == breakAfter-1)
		}
		allowed(false)
		time.Sleep(time.Second - 1)
		allowed(false)
		time.Sleep(time.Nanosecond)

		// One call tries; the others do not wait for it.
		allowed(true)
		allowed(false)
		miss(false)
		allowed(false)

		// If the caller of the one that tries goes away, another may try.
		time.Sleep(time.Second)
		allowed(true)
		allowed(false)
		b.abandoned()
		allowed(true)
		allowed(false)

		// An answer ends the outage.
		if !b.answered() {
			t.Fatal("answered: the outage is over, but was not reported so")
		}
		for range 10 {
			allowed(true)
		}
		if b.answered() {
			t.Fatal("answered: the end of an outage was reported twice")
		}
	})
}
