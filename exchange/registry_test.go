package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

type visitForm struct {
	Name   string   `json:"name" validate:"required,min=2,max=40"`
	Email  string   `json:"email" validate:"required,email"`
	Day    string   `json:"day" validate:"omitempty,datetime=2006-01-02"`
	Guests []guest  `json:"guests" validate:"max=3,dive"`
	Topics []string `json:"topics" validate:"dive,oneof=a b"`
}

type guest struct {
	Age int `json:"age" validate:"gte=1"`
}

type visitData struct {
	Days          []string          `json:"days"`
	ErrorMessages map[string]string `json:"error_messages"`
}

type dayForm struct {
	Day string `json:"day" validate:"required"`
}

var (
	visit    = exchange.NewScreen[visitData, visitForm]("VISIT")
	visitDay = exchange.Trigger[dayForm](visit, "trigger", "day_selected")
	thanks   = exchange.NewScreen[exchange.NoData, dayForm]("THANKS")
)

func days(context.Context) (visitData, error) { return visitData{Days: []string{"2027-01-04"}}, nil }

// reload works for any form of the screen.
func reload[Form any](ctx context.Context, _ *exchange.Request[Form]) (visitData, error) {
	return days(ctx)
}

// visitRoutes is a small Flow that knows every kind of answer.
func visitRoutes(opts ...exchange.RegistryOption) *exchange.Registry {
	r := exchange.NewRegistry(opts...)
	exchange.HandleInit(r, func(ctx context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		d, err := days(ctx)
		return visit.Show(d), err
	})
	exchange.Handle(r, visit, func(_ context.Context, req *exchange.Request[visitForm]) (*exchange.Response, error) {
		switch req.Data.Name {
		case "taken":
			return nil, fmt.Errorf("book: %w", exchange.Reject("That day has just been taken."))
		case "expired":
			return nil, exchange.ExpireToken("Ask for a new message.")
		case "expired silently":
			return nil, exchange.ExpireToken("")
		case "closed":
			return exchange.Close(), nil
		}
		return thanks.Show(exchange.NoData{}), nil
	}, exchange.Reload(reload[visitForm]))
	exchange.Handle(r, visitDay, func(ctx context.Context, req *exchange.Request[dayForm]) (*exchange.Response, error) {
		d, err := days(ctx)
		d.Days = append(d.Days, req.Data.Day)
		return visit.Show(d), err
	}, exchange.Reload(reload[dayForm]))
	exchange.HandleBack(r, visit, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return nil, exchange.Reject("Stay a little.")
	})
	exchange.Handle(r, thanks, func(_ context.Context, req *exchange.Request[dayForm]) (*exchange.Response, error) {
		return exchange.Complete(map[string]string{"day": req.Data.Day}), nil
	})
	return r
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	valid := map[string]any{"name": "Ana", "email": "ana@example.com"}
	with := func(key string, value any) map[string]any {
		m := map[string]any{key: value}
		for k, v := range valid {
			if _, set := m[k]; !set {
				m[k] = v
			}
		}
		return m
	}
	tests := []struct {
		name   string
		do     func(*exchangetest.Client) *exchangetest.Reply
		status int
		clear  string
	}{
		{
			"init", (*exchangetest.Client).Init,
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_messages":{}}}`,
		},
		{
			"submit", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", valid) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"unknown keys are ignored", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("other", 1)) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"trigger", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", map[string]any{"trigger": "day_selected", "day": "x"})
			},
			200, `{"screen":"VISIT","data":{"days":["2027-01-04","x"],"error_messages":{}}}`,
		},
		{
			"trigger with invalid input", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", map[string]any{"trigger": "day_selected"})
			},
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"Please check: Day","error_messages":{"day":"This is required"}}}`,
		},
		{
			"another trigger goes to the screen", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("trigger", "x")) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"trigger that is no string", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("trigger", 7)) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"invalid input", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", map[string]any{"name": "A", "email": "nobody", "guests": []any{map[string]any{"age": 0}}})
			},
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],` +
				`"error_message":"Please check: Name, Email, Guests",` +
				`"error_messages":{"email":"Enter a valid email address","guests":"Please check this","name":"Minimum length: 2"}}}`,
		},
		{
			"wrong type", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", 5)) },
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"Please check: Name","error_messages":{"name":"Please check this"}}}`,
		},
		{
			"reject", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", "taken")) },
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"That day has just been taken.","error_messages":{}}}`,
		},
		{
			"reject on back stays on the screen", func(c *exchangetest.Client) *exchangetest.Reply { return c.Back("VISIT") },
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"Stay a little.","error_messages":{}}}`,
		},
		{
			"expired token", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", "expired")) },
			427, `{"error_msg":"Ask for a new message."}`,
		},
		{
			"expired token without a message", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", with("name", "expired silently"))
			},
			427, ``,
		},
		{
			"close", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", "closed")) },
			200, `{"screen":"SUCCESS","data":{}}`,
		},
		{
			"complete", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("THANKS", map[string]any{"day": "x"})
			},
			200, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"day":"x","flow_token":"token"}}}}`,
		},
		{
			"screen without data needs no Reload", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("THANKS", nil) },
			200, `{"screen":"THANKS","data":{"error_message":"Day: This is required"}}`,
		},
		{
			"unknown screen", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("NOWHERE", nil) },
			400, ``,
		},
		{
			"back from a screen without a handler for it", func(c *exchangetest.Client) *exchangetest.Reply { return c.Back("THANKS") },
			400, ``,
		},
		{
			"ping", (*exchangetest.Client).Ping,
			200, `{"data":{"status":"active"}}`,
		},
		{
			"error notification", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.ReportError("VISIT", "payload-schema-error", "days is missing")
			},
			200, `{"data":{"acknowledged":true}}`,
		},
	}
	clients := map[string]*exchangetest.Client{
		"clear": exchangetest.New(t, visitRoutes(), exchangetest.WithToken("token")),
		"HTTP":  exchangetest.NewServer(t, visitRoutes(), exchangetest.WithToken("token")),
	}
	for _, tt := range tests {
		for transport, c := range clients {
			t.Run(tt.name+"/"+transport, func(t *testing.T) {
				t.Parallel()
				reply := tt.do(c)
				if reply.Status != tt.status {
					t.Errorf("status %d (%v), want %d", reply.Status, reply.Err, tt.status)
				}
				if diff := cmp.Diff(tt.clear, string(reply.Clear)); diff != "" {
					t.Errorf("answer (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	r := visitRoutes()
	var seen []string
	note := func(name string) exchange.Middleware {
		return func(next exchange.Handler) exchange.Handler {
			return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
				seen = append(seen, name+" before")
				resp, err := next.ServeFlow(ctx, msg)
				_, rejected := errors.AsType[*exchange.RejectError](err)
				seen = append(seen, fmt.Sprintf("%s after, rejected %t", name, rejected))
				return resp, err
			})
		}
	}
	r.Use(note("first"), note("second"))
	c := exchangetest.New(t, r)
	if reply := c.Submit("VISIT", nil); reply.Screen != "VISIT" {
		t.Fatalf("screen %q (%v)", reply.Screen, reply.Err)
	}
	want := []string{"first before", "second before", "second after, rejected true", "first after, rejected true"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	c.Ping()
	c.ReportError("VISIT", "", "x")
	if len(seen) != len(want) {
		t.Errorf("health check or error notification went through middleware: %v", seen)
	}
}

func TestUntyped(t *testing.T) {
	t.Parallel()
	r := exchange.NewRegistry()
	r.Handle(exchange.ActionDataExchange, "A", exchange.HandlerFunc(func(_ context.Context, msg *exchange.Message) (*exchange.Response, error) {
		if string(msg.Data) == `{"reject":true}` {
			return nil, exchange.Reject("no")
		}
		return exchange.NewResponse("B", msg.Data).WithError("careful"), nil
	}))
	r.Handle(exchange.ActionBack, "", exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("A", nil), nil
	}))
	c := exchangetest.New(t, r)
	if got, want := string(c.Submit("A", map[string]int{"x": 1}).Clear), `{"screen":"B","data":{"error_message":"careful","x":1}}`; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
	for _, screen := range []string{"", "A", "OTHER"} {
		if reply := c.Back(screen); reply.Screen != "A" {
			t.Errorf("back from %q: screen %q (%v)", screen, reply.Screen, reply.Err)
		}
	}
	if reply := c.Submit("A", map[string]bool{"reject": true}); reply.Status != 500 || !strings.Contains(reply.Err.Error(), "ShowError") {
		t.Errorf("Reject on an untyped route: status %d, %v", reply.Status, reply.Err)
	}
	if reply := c.Init(); reply.Status != 400 {
		t.Errorf("INIT without a handler: status %d", reply.Status)
	}
}

func TestRejectOnInitIsAMistake(t *testing.T) {
	t.Parallel()
	r := exchange.NewRegistry()
	exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return nil, exchange.Reject("no")
	})
	reply := exchangetest.New(t, r).Init()
	if reply.Status != 500 || !strings.Contains(reply.Err.Error(), "Reject on INIT") {
		t.Errorf("status %d, %v", reply.Status, reply.Err)
	}
}

func TestRoutesAreListed(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, rt := range visitRoutes().Routes() {
		found[fmt.Sprint(rt.Action, rt.Screen, rt.TriggerValue, rt.Form)] = true
	}
	want := map[string]bool{
		"INIT<nil>": true, "data_exchangeVISITexchange_test.visitForm": true, "data_exchangeVISITday_selectedexchange_test.dayForm": true,
		"BACKVISIT<nil>": true, "data_exchangeTHANKSexchange_test.dayForm": true,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}
