package keystore

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstRetry  = 15 * time.Second // after the provider failed; doubles up to Refresh
	burstSize   = 5                // undecryptable requests …
	burstWindow = time.Minute      // … in this time are one suspicion
	earlyEvery  = time.Minute      // at most one early refresh in this time
)

// Run keeps the registration fresh until ctx ends: again when it stops being
// fresh, with jitter so that replicas spread out; sooner, and then less and less
// often, while the provider is down; and early after [Tracker.Suspect].
func (t *Tracker) Run(ctx context.Context) {
	if t.cfg.Registrar == nil {
		return
	}
	retry := firstRetry
	for {
		var wait time.Duration
		r := t.Registration()
		if r.Err != nil || r.Observation.At.IsZero() {
			wait, retry = jitter(min(retry, t.cfg.Refresh)), min(2*retry, t.cfg.Refresh)
		} else {
			wait, retry = max(0, time.Until(r.Observation.At.Add(t.cfg.Refresh)))+jitter(t.cfg.Refresh/10), firstRetry
		}
		due := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			due.Stop()
			return
		case <-due.C:
			t.Check(ctx)
		case <-t.wake:
			due.Stop()
			t.Refresh(ctx)
			if !sleep(ctx, earlyEvery) { // suspicions meanwhile lead to one more refresh after it
				return
			}
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// jitter spreads d over half of it to one and a half.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d+1) //nolint:gosec // G404: nobody gains from guessing it
}

// Suspect asks for an early refresh, because a client says that something is
// wrong with the registered key. It does not wait; [Tracker.Run] does it, at most
// once a minute.
func (t *Tracker) Suspect(reason string) {
	select {
	case t.wake <- struct{}{}:
		t.log.Warn("the registered key is in doubt: asking the provider", slog.String("reason", reason))
	default: // asked for already
	}
}

// Undecryptable counts a request that no key of ours opened. One alone may be
// anybody's mistake; a burst is a suspicion.
func (t *Tracker) Undecryptable() {
	if t.burst.add(time.Now()) {
		t.Suspect("a burst of requests that no key of ours opens")
	}
}

// burst counts events in a window.
type burst struct {
	mu    sync.Mutex
	since time.Time
	count int
}

// add counts an event and tells whether it completes a burst.
func (b *burst) add(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.since) > burstWindow {
		b.since, b.count = now, 0
	}
	b.count++
	return b.count == burstSize
}
