package token_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/protocol"
)

func TestMiddleware(t *testing.T) {
	t.Parallel()
	s := signerAt(t, issued, newSecret, oldSecret)
	opts := token.Options{Flow: "booking", Expired: "The offer has ended.", Invalid: "Ask for a new message."}
	routes := exchange.NewRegistry()
	routes.Use(token.Middleware(s, opts))
	for _, action := range []exchange.Action{exchange.ActionDataExchange, exchange.ActionBack} {
		routes.Handle(action, "MENU", shown)
	}
	routes.Handle(exchange.ActionInit, "", shown)
	phone := exchangetest.New(t, routes)

	good := mint(t, s, token.Claims{Subject: "4711", Flow: "booking"})
	early := signerAt(t, issued.AddDate(-1, 0, 0), newSecret)
	for name, test := range map[string]struct {
		token       string
		status      int
		wantMessage string
		want        error
	}{
		"good":         {good, http.StatusOK, "", nil},
		"old secret":   {mint(t, signerAt(t, issued, oldSecret), token.Claims{Subject: "4711", Flow: "booking"}), http.StatusOK, "", nil},
		"expired":      {mint(t, early, token.Claims{Subject: "4711", Flow: "booking"}), 427, opts.Expired, token.ErrExpired},
		"forged":       {good[:len(good)-2] + "AA", 427, opts.Invalid, token.ErrForged},
		"other flow":   {mint(t, s, token.Claims{Subject: "4711", Flow: "survey"}), 427, opts.Invalid, token.ErrFlow},
		"unused":       {"unused", 427, opts.Invalid, token.ErrForged},
		"no token":     {"", 427, opts.Invalid, token.ErrForged},
		"another form": {"8f14e45f-ceea-467f-a8d0-6b1d0c0a4f5e", 427, opts.Invalid, token.ErrForged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, msg := range []client.Message{
				{Action: protocol.ActionInit},
				{Action: protocol.ActionDataExchange, Screen: "MENU"},
				{Action: protocol.ActionBack, Screen: "MENU"},
			} {
				msg.FlowToken = test.token
				reply := phone.Send(msg)
				if reply.Status != test.status || reply.ErrorMsg != test.wantMessage || !errors.Is(reply.Err, test.want) {
					t.Errorf("%s: got status %d, message %q and error %v; want %d, %q and %v", msg.Action, reply.Status, reply.ErrorMsg, reply.Err, test.status,
						test.wantMessage, test.want)
				}
				if test.status != http.StatusOK {
					continue
				}
				var data struct{ Subject string }
				if err := reply.Decode(&data); err != nil || data.Subject != "4711" {
					t.Errorf("%s: got subject %q (%v), want 4711", msg.Action, data.Subject, err)
				}
			}
		})
	}
	if reply := phone.Ping(); reply.Status != http.StatusOK {
		t.Errorf("health check: got status %d, want 200", reply.Status)
	}
	if reply := phone.ReportError("MENU", "payload-schema-error", "no"); reply.Status != http.StatusOK {
		t.Errorf("error notification: got status %d, want 200", reply.Status)
	}
}

func TestMiddleware_WhatsAppsOwnText(t *testing.T) {
	t.Parallel()
	s := signerAt(t, time.Now(), newSecret)
	phone := exchangetest.NewServer(t, exchange.Unrouted(token.Middleware(s, token.Options{Flow: "booking"})(shown)))
	if reply := phone.Init(); reply.Status != exchange.StatusTokenExpired || len(reply.Body) != 0 {
		t.Errorf("got status %d and a body of %d bytes, want 427 without one", reply.Status, len(reply.Body))
	}
}

func TestMiddleware_Panics(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		signer *token.Signer
		flow   string
		want   string
	}{
		"no signer": {nil, "booking", "token: Middleware: the signer is nil"},
		"no flow":   {signerAt(t, issued, newSecret), "", "token: Middleware: Options.Flow is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("got panic %v, want %q", got, test.want)
				}
			}()
			token.Middleware(test.signer, token.Options{Flow: test.flow})
		})
	}
}

func TestFromContext_None(t *testing.T) {
	t.Parallel()
	if claims, ok := token.FromContext(context.Background()); ok || claims != (token.Claims{}) {
		t.Errorf("got claims %v, %t outside of a request; want none", claims, ok)
	}
}
