package exchange_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// guarded is the Flow of testdata/flows/guard.json.
func guarded(t testing.TB) *flowjson.Flow {
	t.Helper()
	source, err := os.ReadFile("../testdata/flows/guard.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowjson.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// answering answers everything with the same.
func answering(resp *exchange.Response) exchange.Handler {
	return exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { return resp, nil }))
}

// from makes a request from a screen; INIT if it is empty.
func from(screen string) client.Message {
	if screen == "" {
		return client.Message{Action: protocol.ActionInit, FlowToken: "t"}
	}
	return client.Message{Action: protocol.ActionDataExchange, Screen: screen, FlowToken: "t"}
}

func show(screen, data string) *exchange.Response {
	return exchange.NewResponse(screen, json.RawMessage(data))
}

// hold enforces testdata/flows/guard.json on one answer. What fits is tested in package
// flowjson.
func hold(t *testing.T, msg client.Message, resp *exchange.Response, more ...func(*exchange.Config)) (status int, found []flowjson.Violation) {
	t.Helper()
	var seen exchange.Exchange
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.FlowJSON, c.Guard = answering(resp), guarded(t), exchange.GuardEnforce
		c.Observe = func(_ context.Context, x exchange.Exchange) { seen = x }
		for _, change := range more {
			change(c)
		}
	})
	msg.Version = "3.0"
	return deliver(e, sealedBy(t, msg)).Code, seen.Violations
}

func TestGuardModes(t *testing.T) {
	t.Parallel()
	wrong := show("START", `{"greeting":["Ada Lovelace"]}`)
	for mode, want := range map[exchange.Guard]struct{ status, found int }{
		exchange.GuardEnforce: {500, 1},
		exchange.GuardWarn:    {200, 1},
		"":                    {200, 1},
		exchange.GuardOff:     {200, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			status, found := hold(t, from("START"), wrong, func(c *exchange.Config) {
				c.Guard, c.Logger = mode, slog.New(slog.NewTextHandler(&log, nil))
			})
			if status != want.status || len(found) != want.found {
				t.Errorf("status %d with %v, want %d with %d violations", status, found, want.status, want.found)
			}
			text := log.String()
			for part, there := range map[string]bool{
				"level=ERROR": mode == exchange.GuardEnforce, "reason=": mode == exchange.GuardEnforce,
				"level=WARN": status == 200 && want.found > 0, "violations=": status == 200 && want.found > 0,
				"type at /data/greeting: expected string, got array: send the declared type": want.found > 0,
				"Ada": false,
			} {
				if strings.Contains(text, part) != there {
					t.Errorf("%q in the log: want %t: %s", part, there, text)
				}
			}
		})
	}
}

func TestGuardAllowMissing(t *testing.T) {
	t.Parallel()
	allow := func(c *exchange.Config) { c.AllowMissing = true }
	for name, tt := range map[string]struct {
		from, screen, data string
		status             int
	}{
		"optional": {"CHOICE", "DETAIL", `{"name":"A"}`, 200},
		"required": {"CHOICE", "DETAIL", `{"colour":"red","labels":{},"note":""}`, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if status, found := hold(t, from(tt.from), show(tt.screen, tt.data), allow); status != tt.status || len(found) == 0 {
				t.Errorf("status %d with %v, want %d", status, found, tt.status)
			}
		})
	}
}

// A test without network recognizes a refused answer by its error.
func TestGuardError(t *testing.T) {
	t.Parallel()
	flow := guarded(t)
	c := exchangetest.New(t, answering(show("NOWHERE", `{}`)), exchangetest.WithConfig(func(c *exchange.Config) { c.FlowJSON = flow }))
	reply := c.Submit("START", nil)
	refused, ok := errors.AsType[*guard.Error](reply.Err)
	if !ok || !errors.Is(reply.Err, exchange.ErrAnswer) || reply.Status != 500 {
		t.Fatalf("status %d, %v: want 500 and a guard.Error", reply.Status, reply.Err)
	}
	want := []flowjson.Violation{{
		Rule: flowjson.RuleScreen, Screen: "other", Pointer: "/screen", Problem: "the Flow JSON has no screen NOWHERE",
		Remedy: "answer with one that it has, or give the server the Flow JSON that is published",
	}}
	if diff := cmp.Diff(want, refused.Violations); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// Screens of the Flow JSON are labels, though an untyped handler has no routes.
func TestFlowJSONLabels(t *testing.T) {
	t.Parallel()
	for screen, want := range map[string]string{"START": "START", "MADE_UP": "other"} {
		var seen exchange.Exchange
		hold(t, from(screen), exchange.Close(), func(c *exchange.Config) {
			c.Observe = func(_ context.Context, x exchange.Exchange) { seen = x }
		})
		if seen.Screen != want {
			t.Errorf("screen %s has label %q, want %q", screen, seen.Screen, want)
		}
	}
}

func TestRegistryWithFlow(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../testdata/flows/guard.json")
	if err != nil {
		t.Fatal(err)
	}
	r := exchange.NewRegistry(exchange.WithFlow(source))
	r.Handle(exchange.ActionInit, "", answering(show("PLAIN", `{}`)))
	if reply := exchangetest.New(t, r).Init(); reply.Status != 500 {
		t.Errorf("status %d, want 500", reply.Status)
	}
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "WithFlow") || !strings.Contains(p, "line 2, column 1") {
			t.Errorf("panic %q, want one that says where", p)
		}
	}()
	exchange.NewRegistry(exchange.WithFlow([]byte("{\n//")))
}

func TestUnknownGuard(t *testing.T) {
	t.Parallel()
	if _, err := exchange.NewEndpoint(exchange.Config{Handler: answering(nil), Keys: keys{}, InsecureSkipSignature: true, Guard: "strict"}); err == nil {
		t.Error("a Guard of no known mode is taken")
	}
}

// BenchmarkGuard is what the guard adds to a typical answer: a Dropdown of six.
func BenchmarkGuard(b *testing.B) {
	var options []string
	for i, day := range []string{"Monday, 23", "Tuesday, 24", "Wednesday, 25", "Thursday, 26", "Friday, 27", "Saturday, 28"} {
		options = append(options, fmt.Sprintf(`{"id":"%c","title":"%s November"}`, 'a'+i, day))
	}
	data := `{"options":[` + strings.Join(options, ",") + `],"chips":[{"id":"a","title":"A"},{"id":"b","title":"B"}]}`
	flow := guarded(b)
	plaintext, err := client.Message{Version: "3.0", Action: protocol.ActionDataExchange, Screen: "START", FlowToken: "t"}.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	for _, mode := range []exchange.Guard{exchange.GuardOff, exchange.GuardEnforce} {
		b.Run(string(mode), func(b *testing.B) {
			e := newEndpoint(b, func(c *exchange.Config) {
				c.Handler, c.FlowJSON, c.Guard = answering(show("CHOICE", data)), flow, mode
			})
			b.ReportAllocs()
			for b.Loop() {
				if status, _, err := e.AnswerClear(b.Context(), plaintext); status != 200 {
					b.Fatal(status, err)
				}
			}
		})
	}
}
