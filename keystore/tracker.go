package keystore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Cache keeps observations for all replicas of a server. That a key is absent is
// no error. Implementations are safe for concurrent use and answer fast, or fail
// fast.
type Cache interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// TryLock takes a lock among all replicas, without waiting; it ends by itself
	// after ttl. unlock is nil if it was not acquired.
	TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error)
}

// TrackerConfig says what a [Tracker] tracks. The zero value of a field is a
// default where one is named.
type TrackerConfig struct {
	// Number is the number's id, which names it in the cache and in the log.
	Number string
	// Provider is the provider's name. The number's registration is cached by both,
	// so that a number which moves is asked for anew.
	Provider string
	Ring     *Ring
	// Registrar asks the provider; without one every verdict is unchecked.
	Registrar Registrar
	Cache     Cache
	Refresh   time.Duration // an observation is fresh this long; 1 h by default
	Keep      time.Duration // and kept this long for when the provider is down; 168 h by default
	// Ask limits one round of asking the provider, retries included; 20 s by default.
	Ask    time.Duration
	Logger *slog.Logger // none by default
	// OnChange is told each registration that a check came to. It must not block.
	OnChange func(Registration)
}

// Registration is what is known about a number's registered key, judged against
// our keys as they are now.
type Registration struct {
	Verdict Verdict
	// Observation is what the verdict rests on; its At is zero if nothing was ever
	// read.
	Observation Observation
	// Source says where the observation came from: "provider" or "cache"; empty if
	// nothing was ever read.
	Source string
	// Stale tells that the provider could not be asked when it should have been, so
	// that the observation is older than it ought to be.
	Stale bool
	// Err is why the provider could not be asked the last time; nil if it could.
	Err error
}

// Sources of a registration.
const (
	SourceProvider = "provider"
	SourceCache    = "cache"
)

// Tracker keeps a number's registration fresh: cache first, one call to the
// provider for many callers and replicas, the last known answer while the provider
// is down. Nothing it does touches the opening of envelopes. Safe for concurrent
// use.
type Tracker struct {
	cfg    TrackerConfig
	log    *slog.Logger
	flight singleflight.Group
	wake   chan string // asks Run for an early refresh, with the reason
	burst  burst
	closed context.Context //nolint:containedctx // the lifetime of the tracker, not of a call
	close  context.CancelFunc

	mu    sync.Mutex
	known Registration // its verdict is judged when it is read
}

// NewTracker makes a tracker that knows nothing yet; see [Tracker.Check] and
// [Tracker.Run].
func NewTracker(cfg TrackerConfig) (*Tracker, error) {
	switch {
	case cfg.Number == "":
		return nil, errors.New("keystore: TrackerConfig.Number is missing")
	case cfg.Ring == nil:
		return nil, errors.New("keystore: TrackerConfig.Ring is missing")
	case cfg.Cache == nil && cfg.Registrar != nil:
		return nil, errors.New("keystore: TrackerConfig.Cache is missing")
	}
	cfg.Refresh = cmp.Or(cfg.Refresh, time.Hour)
	cfg.Keep = cmp.Or(cfg.Keep, 7*24*time.Hour)
	cfg.Ask = cmp.Or(cfg.Ask, 20*time.Second)
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	t := &Tracker{
		cfg:  cfg,
		log:  cfg.Logger.With(slog.String("number", cfg.Number), slog.String("provider", cfg.Provider)),
		wake: make(chan string, 1),
	}
	t.closed, t.close = context.WithCancel(context.Background())
	return t, nil
}

// Close ends what is still being asked after its callers have left. The tracker
// learns nothing afterwards.
func (t *Tracker) Close() { t.close() }

// Registration returns what is known now. It never waits.
func (t *Tracker) Registration() Registration {
	t.mu.Lock()
	r := t.known
	t.mu.Unlock()
	return t.judged(r)
}

func (t *Tracker) judged(r Registration) Registration {
	switch {
	case t.cfg.Registrar == nil:
		r.Verdict = VerdictUnchecked
	case r.Observation.At.IsZero():
		r.Verdict = VerdictUnknown
	default:
		r.Verdict = Judge(t.cfg.Ring, r.Observation)
	}
	return r
}

// Check makes sure that the registration is fresh: it takes a fresh observation
// from the cache, or else asks the provider, or else goes on with the last known
// one, marked stale. Calls at the same time share one round.
func (t *Tracker) Check(ctx context.Context) Registration {
	return t.check(ctx, "check", func(o Observation) bool { return time.Since(o.At) < t.cfg.Refresh })
}

// Refresh asks the provider even if a fresh observation is at hand, unless another
// replica asked it since the call began.
func (t *Tracker) Refresh(ctx context.Context) Registration {
	began := time.Now()
	return t.check(ctx, "refresh", func(o Observation) bool { return !o.At.Before(began) })
}

// check comes to an observation that is good enough, if one can be had.
func (t *Tracker) check(ctx context.Context, kind string, goodEnough func(Observation) bool) Registration {
	if t.cfg.Registrar == nil {
		return t.Registration()
	}
	// the round goes on for the others if this caller leaves
	round := t.flight.DoChan(kind, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.Ask)
		defer cancel()
		defer context.AfterFunc(t.closed, cancel)() //nolint:contextcheck // it is the tracker that ends the round, not a caller
		if learnt := t.round(ctx, goodEnough); t.closed.Err() == nil {
			t.learn(learnt)
		}
		return nil, nil
	})
	select {
	case <-round:
	case <-ctx.Done():
	}
	return t.Registration()
}

