package exchange_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	type form struct {
		Item string `json:"item" validate:"required"`
		Note string `json:"note"`
	}
	order := exchange.NewScreen[exchange.NoData, form]("ORDER")
	var calls atomic.Int32
	r := exchange.NewRegistry()
	exchange.Handle(r, order, exchange.Once(newStore(t), time.Minute, func(_ context.Context, req *exchange.Request[form]) (*exchange.Response, error) {
		n := calls.Add(1)
		if req.Data.Item == "rejected" {
			return nil, exchange.Reject(fmt.Sprint("no, for the ", n))
		}
		return exchange.Complete(map[string]int32{"n": n}), nil
	}))
	as := func(token string) *exchangetest.Client { return exchangetest.New(t, r, exchangetest.WithToken(token)) }
	steps := []struct {
		name, token, data string
		calls             int32
		clear             string
	}{
		{"first", "a", `{"item":"x","note":"n"}`, 1, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"a","n":1}}}}`},
		{"again", "a", `{"item":"x","note":"n"}`, 1, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"a","n":1}}}}`},
		{
			"again, keys in another order", "a", `{"note":"n", "item":"x"}`, 1,
			`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"a","n":1}}}}`,
		},
		{"other data", "a", `{"item":"y"}`, 2, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"a","n":2}}}}`},
		{"other token", "b", `{"item":"y"}`, 3, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"b","n":3}}}}`},
		{"invalid input does not count", "a", `{}`, 3, `{"screen":"ORDER","data":{"error_message":"Item: This is required"}}`},
		{"rejected", "a", `{"item":"rejected"}`, 4, `{"screen":"ORDER","data":{"error_message":"no, for the 4"}}`},
		{"what was rejected may be tried again", "a", `{"item":"rejected"}`, 5, `{"screen":"ORDER","data":{"error_message":"no, for the 5"}}`},
		{"nobody's token", "unused", `{"item":"z"}`, 6, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"unused","n":6}}}}`},
		{"nobody's token again", "unused", `{"item":"z"}`, 7, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"unused","n":7}}}}`},
	}
	for _, step := range steps {
		reply := as(step.token).Submit("ORDER", json.RawMessage(step.data))
		if got := string(reply.Clear); got != step.clear || calls.Load() != step.calls {
			t.Errorf("%s: %s after %d calls (%v), want %s after %d", step.name, got, calls.Load(), reply.Err, step.clear, step.calls)
		}
	}
}

func TestOnceConcurrently(t *testing.T) {
	t.Parallel()
	type form struct{}
	var calls atomic.Int32
	r := exchange.NewRegistry()
	exchange.Handle(r, exchange.NewScreen[exchange.NoData, form]("ORDER"),
		exchange.Once(newStore(t), time.Minute, func(context.Context, *exchange.Request[form]) (*exchange.Response, error) {
			time.Sleep(20 * time.Millisecond) // so that the others come meanwhile
			return exchange.NewResponse("DONE", map[string]int32{"n": calls.Add(1)}), nil
		}))
	c := exchangetest.NewServer(t, r)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got := string(c.Submit("ORDER", nil).Data); got != `{"n":1}` {
				t.Errorf("data %s", got)
			}
		})
	}
	all.Wait()
	if calls.Load() != 1 {
		t.Errorf("the handler ran %d times", calls.Load())
	}
}

func TestOncePanics(t *testing.T) {
	t.Parallel()
	handler := func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.Close(), nil
	}
	for name, test := range map[string]struct {
		register func()
		want     string
	}{
		"no store":       {func() { exchange.Once(nil, time.Minute, handler) }, "exchange: Once: the store is nil"},
		"no time":        {func() { exchange.Once(newStore(t), 0, handler) }, "exchange: Once: the time to live is not positive"},
		"a negative one": {func() { exchange.Once(newStore(t), -1, handler) }, "exchange: Once: the time to live is not positive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, test.want) {
					t.Errorf("panic %q, want %q", text, test.want)
				}
			}()
			test.register()
		})
	}
}

// An answer with an error message did not do what the user asked for: the user may
// change something on an earlier screen and submit the same again.
func TestOnceRunsAgainAfterAnErrorMessage(t *testing.T) {
	t.Parallel()
	confirm := exchange.NewScreen[exchange.NoData, exchange.NoData]("CONFIRM")
	taken := true
	r := exchange.NewRegistry()
	exchange.Handle(r, confirm, exchange.Once(newStore(t), time.Minute, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		if taken {
			return exchange.NewResponse("SLOT", nil).WithError("that time is taken"), nil
		}
		return exchange.Close(), nil
	}))
	phone := exchangetest.New(t, r)
	if reply := phone.Submit("CONFIRM", nil); reply.Screen != "SLOT" {
		t.Errorf("first: screen %s, want SLOT", reply.Screen)
	}
	taken = false
	if reply := phone.Submit("CONFIRM", nil); !reply.Completed() {
		t.Errorf("then: screen %s, want the end", reply.Screen)
	}
}

// A handler goes on without the store in an endpoint, which logs it; outside of one,
// the caller gets the error.
func TestOnceWithoutAnswerOfTheStore(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	handler := exchange.Once(brokenStore{}, time.Minute, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.Close(), nil
	})
	r := exchange.NewRegistry()
	exchange.Handle(r, exchange.NewScreen[exchange.NoData, exchange.NoData]("A"), handler)
	phone := exchangetest.New(t, r, exchangetest.WithConfig(func(c *exchange.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	}))
	if reply := phone.Submit("A", nil); !reply.Completed() || !strings.Contains(log.String(), "not protected against being repeated") {
		t.Errorf("status %d, log %q; want an answer and a warning", reply.Status, log.String())
	}
	req := &exchange.Request[exchange.NoData]{Message: exchange.Message{Data: []byte(`{}`), FlowToken: "t"}}
	if resp, err := handler(t.Context(), req); err == nil || resp != nil {
		t.Errorf("outside of an exchange: %v, %v; want an error", resp, err)
	}
}
