package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// ping is Meta's health check (Meta, "Implementing Endpoints for Flows", June 28, 2026).
const ping = `{"version":"3.0","action":"ping"}`

// session is one run against one endpoint.
type session struct {
	cfg     Config
	client  *client.Client
	wire    *wire
	first   answer           // to the health check that comes before everything else
	cause   *diagnosis.Cause // why that answer is not good; nil if it is, or if ctx ended
	width   int              // how many cases run at the same time
	latency *Latency         // set by the check that measures it
	trials  map[string]*trial
	bodies  sync.Map   // digests of the answers of status 200
	mu      sync.Mutex // guards done and wanted of trials
	life    life
}

func (s *session) signed() bool { return len(s.cfg.AppSecret) > 0 }

func (s *session) close() {
	if transport, ok := s.wire.base.(*http.Transport); ok && s.wire.owned {
		transport.CloseIdleConnections()
	}
}

// send seals plaintext, posts it once, and opens the answer. Unlike a phone it does
// not try again after a 421.
func (s *session) send(ctx context.Context, plaintext string, faults ...client.Fault) answer {
	return s.sendChanged(ctx, plaintext, nil, faults...)
}

// sendChanged is send with a last change to the sealed request.
func (s *session) sendChanged(ctx context.Context, plaintext string, change func(*client.Request), faults ...client.Fault) answer {
	request, err := s.client.Seal([]byte(plaintext), faults...)
	if err != nil {
		return answer{err: err}
	}
	if change != nil {
		change(request)
	}
	return s.do(ctx, request)
}

func (s *session) do(ctx context.Context, request *client.Request) answer {
	reply, err := s.client.Do(ctx, request)
	a := answer{reply: reply, err: err}
	if reply != nil && reply.Status == http.StatusOK {
		_, known := s.bodies.LoadOrStore(sha256.Sum256(reply.Body), true)
		a.repeated = known && errors.Is(err, client.ErrUndecryptable) && diagnosis.LooksSealed(reply.Body)
	}
	if seen, ok := ctx.Value(seenKey{}).(*seen); ok {
		seen.add(s.silentIn(a), a)
	}
	return a
}

// request is the clear text of a sound request that the endpoint answers well: a ping,
// or INIT if the endpoint does not answer pings.
func (s *session) request(ctx context.Context) string {
	if s.judge(ctx, aPing); s.trials[aPing].held() {
		return ping
	}
	return s.initial()
}

// sendBody sends a ping whose body is changed before it is signed.
func (s *session) sendBody(ctx context.Context, change func(body []byte) []byte) answer {
	return s.sendChanged(ctx, ping, s.reshaped(change))
}

// reshaped changes the body of a sealed request and signs it again.
func (s *session) reshaped(change func(body []byte) []byte) func(*client.Request) {
	return func(request *client.Request) {
		request.Body = change(request.Body)
		if s.signed() {
			request.Header.Set(flowcrypto.SignatureHeader, flowcrypto.Sign(request.Body, s.cfg.AppSecret))
		}
	}
}

func (s *session) token() string {
	if s.cfg.Token != "" {
		return s.cfg.Token
	}
	return defaultToken
}

// withToken fills the flow token, as JSON, into a text with one %s.
func (s *session) withToken(format string) string {
	token, _ := json.Marshal(s.token()) // a string always encodes
	return fmt.Sprintf(format, token)
}

// initial is INIT as Meta's web client sends it.
func (s *session) initial() string {
	return s.withToken(`{"version":"3.0","action":"INIT","screen":"","data":{},"flow_token":%s}`)
}

// wire lets requests through, some in an unusual way, and remembers the TLS state.
type wire struct {
	base  http.RoundTripper
	owned bool
	tls   atomic.Pointer[tls.ConnectionState] // of the first answer
}

type (
	chunkedKey struct{} // without Content-Length
	stallKey   struct{} // holds a channel: half of the body waits until it is closed
)

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Context().Value(chunkedKey{}) != nil {
		r = r.Clone(r.Context())
		r.ContentLength, r.GetBody = -1, nil
	}
	if release, ok := r.Context().Value(stallKey{}).(chan struct{}); ok {
		r = r.Clone(r.Context())
		r.GetBody = nil
		r.Body = stalled(r, release)
	}
	response, err := w.base.RoundTrip(r)
	if err == nil && response.TLS != nil {
		w.tls.CompareAndSwap(nil, response.TLS)
	}
	return response, err
}

// stalled returns the body of r, whose second half comes after release is closed.
func stalled(r *http.Request, release <-chan struct{}) io.ReadCloser {
	gate := readerFunc(func([]byte) (int, error) {
		select {
		case <-release:
			return 0, io.EOF
		case <-r.Context().Done():
			return 0, r.Context().Err()
		}
	})
	firstHalf := io.LimitReader(r.Body, r.ContentLength/2)
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(firstHalf, gate, r.Body), r.Body}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func plainSlashes(body []byte) []byte { return bytes.ReplaceAll(body, []byte(`\/`), []byte("/")) }
