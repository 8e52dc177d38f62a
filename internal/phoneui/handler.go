package phoneui

import "sync"

// HandlerState says whether the program behind the endpoint runs.
type HandlerState string

// The states of the program behind the endpoint.
const (
	HandlerStarting HandlerState = "starting"
	HandlerReady    HandlerState = "ready"
	HandlerFailed   HandlerState = "failed" // it cannot be built or started; Text says why
	HandlerAway     HandlerState = "away"   // connections are refused
)

// Handler is what the page says about the program behind the endpoint.
type Handler struct {
	State HandlerState `json:"state"`
	Text  string       `json:"text"`
}

// handlerNews is the latest news of the program behind the endpoint.
type handlerNews struct {
	mu      sync.Mutex
	latest  *Handler // nil: nothing is known
	changed chan struct{}
}

// Report lets every page show what happens to the program behind the endpoint.
func (s *Server) Report(h Handler) {
	n := &s.news
	n.mu.Lock()
	defer n.mu.Unlock()
	n.latest = &h
	if n.changed != nil {
		close(n.changed)
		n.changed = nil
	}
}

// get returns the latest news and a channel that closes at the next.
func (n *handlerNews) get() (latest *Handler, changed <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.changed == nil {
		n.changed = make(chan struct{})
	}
	return n.latest, n.changed
}
