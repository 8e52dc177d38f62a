package server

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Where code panicked, as a label of the metric. Panics of handlers are those of Flows,
// which the endpoint recovers from.
const (
	panicHandler = "handler"
	panicServer  = "server"
)

// recovered logs and counts a panic outside of a handler.
func (s *Server) recovered(what string, value any) {
	s.metrics.panics.WithLabelValues(panicServer).Inc()
	s.log.Error("panic", slog.String("in", what), slog.String("error", fmt.Sprint(value)), slog.String("stack", string(debug.Stack())))
}

// recovering answers 500 if h panics before it has answered, and cuts the connection off
// otherwise, because half an answer must not look like a whole one.
func (s *Server) recovering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &watchedWriter{ResponseWriter: w}
		defer func() {
			value := recover()
			switch {
			case value == nil:
			case value == http.ErrAbortHandler: //nolint:errorlint // net/http compares it so, too
				panic(http.ErrAbortHandler)
			case watched.began:
				s.recovered("the HTTP server", value)
				panic(http.ErrAbortHandler)
			default:
				s.recovered("the HTTP server", value)
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		h.ServeHTTP(watched, r)
	})
}

// watchedWriter knows whether an answer has begun.
type watchedWriter struct {
	http.ResponseWriter
	began bool
}

func (w *watchedWriter) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status) // first: it panics on a status that there is not
	w.began = w.began || status >= http.StatusOK
}

func (w *watchedWriter) Write(body []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(body)
}

// Flush implements [http.Flusher].
func (w *watchedWriter) Flush() {
	w.began = true
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a writer that cannot flush does not buffer
}

// Unwrap is for [http.ResponseController].
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// guarded is a collector whose panics, which would end the process, cost the scrape its
// values.
type guarded struct {
	prometheus.Collector
	recovered func(what string, value any)
}

// Collect implements [prometheus.Collector].
func (g guarded) Collect(out chan<- prometheus.Metric) {
	defer func() {
		if value := recover(); value != nil {
			g.recovered("a collector of metrics", value)
		}
	}()
	g.Collector.Collect(out)
}

// acceptErrorsEvery is how often failing accepts are logged. net/http tries again after
// a second at most, and each attempt fails.
const acceptErrorsEvery = time.Minute

// serverErrors is the log of net/http. What strangers do wrong on the wire is for
// debugging; panics and failing accepts are our own trouble.
type serverErrors struct {
	metrics *metrics
	log     *slog.Logger

	mu     sync.Mutex
	logged time.Time // when a failing accept was last logged
}

// Write receives one message.
func (e *serverErrors) Write(message []byte) (int, error) {
	text := slog.String("error", string(bytes.TrimSpace(message)))
	switch {
	case bytes.Contains(message, []byte("panic serving")):
		e.metrics.panics.WithLabelValues(panicServer).Inc()
		e.log.Error("panic", slog.String("in", "net/http"), text)
	case bytes.Contains(message, []byte("Accept error")):
		e.metrics.acceptErrors.Inc()
		if e.due(time.Now()) {
			e.log.Error("connections cannot be accepted", text, slog.String("remedy", "raise the limit of open files (ulimit -n)"))
		}
	default:
		e.log.Debug("http", text)
	}
	return len(message), nil
}

// due reports whether a failing accept is logged now.
func (e *serverErrors) due(now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.logged.IsZero() && now.Sub(e.logged) < acceptErrorsEvery {
		return false
	}
	e.logged = now
	return true
}
