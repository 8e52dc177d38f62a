package token_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// signatureVector is one case of token-signatures.json.
type signatureVector struct {
	Name      string   `json:"name"`
	Secrets   []string `json:"secrets"`
	FlowToken string   `json:"flow_token"`
	JWT       string   `json:"jwt"`
	Valid     bool     `json:"valid"`
}

func signatureVectors(tb testing.TB) []signatureVector {
	tb.Helper()
	text, err := os.ReadFile(vectortest.Path(tb, "vectors", "token-signatures.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var vectors []signatureVector
	if err := json.Unmarshal(text, &vectors); err != nil {
		tb.Fatal(err)
	}
	if len(vectors) == 0 {
		tb.Fatal("token-signatures.json holds no case")
	}
	return vectors
}

func decode(tb testing.TB, segment string) string {
	tb.Helper()
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

var shown = exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
	claims, _ := token.FromContext(ctx)
	return exchange.NewResponse("MENU", map[string]string{"subject": claims.Subject}), nil
})

// verifySignature sends a message with that token and signature through the
// middleware.
func verifySignature(t *testing.T, cfg token.SignatureConfig, flowToken, signature string) error {
	t.Helper()
	mw, err := token.VerifySignature(cfg)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := mw(shown).ServeFlow(t.Context(), &exchange.Message{Action: exchange.ActionInit, FlowToken: flowToken, FlowTokenSignature: signature})
	if (resp == nil) == (err == nil) {
		t.Fatalf("got response %v and error %v, want one of them", resp, err)
	}
	return err
}

func TestVerifySignature_Vectors(t *testing.T) {
	t.Parallel()
	for _, v := range signatureVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			for mode, valid := range map[token.Mode]bool{
				token.Off:      true,
				"":             true,
				token.Optional: v.Valid || v.JWT == "",
				token.Required: v.Valid,
			} {
				err := verifySignature(t, token.SignatureConfig{Mode: mode, Secrets: secrets(v.Secrets...), Message: "Ask again."}, v.FlowToken, v.JWT)
				if valid {
					if err != nil {
						t.Errorf("mode %q: %v", mode, err)
					}
					continue
				}
				expired, ok := errors.AsType[*exchange.TokenError](err)
				if !ok || !errors.Is(err, token.ErrSignature) || expired.Message != "Ask again." {
					t.Errorf("mode %q: got error %v, want %v as status 427 with the message", mode, err, token.ErrSignature)
				}
			}
		})
	}
}

func TestVerifySignature(t *testing.T) {
	t.Parallel()
	const secret = "app-secret"
	now := time.Unix(1_800_000_000, 0)
	good := sign(secret, goodHeader, `{"flow_token":"tok-1"}`)
	for name, test := range map[string]struct {
		token, signature string
		valid            bool
	}{
		"good":                    {"tok-1", good, true},
		"header without typ":      {"tok-1", sign(secret, `{"alg":"HS256"}`, `{"flow_token":"tok-1"}`), true},
		"unused":                  {"unused", sign(secret, goodHeader, `{"flow_token":"unused"}`), true},
		"claims of strange types": {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","sub":5,"aud":{},"iat":"x","jti":null}`), true},
		"no token, no claim":      {"", sign(secret, goodHeader, `{}`), false},
		"no token, empty claim":   {"", sign(secret, goodHeader, `{"flow_token":""}`), false},
		"no token":                {"", good, false},
		"token is a prefix":       {"tok", good, false},
		"claim a number":          {"1", sign(secret, goodHeader, `{"flow_token":1}`), false},
		"claim a list":            {"tok-1", sign(secret, goodHeader, `{"flow_token":["tok-1"]}`), false},
		"claim in capitals":       {"tok-1", sign(secret, goodHeader, `{"FLOW_TOKEN":"tok-1"}`), false},
		"payload null":            {"tok-1", sign(secret, goodHeader, `null`), false},
		"valid until now":         {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","exp":1800000000}`), true},
		"expired 9 s ago":         {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","exp":1799999991}`), true},
		"expired 10 s ago":        {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","exp":1799999990}`), false},
		"expiry a word":           {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","exp":"never"}`), false},
		"valid in 11 s":           {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","nbf":1800000011}`), false},
		"issued in the future":    {"tok-1", sign(secret, goodHeader, `{"flow_token":"tok-1","iat":1900000000}`), true},
		"alg HS512 by name":       {"tok-1", sign(secret, `{"alg":"HS512"}`, `{"flow_token":"tok-1"}`), false},
		"alg none":                {"tok-1", encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(`{"flow_token":"tok-1"}`)) + ".", false},
		"empty secret":            {"tok-1", sign("", goodHeader, `{"flow_token":"tok-1"}`), false},
		"line break":              {"tok-1", good + "\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := verifySignature(t, token.SignatureConfig{
				Mode: token.Required, Secrets: secrets(secret), Now: func() time.Time { return now },
			}, test.token, test.signature)
			if test.valid != (err == nil) || err != nil && !errors.Is(err, token.ErrSignature) {
				t.Fatalf("got error %v, want valid: %t", err, test.valid)
			}
			if err != nil && (strings.Contains(err.Error(), "tok") != strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), test.signature)) {
				t.Errorf("the error %q quotes the token or its signature", err)
			}
		})
	}
}

func TestVerifySignature_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cfg  token.SignatureConfig
		want string
	}{
		"unknown mode": {token.SignatureConfig{Mode: "on", Secrets: secrets("app-secret")}, "token: SignatureConfig.Mode is none of off, optional and required"},
		"no secrets": {
			token.SignatureConfig{Mode: token.Optional},
			"token: SignatureConfig.Secrets is empty: give the secret of the Meta app that the Flow is connected to, or switch Mode off",
		},
		"empty secret": {token.SignatureConfig{Mode: token.Required, Secrets: secrets("app-secret", "")}, "token: SignatureConfig.Secrets[1] is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mw, err := token.VerifySignature(test.cfg)
			if err == nil || err.Error() != test.want || mw != nil {
				t.Errorf("got error %v, want %q", err, test.want)
			}
		})
	}
}

func TestVerifySignature_OverHTTP(t *testing.T) {
	t.Parallel()
	mw, err := token.VerifySignature(token.SignatureConfig{Mode: token.Required, Secrets: secrets("app-secret"), Message: "Ask again."})
	if err != nil {
		t.Fatal(err)
	}
	phone := exchangetest.NewServer(t, exchange.Unrouted(mw(shown)))
	msg := client.Message{
		Version: "4.0", Action: protocol.ActionInit, FlowToken: "tok-1",
		FlowTokenSignature: sign("app-secret", goodHeader, `{"flow_token":"tok-1"}`),
	}
	if reply := phone.Send(msg); reply.Status != http.StatusOK || reply.Screen != "MENU" {
		t.Errorf("signed: got status %d and screen %q (%v), want 200 and MENU", reply.Status, reply.Screen, reply.Err)
	}
	msg.FlowToken = "tok-2"
	if reply := phone.Send(msg); reply.Status != exchange.StatusTokenExpired || reply.ErrorMsg != "Ask again." {
		t.Errorf("signed for another token: got status %d and message %q, want 427 and Ask again.", reply.Status, reply.ErrorMsg)
	}
	if reply := phone.Ping(); reply.Status != http.StatusOK {
		t.Errorf("health check: got status %d, want 200", reply.Status)
	}
}
