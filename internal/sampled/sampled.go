// Package sampled limits how many events of a kind are logged, so that strangers
// cannot choose the volume of the log.
package sampled

import (
	"sync"
	"time"
)

const (
	perWindow = 10
	window    = time.Second
)

// Events lets through ten events of each kind per second and counts the rest. Make one
// with [New]. It is safe for concurrent use.
type Events struct {
	summarize func(kind string, left int)

	mu   sync.Mutex
	seen map[string]int // in the second that began with the first event of the kind
}

// New returns an Events that calls summarize at the end of each second in which events
// of a kind were left out, with how many there were. summarize runs in a goroutine of
// a timer.
func New(summarize func(kind string, left int)) *Events {
	return &Events{summarize: summarize, seen: map[string]int{}}
}

// Log reports whether to log an event of a kind. Kinds must come from a short list,
// never from a client.
func (e *Events) Log(kind string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen[kind] == 0 {
		time.AfterFunc(window, func() { e.end(kind) })
	}
	e.seen[kind]++
	return e.seen[kind] <= perWindow
}

// end ends the second of a kind.
func (e *Events) end(kind string) {
	e.mu.Lock()
	left := e.seen[kind] - perWindow
	delete(e.seen, kind)
	e.mu.Unlock()
	if left > 0 {
		e.summarize(kind, left)
	}
}
