package client_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// The wire forms are those of Meta, "Implementing Endpoints for Flows", June 28,
// 2026, with the empty screen and data of Meta's web client.
func TestMessagesOnTheWire(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		send func(context.Context, *client.Client) (*client.Reply, error)
		want string
	}{
		"ping": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) { return c.Ping(ctx) },
			`{"version":"3.0","action":"ping"}`,
		},
		"init": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) { return c.Init(ctx, "tok-1") },
			`{"version":"3.0","action":"INIT","screen":"","data":{},"flow_token":"tok-1"}`,
		},
		"back": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.Back(ctx, "tok-1", "DETAILS")
			},
			`{"version":"3.0","action":"BACK","screen":"DETAILS","data":{},"flow_token":"tok-1"}`,
		},
		"submit": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.Submit(ctx, "tok-1", "DETAILS", map[string]any{"note": `a/b "q" <x>&`, "n": 2})
			},
			`{"version":"3.0","action":"data_exchange","screen":"DETAILS","data":{"n":2,"note":"a/b \"q\" <x>&"},"flow_token":"tok-1"}`,
		},
		"submit nothing": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.Submit(ctx, "tok-1", "DETAILS", nil)
			},
			`{"version":"3.0","action":"data_exchange","screen":"DETAILS","data":{},"flow_token":"tok-1"}`,
		},
		"error notification": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.ReportError(ctx, "tok-1", "A", "invalid-screen-transition", "x")
			},
			`{"version":"3.0","action":"data_exchange","screen":"A","data":{"error":"invalid-screen-transition","error_message":"x"},"flow_token":"tok-1"}`,
		},
		"error notification after INIT, empty key": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.ReportError(ctx, "tok-1", "", "", "could not decrypt")
			},
			`{"version":"3.0","action":"INIT","screen":"","data":{"error":"","error_message":"could not decrypt"},"flow_token":"tok-1"}`,
		},
		"own version and signed token": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.Send(ctx, client.Message{Version: "4.0", Action: protocol.ActionInit, FlowToken: "tok-1", FlowTokenSignature: "a.b.c"})
			},
			`{"version":"4.0","action":"INIT","screen":"","data":{},"flow_token":"tok-1","flow_token_signature":"a.b.c"}`,
		},
		"clear text as given": {
			func(ctx context.Context, c *client.Client) (*client.Reply, error) {
				return c.SendClear(ctx, []byte(`{"action":"INIT", "version": 300 }`))
			},
			`{"action":"INIT", "version": 300 }`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := honest(t, 200, "")
			var got string
			e.answer = func(plaintext []byte) (int, string) {
				got = string(plaintext)
				return 200, `{"data":{}}`
			}
			if _, err := test.send(t.Context(), dial(t, e, client.Config{})); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("clear text differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfiguredVersion(t *testing.T) {
	t.Parallel()
	e := honest(t, 200, "")
	e.answer = func(plaintext []byte) (int, string) { return 200, `{"data":` + string(plaintext) + `}` }
	reply, err := dial(t, e, client.Config{Version: "4.0"}).Ping(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(reply.Data), `{"version":"4.0","action":"ping"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNilMapIsAnObject(t *testing.T) {
	t.Parallel()
	var none map[string]any
	got, err := json.Marshal(client.Message{Version: "3.0", Action: protocol.ActionBack, Data: none})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"version":"3.0","action":"BACK","screen":"","data":{}}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnencodableData(t *testing.T) {
	t.Parallel()
	reply, err := dial(t, honest(t, 200, ""), client.Config{}).Submit(t.Context(), "t", "A", make(chan int))
	if reply != nil || err == nil {
		t.Errorf("got %v, %v, want an error and no reply", reply, err)
	}
}
