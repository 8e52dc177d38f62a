package exchange_test

import (
	"context"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/protocol"
)

// Clients report answers that they could not use. The report arrives later, in a
// request of its own, and never reaches a handler.
func ExampleConfig_onClientError() {
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow: "diary", Handler: exchange.NewRegistry(), Keys: keys{exampleKey}, AppSecrets: [][]byte{[]byte("the Meta app's secret")},
		OnClientError: func(_ context.Context, report exchange.ClientError) {
			if report.Key == protocol.ErrorPayloadSchema {
				fmt.Printf("screen %s: %s\n", report.Screen, report.Message)
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	status, answer, _ := endpoint.AnswerClear(context.Background(), []byte(`{"version":"3.0","action":"data_exchange","screen":"SLOT",
		"data":{"error":"payload-schema-error","error_message":"slots is missing"},"flow_token":"t"}`))
	fmt.Printf("%d %s\n", status, answer)
	// Output:
	// screen SLOT: slots is missing
	// 200 {"data":{"acknowledged":true}}
}
