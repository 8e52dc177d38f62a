package exchange_test

import (
	"context"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
)

type languageKey struct{}

// Middleware sees every INIT, BACK and data_exchange. The registry must know it: one
// that a program wraps itself would lose its routes and its guard, so NewEndpoint
// refuses it.
func ExampleRegistry_Use() {
	withLanguage := func(next exchange.Handler) exchange.Handler {
		return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
			ctx = context.WithValue(ctx, languageKey{}, "pt_BR") // looked up by msg.FlowToken
			resp, err := next.ServeFlow(ctx, msg)
			fmt.Printf("%s: error %v\n", msg.Action, err)
			return resp, err
		})
	}
	r := exchange.NewRegistry()
	r.Use(withLanguage)
	exchange.HandleInit(r, func(ctx context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.NewResponse("WELCOME", map[string]any{"language": ctx.Value(languageKey{})}), nil
	})

	resp, err := r.ServeFlow(context.Background(), &exchange.Message{Action: exchange.ActionInit, Data: []byte(`{}`)})
	fmt.Println(resp.Screen(), resp.Data(), err)

	_, err = exchange.NewEndpoint(exchange.Config{Handler: withLanguage(r), Keys: keys{exampleKey}, InsecureSkipSignature: true})
	fmt.Println(err != nil)
	// Output:
	// INIT: error <nil>
	// WELCOME map[language:pt_BR] <nil>
	// true
}

// A handler that reads messages itself has no registry, and says so.
func ExampleUnrouted() {
	echo := exchange.HandlerFunc(func(_ context.Context, msg *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("ECHO", msg.Data), nil
	})
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow: "echo", Handler: exchange.Unrouted(echo), Keys: keys{exampleKey}, AppSecrets: [][]byte{[]byte("the Meta app's secret")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	status, answer, _ := endpoint.AnswerClear(context.Background(), []byte(`{"action":"data_exchange","screen":"ECHO","data":{"text":"hi"}}`))
	fmt.Printf("%d %s\n", status, answer)
	// Output: 200 {"screen":"ECHO","data":{"text":"hi"}}
}
