package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/protocol"
)

// A flow with an upstream is answered by it, and needs nothing compiled in.
func TestGateway(t *testing.T) {
	t.Parallel()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var msg struct{ Flow, Action, Screen string }
		if err := json.NewDecoder(r.Body).Decode(&msg); err != nil || r.Header.Get("webhook-signature") == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if msg.Screen == "BROKEN" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"screen": "FROM_" + msg.Action, "data": map[string]string{"flow": msg.Flow}})
	}))
	t.Cleanup(backend.Close)
	r := setup{flowMore: "    upstream: {url: \"" + backend.URL + "/flow\", secret: shared-with-the-backend}\n"}.start(t)
	phone := r.phone("a")
	reply, err := phone.Init(t.Context(), "token")
	if err != nil || reply.Screen != "FROM_INIT" || string(reply.Data) != `{"flow":"greeting"}` {
		t.Errorf("%+v, %v", reply, err)
	}
	if status := send(t, phone, client.Message{Action: protocol.ActionDataExchange, Screen: "BROKEN"}); status != http.StatusBadGateway {
		t.Errorf("status %d, want 502", status)
	}
	backend.Close()
	if status := send(t, phone, initMessage()); status != http.StatusBadGateway {
		t.Errorf("status %d without the backend, want 502", status)
	}
	if reply, err := phone.Ping(t.Context()); err != nil || !reply.Active() {
		t.Errorf("health check without the backend: %+v, %v", reply, err)
	}
}

// replicas starts servers of one flow at one Redis, and counts what its handler does.
func replicas(t *testing.T, redisURL string, n int) (servers []*running, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	handler := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("NEXT", map[string]int32{"n": calls.Add(1)}), nil
	})
	for range n {
		servers = append(servers, setup{redisURL: redisURL, handler: exchange.Unrouted(handler)}.start(t))
	}
	return servers, calls
}

// deliver posts sealed bytes to a server, as a retry on the way does.
func (r *running) deliver(request *client.Request) *client.Reply {
	r.t.Helper()
	reply, err := r.phone("a").Do(r.t.Context(), request)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply
}

func sealInit(t *testing.T, r *running) *client.Request {
	t.Helper()
	plaintext, err := initMessage().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	request, err := r.phone("a").Seal(plaintext)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestNothingTwiceAcrossReplicas(t *testing.T) {
	t.Parallel()
	url, redis := storetest.StartRedis(t)
	servers, calls := replicas(t, url, 2)
	request := sealInit(t, servers[0])
	first := servers[0].deliver(request)
	for i, r := range []*running{servers[1], servers[0], servers[1]} {
		if again := r.deliver(request); !bytes.Equal(again.Body, first.Body) {
			t.Errorf("delivery %d got other bytes", i+2)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("the handler ran %d times", calls.Load())
	}
	servers[1].hasMetric(`flowserver_replays_total{flow="greeting"} 2`)

	// without Redis each process still knows what it did itself
	redis.Kill()
	if again := servers[0].deliver(request); !bytes.Equal(again.Body, first.Body) {
		t.Error("without Redis, the server that answered first gave other bytes")
	}
	other := sealInit(t, servers[0])
	if one, two := servers[0].deliver(other), servers[0].deliver(other); !bytes.Equal(one.Body, two.Body) || one.Status != http.StatusOK {
		t.Errorf("without Redis, status %d, and other bytes again", one.Status)
	}
	if calls.Load() != 2 {
		t.Errorf("the handler ran %d times, want 2", calls.Load())
	}
}
