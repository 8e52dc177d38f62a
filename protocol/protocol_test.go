package protocol_test

import (
	"testing"

	"github.com/flowserver/flowserver/protocol"
)

func TestActionKnown(t *testing.T) {
	t.Parallel()
	for action, want := range map[protocol.Action]bool{
		protocol.ActionInit: true, protocol.ActionBack: true, protocol.ActionDataExchange: true, protocol.ActionPing: true,
		"init": false, "navigate": false, "": false,
	} {
		if got := action.Known(); got != want {
			t.Errorf("Action(%q).Known() = %v, want %v", action, got, want)
		}
	}
}

func TestCanonicalError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		key, want string
		known     bool
	}{
		{"payload-schema-error", "payload-schema-error", true},
		{"public-key-signiture-verification", "public-key-signature-verification", true},
		{"cannot_be_served", "cannot_be_served", true},
		{"PAYLOAD-SCHEMA-ERROR", "", false},
		{"", "", false},
	} {
		got, known := protocol.CanonicalError(test.key)
		if got != test.want || known != test.known {
			t.Errorf("CanonicalError(%q) = %q, %v, want %q, %v", test.key, got, known, test.want, test.known)
		}
	}
}

// The client removes two keys from an answer, and sets five in a request.
func TestReservedKeys(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		key             string
		removed, filled bool
	}{
		{"error_message", true, false},
		{"extension_message_response", true, false},
		{"error_messages", false, false},
		{"action", false, true},
		{"screen", false, true},
		{"flow_token", false, true},
		{"data", false, true},
		{"version", false, true},
		{"date", false, false},
	} {
		if got := protocol.RemovedBeforeCheck(test.key); got != test.removed {
			t.Errorf("RemovedBeforeCheck(%q) = %v, want %v", test.key, got, test.removed)
		}
		if got := protocol.FilledByClient(test.key); got != test.filled {
			t.Errorf("FilledByClient(%q) = %v, want %v", test.key, got, test.filled)
		}
	}
}
