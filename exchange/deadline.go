package exchange

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// panicError carries a panic out of the handler's goroutine.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("%v: %v", errPanic, e.value) }
func (e *panicError) Unwrap() error { return errPanic }

// underDeadline runs what users wrote, and comes back after timeout at the
// latest: in time to answer, whether the handler heeds its context or not. One
// that does not goes on by itself, and what it returns is dropped. Panics become
// errors.
func underDeadline(ctx context.Context, timeout time.Duration, run func(context.Context) ([]byte, error)) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		r := result{err: errEnded} // unless it returns
		defer func() {
			if p := recover(); p != nil {
				r = result{err: &panicError{p, debug.Stack()}}
			}
			done <- r
		}()
		r.answer, r.err = run(ctx)
	}()
	select {
	case r := <-done:
		return r.answer, handlerOutcome(ctx, r.err)
	case <-ctx.Done():
		return nil, contextOutcome(ctx)
	}
}
