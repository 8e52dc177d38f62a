package session_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/session"
	"github.com/flowserver/flowserver/store"
)

type basket struct {
	Items []string `json:"items"`
}

func (b basket) data() itemsData {
	return itemsData{Items: append([]string{}, b.Items...)} // never null, which no screen takes
}

type itemForm struct {
	Item string `json:"item" validate:"required"`
}

type itemsData struct {
	Items []string `json:"items"`
}

var items = exchange.NewScreen[itemsData, itemForm]("ITEMS")

type shop struct{ baskets *session.Sessions[basket] }

// add is the handler of the screen ITEMS.
func (s *shop) add(ctx context.Context, req *exchange.Request[itemForm]) (*exchange.Response, error) {
	b, err := s.baskets.Update(ctx, req.FlowToken, func(b *basket) error {
		if len(b.Items) == 2 {
			return exchange.Reject("Your basket is full.")
		}
		b.Items = append(b.Items, req.Data.Item)
		return nil
	})
	switch {
	case errors.Is(err, session.ErrNoSession):
		return nil, exchange.ExpireToken("Please ask for a new message.")
	case err != nil:
		return nil, err
	}
	return items.Show(b.data()), nil
}

// show is the data of the screen ITEMS.
func (s *shop) show(ctx context.Context, req *exchange.Request[itemForm]) (itemsData, error) {
	b, _, err := s.baskets.Load(ctx, req.FlowToken)
	return b.data(), err
}

func Example() {
	s := store.NewMemory(store.MemoryOptions{}) // or redis.Open("redis://…", …)
	baskets, err := session.New[basket](s, session.Config{Flow: "shop"})
	if err != nil {
		fmt.Println(err)
		return
	}
	teas := &shop{baskets}
	r := exchange.NewRegistry()
	exchange.Handle(r, items, teas.add, exchange.Reload(teas.show))

	for _, request := range []struct{ token, data string }{
		{"tok-1", `{"item":"green tea"}`},
		{"tok-2", `{"item":"a cup"}`},
		{"tok-1", `{"item":"black tea"}`},
		{"tok-1", `{"item":"white tea"}`},
		{"unused", `{"item":"a spoon"}`},
	} {
		resp, err := r.ServeFlow(context.Background(), &exchange.Message{
			Action: exchange.ActionDataExchange, Screen: "ITEMS", Data: []byte(request.data), FlowToken: request.token,
		})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%v %q\n", resp.Data(), resp.ErrorMessage())
	}
	// Output:
	// {[green tea]} ""
	// {[a cup]} ""
	// {[green tea black tea]} ""
	// {[green tea black tea]} "Your basket is full."
	// flow token is no longer valid: Please ask for a new message.
}
