package flowcheck_test

import (
	"context"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/flowcheck"
)

const askJSON = `{"version": "7.3", "data_api_version": "3.0", "routing_model": {"ASK": []}, "screens": [{
  "id": "ASK", "title": "Ask", "terminal": true, "data": {},
  "layout": {"type": "SingleColumnLayout", "children": [
    {"type": "TextInput", "name": "email", "label": "Email", "required": true},
    {"type": "Footer", "label": "Send", "on-click-action": {"name": "data_exchange", "payload": {"email": "${form.email}"}}}
  ]}}]}`

// The form expects a name, and the Flow JSON sends an email. exchangetest.CheckFlow
// does the same in a test.
func ExampleCheck() {
	type askForm struct {
		Name string `json:"name" validate:"required"`
	}
	ask := exchange.NewScreen[exchange.NoData, askForm]("ASK")
	r := exchange.NewRegistry(exchange.WithFlow([]byte(askJSON)))
	exchange.Handle(r, ask, func(context.Context, *exchange.Request[askForm]) (*exchange.Response, error) {
		return exchange.Close(), nil
	})
	for _, problem := range flowcheck.Check(r.FlowJSON(), r.Routes()) {
		fmt.Println(problem)
	}
	// Output:
	// line 5, screen ASK: flowcheck_test.askForm requires "name", but this action does not send it: its input would be rejected each time: add it to the payload, or remove the validate tag
	// line 5, screen ASK: it sends "email", and flowcheck_test.askForm has no field for it: add the field, or send less
}
