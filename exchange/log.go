package exchange

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// Exchange is what an [Endpoint] reports of an exchange for metrics. Its texts come
// from short lists, never from a client, so that they can be labels.
type Exchange struct {
	Flow string
	// Action is one of the protocol, or "other"; empty if the request was not
	// opened.
	Action string
	// Screen is one that has a route or that the Flow JSON has, or "other"; empty if
	// the request named none.
	Screen string
	// To is the screen that the handler answered with, under the same rules, or SUCCESS;
	// empty if no handler answered.
	To       string
	Status   int
	Duration time.Duration
	// Refused is the reason why the request was refused before or during decryption, one
	// of [Refusals]; empty if it was not.
	Refused string
	// Key is the fingerprint of the key that decrypted the request; empty if none did,
	// or if the keys of the source have no fingerprint.
	Key string
	// Verified means that the request was an envelope whose signature was verified.
	Verified bool
	// ClientError is the key of an error notification that Meta documents, or
	// "other"; empty if the request was none.
	ClientError string
	// Replayed reports that the envelope had arrived before and got the same answer.
	Replayed bool
	// TakenOver reports that another replica had begun the exchange and ended, so that the
	// handler ran a second time.
	TakenOver bool
	// Panicked reports that the handler panicked.
	Panicked bool
	// Violations are what the guard found wrong with the answer, whether it was sent or
	// not.
	Violations []flowjson.Violation
	// Warnings are mistakes in the answer other than violations; see [Warn].
	Warnings []Warning
}

// other is the label of what a client made up.
const other = "other"

// record collects what is reported of an exchange. It has nothing that a user
// typed.
type record struct {
	endpoint   *Endpoint
	requestID  string
	envelopeID string
	action     Action
	screen     string
	tokenHash  string
	key        string // fingerprint of the key that opened the envelope
	report     *ClientError
	replayed   bool
	// refusalLogged says whether the refusal of a request whose message was not read has a
	// line in the log; nil until it is decided.
	refusalLogged *bool
	upstream      atomic.Int64             // nanoseconds that an upstream took
	takenOver     atomic.Bool              // set by the handler's goroutine, too
	answer        atomic.Pointer[Response] // set by the handler's goroutine
	violations    atomic.Pointer[[]flowjson.Violation]
	warnings      warnings
}

// describe notes what a message is about.
func (x *record) describe(msg *Message) {
	x.action, x.screen = Action(actionLabel(msg.Action)), screenLabel(msg.Screen)
	if msg.FlowToken != "" {
		sum := sha256.Sum256([]byte(msg.FlowToken))
		x.tokenHash = hex.EncodeToString(sum[:4])
	}
}

// exchange describes an exchange by what is known of it at the end.
func (x *record) exchange(e *Endpoint, status int, took time.Duration, err error) Exchange {
	summary := Exchange{
		Flow: e.cfg.Flow, Action: string(x.action), Screen: e.knownScreen(x.screen), To: e.knownScreen(x.to()), Status: status, Duration: took,
		Refused: outcomeOf(err).refused, Replayed: x.replayed, TakenOver: x.takenOver.Load(), Warnings: x.warnings.all(),
		Key: x.key, Verified: x.envelopeID != "" && !e.cfg.InsecureSkipSignature,
	}
	if found := x.violations.Load(); found != nil {
		summary.Violations = *found
	}
	_, summary.Panicked = errors.AsType[*panicError](err)
	if x.report != nil {
		summary.ClientError = clientErrorLabel(x.report.Key)
	}
	return summary
}

// knownScreen keeps screens that have neither a route nor a place in the Flow JSON out
// of metrics.
func (e *Endpoint) knownScreen(screen string) string {
	if screen == "" || screen == protocol.ScreenSuccess || e.screens[screen] {
		return screen
	}
	return other
}

// logged reports whether the line of an exchange is to be logged. A request whose message
// was never read may be a stranger's, so only some of those are.
func (x *record) logged(e *Endpoint, status int, err error) bool {
	if err == nil || x.action != "" {
		return true
	}
	if x.refusalLogged == nil { // it counts once
		logged := e.strangers.Log(cmp.Or(outcomeOf(err).refused, strconv.Itoa(status)))
		x.refusalLogged = &logged
	}
	return *x.refusalLogged
}

// explain adds to an error what the request looks like. It looks only if the refusal has
// a line in the log, so that strangers cannot make it work.
func (x *record) explain(e *Endpoint, err error, look func() string) error {
	if !x.logged(e, statusOf(err), err) {
		return err
	}
	if what := look(); what != "" {
		return fmt.Errorf("%w: %s", err, what)
	}
	return err
}

// logUnlisted logs how many lines a sample left out.
func (e *Endpoint) logUnlisted(refused string, left int) {
	e.log.Warn("more requests were refused than are logged one by one",
		slog.String("flow", e.cfg.Flow), slog.String("refused", refused), slog.Int("requests", left))
}

