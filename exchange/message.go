package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// Action is what the client asks for, see [protocol.Action].
type Action = protocol.Action

// The actions of the protocol (Meta, "Implementing Endpoints for Flows", June
// 28, 2026). They are case-sensitive.
const (
	ActionInit         = protocol.ActionInit         // the user opened the Flow
	ActionBack         = protocol.ActionBack         // back was pressed on a screen with refresh_on_back
	ActionDataExchange = protocol.ActionDataExchange // a form, a selection, a link or a list item
	ActionPing         = protocol.ActionPing         // Meta's health check; never reaches a Handler
)

// Message is one decrypted request.
type Message struct {
	// Version is the Data API version, "3.0" or "4.0" today.
	Version string
	Action  Action
	// Screen is the screen that the user is on, or leaves with BACK; often empty on INIT.
	Screen string
	// Data is the payload, always a JSON object, "{}" if none came. The client omits
	// references of the Flow JSON that do not resolve, so any key may be missing.
	Data json.RawMessage
	// FlowToken is the sender's token; [protocol.TokenUnused] if the sender set none,
	// empty if the client omitted it.
	FlowToken string
	// FlowTokenSignature is a JWT that Data API 4.0 may add.
	FlowTokenSignature string
}

// ClientError is the report of a client that could not use an answer with status 200. It
// arrives some time after that answer, and clients ignore the answer to it.
type ClientError struct {
	// Key names the error, for example [protocol.ErrorPayloadSchema]. Clients are
	// known to send an empty one for a decryption failure.
	Key string
	// Message describes the error in prose.
	Message string
	// Action and Screen are those of the exchange that failed. Action is as the client
	// sent it, and may be one that no request has, such as "navigate".
	Action    Action
	Screen    string
	Version   string
	FlowToken string
}

var emptyObject = json.RawMessage("{}")

// wireMessage is a request before its fields are looked at.
type wireMessage struct {
	Version            json.RawMessage `json:"version"`
	Action             json.RawMessage `json:"action"`
	Screen             json.RawMessage `json:"screen"`
	Data               json.RawMessage `json:"data"`
	FlowToken          json.RawMessage `json:"flow_token"`
	FlowTokenSignature json.RawMessage `json:"flow_token_signature"`
}

// decodeMessage reads the clear text of an envelope. It is lenient where clients
// differ: absent, null, "" and {} mean the same for screen and data; version may
// be a number; unknown keys are ignored; flow_token may be missing. Everything
// else must have the protocol's type, or the error is [ErrMessage]. It does not
// check the action.
func decodeMessage(plain []byte) (*Message, error) {
	if !utf8.Valid(plain) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrMessage)
	}
	if !jsonobject.Is(plain) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrMessage)
	}
	if jsonobject.TooDeep(plain) {
		return nil, fmt.Errorf("%w: nested deeper than %d levels", ErrMessage, jsonobject.MaxDepth)
	}
	var wire wireMessage
	if err := json.Unmarshal(plain, &wire); err != nil {
		return nil, fmt.Errorf("%w: not JSON", ErrMessage)
	}
	msg := &Message{Data: emptyObject}
	if isEmptyObject(wire.Screen) {
		wire.Screen = nil
	}
	for _, field := range []struct {
		key  string
		raw  json.RawMessage
		into *string
	}{
		{protocol.KeyAction, wire.Action, (*string)(&msg.Action)},
		{protocol.KeyScreen, wire.Screen, &msg.Screen},
		{protocol.KeyFlowToken, wire.FlowToken, &msg.FlowToken},
		{protocol.KeyFlowTokenSignature, wire.FlowTokenSignature, &msg.FlowTokenSignature},
	} {
		if isNothing(field.raw) {
			continue
		}
		text, ok := jsonobject.String(field.raw)
		if !ok {
			return nil, fmt.Errorf("%w: %s is not a string", ErrMessage, field.key)
		}
		*field.into = text
	}
	var err error
	if msg.Version, err = decodeVersion(wire.Version); err != nil {
		return nil, err
	}
	if !isNothing(wire.Data) && string(wire.Data) != `""` {
		if !jsonobject.Is(wire.Data) {
			return nil, fmt.Errorf("%w: data is not an object", ErrMessage)
		}
		msg.Data = wire.Data
	}
	return msg, nil
}

// decodeVersion accepts a string or a number: error notifications are known to
// bring an internal form such as 300.
func decodeVersion(raw json.RawMessage) (string, error) {
	if isNothing(raw) {
		return "", nil
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw), nil // a JSON value that begins so is a number
	}
	version, ok := jsonobject.String(raw)
	if !ok {
		return "", fmt.Errorf("%w: version is neither a string nor a number", ErrMessage)
	}
	return version, nil
}

// clientError returns the error notification that m is, or nil. A notification has
// no action that sets it apart: its data has the key error (or error_key, as Meta's
// page had it until 2026) and a string error_message. The value of error may be
// empty, so its presence decides.
func (m *Message) clientError() *ClientError {
	if !bytes.Contains(m.Data, []byte(protocol.KeyErrorMessage)) {
		return nil // the common case, without decoding
	}
	data, err := jsonobject.Members(m.Data)
	if err != nil {
		return nil
	}
	_, hasNew := data[protocol.KeyError]
	_, hasOld := data[protocol.KeyErrorOld]
	if !hasNew && !hasOld {
		return nil
	}
	report := &ClientError{Action: m.Action, Screen: m.Screen, Version: m.Version, FlowToken: m.FlowToken}
	text, found, err := jsonobject.Text(data, protocol.KeyErrorMessage)
	if !found || err != nil {
		return nil
	}
	report.Message = text
	for _, key := range []string{protocol.KeyError, protocol.KeyErrorOld} {
		if report.Key == "" {
			report.Key, _, _ = jsonobject.Text(data, key) // a value that is not a string counts as empty
		}
	}
	return report
}

// isNothing reports whether a value is absent or null.
func isNothing(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func isEmptyObject(raw json.RawMessage) bool {
	return jsonobject.Is(raw) && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
}
