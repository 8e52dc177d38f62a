package redis

import (
	"sync"
	"time"
)

// breakAfter is how many calls in a row must go unanswered before the next ones fail at
// once: one may be bad luck, and each costs an exchange the full timeout.
const breakAfter = 3

// breaker decides whether a call may try Redis or fails at once, because Redis does not
// answer. It lets one call through in every interval; the first answer lets all through.
type breaker struct {
	retryAfter time.Duration

	mu         sync.Mutex
	unanswered int       // calls in a row
	nextTry    time.Time // no call before, once unanswered reaches breakAfter
	trying     bool      // a call is out to see whether Redis is back
}

// allow reports whether a call may try. If so, the caller calls answered, missed or
// abandoned afterwards.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unanswered < breakAfter {
		return true
	}
	if b.trying || time.Now().Before(b.nextTry) {
		return false
	}
	b.trying = true
	return true
}

// answered notes an answer and reports whether it is the first after an outage.
func (b *breaker) answered() (back bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	back = b.unanswered >= breakAfter
	b.unanswered, b.trying = 0, false
	return back
}

// missed notes a call without an answer and reports whether an outage begins with it.
func (b *breaker) missed() (away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unanswered++
	b.trying = false
	b.nextTry = time.Now().Add(b.retryAfter)
	return b.unanswered == breakAfter
}

// abandoned notes a call whose caller went away, which says nothing of Redis.
func (b *breaker) abandoned() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