// log writes the one line of an exchange.
func (x *record) log(ctx context.Context, e *Endpoint, status int, took time.Duration, err error) {
	level := slog.LevelInfo
	violations := x.violations.Load()
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case status != http.StatusOK && status != protocol.StatusTokenExpired, x.report != nil, violations != nil:
		level = slog.LevelWarn
	}
	if !e.log.Enabled(ctx, level) || !x.logged(e, status, err) {
		return
	}
	attrs := make([]slog.Attr, 0, 14)
	attrs = append(attrs,
		slog.String("flow", e.cfg.Flow),
		slog.String("action", string(x.action)),
		slog.String("from", x.screen),
		slog.String("to", x.to()),
		slog.Int("status", status),
		milliseconds("duration_ms", took),
	)
	if upstream := x.upstream.Load(); upstream > 0 {
		attrs = append(attrs, milliseconds("upstream_ms", time.Duration(upstream)))
	}
	attrs = append(attrs, slog.String("request_id", x.requestID))
	if x.key != "" {
		attrs = append(attrs, slog.String("key", x.key[:min(8, len(x.key))]))
	}
	if x.tokenHash != "" {
		attrs = append(attrs, slog.String("token", x.tokenHash))
	}
	if x.report != nil {
		attrs = append(attrs, slog.String("client_error", capped(x.report.Key)), slog.String("client_message", capped(x.report.Message)))
	}
	if x.replayed {
		attrs = append(attrs, slog.Bool("replayed", true))
	}
	if answer := x.answer.Load(); answer != nil && answer.note != "" {
		attrs = append(attrs, slog.String("note", answer.note))
	}
	if violations != nil && err == nil { // the reason has them otherwise
		attrs = append(attrs, slog.String("violations", guard.Text(*violations)))
	}
	if err != nil {
		attrs = append(attrs, slog.String("reason", err.Error()))
	}
	if panicked, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.String("stack", string(panicked.stack)))
	}
	e.log.LogAttrs(ctx, level, "exchange", attrs...)
}

// milliseconds is a duration in a log line, to the microsecond.
func milliseconds(key string, d time.Duration) slog.Attr {
	return slog.Float64(key, float64(d.Microseconds())/1000)
}

// actionLabel keeps actions that a client made up out of logs and metrics.
func actionLabel(a Action) string {
	if a.Known() {
		return string(a)
	}
	return other
}

// clientErrorLabel returns a documented key in its one spelling, and "other" for
// any other key.
func clientErrorLabel(key string) string {
	if canonical, known := protocol.CanonicalError(key); known {
		return canonical
	}
	return other
}

// to returns the screen that the handler answered with, SUCCESS at the end of the
// Flow; empty if there is none, for example after a health check, or for an answer that was kept.
func (x *record) to() string {
	if answer := x.answer.Load(); answer != nil {
		return screenLabel(answer.screen)
	}
	return ""
}

// Flow JSON allows letters, digits and underscores in a screen's id.
var screenID = regexp.MustCompile(`^[A-Za-z0-9_]{1,80}$`)

// screenLabel keeps screens that a client made up out of the log.
func screenLabel(screen string) string {
	if screen == "" || screenID.MatchString(screen) {
		return screen
	}
	return other
}

// capped keeps a client from filling the log.
func capped(text string) string { return text[:min(len(text), 300)] }

const requestIDHeader = "X-Request-Id"

var usableRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

type recordKey struct{}

// recordOf returns the record of the exchange that ctx belongs to, if any.
func recordOf(ctx context.Context) (x *record, ok bool) {
	x, ok = ctx.Value(recordKey{}).(*record)
	return x, ok
}

// RequestID returns the id of the exchange of ctx, which is also in its log line and in
// the X-Request-Id header of its answer. It is empty outside of an exchange.
func RequestID(ctx context.Context) string {
	if x, ok := recordOf(ctx); ok {
		return x.requestID
	}
	return ""
}

// AddUpstreamTime adds to the time that another server took to answer the exchange of ctx.
// The log line of the exchange has this time in addition to the total. Outside of an
// exchange it does nothing. It is safe for concurrent use.
func AddUpstreamTime(ctx context.Context, took time.Duration) {
	if x, ok := recordOf(ctx); ok {
		x.upstream.Add(int64(took))
	}
}

// EnvelopeID returns a digest of the envelope that ctx belongs to, 32 hex digits: the same
// if the envelope arrives again, for example after a retry by a proxy. It is empty outside
// of an exchange.
func EnvelopeID(ctx context.Context) string {
	if x, ok := recordOf(ctx); ok {
		return x.envelopeID
	}
	return ""
}

// envelopeID digests what no two envelopes share: the wrapped AES key and the IV.
func envelopeID(envelope *flowcrypto.Envelope) string {
	h := sha256.New()
	h.Write(envelope.EncryptedAESKey)
	h.Write(envelope.InitialVector)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// requestID returns a new id, or the one of the request if that is trusted.
func (e *Endpoint) requestID(r *http.Request) string {
	if id := r.Header.Get(requestIDHeader); e.cfg.TrustRequestID && usableRequestID.MatchString(id) {
		return id
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
