package guard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	flow, err := flowjson.Read([]byte(`{"version": "7.3", "screens": [{"id": "A", "data": {"n": {"type": "string"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	const fits, wrong, missing = `{"data": {"n": ""}}`, `{"data": {"n": 7}}`, `{"data": {}}`
	for _, tt := range []struct {
		mode    guard.Mode
		answer  string
		found   int
		refused bool
	}{
		{guard.Enforce, fits, 0, false},
		{guard.Enforce, wrong, 1, true},
		{guard.Enforce, missing, 1, false}, // a warning
		{guard.Warn, wrong, 1, false},
		{"", wrong, 1, false},
		{guard.Off, wrong, 0, false},
	} {
		t.Run(string(tt.mode)+tt.answer, func(t *testing.T) {
			t.Parallel()
			move := flowjson.Move{Action: protocol.ActionInit, To: "A", AllowMissing: true}
			found, err := guard.New(flow, tt.mode).Check(move, []byte(tt.answer))
			if len(found) != tt.found || (err != nil) != tt.refused {
				t.Errorf("found %v, error %v", found, err)
			}
			if refused, ok := errors.AsType[*guard.Error](err); ok != tt.refused || ok && len(refused.Violations) != tt.found {
				t.Errorf("error %#v", err)
			}
		})
	}
	if guard.New(nil, guard.Enforce) != nil {
		t.Error("a guard without a Flow JSON")
	}
}

func TestModeValid(t *testing.T) {
	t.Parallel()
	for mode, want := range map[guard.Mode]bool{"": true, guard.Enforce: true, guard.Warn: true, guard.Off: true, "strict": false} {
		if got := mode.Valid(); got != want {
			t.Errorf("%q: %t, want %t", mode, got, want)
		}
	}
}

// A log line has some of the violations, and the number of the others.
func TestText(t *testing.T) {
	t.Parallel()
	v := flowjson.Violation{Rule: flowjson.RuleType, Pointer: "/data/n", Problem: "expected string, got number", Remedy: "send that type"}
	const one = "type at /data/n: expected string, got number: send that type"
	for n, want := range map[int]string{
		0:  "",
		1:  one,
		2:  one + "; " + one,
		12: strings.Repeat(one+"; ", 10) + "and 2 more",
	} {
		violations := make([]flowjson.Violation, n)
		for i := range violations {
			violations[i] = v
		}
		if got := guard.Text(violations); got != want {
			t.Errorf("%d violations: %s", n, got)
		}
	}
}
