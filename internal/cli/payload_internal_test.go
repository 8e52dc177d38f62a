package cli

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// FuzzPayload: what --data and a word come to is a JSON object, or a usage error.
func FuzzPayload(f *testing.F) {
	f.Add(`{"a":1}`, "b=2")
	f.Add(`{"a":1}`, "a:=2")
	f.Add("", `a:={"b":[null]}`)
	f.Add(" [1]", "a=1")
	f.Add("{\"a\":\n}", "=")
	f.Add("\xff", "a:=\xff")
	f.Fuzz(func(t *testing.T, data, word string) {
		if strings.HasPrefix(data, "@") {
			t.Skip("it names a file")
		}
		payload, err := payloadOf(data, []string{word})
		if err != nil {
			if _, ok := errors.AsType[*usageError](err); !ok || payload != nil {
				t.Errorf("got %q and %v, want a usage error alone", payload, err)
			}
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(payload, &object); err != nil || object == nil {
			t.Errorf("got %q, want a JSON object (%v)", payload, err)
		}
	})
}
