package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// A handler's line joins that of the exchange by flow and request_id.
func TestLogger(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server := httptest.NewServer(newEndpoint(t, func(c *exchange.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
			exchange.Logger(ctx).With(slog.Int("a", 1)).WithGroup("g").Info("booked", slog.Int("b", 2))
			return exchange.Complete(map[string]string{}), nil
		}))
	}))
	phone, err := client.New(client.Config{URL: server.URL, PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Send(t.Context(), client.Message{Action: protocol.ActionInit, FlowToken: "t"}); err != nil {
		t.Fatal(err)
	}
	server.Close() // after which nothing writes to the log
	type line struct {
		Msg, Flow string
		RequestID string `json:"request_id"`
		A         int
		G         struct{ B int }
	}
	var own, exchanged line
	lines := json.NewDecoder(&log)
	for _, to := range []*line{&own, &exchanged} {
		if err := lines.Decode(to); err != nil {
			t.Fatal(err)
		}
	}
	if own.Msg != "booked" || own.Flow != "visit" || own.A != 1 || own.G.B != 2 || own.RequestID == "" || own.RequestID != exchanged.RequestID {
		t.Errorf("the handler's line is %+v, that of the exchange %+v", own, exchanged)
	}
	if got := exchange.Logger(t.Context()); got != slog.Default() {
		t.Error("outside of an exchange it is not the default logger")
	}
}
