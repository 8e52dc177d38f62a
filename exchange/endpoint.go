package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/flowjson"
)

const (
	defaultTimeout = 8 * time.Second // Meta gives up after 10 s
	defaultMaxBody = 1 << 20
	usualBody      = 8 << 10
	largestPooled  = 64 << 10 // a rare large body does not stay in memory
)

// Config says what an [Endpoint] serves. The zero value of a field is a default
// where one is named.
type Config struct {
	// Flow names the Flow in logs.
	Flow string
	// Handler answers INIT, BACK and data_exchange; usually a [Registry]. Required.
	Handler Handler
	// Keys holds the private keys that may open envelopes. Required.
	Keys KeySource
	// AppSecrets are the Meta app secrets that may have signed a request: one, or
	// two while it is being changed. Required, unless InsecureSkipSignature is set.
	AppSecrets [][]byte
	// InsecureSkipSignature serves requests that nobody vouches for. It is for
	// those whose provider owns the Meta app and keeps the secret. It is warned of
	// at each start and cannot go together with AppSecrets.
	InsecureSkipSignature bool
	// OnClientError is told what clients report to be wrong with earlier answers.
	// It runs before the report is answered, under the same deadline as a handler.
	OnClientError func(context.Context, ClientError)
	// FlowJSON is what Guard holds answers to, and what screens become labels of
	// metrics. If it is nil, Handler may bring one: see [WithFlow].
	FlowJSON *flowjson.Flow
	// Guard says what happens to an answer that does not fit FlowJSON.
	Guard Guard
	// AllowMissing makes a declared key that an answer does not have a warning:
	// WhatsApp's web client shows the screen without it. It stays an error where the
	// data model requires the key, and on the way from a screen with a NavigationList,
	// where that client refuses the answer.
	AllowMissing bool
	// Store keeps answers, so that no envelope is handled twice; without one, an
	// envelope that arrives again is handled again, and [Once] does not work.
	Store Store
	// Pool opens envelopes, and refuses what it cannot open in time; without one they
	// are opened as they come.
	Pool *Pool
	// Timeout is the handler's deadline; 8 s by default, as Meta waits for 10 s.
	Timeout time.Duration
	// MaxBody limits the request body, in bytes; 1 MiB by default.
	MaxBody int64
	// Logger gets one line per exchange; none by default.
	Logger *slog.Logger
	// Observe is told of each exchange after its answer has been written, for
	// metrics and traces; ctx is the request's. It must be fast and safe for
	// concurrent use.
	Observe func(ctx context.Context, x Exchange)
}

// Format keeps the app secrets out of every fmt verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "exchange.Config{Flow:%q AppSecrets:%d}", c.Flow, len(c.AppSecrets))
}

// LogValue keeps the app secrets out of logs.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("flow", c.Flow), slog.Int("app_secrets", len(c.AppSecrets)))
}

// MarshalJSON keeps the app secrets out of JSON.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"flow": c.Flow, "app_secrets": len(c.AppSecrets)})
}

func (c Config) validate() error {
	switch {
	case c.Handler == nil:
		return errors.New("exchange: Config.Handler is missing")
	case c.Keys == nil:
		return errors.New("exchange: Config.Keys is missing")
	case len(c.AppSecrets) == 0 && !c.InsecureSkipSignature:
		return errors.New("exchange: Config.AppSecrets is empty: give the secret of the Meta app that the Flow is connected to, or set InsecureSkipSignature to serve requests that nobody vouches for")
	case len(c.AppSecrets) > 0 && c.InsecureSkipSignature:
		return errors.New("exchange: Config has both AppSecrets and InsecureSkipSignature: drop one")
	case !c.Guard.Valid():
		return errors.New("exchange: Config.Guard is none of GuardEnforce, GuardWarn and GuardOff")
	case c.Timeout < 0:
		return errors.New("exchange: Config.Timeout is negative")
	case c.MaxBody < 0:
		return errors.New("exchange: Config.MaxBody is negative")
	}
	for i, secret := range c.AppSecrets {
		if len(secret) == 0 {
			return fmt.Errorf("exchange: Config.AppSecrets[%d] is empty", i)
		}
	}
	return nil
}

// Endpoint serves one Flow. It is an http.Handler for the URL that the Flow has
// as its endpoint_uri.
type Endpoint struct {
	cfg        Config
	keys       *keyring
	signatures *flowcrypto.Verifier
	log        *slog.Logger
	guard      *guard.Guard    // nil if it is off
	screens    map[string]bool // that have a route, or stand in the Flow JSON
}

