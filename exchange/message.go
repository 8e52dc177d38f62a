package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Action is what the client wants, in the protocol's own words.
type Action string

// The actions of the protocol (Meta, "Implementing Endpoints for Flows", June
// 28, 2026). They are case-sensitive.
const (
	ActionInit         Action = "INIT"          // the user opened the Flow
	ActionBack         Action = "BACK"          // back was pressed on a screen with refresh_on_back
	ActionDataExchange Action = "data_exchange" // a form, a selection, a link or a list item
	ActionPing         Action = "ping"          // Meta's health check; never reaches a Handler
)

func (a Action) known() bool {
	switch a {
	case ActionInit, ActionBack, ActionDataExchange, ActionPing:
		return true
	default:
		return false
	}
}

// Message is one decrypted request.
type Message struct {
	// Version is the Data API version, "3.0" or "4.0" today.
	Version string
	Action  Action
	// Screen is where the client is: on BACK the screen that is being left; often
	// empty on INIT.
	Screen string
	// Data is the payload, always a JSON object, "{}" if none came. References of
	// the Flow JSON that do not resolve drop out of it: any key may be missing.
	Data json.RawMessage
	// FlowToken is the sender's token; "unused" if the sender gave none, empty if
	// the client left it out.
	FlowToken string
	// FlowTokenSignature is a JWT that Data API 4.0 may add.
	FlowTokenSignature string
}

// ClientError is what a client reports after it got an answer with status 200
// that it could not use. It arrives some time later; nobody reads the answer.
type ClientError struct {
	// Key names the error: payload-schema-error, invalid-screen-transition,
	// components-validation-error, response-decryption-error, public-key-missing,
	// public-key-signature-verification … Empty is known to stand for a
	// decryption failure.
	Key string
	// Message says in prose what the client did not like.
	Message string
	// Action and Screen are those of the exchange that failed. Action is as it
	// came and may be one, as "navigate", that no request has.
	Action    Action
	Screen    string
	Version   string
	FlowToken string
}

var emptyObject = json.RawMessage("{}")

// DecodeMessage reads the clear text of an envelope. It is lenient where clients
// differ: absent, null, "" and {} mean the same for screen and data; version may
// be a number; unknown keys are ignored; flow_token may be missing. Everything
// else must have the protocol's type, or the error is [ErrMessage]. The action
// is not checked here.
func DecodeMessage(plain []byte) (*Message, error) {
	return decodeMessage(bytes.Clone(plain))
}

// decodeMessage is [DecodeMessage] of a text that belongs to the message from now
// on: Data may be a part of it.
func decodeMessage(plain []byte) (*Message, error) {
	if !utf8.Valid(plain) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrMessage)
	}
	if !isObject(plain) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrMessage)
	}
	wire, usual := scanMessage(plain)
	if !usual {
		var err error
		if wire, err = unmarshalMessage(plain); err != nil {
			return nil, fmt.Errorf("%w: not JSON", ErrMessage)
		}
	}
	msg := &Message{Data: emptyObject}
	for _, field := range []struct {
		name  string
		raw   json.RawMessage
		into  *string
		empty string // a further spelling of "nothing"
	}{
		{"action", wire.Action, (*string)(&msg.Action), ""},
		{"screen", wire.Screen, &msg.Screen, "{}"},
		{"flow_token", wire.FlowToken, &msg.FlowToken, ""},
		{"flow_token_signature", wire.FlowTokenSignature, &msg.FlowTokenSignature, ""},
	} {
		if isNothing(field.raw) || isEmptyObject(field.raw) && field.empty == "{}" {
			continue
		}
		text, ok := decodeString(field.raw)
		if !ok {
			return nil, fmt.Errorf("%w: %s is not a string", ErrMessage, field.name)
		}
		*field.into = text
	}
	var err error
	if msg.Version, err = decodeVersion(wire.Version); err != nil {
		return nil, err
	}
	if !isNothing(wire.Data) && string(wire.Data) != `""` {
		if !isObject(wire.Data) {
			return nil, fmt.Errorf("%w: data is not an object", ErrMessage)
		}
		msg.Data = wire.Data
	}
	return msg, nil
}

// decodeVersion takes a string or a number: error notifications are known to
// bring an internal form such as 300.
func decodeVersion(raw json.RawMessage) (string, error) {
	if isNothing(raw) {
		return "", nil
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw), nil // a JSON value that begins so is a number
	}
	version, ok := decodeString(raw)
	if !ok {
		return "", fmt.Errorf("%w: version is neither a string nor a number", ErrMessage)
	}
	return version, nil
}

// decodeString reads a JSON string that is known to be sound, if it is one.
func decodeString(raw json.RawMessage) (text string, ok bool) {
	if raw[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	}
	raw = raw[1 : len(raw)-1] // the common case, as it stands
	if text, ok := usualTexts[string(raw)]; ok {
		return text, true
	}
	return string(raw), true
}

// usualTexts are those of nearly every request, which need no copy of their own.
var usualTexts = map[string]string{
	"3.0": "3.0", "4.0": "4.0", "unused": "unused",
	string(ActionInit): string(ActionInit), string(ActionBack): string(ActionBack),
	string(ActionDataExchange): string(ActionDataExchange), string(ActionPing): string(ActionPing),
}

// clientError recognises an error notification, which has no action of its own:
// its data has the key error (or error_key, as Meta's page had it until 2026)
// and a string error_message. The value of error may be empty, so its presence
// decides. It is nil if the message is none.
func (m *Message) clientError() *ClientError {
	if !bytes.Contains(m.Data, []byte("error_message")) {
		return nil // the common case, without decoding
	}
	data, err := decodeObject(m.Data)
	if err != nil {
		return nil
	}
	newKey, hasNew := data["error"]
	oldKey, hasOld := data["error_key"]
	if !hasNew && !hasOld {
		return nil
	}
	report := &ClientError{Action: m.Action, Screen: m.Screen, Version: m.Version, FlowToken: m.FlowToken}
	text, present := data["error_message"]
	if !present {
		return nil
	}
	var isText bool
	if report.Message, isText = decodeString(text); !isText {
		return nil
	}
	for _, key := range []json.RawMessage{newKey, oldKey} {
		if report.Key == "" && key != nil {
			report.Key, _ = decodeString(key) // one that is no string counts as empty
		}
	}
	return report
}

// decodeObject reads the top level of a JSON object.
func decodeObject(raw json.RawMessage) (object map[string]json.RawMessage, err error) {
	err = json.Unmarshal(raw, &object)
	return object, err
}

// isNothing tells whether a value is absent or null.
func isNothing(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func isEmptyObject(raw json.RawMessage) bool {
	return isObject(raw) && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
}

// isObject tells an object from the other JSON values by its first character.
func isObject(raw []byte) bool {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	return len(raw) > 1 && raw[0] == '{'
}
