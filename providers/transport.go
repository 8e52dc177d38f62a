package providers

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Defaults of [Transport], and limits that it does not offer.
const (
	DefaultTimeout  = 15 * time.Second
	DefaultAttempts = 3
	DefaultBackoff  = 500 * time.Millisecond

	connectTimeout = 5 * time.Second
	headerTimeout  = 10 * time.Second // leaves time for another attempt
	maxBody        = 64 << 10
)

// Doer sends requests. *[http.Client] is one.
type Doer interface {
	Do(req *http.Request) (*http.Response, error)
}

// Transport says how an adapter reaches its provider. The zero value is right
// for most.
type Transport struct {
	// HTTPClient sends the requests. The default has a connect timeout of 5 s,
	// waits at most 10 s for the start of an answer, and takes a proxy from the
	// environment. An *http.Client is copied and made to follow no redirects;
	// any other Doer must not follow them either.
	HTTPClient Doer
	// Timeout is for one operation, all attempts of a read together; 15 s by
	// default. An earlier deadline of the context goes first.
	Timeout time.Duration
	// Attempts is how often a read is sent at most; 3 by default. Only
	// [ErrUpstream], [ErrRateLimited] and [ErrUnreachable] are tried again.
	Attempts int
	// Backoff is the wait before the second attempt; 500 ms by default. Waits
	// double, with a jitter of 50 %. A Retry-After makes them longer; one that
	// the deadline has no room for ends the read.
	Backoff time.Duration
	// Observe is told of each request, for metrics. op is [OpGet] or [OpSet];
	// outcome is ok, unauthorized, forbidden, not_found, invalid_request,
	// rate_limited, upstream, unexpected_response, unreachable or canceled.
	// It must be safe for concurrent use. The default does nothing.
	Observe func(op, outcome string)
}

func (t Transport) check(p *problems) {
	p.require(t.Timeout >= 0, "timeout must not be negative")
	p.require(t.Attempts >= 0, "attempts must not be negative")
	p.require(t.Backoff >= 0, "backoff must not be negative")
}

func (t Transport) withDefaults() Transport {
	t.Timeout = cmp.Or(t.Timeout, DefaultTimeout)
	t.Attempts = cmp.Or(t.Attempts, DefaultAttempts)
	t.Backoff = cmp.Or(t.Backoff, DefaultBackoff)
	if t.Observe == nil {
		t.Observe = func(string, string) {}
	}
	t.HTTPClient = withoutRedirects(t.HTTPClient)
	return t
}

func withoutRedirects(doer Doer) Doer {
	client := http.Client{Transport: ownTransport()}
	switch given := doer.(type) {
	case nil:
	case *http.Client:
		client = *given
	default:
		return doer
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

func ownTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxBody,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		ForceAttemptHTTP2:      true,
	}
}

// waits returns the growing waits between the attempts of one read.
func (t Transport) waits() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     t.Backoff,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		MaxInterval:         t.Timeout,
	}
}

// sleep reports whether it slept to the end. It does not begin if the context
// has ended, or ends before.
func sleep(ctx context.Context, wait time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ctx.Err() != nil || ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// contextCause returns the context's error that ended a request, if one did.
func contextCause(ctx context.Context, err error) error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) || errors.Is(ctx.Err(), end) {
			return end
		}
	}
	return nil
}
