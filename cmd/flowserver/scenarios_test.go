package main

import (
	"testing"
	"time"

	"github.com/flowserver/flowserver/phone/phonetest"
)

// TestScenarios plays what docs/scenarios.md shows, as `flowserver play` does.
func TestScenarios(t *testing.T) {
	t.Parallel()
	phonetest.Run(t, "scenarios/*.yaml", newBooking(time.Now, nil).Routes())
}
