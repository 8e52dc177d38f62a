package exchange_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

func TestExposeReason(t *testing.T) {
	t.Parallel()
	body := vectortest.Named(t, "init").Body
	signed := flowcrypto.Sign([]byte(body), []byte(secret))
	always := func(*http.Request) bool { return true }
	never := func(*http.Request) bool { return false }
	for name, c := range map[string]struct {
		expose    func(*http.Request) bool
		err       error // of the handler; nil answers
		signature string
		status    int
		want      string // the reason; empty if there is no header
	}{
		"not asked for":    {nil, errors.New("disk full"), signed, 500, ""},
		"not for this one": {never, errors.New("disk full"), signed, 500, ""},
		"success":          {always, nil, signed, 200, ""},
		"handler":          {always, errors.New("disk full: 100 % of /tmp"), signed, 500, "handler failed: disk full: 100 % of /tmp"},
		"several lines":    {always, errors.New("one\r\ntwo\n\tthree"), signed, 500, "handler failed: one two three"},
		"not ASCII":        {always, errors.New("größer"), signed, 500, "handler failed: größer"},
		"long":             {always, errors.New(strings.Repeat("x", 1983) + "ü"), signed, 500, "handler failed: " + strings.Repeat("x", 1983)},
		"upstream":         {always, exchange.ErrUpstream, signed, 502, "upstream failed"},
		"token":            {always, exchange.ExpireToken("late"), signed, 427, ""},
		"signature":        {always, nil, "", 432, "request signature does not verify: no X-Hub-Signature-256 header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, func(cfg *exchange.Config) {
				cfg.Logger, cfg.ExposeReason = nil, c.expose
				cfg.Handler = exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
					return exchange.Close(), c.err
				}))
			})
			w := post(e, body, c.signature)
			escaped := w.Header().Get(exchange.ReasonHeader)
			got, err := url.PathUnescape(escaped)
			if err != nil || got != c.want || w.Code != c.status || strings.ContainsAny(escaped, " \r\n") {
				t.Errorf("status %d, reason %q (%v), want %d, %q", w.Code, got, err, c.status, c.want)
			}
			if c.status != 200 && c.status != 427 && w.Body.Len() > 0 {
				t.Errorf("the body has %d bytes, want none", w.Body.Len())
			}
		})
	}
}
