package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/store"
	"github.com/flowserver/flowserver/store/redis"
)

// Number is a phone number with its keys and what is known of their registration.
type Number struct {
	ID       string
	Provider string
	Ring     *keystore.Ring
	Tracker  *keystore.Tracker

	checked atomic.Bool // the first check of the registration has ended

	keys      []config.PrivateKey // where the ring comes from
	reloading sync.Mutex
	seen      [sha256.Size]byte      // what the keys were the last time; under reloading
	broken    atomic.Pointer[string] // why they could not be taken over; nil if they could
}

// OpenStore makes the store that the configuration asks for. It does not contact
// Redis.
func OpenStore(cfg *config.Config, log *slog.Logger) (store.Store, error) {
	if cfg.RedisURL.Reveal() == "" {
		return store.NewMemory(memoryLimits()), nil
	}
	st, err := redis.Open(cfg.RedisURL.Reveal(), redis.Options{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("redis_url: %w", err)
	}
	return st, nil
}

// memoryLimits bound what is kept in this process: at a hundred exchanges a second
// the answers of the last minute and a half, which is more than any retry takes. Each
// MiB costs two to three of the process's memory; who needs more has Redis.
func memoryLimits() store.MemoryOptions { return store.MemoryOptions{MaxBytes: 4 << 20} }

// OpenNumbers reads the keys of all numbers and makes the trackers of their
// registrations, which have asked nobody yet. It reports all that is wrong, at
// once. observe is told of each request to a provider, as in
// [github.com/flowserver/flowserver/providers.Transport]; it may be nil.
func OpenNumbers(cfg *config.Config, st store.Store, log *slog.Logger, observe func(provider, op, outcome string)) ([]*Number, error) {
	var numbers []*Number
	var problems []error
	for _, n := range cfg.Numbers {
		texts := readKeys(n.PrivateKeys)
		pairs, err := parseKeys(texts)
		if err != nil {
			problems = append(problems, fmt.Errorf("number %s: %w", n.ID, err))
			continue
		}
		number := &Number{
			ID: n.ID, Provider: n.Provider.Name, Ring: keystore.NewRing(pairs[0], pairs[1:]...),
			keys: n.PrivateKeys, seen: digest(texts),
		}
		if err := number.track(n.Provider, cfg.Registration, st, log, observe); err != nil {
			problems = append(problems, fmt.Errorf("number %s: %w", n.ID, err))
			continue
		}
		numbers = append(numbers, number)
	}
	return numbers, errors.Join(problems...)
}

// track makes the tracker of a number.
func (n *Number) track(provider config.Provider, times config.Registration, st store.Store, log *slog.Logger, observe func(provider, op, outcome string)) error {
	registrar, err := NewRegistrar(provider, func(op, outcome string) {
		if observe != nil {
			observe(provider.Name, op, outcome)
		}
	})
	if err != nil {
		return fmt.Errorf("provider: %w", err)
	}
	n.Tracker, err = keystore.NewTracker(keystore.TrackerConfig{
		Number: n.ID, Provider: provider.Name, Ring: n.Ring, Registrar: registrar, Cache: st,
		Refresh: times.Refresh, Keep: times.Keep, Logger: log,
	})
	n.checked.Store(registrar == nil) // nobody to ask
	return err
}

// check is the first check of the registration, whatever it comes to.
func (n *Number) check(ctx context.Context) {
	n.Tracker.Check(ctx)
	n.checked.Store(true)
}

// keepFresh keeps the registration fresh until ctx ends.
func (n *Number) keepFresh(ctx context.Context) {
	if !n.checked.Load() {
		n.check(ctx)
	}
	n.Tracker.Run(ctx)
}
