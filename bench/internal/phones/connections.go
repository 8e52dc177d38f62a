package phones

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// connections are an [http.RoundTripper] for one address in clear HTTP/1.1. An [http.Transport]
// hands each request to two other goroutines, which costs a busy generator half of its time.
// As there, requests beyond the number of connections wait, and the connection that was used
// last is used next.
type connections struct {
	dialer net.Dialer
	slots  chan struct{} // one for each request in flight

	mu   sync.Mutex
	idle []*connection
}

type connection struct {
	net.Conn
	r *bufio.Reader
	w *bufio.Writer
}

func newConnections(n int) *connections { return &connections{slots: make(chan struct{}, n)} }

// RoundTrip implements [http.RoundTripper]. The response has its body in memory.
func (c *connections) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	conn := c.take()
	if conn == nil {
		opened, err := c.dialer.DialContext(r.Context(), "tcp", r.URL.Host)
		if err != nil {
			return nil, err
		}
		conn = &connection{opened, bufio.NewReader(opened), bufio.NewWriter(opened)}
	}
	response, err := conn.exchange(r)
	if err != nil || response.Close {
		_ = conn.Close() // what matters about it has been read
		return response, err
	}
	c.put(conn)
	return response, nil
}

// take returns an idle connection, nil if there is none.
func (c *connections) take() *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.idle) - 1
	if last < 0 {
		return nil
	}
	conn := c.idle[last]
	c.idle = c.idle[:last]
	return conn
}

func (c *connections) put(conn *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, conn)
}

// close closes the idle connections.
func (c *connections) close() {
	for conn := c.take(); conn != nil; conn = c.take() {
		_ = conn.Close() // nothing is in flight
	}
}

// exchange sends a request and reads its response to the end.
func (c *connection) exchange(r *http.Request) (*http.Response, error) {
	deadline, _ := r.Context().Deadline() // the zero time if there is none, which sets no deadline
	if err := c.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if err := r.Write(c.w); err != nil {
		return nil, fmt.Errorf("sending: %w", err)
	}
	if err := c.w.Flush(); err != nil {
		return nil, fmt.Errorf("sending: %w", err)
	}
	response, err := http.ReadResponse(c.r, r)
	if err != nil {
		return nil, fmt.Errorf("receiving: %w", err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("receiving: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
