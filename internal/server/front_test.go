package server_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/exchange"
)

// Strangers who hold connections and bodies open do not keep others out.
func TestHeldConnections(t *testing.T) {
	t.Parallel()
	s := setup{top: "max_connections: 8\nmax_body_memory: 1MiB\n"}.start(t)
	address := strings.TrimPrefix(s.public, "http://")
	head := fmt.Sprintf("POST /flows/greeting HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=%064d\r\nContent-Length: 9000\r\n\r\nx", 0)
	for i := range 40 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if i%2 == 0 {
			_, _ = c.Write([]byte(head)) // it may have been closed
		}
		if status := send(t, s.phone("a"), initMessage()); status != http.StatusOK {
			t.Fatalf("with %d held connections: status %d, want 200", i+1, status)
		}
	}
	_, metrics := request(t, http.MethodGet, s.admin+"/metrics")
	if strings.Contains(metrics, "flowserver_connections_closed_total 0\n") || !strings.Contains(metrics, "flowserver_connections_closed_total ") {
		t.Errorf("no connection was closed:\n%s", metrics)
	}
}

// A signature header that is missing is refused while the body is still on its way.
func TestRefusedBeforeTheBody(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	c, err := net.Dial("tcp", strings.TrimPrefix(s.public, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := c.Write([]byte("POST /flows/greeting HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 12)
	if _, err := c.Read(answer); err != nil || string(answer) != "HTTP/1.1 432" {
		t.Errorf("%q, %v; want 432", answer, err)
	}
}

// A flow has max_in_flight verified exchanges at most.
func TestMaxInFlight(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}, 2), make(chan struct{})
	s := setup{flowMore: "    max_in_flight: 2\n", handler: exchange.Unrouted(exchange.HandlerFunc(
		func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
			entered <- struct{}{}
			select {
			case <-release:
			case <-time.After(time.Minute):
			}
			return greet(ctx, msg)
		},
	))}.start(t)
	statuses := make(chan int, 2)
	for range 2 {
		go func() { statuses <- send(t, s.phone("a"), initMessage()) }()
		<-entered
	}
	if status := send(t, s.phone("a"), initMessage()); status != http.StatusServiceUnavailable {
		t.Errorf("one more: status %d, want 503", status)
	}
	close(release)
	for range 2 {
		if status := <-statuses; status != http.StatusOK {
			t.Errorf("status %d, want 200", status)
		}
	}
}
