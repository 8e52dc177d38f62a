package server

import (
	"bytes"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/flowserver/flowserver/crypto/backend"
)

// counted returns the sum of a counter over its labels.
func counted(t *testing.T, m *metrics, name string) (sum float64) {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			sum += metric.GetCounter().GetValue()
		}
	}
	return sum
}

// A panic of what serves is a 500 if no answer has begun, and cuts it off otherwise.
func TestRecovering(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		h      http.HandlerFunc
		status int // 0: cut off
		panics float64
	}{
		{"no panic", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, 418, 0},
		{"before the answer", func(http.ResponseWriter, *http.Request) { panic("oops") }, 500, 1},
		{"impossible status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(0) }, 500, 1},
		{"within the answer", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic("oops")
		}, 0, 1},
		{"on purpose", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, 0},
	} {
		var text bytes.Buffer
		s := &Server{metrics: newMetrics("test", backend.Open(backend.Crypto, nil)), log: slog.New(slog.NewTextHandler(&text, nil))}
		server := httptest.NewUnstartedServer(s.recovering(c.h))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.Start()
		status := 0
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			if _, err := io.ReadAll(resp.Body); err == nil {
				status = resp.StatusCode
			}
			_ = resp.Body.Close()
		}
		server.Close() // waits for the handler
		if status != c.status {
			t.Errorf("%s: status %d, want %d", c.what, status, c.status)
		}
		if got := counted(t, s.metrics, "flowserver_panics_total"); got != c.panics {
			t.Errorf("%s: %v panics counted, want %v", c.what, got, c.panics)
		}
		if logged := strings.Contains(text.String(), "level=ERROR msg=panic"); logged != (c.panics > 0) {
			t.Errorf("%s: logged %q", c.what, text.String())
		}
	}
}

// failingListener fails to accept, as without file descriptors, until it is closed.
type failingListener struct {
	net.Listener
	once   sync.Once
	closed chan struct{}
	fails  int
}

type temporary struct{}

func (temporary) Temporary() bool { return true }
func (temporary) Timeout() bool   { return false }
func (temporary) Error() string   { return "too many open files" }

func (l *failingListener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	default:
		l.fails++
		return nil, temporary{}
	}
}

func (l *failingListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *failingListener) Addr() net.Addr { return &net.TCPAddr{} }

// Failing accepts are counted each time, and logged once a minute.
func TestAcceptErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		s := &Server{metrics: newMetrics("test", backend.Open(backend.Crypto, nil)), log: slog.New(slog.NewTextHandler(&text, nil))}
		server := s.httpServer(http.NotFoundHandler(), 0)
		l := &failingListener{closed: make(chan struct{})}
		ended := make(chan error)
		go func() { ended <- server.Serve(l) }()
		time.Sleep(150 * time.Second)
		_ = server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		if got := counted(t, s.metrics, "flowserver_accept_errors_total"); got < 100 || int(got) != l.fails {
			t.Errorf("%v errors counted, want %d", got, l.fails)
		}
		if got := strings.Count(text.String(), "level=ERROR"); got != 3 || !strings.Contains(text.String(), "too many open files") {
			t.Errorf("%d lines in two and a half minutes, want 3:\n%s", got, text.String())
		}
	})
}

type panicking struct{ prometheus.Collector }

func (panicking) Collect(chan<- prometheus.Metric) { panic("oops") }

// A collector that panics in a goroutine of the registry would end the process.
func TestGuarded(t *testing.T) {
	t.Parallel()
	s := &Server{metrics: newMetrics("test", backend.Open(backend.Crypto, nil)), log: slog.New(slog.DiscardHandler)}
	s.metrics.registry.MustRegister(guarded{panicking{registrations(nil)}, s.recovered})
	counted(t, s.metrics, "flowserver_panics_total") // panics while the counter may have been read already
	if got := counted(t, s.metrics, "flowserver_panics_total"); got < 1 {
		t.Errorf("%v panics counted, want 1 or more", got)
	}
}

// What strangers do wrong is for debugging; a panic that only net/http saw is not.
func TestServerErrors(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	m := newMetrics("test", backend.Open(backend.Crypto, nil))
	out := log.New(&serverErrors{metrics: m, log: slog.New(slog.NewTextHandler(&text, nil))}, "", 0)
	out.Print("http: TLS handshake error from 192.0.2.1:1: EOF")
	if text.Len() > 0 {
		t.Errorf("logged %q", text.String())
	}
	out.Print("http2: panic serving 192.0.2.1:1: oops")
	if !strings.Contains(text.String(), "level=ERROR msg=panic") || counted(t, m, "flowserver_panics_total") != 1 {
		t.Errorf("logged %q", text.String())
	}
}
