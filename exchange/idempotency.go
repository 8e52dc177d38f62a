package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/store"
)

const (
	// replayKeep is how long an answer is kept for its envelope to arrive again.
	// Retries on the way come within seconds; the rest is for replays.
	replayKeep = 15 * time.Minute
	// markSlack is how much longer than a handler's deadline its mark lasts.
	markSlack = 5 * time.Second
)

// errReused is an envelope with the AES key and IV of an earlier one and other
// data. To answer it would encrypt a second text under the same GCM nonce.
var errReused = errors.New("AES key and IV were used before, for other data")

// answerOnce answers an envelope that was opened. One that has arrived before,
// here or at another replica, gets the same bytes again and no handler runs; while
// the first is still being answered, the second waits.
func (e *Endpoint) answerOnce(
	ctx context.Context, envelope *flowcrypto.Envelope, x *record, answer func(context.Context) ([]byte, error),
) (sealed []byte, err error) {
	if e.cfg.Store == nil {
		return answer(ctx)
	}
	once := call{
		store: e.cfg.Store, key: "answer:" + x.envelopeID, content: e.contentOf(envelope),
		running: e.cfg.Timeout + markSlack, keep: replayKeep,
	}
	waiting, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	outcome, repeated, callErr := once.run(waiting, func() ([]byte, bool) {
		// A caller that hangs up may be about to send the envelope again: the work goes
		// on, and its answer will be there.
		sealed, err = answer(context.WithoutCancel(ctx))
		return encodeAnswer(statusOf(err), sealed), !errors.Is(err, ErrOverloaded)
	})
	switch {
	case errors.Is(callErr, errStore):
		e.log.Warn("an exchange is not protected against being repeated", slog.String("flow", e.cfg.Flow),
			slog.String("request_id", x.requestID), slog.String("error", callErr.Error()))
		return answer(ctx)
	case errors.Is(callErr, errOtherContent):
		return nil, errReused
	case callErr != nil:
		return nil, callErr
	case repeated:
		x.replayed = true
		return decodeAnswer(outcome)
	}
	return sealed, err
}

// contentOf digests what an envelope asks of this Flow. Sent to another Flow, it
// would get another answer.
func (e *Endpoint) contentOf(envelope *flowcrypto.Envelope) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte(e.cfg.Flow + "\x00"))
	h.Write(envelope.EncryptedFlowData)
	return [sha256.Size]byte(h.Sum(nil))
}

// repeatedError is the outcome of the first time, when an envelope arrives again.
type repeatedError struct{ status int }

func (e *repeatedError) Error() string {
	return fmt.Sprintf("the same envelope was answered with status %d before", e.status)
}

// encodeAnswer returns the form in which an answer is kept: the status, then the body.
func encodeAnswer(status int, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(body)), uint16(status)), body...)
}

func decodeAnswer(text []byte) ([]byte, error) {
	if len(text) < 2 {
		return nil, errors.New("the kept answer is unreadable")
	}
	status := int(binary.BigEndian.Uint16(text))
	if status == http.StatusOK {
		return text[2:], nil
	}
	return text[2:], &repeatedError{status}
}

// call is an operation that must run at most once. Its value in the store is a mark
// that it is running, then its outcome.
type call struct {
	store   store.KeyValue
	key     string
	content [sha256.Size]byte // what the key stands for; other content is refused
	running time.Duration     // the mark lasts this long: longer than the call can take
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
	errStore        = errors.New("store unavailable")
)

// run makes the call unless it has been made, and returns its outcome. While the same
// call runs elsewhere, it waits. do reports whether its outcome counts; if not, or if
// it panics, the call may be made again.
func (c call) run(ctx context.Context, do func() (outcome []byte, counts bool)) (outcome []byte, repeated bool, err error) {
	mine := c.mark()
	// time that runs out while the store is asked would look like a store that is away,
	// and what another replica is doing would be done here as well; stores fail fast
	asking := context.WithoutCancel(ctx)
	for poll := pollFirst; ; poll = min(2*poll, pollMost) {
		swapped, err := c.store.CompareAndSwap(asking, c.key, nil, mine, c.running)
		if err != nil {
			return nil, false, fmt.Errorf("%w: %v", errStore, err) //nolint:errorlint // a store's errors are for the log
		}
		if swapped {
			return c.make(asking, mine, do), false, nil
		}
		value, ok, err := c.store.Get(asking, c.key)
		switch {
		case err != nil:
			return nil, false, fmt.Errorf("%w: %v", errStore, err) //nolint:errorlint // a store's errors are for the log
		case !ok:
			continue // it was given up, or has just run out: our turn
		case len(value) < 1+sha256.Size || !bytes.Equal(value[1:1+sha256.Size], c.content[:]):
			return nil, true, errOtherContent
		case value[0] == markDone:
			return value[1+sha256.Size:], true, nil
		}
		if !pause.For(ctx, poll) {
			return nil, true, contextOutcome(ctx)
		}
	}
}

// make makes the call under our mark, and replaces the mark with the outcome. A caller
// that has hung up meanwhile does not undo what was done, so ctx is one that is never
// cancelled.
func (c call) make(ctx context.Context, mine []byte, do func() ([]byte, bool)) []byte {
	counts := false
	defer func() {
		if !counts {
			_ = c.store.Delete(ctx, c.key) // if that fails the mark expires by itself
		}
	}()
	var outcome []byte
	outcome, counts = do()
	if counts {
		done := slices.Concat([]byte{markDone}, c.content[:], outcome)
		_, _ = c.store.CompareAndSwap(ctx, c.key, mine, done, c.keep) // the store counts its errors; the outcome stands
	}
	return outcome
}

// mark returns a running mark that no other call has.
func (c call) mark() []byte {
	var owner [ownerSize]byte
	_, _ = rand.Read(owner[:]) // never fails
	return slices.Concat([]byte{markRunning}, c.content[:], owner[:])
}
