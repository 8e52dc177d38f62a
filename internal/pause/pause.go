// Package pause waits, unless there is no time to.
package pause

import (
	"context"
	"time"
)

// For waits for d and returns true. It returns false as soon as ctx ends, and at once
// if the deadline of ctx leaves no time after the wait.
func For(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ctx.Err() != nil || ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
