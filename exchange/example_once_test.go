package exchange_test

import (
	"context"
	"fmt"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/store"
)

// A user who taps twice sends the same submit in two envelopes. The order is placed
// once, and both get the same receipt.
func ExampleOnce() {
	type orderForm struct {
		Item string `json:"item" validate:"required"`
	}
	order := exchange.NewScreen[exchange.NoData, orderForm]("ORDER")
	placed := 0
	place := func(_ context.Context, req *exchange.Request[orderForm]) (*exchange.Response, error) {
		placed++
		return exchange.Complete(map[string]any{"item": req.Data.Item, "number": placed}), nil
	}

	kept := store.NewMemory(store.MemoryOptions{}) // replicas share a redis.Open instead
	r := exchange.NewRegistry()
	exchange.Handle(r, order, exchange.Once(kept, 10*time.Minute, place))

	for _, item := range []string{"tea", "tea", "coffee"} {
		data := fmt.Appendf(nil, `{"item":%q}`, item)
		resp, err := r.ServeFlow(context.Background(), &exchange.Message{
			Action: exchange.ActionDataExchange, Screen: "ORDER", Data: data, FlowToken: "customer-4711",
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s, %d placed\n", resp.Screen(), placed)
	}
	// Output:
	// SUCCESS, 1 placed
	// SUCCESS, 1 placed
	// SUCCESS, 2 placed
}
