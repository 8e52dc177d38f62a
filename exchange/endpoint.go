package exchange

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/internal/sampled"
	"github.com/flowserver/flowserver/protocol"
)

// Endpoint serves one Flow. It is an http.Handler for the URL that the Flow has
// as its endpoint_uri.
type Endpoint struct {
	cfg        Config
	handler    Handler // with Config.Middleware around it
	keys       *keyring
	signatures *flowcrypto.Verifier
	log        *slog.Logger
	guard      *guard.Guard    // nil if it is off
	screens    map[string]bool // that have a route, or that the Flow JSON has
	strangers  *sampled.Events // whose refusals are logged
	warned     warned
}

// NewEndpoint returns an endpoint. It returns an error for a Config without Handler,
// Keys or AppSecrets, and for a Handler that is neither a [Registry] nor [Unrouted]:
// see [RegistryOf].
func NewEndpoint(cfg Config) (*Endpoint, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	registry, err := RegistryOf(cfg.Handler)
	if err != nil {
		return nil, fmt.Errorf("exchange: Config.Handler: %w", err)
	}
	cfg = cfg.withDefaults(registry)
	e := &Endpoint{
		cfg: cfg, handler: wrap(cfg.Handler, cfg.Middleware), keys: &keyring{source: cfg.Keys, pool: cfg.Pool},
		signatures: flowcrypto.NewVerifier(cfg.AppSecrets...), log: cfg.Logger, screens: map[string]bool{},
	}
	e.strangers = sampled.New(e.logUnlisted)
	if registry != nil {
		for _, rt := range registry.Routes() {
			e.screens[rt.Screen] = true
		}
	}
	if cfg.FlowJSON != nil {
		e.guard = guard.New(cfg.FlowJSON, cfg.Guard)
		for _, s := range cfg.FlowJSON.Screens {
			e.screens[s.ID] = true
		}
	}
	if cfg.InsecureSkipSignature {
		e.log.Warn("requests are served without a valid signature: insecure_skip_signature is set", slog.String("flow", cfg.Flow))
	}
	return e, nil
}

// ServeHTTP answers one request. In order: method, body limit, signature over the
// raw bytes, envelope, decryption, message, replay (an envelope that arrives again
// gets the answer that it got), health check or error notification, middleware and
// handler under the deadline, encoding, guard, sealing. The first step that fails decides
// the status:
//
//	405  the method is not POST
//	413  the body is over the limit
//	432  the signature is missing, malformed or wrong
//	400  not an envelope, or its clear text is not a request, or no handler for its
//	     action or screen, or its AES key and IV were used before, for other data
//	409  the envelope was answered before, and the answer is no longer kept
//	421  no key opens the envelope; WhatsApp fetches the public key again
//	427  the handler says that the flow token is no longer valid
//	500  the handler failed, panicked, or its answer cannot be sent
//	502  the handler says that its upstream failed
//	503  no worker of the pool is free in time, the handler says that it is overloaded,
//	     or the store is away and RequireStore is set
//	504  the handler ran past the deadline, or the envelope is still being answered elsewhere
//
// Bodies other than those of 200 and 427 are empty, and no body shows internals.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	x := &record{endpoint: e, requestID: requestID(r)}
	w.Header().Set(requestIDHeader, x.requestID)
	ctx := context.WithValue(r.Context(), recordKey{}, x)
	sealed, err := e.exchange(ctx, w, r, x)
	if panicked, ok := errors.AsType[*panicError](err); ok && panicked.value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
		panic(http.ErrAbortHandler)
	}
	status := statusOf(err)
	failed := err != nil && status != StatusTokenExpired // which is an answer, with a text for the user
	if failed && e.cfg.ExposeReason != nil && e.cfg.ExposeReason(r) {
		setReason(w.Header(), err)
	}
	e.write(w, status, sealed)
	took := time.Since(started)
	x.log(ctx, e, status, took, err)
	if e.cfg.Observe != nil {
		e.cfg.Observe(ctx, x.exchange(e, status, took, err))
	}
}

// exchange is the pipeline of ServeHTTP. It returns the sealed answer, which
// status 427 has as well as an error.
func (e *Endpoint) exchange(ctx context.Context, w http.ResponseWriter, r *http.Request, x *record) (sealed []byte, err error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, errMethod
	}
	envelope, err := e.verifiedEnvelope(w, r)
	if err != nil {
		return nil, err
	}
	x.envelopeID = envelopeID(envelope)
	plain, reply, err := e.keys.open(ctx, envelope, x)
	if err != nil {
		return nil, err
	}
	msg, err := decodeMessage(plain)
	if err != nil {
		return nil, err
	}
	x.describe(msg)
	harmless := msg.Action == ActionPing || msg.clientError() != nil
	return e.answerOnce(ctx, envelope, x, harmless, func(ctx context.Context) ([]byte, error) {
		answer, err := e.answer(ctx, msg, x)
		if err != nil && answer == nil {
			return nil, err
		}
		sealed, sealErr := reply.Seal(answer)
		return sealed, errors.Join(err, sealErr)
	})
}

// AnswerClear answers a decrypted request with a clear answer: [Endpoint.ServeHTTP]
// without HTTP and cryptography, for tests and for transports that decrypt
// elsewhere. The answer is nil where ServeHTTP's body would be empty; err is what
// the log line would say.
func (e *Endpoint) AnswerClear(ctx context.Context, plain []byte) (status int, answer []byte, err error) {
	x := &record{endpoint: e}
	msg, err := decodeMessage(plain)
	if err == nil {
		answer, err = e.answer(context.WithValue(ctx, recordKey{}, x), msg, x)
	}
	return statusOf(err), answer, err
}

