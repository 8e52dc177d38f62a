package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/upstream"
)

// closedPort is the URL of nobody.
func closedPort(tb testing.TB) string {
	tb.Helper()
	server := httptest.NewServer(nil)
	server.Close()
	return server.URL
}

// hijacked hands the connection to h, after the request has been read.
func hijacked(h func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		h(conn)
		_ = conn.Close() // it may be reset by now
	}
}

func writing(text string) http.HandlerFunc {
	return hijacked(func(conn net.Conn) { _, _ = io.WriteString(conn, text) })
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// withCredentials puts into the URL what must not come out.
func withCredentials(url string) string {
	return strings.Replace(url, "://", "://S3CRET-user:S3CRET-password@", 1) + "?key=S3CRET"
}

// TestFailures takes failures of every kind to status and log.
func TestFailures(t *testing.T) {
	t.Parallel()
	onServer := func(h http.HandlerFunc) func(*testing.T) string {
		return func(t *testing.T) string { return serve(t, h) }
	}
	for name, c := range map[string]struct {
		url    func(*testing.T) string
		reason string
	}{
		"refused":          {func(t *testing.T) string { return closedPort(t) }, "connection refused"},
		"closed":           {onServer(writing("")), "the connection broke before an answer"},
		"reset":            {onServer(hijacked(reset)), "connection reset"},
		"not HTTP":         {onServer(writing("S3CRET\r\n\r\n")), "its answer broke off, or is not HTTP"},
		"header cut":       {onServer(writing("HTTP/1.1 200 OK\r\nX-S3CRET: 1\r\n")), "its answer broke off"},
		"header malformed": {onServer(writing("HTTP/1.1 200 OK\r\nS3CRET\r\n\r\n")), "its answer broke off, or is not HTTP"},
		"body cut":         {onServer(writing("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"screen\":\"S3CRET\"}")), "its answer broke off"},
		"chunk malformed":  {onServer(writing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nS3CRET\r\n")), "its answer broke off, or is not HTTP"},
		"foreign certificate": {func(t *testing.T) string {
			server := httptest.NewUnstartedServer(answering(200, `{"screen":"S3CRET"}`))
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			server.StartTLS()
			t.Cleanup(server.Close)
			return server.URL
		}, "failed to verify certificate"},
		"no TLS": {func(t *testing.T) string {
			return strings.Replace(serve(t, answering(200, `{"screen":"S3CRET"}`)), "http:", "https:", 1)
		}, "it speaks http, but the URL is https"},
		"status 201": {onServer(answering(http.StatusCreated, `{"id":"S3CRET"}`)), "status 201 is unusable: it names no screen, and has the keys id"},
		"status 204": {onServer(answering(http.StatusNoContent, "")), "status 204"},
		"status 400": {onServer(answering(http.StatusBadRequest, "S3CRET")), "status 400"},
		"status 401": {onServer(answering(http.StatusUnauthorized, "S3CRET")), "status 401: does it have the same secret"},
		"status 403": {onServer(answering(http.StatusForbidden, "S3CRET")), "status 403: does it have the same secret"},
		"status 404": {onServer(answering(http.StatusNotFound, "S3CRET")), "is an answer: does upstream.url have the right path"},
		"status 500": {onServer(answering(http.StatusInternalServerError, `{"screen":"S3CRET"}`)), "status 500"},
		"status 202": {onServer(answering(http.StatusAccepted, "")), "it is empty, and 202 promises an answer later"},
		"status 415": {onServer(answering(http.StatusUnsupportedMediaType, "S3CRET")), "the message is application/json"},
		"status 421": {onServer(answering(http.StatusMisdirectedRequest, "")), "it is an endpoint that decrypts itself"},
		"status 429": {onServer(answering(http.StatusTooManyRequests, "S3CRET")), "it limits the rate of requests"},
		"status 503": {onServer(answering(http.StatusServiceUnavailable, "S3CRET")), "status 503"},
		"nested too deep": {
			onServer(answering(http.StatusOK, `{"screen":"A","data":{"a":`+strings.Repeat("[", 128)+strings.Repeat("]", 128)+`}}`)),
			"nested deeper than 128",
		},
		"redirect": {onServer(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				t.Error("the redirect was followed")
			}
			http.Redirect(w, r, "/elsewhere?S3CRET", http.StatusTemporaryRedirect)
		}), "status 307: redirects are not followed: set upstream.url to the final address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			up := newUpstream(t, withCredentials(c.url(t)), func(cfg *upstream.Config) {
				cfg.Secret, cfg.Logger = []byte("S3CRET"), logger
			})
			endpoint, err := exchange.NewEndpoint(
				exchange.Config{Flow: "booking", Handler: exchange.Unrouted(up), Keys: oneKey{}, InsecureSkipSignature: true, Logger: logger},
			)
			if err != nil {
				t.Fatal(err)
			}
			status, answer, err := endpoint.AnswerClear(
				t.Context(),
				[]byte(`{"version":"3.0","action":"data_exchange","screen":"A","data":{"name":"S3CRET"},"flow_token":"S3CRET"}`),
			)
			if status != http.StatusBadGateway || len(answer) != 0 || !errors.Is(err, exchange.ErrUpstream) {
				t.Fatalf("%d %q (%v), want 502 without a body", status, answer, err)
			}
			if text := err.Error(); !strings.Contains(text, c.reason) || strings.Contains(text, "S3CRET") {
				t.Errorf("reason %q, want %q in it and nothing secret", text, c.reason)
			}
			if strings.Contains(log.String(), "S3CRET") {
				t.Errorf("logged %q", log.String())
			}
		})
	}
}

