package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrUnavailable means that the store could not be asked, did not answer in time, or
	// refused. The caller goes on without it.
	ErrUnavailable = errors.New("redis is unavailable")
	// ErrClosed means that the store has been closed.
	ErrClosed = errors.New("store is closed")
	// ErrFull means that there is no room for another mark, see [MarkPrefix].
	ErrFull = errors.New("too many marks")
	// ErrDamaged means that the value of a key was not written by any release of this
	// package. Put and Delete work all the same.
	ErrDamaged = errors.New("value is damaged")
)

// MarkPrefix begins the keys of marks: small values that say that something is being done
// or has been done. A store that has to drop values keeps marks longer: see [Memory].
const MarkPrefix = "mark:"

// KeyValue keeps values by key for a limited time: the part of a [Store] that
// idempotency and sessions need. A time to live must be positive; Redis counts it in
// milliseconds, rounded up. A nil value is stored as an empty one, which is not the same
// as none.
//
// An error means that nothing is known about the key: the caller goes on without the
// store. Implementations are safe for concurrent use and fail fast.
type KeyValue interface {
	// Get returns the value, and whether there is one.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// CompareAndSwap stores the value next, with a new time to live, if the value is old;
	// nil for old means that there is none.
	CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error)
	// Delete removes the value, if there is one.
	Delete(ctx context.Context, key string) error
}

// Store is everything that a server keeps for a limited time: values and locks.
//
// All methods return [ErrClosed] after Close, and the error of ctx if it ends first. The
// store in Redis returns [ErrUnavailable] for any failure of Redis. All are safe for
// concurrent use.
type Store interface {
	KeyValue
	// Put stores the value in place of any other.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// PutIfAbsent stores the value if there is none. Of several callers at the same time
	// exactly one gets true.
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (stored bool, err error)
	// TryLock acquires the lock of this name if it is free, and does not wait. The lock
	// ends with unlock, or by itself after ttl: work that lasts longer is unprotected.
	// Locks and values do not share names. If acquired, unlock is not nil, may be called
	// after ctx ended and more than once, and never ends a lock that another caller holds.
	TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error)

	// Ping asks whether the store answers, even while other calls fail at once.
	Ping(ctx context.Context) error
	// Kind is "memory" or "redis".
	Kind() string
	// Close frees what the store holds. Closing again does nothing.
	Close() error
}

// CheckTTL refuses a time to live that is not positive, for implementations of [Store].
func CheckTTL(op string, ttl time.Duration) error {
	if ttl <= 0 {
		return fmt.Errorf("store: %s: time to live must be positive: %v", op, ttl)
	}
	return nil
}
