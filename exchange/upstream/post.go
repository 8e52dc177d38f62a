package upstream

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/noredirect"
	"github.com/flowserver/flowserver/internal/pause"
)

const (
	idleConnections = 64
	// idleTimeout is less than the 5 s after which Node and uvicorn close idle
	// connections, so that a message seldom meets one that is just being closed.
	idleTimeout    = 4 * time.Second
	connectTimeout = 5 * time.Second
	maxHeader      = 64 << 10

	firstPause   = 50 * time.Millisecond // before the first retry
	longestPause = time.Second
)

// httpClient copies the given client, or makes one.
func httpClient(cfg Config) *http.Client {
	client := http.Client{}
	if cfg.HTTPClient != nil {
		client = *cfg.HTTPClient
	} else {
		client.Transport = &http.Transport{
			Proxy: proxy(cfg.Proxy),
			// a DialContext of its own also keeps the transport to HTTP/1.1
			DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
			TLSHandshakeTimeout:    connectTimeout,
			MaxIdleConns:           idleConnections,
			MaxIdleConnsPerHost:    idleConnections,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // answers are small and the way is short
		}
	}
	if cfg.WrapTransport != nil {
		client.Transport = cfg.WrapTransport(cmp.Or(client.Transport, http.DefaultTransport))
	}
	client.Jar = nil // cookies would mix users up
	return noredirect.Client(client)
}

// proxy returns the function that http.Transport asks; nil for no proxy.
func proxy(u *url.URL) func(*http.Request) (*url.URL, error) {
	if u == nil || u.Host == "" {
		return nil
	}
	return http.ProxyURL(u)
}

// post sends a message, again if asked to, and returns the answer, whole. Errors
// are those of ServeFlow.
func (u *Upstream) post(ctx context.Context, id string, body []byte) (*answer, error) {
	started := time.Now()
	defer func() { exchange.AddUpstreamTime(ctx, time.Since(started)) }()
	inTime, cancel := context.WithTimeout(ctx, u.timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		a, answered, err := u.attempt(inTime, id, body)
		if err == nil {
			return a, nil
		}
		if attempt > u.retries || answered || timedOut(err) || !pause.For(inTime, backoff(attempt)) {
			return nil, outcome(ctx, err, answered)
		}
		u.log.LogAttrs(ctx, slog.LevelWarn, "upstream is tried again", slog.String("flow", u.flow),
			slog.Int("attempt", attempt), slog.String("request_id", exchange.RequestID(ctx)), slog.String("reason", reason(err, answered)))
	}
}

// attempt sends a message once. With an error it tells whether an answer had
// begun.
func (u *Upstream) attempt(ctx context.Context, id string, body []byte) (a *answer, answered bool, err error) {
	var begun atomic.Bool // set by the connection's own goroutine
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { begun.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.url.String(), bytes.NewReader(body))
	if err != nil {
		return nil, false, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "flowserver")
	if err := u.sign(req.Header, id, body); err != nil {
		return nil, false, err
	}
	resp, err := u.client.Do(req)
	if err != nil {
		return nil, begun.Load(), err
	}
	defer func() { _ = resp.Body.Close() }() // it has been read, or is of no use
	// read to its end, whatever the status, or the connection could not be used again
	content, err := io.ReadAll(io.LimitReader(resp.Body, u.maxAnswer+1))
	if err != nil {
		return nil, true, err
	}
	a = &answer{
		status: resp.StatusCode, contentType: resp.Header.Get("Content-Type"), body: content, limit: u.maxAnswer,
		size: max(int64(len(content)), resp.ContentLength),
	}
	if a.size > u.maxAnswer {
		a.body = nil
	}
	return a, true, nil
}

// backoff returns how long to wait before the next attempt.
func backoff(attempt int) time.Duration { return min(firstPause<<min(attempt-1, 10), longestPause) }

// outcome is what ServeFlow returns for a message that got no answer.
func outcome(ctx context.Context, err error, answered bool) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err() // the caller hung up, which is not the upstream's fault
	case timedOut(err) && answered:
		return fmt.Errorf("%w: the upstream's answer did not end in time", exchange.ErrDeadline)
	case timedOut(err):
		return fmt.Errorf("%w: the upstream did not answer in time", exchange.ErrDeadline)
	default:
		return fmt.Errorf("%w: %s", exchange.ErrUpstream, reason(err, answered))
	}
}

func timedOut(err error) bool {
	netErr, ok := errors.AsType[net.Error](err)
	return ok && netErr.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// reason says what went wrong, in the words of errors that are known to quote
// neither the URL nor what came back, and otherwise in its own.
func reason(err error, answered bool) string {
	if opErr, ok := errors.AsType[*net.OpError](err); ok {
		return opErr.Error()
	}
	if certErr, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certErr.Error()
	}
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return "it speaks http, but the URL is https"
	case answered:
		return "its answer broke off, or is not HTTP"
	default:
		return "the connection broke before an answer"
	}
}
