package server

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/store"
)

// Number is a phone number with its keys and what is known of their registration.
type Number struct {
	ID       string
	Provider string
	Ring     *keystore.Ring
	Tracker  *registration.Tracker

	checked  atomic.Bool // the first check of the registration is over
	evidence *evidence   // that its keys work

	keys      []config.PrivateKey // where the ring comes from
	rsa       *backend.Backend
	files     *files.Reader
	reloading sync.Mutex             // for keys, seen, replaced and asked
	seen      [sha256.Size]byte      // what the keys were the last time
	replaced  replacedKeys           // keys that files had before
	asked     time.Time              // when a reload last asked the provider
	broken    atomic.Pointer[string] // why they could not be taken over; nil if they could
}

// OpenNumbers reads the keys of all numbers and makes the trackers of their
// registrations, which have not asked yet. The error is a [problem.List] of
// everything that is wrong. computing decrypts with the keys. observe is called after each request to a provider, as in
// [providers.Transport]; it may be nil.
func OpenNumbers(
	cfg *config.Config, computing *backend.Backend, st store.Store, log *slog.Logger, observe func(provider, op, outcome string),
) ([]*Number, error) {
	var numbers []*Number
	var problems problem.List
	for _, n := range cfg.Numbers {
		reader := new(files.Reader)
		texts := readKeys(reader, n.PrivateKeys)
		pairs, err := parseKeys(computing, texts)
		if err != nil {
			problems.AddError("number "+n.ID, err)
			continue
		}
		number := &Number{
			ID: n.ID, Provider: n.Provider.Name, Ring: keystore.NewRing(pairs[0], pairs[1:]...),
			keys: n.PrivateKeys, rsa: computing, files: reader, seen: digestKeys(texts),
		}
		number.replaced.adopt(texts, pairs, time.Now())
		if err := number.track(n.Provider, cfg.Registration, st, log, observe); err != nil {
			problems.AddError("number "+n.ID, err)
			continue
		}
		numbers = append(numbers, number)
	}
	return numbers, problems.Err()
}

// track makes the tracker of a number.
func (n *Number) track(
	provider config.Provider,
	times config.Registration,
	st store.Store,
	log *slog.Logger,
	observe func(provider, op, outcome string),
) error {
	var registrar registration.Registrar
	var question string
	if settings := provider.Settings(); settings != nil {
		var err error
		registrar, err = settings.Open(providers.Transport{Observe: func(op, outcome string) {
			if observe != nil {
				observe(provider.Name, op, outcome)
			}
		}})
		if err != nil {
			return fmt.Errorf("provider: %w", err)
		}
		question = providers.Question(provider.Name, settings)
	}
	tracker, err := registration.NewTracker(registration.TrackerConfig{
		Number: n.ID, Provider: provider.Name, Question: question, Ring: n.Ring, Registrar: registrar, Cache: st,
		Refresh: times.Refresh, Keep: times.Keep, Logger: log,
	})
	n.Tracker, n.evidence = tracker, newEvidence(st, question, log.With(slog.String("number", n.ID)))
	n.checked.Store(registrar == nil) // there is nothing to check
	return err
}

// check is the first check of the registration, whatever it comes to. It begins with
// what other replicas know about the keys.
func (n *Number) check(ctx context.Context) {
	n.evidence.share(ctx, n.fingerprints())
	n.Tracker.Check(ctx)
	n.checked.Store(true)
}

// keepFresh keeps the registration fresh, and shares evidence, until ctx ends.
func (n *Number) keepFresh(ctx context.Context) {
	var sharing sync.WaitGroup
	defer sharing.Wait()
	if !n.checked.Load() {
		n.check(ctx)
	}
	sharing.Go(func() { n.evidence.run(ctx, n.fingerprints) })
	n.Tracker.Run(ctx)
}

func (n *Number) fingerprints() []string {
	var fingerprints []string
	for _, pair := range n.Ring.Pairs() {
		fingerprints = append(fingerprints, pair.Fingerprint())
	}
	return fingerprints
}

// opened notes that a request with a verified signature was decrypted with this key,
// which may be that of another number.
func (n *Number) opened(fingerprint string) {
	if pair, _ := n.Ring.Find(fingerprint); pair != nil {
		n.evidence.add(fingerprint)
	}
}

// numberState is what is known about a number at one time.
type numberState struct {
	registration.Registration
	// provenAt is when a verified request was last decrypted with one of its keys;
	// zero if none was within evidenceLasts.
	provenAt time.Time
	checking bool // the first check is not over
}

func (n *Number) state() numberState {
	return numberState{n.Tracker.Registration(), n.evidence.latest(n.fingerprints()), !n.checked.Load()}
}

// proven reports whether real traffic shows that a key of the number works.
func (s numberState) proven() bool { return !s.provenAt.IsZero() }

// serves reports whether the number can serve: its registered key can work, or one of
// its keys does work.
func (s numberState) serves() bool { return s.Verdict.Serves() || s.proven() }

// disputed reports whether the traffic contradicts the provider.
func (s numberState) disputed() bool { return !s.Verdict.Serves() && s.proven() }

// undecided reports whether it is too early to send requests to the number.
func (s numberState) undecided() bool {
	return s.checking && s.Verdict == registration.VerdictUnknown && !s.proven()
}
