package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Store keeps what must not be done twice: answers of past envelopes, sealed, and
// results of [Once]. All replicas of a server share one. Its errors mean that
// nothing is known: the exchange goes on without its protection. Implementations
// are safe for concurrent use and fail fast.
type Store interface {
	// Get returns the value, and whether there is one.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// CompareAndSwap stores next if the value is old; nil for old means that there
	// is none.
	CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error)
	// Delete removes the value, if there is one.
	Delete(ctx context.Context, key string) error
}

// deed is something that is done once. Its value in the store is a mark that it
// is being done, then what it came to.
type deed struct {
	store   Store
	key     string
	content [sha256.Size]byte // what the key stands for; another content is refused
	running time.Duration     // the mark lasts this long: longer than the deed can take
	keep    time.Duration     // the outcome lasts this long
}

const (
	markRunning = 'r' // and the content, and a random owner
	markDone    = 'd' // and the content, and the outcome
	ownerSize   = 8
	pollFirst   = 5 * time.Millisecond
	pollMost    = 100 * time.Millisecond
)

var (
	errOtherContent = errors.New("done already with other content")
	errStore        = errors.New("store cannot be asked")
)

// once does the deed unless it has been done, and returns what it came to. While
// another does it, once waits. do returns whether its outcome counts; if not, or
// if it panics, the deed is free to be done again.
func (d deed) once(ctx context.Context, do func() (outcome []byte, counts bool)) (outcome []byte, repeated bool, err error) {
	mine := d.mark()
	// time that runs out during a call would look like a store that is away, and what
	// another replica is doing would be done here as well; stores fail fast by themselves
	asking := context.WithoutCancel(ctx)
	for poll := pollFirst; ; poll = min(2*poll, pollMost) {
		swapped, err := d.store.CompareAndSwap(asking, d.key, nil, mine, d.running)
		if err != nil {
			return nil, false, fmt.Errorf("%w: %v", errStore, err) //nolint:errorlint // a store's errors are for the log
		}
		if swapped {
			return d.do(asking, mine, do), false, nil
		}
		value, ok, err := d.store.Get(asking, d.key)
		switch {
		case err != nil:
			return nil, false, fmt.Errorf("%w: %v", errStore, err) //nolint:errorlint // a store's errors are for the log
		case !ok:
			continue // it was given up, or has just run out: our turn
		case len(value) < 1+sha256.Size || !bytes.Equal(value[1:1+sha256.Size], d.content[:]):
			return nil, true, errOtherContent
		case value[0] == markDone:
			return value[1+sha256.Size:], true, nil
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			return nil, true, contextOutcome(ctx)
		}
	}
}

// do does the deed under our mark, and puts its outcome in the mark's place. The
// caller may have hung up meanwhile: that changes nothing about what was done, so ctx
// is one that is never cancelled.
func (d deed) do(ctx context.Context, mine []byte, do func() ([]byte, bool)) []byte {
	counts := false
	defer func() {
		if !counts {
			_ = d.store.Delete(ctx, d.key) // if that fails the mark runs out by itself
		}
	}()
	var outcome []byte
	outcome, counts = do()
	if counts {
		done := slices.Concat([]byte{markDone}, d.content[:], outcome)
		_, _ = d.store.CompareAndSwap(ctx, d.key, mine, done, d.keep) // the store counts its errors; the outcome stands
	}
	return outcome
}

// mark is a running mark that nobody else has.
func (d deed) mark() []byte {
	var owner [ownerSize]byte
	_, _ = rand.Read(owner[:]) // never fails
	return slices.Concat([]byte{markRunning}, d.content[:], owner[:])
}
