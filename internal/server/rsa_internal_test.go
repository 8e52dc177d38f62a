package server

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/crypto/backend"
)

// A fault shows in health and is in the log, with what to do.
func TestRSAFault(t *testing.T) {
	t.Parallel()
	fault := errors.New("a wrong result")
	h := rsaHealth(backend.Status{Name: "crypto/rsa", BatchSize: 1, Faults: 2, Fault: fault, Unused: fault})
	if h != (RSAHealth{Backend: "crypto/rsa", BatchSize: 1, Faults: 2, Reason: "a wrong result"}) {
		t.Errorf("health: %+v", h)
	}
	if h := rsaHealth(backend.Status{Name: "crypto/rsa", BatchSize: 1, Unused: errors.New("switched off")}); h.Reason != "" {
		t.Errorf("health without a fault has a reason: %+v", h)
	}
	var log bytes.Buffer
	logFault(slog.New(slog.NewTextHandler(&log, nil)), fault)
	for _, want := range []string{"level=ERROR", "crypto/rsa alone", "a wrong result", "remedy="} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q: %s", want, log.String())
		}
	}
}