// round is one attempt to come to a good observation.
func (t *Tracker) round(ctx context.Context, goodEnough func(Observation) bool) Registration {
	last := t.lastKnown(ctx)
	if goodEnough(last.Observation) {
		return last
	}
	unlock, others := t.turn(ctx, goodEnough)
	defer unlock()
	if others != nil {
		return *others
	}
	remote, err := t.cfg.Registrar.PublicKey(ctx)
	if err != nil {
		last.Stale, last.Err = !last.Observation.At.IsZero(), err
		return last
	}
	return t.remember(ctx, remote)
}

// lastKnown is the newest observation of the cache and our memory.
func (t *Tracker) lastKnown(ctx context.Context) Registration {
	t.mu.Lock()
	known := t.known
	t.mu.Unlock()
	if cached, ok := t.cached(ctx); ok && cached.At.After(known.Observation.At) {
		return Registration{Observation: cached, Source: SourceCache}
	}
	known.Stale, known.Err = false, nil
	return known
}

const (
	lockTTL  = 30 * time.Second // longer than any round: a replica that dies holds the others up no longer
	lockPoll = 100 * time.Millisecond
)

// turn waits for our turn to ask the provider. If another replica asks meanwhile
// and comes to a good observation, that is returned instead. Without a cache to
// lock in, it is always our turn.
func (t *Tracker) turn(ctx context.Context, goodEnough func(Observation) bool) (unlock func(), others *Registration) {
	nothing := func() {}
	for {
		unlock, acquired, err := t.cfg.Cache.TryLock(ctx, t.cacheKey(), lockTTL)
		if err != nil {
			t.log.Warn("no lock on the registration: the provider may be asked more than once", slog.String("error", err.Error()))
			return nothing, nil
		}
		if !acquired {
			unlock = nothing
		}
		if cached, ok := t.cached(ctx); ok && goodEnough(cached) { // asked by another replica just before
			return unlock, &Registration{Observation: cached, Source: SourceCache}
		}
		if acquired {
			return unlock, nil
		}
		select {
		case <-time.After(lockPoll):
		case <-ctx.Done():
			return nothing, nil // the provider will be asked with no time left, and the last known answer used
		}
	}
}

// remember keeps what the provider said.
func (t *Tracker) remember(ctx context.Context, remote RemoteKey) Registration {
	o := Observe(remote, time.Now())
	text, err := o.encode()
	if err == nil {
		err = t.cfg.Cache.Put(ctx, t.cacheKey(), text, t.cfg.Keep)
	}
	if err != nil {
		t.log.Warn("the registration cannot be cached: a restart will ask the provider", slog.String("error", err.Error()))
	}
	return Registration{Observation: o, Source: SourceProvider}
}

func (t *Tracker) cached(ctx context.Context) (Observation, bool) {
	text, ok, err := t.cfg.Cache.Get(ctx, t.cacheKey())
	if err == nil && ok {
		var o Observation
		if o, err = decodeObservation(text); err == nil {
			return o, true
		}
	}
	if err != nil {
		t.log.Warn("the cached registration cannot be read", slog.String("error", err.Error()))
	}
	return Observation{}, false
}

func (t *Tracker) cacheKey() string { return "registration:" + t.cfg.Provider + ":" + t.cfg.Number }

// learn takes a registration over and says what changed.
func (t *Tracker) learn(r Registration) {
	before := t.Registration()
	t.mu.Lock()
	t.known = r
	t.mu.Unlock()
	after := t.Registration()
	t.report(before, after)
	if t.cfg.OnChange != nil {
		t.cfg.OnChange(after)
	}
}

func (t *Tracker) report(before, after Registration) {
	if after.Err != nil {
		t.log.Warn("the provider could not be asked about the registered key",
			slog.String("error", after.Err.Error()), slog.String("verdict", string(after.Verdict)), slog.Bool("stale", after.Stale))
	}
	if before.Verdict == after.Verdict {
		return
	}
	attrs := []any{
		slog.String("verdict", string(after.Verdict)),
		slog.String("signature_status", after.Observation.SignatureStatus),
		slog.String("fingerprint", t.cfg.Ring.Active().Fingerprint()),
		slog.String("registered_fingerprint", after.Observation.Fingerprint),
		slog.String("source", after.Source),
	}
	if remedy := after.Verdict.Remedy(t.cfg.Number); remedy != "" {
		attrs = append(attrs, slog.String("remedy", remedy))
	}
	if after.Verdict.Serves() {
		t.log.Info("key registration", attrs...)
	} else {
		t.log.Error("key registration", attrs...)
	}
}

// ErrNotRegistered means that the provider took a public key and then told
// another one.
var ErrNotRegistered = errors.New("the provider does not have our key after setting it")

// Register sets our active public key at the provider, reads it back and compares.
// Setting replaces whatever is registered, so it is never done by itself. If
// setting fails in a way that leaves its outcome open, what was read back decides.
func (t *Tracker) Register(ctx context.Context) (Registration, error) {
	if t.cfg.Registrar == nil {
		return t.Registration(), fmt.Errorf("number %s has no provider to register a key with", t.cfg.Number)
	}
	setErr := t.cfg.Registrar.SetPublicKey(ctx, t.cfg.Ring.Active().PublicPEM())
	remote, err := t.cfg.Registrar.PublicKey(ctx)
	if err != nil {
		return t.Registration(), errors.Join(setErr, fmt.Errorf("read the key back: %w", err))
	}
	t.learn(t.remember(ctx, remote))
	r := t.Registration()
	if r.Observation.Fingerprint != t.cfg.Ring.Active().Fingerprint() {
		return r, cmp.Or(setErr, ErrNotRegistered)
	}
	return r, nil
}
