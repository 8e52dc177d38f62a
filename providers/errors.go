package providers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The kinds of an [APIError].
var (
	// ErrUnauthorized means that the provider does not accept the credentials.
	ErrUnauthorized = errors.New("credentials refused")
	// ErrForbidden means that the credentials are right but do not permit this.
	ErrForbidden = errors.New("not permitted")
	// ErrNotFound means that the provider does not know the number, or the URL.
	ErrNotFound = errors.New("not found")
	// ErrInvalidRequest means that the provider refuses the request as such.
	ErrInvalidRequest = errors.New("request refused")
	// ErrRateLimited means that too many requests were made; see RetryAfter.
	ErrRateLimited = errors.New("rate limited")
	// ErrUpstream means that the provider itself failed.
	ErrUpstream = errors.New("provider failed")
	// ErrUnexpectedResponse means that the answer is in no shape that is known.
	ErrUnexpectedResponse = errors.New("unexpected answer")
	// ErrUnreachable means that no whole answer came: network, TLS or time.
	ErrUnreachable = errors.New("provider not reached")
)

// ErrUnknownOutcome matches an [APIError] after which the key may or may not have been
// replaced. Read the key back before doing anything else.
var ErrUnknownOutcome = errors.New("the key may or may not have been replaced")

// The operations of an [APIError] and of Transport.Observe.
const (
	OpGet = "get"
	OpSet = "set"
)

// APIError is what went wrong between us and a provider. Its text names the
// remedy and is free of credentials, even if the provider echoed them.
type APIError struct {
	// Provider is chakra, kaleyra, meta or graph; Op is [OpGet] or [OpSet].
	Provider, Op string
	// Status is the HTTP status; 0 if no whole answer came.
	Status int
	// Code is the provider's code: "code" or "code/subcode" of the Graph API,
	// such as 190/463, or Kaleyra's, such as RBC001.
	Code string
	// Message is what the provider says, or the network error if Status is 0.
	// It is one line of limited length, with credentials masked.
	Message string
	// TraceID is the Graph API's fbtrace_id, which Meta's support asks for.
	TraceID string
	// RetryAfter is the wait that the provider asks for; 0 if it asks for none.
	RetryAfter time.Duration
	// Kind is one of the sentinels of this package.
	Kind error
	// OutcomeUnknown means that the request, a set, may have taken effect; errors.Is
	// with [ErrUnknownOutcome] is then true.
	OutcomeUnknown bool

	detail string // what is wrong with the answer, in our words
	remedy string
	cause  error // the context's error, if that ended the request
}

// Unwrap returns the kind.
func (e *APIError) Unwrap() error { return e.Kind }

// Is makes errors.Is true of [ErrUnknownOutcome] where that applies, and of
// context.Canceled and context.DeadlineExceeded where these ended the request.
func (e *APIError) Is(target error) bool {
	return e.OutcomeUnknown && target == ErrUnknownOutcome || e.cause != nil && errors.Is(e.cause, target)
}

func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s business public key: ", e.Provider, e.Op)
	if e.Kind != nil {
		b.WriteString(e.Kind.Error())
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(e.details(), ", "))
	}
	if e.detail != "" {
		b.WriteString(": " + e.detail)
	}
	switch {
	case e.Message == "":
	case e.Status == 0:
		b.WriteString(": " + e.Message)
	default:
		fmt.Fprintf(&b, ": %s says %q", e.Provider, e.Message)
	}
	if e.OutcomeUnknown {
		b.WriteString(": the key may or may not have been replaced, read it back before setting it again")
	}
	if e.remedy != "" {
		b.WriteString(": " + e.remedy)
	}
	return b.String()
}

func (e *APIError) details() []string {
	details := []string{fmt.Sprintf("HTTP %d", e.Status)}
	if e.Code != "" {
		details = append(details, "code "+e.Code)
	}
	if e.TraceID != "" {
		details = append(details, "trace "+e.TraceID)
	}
	if e.RetryAfter > 0 {
		details = append(details, "retry after "+e.RetryAfter.String())
	}
	return details
}

// temporary reports whether the same request may succeed a little later.
func (e *APIError) temporary() bool {
	return errors.Is(e, ErrUpstream) || errors.Is(e, ErrRateLimited) || errors.Is(e, ErrUnreachable)
}

// outcome is the label that Transport.Observe gets.
func (e *APIError) outcome() string {
	switch {
	case e == nil:
		return "ok"
	case errors.Is(e.cause, context.Canceled):
		return "canceled"
	default:
		return outcomes[e.Kind]
	}
}

var outcomes = map[error]string{
	ErrUnauthorized:       "unauthorized",
	ErrForbidden:          "forbidden",
	ErrNotFound:           "not_found",
	ErrInvalidRequest:     "invalid_request",
	ErrRateLimited:        "rate_limited",
	ErrUpstream:           "upstream",
	ErrUnexpectedResponse: "unexpected_response",
	ErrUnreachable:        "unreachable",
}

// kindOfStatus classifies by HTTP status, where no code of the provider does.
func kindOfStatus(status int) error {
	switch {
	case status == 401:
		return ErrUnauthorized
	case status == 403:
		return ErrForbidden
	case status == 404:
		return ErrNotFound
	case status == 429:
		return ErrRateLimited
	case status == 408, status >= 500:
		return ErrUpstream
	case status >= 400:
		return ErrInvalidRequest
	default:
		return ErrUnexpectedResponse
	}
}
