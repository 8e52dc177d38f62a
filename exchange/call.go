package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/store"
)

// call is an operation that must run at most once. Three values in the store belong to
// it: a mark, which says that it was begun and then that it was done; a lease, which its
// replica renews while it runs; and its outcome. The outcome is much larger than the mark,
// so a store may drop it earlier. The call is not made again then.
type call struct {
	store    store.KeyValue
	key      string
	content  [sha256.Size]byte // what the key stands for; other content is refused
	running  time.Duration     // no call takes longer: its lease is renewed for this long
	keep     time.Duration     // the outcome lasts this long
	remember time.Duration     // the mark lasts this long
	// takeOver allows a second attempt if the replica that made the first one ended, or
	// lost its store, before the call was done.
	takeOver bool
}

const (
	// leaseTime is how long a replica may be silent before its call counts as abandoned.
	leaseTime  = 3 * time.Second
	renewEvery = time.Second

	pollFirst = 5 * time.Millisecond
	pollMost  = 100 * time.Millisecond
	// dropTime is what a value that is given up has left. Unlike a deletion, a swap for
	// that time cannot hit the value of another owner.
	dropTime = time.Millisecond

	mostAttempts = 2
)

var (
	errOtherContent = errors.New("done already with other content")
	errStore        = errors.New("store unavailable")
	errBusy         = errors.New("another request began this and has not finished")
	errAnswerGone   = errors.New("it was answered before, but the answer is no longer kept")
	errUnfinished   = errors.New("a replica began this and ended before it finished: it is not known what was done, so it is not done again")
	errDamaged      = errors.New("what the store has of this is damaged: it counts as answered")
)

// ran is how a call went.
type ran struct {
	outcome   []byte
	repeated  bool // the outcome is that of an earlier time
	takenOver bool // another replica had begun it and ended
}

// run makes the call unless it has been made, and returns its outcome. While the same
// call runs elsewhere, it waits. do reports whether its outcome counts; if not, or if
// it panics, the call may be made again.
func (c call) run(ctx context.Context, do func() (outcome []byte, counts bool)) (ran, error) {
	owner := newOwner()
	// Time that runs out while the store is asked would look like a store that is away,
	// and what another replica is doing would be done here as well; stores fail fast.
	asking := context.WithoutCancel(ctx)
	waited := time.Now()
	for poll := pollFirst; ; poll = min(2*poll, pollMost) {
		leased, err := c.store.CompareAndSwap(asking, c.leaseKey(), nil, owner, leaseTime)
		if err != nil {
			return ran{}, storeError(err)
		}
		found, mine, err := c.begin(asking, owner, leased)
		if err == nil && mine.attempt > 0 {
			outcome, lost := c.make(asking, mine, do)
			if !lost {
				return ran{outcome: outcome, takenOver: mine.attempt > 1}, nil
			}
			return c.overtaken(asking)
		}
		if leased {
			c.drop(asking, c.leaseKey(), owner)
		}
		if err != nil {
			return ran{}, err
		}
		if found.done {
			outcome, err := c.outcome(asking, found)
			return ran{outcome: outcome, repeated: true}, err
		}
		if !pause.For(ctx, poll) {
			if errors.Is(ctx.Err(), context.Canceled) {
				return ran{}, errGone
			}
			return ran{}, fmt.Errorf("%w: it has run for more than %s", errBusy, time.Since(waited).Round(time.Millisecond))
		}
	}
}

// overtaken returns the outcome of the replica that took over: it is the one that counts.
func (c call) overtaken(ctx context.Context) (ran, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseTime)
	defer cancel()
	c.takeOver = false
	result, err := c.run(ctx, func() ([]byte, bool) { return nil, false })
	if err == nil && !result.repeated {
		err = errAnswerGone // the other replica gave the call up
	}
	return result, err
}

// begin marks the call as begun if it is ours to make, and returns the mark as mine.
// Otherwise it returns the mark that it found, if there is one: the call is done, or runs.
func (c call) begin(ctx context.Context, owner []byte, leased bool) (found, mine mark, err error) {
	first := mark{attempt: 1, content: c.content, owner: owner}
	if leased {
		swapped, err := c.store.CompareAndSwap(ctx, c.markKey(), nil, first.encode(), c.remember)
		switch {
		case err != nil:
			return mark{}, mark{}, storeError(err)
		case swapped:
			return mark{}, first, nil
		}
	}
	value, ok, err := c.store.Get(ctx, c.markKey())
	switch {
	case errors.Is(err, store.ErrDamaged):
		return mark{}, mark{}, errDamaged
	case err != nil:
		return mark{}, mark{}, storeError(err)
	case !ok:
		return mark{}, mark{}, nil // it is about to begin, or was given up
	}
	if found, ok = decodeMark(value); !ok {
		return mark{}, mark{}, errDamaged
	}
	switch {
	case found.content != c.content:
		return mark{}, mark{}, errOtherContent
	case found.done || !leased:
		return found, mark{}, nil
	case !c.takeOver || found.attempt >= mostAttempts:
		return mark{}, mark{}, errUnfinished
	}
	next := mark{attempt: found.attempt + 1, content: c.content, owner: owner}
	swapped, err := c.store.CompareAndSwap(ctx, c.markKey(), value, next.encode(), c.remember)
	switch {
	case err != nil:
		return mark{}, mark{}, storeError(err)
	case swapped:
		return mark{}, next, nil
	}
	return mark{}, mark{}, nil // its replica was only slow, and has finished
}

