package exchange_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/protocol"
)

const oneScreenJSON = `{"version":"7.3","data_api_version":"3.0","routing_model":{"HELLO":[]},"screens":[{"id":"HELLO","title":"Hello","terminal":true,
	"data":{"text":{"type":"string","__example__":"hello"}},"layout":{"type":"SingleColumnLayout","children":[{"type":"Footer","label":"Done",
	"on-click-action":{"name":"complete","payload":{}}}]}}]}`

// numbering answers INIT with a number where the Flow JSON declares a string.
func numbering(mw ...exchange.Middleware) *exchange.Registry {
	r := exchange.NewRegistry(exchange.WithFlow([]byte(oneScreenJSON)))
	r.Use(mw...)
	r.Handle(exchange.ActionInit, "", exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("HELLO", map[string]int{"text": 1}), nil
	}))
	return r
}

// passing is middleware that changes nothing, written as users write it.
func passing(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		return next.ServeFlow(ctx, msg)
	})
}

// embedding is a registry with a method of its own.
type embedding struct{ *exchange.Registry }

// A registry that is wrapped by hand is refused: its guard would be off.
func TestWrappedRegistryIsRefused(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]exchange.Handler{
		"function":           passing(numbering()),
		"embedded":           embedding{numbering()},
		"unrouted registry":  exchange.Unrouted(numbering()),
		"unrouted embedding": exchange.Unrouted(embedding{numbering()}),
		"plain function":     exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { return exchange.Close(), nil }),
		"nil registry":       (*exchange.Registry)(nil),
		"nil unrouted":       exchange.Unrouted(nil),
		"nil function":       exchange.Unrouted(exchange.HandlerFunc(nil)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := exchange.NewEndpoint(exchange.Config{Handler: handler, Keys: keys{}, InsecureSkipSignature: true})
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range []string{"guard", "screen labels", "Flow JSON", "Registry.Use", "exchange.Unrouted"} {
				if !strings.HasPrefix(name, "nil") && !strings.Contains(err.Error(), part) {
					t.Errorf("%v: it does not name %s", err, part)
				}
			}
		})
	}
}

// Middleware that the registry or the endpoint knows keeps guard and labels.
func TestMiddlewareKeepsTheGuard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		registry   *exchange.Registry
		middleware []exchange.Middleware
	}{
		"none":              {numbering(), nil},
		"Registry.Use":      {numbering(passing), nil},
		"Config.Middleware": {numbering(), []exchange.Middleware{passing}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			phone := exchangetest.New(t, c.registry, exchangetest.WithConfig(func(cfg *exchange.Config) { cfg.Middleware, cfg.Logger = c.middleware, nil }))
			reply := phone.Init()
			if reply.Status != 500 || reply.Err == nil || !strings.Contains(reply.Err.Error(), "type at /data/text") {
				t.Errorf("status %d, %v; want 500 from the guard", reply.Status, reply.Err)
			}
			var seen exchange.Exchange
			e := newEndpoint(t, func(cfg *exchange.Config) {
				cfg.Handler, cfg.Middleware, cfg.Guard = c.registry, c.middleware, exchange.GuardEnforce
				cfg.Observe = func(_ context.Context, x exchange.Exchange) { seen = x }
			})
			deliver(e, sealedBy(t, client.Message{Action: protocol.ActionInit, Screen: "HELLO", FlowToken: "t"}))
			if seen.Screen != "HELLO" {
				t.Errorf("the screen has the label %q", seen.Screen)
			}
		})
	}
}

// The middleware of the endpoint runs before that of the registry, the first given first.
func TestMiddlewareOrder(t *testing.T) {
	t.Parallel()
	var order []string
	named := func(name string) exchange.Middleware {
		return func(next exchange.Handler) exchange.Handler {
			return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
				order = append(order, name)
				return next.ServeFlow(ctx, msg)
			})
		}
	}
	r := exchange.NewRegistry()
	r.Use(named("c"), named("d"))
	r.Handle(exchange.ActionInit, "", exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("HELLO", json.RawMessage(`{}`)), nil
	}))
	exchangetest.New(t, r, exchangetest.WithConfig(func(c *exchange.Config) {
		c.Middleware = []exchange.Middleware{named("a"), named("b")}
	})).Init()
	if got := strings.Join(order, ""); got != "abcd" {
		t.Errorf("middleware ran in the order %s, want abcd", got)
	}
}
