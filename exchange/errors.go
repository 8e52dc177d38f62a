package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

var (
	// ErrMessage means that the clear text of an envelope is not a request.
	ErrMessage = errors.New("clear text is not a request")
	// ErrNoRoute means that a request names an action or a screen that nobody
	// handles.
	ErrNoRoute = errors.New("no handler")
	// ErrAnswer means that a handler's answer cannot be sent, as a client could
	// not use it.
	ErrAnswer = errors.New("answer cannot be sent")
	// ErrUpstream means that another server, which was to answer, could not be
	// reached or answered nonsense. Handlers may wrap it.
	ErrUpstream = errors.New("upstream failed")
	// ErrOverloaded means that there is no capacity for the request now. Handlers
	// may wrap it.
	ErrOverloaded = errors.New("overloaded")
	// ErrDeadline means that a handler ran past the endpoint's deadline.
	ErrDeadline = errors.New("handler ran past the deadline")

	errMethod = errors.New("method is not POST")
	errKeys   = errors.New("no private keys to be had")
	errPanic  = errors.New("handler panicked")
	errEnded  = errors.New("handler ended its goroutine")
	errGone   = errors.New("the caller hung up")
)

// Statuses of the protocol that net/http has no name for (Meta, "Error Codes
// for Flows").
const (
	// StatusTokenExpired tells the client that the flow token is no longer valid:
	// the Flow closes and the message's button is switched off.
	StatusTokenExpired = 427
	// StatusBadSignature tells that the signature of the request does not verify.
	StatusBadSignature = 432

	statusGone = 499 // nobody is there to read it: for the log alone
)

// statuses maps each error that the endpoint meets to its HTTP status; every
// other error is 500. The order is that of the pipeline.
var statuses = []struct {
	err    error
	status int
}{
	{errMethod, http.StatusMethodNotAllowed},
	{flowcrypto.ErrSignature, StatusBadSignature},
	{flowcrypto.ErrMalformed, http.StatusBadRequest},
	{flowcrypto.ErrDecrypt, http.StatusMisdirectedRequest},
	{ErrMessage, http.StatusBadRequest},
	{ErrNoRoute, http.StatusBadRequest},
	{errReused, http.StatusBadRequest},
	{ErrAnswer, http.StatusInternalServerError},
	{ErrUpstream, http.StatusBadGateway},
	{ErrOverloaded, http.StatusServiceUnavailable},
	{ErrDeadline, http.StatusGatewayTimeout},
	{errGone, statusGone},
}

func statusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	if _, ok := errors.AsType[*TokenError](err); ok {
		return StatusTokenExpired
	}
	if repeated, ok := errors.AsType[*repeatedError](err); ok {
		return repeated.status
	}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	return http.StatusInternalServerError
}

// handlerOutcome lets through what a handler may say with an error, and hides
// the rest, so that, say, a decryption error of its own business is not taken
// for one of the envelope.
func handlerOutcome(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*TokenError](err); ok {
		return err
	}
	for _, outcome := range []error{ErrNoRoute, ErrAnswer, ErrUpstream, ErrOverloaded, ErrDeadline, errPanic} {
		if errors.Is(err, outcome) {
			return err
		}
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return contextOutcome(ctx)
	}
	return fmt.Errorf("handler failed: %v", err) //nolint:errorlint // that is the point of this function
}

// contextOutcome tells a deadline that passed from a caller that hung up.
func contextOutcome(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrDeadline
	}
	return errGone
}

// RejectError is what [Reject] returns.
type RejectError struct {
	// Message is for the user of the phone.
	Message string
	// Fields holds a message per form field, for the screen's error_messages.
	Fields map[string]string
	note   string // for the log
}

// Error returns the message for the user.
func (e *RejectError) Error() string { return "rejected: " + e.Message }

// Reject makes an error that keeps the user on the screen and shows message
// there: the screen is shown again with the data of its [Reload] and message as
// error_message. It may come from deep down in the handler's own code, wrapped or
// not. A request that names no screen with a route has nothing to show again:
// there, as in a handler of INIT, Reject is a mistake and ends as status 500.
func Reject(message string) error { return &RejectError{Message: message} }

// TokenError is what [ExpireToken] returns.
type TokenError struct {
	// Message is for the user of the phone; empty for WhatsApp's own text.
	Message string
}

// Error returns the message for the user.
func (e *TokenError) Error() string { return "flow token is no longer valid: " + e.Message }

// ExpireToken makes an error that ends the Flow: status 427, upon which WhatsApp
// shows message, or a text of its own if message is empty, and switches the
// button off that opened the Flow (Meta, "Error Codes for Flows").
func ExpireToken(message string) error { return &TokenError{Message: message} }
