// Package flow is the Flow that all servers under test serve: one screen with a form
// as booking has it, and the answer to it. The peers in bench/peers have the same.
//
// # Concurrency
//
// All functions are safe for concurrent use.
package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/protocol"
)

type form struct {
	Service string `json:"service" validate:"required"`
	Day     string `json:"day"     validate:"required,datetime=2006-01-02"`
	Slot    string `json:"slot"    validate:"required"`
	Name    string `json:"name"    validate:"required,min=2,max=40"`
	Email   string `json:"email"   validate:"required,email"`
	Phone   string `json:"phone"   validate:"omitempty,e164"`
	Note    string `json:"note"    validate:"max=200"`
}

type confirmation struct {
	Summary string   `json:"summary"`
	Email   string   `json:"email"`
	Price   string   `json:"price"`
	Extras  []option `json:"extras"`
}

type option struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

var extras = []option{
	{"wash", "Wash and dry"},
	{"beard", "Beard trim"},
	{"colour", "Colour advice"},
	{"coffee", "Coffee, tea or water"},
}

var (
	details = exchange.NewScreen[exchange.NoData, form]("DETAILS")
	confirm = exchange.NewScreen[confirmation, exchange.NoData]("CONFIRM")
)

// Routes returns the handler, for one server.
func Routes() *exchange.Registry {
	r := exchange.NewRegistry(exchange.WithLanguage("en"))
	exchange.Handle(r, details, func(_ context.Context, req *exchange.Request[form]) (*exchange.Response, error) {
		return confirm.Show(answer(req.Data)), nil
	})
	return r
}

func answer(f form) confirmation {
	return confirmation{
		Summary: fmt.Sprintf("%s on %s at %s, for %s", f.Service, f.Day, f.Slot, f.Name),
		Email:   f.Email, Price: "35.00 EUR", Extras: extras,
	}
}

var filled = form{
	Service: "haircut", Day: "2027-01-04", Slot: "10:00", Name: "Ada Lovelace", Email: "ada.lovelace@example.com",
	Phone: "+31612345678", Note: "The same as last time, please, only a little shorter at the sides.",
}

// Submission returns what a user submits on the screen. n makes its flow token.
func Submission(n int) client.Message {
	return client.Message{
		Version: "3.0", Action: protocol.ActionDataExchange, Screen: details.ID(), Data: filled,
		FlowToken: fmt.Sprintf("bench.%012d.0f8b2c4e-1f0e-4c5b-9a57-3c9e9d1b7a11", n),
	}
}

// Right tells whether a reply is the answer to a [Submission], to the byte.
func Right(reply *client.Reply) bool {
	return reply.Screen == confirm.ID() && string(reply.Data) == right
}

var right = func() string {
	text, err := json.Marshal(answer(filled))
	if err != nil {
		panic(err) // plain strings always encode
	}
	return string(text)
}()
