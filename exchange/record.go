package exchange

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/flowjson"
)

// record gathers what the log line of an exchange says. It holds nothing that a
// user typed.
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
	note       atomic.Pointer[string] // written by the handler's goroutine
	violations atomic.Pointer[[]flowjson.Violation]
}

// describe notes what a message is about.
func (x *record) describe(msg *Message) {
	x.action, x.screen = Action(actionLabel(msg.Action)), screenLabel(msg.Screen)
	if msg.FlowToken != "" {
		sum := sha256.Sum256([]byte(msg.FlowToken))
		x.tokenHash = hexText(sum[:4])
	}
}

// log writes the one line of an exchange.
func (x *record) log(ctx context.Context, e *Endpoint, status int, took time.Duration, err error) {
	level := slog.LevelInfo
	violations := x.violations.Load()
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case status != http.StatusOK && status != StatusTokenExpired, x.report != nil, violations != nil:
		level = slog.LevelWarn
	}
	if !e.log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs,
		slog.String("flow", e.cfg.Flow),
		slog.String("action", string(x.action)),
		slog.String("screen", x.screen),
		slog.Int("status", status),
		slog.Duration("duration", took),
		slog.String("request_id", x.requestID),
	)
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
	if note := x.note.Load(); note != nil && *note != "" {
		attrs = append(attrs, slog.String("note", *note))
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

// Flow JSON allows letters, digits and underscores in a screen's id.
var screenID = regexp.MustCompile(`^[A-Za-z0-9_]{1,80}$`)

// screenLabel keeps what a client made up out of the log.
func screenLabel(screen string) string {
	if screen == "" || screenID.MatchString(screen) {
		return screen
	}
	return "other"
}

const requestIDHeader = "X-Request-Id"

var usableRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

type recordKey struct{}

// RequestID returns the id of the exchange that ctx belongs to, which its log
// line and the X-Request-Id header of its answer have too; empty outside of one.
func RequestID(ctx context.Context) string {
	if x, ok := ctx.Value(recordKey{}).(*record); ok {
		return x.requestID
	}
	return ""
}

// EnvelopeID returns a digest of the envelope that ctx belongs to, 32 hex digits:
// the same again for an envelope that arrives again, as after a retry on the way;
// empty outside of an exchange.
func EnvelopeID(ctx context.Context) string {
	if x, ok := ctx.Value(recordKey{}).(*record); ok {
		return x.envelopeID
	}
	return ""
}

// envelopeID digests what no two envelopes share: the wrapped AES key and the IV.
func envelopeID(envelope *flowcrypto.Envelope) string {
	const usualSize = 512 + 16 // of RSA-4096 and the IV; a larger one takes an allocation
	both := append(make([]byte, 0, usualSize), envelope.EncryptedAESKey...)
	sum := sha256.Sum256(append(both, envelope.InitialVector...))
	return hexText(sum[:16])
}

// requestID takes the id that a proxy gave the request, or makes one.
func requestID(r *http.Request) string {
	if id := r.Header.Get(requestIDHeader); usableRequestID.MatchString(id) {
		return id
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return hexText(random[:])
}

// hexText writes a short id in hex, with one allocation where hex.EncodeToString
// takes two.
func hexText(id []byte) string { return string(hex.AppendEncode(make([]byte, 0, 2*16), id)) }

// capped keeps a client from filling the log.
func capped(text string) string { return text[:min(len(text), 300)] }
