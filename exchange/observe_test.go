package exchange_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

func TestClientErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, plain string
		want        *exchange.ClientError
	}{
		{
			"error", `{"version":"3.0","action":"data_exchange","screen":"A","flow_token":"t","data":{"error":"invalid-screen-transition","error_message":"m"}}`,
			&exchange.ClientError{Key: "invalid-screen-transition", Message: "m", Action: "data_exchange", Screen: "A", Version: "3.0", FlowToken: "t"},
		},
		{
			"error_key", `{"action":"INIT","data":{"error_key":"public-key-missing","error_message":"m"}}`,
			&exchange.ClientError{Key: "public-key-missing", Message: "m", Action: "INIT"},
		},
		{"both", `{"action":"INIT","data":{"error":"","error_key":"k","error_message":"m"}}`, &exchange.ClientError{Key: "k", Message: "m", Action: "INIT"}},
		{
			"empty key", `{"version":300,"action":"INIT","screen":"","data":{"error":"","error_message":"m"}}`,
			&exchange.ClientError{Message: "m", Action: "INIT", Version: "300"},
		},
		{
			"action that no request has", `{"action":"navigate","data":{"error":"payload-schema-error","error_message":"m"}}`,
			&exchange.ClientError{Key: "payload-schema-error", Message: "m", Action: "navigate"},
		},
		{"no action", `{"data":{"error":"x","error_message":"m"}}`, &exchange.ClientError{Key: "x", Message: "m"}},
		{"error is no string", `{"action":"BACK","data":{"error":{"a":1},"error_message":"m"}}`, &exchange.ClientError{Message: "m", Action: "BACK"}},
		{"message is no string", `{"action":"INIT","data":{"error":"x","error_message":{"a":"m"}}}`, nil},
		{"message is null", `{"action":"INIT","data":{"error":"x","error_message":null}}`, nil},
		{"no message", `{"action":"INIT","data":{"error":"x"}}`, nil},
		{"no error", `{"action":"INIT","data":{"error_message":"m"}}`, nil},
		{"below", `{"action":"INIT","data":{"x":{"error":"x","error_message":"m"}}}`, nil},
		{"ping", `{"action":"ping","data":{"error":"x","error_message":"m"}}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got *exchange.ClientError
			e := newEndpoint(t, func(c *exchange.Config) {
				c.OnClientError = func(_ context.Context, report exchange.ClientError) { got = &report }
			})
			status, answer, err := e.AnswerClear(t.Context(), []byte(tt.plain))
			if status != 200 {
				t.Fatalf("status %d, %v", status, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			if acknowledged := string(answer) == `{"data":{"acknowledged":true}}`; acknowledged != (tt.want != nil) {
				t.Errorf("answer %s", answer)
			}
		})
	}
	t.Run("listener panics", func(t *testing.T) {
		t.Parallel()
		e := newEndpoint(t, func(c *exchange.Config) {
			c.OnClientError = func(context.Context, exchange.ClientError) { panic("oh no") }
		})
		if status, _, _ := e.AnswerClear(t.Context(), []byte(tests[0].plain)); status != 500 {
			t.Errorf("status %d", status)
		}
	})
}

func TestUnknownAction(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, nil)
	for _, plain := range []string{`{}`, `{"action":""}`, `{"action":"init"}`, `{"action":"PING"}`, `{"action":"navigate"}`} {
		if status, answer, err := e.AnswerClear(t.Context(), []byte(plain)); status != 400 || answer != nil {
			t.Errorf("%s: status %d, answer %s, %v", plain, status, answer, err)
		}
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	var got exchange.Exchange
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Logger, c.MaxBody = nil, 4096
		c.Observe = func(_ context.Context, x exchange.Exchange) { got = x }
	})
	phone, err := client.New(client.Config{URL: "http://localhost", PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	fault := func(name string) client.Fault {
		f, ok := client.FaultNamed(name)
		if !ok {
			t.Fatalf("no fault %s", name)
		}
		return f
	}
	visitMessage := func(data any) client.Message {
		return client.Message{Action: protocol.ActionDataExchange, Screen: "VISIT", Data: data}
	}
	report := func(key string) client.Message {
		return visitMessage(map[string]string{"error": key, "error_message": "m"})
	}
	for _, tt := range []struct {
		name  string
		msg   client.Message
		fault client.Fault
		want  exchange.Exchange
	}{
		{"ping", client.Message{Action: protocol.ActionPing}, client.Fault{}, exchange.Exchange{Action: "ping", Status: 200}},
		{"init", client.Message{Action: protocol.ActionInit}, client.Fault{}, exchange.Exchange{Action: "INIT", To: "VISIT", Status: 200}},
		{"submit", visitMessage(nil), client.Fault{}, exchange.Exchange{Action: "data_exchange", Screen: "VISIT", To: "VISIT", Status: 200}},
		{
			"unknown screen",
			client.Message{Action: protocol.ActionDataExchange, Screen: "MADE_UP"},
			client.Fault{},
			exchange.Exchange{Action: "data_exchange", Screen: "other", Status: 400},
		},
		{"unknown action", client.Message{Action: "made_up"}, client.Fault{}, exchange.Exchange{Action: "other", Status: 400}},
		{
			"error notification", report("payload-schema-error"),
			client.Fault{},
			exchange.Exchange{Action: "data_exchange", Screen: "VISIT", Status: 200, ClientError: "payload-schema-error"},
		},
		{
			"misspelt by Meta", report("public-key-signiture-verification"),
			client.Fault{},
			exchange.Exchange{Action: "data_exchange", Screen: "VISIT", Status: 200, ClientError: "public-key-signature-verification"},
		},
		{"made-up error", report("made-up"), client.Fault{}, exchange.Exchange{Action: "data_exchange", Screen: "VISIT", Status: 200, ClientError: "other"}},
		{"bad signature", visitMessage(nil), fault("signature-bad"), exchange.Exchange{Status: 432, Refused: "signature"}},
		{"undecryptable", visitMessage(nil), fault("bad-tag"), exchange.Exchange{Status: 421, Refused: "undecryptable"}},
		{"malformed", visitMessage(nil), fault("iv-12-bytes"), exchange.Exchange{Status: 400, Refused: "malformed"}},
		{"no request inside", visitMessage(nil), fault("plaintext-null"), exchange.Exchange{Status: 400, Refused: "malformed"}},
		{"too large", visitMessage(nil), client.Oversize(8192), exchange.Exchange{Status: 413, Refused: "too_large"}},
	} {
		plaintext, err := tt.msg.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var faults []client.Fault
		if tt.fault.Name() != "" {
			faults = append(faults, tt.fault)
		}
		sealed, err := phone.Seal(plaintext, faults...)
		if err != nil {
			t.Fatal(err)
		}
		post(e, string(sealed.Body), sealed.Header.Get(flowcrypto.SignatureHeader))
		if got.Duration <= 0 {
			t.Errorf("%s: no duration", tt.name)
		}
		got.Duration, tt.want.Flow = 0, "visit"
		tt.want.Verified = tt.want.Action != "" || tt.name == "undecryptable" || tt.name == "no request inside"
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
