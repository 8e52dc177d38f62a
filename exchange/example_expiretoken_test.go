package exchange_test

import (
	"context"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
)

// ExpireToken ends the Flow with status 427: WhatsApp shows the text and disables the
// button of the message.
func ExampleExpireToken() {
	used := map[string]bool{"token-1": true}
	r := exchange.NewRegistry()
	exchange.HandleInit(r, func(_ context.Context, req *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		if used[req.FlowToken] {
			return nil, exchange.ExpireToken("You have answered already. Thank you!")
		}
		return exchange.NewResponse("QUESTION", nil), nil
	})
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow: "survey", Handler: r, Keys: keys{exampleKey}, AppSecrets: [][]byte{[]byte("the Meta app's secret")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	for _, token := range []string{"token-1", "token-2"} {
		request := fmt.Appendf(nil, `{"version":"3.0","action":"INIT","flow_token":%q}`, token)
		status, answer, _ := endpoint.AnswerClear(context.Background(), request)
		fmt.Printf("%d %s\n", status, answer)
	}
	// Output:
	// 427 {"error_msg":"You have answered already. Thank you!"}
	// 200 {"screen":"QUESTION","data":{}}
}
