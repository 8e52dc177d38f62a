package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// logHeader has a line that was logged during an exchange, percent-encoded; it is repeated
// for each line. See [client.Reply.Log].
const logHeader = "Flowserver-Log"

// Bounds of the lines that an answer carries, well below those of HTTP clients.
const (
	maxLogLines = 20
	maxLogLine  = 1000 // bytes before it is escaped
)

// exchangeLines are the lines that were logged during an exchange.
type exchangeLines struct {
	mu    sync.Mutex // a handler may log in goroutines, and after the answer
	lines []string
	more  int // beyond the bounds
}

type exchangeLinesKey struct{}

func (l *exchangeLines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) == maxLogLines {
		l.more++
		return
	}
	if len(line) > maxLogLine {
		line = strings.ToValidUTF8(line[:maxLogLine], "") + "…"
	}
	l.lines = append(l.lines, line)
}

// writeTo adds the lines to a header.
func (l *exchangeLines) writeTo(header http.Header) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		header.Add(logHeader, url.PathEscape(line))
	}
	if l.more > 0 {
		header.Add(logHeader, url.PathEscape(fmt.Sprintf("… %d more in the terminal", l.more)))
	}
}

// exposeLog adds the lines that were logged during an exchange to its answer, for callers
// on this machine. It does nothing unless the options say so.
func (s *Server) exposeLog(h http.Handler) http.Handler {
	if !s.options.ExposeReasons {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.fromThisMachine(r) {
			lines := &exchangeLines{}
			w, r = &loggedWriter{w, lines}, r.WithContext(context.WithValue(r.Context(), exchangeLinesKey{}, lines))
		}
		h.ServeHTTP(w, r)
	})
}

// loggedWriter adds lines to the header of a response.
type loggedWriter struct {
	http.ResponseWriter
	lines *exchangeLines
}

// WriteHeader implements [http.ResponseWriter].
func (w *loggedWriter) WriteHeader(status int) {
	w.lines.writeTo(w.Header())
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the writer for [http.ResponseController].
func (w *loggedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// lineKeeper is a log that also keeps the lines of exchanges whose answers carry them.
type lineKeeper struct {
	slog.Handler
	line *humanHandler // how people read it; writes nothing
}

func newLineKeeper(log slog.Handler) lineKeeper { return lineKeeper{log, &humanHandler{}} }

// Handle implements [slog.Handler].
func (k lineKeeper) Handle(ctx context.Context, r slog.Record) error {
	if lines, ok := ctx.Value(exchangeLinesKey{}).(*exchangeLines); ok {
		lines.add(k.text(r))
	}
	return k.Handler.Handle(ctx, r)
}

// text returns the line of a record, without what the page shows about the exchange itself.
func (k lineKeeper) text(r slog.Record) string {
	r.Time = time.Time{}
	attrs := slices.DeleteFunc(k.line.attributes(r), func(a humanAttr) bool { return a.key == "flow" })
	return strings.TrimRight(strings.ReplaceAll(k.line.text(r, attrs), continuation, "\n  "), "\n")
}

// WithAttrs implements [slog.Handler].
func (k lineKeeper) WithAttrs(attrs []slog.Attr) slog.Handler {
	return lineKeeper{k.Handler.WithAttrs(attrs), k.line.WithAttrs(attrs).(*humanHandler)} //nolint:forcetypeassert // it returns its own type
}

// WithGroup implements [slog.Handler].
func (k lineKeeper) WithGroup(name string) slog.Handler {
	return lineKeeper{k.Handler.WithGroup(name), k.line.WithGroup(name).(*humanHandler)} //nolint:forcetypeassert // it returns its own type
}
