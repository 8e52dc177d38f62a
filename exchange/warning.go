package exchange

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/flowserver/flowserver/exchange/internal/success"
	"github.com/flowserver/flowserver/internal/jsonobject"
)

// Warning is a kind of mistake in an answer that is sent anyway.
type Warning string

// The warnings.
const (
	// WarningSuccessEmpty means that SUCCESS without params closes the Flow, and that no
	// message goes to the chat. [Close] does the same without a warning.
	WarningSuccessEmpty = Warning(success.Empty)
	// WarningSuccessParams means that the params of SUCCESS are not in
	// data.extension_message_response.
	WarningSuccessParams = Warning(success.Misplaced)
	// WarningSuccessData means that the data of SUCCESS was sent as params.
	WarningSuccessData = Warning(success.Plain)
	// WarningUnusedKeys means that an answer has keys that are not sent.
	WarningUnusedKeys = Warning(success.Unused)
	// WarningNull means that a value is null, and that no Flow JSON says whether clients
	// accept it.
	WarningNull Warning = "null"
)

// Warnings returns all kinds of warnings.
func Warnings() []Warning {
	return []Warning{WarningSuccessEmpty, WarningSuccessParams, WarningSuccessData, WarningUnusedKeys, WarningNull}
}

// Warn reports a mistake in the answer of the exchange of ctx; outside of an exchange it
// does nothing. The text describes the mistake and the remedy, and must not contain a
// value of the answer. The log has one line per Flow for each kind, or for each text of
// [WarningUnusedKeys]; [Exchange] has every warning. Warn is safe for concurrent use.
func Warn(ctx context.Context, kind Warning, text string) {
	if x, ok := recordOf(ctx); ok {
		x.warn(ctx, kind, text)
	}
}

// warnings collects the kinds of warnings of one exchange.
type warnings struct {
	mu    sync.Mutex // a handler may go on after the deadline
	kinds []Warning
}

func (w *warnings) add(kind Warning) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kinds = append(w.kinds, kind)
}

func (w *warnings) all() []Warning {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.kinds)
}

func (x *record) warn(ctx context.Context, kind Warning, text string) {
	x.warnings.add(kind)
	if e := x.endpoint; e.warned.first(kind, text) {
		e.log.LogAttrs(ctx, slog.LevelWarn, "answer has a mistake", slog.String("flow", e.cfg.Flow), slog.String("kind", string(kind)),
			slog.String("request_id", x.requestID), slog.String("problem", text))
	}
}

// warn reports the mistakes of an answer that is sent all the same. Without a Flow JSON
// nothing says where null is wrong, so that is one of them; with one, the guard judges it.
func (e *Endpoint) warn(ctx context.Context, x *record, answer encoded) {
	if answer.warning != "" {
		x.warn(ctx, answer.warning, answer.text)
	}
	if e.cfg.FlowJSON != nil || e.cfg.Guard == GuardOff || answer.ends {
		return
	}
	if path, found := jsonobject.FindNull(answer.json, ""); found {
		x.warn(ctx, WarningNull, path+" is null, which no client accepts where the screen's data model declares it: "+
			"omit the key, or send an empty value; with its Flow JSON, the guard checks each answer")
	}
}

// mostWarned bounds what is logged of a Flow whose answers have ever new keys.
const mostWarned = 50

// warned remembers the warnings of a Flow that are in the log.
type warned struct {
	mu   sync.Mutex
	seen map[string]bool
}

// first reports whether a warning is to be logged.
func (w *warned) first(kind Warning, text string) bool {
	key := string(kind)
	if kind == WarningUnusedKeys {
		key += " " + text
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[key] || len(w.seen) >= mostWarned && kind == WarningUnusedKeys {
		return false
	}
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	w.seen[key] = true
	return true
}
