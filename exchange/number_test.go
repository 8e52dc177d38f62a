package exchange_test

import (
	"encoding/json"
	"testing"

	"github.com/flowserver/flowserver/exchange"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]exchange.Number{
		`42`: "42", `"42"`: "42", `-1.50`: "-1.50", `"007"`: "007", `""`: "", `null`: "", `"forty"`: "forty", `1e3`: "1e3",
	} {
		var got exchange.Number
		if err := json.Unmarshal([]byte(source), &got); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", source, got, err, want)
		}
	}
	for _, source := range []string{`true`, `{}`, `[1]`} {
		var got exchange.Number
		if err := json.Unmarshal([]byte(source), &got); err == nil {
			t.Errorf("%s: got %q, want an error", source, got)
		}
	}
}
