package providers

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/flowserver/flowserver/internal/noredirect"
	"github.com/flowserver/flowserver/internal/problem"
)

// Defaults of [Transport], and limits that it does not offer.
const (
	defaultTimeout  = 15 * time.Second
	defaultAttempts = 3
	defaultBackoff  = 500 * time.Millisecond

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
	// HTTPClient sends the requests. The default has a connect timeout of 5 s, waits
	// at most 10 s for the start of an answer, and uses the proxy that the
	// environment names. An *http.Client is copied, and the copy follows no
	// redirects; any other Doer must not follow them either.
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
	// Observe is called after each request, for metrics. op is [OpGet] or [OpSet];
	// outcome is ok, unauthorized, forbidden, not_found, invalid_request,
	// rate_limited, upstream, unexpected_response, unreachable or canceled.
	// It must be safe for concurrent use. The default does nothing.
	Observe func(op, outcome string)
}

// check completes the settings of a provider as [Check] does, and returns what is
// wrong with them or with the transport.
func (t Transport) check(p Provider, s Settings) error {
	var wrong problem.List
	wrong.AddError(p.Name, Check(s))
	for _, value := range []struct {
		name     string
		negative bool
	}{{"Timeout", t.Timeout < 0}, {"Attempts", t.Attempts < 0}, {"Backoff", t.Backoff < 0}} {
		if value.negative {
			wrong.Add(p.Name+": "+value.name, "is negative", "")
		}
	}
	return wrong.Err()
}

func (t Transport) withDefaults() Transport {
	t.Timeout = cmp.Or(t.Timeout, defaultTimeout)
	t.Attempts = cmp.Or(t.Attempts, defaultAttempts)
	t.Backoff = cmp.Or(t.Backoff, defaultBackoff)
	if t.Observe == nil {
		t.Observe = func(string, string) {}
	}
	t.HTTPClient = withoutRedirects(t.HTTPClient)
	return t
}

func withoutRedirects(doer Doer) Doer {
	switch given := doer.(type) {
	case nil:
		return noredirect.Client(http.Client{Transport: ownTransport()})
	case *http.Client:
		return noredirect.Client(*given)
	default:
		return doer
	}
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

// contextCause returns the context's error that ended a request, if one did.
func contextCause(ctx context.Context, err error) error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) || errors.Is(ctx.Err(), end) {
			return end
		}
	}
	return nil
}
