package exchange_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

var raceDetector bool // which allocates, and empties pools at random

// TestAllocations keeps exchanges lean. What is counted is told at
// BenchmarkServeHTTP. Of the typed form's, validator takes 24 and encoding/json
// about 13; the lease of a stored exchange takes 11, and to send the whole answer before
// it is logged 3. A batch takes 3.
func TestAllocations(t *testing.T) { //nolint:paralleltest // other tests' allocations would count
	if raceDetector {
		t.Skip("under the race detector")
	}
	phone, endpoints := exchanges(t)
	for name, most := range map[string]float64{"untyped/known": 84, "typed/known": 126} {
		got := testing.AllocsPerRun(200, func() { phone.call(t, endpoints[name], http.StatusOK) })
		if got > most {
			t.Errorf("%s: %.0f allocations per exchange, want at most %.0f", name, got, most)
		}
	}
}

// TestKeptDataStays has handlers keep what they got: nothing of it may be in a buffer
// that a later request is read into.
func TestKeptDataStays(t *testing.T) {
	t.Parallel()
	private := vectortest.Key(t, "a")
	phone, err := client.New(client.Config{URL: "http://localhost/flows/visit", PublicKey: &private.PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	kept := map[string]*exchange.Message{}
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(_ context.Context, msg *exchange.Message) (*exchange.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			kept[msg.FlowToken] = msg
			return exchange.NewResponse("THANKS", msg.Data), nil
		}))
	})
	text := func(i int) string { return strings.Repeat(string(rune('a'+i)), 700) }
	const senders, each = 4, 5
	var wg sync.WaitGroup
	for sender := range senders {
		wg.Go(func() {
			for i := range each {
				number := sender*each + i
				plain, err := client.Message{
					Version: "3.0", Action: protocol.ActionDataExchange, Screen: "VISIT",
					Data: map[string]any{"note": text(number)}, FlowToken: strconv.Itoa(number),
				}.MarshalJSON()
				if err != nil {
					t.Error(err)
					return
				}
				sealed, err := phone.Seal(plain)
				if err != nil {
					t.Error(err)
					return
				}
				newCaller(sealed.Header, sealed.Body).call(t, e, http.StatusOK)
			}
		})
	}
	wg.Wait()
	for number := range senders * each {
		msg := kept[strconv.Itoa(number)]
		var data struct{ Note string }
		if msg == nil || json.Unmarshal(msg.Data, &data) != nil || data.Note != text(number) {
			t.Errorf("request %d: what its handler kept has changed: %+v", number, msg)
		}
	}
}
