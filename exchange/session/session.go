package session

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

const (
	defaultTTL     = 72 * time.Hour
	defaultMaxSize = 64 << 10

	// An update gives up after less than a second, of the 8 s that a handler has.
	attempts  = 12
	firstWait = 2 * time.Millisecond
	maxWait   = 100 * time.Millisecond
)

var (
	// ErrNoSession means that a request does not have its own flow token: none, or
	// "unused", which all messages without a token share.
	ErrNoSession = errors.New("no session without a flow token")
	// ErrConflict means that other updates changed the session each time before an update
	// could store its result.
	ErrConflict = errors.New("session is changed by too many at the same time")
	// ErrTooLarge means that a session is over the limit, and was not stored.
	ErrTooLarge = errors.New("session is too large")
)

// Config configures [Sessions]. The zero value of a field is a default where one is named.
type Config struct {
	// Flow is the Flow's id. Flows do not see each other's sessions. Required.
	Flow string
	// TTL is how long a session is kept after its last update; 72 h by default, because
	// Meta advises two to three days for flow tokens ("Best Practices for Flows", June 28,
	// 2026).
	TTL time.Duration
	// MaxSize limits a session's JSON, in bytes; 64 KiB by default.
	MaxSize int
	// Version is the version of the session's type. Increase it when the type changes in
	// such a way that old sessions no longer fit: they then count as absent instead of
	// being misread.
	Version int
}

// Sessions keeps one T per flow token. T must survive encoding as JSON. Use [New].
type Sessions[T any] struct {
	store store.KeyValue
	cfg   Config
}

// New returns sessions of type T. It refuses a T that JSON cannot encode.
func New[T any](kept store.KeyValue, cfg Config) (*Sessions[T], error) {
	switch {
	case kept == nil:
		return nil, errors.New("session: the store is nil")
	case cfg.Flow == "":
		return nil, errors.New("session: Config.Flow is empty")
	case cfg.TTL < 0:
		return nil, errors.New("session: Config.TTL is negative")
	case cfg.MaxSize < 0:
		return nil, errors.New("session: Config.MaxSize is negative")
	}
	var zero T
	if _, err := json.Marshal(zero); err != nil {
		return nil, fmt.Errorf("session: %T does not encode as JSON: %w", zero, err)
	}
	if cfg.TTL == 0 {
		cfg.TTL = defaultTTL
	}
	if cfg.MaxSize == 0 {
		cfg.MaxSize = defaultMaxSize
	}
	return &Sessions[T]{kept, cfg}, nil
}

// Load returns the session of a flow token; ok is false, and the session its zero value,
// if there is none. It does not extend the session's lifetime.
func (s *Sessions[T]) Load(ctx context.Context, flowToken string) (session T, ok bool, err error) {
	key, err := s.key(flowToken)
	if err == nil {
		_, session, ok, err = s.read(ctx, key)
	}
	if err != nil {
		return session, false, fmt.Errorf("session: load: %w", err)
	}
	return session, ok, nil
}

// Update changes the session of a flow token with f, stores it for another TTL, and
// returns it. f gets the zero value if there is none.
//
// If another update changes the session meanwhile, f runs again on the new state, up to 12
// times with growing pauses. Therefore f must only change its argument; do what should
// happen once after Update. An error of f, which may be one of exchange.Reject, is
// returned unchanged, and nothing is stored.
func (s *Sessions[T]) Update(ctx context.Context, flowToken string, f func(*T) error) (T, error) {
	var zero T
	key, err := s.key(flowToken)
	if err != nil {
		return zero, fmt.Errorf("session: update: %w", err)
	}
	for attempt := range attempts {
		if attempt > 0 {
			// a random time, so that updates that collided do not collide again
			longest := min(firstWait<<attempt, maxWait)
			if !pause.For(ctx, rand.N(longest)) { //nolint:gosec // G404: nothing to guess
				return zero, fmt.Errorf("session: update: %w", cmp.Or(ctx.Err(), context.DeadlineExceeded))
			}
		}
		old, session, _, err := s.read(ctx, key)
		if err != nil {
			return zero, fmt.Errorf("session: update: %w", err)
		}
		if err := f(&session); err != nil {
			return zero, err
		}
		next, err := s.encode(session)
		if err != nil {
			return zero, fmt.Errorf("session: update: %w", err)
		}
		swapped, err := s.store.CompareAndSwap(ctx, key, old, next, s.cfg.TTL)
		if err != nil {
			return zero, fmt.Errorf("session: update: %w", err)
		}
		if swapped {
			return session, nil
		}
	}
	return zero, fmt.Errorf("session: update: %w", ErrConflict)
}

// Delete ends the session of a flow token, if there is one.
func (s *Sessions[T]) Delete(ctx context.Context, flowToken string) error {
	key, err := s.key(flowToken)
	if err == nil {
		err = s.store.Delete(ctx, key)
	}
	if err != nil {
		return fmt.Errorf("session: delete: %w", err)
	}
	return nil
}

// key hides the token: who can read the store's keys cannot use them.
func (s *Sessions[T]) key(flowToken string) (string, error) {
	if flowToken == "" || flowToken == protocol.TokenUnused {
		return "", ErrNoSession
	}
	sum := sha256.Sum256([]byte(flowToken))
	return "session/" + s.cfg.Flow + "/" + hex.EncodeToString(sum[:]), nil
}

// stored is a session in the store.
type stored struct {
	Version int             `json:"v"`
	Data    json.RawMessage `json:"data"`
}

// read returns the session of a key, and how it stands in the store: nil if nothing
// does.
func (s *Sessions[T]) read(ctx context.Context, key string) (raw []byte, session T, ok bool, err error) {
	raw, ok, err = s.store.Get(ctx, key)
	if errors.Is(err, store.ErrDamaged) {
		return nil, session, false, s.store.Delete(ctx, key)
	}
	if err != nil || !ok {
		return nil, session, false, err
	}
	var found stored
	if known := json.Unmarshal(raw, &found) == nil && found.Version == s.cfg.Version; !known {
		return raw, session, false, nil // of another version, or of another program: overwritten
	}
	if misfit := json.Unmarshal(found.Data, &session) != nil; misfit { // its error may quote the session
		var zero T
		return nil, zero, false, fmt.Errorf("the stored session does not fit %T: count Config.Version up when the type changes", zero)
	}
	return raw, session, true, nil
}

func (s *Sessions[T]) encode(session T) ([]byte, error) {
	data, err := json.Marshal(session)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if len(data) > s.cfg.MaxSize {
		return nil, fmt.Errorf("%w: %d bytes, of at most %d", ErrTooLarge, len(data), s.cfg.MaxSize)
	}
	return json.Marshal(stored{s.cfg.Version, data})
}
