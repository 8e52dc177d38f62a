package providers_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
)

// The clock of these tests is synctest's, so waits are exact and take no time.

func TestWaitsBetweenAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		registrar, stand := newInMemory(t, meta(), providers.Transport{})
		stand.Fail(standin.ServerError)
		start := time.Now()
		_, err := registrar.PublicKey(t.Context())
		if !errors.Is(err, providers.ErrUpstream) || stand.Count() != 3 {
			t.Errorf("got %v after %d requests, want ErrUpstream after 3", err, stand.Count())
		}
		// 500 ms and 1 s, with a jitter of 50 % each
		if waited := time.Since(start); waited < 750*time.Millisecond || waited > 2251*time.Millisecond {
			t.Errorf("got %v of waiting, want 0.75 s to 2.25 s", waited)
		}
	})
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		registrar, stand := newInMemory(t, meta(), providers.Transport{})
		stand.Respond(answer(429, "{}", "Retry-After", "7"))
		start := time.Now()
		_, err := registrar.PublicKey(t.Context())
		// a third attempt after another 7 s would still fit the 15 s, a fourth is not made
		if !errors.Is(err, providers.ErrRateLimited) || stand.Count() != 3 {
			t.Errorf("got %v after %d requests, want ErrRateLimited after 3", err, stand.Count())
		}
		if waited := time.Since(start); waited != 14*time.Second {
			t.Errorf("got %v of waiting, want 14s", waited)
		}
	})
}

func TestRetryAfterPastTheDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		deadline time.Duration // of the context
		seconds  string
		want     int // requests
	}{
		"of the transport":          {time.Hour, "15", 1},
		"of the context":            {5 * time.Second, "6", 1},
		"second wait does not fit":  {time.Hour, "8", 2},
		"shorter than the deadline": {time.Hour, "2", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				registrar, stand := newInMemory(t, chakra(), providers.Transport{})
				stand.Respond(answer(429, "{}", "Retry-After", c.seconds))
				ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
				defer cancel()
				start := time.Now()
				_, err := registrar.PublicKey(ctx)
				if !errors.Is(err, providers.ErrRateLimited) || stand.Count() != c.want {
					t.Errorf("got %v after %d requests, want ErrRateLimited after %d", err, stand.Count(), c.want)
				}
				if waited := time.Since(start); c.want == 1 && waited != 0 {
					t.Errorf("got %v of waiting for what cannot come, want none", waited)
				}
			})
		})
	}
}

func TestDefaultTimeout(t *testing.T) {
	t.Parallel()
	for _, adapter := range []providertest.Adapter{chakra(), kaleyra(), meta()} {
		t.Run(adapter.Provider, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				registrar, _ := newInMemory(t, adapter, providers.Transport{HTTPClient: silent{}})
				start := time.Now()
				_, err := registrar.PublicKey(t.Context())
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 15*time.Second {
					t.Errorf("get: got %v after %v, want DeadlineExceeded after 15s", err, time.Since(start))
				}
				start = time.Now()
				err = registrar.SetPublicKey(t.Context(), providertest.PublicPEM(t))
				if !errors.Is(err, providers.ErrUnknownOutcome) || time.Since(start) != 15*time.Second {
					t.Errorf("set: got %v after %v, want ErrUnknownOutcome after 15s", err, time.Since(start))
				}
			})
		})
	}
}

// silent never answers.
type silent struct{}

func (silent) Do(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// A cancellation ends the wait between two attempts.
func TestCanceledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		registrar, stand := newInMemory(t, meta(), providers.Transport{Timeout: time.Minute})
		stand.Respond(answer(503, "{}", "Retry-After", "30"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := registrar.PublicKey(ctx)
		if !errors.Is(err, providers.ErrUpstream) || stand.Count() != 1 || time.Since(start) != time.Second {
			t.Errorf("got %v after %d requests and %v, want ErrUpstream after 1 and 1s", err, stand.Count(), time.Since(start))
		}
	})
}

