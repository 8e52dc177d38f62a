package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/protocol"
)

var (
	// ErrMessage means that the clear text of an envelope is not a request.
	ErrMessage = errors.New("clear text is not a request")
	// ErrNoRoute means that a request names an action or a screen that has no
	// handler.
	ErrNoRoute = errors.New("no handler")
	// ErrAnswer means that a handler's answer cannot be sent because no client could
	// use it.
	ErrAnswer = errors.New("answer cannot be sent")
	// ErrUpstream means that the server behind the handler could not be reached, or that
	// its answer cannot be used. Handlers may wrap it.
	ErrUpstream = errors.New("upstream failed")
	// ErrOverloaded means that there is no capacity for the request now. Handlers
	// may wrap it.
	ErrOverloaded = errors.New("overloaded")
	// ErrDeadline means that a handler ran past the endpoint's deadline.
	ErrDeadline = errors.New("handler ran past the deadline")

	errMethod   = errors.New("method is not POST")
	errTooLarge = errors.New("body is too large")
	errToken    = errors.New("flow token is no longer valid")
	errKeys     = errors.New("private keys unavailable")
	errPanic    = errors.New("handler panicked")
	errEnded    = errors.New("handler called runtime.Goexit")
	errGone     = errors.New("the caller hung up")
)

// Statuses of the protocol that net/http does not name, see [protocol].
const (
	StatusTokenExpired = protocol.StatusTokenExpired
	StatusBadSignature = protocol.StatusBadSignature

	statusGone = 499 // for the log only: the caller is gone
)

// outcome is what an error means: the one table of statuses, of reasons for a
// refusal, and of what handlers may return.
type outcome struct {
	err     error
	status  int
	refused string // the label of metrics; empty if the request was not refused
	handler bool   // a handler may return it; other errors of handlers are 500
}

// outcomes lists every error that an endpoint knows; any other is status 500. The
// first row that matches decides. What handlers may return comes first: such an
// error may wrap one of another envelope, which is the handler's own business.
var outcomes = []outcome{
	{err: errToken, status: protocol.StatusTokenExpired, handler: true},
	{err: ErrNoRoute, status: http.StatusBadRequest, handler: true},
	{err: ErrAnswer, status: http.StatusInternalServerError, handler: true},
	{err: errPanic, status: http.StatusInternalServerError, handler: true},
	{err: ErrUpstream, status: http.StatusBadGateway, handler: true},
	{err: ErrOverloaded, status: http.StatusServiceUnavailable, refused: "overload", handler: true},
	{err: ErrDeadline, status: http.StatusGatewayTimeout, handler: true},
	{err: errBusy, status: http.StatusGatewayTimeout, handler: true},
	{err: errAnswerGone, status: http.StatusConflict, refused: "answer_gone", handler: true},
	{err: errUnfinished, status: http.StatusConflict, refused: "unfinished", handler: true},
	{err: errDamaged, status: http.StatusConflict, refused: "damaged", handler: true},
	{err: errStoreAway, status: http.StatusServiceUnavailable, refused: "store", handler: true},
	{err: errMethod, status: http.StatusMethodNotAllowed},
	{err: errTooLarge, status: http.StatusRequestEntityTooLarge, refused: "too_large"},
	{err: flowcrypto.ErrSignature, status: protocol.StatusBadSignature, refused: "signature"},
	{err: flowcrypto.ErrMalformed, status: http.StatusBadRequest, refused: "malformed"},
	{err: flowcrypto.ErrDecrypt, status: protocol.StatusKeyMismatch, refused: "undecryptable"},
	{err: ErrMessage, status: http.StatusBadRequest, refused: "malformed"},
	{err: errReused, status: http.StatusBadRequest, refused: "reused"},
	{err: errGone, status: statusGone},
}

// outcomeOf returns the row of an error; that of an unknown one is status 500.
func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{status: http.StatusOK}
	}
	if repeated, ok := errors.AsType[*repeatedError](err); ok {
		return outcome{err: err, status: repeated.status}
	}
	for _, known := range outcomes {
		if errors.Is(err, known.err) {
			return known
		}
	}
	return outcome{err: err, status: http.StatusInternalServerError}
}

func statusOf(err error) int { return outcomeOf(err).status }

// Refusals returns the reasons that [Exchange.Refused] can have.
func Refusals() []string {
	var reasons []string
	for _, known := range outcomes {
		if known.refused != "" && !slices.Contains(reasons, known.refused) {
			reasons = append(reasons, known.refused)
		}
	}
	return reasons
}

// handlerOutcome keeps the errors that handlers may return and hides the rest, so
// that a decryption error of the handler's own business, for example, is not taken
// for one of the envelope.
func handlerOutcome(ctx context.Context, err error) error {
	switch {
	case err == nil || outcomeOf(err).handler:
		return err
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return contextOutcome(ctx)
	default:
		return fmt.Errorf("handler failed: %v", err) //nolint:errorlint // that is the point of this function
	}
}

// contextOutcome distinguishes a caller that hung up from a deadline that has passed, or
// is too near for waiting to help.
func contextOutcome(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return errGone
	}
	return ErrDeadline
}

// RejectError is what [Reject] returns.
type RejectError struct {
	// Message is for the user of the phone.
	Message string
	// Fields has a message per form field, for the screen's error_messages.
	Fields map[string]string

	besideFields string // instead of Message where Fields are shown, so that nothing is said twice
	note         string // for the log
}

// Error returns the message for the user.
func (e *RejectError) Error() string { return "rejected: " + e.Message }

// Reject returns an error that keeps the user on the screen and shows message there: the
// screen is shown again with the data of its [Reload] and message as error_message. The
// error may be wrapped. If the request does not name a screen with a route, there is no
// screen to show again: there, and in a handler of INIT, Reject is a mistake and causes
// status 500.
func Reject(message string) error { return &RejectError{Message: message} }

// TokenError is what [ExpireToken] returns.
type TokenError struct {
	// Message is for the user of the phone; empty for WhatsApp's own text.
	Message string
}

// Error returns what happened, with the message for the user if there is one.
func (e *TokenError) Error() string {
	if e.Message == "" {
		return errToken.Error()
	}
	return errToken.Error() + ": " + e.Message
}

// Unwrap returns the error that all errors of [ExpireToken] wrap.
func (e *TokenError) Unwrap() error { return errToken }

// ExpireToken returns an error that ends the Flow with status 427: WhatsApp shows
// message, or its default text if message is empty, and disables the button that
// opened the Flow (Meta, "Flows error codes", July 2026).
func ExpireToken(message string) error { return &TokenError{Message: message} }
