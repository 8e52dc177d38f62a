package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
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
	inFlight   atomic.Int64    // exchanges whose signature was verified
	close      func() error
	strangers  *sampled.Events // whose refusals are logged
	warned     warned
}

// NewEndpoint returns an endpoint. It returns an error for a Config without Handler, Keys
// or AppSecrets, and for a Handler that is neither a [Registry] nor [Unrouted]: see
// [RegistryOf]. If Config has no Store, Pool or Bodies, the endpoint creates its own;
// [Endpoint.Close] frees them.
func NewEndpoint(cfg Config) (*Endpoint, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	registry, err := RegistryOf(cfg.Handler)
	if err != nil {
		return nil, fmt.Errorf("exchange: Config.Handler: %w", err)
	}
	cfg = cfg.withDefaults(registry)
	cfg, closing := cfg.withStoreAndPool()
	e := &Endpoint{
		cfg: cfg, handler: wrap(cfg.Handler, cfg.Middleware), close: closing,
		keys:       &keyring{source: cfg.Keys, line: cfg.Pool.line(!cfg.InsecureSkipSignature, cfg.Timeout)},
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

// Close frees the store and the pool that the endpoint created because Config had none;
// those in Config stay open. Later requests get status 503. Closing again does nothing.
func (e *Endpoint) Close() error { return e.close() }

// ServeHTTP answers one request. In order:
//
//  1. the method
//  2. a look at the queue of the pool and at the exchanges in flight: if either is full,
//     the request is refused before its body is read
//  3. the form of the signature header
//  4. the body, up to its limit and within the budget of all bodies
//  5. the signature over the raw bytes
//  6. room among the verified exchanges in flight
//  7. the envelope, a turn in the pool, decryption
//  8. the message
//  9. replay: an envelope that arrives again gets the answer that it got
//  10. health check or error notification, else middleware and handler under the deadline
//  11. encoding, guard, sealing
//
// Until the signature is verified, a request costs no more than its connection, its body
// and one hash; for requests that are logged, ten a second, a body of up to 8 KiB is also
// examined to find out what it is. The first step that fails decides the status:
//
//	405  the method is not POST
//	413  the body is over the limit
//	432  the signature is missing, malformed or wrong
//	400  not an envelope, or its clear text is not a request, or no handler for its
//	     action or screen, or its AES key and IV were used before, for other data
//	409  the envelope was already answered, and the answer has expired
//	421  no key opens the envelope; WhatsApp fetches the public key again
//	427  the handler says that the flow token is no longer valid
//	500  the handler failed, panicked, or its answer cannot be sent
//	502  the handler says that its upstream failed
//	503  the queue of the pool, the budget of bodies or the exchanges in flight are full,
//	     the handler says that it is overloaded, or the store is away and RequireStore is set
//	504  the handler ran past the deadline, or the envelope is still being answered elsewhere
//
// Bodies other than those of 200 and 427 are empty, and no body contains internals.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	x := &record{endpoint: e, requestID: e.requestID(r)}
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
		return nil, x.explain(e, errMethod, func() string { return foreignMethod(r) })
	}
	if err := errors.Join(e.keys.line.full(), e.busy(e.inFlight.Load()+1)); err != nil {
		return nil, err
	}
	body, err := e.verifiedBody(w, r, x)
	if err != nil {
		return nil, err
	}
	inFlight := e.inFlight.Add(1)
	defer e.inFlight.Add(-1)
	envelope, err := e.envelope(body, inFlight, r, x)
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

// busy returns [ErrOverloaded] if inFlight exchanges are more than the endpoint may have.
func (e *Endpoint) busy(inFlight int64) error {
	if inFlight <= int64(e.cfg.MaxInFlight) {
		return nil
	}
	return fmt.Errorf("%w: %d exchanges are in flight, as many as flows[].max_in_flight (Config.MaxInFlight) allows", ErrOverloaded, e.cfg.MaxInFlight)
}

// verifiedBody reads the body and verifies its signature, whose form is checked first.
func (e *Endpoint) verifiedBody(w http.ResponseWriter, r *http.Request, x *record) (*body, error) {
	signature := r.Header.Get(flowcrypto.SignatureHeader)
	if !e.cfg.InsecureSkipSignature {
		if err := flowcrypto.CheckSignatureForm(signature); err != nil {
			if r.ContentLength != 0 {
				hangUp(w, r)
			}
			return nil, x.explain(e, err, func() string { return foreignUnsigned(w, r) })
		}
	}
	read, err := e.cfg.Bodies.read(w, r, e.cfg.MaxBody)
	if err != nil || e.cfg.InsecureSkipSignature {
		return read, err
	}
	if err := e.signatures.VerifyParts(signature, read.parts...); err != nil {
		defer read.free()
		return nil, x.explain(e, err, func() string { return read.foreign(r, maxForeign) })
	}
	return read, nil
}

// envelope parses a verified body if there is room for its exchange among those in
// flight, and frees the body.
func (e *Endpoint) envelope(verified *body, inFlight int64, r *http.Request, x *record) (*flowcrypto.Envelope, error) {
	defer verified.free()
	if err := e.busy(inFlight); err != nil {
		return nil, err
	}
	envelope, err := flowcrypto.ParseEnvelope(verified.text())
	if err != nil {
		return nil, x.explain(e, err, func() string { return verified.foreign(r, verified.size) })
	}
	return envelope, nil
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
		growStack()
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

// growStack makes the stack of a new goroutine as large as handlers that decode JSON need
// it. Now it has next to nothing on it; later, all of it would be copied, more than once.
//
//go:noinline
func growStack() {
	var room [8 << 10]byte
	runtime.KeepAlive(&room)
}