// failing answers every request with an error of the network.
type failing struct{ err error }

func (f failing) Do(*http.Request) (*http.Response, error) { return nil, f.err }

func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	account := kaleyra().Account
	inURL := func(err error) error {
		return &url.Error{Op: "Post", URL: "https://api.example.com/v2/" + account["sid"] + "/whatsapp", Err: err}
	}
	for name, c := range map[string]struct {
		err     error
		message string
		unknown bool
	}{
		"reset":              {inURL(&net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}), "read tcp: connection reset by peer", true},
		"not connected":      {inURL(&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}), "dial tcp: connection refused", false},
		"text with a secret": {errors.New("cannot POST /v2/" + account["sid"] + " with " + account["api_key"]), "cannot POST /v2/[redacted] with [redacted]", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, _ := newInMemory(t, kaleyra(), providers.Transport{HTTPClient: failing{c.err}})
			err := registrar.SetPublicKey(t.Context(), providertest.PublicPEM(t))
			got, ok := errors.AsType[*providers.APIError](err)
			if !ok || !errors.Is(err, providers.ErrUnreachable) || got.Status != 0 {
				t.Fatalf("got error %v, want ErrUnreachable without status", err)
			}
			if !strings.HasSuffix(err.Error(), "check network, DNS, proxy, pod and base_url, then try again") {
				t.Errorf("got error %v, want the remedy at its end", err)
			}
			if got.Message != c.message || got.OutcomeUnknown != c.unknown {
				t.Errorf("got %q, unknown outcome %v; want %q, %v", got.Message, got.OutcomeUnknown, c.message, c.unknown)
			}
		})
	}
}

// endless is a body without end that counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, strings.Repeat(" ", len(p))), nil
}

func (e *endless) Close() error { return nil }

type answering struct{ response *http.Response }

func (a answering) Do(*http.Request) (*http.Response, error) { return a.response, nil }

func TestBodiesAreCapped(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"success": 200, "failure": 500} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := &endless{}
			registrar, _ := newInMemory(t, meta(), providers.Transport{
				Attempts: 1, HTTPClient: answering{&http.Response{StatusCode: status, Body: body}},
			})
			if _, err := registrar.PublicKey(t.Context()); err == nil {
				t.Error("got no error, want one")
			}
			if limit := 64<<10 + 1; body.read > limit {
				t.Errorf("got %d bytes read, want no more than %d", body.read, limit)
			}
		})
	}
}

func TestBodyOfJustTheLimit(t *testing.T) {
	t.Parallel()
	const found = `{"data":[]}`
	for name, c := range map[string]struct {
		size int
		want error
	}{"fits": {64 << 10, nil}, "one too many": {64<<10 + 1, providers.ErrUnexpectedResponse}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, stand := newInMemory(t, meta(), providers.Transport{})
			stand.Respond(answer(200, found+strings.Repeat(" ", c.size-len(found))))
			if _, err := registrar.PublicKey(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("got error %v, want %v", err, c.want)
			}
		})
	}
}

// cut is a body that breaks off.
type cut struct{ io.Reader }

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (cut) Close() error             { return nil }

func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	registrar, _ := newInMemory(t, meta(), providers.Transport{HTTPClient: answering{&http.Response{StatusCode: http.StatusOK, Body: cut{}}}})
	err := registrar.SetPublicKey(t.Context(), providertest.PublicPEM(t))
	if !errors.Is(err, providers.ErrUnreachable) || !errors.Is(err, providers.ErrUnknownOutcome) {
		t.Errorf("got error %v, want ErrUnreachable of unknown outcome", err)
	}
}

// The client that is given stays as it is for its owner.
func TestClientGivenIsNotChanged(t *testing.T) {
	t.Parallel()
	client := &http.Client{Timeout: time.Minute}
	meta().Open(t, "https://api.example.com", meta().Account, providers.Transport{HTTPClient: client})
	if client.CheckRedirect != nil {
		t.Error("CheckRedirect of the given client was set")
	}
}
