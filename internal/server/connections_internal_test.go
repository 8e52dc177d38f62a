package server

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// TestConnectionsMakeRoom plays what net/http reports: "+a" is a new connection, "a!" has
// a request, "a." waits for a further one, "-a" has ended by itself.
func TestConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ events, closed string }{
		"below the limit":          {"+a +b +c", ""},
		"the oldest without one":   {"+a +b +c +d +e", "a b"},
		"the largest group":        {"+a +b b! b. +c c! c. +d +e", "b a"},
		"the longest idle":         {"+a a! a. +b b! b. a! a. +c c! c. +d", "b"},
		"a request is no reason":   {"+a a! +b +c +d", "b"},
		"all have a request":       {"+a a! +b b! +c c! +d", "a"},
		"a flood of silent ones":   {"+a a! a. +b +c +d +e +f", "b c d"},
		"a flood of requests":      {"+a a! +b b! +c +d d! +e", "a b"},
		"one that ended":           {"+a +b +c -a +d", ""},
		"one that was closed ends": {"+a +b +c +d -a +e", "a b"},
		"one that was closed asks": {"+a +b +c +d a! a. +e", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, conns := newConnections(3, slog.New(slog.DiscardHandler)), map[string]*namedConn{}
			var closed []string
			for _, event := range strings.Fields(c.events) {
				name := strings.Trim(event, "+-!.")
				if conns[name] == nil {
					conns[name] = &namedConn{name: name, closed: &closed}
				}
				state := map[string]http.ConnState{"+" + name: http.StateNew, name + "!": http.StateActive, name + ".": http.StateIdle, "-" + name: http.StateClosed}[event]
				all.track(conns[name], state)
			}
			if got := strings.Join(closed, " "); got != c.closed {
				t.Errorf("closed %q, want %q", got, c.closed)
			}
			open, count := all.counts()
			if open > 3 || int(count) != len(closed) {
				t.Errorf("%d open and %d closed, want 3 at most and %d", open, count, len(closed))
			}
			for _, conn := range conns {
				all.track(conn, http.StateClosed)
			}
			if open, _ := all.counts(); open != 0 {
				t.Errorf("%d open after all have ended", open)
			}
		})
	}
}

// A process without a file descriptor for the next connection gives one up.
func TestConnectionsWithoutFileDescriptors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		closed int
	}{
		"of the process": {&net.OpError{Op: "accept", Err: syscall.EMFILE}, 1},
		"of the system":  {&net.OpError{Op: "accept", Err: syscall.ENFILE}, 1},
		"another error":  {net.ErrClosed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var closed []string
			all := newConnections(3, slog.New(slog.DiscardHandler))
			all.track(&namedConn{name: "a", closed: &closed}, http.StateNew)
			if _, err := all.listener(failing{err: c.err}).Accept(); !errors.Is(err, c.err) || len(closed) != c.closed {
				t.Errorf("error %v, closed %q; want %v and %d closed", err, closed, c.err, c.closed)
			}
		})
	}
}

// namedConn notes that it was closed.
type namedConn struct {
	net.Conn
	name   string
	closed *[]string
}

func (c *namedConn) Close() error {
	*c.closed = append(*c.closed, c.name)
	return io.ErrClosedPipe // which is only logged
}

type failing struct {
	net.Listener
	err error
}

func (f failing) Accept() (net.Conn, error) { return nil, f.err }
