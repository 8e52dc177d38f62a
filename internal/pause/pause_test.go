package pause_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/internal/pause"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		want bool
		took time.Duration
	}{
		"to the end":     {context.WithCancel, true, 2 * time.Second},
		"enough time":    {within(3 * time.Second), true, 2 * time.Second},
		"no time left":   {within(2 * time.Second), false, 0},
		"canceled":       {canceledAfter(time.Second), false, time.Second},
		"ended before":   {canceledAfter(0), false, 0},
		"long past that": {within(-time.Hour), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := test.ctx(t.Context())
				defer cancel()
				began := time.Now()
				if got := pause.For(ctx, 2*time.Second); got != test.want {
					t.Errorf("got %v, want %v", got, test.want)
				}
				if took := time.Since(began); took != test.took {
					t.Errorf("took %v, want %v", took, test.took)
				}
			})
		})
	}
}

func within(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, d) }
}

func canceledAfter(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		if d == 0 {
			cancel()
			return ctx, cancel
		}
		timer := time.AfterFunc(d, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	}
}