// TestReasonInLog reads the reason in the line of the exchange, over HTTP.
func TestReasonInLog(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 10)
	up := newUpstream(t, withCredentials(serve(t, answering(http.StatusOK, "S3CRET"))), nil)
	phone := exchangetest.NewServer(t, exchange.Unrouted(up), exchangetest.WithConfig(func(c *exchange.Config) {
		c.Logger = slog.New(slog.NewTextHandler(lineWriter(lines), nil))
	}))
	if reply := phone.Submit("A", map[string]string{"name": "S3CRET"}); reply.Status != http.StatusBadGateway || len(reply.Body) != 0 {
		t.Errorf("%d %q, want 502 without a body", reply.Status, reply.Body)
	}
	if line := <-lines; !strings.Contains(line, "not JSON") || strings.Contains(line, "S3CRET") {
		t.Errorf("logged %q, want the reason and nothing secret", line)
	}
}

type lineWriter chan<- string

func (w lineWriter) Write(line []byte) (int, error) {
	w <- string(line)
	return len(line), nil
}

// hanging answers up to a point, and then no more until the caller is gone.
func hanging(begin string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if begin != "" {
			_, _ = io.WriteString(w, begin)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ begin, reason string }{
		"no answer":   {"", "the upstream did not answer in time"},
		"half of one": {`{"screen":"S3CRET",`, "the upstream's answer did not end in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, withCredentials(serve(t, hanging(c.begin))), func(cfg *upstream.Config) {
				cfg.Timeout, cfg.Retries = 50*time.Millisecond, 3
			})
			assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrDeadline, http.StatusGatewayTimeout, c.reason)
		})
	}
}

// TestClientTimeout has the given client give up first. That is not a failure of the
// connection, so nothing is sent again.
func TestClientTimeout(t *testing.T) {
	t.Parallel()
	var messages atomic.Int32
	up := newUpstream(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		messages.Add(1)
		hanging("")(w, r)
	}), func(c *upstream.Config) {
		c.HTTPClient, c.Retries = &http.Client{Timeout: 50 * time.Millisecond}, 3
	})
	assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrDeadline, http.StatusGatewayTimeout, "did not answer in time")
	if messages.Load() != 1 {
		t.Errorf("%d messages arrived, want 1", messages.Load())
	}
}

func TestEndpointDeadlineGoesFirst(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, serve(t, hanging("")), nil)
	phone := exchangetest.New(t, exchange.Unrouted(up), quiet, exchangetest.WithConfig(func(c *exchange.Config) { c.Timeout = 50 * time.Millisecond }))
	assertFailure(t, phone.Init(), exchange.ErrDeadline, http.StatusGatewayTimeout, "")
}

func TestCallerHangsUp(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	up := newUpstream(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		hanging("")(w, r)
	}), func(c *upstream.Config) { c.Retries = 3 })
	ctx, hangUp := context.WithCancel(t.Context())
	go func() {
		<-arrived
		hangUp()
	}()
	_, err := up.ServeFlow(ctx, &exchange.Message{})
	if !errors.Is(err, context.Canceled) || errors.Is(err, exchange.ErrUpstream) || errors.Is(err, exchange.ErrDeadline) {
		t.Errorf("%v, want context.Canceled alone", err)
	}
}

// roundTrip is a network of one function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDefaultTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := newUpstream(t, "http://upstream/", func(c *upstream.Config) {
			c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})}
		})
		started := time.Now()
		_, err := up.ServeFlow(t.Context(), &exchange.Message{})
		if took := time.Since(started); took != 7*time.Second || !errors.Is(err, exchange.ErrDeadline) {
			t.Errorf("%v after %v, want ErrDeadline after 7s", err, took)
		}
	})
}