// NewEndpoint makes an endpoint. It refuses a Config without Handler, Keys or
// AppSecrets; see [Config].
func NewEndpoint(cfg Config) (*Endpoint, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	e := &Endpoint{
		cfg: cfg, keys: &keyring{source: cfg.Keys, pool: cfg.Pool}, signatures: flowcrypto.NewVerifier(cfg.AppSecrets...),
		log: cfg.Logger, screens: map[string]bool{},
	}
	if routed, ok := cfg.Handler.(interface{ Routes() []Route }); ok {
		for _, rt := range routed.Routes() {
			e.screens[rt.Screen] = true
		}
	}
	if described, ok := cfg.Handler.(interface{ FlowJSON() *flowjson.Flow }); ok && cfg.FlowJSON == nil {
		cfg.FlowJSON = described.FlowJSON()
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
//	400  no envelope, or its clear text is no request, or nobody handles it, or its
//	     AES key and IV were used before, for other data
//	421  no key opens the envelope; WhatsApp fetches the public key again
//	427  the handler says that the flow token is no longer valid
//	500  the handler failed, panicked, or its answer cannot be sent
//	502  the handler says that its upstream failed
//	503  no worker of the pool is free in time, or the handler says that it is overloaded
//	504  the handler ran past the deadline
//
// Bodies other than those of 200 and 427 are empty, and no body holds internals.
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
	e.write(w, status, sealed)
	took := time.Since(started)
	x.log(ctx, e, status, took, err)
	if e.cfg.Observe != nil {
		e.cfg.Observe(ctx, x.exchange(e, status, took, err))
	}
}

// exchange is the pipeline of ServeHTTP. It returns the sealed answer, which
// status 427 has beside its error.
func (e *Endpoint) exchange(ctx context.Context, w http.ResponseWriter, r *http.Request, x *record) (sealed []byte, err error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, errMethod
	}
	envelope, err := e.readEnvelope(w, r)
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
	return e.answerOnce(ctx, envelope, x, func(ctx context.Context) ([]byte, error) {
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
// would stand in the log.
func (e *Endpoint) AnswerClear(ctx context.Context, clear []byte) (status int, answer []byte, err error) { //nolint:revive,predeclared // clear is the field's own word
	x := &record{endpoint: e}
	msg, err := DecodeMessage(clear)
	if err == nil {
		answer, err = e.answer(context.WithValue(ctx, recordKey{}, x), msg, x)
	}
	return statusOf(err), answer, err
}

// answer takes a message to its clear answer. With a [TokenError] it returns both.
func (e *Endpoint) answer(ctx context.Context, msg *Message, x *record) ([]byte, error) {
	if msg.Action == ActionPing {
		return []byte(`{"data":{"status":"active"}}`), nil
	}
	if x.report = msg.clientError(); x.report != nil {
		return e.acknowledge(ctx, *x.report)
	}
	if !msg.Action.known() {
		return nil, fmt.Errorf("%w: the protocol has no such action", ErrNoRoute)
	}
	answer, err := underDeadline(ctx, e.cfg.Timeout, func(ctx context.Context) ([]byte, error) {
		resp, err := e.cfg.Handler.ServeFlow(ctx, msg)
		if err != nil {
			return nil, err
		}
		answer, err := resp.encode(msg.FlowToken)
		if err != nil {
			return nil, err
		}
		x.note.Store(&resp.note)
		found, err := e.admit(msg, resp.screen, answer)
		if len(found) > 0 {
			x.violations.Store(&found)
		}
		if err != nil {
			return nil, err
		}
		return answer, nil
	})
	if expired, ok := errors.AsType[*TokenError](err); ok && expired.Message != "" {
		return append(appendQuoted([]byte(`{"error_msg":`), expired.Message), '}'), err
	}
	return answer, err
}

// acknowledge hands an error notification to its listener and answers it.
func (e *Endpoint) acknowledge(ctx context.Context, report ClientError) ([]byte, error) {
	return underDeadline(ctx, e.cfg.Timeout, func(ctx context.Context) ([]byte, error) {
		if e.cfg.OnClientError != nil {
			e.cfg.OnClientError(ctx, report)
		}
		return []byte(`{"data":{"acknowledged":true}}`), nil
	})
}

// bodies holds buffers for request bodies, which nothing refers to any more once the
// envelope has been parsed. What comes later (the clear text, which a handler may
// keep, and the answer, which the store may) has memory of its own.
var bodies = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, usualBody)) }}

// readEnvelope reads the body, checks its signature and parses it.
func (e *Endpoint) readEnvelope(w http.ResponseWriter, r *http.Request) (*flowcrypto.Envelope, error) {
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
	if !e.cfg.InsecureSkipSignature {
		if err := e.signatures.Verify(body.Bytes(), r.Header.Get(flowcrypto.SignatureHeader)); err != nil {
			return nil, err
		}
	}
	return flowcrypto.ParseEnvelope(body.Bytes())
}

// readBody reads the whole body, up to limit bytes. It does not trust the
// announced length with memory before the bytes are there.
func readBody(body *bytes.Buffer, w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
		return &http.MaxBytesError{Limit: limit}
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: the body did not arrive whole", flowcrypto.ErrMalformed)
	}
	return nil
}

var textPlain = []string{"text/plain"} // a header's value, which nobody writes to

func (e *Endpoint) write(w http.ResponseWriter, status int, body []byte) {
	if len(body) > 0 {
		w.Header()["Content-Type"] = textPlain
	}
	if status == http.StatusServiceUnavailable {
		w.Header()["Retry-After"] = []string{"1"}
	}
	w.WriteHeader(status)
	if len(body) == 0 {
		return
	}
	if _, err := w.Write(body); err != nil { //nolint:gosec // G705: base64 as text/plain
		e.log.Debug("answer could not be written", slog.String("flow", e.cfg.Flow), slog.String("error", err.Error()))
	}
}
