package exchange_test

import (
	"context"
	"fmt"
	"time"

	"github.com/flowserver/flowserver/exchange"
)

// One pool serves all endpoints of a process. A request that finds its queue full gets
// status 503 at once, instead of an answer that comes too late.
func ExamplePool() {
	pool := exchange.NewPool(exchange.PoolConfig{
		Waited: func(d time.Duration) { _ = d }, // for a histogram
	})
	defer pool.Close()

	for _, flow := range []string{"booking", "survey"} {
		r := exchange.NewRegistry()
		exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
			return exchange.NewResponse("WELCOME", nil), nil
		})
		if _, err := exchange.NewEndpoint(exchange.Config{
			Flow: flow, Handler: r, Keys: keys{exampleKey}, AppSecrets: [][]byte{[]byte("the Meta app's secret")}, Pool: pool,
		}); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("waiting:", pool.Waiting())
	// Output: waiting: 0
}
