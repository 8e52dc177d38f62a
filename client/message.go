package client

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/flowserver/flowserver/protocol"
)

// Message is what a phone sends, before it is sealed. Use [Client.SendClear] for clear
// text that a Message cannot express.
type Message struct {
	Version            string // data_api_version; empty is filled in from [Config.Version]
	Action             protocol.Action
	Screen             string // the screen that the user is on
	Data               any    // encodes to a JSON object; nil is {}
	FlowToken          string
	FlowTokenSignature string // JWT of Data API 4.0
}

// MarshalJSON encodes m as Meta's web client does: every message except a ping has screen
// and data, which may be "" and {}; other empty fields are omitted. [Client.Send] does not
// escape <, > and & in it, as [json.Marshal] does.
func (m Message) MarshalJSON() ([]byte, error) {
	wire := struct {
		Version            string          `json:"version,omitempty"`
		Action             protocol.Action `json:"action,omitempty"`
		Screen             *string         `json:"screen,omitempty"`
		Data               json.RawMessage `json:"data,omitempty"`
		FlowToken          string          `json:"flow_token,omitempty"`
		FlowTokenSignature string          `json:"flow_token_signature,omitempty"`
	}{Version: m.Version, Action: m.Action, FlowToken: m.FlowToken, FlowTokenSignature: m.FlowTokenSignature}
	if m.Action != protocol.ActionPing || m.Screen != "" {
		wire.Screen = &m.Screen
	}
	if m.Action != protocol.ActionPing || m.Data != nil {
		data, err := encodeJSON(m.Data)
		if err != nil {
			return nil, err
		}
		if string(data) == "null" {
			data = []byte("{}")
		}
		wire.Data = data
	}
	return encodeJSON(wire)
}

// encodeJSON is [json.Marshal] without its escapes for HTML.
func encodeJSON(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// Ping sends a health check, as Meta does. See [Reply.Active].
func (c *Client) Ping(ctx context.Context) (*Reply, error) {
	return c.Send(ctx, Message{Action: protocol.ActionPing})
}

// Init opens the Flow, as the user's tap on a message with flow_action "data_exchange"
// does.
func (c *Client) Init(ctx context.Context, token string) (*Reply, error) {
	return c.Send(ctx, Message{Action: protocol.ActionInit, FlowToken: token})
}

// Submit sends data, the payload of a data_exchange action on screen. Data must
// encode to a JSON object; nil is {}.
func (c *Client) Submit(ctx context.Context, token, screen string, data any) (*Reply, error) {
	return c.Send(ctx, Message{Action: protocol.ActionDataExchange, Screen: screen, Data: data, FlowToken: token})
}

// Back leaves screen by the back button, as on a screen with refresh_on_back.
func (c *Client) Back(ctx context.Context, token, screen string) (*Reply, error) {
	return c.Send(ctx, Message{Action: protocol.ActionBack, Screen: screen, FlowToken: token})
}

// ReportError reports that the endpoint's answer could not be used, as a phone does
// after "payload-schema-error", for example. Screen is where the answer arrived;
// it is empty if that was the answer to INIT. Key may be empty: Meta's web client
// sends it so for "response-decryption-error". See [Reply.Acknowledged].
func (c *Client) ReportError(ctx context.Context, token, screen, key, message string) (*Reply, error) {
	msg := Message{Action: protocol.ActionDataExchange, Screen: screen, FlowToken: token}
	if screen == "" {
		msg.Action = protocol.ActionInit
	}
	msg.Data = map[string]string{protocol.KeyError: key, protocol.KeyErrorMessage: message}
	return c.Send(ctx, msg)
}
