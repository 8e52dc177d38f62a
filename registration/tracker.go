package registration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/flowserver/flowserver/keystore"
)

// Cache shares observations among the replicas of a server. A missing key is not an
// error. Implementations are safe for concurrent use, and return quickly.
type Cache interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// TryLock acquires a lock shared by all replicas, without waiting; the lock
	// expires after ttl. unlock is nil if it was not acquired.
	TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error)
}

// DefaultRefresh is how long an observation is fresh, and DefaultKeep how long it is kept
// while the provider is down, unless [TrackerConfig] has other values.
const (
	DefaultRefresh = time.Hour
	DefaultKeep    = 7 * 24 * time.Hour

	defaultAsk = 20 * time.Second
)

// TrackerConfig configures a [Tracker].
type TrackerConfig struct {
	// Number is the number's id, for the log. Required.
	Number string
	// Provider is the provider's name, for the log.
	Provider string
	// Question identifies what Registrar asks about: the provider, its address, and
	// the number there. providers.Question returns it. Observations are cached under and
	// with it, so that an answer to another question is never used; it is stored
	// unencrypted, so it must not contain a secret. Required unless Registrar is
	// nil.
	Question string
	// Ring contains our key pairs. Required.
	Ring *keystore.Ring
	// Registrar asks the provider. If nil, every verdict is unchecked.
	Registrar Registrar
	// Cache is required unless Registrar is nil.
	Cache Cache
	// Refresh is how long an observation is fresh; [DefaultRefresh] by default.
	Refresh time.Duration
	// Keep is how long an observation is kept while the provider is down;
	// [DefaultKeep] by default.
	Keep time.Duration
	// Ask limits the time of one round of asking the provider, including retries; 20 s by
	// default.
	Ask time.Duration
	// Logger is optional.
	Logger *slog.Logger
	// OnChange is called with the result of each check. It must not block. Optional.
	OnChange func(Registration)
}

// Registration is what is known about a number's registered key, judged against our
// current keys.
type Registration struct {
	Verdict Verdict
	// Observation is the basis of the verdict; its At is zero if nothing has been
	// read yet.
	Observation Observation
	// Source is where the observation came from: [SourceProvider] or [SourceCache];
	// empty if nothing has been read yet.
	Source string
	// Stale means that the provider could not be asked when it was due, so that the
	// observation is older than Refresh.
	Stale bool
	// Err is the reason why the last attempt to ask the provider failed; nil if it
	// succeeded.
	Err error
}

// Remedy returns what the operator can do; empty if nothing needs to be done. number is the
// number's id in the configuration.
func (r Registration) Remedy(number string) string {
	if r.Verdict == VerdictUnknown && r.Observation.hidden() {
		return r.Observation.SignatureStatus + ", but the provider does not show the key: cannot be compared; a request that is decrypted proves that it is ours"
	}
	remedy := r.Verdict.Remedy(number)
	if r.Verdict == VerdictInvalid && r.Observation.LostPlus {
		return "the registered key was sent without URL encoding, " + keystore.ErrLostPlus.Error() + ": " + remedy
	}
	if status := r.Observation.SignatureStatus; r.Verdict == VerdictUnsigned && status != signatureMismatch {
		if status == "" {
			status = "no status"
		}
		return "the key is ours, but the provider reports " + status + " of its signature instead of VALID; to have it signed again, " + register(number)
	}
	return remedy
}

// Sources of a registration.
const (
	SourceProvider = "provider"
	SourceCache    = "cache"
)

// Tracker keeps a number's registration up to date: it asks the cache first, makes one
// call to the provider for many callers and replicas, and uses the last known answer
// while the provider is down. Decryption never depends on it. Safe for concurrent use.
type Tracker struct {
	cfg    TrackerConfig
	log    *slog.Logger
	flight singleflight.Group
	wake   chan string // requests an early refresh from Run, with the reason
	burst  burst
	closed context.Context //nolint:containedctx // the lifetime of the tracker, not of a call
	close  context.CancelFunc

	mu    sync.Mutex
	known Registration // without a verdict, which is computed when it is read
}

