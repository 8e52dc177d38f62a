package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/flowserver/flowserver/protocol"
)

// HumanLog configures the log that people read on a terminal.
type HumanLog struct {
	Colour bool
	// FlowNames adds the flow to the line of each exchange, for servers with several.
	FlowNames bool
}

// humanHandler writes log records for people. The line of an exchange reads
//
//	16:18:58 SLOT → DETAILS 200 2.6 ms
//
// and the reason of a failure follows on separate lines. Other records are the
// message with its attributes. Secrets are redacted as in the other formats, and
// control characters are escaped, since some texts come from clients. It is safe for
// concurrent use.
type humanHandler struct {
	HumanLog
	level  slog.Leveler
	out    *lockedWriter
	groups []string // that are open
	attrs  []humanAttr
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// humanAttr is an attribute that is not a group: its key has the names of its groups,
// separated by dots.
type humanAttr struct {
	key   string
	value slog.Value
}

func newHumanHandler(w io.Writer, level slog.Leveler, options HumanLog) *humanHandler {
	return &humanHandler{HumanLog: options, level: level, out: &lockedWriter{w: w}}
}

// Enabled implements [slog.Handler].
func (h *humanHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

// WithGroup implements [slog.Handler].
func (h *humanHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.groups = append(slices.Clip(h.groups), name)
	return &with
}

// WithAttrs implements [slog.Handler].
func (h *humanHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = slices.Clip(h.attrs)
	for _, a := range attrs {
		with.attrs = flatten(with.attrs, h.groups, a)
	}
	return &with
}

// Handle implements [slog.Handler]: it writes the lines of a record at once.
func (h *humanHandler) Handle(_ context.Context, r slog.Record) error {
	text := h.text(r, h.attributes(r))
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := io.WriteString(h.out.w, text)
	return err
}

// attributes returns those of the handler and of a record.
func (h *humanHandler) attributes(r slog.Record) []humanAttr {
	attrs := slices.Clone(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		attrs = flatten(attrs, h.groups, a)
		return true
	})
	return attrs
}

// text returns the lines of a record with attributes.
func (h *humanHandler) text(r slog.Record, attrs []humanAttr) string {
	text := humanText{colour: h.Colour}
	if !r.Time.IsZero() {
		text.write(dim, r.Time.Format(time.TimeOnly))
		text.write(plain, " ")
	}
	if r.Message == "exchange" {
		text.exchange(r.Level, attrs, h.FlowNames)
	} else {
		text.record(r, attrs)
	}
	return text.String()
}

// flatten appends the attributes that a consists of, redacted.
func flatten(to []humanAttr, groups []string, a slog.Attr) []humanAttr {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() == slog.KindGroup {
		if a.Key != "" {
			groups = append(slices.Clip(groups), a.Key)
		}
		for _, member := range a.Value.Group() {
			to = flatten(to, groups, member)
		}
		return to
	}
	if a.Equal(slog.Attr{}) {
		return to
	}
	a = redact(groups, a)
	return append(to, humanAttr{strings.Join(append(slices.Clip(groups), a.Key), "."), a.Value})
}

// style is an ANSI escape sequence.
type style string

const (
	plain  style = ""
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[31m"
	green  style = "\x1b[32m"
	yellow style = "\x1b[33m"
	reset        = "\x1b[0m"
)

// humanText is the text of one record.
type humanText struct {
	bytes.Buffer
	colour bool
}

func (t *humanText) write(s style, text string) {
	if !t.colour || s == plain {
		t.WriteString(text)
		return
	}
	t.WriteString(string(s) + text + reset)
}

// continuation aligns the lines that follow with the text after the time.
const continuation = "\n         "

// more writes a text on separate lines.
func (t *humanText) more(s style, text string) {
	for line := range strings.Lines(text) {
		t.WriteString(continuation)
		t.write(s, escaped(strings.TrimRight(line, "\r\n")))
	}
}

// exchange writes where a user was, where the answer led to, its status and how long
// it took; then why it failed, or what is to be noted.
func (t *humanText) exchange(level slog.Level, attrs []humanAttr, flowNames bool) {
	get := func(key string) slog.Value {
		for _, a := range attrs {
			if a.key == key {
				return a.value
			}
		}
		return slog.Value{}
	}
	str := func(key string) string { // empty if there is no such attribute
		if v := get(key); !v.Equal(slog.Value{}) {
			return v.String()
		}
		return ""
	}
	if flowNames {
		t.write(dim, escaped(str("flow"))+" ")
	}
	from := str("from")
	if action := str("action"); from == "" {
		from = action
	}
	if from == "" {
		from = "request" // it was not opened
	}
	t.write(plain, escaped(from))
	if to := str("to"); to != "" {
		t.write(dim, " → ")
		t.write(plain, escaped(to))
	}
	t.write(plain, " ")
	t.write(statusStyle(get("status"), level), escaped(str("status")))
	if took := get("duration_ms"); took.Kind() == slog.KindFloat64 {
		t.write(dim, " "+duration(took.Float64()))
	}
	if upstream := get("upstream_ms"); upstream.Kind() == slog.KindFloat64 {
		t.write(dim, ", upstream "+duration(upstream.Float64()))
	}
	if str("action") == string(protocol.ActionBack) {
		t.write(dim, " back")
	}
	if str("replayed") == "true" {
		t.write(dim, " again: the kept answer")
	}
	if key := str("client_error"); key != "" {
		t.more(yellow, "the phone reports "+key+": "+str("client_message"))
	}
	t.more(dim, str("note"))
	t.more(severity(level, yellow), reasonLines(str("reason")))
	t.more(yellow, violationLines(str("violations")))
	t.more(dim, str("stack"))
	t.WriteString("\n")
}

// reasonLines puts each violation in the text of a [guard.Error] on a separate line.
func reasonLines(reason string) string {
	const intro = "it does not fit the Flow JSON: "
	before, violations, found := strings.Cut(reason, intro)
	if !found {
		return reason
	}
	return before + strings.TrimSpace(intro) + "\n" + violationLines(violations)
}

// violationLines puts each violation of the guard on a separate line.
func violationLines(violations string) string {
	if violations == "" {
		return ""
	}
	return "- " + strings.ReplaceAll(violations, "; ", "\n- ")
}

// record writes a message with its attributes: short values behind it, texts on separate
// lines.
func (t *humanText) record(r slog.Record, attrs []humanAttr) {
	if r.Level != slog.LevelInfo {
		t.write(severity(r.Level, dim), strings.ToLower(r.Level.String()))
		t.write(plain, " ")
	}
	// Programs join lines by it; the line of an exchange does not show it either.
	attrs = slices.DeleteFunc(attrs, func(a humanAttr) bool { return a.key == "request_id" })
	message := redact(nil, slog.String(slog.MessageKey, r.Message)).Value.String()
	t.write(bold, escaped(message))
	for _, a := range attrs {
		if value := a.value.String(); !strings.ContainsAny(value, " \n") {
			t.write(dim, " "+escaped(a.key+"="+shortened(value)))
		}
	}
	for _, a := range attrs {
		if value := a.value.String(); strings.ContainsAny(value, " \n") {
			t.more(plain, a.key+": "+value)
		}
	}
	t.WriteString("\n")
}

// shortened keeps enough of a fingerprint to compare it.
func shortened(value string) string {
	const enough = 16
	if len(value) < 2*enough || strings.Trim(value, "0123456789abcdef") != "" {
		return value
	}
	return value[:enough] + "…"
}

// severity is the style of a level; that of what is as it should be is given.
func severity(level slog.Level, fine style) style {
	switch {
	case level >= slog.LevelError:
		return red
	case level >= slog.LevelWarn:
		return yellow
	default:
		return fine
	}
}

// statusStyle is the style of an HTTP status.
func statusStyle(status slog.Value, level slog.Level) style {
	if status.Kind() == slog.KindInt64 && status.Int64() >= http.StatusBadRequest && level < slog.LevelWarn {
		return yellow // 427, with which handlers end a Flow
	}
	return severity(level, green)
}

// duration writes milliseconds as people compare them: 2.6 ms, 1.2 s.
func duration(ms float64) string {
	if ms < 1000 {
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	}
	return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
}

// escaped spells out what would change a terminal's state or hide text.
func escaped(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\t', unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprint(&b, strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
