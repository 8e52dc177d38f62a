package token_test

import (
	"context"
	"fmt"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/secret"
)

func Example() {
	signer, err := token.NewSigner(token.Config{Secrets: secret.List{
		[]byte("from `openssl rand -hex 32`, signs"),
		[]byte("the previous one still verifies…"),
	}})
	if err != nil {
		fmt.Println(err)
		return
	}

	// who sends the message
	flowToken, err := signer.Mint(token.Claims{Subject: "customer-4711", Flow: "booking", ExpiresAt: time.Now().Add(48 * time.Hour)})
	if err != nil {
		fmt.Println(err)
		return
	}

	// who serves the Flow
	r := exchange.NewRegistry()
	r.Use(token.Middleware(signer, token.Options{Flow: "booking", Expired: "This offer has ended."}))
	exchange.HandleInit(r, func(ctx context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		claims, _ := token.FromContext(ctx)
		return exchange.NewResponse("WELCOME", map[string]string{"customer": claims.Subject}), nil
	})

	for _, received := range []string{flowToken, flowToken + "x"} {
		resp, err := r.ServeFlow(context.Background(), &exchange.Message{Action: exchange.ActionInit, Data: []byte("{}"), FlowToken: received})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(resp.Screen(), resp.Data())
	}
	// Output:
	// WELCOME map[customer:customer-4711]
	// flow token does not verify: it is not signed with HS256 and any of the secrets: flow token is no longer valid
}

func ExampleVerifySignature() {
	verified, err := token.VerifySignature(token.SignatureConfig{
		Mode:    token.Required,
		Secrets: secret.List{[]byte("the Meta app's secret")},
		Message: "Please ask for a new message.",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := exchange.NewRegistry()
	r.Use(verified)
	exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.NewResponse("WELCOME", nil), nil
	})

	_, err = r.ServeFlow(context.Background(), &exchange.Message{Action: exchange.ActionInit, FlowToken: "tok-1"})
	fmt.Println(err)
	// Output: flow token signature does not verify: there is none: flow token is no longer valid: Please ask for a new message.
}
