package standin

import (
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
)

// Dialect names the vendor that is played, as the configuration does.
type Dialect string

// The dialects.
const (
	Chakra  Dialect = "chakra"
	Kaleyra Dialect = "kaleyra"
	Meta    Dialect = "meta"
	Graph   Dialect = "graph" // any provider that passes the Graph API on
)

// vendors has one row for each dialect. A row returns a vendor in its first state.
var vendors = map[Dialect]func() vendor{
	Chakra:  func() vendor { return chakra{} },
	Kaleyra: func() vendor { return &kaleyra{} },
	Meta:    func() vendor { return meta{} },
	Graph:   func() vendor { return passThrough{} },
}

// Account is the customer that the vendor knows: the values that its requests must
// have, under the names of the configuration's keys, for example "access_token".
type Account map[string]string

// Request is a request that was received.
type Request struct {
	Method string
	// URI is the request target as it was sent, neither unescaped nor cleaned.
	URI    string
	Header http.Header
	Body   string
}

// Answer is an answer of the vendor.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

const (
	maxRequestBody  = 1 << 20
	keptRequests    = 1000 // of a stand-in that runs for days, the last ones
	keyField        = "business_public_key"
	statusValid     = "VALID"
	statusMismatch  = "MISMATCH"
	applicationJSON = "application/json"
)

// Server plays one vendor, with one customer and one number.
type Server struct {
	account Account
	vendor  vendor

	mu       sync.Mutex
	pem      string
	status   string
	script   *Answer
	fault    Fault
	left     int // answers that the fault is still for; below 0: all
	redirect string
	requests []Request
	count    int
}

// vendor is what differs between the dialects.
type vendor interface {
	// serve answers a request as documented.
	serve(s *Server, r *Request) Answer
	// isSet reports whether a request is a set, and not a read.
	isSet(r *Request) bool
	// success is the answer to a read, with data in place of the key's entry.
	success(data any) string
	// failure is the answer to f, one of those with a shape of the vendor's own.
	failure(f Fault) Answer
	// echo is an error that repeats what it was sent, in every field.
	echo(text string) Answer
}

// New returns a stand-in for the vendor. No key is registered: a read then returns a
// blank key and MISMATCH, as in Meta's own example. It panics if the dialect is
// unknown.
func New(dialect Dialect, account Account) *Server {
	newVendor, ok := vendors[dialect]
	if !ok {
		panic("standin: unknown dialect " + string(dialect))
	}
	return &Server{account: account, vendor: newVendor(), pem: " ", status: statusMismatch}
}

// Register puts a key on record, with the signature status to tell of it.
// Neither is checked.
func (s *Server) Register(pem, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pem, s.status = pem, status
}

// Registered returns what is on record.
func (s *Server) Registered() (pem, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pem, s.status
}

// Requests returns the requests received, the oldest first, no more than the
// last 1000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count is the number of requests received.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Respond answers every request with a, until [Server.Heal].
func (s *Server) Respond(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = &a
}

// Fail makes every request meet the fault, until [Server.Heal].
func (s *Server) Fail(f Fault) { s.FailNext(-1, f) }

// FailNext makes the next n requests meet the fault.
func (s *Server) FailNext(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.left = f, n
}

// RedirectTo is where [Redirect] leads.
func (s *Server) RedirectTo(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.redirect = url
}

// Heal ends [Server.Respond], [Server.Fail] and [Server.FailNext].
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.left = nil, 0
}

// ServeHTTP records the request, then answers it, or misbehaves as told.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	if err != nil {
		http.Error(w, "Request Entity Too Large", http.StatusRequestEntityTooLarge)
		return
	}
	request := &Request{Method: r.Method, URI: r.RequestURI, Header: r.Header.Clone(), Body: string(body)}
	script, fault := s.receive(request)
	switch {
	case script != nil:
		write(w, *script)
	case fault == Slow:
		<-r.Context().Done()
	case fault == Reset:
		reset(w)
	case fault == SetThenReset && s.vendor.isSet(request):
		s.vendor.serve(s, request)
		reset(w)
	default:
		write(w, s.answer(fault, request))
	}
}

// receive records the request and returns the fault that it meets.
func (s *Server) receive(r *Request) (*Answer, Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.requests = append(s.requests, *r)
	if len(s.requests) > keptRequests {
		s.requests = slices.Delete(s.requests, 0, 1)
	}
	if s.left == 0 {
		return s.script, ""
	}
	if s.left > 0 {
		s.left--
	}
	return s.script, s.fault
}

func write(w http.ResponseWriter, a Answer) {
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body) // a client that hung up is its own business
}

// reset ends the connection without an answer.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: net/http resets the stream
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // RST in place of FIN; without it, the answer is missing all the same
	}
	_ = conn.Close()
}

func textAnswer(status int, contentType, body string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

func jsonAnswer(status int, body string) Answer {
	return textAnswer(status, applicationJSON, body)
}
