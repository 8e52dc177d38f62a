package exchange_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/internal/success/successtest"
	"github.com/flowserver/flowserver/protocol"
)

// submitted sends one submit of screen A through a handler that answers resp, and returns
// the status, the data of the clear answer, the reason, and the log.
func submitted(t *testing.T, resp *exchange.Response, change func(*exchange.Config)) (status int, data json.RawMessage, log string, reason error) {
	t.Helper()
	var lines strings.Builder
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.Logger = answering(resp), slog.New(slog.NewTextHandler(&lines, nil))
		if change != nil {
			change(c)
		}
	})
	var answer struct{ Data json.RawMessage }
	status, text, reason := e.AnswerClear(t.Context(), []byte(`{"version":"3.0","action":"data_exchange","screen":"A","flow_token":"t","data":{}}`))
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
	}
	return status, answer.Data, lines.String(), reason
}

// TestSuccess has Go handlers answer what upstreams may answer.
func TestSuccess(t *testing.T) {
	t.Parallel()
	for _, c := range successtest.Cases() {
		if c.Params != "" {
			continue // a Go handler has no top level
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			var data any
			if c.Data != "" {
				data = json.RawMessage(c.Data)
			}
			status, sent, log, reason := submitted(t, exchange.NewResponse(protocol.ScreenSuccess, data), nil)
			said := log
			if c.Sent == "" {
				said = fmt.Sprint(reason)
				if status != 500 || !errors.Is(reason, exchange.ErrAnswer) {
					t.Fatalf("status %d (%v), want 500 and ErrAnswer", status, reason)
				}
			} else {
				if status != 200 {
					t.Fatalf("status %d (%v), want 200", status, reason)
				}
				sameJSON(t, sent, c.Sent)
				if warned := strings.Contains(log, "kind="+string(c.Oddity)+" "); warned != (c.Oddity != "") {
					t.Errorf("log %q, want a warning of kind %q", log, c.Oddity)
				}
			}
			said = strings.ReplaceAll(said, `\"`, `"`)
			for _, part := range c.Says {
				if !strings.Contains(said, part) {
					t.Errorf("said %q, want %q in it", said, part)
				}
			}
			if strings.Contains(said, "Ada") {
				t.Errorf("said %q, which has a value", said)
			}
		})
	}
}

func sameJSON(t *testing.T, got []byte, want string) {
	t.Helper()
	var g, w any
	if err := errors.Join(json.Unmarshal(got, &g), json.Unmarshal([]byte(want), &w)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// TestSuccessByFunctions: Complete and Close need no warning.
func TestSuccessByFunctions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resp *exchange.Response
		sent string // empty: status 500
		says string
	}{
		"complete":          {exchange.Complete(map[string]any{"a": nil}), `{"extension_message_response":{"params":{"a":null,"flow_token":"t"}}}`, ""},
		"complete, nil map": {exchange.Complete(map[string]any(nil)), `{"extension_message_response":{"params":{"flow_token":"t"}}}`, ""},
		"close":             {exchange.Close(), `{}`, ""},
		"error message":     {exchange.Complete(nil).WithError("Ada"), "", "error_message"},
		"close with error":  {exchange.Close().WithError("Ada"), "", "error_message"},
		"large params":      {exchange.Complete(map[string]string{"a": strings.Repeat("x", 100_000)}), "", "100 kB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, sent, log, reason := submitted(t, c.resp, nil)
			if c.sent == "" {
				if status != 500 || !strings.Contains(fmt.Sprint(reason), c.says) {
					t.Errorf("status %d (%v), want 500 and %q", status, reason, c.says)
				}
				return
			}
			if status != 200 || log != "" {
				t.Errorf("status %d (%v), log %q; want 200 and no warning", status, reason, log)
			}
			sameJSON(t, sent, c.sent)
		})
	}
}

// TestNullWithoutFlowJSON: null is sent, and the log names its place once per Flow.
func TestNullWithoutFlowJSON(t *testing.T) {
	t.Parallel()
	null := exchange.NewResponse("A", json.RawMessage(`{"slots":[{"title":"x"},{"title":null}]}`))
	for mode, lines := range map[exchange.Guard]int{exchange.GuardWarn: 1, exchange.GuardEnforce: 1, exchange.GuardOff: 0} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			e := newEndpoint(t, func(c *exchange.Config) {
				c.Handler, c.Guard, c.Logger = answering(null), mode, slog.New(slog.NewTextHandler(&log, nil))
			})
			for range 3 {
				status, answer, err := e.AnswerClear(t.Context(), []byte(`{"version":"3.0","action":"data_exchange","screen":"A"}`))
				if status != 200 || !strings.Contains(string(answer), `{"title":null}`) {
					t.Fatalf("status %d (%v), answer %s", status, err, answer)
				}
			}
			if got := strings.Count(log.String(), "data.slots[1].title is null"); got != lines {
				t.Errorf("%d warnings, want %d: %s", got, lines, log.String())
			}
		})
	}
}

// TestNullWithFlowJSON: the guard judges null where the model declares a type.
func TestNullWithFlowJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode   exchange.Guard
		data   string
		status int
		found  int
	}{
		"enforce":             {exchange.GuardEnforce, `{"greeting":null}`, 500, 1},
		"warn":                {exchange.GuardWarn, `{"greeting":null}`, 200, 1},
		"off":                 {exchange.GuardOff, `{"greeting":null}`, 200, 0},
		"undeclared, enforce": {exchange.GuardEnforce, `{"greeting":"hi","extra":null}`, 200, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, found := hold(t, from("START"), show("START", c.data), func(cfg *exchange.Config) { cfg.Guard = c.mode })
			if status != c.status || len(found) != c.found {
				t.Errorf("status %d with %v, want %d with %d violations", status, found, c.status, c.found)
			}
		})
	}
}

// TestWarningsAreSampled: the log has a line per kind, or per set of unused keys, and
// Observe has every warning.
func TestWarningsAreSampled(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	var seen []exchange.Warning
	texts := []string{"a", "b"}
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
			for _, text := range texts {
				exchange.Warn(ctx, exchange.WarningUnusedKeys, text)
				exchange.Warn(ctx, exchange.WarningSuccessData, text)
			}
			return exchange.Close(), nil
		}))
		c.Flow, c.Logger = "booking", slog.New(slog.NewTextHandler(&log, nil))
		c.Observe = func(_ context.Context, x exchange.Exchange) { seen = append(seen, x.Warnings...) }
	})
	msg := from("")
	msg.Version = "3.0"
	for range 2 {
		deliver(e, sealedBy(t, msg))
	}
	if got := strings.Count(log.String(), `msg="answer has a mistake" flow=booking kind=`); got != 3 || len(seen) != 8 {
		t.Errorf("%d lines and %d warnings, want 3 and 8:\n%s", got, len(seen), log.String())
	}
	exchange.Warn(t.Context(), exchange.WarningNull, "outside of an exchange it does nothing")
}
