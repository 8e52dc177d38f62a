package providers

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/keystore"
)

// maxRetryAfter keeps absurd values out of errors and out of time arithmetic.
const maxRetryAfter = 24 * time.Hour

// caller sends requests to one provider and turns every failure into an
// [APIError].
type caller struct {
	Transport
	provider string
	remedies map[error]string
	quote    func(text string, limit int) string
}

// remedy returns what helps against a kind of error. Only a set can fail for the key.
func (c *caller) remedy(op string, kind error) string {
	remedy := c.remedies[kind]
	if op == OpSet && errors.Is(kind, ErrInvalidRequest) {
		remedy += "; the key must be a 2048-bit RSA public key"
	}
	return remedy
}

// newCaller returns a caller that masks the secrets in what it quotes.
func newCaller(p Provider, t Transport, secrets ...string) *caller {
	return &caller{Transport: t.withDefaults(), provider: p.Name, remedies: p.remedies, quote: quoter(secrets...)}
}

// answer is a response. Its body is complete unless cut is set.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    bool // the body is over the limit
}

func (a *answer) ok() bool { return a.status >= 200 && a.status <= 299 }

// requestFunc returns a new request for each attempt.
type requestFunc func(ctx context.Context) (*http.Request, error)

// decodeFunc reads an answer, or returns what failed: Kind, and of Code, Message,
// TraceID and RetryAfter what the body says.
type decodeFunc func(a *answer) *APIError

// read sends a request until it succeeds or fails for good, or until attempts or time
// run out.
func (c *caller) read(ctx context.Context, build requestFunc, decode decodeFunc) *APIError {
	waits := c.waits()
	for attempt := 1; ; attempt++ {
		failure := c.once(ctx, OpGet, build, decode)
		if failure == nil || !failure.temporary() || attempt >= c.Attempts {
			return failure
		}
		if !pause.For(ctx, max(waits.NextBackOff(), failure.RetryAfter)) {
			return failure
		}
	}
}

// once sends one request.
func (c *caller) once(ctx context.Context, op string, build requestFunc, decode decodeFunc) *APIError {
	a, failure := c.exchange(ctx, build)
	if failure == nil {
		failure = judge(a, decode)
	}
	c.Observe(op, failure.outcome())
	if failure == nil {
		return nil
	}
	failure.Provider, failure.Op = c.provider, op
	failure.Code = c.quote(failure.Code, maxLabel)
	failure.Message = c.quote(failure.Message, maxMessage)
	failure.TraceID = c.quote(failure.TraceID, maxLabel)
	if a != nil {
		failure.Status = a.status
		failure.RetryAfter = cmp.Or(headerRetryAfter(a.header), failure.RetryAfter)
	}
	if !errors.Is(failure, ErrRateLimited) && !errors.Is(failure, ErrUpstream) {
		failure.RetryAfter = 0
	}
	failure.OutcomeUnknown = failure.OutcomeUnknown && op == OpSet
	if !errors.Is(failure.cause, context.Canceled) {
		failure.remedy = cmp.Or(failure.remedy, c.remedy(op, failure.Kind))
	}
	return failure
}

// exchange sends the request and reads the answer.
func (c *caller) exchange(ctx context.Context, build requestFunc) (*answer, *APIError) {
	if err := ctx.Err(); err != nil {
		return nil, &APIError{Kind: ErrUnreachable, detail: "nothing was sent", Message: err.Error(), cause: err}
	}
	req, err := build(ctx)
	if err != nil {
		return nil, &APIError{Kind: ErrInvalidRequest, Message: networkText(err)}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "flowserver")
	resp, err := c.HTTPClient.Do(req)
	if err != nil {
		return nil, lost(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }() // what was read counts
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, lost(ctx, err)
	}
	a := &answer{status: resp.StatusCode, header: resp.Header, body: body}
	if len(body) > maxBody {
		a.body, a.cut = nil, true
	}
	return a, nil
}

func lost(ctx context.Context, err error) *APIError {
	return &APIError{
		Kind: ErrUnreachable, Message: networkText(err), cause: contextCause(ctx, err), OutcomeUnknown: !neverSent(err),
	}
}

// judge classifies an answer. A set that got no clear answer may have happened.
func judge(a *answer, decode decodeFunc) *APIError {
	var failure *APIError
	switch {
	case a.status >= 300 && a.status <= 399:
		failure = &APIError{Kind: ErrUnexpectedResponse, detail: "a redirect, which is not followed"}
	case a.cut && a.ok():
		failure = &APIError{Kind: ErrUnexpectedResponse, detail: fmt.Sprintf("an answer of more than %d KiB", maxBody>>10)}
	default:
		failure = decode(a)
	}
	if failure != nil {
		failure.OutcomeUnknown = errors.Is(failure, ErrUpstream) || errors.Is(failure, ErrUnexpectedResponse)
	}
	return failure
}

// networkText leaves out the URL, which may have a SID in it.
func networkText(err error) string {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	return err.Error()
}

// neverSent reports whether an error came before the first byte of the request.
func neverSent(err error) bool {
	if opErr, ok := errors.AsType[*net.OpError](err); ok && opErr.Op == "dial" {
		return true
	}
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// headerRetryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func headerRetryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		return retryAfter(seconds, time.Second)
	}
	if date, err := http.ParseTime(value); err == nil {
		return retryAfter(float64(time.Until(date)), 1)
	}
	return 0
}

func retryAfter(amount float64, unit time.Duration) time.Duration {
	wait := amount * float64(unit)
	if !(wait > 0) { // NaN too
		return 0
	}
	return time.Duration(min(wait, float64(maxRetryAfter)))
}

// canonicalKey returns the PEM to send, never the bytes that were given. It refuses
// keys that must not or cannot be registered.
func (c *caller) canonicalKey(publicPEM []byte) (string, error) {
	key, err := keystore.ParsePublic(publicPEM)
	if err == nil {
		err = keystore.CheckSize(key)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %s business public key: nothing was sent: %w", c.provider, OpSet, err)
	}
	return string(keystore.EncodePublic(key)), nil
}
