package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// TestLog runs exchanges of every kind and looks at their lines: one each, with
// what an operator needs and nothing that a user typed.
func TestLog(t *testing.T) {
	t.Parallel()
	const typed, token = "typed-by-a-user", "a-long-flow-token"
	var log bytes.Buffer
	routes := visitRoutes()
	routes.Handle(exchange.ActionDataExchange, "PANIC", exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
		panic("request " + exchange.RequestID(ctx))
	}))
	server := httptest.NewServer(newEndpoint(t, func(c *exchange.Config) {
		c.Handler = routes
		c.Logger = slog.New(slog.NewJSONHandler(&log, nil))
	}))
	phone, err := client.New(client.Config{URL: server.URL, PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	wrongKey, found := client.FaultNamed("other-rsa-key")
	if !found {
		t.Fatal("no such fault")
	}
	submit := func(screen string, data any) client.Message {
		return client.Message{Action: protocol.ActionDataExchange, Screen: screen, Data: data, FlowToken: token}
	}
	steps := []struct {
		msg    client.Message
		faults []client.Fault
		want   map[string]any
	}{
		{client.Message{Action: protocol.ActionPing}, nil, map[string]any{"level": "INFO", "action": "ping", "from": "", "to": "", "status": 200.0}},
		{
			submit("VISIT", map[string]string{"name": typed, "email": "a@b.example"}),
			nil,
			map[string]any{"level": "INFO", "action": "data_exchange", "from": "VISIT", "to": "THANKS", "status": 200.0, "token": "81b6b0f3"},
		},
		{
			submit("VISIT", map[string]string{"name": typed, "email": typed}),
			nil,
			map[string]any{
				"level":  "INFO",
				"action": "data_exchange",
				"from":   "VISIT",
				"to":     "VISIT",
				"status": 200.0,
				"token":  "81b6b0f3",
				"note":   "invalid input: email (email)",
			},
		},
		{
			submit("VISIT", map[string]any{"name": []string{typed}}),
			nil,
			map[string]any{
				"level":  "INFO",
				"action": "data_exchange",
				"from":   "VISIT",
				"to":     "VISIT",
				"status": 200.0,
				"token":  "81b6b0f3",
				"note":   "invalid input: name (expected string, got a list), email (required)",
			},
		},
		{
			submit("VISIT", map[string]any{"name": "expired", "email": "a@b.example"}),
			nil,
			map[string]any{
				"level":  "INFO",
				"action": "data_exchange",
				"from":   "VISIT",
				"to":     "",
				"status": 427.0,
				"token":  "81b6b0f3",
				"reason": "flow token is no longer valid: Ask for a new message.",
			},
		},
		{
			submit("NOWHERE", map[string]string{"name": typed}),
			nil,
			map[string]any{
				"level":  "WARN",
				"action": "data_exchange",
				"from":   "NOWHERE",
				"to":     "",
				"status": 400.0,
				"token":  "81b6b0f3",
				"reason": "no handler for action data_exchange on this screen",
			},
		},
		{
			submit(typed+"\n", nil),
			nil,
			map[string]any{
				"level":  "WARN",
				"action": "data_exchange",
				"from":   "other",
				"to":     "",
				"status": 400.0,
				"token":  "81b6b0f3",
				"reason": "no handler for action data_exchange on this screen",
			},
		},
		{
			client.Message{Action: typed, FlowToken: token},
			nil,
			map[string]any{
				"level":  "WARN",
				"action": "other",
				"from":   "",
				"to":     "",
				"status": 400.0,
				"token":  "81b6b0f3",
				"reason": "no handler: the protocol has no such action",
			},
		},
		{
			submit("VISIT", nil),
			[]client.Fault{wrongKey},
			map[string]any{"level": "WARN", "action": "", "from": "", "to": "", "status": 421.0, "reason": "cannot decrypt envelope: none of 1 keys unwraps it"},
		},
		{
			submit("VISIT", map[string]string{"error": "payload-schema-error", "error_message": "days is missing"}),
			nil,
			map[string]any{
				"level":          "WARN",
				"action":         "data_exchange",
				"from":           "VISIT",
				"to":             "",
				"status":         200.0,
				"token":          "81b6b0f3",
				"client_error":   "payload-schema-error",
				"client_message": "days is missing",
			},
		},
	}
	for _, step := range steps {
		if _, err := phone.Send(t.Context(), step.msg, step.faults...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := phone.Send(t.Context(), submit("PANIC", map[string]string{"name": typed})); err != nil {
		t.Fatal(err)
	}
	server.Close() // after which nobody writes to the log
	if strings.Contains(log.String(), typed) || strings.Contains(log.String(), token) {
		t.Errorf("the log repeats what a user typed, or the token:\n%s", log.String())
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(steps)+1 {
		t.Fatalf("%d lines for %d exchanges:\n%s", len(lines), len(steps)+1, log.String())
	}
	decode := func(line string) map[string]any {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"duration_ms", "request_id", "time"} {
			if got[key] == nil {
				t.Errorf("no %s in %s", key, line)
			}
		}
		return got
	}
	for i, step := range steps {
		got := decode(lines[i])
		for _, key := range []string{"duration_ms", "request_id", "time"} {
			delete(got, key)
		}
		step.want["msg"], step.want["flow"] = "exchange", "visit"
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("line of step %d (-want +got):\n%s", i, diff)
		}
	}
	last := decode(lines[len(lines)-1])
	if last["status"] != 500.0 || last["reason"] != "handler panicked: request "+last["request_id"].(string) ||
		!strings.Contains(last["stack"].(string), "log_test.go") {
		t.Errorf("line of a panic: %v", last)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	own := newEndpoint(t, func(c *exchange.Config) { c.Logger = nil })
	e := newEndpoint(t, func(c *exchange.Config) { c.Logger, c.TrustRequestID = nil, true })
	for given, kept := range map[string]bool{
		"abc-123_X.y": true, "": false, "with space": false, "line\nbreak": false, strings.Repeat("x", 65): false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		if given != "" {
			r.Header.Set("X-Request-Id", given)
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		got := w.Header().Get("X-Request-Id")
		if (got == given) != kept || got == "" {
			t.Errorf("given %q: got %q", given, got)
		}
		w = httptest.NewRecorder()
		own.ServeHTTP(w, r)
		if got := w.Header().Get("X-Request-Id"); got == given || got == "" {
			t.Errorf("given %q, not trusted: got %q", given, got)
		}
	}
}

// TestEnvelopeID: a repeated envelope has its id again, another one has another.
func TestEnvelopeID(t *testing.T) {
	t.Parallel()
	var ids []string
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Store = forgetful{}
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
			ids = append(ids, exchange.EnvelopeID(ctx))
			return exchange.Close(), nil
		}))
	})
	for _, name := range []string{"init", "init", "init-bare"} {
		body := vectortest.Named(t, name).Body
		if w := post(e, body, flowcrypto.Sign([]byte(body), []byte(secret))); w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
	}
	if len(ids) != 3 || len(ids[0]) != 32 || ids[0] != ids[1] || ids[0] == ids[2] {
		t.Errorf("ids %q", ids)
	}
	if exchange.EnvelopeID(t.Context()) != "" || exchange.RequestID(t.Context()) != "" {
		t.Error("ids outside of an exchange")
	}
}
