package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// upstream serves the flow and counts what it is asked: it, not flowserver, says what
// was handled twice.
type upstream struct {
	server *httptest.Server
	delay  atomic.Int64 // of each answer, a time.Duration
	size   atomic.Int64 // of each answer, in bytes

	mu      sync.Mutex
	handled map[string]int // by webhook-id
	running map[string]int
	overlap int // the most that one id ran at the same time
}

func (l *Lab) startUpstream() *upstream {
	u := &upstream{handled: map[string]int{}, running: map[string]int{}}
	u.server = httptest.NewServer(http.HandlerFunc(u.serve))
	l.onReset(func() {
		u.server.CloseClientConnections()
		u.server.Close()
	})
	return u
}

func (u *upstream) url() string { return u.server.URL + "/flow" }

// serve answers with the token of the request, so that a wrong person can be seen, and
// with a number that no other answer has.
func (u *upstream) serve(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("webhook-id")
	var message struct {
		FlowToken string `json:"flow_token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	u.mu.Lock()
	u.handled[id]++
	u.running[id]++
	u.overlap = max(u.overlap, u.running[id])
	nonce := len(u.handled)*1000 + u.handled[id]
	u.mu.Unlock()
	defer func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.running[id]--
	}()
	select {
	case <-time.After(time.Duration(u.delay.Load())):
	case <-r.Context().Done(): // the caller is gone: the work goes on, as in a real server
		time.Sleep(time.Millisecond)
	}
	padding := strings.Repeat("x", int(u.size.Load()))
	_, _ = fmt.Fprintf(w, `{"screen":"A","data":{"token":%q,"nonce":"%d","padding":%q}}`, message.FlowToken, nonce, padding)
}

// twice returns how many envelopes were handled more than once, and how many once at least.
func (u *upstream) twice() (twice, handled int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, n := range u.handled {
		if n > 1 {
			twice++
		}
	}
	return twice, len(u.handled)
}
