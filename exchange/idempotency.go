package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

const (
	// replayKeep is how long an answer is kept for its envelope to arrive again.
	// Retries on the way come within seconds; the rest is for replays.
	replayKeep = 15 * time.Minute
	// replayRemember is how long it is known that an envelope was answered.
	replayRemember = 2 * replayKeep
	// markSlack is how much longer than a handler's deadline its lease is renewed.
	markSlack = 5 * time.Second
)

var (
	// errReused is an envelope with the AES key and IV of an earlier one and other
	// data. To answer it would encrypt a second text under the same GCM nonce.
	errReused = errors.New("AES key and IV were used before, for other data")
	// errStoreAway refuses a request of a Flow that is not served without its store.
	errStoreAway = errors.New("refused, because the store that protects against repetition is unavailable")
)

// answerOnce answers an envelope that was opened. One that has arrived before,
// here or at another replica, gets the same bytes again and no handler runs; while
// the first is still being answered, the second waits. harmless says that the answer has
// no effects and is always the same.
func (e *Endpoint) answerOnce(
	ctx context.Context, envelope *flowcrypto.Envelope, x *record, harmless bool, answer func(context.Context) ([]byte, error),
) (sealed []byte, err error) {
	if e.cfg.Store == nil {
		return answer(ctx)
	}
	once := call{
		store: e.cfg.Store, key: "answer:" + x.envelopeID, content: e.contentOf(envelope),
		running: e.cfg.Timeout + markSlack, keep: replayKeep, remember: replayRemember, takeOver: !e.cfg.RequireStore,
	}
	waiting, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	result, callErr := once.run(waiting, func() ([]byte, bool) {
		// A caller that hangs up may be about to send the envelope again: the work goes
		// on, and its answer will be there.
		sealed, err = answer(context.WithoutCancel(ctx))
		return encodeAnswer(statusOf(err), sealed), !errors.Is(err, ErrOverloaded)
	})
	switch {
	case errors.Is(callErr, errStore) && e.cfg.RequireStore && !harmless:
		return nil, fmt.Errorf("%w: %w", errStoreAway, callErr)
	case errors.Is(callErr, errStore):
		e.log.Warn("an exchange is not protected against being repeated", slog.String("flow", e.cfg.Flow),
			slog.String("request_id", x.requestID), slog.String("error", callErr.Error()))
		return answer(ctx)
	case errors.Is(callErr, errOtherContent):
		return nil, errReused
	case callErr != nil:
		return nil, callErr
	case result.repeated:
		x.replayed = true
		return decodeAnswer(result.outcome)
	}
	if result.takenOver {
		x.tookOver(e)
	}
	return sealed, err
}

// tookOver notes that another replica had begun this exchange and ended.
func (x *record) tookOver(e *Endpoint) {
	x.takenOver.Store(true)
	e.log.Warn("a replica ended while it handled this: the handler ran again here", slog.String("flow", e.cfg.Flow),
		slog.String("envelope", x.envelopeID), slog.String("request_id", x.requestID))
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

// maxKept is more than any answer has: Meta allows screens of a few hundred kilobytes.
const maxKept = 16 << 20

// decodeAnswer returns an answer that was kept. What is none of ours is errDamaged: the
// store may be shared with others, and nothing of theirs may go out.
func decodeAnswer(text []byte) ([]byte, error) {
	if len(text) < 2 || len(text) > maxKept {
		return nil, errDamaged
	}
	status, body := int(binary.BigEndian.Uint16(text)), text[2:]
	sealed := len(body) > 0
	if sealed {
		if bytes.ContainsAny(body, "\r\n") { // which the decoder skips
			return nil, errDamaged
		}
		if _, err := base64.StdEncoding.Strict().Decode(make([]byte, base64.StdEncoding.DecodedLen(len(body))), body); err != nil {
			return nil, errDamaged
		}
	}
	switch {
	case status == http.StatusOK && sealed:
		return body, nil
	case status == StatusTokenExpired, answerStatus(status) && !sealed:
		return body, &repeatedError{status}
	}
	return nil, errDamaged
}

// answerStatus reports whether an exchange can fail with this status.
func answerStatus(status int) bool {
	return status == http.StatusInternalServerError ||
		slices.ContainsFunc(outcomes, func(known outcome) bool { return known.status == status && status != statusGone })
}
