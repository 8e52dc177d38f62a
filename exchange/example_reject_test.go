package exchange_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
)

// errSoldOut is an error of the program's own business.
var errSoldOut = errors.New("sold out")

// reserve is deep down in the program and knows nothing of screens.
func reserve(seat string) error {
	if seat == "1A" {
		return errSoldOut
	}
	return nil
}

// Reject keeps the user on the screen. Its data comes from Reload, because an answer
// with the same screen must satisfy that screen's data model again.
func ExampleReject() {
	type seatData struct {
		Seats []string `json:"seats"`
	}
	type seatForm struct {
		Seat string `json:"seat" validate:"required"`
	}
	seat := exchange.NewScreen[seatData, seatForm]("SEAT")
	r := exchange.NewRegistry()
	exchange.Handle(r, seat, func(_ context.Context, req *exchange.Request[seatForm]) (*exchange.Response, error) {
		err := reserve(req.Data.Seat)
		if errors.Is(err, errSoldOut) {
			return nil, exchange.Reject("That seat has just been taken.")
		}
		if err != nil {
			return nil, err // status 500; the log has the reason, the phone does not
		}
		return exchange.Complete(map[string]string{"seat": req.Data.Seat}), nil
	}, exchange.Reload(func(context.Context, *exchange.Request[seatForm]) (seatData, error) {
		return seatData{Seats: []string{"1B", "1C"}}, nil
	}))

	resp, err := r.ServeFlow(context.Background(), &exchange.Message{
		Action: exchange.ActionDataExchange, Screen: "SEAT", Data: []byte(`{"seat":"1A"}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Screen(), resp.Data(), resp.ErrorMessage())
	// Output: SEAT {[1B 1C]} That seat has just been taken.
}