// make makes the call under our mark, stores its outcome and then marks it as done. If
// another replica has taken over meanwhile, it reports that the outcome is lost. A caller
// that has hung up does not undo what was done, so ctx is one that is never cancelled.
func (c call) make(ctx context.Context, mine mark, do func() ([]byte, bool)) (outcome []byte, lost bool) {
	stopRenewing := c.renew(ctx, mine)
	counts := false
	defer func() {
		stopRenewing()
		if !counts { // otherwise the lease just ends: the mark says that nothing is left to do
			c.drop(ctx, c.markKey(), mine.encode())
			c.drop(ctx, c.leaseKey(), mine.owner)
		}
	}()
	if outcome, counts = do(); !counts {
		return outcome, false
	}
	// Errors of the store are its own to log and count: the outcome stands.
	_, _ = c.store.CompareAndSwap(ctx, c.outcomeKey(mine), nil, outcome, c.keep)
	done := mark{done: true, attempt: mine.attempt, content: mine.content, owner: mine.owner}.encode()
	swapped, err := c.store.CompareAndSwap(ctx, c.markKey(), mine.encode(), done, c.remember)
	if err == nil && !swapped { // the store lost the mark, or another replica has replaced it
		swapped, err = c.store.CompareAndSwap(ctx, c.markKey(), nil, done, c.remember)
	}
	if err == nil && !swapped {
		_ = c.store.Delete(ctx, c.outcomeKey(mine)) // if that fails it expires, and no mark names it
		return nil, true
	}
	return outcome, false
}

// renew writes lease and mark again and again, until stop is called, so that other
// replicas see that the call runs, and no store drops the mark as an old one.
func (c call) renew(ctx context.Context, mine mark) (stop func()) {
	ctx, cancel := context.WithTimeout(ctx, c.running)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for pause.For(ctx, renewEvery) {
			held, err := c.store.CompareAndSwap(ctx, c.leaseKey(), mine.owner, mine.owner, leaseTime)
			if err == nil && !held {
				return
			}
			_, _ = c.store.CompareAndSwap(ctx, c.markKey(), mine.encode(), mine.encode(), c.remember)
		}
	})
	return func() {
		cancel()
		renewing.Wait() // a late renewal would bring back what is given up
	}
}

// drop gives a value up, if it is still ours.
func (c call) drop(ctx context.Context, key string, ours []byte) {
	_, _ = c.store.CompareAndSwap(ctx, key, ours, ours, dropTime) // if that fails it expires later
}

// outcome returns the outcome of a call that is done.
func (c call) outcome(ctx context.Context, done mark) ([]byte, error) {
	value, ok, err := c.store.Get(ctx, c.outcomeKey(done))
	switch {
	case errors.Is(err, store.ErrDamaged):
		return nil, errDamaged
	case err != nil:
		// The call was made, so it is not made again, store or not.
		return nil, fmt.Errorf("%w: %v", errStoreAway, err) //nolint:errorlint // a store's errors are for the log
	case !ok:
		return nil, errAnswerGone
	}
	return value, nil
}

func storeError(err error) error {
	return fmt.Errorf("%w: %v", errStore, err) //nolint:errorlint // a store's errors are for the log
}

func (c call) markKey() string          { return store.MarkPrefix + c.key }
func (c call) leaseKey() string         { return store.MarkPrefix + "lease:" + c.key }
func (c call) outcomeKey(m mark) string { return c.key + ":" + hex.EncodeToString(m.owner) }

// mark is what the store keeps of a call for longest.
type mark struct {
	done    bool
	attempt byte // 1 or 2; 0 for no mark
	content [sha256.Size]byte
	owner   []byte // of the attempt
}

const (
	markRunning = 'r'
	markDone    = 'd'
	ownerSize   = 8
)

func (m mark) encode() []byte {
	kind := byte(markRunning)
	if m.done {
		kind = markDone
	}
	return slices.Concat([]byte{kind, m.attempt}, m.content[:], m.owner)
}

// decodeMark returns the mark that encode made a value of.
func decodeMark(value []byte) (m mark, ok bool) {
	if len(value) != 2+sha256.Size+ownerSize {
		return mark{}, false
	}
	content, owner := value[2:2+sha256.Size], value[2+sha256.Size:]
	m = mark{done: value[0] == markDone, attempt: value[1], content: [sha256.Size]byte(content), owner: bytes.Clone(owner)}
	return m, (m.done || value[0] == markRunning) && m.attempt >= 1 && m.attempt <= mostAttempts
}

// newOwner returns a name that no other attempt has.
func newOwner() []byte {
	owner := make([]byte, ownerSize)
	_, _ = rand.Read(owner) // never fails
	return owner
}