// answer returns the clear answer to a message. With a [TokenError] it returns both.
func (e *Endpoint) answer(ctx context.Context, msg *Message, x *record) ([]byte, error) {
	if msg.Action == ActionPing {
		return []byte(`{"data":{"status":"active"}}`), nil
	}
	if x.report = msg.clientError(); x.report != nil {
		return e.acknowledge(ctx, *x.report)
	}
	if !msg.Action.Known() {
		return nil, fmt.Errorf("%w: the protocol has no such action", ErrNoRoute)
	}
	answer, err := underDeadline(ctx, e.cfg.Timeout, func(ctx context.Context) ([]byte, error) {
		resp, err := e.handler.ServeFlow(ctx, msg)
		if err != nil {
			return nil, err
		}
		answer, err := resp.encode(msg.FlowToken)
		if err != nil {
			return nil, err
		}
		x.answer.Store(resp)
		e.warn(ctx, x, answer)
		found, err := e.admit(msg, resp.screen, answer.json)
		if len(found) > 0 {
			x.violations.Store(&found)
		}
		if err != nil {
			return nil, err
		}
		return answer.json, nil
	})
	if expired, ok := errors.AsType[*TokenError](err); ok && expired.Message != "" {
		body, encodeErr := json.Marshal(map[string]string{protocol.KeyErrorMsg: expired.Message})
		return body, errors.Join(err, encodeErr)
	}
	return answer, err
}

// acknowledge passes an error notification to OnClientError and answers it.
func (e *Endpoint) acknowledge(ctx context.Context, report ClientError) ([]byte, error) {
	return underDeadline(ctx, e.cfg.Timeout, func(ctx context.Context) ([]byte, error) {
		if e.cfg.OnClientError != nil {
			e.cfg.OnClientError(ctx, report)
		}
		return []byte(`{"data":{"acknowledged":true}}`), nil
	})
}

const (
	usualBody     = 8 << 10
	largestPooled = 64 << 10 // a rare large body does not stay in memory
)

// bodies pools buffers for request bodies. The envelope that is parsed from one does
// not refer to it, nor does anything later: the clear text, which a handler may keep,
// and the answer, which the store may keep, have memory of their own.
var bodies = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, usualBody)) }}

// verifiedEnvelope reads the body, verifies its signature and only then parses it.
func (e *Endpoint) verifiedEnvelope(w http.ResponseWriter, r *http.Request) (*flowcrypto.Envelope, error) {
	body := bodies.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool holds nothing else
	defer func() {
		if body.Cap() <= largestPooled {
			body.Reset()
			bodies.Put(body)
		}
	}()
	if err := readBody(body, w, r, e.cfg.MaxBody); err != nil {
		return nil, err
	}
	if err := e.verify(body.Bytes(), r.Header.Get(flowcrypto.SignatureHeader)); err != nil {
		return nil, err
	}
	return flowcrypto.ParseEnvelope(body.Bytes())
}

// verify checks the signature over the raw body, unless the endpoint skips it.
func (e *Endpoint) verify(body []byte, signature string) error {
	if e.cfg.InsecureSkipSignature {
		return nil
	}
	return e.signatures.Verify(body, signature)
}

// readBody reads the whole body, up to limit bytes. It does not trust the
// announced length with memory before the bytes are there.
func readBody(body *bytes.Buffer, w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
		return fmt.Errorf("%w: over %d bytes", errTooLarge, limit)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return fmt.Errorf("%w: over %d bytes", errTooLarge, limit)
	}
	if err != nil {
		return fmt.Errorf("%w: the body did not arrive whole", flowcrypto.ErrMalformed)
	}
	return nil
}

// write sends the answer, whole.
func (e *Endpoint) write(w http.ResponseWriter, status int, body []byte) {
	if len(body) > 0 {
		w.Header().Set("Content-Type", "text/plain")
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body))) // or the flush would make the body a chunked one
	w.WriteHeader(status)
	var err error
	if len(body) > 0 {
		_, err = w.Write(body) //nolint:gosec // G705: base64 as text/plain
	}
	// the caller has the answer before anything that observes the exchange runs
	if flushErr := http.NewResponseController(w).Flush(); !errors.Is(flushErr, http.ErrNotSupported) {
		err = cmp.Or(err, flushErr)
	}
	if err != nil {
		e.log.Debug("answer could not be written", slog.String("flow", e.cfg.Flow), slog.String("error", err.Error()))
	}
}

// panicError carries a panic out of the handler's goroutine.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("%v: %v", errPanic, e.value) }
func (e *panicError) Unwrap() error { return errPanic }

// underDeadline runs the code of users, and returns after timeout at the latest: in
// time to answer, whether the handler heeds its context or not. One that does not goes
// on by itself, and what it returns is dropped. Panics become errors.
func underDeadline(ctx context.Context, timeout time.Duration, run func(context.Context) ([]byte, error)) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		r := result{err: errEnded} // unless it returns
		defer func() {
			if p := recover(); p != nil {
				r = result{err: &panicError{p, debug.Stack()}}
			}
			done <- r
		}()
		r.answer, r.err = run(ctx)
	}()
	select {
	case r := <-done:
		return r.answer, handlerOutcome(ctx, r.err)
	case <-ctx.Done():
		return nil, contextOutcome(ctx)
	}
}
