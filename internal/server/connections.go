package server

import (
	"container/list"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// connections bounds how many connections the public listener has open. One more than
// that, or one that the process has no file descriptor for, takes the place of the
// connection that has been without a request for longest. While all have a request, it
// takes the place of the one whose request has lasted longest.
type connections struct {
	limit int
	log   *slog.Logger

	mu      sync.Mutex
	open    map[net.Conn]*connection
	waiting list.List // of net.Conn without a request, the longest first
	working list.List // of net.Conn with one, the longest first
	closed  int64     // to make room
}

type connection struct {
	in    *list.List
	place *list.Element
}

func newConnections(limit int, log *slog.Logger) *connections {
	return &connections{limit: limit, log: log, open: map[net.Conn]*connection{}}
}

// track is the ConnState hook of an http.Server.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.open[conn]
	switch state {
	case http.StateNew:
		if len(c.open) >= c.limit {
			c.makeRoom()
		}
		c.open[conn] = &connection{&c.waiting, c.waiting.PushBack(conn)}
	case http.StateActive:
		c.move(known, &c.working)
	case http.StateIdle:
		c.move(known, &c.waiting)
	case http.StateClosed, http.StateHijacked:
		c.remove(conn)
	}
}

// move puts a connection at the end of a list, unless it was closed to make room.
func (c *connections) move(known *connection, to *list.List) {
	if known == nil {
		return
	}
	conn := known.in.Remove(known.place)
	known.in, known.place = to, to.PushBack(conn)
}

func (c *connections) remove(conn net.Conn) {
	if known := c.open[conn]; known != nil {
		known.in.Remove(known.place)
		delete(c.open, conn)
	}
}

// makeRoom closes a connection, and reports whether there was one.
func (c *connections) makeRoom() bool {
	longest := c.waiting.Front()
	if longest == nil {
		longest = c.working.Front()
	}
	if longest == nil {
		return false
	}
	conn := longest.Value.(net.Conn) //nolint:forcetypeassert // the lists hold nothing else
	c.remove(conn)
	c.closed++
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn() // which closes without waiting for a farewell to be written
	}
	if err := conn.Close(); err != nil {
		c.log.Debug("a connection could not be closed", slog.String("error", err.Error()))
	}
	return true
}

// counts returns how many connections are open, and how many were closed to make room.
func (c *connections) counts() (open int, closed int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open), c.closed
}

// listener makes room for connections that l has no file descriptor for.
func (c *connections) listener(l net.Listener) net.Listener { return roomyListener{l, c} }

type roomyListener struct {
	net.Listener
	connections *connections
}

// Accept waits for the next connection.
func (l roomyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		l.connections.mu.Lock()
		l.connections.makeRoom()
		l.connections.mu.Unlock()
	}
	return conn, err // net/http tries again after a pause
}