// NewTracker returns a tracker that has not asked yet; see [Tracker.Check] and
// [Tracker.Run]. It returns an error if a required field is missing.
func NewTracker(cfg TrackerConfig) (*Tracker, error) {
	switch {
	case cfg.Number == "":
		return nil, errors.New("registration: TrackerConfig.Number is missing")
	case cfg.Ring == nil:
		return nil, errors.New("registration: TrackerConfig.Ring is missing")
	case cfg.Cache == nil && cfg.Registrar != nil:
		return nil, errors.New("registration: TrackerConfig.Cache is missing")
	case cfg.Question == "" && cfg.Registrar != nil:
		return nil, errors.New("registration: TrackerConfig.Question is missing")
	}
	cfg.Refresh = cmp.Or(cfg.Refresh, DefaultRefresh)
	cfg.Keep = cmp.Or(cfg.Keep, DefaultKeep)
	cfg.Ask = cmp.Or(cfg.Ask, defaultAsk)
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

// Close cancels calls to the provider that continue after their callers have left. The
// registration does not change afterwards.
func (t *Tracker) Close() { t.close() }

// Registration returns what is known now, without waiting.
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

// Check returns a fresh registration from the cache or the provider if possible.
// Otherwise it returns the last known one, marked stale. Concurrent calls share one
// round.
func (t *Tracker) Check(ctx context.Context) Registration {
	return t.check(ctx, "check", func(o Observation) bool { return time.Since(o.At) < t.cfg.Refresh })
}

// Refresh asks the provider even if there is a fresh observation, unless another
// replica has asked since the call began.
func (t *Tracker) Refresh(ctx context.Context) Registration {
	began := time.Now()
	return t.check(ctx, "refresh", func(o Observation) bool { return !o.At.Before(began) })
}

// check runs a round, or joins one of the same kind, and returns the result.
func (t *Tracker) check(ctx context.Context, kind string, goodEnough func(Observation) bool) Registration {
	if t.cfg.Registrar == nil {
		return t.Registration()
	}
	// the round continues for the others if this caller leaves
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

// round is one attempt to get an observation that is good enough.
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

// lastKnown returns the newer of the observations in the cache and in memory.
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
	lockTTL  = 30 * time.Second // longer than any round; a replica that dies delays the others at most this long
	lockPoll = 100 * time.Millisecond
)

// turn waits for our turn to ask the provider. If another replica asks meanwhile and
// its observation is good enough, turn returns that instead. If the cache fails, it
// is always our turn.
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
		if cached, ok := t.cached(ctx); ok && goodEnough(cached) { // another replica has just asked
			return unlock, &Registration{Observation: cached, Source: SourceCache}
		}
		if acquired {
			return unlock, nil
		}
		select {
		case <-time.After(lockPoll):
		case <-ctx.Done():
			return nothing, nil // the call to the provider will fail, and the last known answer is used
		}
	}
}

// remember caches the provider's answer.
func (t *Tracker) remember(ctx context.Context, remote RemoteKey) Registration {
	o := Observe(remote, time.Now())
	text, err := o.encode(t.cfg.Question)
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
		if o, err = decodeObservation(text, t.cfg.Question); err == nil {
			return o, true
		}
	}
	if err != nil {
		t.log.Warn("the cached registration cannot be read", slog.String("error", err.Error()))
	}
	return Observation{}, false
}

func (t *Tracker) cacheKey() string { return "registration:" + t.cfg.Question }

// learn adopts a registration and logs what changed.
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
	hidden := after.Observation.hidden()
	if before.Verdict == after.Verdict && before.Observation.hidden() == hidden {
		return
	}
	attrs := []any{
		slog.String("verdict", string(after.Verdict)),
		slog.String("signature_status", after.Observation.SignatureStatus),
		slog.String("fingerprint", t.cfg.Ring.Active().Fingerprint()),
		slog.String("registered_fingerprint", after.Observation.Fingerprint),
		slog.String("source", after.Source),
	}
	if remedy := after.Remedy(t.cfg.Number); remedy != "" {
		attrs = append(attrs, slog.String("remedy", remedy))
	}
	switch {
	case !after.Verdict.Serves():
		t.log.Error("key registration", attrs...)
	case hidden:
		t.log.Warn("key registration", attrs...)
	default:
		t.log.Info("key registration", attrs...)
	}
}

// ErrNotRegistered means that the provider accepted a public key and then returned
// another one.
var ErrNotRegistered = errors.New("the provider does not have our key after setting it")

// ErrNotShown means that the provider accepted a public key and then reported VALID
// without returning the key, so that it cannot be compared.
var ErrNotShown = errors.New("the provider says VALID, but does not show the key: it cannot be compared")

// Register sets our active public key with the provider, reads it back and compares. This
// replaces any registered key, so nothing else in this package calls it. If setting fails
// and leaves the outcome open, the key that is read back decides. The
// error is [ErrNotRegistered], [ErrNotShown], or the registrar's.
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
	switch {
	case r.Observation.hidden():
		return r, cmp.Or(setErr, ErrNotShown)
	case r.Observation.Fingerprint != t.cfg.Ring.Active().Fingerprint():
		return r, cmp.Or(setErr, ErrNotRegistered)
	default:
		return r, nil
	}
}
