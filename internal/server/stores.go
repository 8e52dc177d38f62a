package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/store"
	"github.com/flowserver/flowserver/store/redis"
)

// OpenStore opens the store that the configuration names. It does not contact Redis.
func OpenStore(cfg *config.Config, log *slog.Logger) (store.Store, error) {
	return openStore(cfg, log, nil)
}

// openStore reports what a store in memory drops before its time to evicted.
func openStore(cfg *config.Config, log *slog.Logger, evicted func(store.Eviction)) (store.Store, error) {
	if cfg.RedisURL.Reveal() == "" {
		limits := memoryLimits()
		limits.Evicted = evicted
		return store.NewMemory(limits), nil
	}
	st, err := redis.Open(cfg.RedisURL.Reveal(), redis.Options{Prefix: cfg.RedisPrefix, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("redis_url: %w", err)
	}
	return st, nil
}

// memoryLimits bound the store in memory. At a hundred exchanges a second 4 MiB keep
// the answers of the last minute and a half, longer than any retry takes. Each MiB
// costs two to three of the process's memory; beyond that there is Redis. That an
// envelope was answered is known for longer: see [store.MarkPrefix].
func memoryLimits() store.MemoryOptions { return store.MemoryOptions{MaxBytes: 4 << 20} }

// The status of the store in [StoreHealth].
const (
	StoreOK       = "ok"
	StoreDegraded = "degraded" // it works, and may lose something before its time
	StoreDown     = "down"     // it cannot be written to
)

const (
	probeEvery     = time.Second     // at most, however many health checks there are
	probeWhileOK   = 5 * time.Second // without health checks
	probeLimit     = time.Second     // the store itself has a shorter limit
	policyEvery    = time.Minute
	probeKeeps     = time.Minute
	probeKey       = "probe"
	evictionsEvery = time.Minute
)

// storeWatch judges the store by what can be written to it.
type storeWatch struct {
	store     store.Store
	outages   func() []store.Outage
	policy    func(context.Context) (string, error) // nil in memory
	evictions *evictions
	log       *slog.Logger

	mu       sync.Mutex
	at       time.Time // of the last probe
	last     error
	policyAt time.Time
	evicting string // the policy under which Redis drops values
	downFrom time.Time
}

// newStoreWatch watches s; opened is the same without what counts its errors.
func newStoreWatch(s, opened store.Store, e *evictions, log *slog.Logger) *storeWatch {
	w := &storeWatch{store: s, evictions: e, log: log, outages: func() []store.Outage { return nil }}
	if known, ok := opened.(interface{ Outages() []store.Outage }); ok {
		w.outages = known.Outages
	}
	if known, ok := opened.(interface {
		EvictionPolicy(ctx context.Context) (string, error)
	}); ok {
		w.policy = known.EvictionPolicy
	}
	return w
}

// health writes to the store, unless that was done a moment ago, and returns the outcome.
func (w *storeWatch) health() StoreHealth {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.at) >= probeEvery {
		w.probe(context.Background()) // the outcome is for all callers
	}
	h := StoreHealth{Kind: w.store.Kind(), Status: StoreOK}
	var reasons []string
	for _, o := range w.outages() {
		reasons = append(reasons, fmt.Sprintf("%s (since %s)", o.Meaning, o.Since.UTC().Format(time.RFC3339)))
	}
	if w.last != nil && len(reasons) == 0 {
		reasons = append(reasons, w.last.Error())
	}
	switch {
	case len(reasons) > 0:
		h.Status = StoreDown
	case w.evicting != "":
		h.Status = StoreDegraded
		reasons = append(reasons, "redis may drop values early: its maxmemory-policy is "+w.evicting)
	case w.evictions.losesMarks():
		h.Status = StoreDegraded
		reasons = append(reasons, "more envelopes than the memory keeps track of: use Redis")
	}
	h.Reason = strings.Join(reasons, "; ")
	return h
}