// failing fails the first messages by closing the connection, before an answer
// or in the middle of one, and answers the rest.
func failing(times int32, begin string) (http.HandlerFunc, *recorder) {
	var n atomic.Int32
	rec := &recorder{}
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > times {
			rec.ServeHTTP(w, r)
			return
		}
		rec.ServeHTTP(httptest.NewRecorder(), r)
		writing(begin)(w, r)
	}, rec
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retries, failures int
		begin             string
		status, attempts  int
	}{
		"not asked for":         {0, 1, "", http.StatusBadGateway, 1},
		"one":                   {1, 1, "", http.StatusOK, 2},
		"not enough":            {1, 2, "", http.StatusBadGateway, 2},
		"no more than needed":   {5, 2, "", http.StatusOK, 3},
		"not after an answer":   {5, 1, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", http.StatusBadGateway, 1},
		"nor after half a line": {5, 1, "HT", http.StatusBadGateway, 1},
		"nor after a 500":       {5, 1, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", http.StatusBadGateway, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, rec := failing(int32(c.failures), c.begin)
			up := newUpstream(t, serve(t, handler), func(cfg *upstream.Config) { cfg.Retries, cfg.Secret = c.retries, []byte("s") })
			reply := exchangetest.New(t, exchange.Unrouted(up), quiet).Init()
			if reply.Status != c.status {
				t.Errorf("status %d (%v), want %d", reply.Status, reply.Err, c.status)
			}
			seen := rec.all()
			if len(seen) != c.attempts {
				t.Fatalf("%d attempts, want %d", len(seen), c.attempts)
			}
			for _, p := range seen {
				if p.header.Get("Webhook-Id") != seen[0].header.Get("Webhook-Id") || !bytes.Equal(p.body, seen[0].body) {
					t.Error("the attempts differ in id or body")
				}
			}
		})
	}
}

// TestRetriesEndInTime retries against a wall: the deadline counts for all
// attempts together, and each has a timestamp of its own.
func TestRetriesEndInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stamps := map[string]bool{}
		attempts := 0
		up := newUpstream(t, "http://upstream/", func(c *upstream.Config) {
			c.Retries, c.Timeout = 1000, 5*time.Second
			c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				attempts++
				stamps[r.Header.Get("Webhook-Timestamp")] = true
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
			})}
		})
		started := time.Now()
		_, err := up.ServeFlow(t.Context(), &exchange.Message{})
		if !errors.Is(err, exchange.ErrUpstream) || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("%v, want ErrUpstream with the reason of the last attempt", err)
		}
		if took := time.Since(started); took > 5*time.Second || took < 4*time.Second {
			t.Errorf("gave up after %v, want shortly before 5s", took)
		}
		if attempts < 5 || attempts > 20 || len(stamps) < 4 {
			t.Errorf("%d attempts with %d timestamps, want a few with growing pauses", attempts, len(stamps))
		}
	})
}

func TestCallerHangsUpBetweenAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, hangUp := context.WithCancel(t.Context())
		attempts := 0
		up := newUpstream(t, "http://upstream/", func(c *upstream.Config) {
			c.Retries = 1000
			c.HTTPClient = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				attempts++
				return nil, io.EOF
			})}
		})
		time.AfterFunc(10*time.Millisecond, hangUp) // in the first pause
		if _, err := up.ServeFlow(ctx, &exchange.Message{}); !errors.Is(err, context.Canceled) || attempts != 1 {
			t.Errorf("%v after %d attempts, want context.Canceled after 1", err, attempts)
		}
	})
}

// TestGivenClient gives a client that would follow redirects and keep cookies.
func TestGivenClient(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	given := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }, Jar: jar}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Error("the redirect was followed")
		}
		if r.Header.Get("Cookie") != "" {
			t.Error("the cookie of another message came back")
		}
		http.SetCookie(w, &http.Cookie{Name: "user", Value: "ana"})
		http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
	})
	phone := exchangetest.New(t, exchange.Unrouted(newUpstream(t, url, func(c *upstream.Config) { c.HTTPClient = given })), quiet)
	for range 2 {
		assertFailure(t, phone.Init(), exchange.ErrUpstream, http.StatusBadGateway, "status 303")
	}
	if given.Jar == nil || given.CheckRedirect(nil, nil) != nil {
		t.Error("the given client was changed")
	}
}

// TestWrapTransport has the wrapper between the upstream and whatever sends, with
// redirects and cookies as ever.
func TestWrapTransport(t *testing.T) {
	t.Parallel()
	given := 0
	for name, client := range map[string]*http.Client{
		"default": nil, "client without transport": {},
		"client": {Transport: roundTrip(func(r *http.Request) (*http.Response, error) { given++; return http.DefaultTransport.RoundTrip(r) })},
	} {
		var wrapped atomic.Int32
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Traceparent") != "t" {
				t.Errorf("%s: the message did not go through the wrapper", name)
			}
			http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
		})
		up := newUpstream(t, url, func(c *upstream.Config) {
			c.HTTPClient = client
			c.WrapTransport = func(next http.RoundTripper) http.RoundTripper {
				return roundTrip(func(r *http.Request) (*http.Response, error) {
					wrapped.Add(1)
					r = r.Clone(r.Context())
					r.Header.Set("Traceparent", "t")
					return next.RoundTrip(r)
				})
			}
		})
		assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrUpstream, http.StatusBadGateway, "status 303")
		if wrapped.Load() != 1 {
			t.Errorf("%s: the wrapper sent %d requests, want 1", name, wrapped.Load())
		}
	}
	if given != 1 {
		t.Errorf("the given transport sent %d requests, want 1", given)
	}
}
