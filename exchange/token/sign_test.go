package token_test

import (
	"context"
	"errors"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/secret"
)

// What Sign makes, VerifySignature accepts: for the same token and the same secret.
func TestSign(t *testing.T) {
	t.Parallel()
	ours := secret.Bytes("the app secret of Meta")
	verify, err := token.VerifySignature(token.SignatureConfig{Mode: token.Required, Secrets: secret.List{ours}})
	if err != nil {
		t.Fatal(err)
	}
	h := verify(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("ASK", nil), nil
	}))
	for name, c := range map[string]struct {
		secret        secret.Bytes
		signed, token string
		want          error
	}{
		"the same":      {ours, "token-1", "token-1", nil},
		"another token": {ours, "token-1", "token-2", token.ErrSignature},
		"other secret":  {secret.Bytes("another secret"), "token-1", "token-1", token.ErrSignature},
	} {
		signature, err := token.Sign(c.secret, c.signed)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.ServeFlow(t.Context(), &exchange.Message{FlowToken: c.token, FlowTokenSignature: signature})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := token.Sign(nil, "token-1"); !errors.Is(err, token.ErrNoSecret) {
		t.Errorf("without a secret: got %v, want ErrNoSecret", err)
	}
}
