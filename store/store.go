package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

var (
	// ErrUnavailable means that Redis could not be asked, did not answer in time, or
	// refused. The caller goes on without the store.
	ErrUnavailable = errors.New("redis is unavailable")
	// ErrClosed means that the store has been closed.
	ErrClosed = errors.New("store is closed")
)

// Store keeps values by key for a limited time. A time to live must be positive; Redis
// counts it in milliseconds, rounded up. A nil value is stored as an empty one, which is
// not the same as none.
//
// All methods return [ErrClosed] after Close, and the error of ctx if it ends first. The
// Redis one returns [ErrUnavailable] for any failure of Redis. All are safe for
// concurrent use.
type Store interface {
	// Get returns the value, and whether there is one.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Put stores the value in place of any other.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// PutIfAbsent stores the value if there is none. Of several callers at the same time
	// exactly one is told that its value is stored.
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (stored bool, err error)
	// CompareAndSwap stores the value next, with a new time to live, if the value is old;
	// nil for old means that there is none.
	CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error)
	// Delete removes the value, if there is one.
	Delete(ctx context.Context, key string) error
	// TryLock takes the lock of this name if nobody has it, and does not wait. The lock
	// ends with unlock, or by itself after ttl: whoever works longer than that works
	// unprotected. Locks and values do not share names. If acquired, unlock is not nil, may
	// be called after ctx ended and more than once, and never ends the lock of another.
	TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error)

	// Ping asks whether the store answers, even while other calls fail at once.
	Ping(ctx context.Context) error
	// Kind is "memory" or "redis".
	Kind() string
	// Close frees what the store holds. Closing again does nothing.
	Close() error
}

// DefaultPrefix begins the keys in Redis unless [Options] say otherwise.
const DefaultPrefix = "flowserver:"

// Options say how to keep values. The zero value is good for production.
type Options struct {
	// Prefix begins every key in Redis, so that several installations may share one.
	// Empty: [DefaultPrefix].
	Prefix string
	// Timeout is the longest that one call waits for Redis, with connecting and all. Zero:
	// 500 ms.
	Timeout time.Duration
	// RetryAfter is how long calls fail at once after Redis left three calls in a row
	// unanswered; then one of them tries again. Zero: 1 s.
	RetryAfter time.Duration
	// TLS is for rediss URLs, for instance with the RootCAs of a private authority. Nil:
	// the system's authorities.
	TLS *tls.Config
	// Logger is told when Redis stops answering and when it answers again, and at debug
	// level what go-redis says of its connections. For the latter Open sets go-redis's
	// logger, which is one for the whole process. Nil: nothing is logged, and go-redis keeps
	// the logger that it has.
	Logger *slog.Logger
	// Memory bounds the store in memory, if the URL is empty.
	Memory MemoryOptions
}

// Open returns the store that rawURL names, in one of the forms of the package
// documentation. It does not contact Redis. Errors do not contain the URL or parts of it,
// since any part may turn out to be a password.
func Open(rawURL string, opts Options) (Store, error) {
	if opts.Timeout < 0 || opts.RetryAfter < 0 {
		return nil, errors.New("store: open: Timeout and RetryAfter must not be negative")
	}
	if rawURL == "" {
		return NewMemory(opts.Memory), nil
	}
	return openRedis(rawURL, opts)
}

func checkTTL(op string, ttl time.Duration) error {
	if ttl <= 0 {
		return fmt.Errorf("store: %s: time to live must be positive: %v", op, ttl)
	}
	return nil
}
