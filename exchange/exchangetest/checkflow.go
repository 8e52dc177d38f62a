package exchangetest

import (
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/flowcheck"
	"github.com/flowserver/flowserver/flowjson"
)

// CheckFlow fails the test if the routes of a registry do not fit the Flow JSON, and lists
// all problems: see [flowcheck.Check]. Warnings are only logged. source is a Flow JSON
// file, or nil for what [exchange.WithFlow] gave r:
//
//	exchangetest.CheckFlow(t, booking.Routes(), nil)
func CheckFlow(tb testing.TB, r *exchange.Registry, source []byte) {
	tb.Helper()
	flow := r.FlowJSON()
	if source != nil {
		var err error
		if flow, err = flowjson.Read(source); err != nil {
			tb.Fatal(err)
		}
	}
	if flow == nil {
		tb.Fatal("there is no Flow JSON: give it here, or to the registry with exchange.WithFlow")
	}
	for _, p := range flowcheck.Check(flow, r.Routes()) {
		if p.Warning {
			tb.Logf("warning: %s", p)
		} else {
			tb.Errorf("%s", p)
		}
	}
}
