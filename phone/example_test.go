package phone_test

import (
	"context"
	"fmt"
	"log"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
)

// hello is an endpoint without network: it answers with the name that it gets.
type hello struct{}

func (hello) Send(_ context.Context, m client.Message, _ ...client.Fault) (*client.Reply, error) {
	if data, ok := m.Data.(map[string]any); ok {
		return client.ReadClear(200, fmt.Appendf(nil, `{"screen": "HELLO", "data": {"text": "Hello %s"}}`, data["name"]))
	}
	return client.ReadClear(200, []byte(`{"screen": "NAME", "data": {}}`))
}

const helloFlow = `{
	"version": "7.3", "data_api_version": "3.0", "routing_model": {"NAME": ["HELLO"], "HELLO": []},
	"screens": [
		{"id": "NAME", "title": "Name", "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "TextInput", "name": "name", "label": "Your name", "required": true},
			{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {"name": "${form.name}"}}}]}},
		{"id": "HELLO", "title": "Hello", "terminal": true, "data": {"text": {"type": "string", "__example__": "Hello Ada"}},
			"layout": {"type": "SingleColumnLayout", "children": [
				{"type": "TextBody", "text": "${data.text}"},
				{"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`

func Example() {
	flow, err := flowjson.Read([]byte(helloFlow))
	if err != nil {
		log.Fatal(err)
	}
	p, err := phone.New(phone.Config{Flow: flow, Endpoint: hello{}}) // or a *client.Client
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := p.Open(ctx, phone.Message{Token: "token-1"}); err != nil {
		log.Fatal(err)
	}
	footer := p.View().Footer
	fmt.Println(p.View().Screen, footer.Enabled, footer.Why)

	tap := phone.Event{Type: phone.EventTap, At: footer.At}
	fmt.Println(p.Do(ctx, tap))

	if err := p.Do(ctx, phone.Event{Type: phone.EventInput, Field: "name", Value: "Ada"}); err != nil {
		log.Fatal(err)
	}
	if err := p.Do(ctx, tap); err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.View().Screen, p.View().Parts[0].Text.Blocks[0].Runs[0].Text)
	// Output:
	// NAME false [name: Fill in this field]
	// phone: tap is not possible: the footer is disabled: name: Fill in this field
	// HELLO Hello Ada
}
