package registration

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstRetry  = 15 * time.Second // after the provider failed; doubles up to Refresh
	repairEvery = time.Minute      // while the verdict does not serve: someone is probably repairing it
	burstSize   = 5                // undecryptable requests …
	burstWindow = time.Minute      // … in this time are one suspicion
	earlyEvery  = time.Minute      // at most one early refresh in this time
)

// Run keeps the registration up to date until ctx is done. It asks again when an
// observation is no longer fresh, with jitter to spread replicas; every minute while the
// verdict does not serve; with increasing delays while the provider is down; and early
// after [Tracker.Suspect].
func (t *Tracker) Run(ctx context.Context) {
	if t.cfg.Registrar == nil {
		return
	}
	var lastEarly, earlyAt time.Time // earlyAt is zero unless one is wanted
	due, retry := t.nextCheck(firstRetry)
	for {
		at := due
		if !earlyAt.IsZero() && earlyAt.Before(due) {
			at = earlyAt
		}
		timer := time.NewTimer(time.Until(at))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case reason := <-t.wake:
			timer.Stop()
			if earlyAt.IsZero() {
				earlyAt = lastEarly.Add(earlyEvery)
				t.log.Warn("the registered key is in doubt: asking the provider", slog.String("reason", reason))
			}
			continue
		case <-timer.C:
		}
		if at.Equal(earlyAt) {
			lastEarly, earlyAt = time.Now(), time.Time{}
			t.Refresh(ctx)
		} else {
			t.recheck(ctx)
		}
		due, retry = t.nextCheck(retry)
	}
}

// nextCheck returns when to look at the registration again, and how long to wait
// after the next failure.
func (t *Tracker) nextCheck(retry time.Duration) (due time.Time, nextRetry time.Duration) {
	r := t.Registration()
	switch {
	case r.Err != nil || r.Observation.At.IsZero():
		return time.Now().Add(jitter(min(retry, t.cfg.Refresh))), min(2*retry, t.cfg.Refresh)
	case !r.Verdict.Serves():
		return time.Now().Add(jitter(min(repairEvery, t.cfg.Refresh))), firstRetry
	default:
		return r.Observation.At.Add(t.cfg.Refresh + jitter(t.cfg.Refresh/10)), firstRetry
	}
}

// recheck performs a check that is due. If the verdict does not serve, it asks even if
// the observation is fresh.
func (t *Tracker) recheck(ctx context.Context) {
	if t.Registration().Verdict.Serves() {
		t.Check(ctx)
	} else {
		t.Refresh(ctx)
	}
}

// jitter returns a random duration between half of d and one and a half times d.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d+1) //nolint:gosec // G404: there is nothing to gain from guessing it
}

// Suspect requests an early refresh, because a client reported a problem with the
// registered key. It does not wait: [Tracker.Run] refreshes, at most
// once a minute.
func (t *Tracker) Suspect(reason string) {
	if t.cfg.Registrar == nil {
		return
	}
	select {
	case t.wake <- reason:
	default: // asked for already
	}
}

// Undecryptable counts a request that none of our keys decrypted. A single one may be the
// sender's mistake; a burst triggers [Tracker.Suspect].
func (t *Tracker) Undecryptable() {
	if t.burst.add(time.Now()) {
		t.Suspect("a burst of requests that none of our keys opens")
	}
}

// burst counts events in a window.
type burst struct {
	mu    sync.Mutex
	since time.Time
	count int
}

// add counts an event and reports whether it completes a burst.
func (b *burst) add(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.since) > burstWindow {
		b.since, b.count = now, 0
	}
	b.count++
	return b.count == burstSize
}
