package upstream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/upstream"
)

func Example() {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

	// the other program, here in Go as well
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		webhook, err := standardwebhooks.NewWebhook(secret)
		if err != nil || webhook.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var msg struct{ Action, Screen string }
		if err := json.Unmarshal(body, &msg); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		switch msg.Action + " " + msg.Screen {
		case "INIT ":
			_, _ = io.WriteString(w, `{"screen":"DAY","data":{"days":["mon","tue"]}}`)
		case "data_exchange DAY":
			_, _ = io.WriteString(w, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"booked":true}}}}`)
		}
	}))
	defer backend.Close()

	up, err := upstream.New(upstream.Config{Flow: "booking", URL: backend.URL, Secret: []byte(secret)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, msg := range []*exchange.Message{
		{Action: exchange.ActionInit},
		{Action: exchange.ActionDataExchange, Screen: "DAY"},
		{Action: exchange.ActionBack, Screen: "DAY"},
	} {
		resp, err := up.ServeFlow(context.Background(), msg)
		if err != nil {
			fmt.Println(err)
			continue
		}
		data, err := json.Marshal(resp.Data())
		fmt.Printf("%s %s %v\n", resp.Screen(), data, err)
	}
	// Output:
	// DAY {"days":["mon","tue"]} <nil>
	// SUCCESS {"booked":true} <nil>
	// upstream failed: its answer of status 200 is unusable: it is empty
}