// probe writes to the store. The caller has locked mu.
func (w *storeWatch) probe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	w.last = w.store.Put(ctx, probeKey, []byte{1}, probeKeeps)
	w.at = time.Now()
	down := w.last != nil || len(w.outages()) > 0
	switch {
	case errors.Is(w.last, store.ErrClosed), ctx.Err() != nil && w.last != nil && !errors.Is(w.last, store.ErrUnavailable): // the server ends
	case down && w.downFrom.IsZero():
		w.downFrom = w.at
		w.log.Warn("the store is down: each replica continues with its own memory, and Flows with on_store_failure: refuse answer 503")
	case !down && !w.downFrom.IsZero():
		w.log.Info("the store is back", slog.Float64("lasted_seconds", time.Since(w.downFrom).Seconds()))
		w.downFrom = time.Time{}
	}
	if w.last == nil && w.policy != nil && time.Since(w.policyAt) >= policyEvery {
		w.checkPolicy(ctx)
	}
}

// checkPolicy asks whether Redis drops values. The caller has locked mu.
func (w *storeWatch) checkPolicy(ctx context.Context) {
	w.policyAt = time.Now()
	evicting, err := w.policy(ctx)
	if err != nil {
		w.log.Debug("redis does not say its maxmemory-policy", slog.String("error", err.Error()))
		return
	}
	switch {
	case evicting != "" && w.evicting == "":
		w.log.Warn("redis may drop values early, and then cannot protect against repetition: set its maxmemory-policy to noeviction",
			slog.String("maxmemory_policy", evicting))
	case evicting == "" && w.evicting != "":
		w.log.Info("redis no longer drops values early")
	}
	w.evicting = evicting
}

// atStart writes to the store for the first time.
func (w *storeWatch) atStart(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.probe(ctx)
	if w.last != nil {
		w.log.Warn("the store cannot be used at the start", slog.String("kind", w.store.Kind()), slog.String("error", w.last.Error()))
	}
	return w.last
}

// run writes to the store from time to time, so that log and health know of failures
// without traffic, until ctx ends.
func (w *storeWatch) run(ctx context.Context) {
	every := time.NewTicker(probeEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		w.mu.Lock()
		if !w.downFrom.IsZero() || len(w.outages()) > 0 || time.Since(w.at) >= probeWhileOK {
			w.probe(ctx)
		}
		w.mu.Unlock()
		w.evictions.report(time.Now())
	}
}

// evictions counts what the store in memory drops before its time.
type evictions struct {
	counter *prometheus.CounterVec // what
	log     *slog.Logger

	mu       sync.Mutex
	answers  dropped
	marks    dropped
	reported time.Time
	losing   bool // marks, for less than a minute
}

// dropped is what was dropped since the last report.
type dropped struct {
	count    int
	youngest time.Duration
}

const (
	evictedValue = "value"
	evictedMark  = "mark"
)

func (e *evictions) note(x store.Eviction) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kind, what := &e.answers, evictedValue
	if x.Mark {
		kind, what = &e.marks, evictedMark
		e.losing = true
	}
	if kind.count == 0 || x.Age < kind.youngest {
		kind.youngest = x.Age
	}
	kind.count++
	e.counter.WithLabelValues(what).Inc()
}

// losesMarks reports whether marks were dropped within the last minute.
func (e *evictions) losesMarks() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.losing
}

// report logs once a minute what was dropped.
func (e *evictions) report(now time.Time) {
	e.mu.Lock()
	answers, marks, lost := e.answers, e.marks, e.losing
	nothing := answers.count == 0 && marks.count == 0 && !lost
	if nothing || now.Sub(e.reported) < evictionsEvery {
		e.mu.Unlock()
		return
	}
	e.answers, e.marks, e.reported = dropped{}, dropped{}, now
	e.losing = marks.count > 0
	e.mu.Unlock()
	if answers.count > 0 {
		e.log.Warn("the memory of this process dropped answers early: an envelope that arrives again gets 409; use Redis to keep them",
			slog.Int("dropped", answers.count), slog.Float64("youngest_seconds", answers.youngest.Seconds()))
	}
	switch {
	case marks.count > 0:
		e.log.Warn("the memory of this process dropped the record of answered envelopes: if they arrive again, they are handled again; use Redis",
			slog.Int("dropped", marks.count), slog.Float64("youngest_seconds", marks.youngest.Seconds()))
	case lost:
		e.log.Info("the memory of this process has room for answered envelopes again")
	}
}
