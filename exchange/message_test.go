package exchange_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

func TestDecodeMessage(t *testing.T) {
	t.Parallel()
	full := exchange.Message{
		Version: "3.0", Action: exchange.ActionDataExchange, Screen: "A",
		Data: json.RawMessage(`{"x":1}`), FlowToken: "t", FlowTokenSignature: "s",
	}
	bare := exchange.Message{Version: "3.0", Action: exchange.ActionInit, Data: json.RawMessage(`{}`)}
	version := func(v string) exchange.Message { m := bare; m.Version = v; return m }
	tests := []struct {
		name, plain string
		want        exchange.Message
	}{
		{"full", `{"version":"3.0","action":"data_exchange","screen":"A","data":{"x":1},"flow_token":"t","flow_token_signature":"s"}`, full},
		{"unknown keys", `{"version":"3.0","action":"data_exchange","screen":"A","data":{"x":1},"flow_token":"t","flow_token_signature":"s","more":[1]}`, full},
		{"white space around", " \n{\"version\":\"3.0\",\"action\":\"INIT\"}\t", bare},
		{"absent", `{"version":"3.0","action":"INIT"}`, bare},
		{"null", `{"version":"3.0","action":"INIT","screen":null,"data":null,"flow_token":null,"flow_token_signature":null}`, bare},
		{"empty strings", `{"version":"3.0","action":"INIT","screen":"","data":"","flow_token":"","flow_token_signature":""}`, bare},
		{"empty objects", `{"version":"3.0","action":"INIT","screen":{},"data":{}}`, bare},
		{"empty object with space", `{"version":"3.0","action":"INIT","screen":{ }}`, bare},
		{"version is a number", `{"version":300,"action":"INIT"}`, version("300")},
		{"version is a fraction", `{"version":3.0,"action":"INIT"}`, version("3.0")},
		{"version is absent", `{"action":"INIT"}`, version("")},
		{"version of the future", `{"version":"9.1-beta","action":"INIT"}`, version("9.1-beta")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := exchange.DecodeMessage([]byte(tt.plain))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeMessageRefuses(t *testing.T) {
	t.Parallel()
	for name, plain := range map[string]string{
		"nothing":                  ``,
		"array":                    `[1]`,
		"null":                     `null`,
		"string":                   `"x"`,
		"text":                     `xx`,
		"half an object":           `{"action":"INIT"`,
		"two objects":              `{"action":"INIT"}{}`,
		"not UTF-8":                "{\"action\":\"\xff\"}",
		"action is a number":       `{"action":5}`,
		"action is an object":      `{"action":{}}`,
		"screen is a number":       `{"action":"INIT","screen":5}`,
		"screen is an object":      `{"action":"INIT","screen":{"a":1}}`,
		"data is an array":         `{"action":"INIT","data":[]}`,
		"data is text":             `{"action":"INIT","data":"{}"}`,
		"data is a number":         `{"action":"INIT","data":0}`,
		"version is an object":     `{"action":"INIT","version":{}}`,
		"version is a boolean":     `{"action":"INIT","version":true}`,
		"token is a number":        `{"action":"INIT","flow_token":5}`,
		"signature is an array":    `{"action":"INIT","flow_token_signature":[]}`,
		"byte order mark":          "\ufeff{\"action\":\"INIT\"}",
		"JSON with a comment":      `{"action":"INIT"/**/}`,
		"single quotes":            `{'action':'INIT'}`,
		"a NUL at the end":         "{\"action\":\"INIT\"}\x00",
		"an object in an array":    `[{"action":"INIT"}]`,
		"nested too deep":          `{"action":"INIT","data":{"a":` + strings.Repeat("[", 128) + strings.Repeat("]", 128) + `}}`,
		"control character inside": "{\"action\":\"INIT\n\"}",
	} {
		if msg, err := exchange.DecodeMessage([]byte(plain)); !errors.Is(err, exchange.ErrMessage) || msg != nil {
			t.Errorf("%s: got %v, %v; want ErrMessage alone", name, msg, err)
		}
	}
}

func FuzzDecodeMessage(f *testing.F) {
	for _, c := range vectortest.Envelopes(f) {
		if c.Plaintext != "" {
			f.Add([]byte(c.Plaintext))
		}
	}
	f.Add([]byte(`{"version":300,"action":"INIT","screen":{},"data":"","flow_token":null}`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		msg, err := exchange.DecodeMessage(plain)
		if err != nil {
			if msg != nil || !errors.Is(err, exchange.ErrMessage) {
				t.Fatalf("got %v, %v; want ErrMessage alone", msg, err)
			}
			return
		}
		var data map[string]json.RawMessage
		if err := json.Unmarshal(msg.Data, &data); err != nil || data == nil {
			t.Fatalf("data %q is no object: %v", msg.Data, err)
		}
		again, err := json.Marshal(map[string]any{
			"version": msg.Version, "action": msg.Action, "screen": msg.Screen, "data": msg.Data,
			"flow_token": msg.FlowToken, "flow_token_signature": msg.FlowTokenSignature,
		})
		if err != nil {
			t.Fatal(err)
		}
		same, err := exchange.DecodeMessage(again)
		if err != nil {
			t.Fatalf("what was read is refused when written again: %v", err)
		}
		same.Data = msg.Data // json.Marshal compacts and escapes it
		if diff := cmp.Diff(msg, same); diff != "" {
			t.Fatalf("read again (-first +second):\n%s", diff)
		}
	})
}
