package server_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
)

// The reason of a failure leaves the server only if that was asked for, and only
// towards programs on the same machine.
func TestExposeReasons(t *testing.T) {
	t.Parallel()
	const reason = "request signature does not verify: no X-Hub-Signature-256 header"
	for name, c := range map[string]struct {
		expose               bool
		listen, host, header string // host and header of the request, if any
		want                 string
	}{
		"serve":           {false, "127.0.0.1:0", "", "", ""},
		"dev":             {true, "127.0.0.1:0", "", "", reason},
		"localhost":       {true, "127.0.0.1:0", "localhost:8080", "", reason},
		"all interfaces":  {true, "0.0.0.0:0", "", "", ""},
		"tunnel":          {true, "127.0.0.1:0", "flow.example.com", "", ""},
		"reverse proxy":   {true, "127.0.0.1:0", "", "X-Forwarded-For", ""},
		"standard header": {true, "127.0.0.1:0", "", "Forwarded", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, log := setup{}.config(t), &logged{}
			cfg.Listen = c.listen
			srv, err := server.New(server.Options{Config: cfg, Flows: setup{}.flows(), Logger: log.logger(), ExposeReasons: c.expose})
			if err != nil {
				t.Fatal(err)
			}
			s := run(t, srv, log)
			_, port, err := net.SplitHostPort(s.PublicAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+port+"/flows/greeting", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if c.host != "" {
				req.Host = c.host
			}
			if c.header != "" {
				req.Header.Set(c.header, "for=203.0.113.7")
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if err := resp.Body.Close(); err != nil {
				t.Fatal(err)
			}
			_, sent := resp.Header[exchange.ReasonHeader]
			got, err := url.PathUnescape(resp.Header.Get(exchange.ReasonHeader))
			if err != nil || got != c.want || sent != (c.want != "") || resp.StatusCode != exchange.StatusBadSignature {
				t.Errorf("status %d, reason %q (%v), want %d and %q", resp.StatusCode, got, err, exchange.StatusBadSignature, c.want)
			}
		})
	}
}
