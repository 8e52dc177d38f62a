package exchangetest_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

// watched is a test that only notes what happens to it.
type watched struct {
	testing.TB
	failed, logged []string
}

func (w *watched) Helper()                   {}
func (w *watched) Errorf(f string, a ...any) { w.failed = append(w.failed, fmt.Sprintf(f, a...)) }
func (w *watched) Logf(f string, a ...any)   { w.logged = append(w.logged, fmt.Sprintf(f, a...)) }
func (w *watched) Fatal(a ...any) {
	w.failed = append(w.failed, fmt.Sprint(a...))
	runtime.Goexit()
}

func (w *watched) check(r *exchange.Registry, source string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		var text []byte
		if source != "" {
			text = []byte(source)
		}
		exchangetest.CheckFlow(w, r, text)
	}()
	<-done
}

const flow = `{"version":"7.3","data_api_version":"3.0","screens":[{"id":"A","title":"A","layout":{"type":"SingleColumnLayout","children":[
	{"type":"Footer","label":"Go","on-click-action":{"name":"data_exchange","payload":{"a":"x"}}}]}}]}`

type form struct {
	A string `json:"a"`
	B string `json:"b"`
}

func TestCheckFlow(t *testing.T) {
	t.Parallel()
	handled := func(opts ...exchange.RegistryOption) *exchange.Registry {
		r := exchange.NewRegistry(opts...)
		exchange.Handle(r, exchange.NewScreen[exchange.NoData, form]("A"), func(context.Context, *exchange.Request[form]) (*exchange.Response, error) {
			return exchange.Close(), nil
		})
		return r
	}
	for name, tt := range map[string]struct {
		registry       *exchange.Registry
		source         string
		failed, logged string
	}{
		"its own":      {handled(exchange.WithFlow([]byte(flow))), "", "", `has "b", but no action`},
		"given":        {handled(), flow, "", `has "b", but no action`},
		"no handler":   {exchange.NewRegistry(exchange.WithFlow([]byte(flow))), "", "screen A: it sends data_exchange, but has no handler", ""},
		"no Flow JSON": {handled(), "", "there is no Flow JSON", ""},
		"no JSON":      {handled(), "{", "line 1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &watched{}
			w.check(tt.registry, tt.source)
			for _, c := range []struct {
				got  []string
				want string
			}{{w.failed, tt.failed}, {w.logged, tt.logged}} {
				if c.want == "" && len(c.got) > 0 || c.want != "" && (len(c.got) != 1 || !strings.Contains(c.got[0], c.want)) {
					t.Errorf("got %q, want %q", c.got, c.want)
				}
			}
		})
	}
}
