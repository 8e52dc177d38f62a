package main

import (
	"testing"
	"time"

	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/flowcheck"
	"github.com/flowserver/flowserver/flowjson/lint"
)

// TestFlowJSON holds booking.json to Meta's rules, and booking.go to booking.json.
func TestFlowJSON(t *testing.T) {
	t.Parallel()
	for _, finding := range lint.Validate(flowJSON) {
		t.Errorf("booking.json:%s", finding)
	}
	routes := newBooking(time.Now, nil).Routes()
	exchangetest.CheckFlow(t, routes, nil)
	for _, p := range flowcheck.Check(routes.FlowJSON(), routes.Routes()) {
		t.Errorf("booking.go: %s", p) // warnings, too
	}
}
