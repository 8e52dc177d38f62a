package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// evidenceLasts is how long one exchange proves that a key works. Meta sends
	// health checks to a published Flow, so a Flow without users has evidence too.
	evidenceLasts = 5 * time.Minute
	// evidenceEvery is how often what is known of a key is written to the store, or
	// read from it.
	evidenceEvery = 30 * time.Second
	// evidenceLimit bounds one call of the store, which has a shorter limit itself.
	evidenceLimit = 2 * time.Second
)

// evidenceStore is what evidence needs of a store.
type evidenceStore interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
}

// evidence knows when each key of a number last decrypted a request whose signature
// was verified: such a request comes from a phone that uses this key, whatever the
// provider says. The replicas share what they know through the store. Safe for
// concurrent use.
type evidence struct {
	store    evidenceStore
	question string // evidence about one number says nothing about another with the same key
	log      *slog.Logger
	wake     chan struct{} // there is something to share

	mu      sync.Mutex
	proven  map[string]time.Time // by fingerprint: the latest exchange of any replica
	shared  map[string]time.Time // by fingerprint: the last attempt to write
	failing bool                 // the last call of the store failed
}

func newEvidence(store evidenceStore, question string, log *slog.Logger) *evidence {
	return &evidence{
		store: store, question: question, log: log, wake: make(chan struct{}, 1),
		proven: map[string]time.Time{}, shared: map[string]time.Time{},
	}
}

// add notes that a key has just decrypted a verified request. It does not wait for the
// store: run shares it.
func (e *evidence) add(fingerprint string) {
	now := time.Now()
	e.mu.Lock()
	e.proven[fingerprint] = now
	due := now.Sub(e.shared[fingerprint]) >= evidenceEvery
	e.mu.Unlock()
	if !due {
		return
	}
	select {
	case e.wake <- struct{}{}:
	default: // run has not got to it yet
	}
}

// latest returns when one of the keys last decrypted a verified request; zero if that
// is too long ago to prove anything.
func (e *evidence) latest(fingerprints []string) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	var latest time.Time
	for _, fingerprint := range fingerprints {
		if at := e.proven[fingerprint]; at.After(latest) {
			latest = at
		}
	}
	if time.Since(latest) >= evidenceLasts {
		return time.Time{}
	}
	return latest
}

// run shares evidence about the keys with the other replicas until ctx ends.
func (e *evidence) run(ctx context.Context, fingerprints func() []string) {
	tick := time.NewTicker(evidenceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		case <-tick.C:
		}
		e.share(ctx, fingerprints())
	}
}

// share writes what this process has learnt about the keys, at most once in
// evidenceEvery, and reads what others know if this process has learnt nothing for as
// long.
func (e *evidence) share(ctx context.Context, fingerprints []string) {
	ctx, cancel := context.WithTimeout(ctx, evidenceLimit)
	defer cancel()
	var failures error
	for _, fingerprint := range fingerprints {
		at, fresh, due := e.begin(fingerprint)
		switch {
		case due:
			failures = errors.Join(failures, e.write(ctx, fingerprint, at))
		case !fresh:
			failures = errors.Join(failures, e.read(ctx, fingerprint))
		}
	}
	if errors.Is(failures, context.Canceled) {
		return // the server stops
	}
	e.report(failures)
}

// begin returns when the key was last proven, whether that is recent, and whether it
// is this process's turn to write; if so, it counts as written.
func (e *evidence) begin(fingerprint string) (at time.Time, fresh, due bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	at = e.proven[fingerprint]
	fresh = now.Sub(at) < evidenceEvery
	due = at.After(e.shared[fingerprint]) && now.Sub(e.shared[fingerprint]) >= evidenceEvery && now.Sub(at) < evidenceLasts
	if due {
		e.shared[fingerprint] = now // even if it fails: the store is not asked again for each request
	}
	return at, fresh, due
}

// sharedEvidence is the stored form.
type sharedEvidence struct {
	Question    string    `json:"question"`
	Fingerprint string    `json:"fingerprint"`
	At          time.Time `json:"at"`
}

func (e *evidence) key(fingerprint string) string {
	return "evidence:" + e.question + ":" + fingerprint
}

func (e *evidence) write(ctx context.Context, fingerprint string, at time.Time) error {
	text, err := json.Marshal(sharedEvidence{e.question, fingerprint, at.UTC()})
	if err != nil {
		return err
	}
	return e.store.Put(ctx, e.key(fingerprint), text, evidenceLasts-time.Since(at))
}

func (e *evidence) read(ctx context.Context, fingerprint string) error {
	text, ok, err := e.store.Get(ctx, e.key(fingerprint))
	if err != nil || !ok {
		return err
	}
	var found sharedEvidence
	if err := json.Unmarshal(text, &found); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	if found.Question != e.question || found.Fingerprint != fingerprint {
		return errors.New("evidence is about another key or number")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := found.At
	if now := time.Now(); at.After(now) { // the clock of the other replica is ahead
		at = now
	}
	if at.After(e.proven[fingerprint]) {
		e.proven[fingerprint] = at
		e.shared[fingerprint] = at // it need not be written back
	}
	return nil
}

// report logs when sharing begins to fail and when it works again.
func (e *evidence) report(err error) {
	e.mu.Lock()
	before := e.failing
	e.failing = err != nil
	e.mu.Unlock()
	switch {
	case err != nil && !before:
		e.log.Warn("evidence of working keys is not shared with other replicas", slog.String("error", err.Error()))
	case err == nil && before:
		e.log.Info("evidence of working keys is shared with other replicas again")
	}
}
