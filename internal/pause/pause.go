// Package pause waits for a time that a context can cut short.
package pause

import (
	"context"
	"time"
)

// For returns nil after d, or the error of ctx if that ends first. It returns at once
// if d is not positive.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
