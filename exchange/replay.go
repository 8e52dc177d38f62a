package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
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
func (e *Endpoint) answerOnce(ctx context.Context, envelope *flowcrypto.Envelope, x *record, answer func(context.Context) ([]byte, error)) (sealed []byte, err error) {
	if e.cfg.Store == nil {
		return answer(ctx)
	}
	once := deed{
		store: e.cfg.Store, key: "answer:" + x.envelopeID, content: e.contentOf(envelope),
		running: e.cfg.Timeout + markSlack, keep: replayKeep,
	}
	waiting, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	outcome, repeated, onceErr := once.once(waiting, func() ([]byte, bool) {
		// A caller that hangs up may be about to send the envelope again: the work goes
		// on, and its answer will be there.
		sealed, err = answer(context.WithoutCancel(ctx))
		return encodeAnswer(statusOf(err), sealed), !errors.Is(err, ErrOverloaded)
	})
	switch {
	case errors.Is(onceErr, errStore):
		e.log.Warn("an exchange is not protected against being repeated", slog.String("flow", e.cfg.Flow), slog.String("request_id", x.requestID), slog.String("error", onceErr.Error()))
		return answer(ctx)
	case errors.Is(onceErr, errOtherContent):
		return nil, errReused
	case onceErr != nil:
		return nil, onceErr
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

// encodeAnswer is how an answer is kept: the status, then the body.
func encodeAnswer(status int, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(body)), uint16(status)), body...)
}

func decodeAnswer(text []byte) ([]byte, error) {
	if len(text) < 2 {
		return nil, errors.New("the kept answer is unreadable")
	}
	status := int(binary.BigEndian.Uint16(text))
	if status == 200 {
		return text[2:], nil
	}
	return text[2:], &repeatedError{status}
}
