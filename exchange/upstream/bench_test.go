package upstream_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/upstream"
)

// BenchmarkServeFlow is one message of 1 KiB to an upstream on this host, which
// does nothing, and its answer.
func BenchmarkServeFlow(b *testing.B) {
	url := serve(b, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"screen":"DETAILS","data":{"slots":[{"id":"1","title":"9:00"},{"id":"2","title":"10:00"}]}}`)
	})
	up := newUpstream(b, url, func(c *upstream.Config) { c.Secret = []byte("a shared secret") })
	msg := &exchange.Message{
		Version: "3.0", Action: exchange.ActionDataExchange, Screen: "SLOT", FlowToken: "token",
		Data: json.RawMessage(`{"note":"` + strings.Repeat("please ", 140) + `"}`),
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := up.ServeFlow(b.Context(), msg); err != nil {
			b.Fatal(err)
		}
	}
}
