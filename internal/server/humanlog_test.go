package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

func humanLogger(out *bytes.Buffer, options server.HumanLog) *slog.Logger {
	return server.NewLogger(config.Log{Format: config.LogAuto, Level: "debug"}, out, &options)
}

// logAt writes a record at 16:18:58.
func logAt(t *testing.T, l *slog.Logger, level slog.Level, msg string, attrs ...slog.Attr) {
	t.Helper()
	r := slog.NewRecord(time.Date(2026, time.November, 27, 16, 18, 58, 0, time.UTC), level, msg, 0)
	r.AddAttrs(attrs...)
	if err := l.Handler().Handle(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// exchanged is the record of an exchange, as package exchange logs it.
func exchanged(action, from, to string, status int, more ...slog.Attr) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("flow", "booking"), slog.String("action", action), slog.String("from", from), slog.String("to", to), slog.Int("status", status),
		slog.Float64("duration_ms", 2.612), slog.String("request_id", "4f1c9a0be1d2c3b4"),
	}
	return append(attrs, more...)
}

func TestHumanLog(t *testing.T) {
	t.Parallel()
	reason := func(text string) slog.Attr { return slog.String("reason", text) }
	info, warn, fault := slog.LevelInfo, slog.LevelWarn, slog.LevelError
	for name, c := range map[string]struct {
		level slog.Level
		msg   string
		attrs []slog.Attr
		want  string
	}{
		"submit":     {info, "exchange", exchanged("data_exchange", "SLOT", "DETAILS", 200), "SLOT → DETAILS 200 2.6 ms\n"},
		"init":       {info, "exchange", exchanged("INIT", "", "SERVICE", 200), "INIT → SERVICE 200 2.6 ms\n"},
		"back":       {info, "exchange", exchanged("BACK", "DETAILS", "SLOT", 200), "DETAILS → SLOT 200 2.6 ms back\n"},
		"upstream":   {info, "exchange", exchanged("INIT", "", "SERVICE", 200, slog.Float64("upstream_ms", 1.98)), "INIT → SERVICE 200 2.6 ms, upstream 2.0 ms\n"},
		"ping":       {info, "exchange", exchanged("ping", "", "", 200), "ping 200 2.6 ms\n"},
		"handler":    {info, "booked", []slog.Attr{slog.String("request_id", "4f1c9a0be1d2c3b4"), slog.Int("n", 7)}, "booked n=7\n"},
		"again":      {info, "exchange", exchanged("INIT", "", "", 200, slog.Bool("replayed", true)), "INIT 200 2.6 ms again: the kept answer\n"},
		"not opened": {warn, "exchange", exchanged("", "", "", 432, reason("no signature")), "request 432 2.6 ms\n         no signature\n"},
		"token ended": {
			info,
			"exchange",
			exchanged("INIT", "", "", 427, reason("flow token is no longer valid: late")),
			"INIT 427 2.6 ms\n         flow token is no longer valid: late\n",
		},
		"note": {
			info, "exchange", exchanged("data_exchange", "SLOT", "SLOT", 200, slog.String("note", "invalid input: day (required)")),
			"SLOT → SLOT 200 2.6 ms\n         invalid input: day (required)\n",
		},
		"client error": {
			warn, "exchange", exchanged("data_exchange", "SLOT", "", 200, slog.String("client_error", "timeout_error"), slog.String("client_message", "a\x1b[2Jb\nc")),
			"SLOT 200 2.6 ms\n         the phone reports timeout_error: a\\x1b[2Jb\n         c\n",
		},
		"guard refuses": {
			fault, "exchange", exchanged("data_exchange", "SLOT", "DAYS", 500, reason(
				"answer cannot be sent: it does not fit the Flow JSON: screen at /screen: no such: fix; size at : too large: cut",
			)),
			"SLOT → DAYS 500 2.6 ms\n         answer cannot be sent: it does not fit the Flow JSON:\n" +
				"         - screen at /screen: no such: fix\n         - size at : too large: cut\n",
		},
		"guard warns": {
			warn, "exchange", exchanged("INIT", "", "SLOT", 200, slog.String("violations", "type at /data/a: b: c; null at /data/d: e: f")),
			"INIT → SLOT 200 2.6 ms\n         - type at /data/a: b: c\n         - null at /data/d: e: f\n",
		},
		"panic": {
			fault, "exchange", exchanged("INIT", "", "", 500, reason("handler panicked: no"), slog.String("stack", "goroutine 1:\n\tmain.go:3\n")),
			"INIT 500 2.6 ms\n         handler panicked: no\n         goroutine 1:\n         \tmain.go:3\n",
		},
		"plain": {info, "stopped", nil, "stopped\n"},
		"short values": {
			info,
			"serving",
			[]slog.Attr{slog.String("listen", ":8080"), slog.Float64("at_most_seconds", 23)},
			"serving listen=:8080 at_most_seconds=23\n",
		},
		"fingerprint": {info, "m", []slog.Attr{slog.String("key", strings.Repeat("0f", 32))}, "m key=0f0f0f0f0f0f0f0f…\n"},
		"texts": {
			warn,
			"configuration",
			[]slog.Attr{slog.String("warning", "leaves less than a second"), slog.String("path", "flows[0]")},
			"warn configuration path=flows[0]\n         warning: leaves less than a second\n",
		},
		"error": {fault, "broken", []slog.Attr{slog.Any("error", errors.New("one\ntwo"))}, "error broken\n         error: one\n         two\n"},
		"debug": {slog.LevelDebug, "http: \x1b]0;title\a", nil, "debug http: \\x1b]0;title\\a\n"},
		"group": {
			info,
			"m",
			[]slog.Attr{slog.Group("a", slog.Int("b", 1), slog.Group("c", slog.Int("d", 2))), slog.Group("", slog.Int("e", 3)), {}},
			"m a.b=1 a.c.d=2 e=3\n",
		},
		"right to left": {info, "m", []slog.Attr{slog.String("a", "b\u202ec")}, "m a=b\\u202ec\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			logAt(t, humanLogger(&out, server.HumanLog{}), c.level, c.msg, c.attrs...)
			if diff := cmp.Diff("16:18:58 "+c.want, out.String()); diff != "" {
				t.Errorf("the line differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHumanLogColour(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := humanLogger(&out, server.HumanLog{Colour: true, FlowNames: true})
	logAt(t, l, slog.LevelInfo, "exchange", exchanged("data_exchange", "SLOT", "DETAILS", 200)...)
	logAt(t, l, slog.LevelError, "exchange", exchanged("INIT", "", "", 502, slog.String("reason", "upstream failed"))...)
	logAt(t, l, slog.LevelInfo, "exchange", exchanged("INIT", "", "", 427)...)
	want := "\x1b[2m16:18:58\x1b[0m \x1b[2mbooking \x1b[0mSLOT\x1b[2m → \x1b[0mDETAILS \x1b[32m200\x1b[0m\x1b[2m 2.6 ms\x1b[0m\n" +
		"\x1b[2m16:18:58\x1b[0m \x1b[2mbooking \x1b[0mINIT \x1b[31m502\x1b[0m\x1b[2m 2.6 ms\x1b[0m\n         \x1b[31mupstream failed\x1b[0m\n" +
		"\x1b[2m16:18:58\x1b[0m \x1b[2mbooking \x1b[0mINIT \x1b[33m427\x1b[0m\x1b[2m 2.6 ms\x1b[0m\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("the lines differ (-want +got):\n%s", diff)
	}
}

// Attributes and groups of With stay apart from those of other loggers.
func TestHumanLogWith(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	base := humanLogger(&out, server.HumanLog{}).With(slog.Int("a", 1)).WithGroup("g").WithGroup("")
	one, two := base.With(slog.Int("b", 2)), base.WithGroup("h").With(slog.Int("c", 3))
	logAt(t, one, slog.LevelInfo, "one", slog.Int("d", 4))
	logAt(t, two, slog.LevelInfo, "two", slog.Int("d", 4))
	if diff := cmp.Diff("16:18:58 one a=1 g.b=2 g.d=4\n16:18:58 two a=1 g.h.c=3 g.h.d=4\n", out.String()); diff != "" {
		t.Errorf("the lines differ (-want +got):\n%s", diff)
	}
}

func TestHumanLogIsConcurrent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := humanLogger(&out, server.HumanLog{})
	var writers sync.WaitGroup
	for i := range 50 {
		writers.Go(func() {
			logAt(t, l.With(slog.Int("i", i)), slog.LevelWarn, "m", slog.String("text", "of several\nlines"))
		})
	}
	writers.Wait()
	for i := range 50 {
		if want := fmt.Sprintf("16:18:58 warn m i=%d\n         text: of several\n         lines\n", i); !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant in it\n%s", &out, want)
		}
	}
}

// A format that the configuration names wins over the terminal, and without a
// terminal the log is JSON.
func TestLogFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format   string
		terminal *server.HumanLog
		want     string // the line begins with it
	}{
		{"auto", nil, `{"time":`},
		{"auto", &server.HumanLog{}, "16:18:58 m\n"},
		{"json", &server.HumanLog{}, `{"time":`},
		{"text", &server.HumanLog{}, "time=2026-11-27T16:18:58.000Z level=INFO msg=m\n"},
		{"text", nil, "time="},
	} {
		var out bytes.Buffer
		logAt(t, server.NewLogger(config.Log{Format: c.format}, &out, c.terminal), slog.LevelInfo, "m")
		if !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%s (%v): got %s, want %s", c.format, c.terminal, &out, c.want)
		}
	}
}
