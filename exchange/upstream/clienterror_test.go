package upstream_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/upstream"
)

func TestForwardedClientErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		forward bool
		status  int
		want    int
		logged  string
	}{
		"not asked for": {false, 200, 0, ""},
		"forwarded":     {true, 200, 1, ""},
		"no content":    {true, 204, 1, ""},
		"refused":       {true, 500, 1, "status 500"},
		"not at all":    {true, 427, 1, "status 427"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			rec := &recorder{}
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				rec.ServeHTTP(httptest.NewRecorder(), r)
				w.WriteHeader(c.status)
			})
			up := newUpstream(t, url, func(cfg *upstream.Config) {
				cfg.ForwardClientErrors, cfg.Logger, cfg.Secret = c.forward, slog.New(slog.NewTextHandler(&log, nil)), []byte("s")
			})
			phone := exchangetest.New(
				t,
				exchange.Unrouted(up),
				quiet,
				exchangetest.WithToken("t"),
				exchangetest.WithConfig(func(cfg *exchange.Config) { cfg.OnClientError = up.ClientError }),
			)
			if reply := phone.ReportError("SLOT", "payload-schema-error", "S3CRET is wrong"); !reply.Acknowledged() {
				t.Errorf("the notification was not acknowledged: %d %s", reply.Status, reply.Clear)
			}
			if got := len(rec.all()); got != c.want {
				t.Fatalf("%d messages arrived, want %d", got, c.want)
			}
			if c.want == 1 {
				got := rec.one(t)
				compareJSON(t, got.body, `{"flow":"booking","action":"error","screen":"SLOT",
					"data":{"error":"payload-schema-error","error_message":"S3CRET is wrong","action":"data_exchange"},
					"flow_token":"t","version":"3.0","request_id":""}`)
				if got.header.Get("Webhook-Signature") == "" {
					t.Error("it is not signed")
				}
			}
			if got := log.String(); (got != "") != (c.logged != "") || !strings.Contains(got, c.logged) || strings.Contains(got, "S3CRET") {
				t.Errorf("logged %q, want %q in it", got, c.logged)
			}
		})
	}
}

func TestForwardToNobody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	up := newUpstream(t, closedPort(t), func(c *upstream.Config) {
		c.ForwardClientErrors, c.Logger = true, slog.New(slog.NewTextHandler(&log, nil))
	})
	up.ClientError(t.Context(), exchange.ClientError{Key: "payload-schema-error"})
	if !strings.Contains(log.String(), "client error could not be forwarded") || !strings.Contains(log.String(), "connection refused") {
		t.Errorf("logged %q, want the failure", log.String())
	}
}
