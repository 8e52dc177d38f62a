package upstream_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/upstream"
)

// Messages go through a proxy only if the configuration names one; HTTP_PROXY, which is
// often set for the provider, is not asked.
func TestProxy(t *testing.T) {
	t.Parallel()
	newUpstream(t, "http://upstream.invalid/flow", func(c *upstream.Config) {
		c.WrapTransport = func(next http.RoundTripper) http.RoundTripper {
			if transport, ok := next.(*http.Transport); !ok || transport.Proxy != nil {
				t.Errorf("by default %T asks for a proxy", next)
			}
			return next
		}
	})

	through := ""
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		through = r.URL.String()
		answering(http.StatusOK, `{"screen":"A","data":{}}`)(w, r)
	})
	proxy, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	up := newUpstream(t, "http://upstream.invalid/flow", func(c *upstream.Config) { c.Proxy = proxy })
	exchangetest.New(t, exchange.Unrouted(up), quiet).Init()
	if through != "http://upstream.invalid/flow" {
		t.Errorf("the proxy got %q", through)
	}
}
