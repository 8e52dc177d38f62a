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
// that, or one that the process has no file descriptor for, takes the place of another:
// of the connections that wait for their first request, those that wait for a further
// one, and those that have one, the largest group loses the connection that has been in
// it for longest. Whatever an attacker holds open by the thousand is thus what gives way.
type connections struct {
	limit int
	log   *slog.Logger

	mu     sync.Mutex
	open   map[net.Conn]*connection
	groups [3]list.List // of net.Conn by http.StateIdle, StateNew and StateActive, the longest there first
	closed int64        // to make room
}

// The groups of connections. Of equal ones the first loses a connection.
const (
	idle = iota
	fresh
	active
)

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
		group := &c.groups[fresh]
		c.open[conn] = &connection{group, group.PushBack(conn)}
	case http.StateActive:
		c.move(known, &c.groups[active])
	case http.StateIdle:
		c.move(known, &c.groups[idle])
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

// makeRoom closes a connection, if there is one.
func (c *connections) makeRoom() {
	largest := &c.groups[0]
	for i := range c.groups {
		if c.groups[i].Len() > largest.Len() {
			largest = &c.groups[i]
		}
	}
	longest := largest.Front()
	if longest == nil {
		return
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
