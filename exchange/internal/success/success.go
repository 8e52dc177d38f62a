// Package success decides what an answer with the screen SUCCESS comes to. It is the one
// judge of such answers, whether a Go handler or an upstream gives them.
//
// WhatsApp closes the Flow at SUCCESS, whatever the data, and sends a message to the chat
// only for data.extension_message_response.params. An answer in any other shape would lose
// what the user entered without an error anywhere.
package success

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// MaxParams is the most that params may have as JSON, in bytes. Meta documents no limit;
// params travel in a webhook, so they should be small.
const MaxParams = 100_000

// Shape is how an answer ends the Flow with a message.
const Shape = `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{…}}}}`

const (
	extensionPath = protocol.KeyData + "." + protocol.KeyExtension
	paramsPath    = extensionPath + "." + protocol.KeyParams
)

// Oddity is a kind of answer that is understood although it is not in [Shape].
type Oddity string

// The oddities.
const (
	Empty     Oddity = "success_empty"  // there are no params: the Flow closes without a message
	Misplaced Oddity = "success_params" // params are not in extension_message_response
	Plain     Oddity = "success_data"   // params are the data itself
	Unused    Oddity = "unused_keys"    // keys next to params are not sent
)

// Ending is what an answer comes to.
type Ending struct {
	// Params go to the chat; nil closes the Flow without a message.
	Params map[string]json.RawMessage
	// Oddity is empty if the answer is in [Shape].
	Oddity Oddity
	// Text describes the oddity and the remedy for a log. It has keys, and never values.
	Text string
}

// Judge returns what an answer with SUCCESS comes to. data is the answer's data, and params
// its top-level member of that name, nil if it has none. The error says why the answer
// cannot be sent, and the remedy.
func Judge(data map[string]json.RawMessage, params json.RawMessage) (Ending, error) {
	data = maps.Clone(data)
	if message, given := data[protocol.KeyErrorMessage]; given {
		if text, ok := jsonobject.String(message); !ok && string(message) != "null" || text != "" {
			return Ending{}, errErrorMessage
		}
		delete(data, protocol.KeyErrorMessage) // empty, so nothing is lost
	}
	extension, hasExtension := data[protocol.KeyExtension]
	inner, hasInner := data[protocol.KeyParams]
	switch {
	case hasExtension && (len(data) > 1 || params != nil):
		delete(data, protocol.KeyExtension)
		if params != nil {
			data[protocol.KeyParams] = params
		}
		return Ending{}, fmt.Errorf("SUCCESS has other keys next to %s, which no client reads: move them into %s: %s",
			extensionPath, paramsPath, jsonobject.KeyNames(data))
	case hasExtension:
		return ofExtension(extension)
	case params != nil && len(data) > 0:
		return Ending{}, fmt.Errorf("SUCCESS has params next to data with the keys %s: send all of it in %s", jsonobject.KeyNames(data), paramsPath)
	case params != nil:
		return withParams(params, protocol.KeyParams, Misplaced, "SUCCESS has params at the top level, and they were sent: the right shape is "+Shape)
	case hasInner && len(data) > 1:
		delete(data, protocol.KeyParams)
		return Ending{}, fmt.Errorf("SUCCESS has data.params next to the keys %s: send all of it in %s", jsonobject.KeyNames(data), paramsPath)
	case hasInner:
		return withParams(inner, protocol.KeyData+"."+protocol.KeyParams, Misplaced,
			"SUCCESS has params directly in data, and they were sent: the right shape is "+Shape)
	case len(data) == 0:
		return Ending{Oddity: Empty, Text: "SUCCESS without params closes the Flow and sends no message to the chat: " +
			"if that is intended, a Go handler answers with exchange.Close; to send a message, answer " + Shape}, nil
	default:
		return newEnding(data, Plain, fmt.Sprintf("SUCCESS has plain data, which was sent as params (keys: %s): the right shape is %s",
			jsonobject.KeyNames(data), Shape))
	}
}

var errErrorMessage = fmt.Errorf("SUCCESS has %s, but it ends the Flow and shows no screen: answer with the screen that should show the message",
	protocol.KeyErrorMessage)

// CheckMessage returns the error of an answer with SUCCESS and an error message; nil if
// message is empty.
func CheckMessage(message string) error {
	if message == "" {
		return nil
	}
	return errErrorMessage
}

// CheckParams returns an error for params that are too large to be sent, as JSON.
func CheckParams(params []byte) error {
	if len(params) <= MaxParams {
		return nil
	}
	return fmt.Errorf("params of SUCCESS have %d bytes, and the most is %d (100 kB): send an id, and keep the rest on your server", len(params), MaxParams)
}

func ofExtension(raw json.RawMessage) (Ending, error) {
	extension, err := object(raw, extensionPath)
	if err != nil {
		return Ending{}, err
	}
	params, given := extension[protocol.KeyParams]
	switch {
	case len(extension) == 0:
		return Judge(nil, nil)
	case !given:
		return Ending{}, fmt.Errorf("%s has no params, but the keys %s: move them into %s", extensionPath, jsonobject.KeyNames(extension), paramsPath)
	case len(extension) == 1:
		return withParams(params, paramsPath, "", "")
	}
	delete(extension, protocol.KeyParams)
	return withParams(params, paramsPath, Unused, fmt.Sprintf("keys next to params in %s go nowhere: move them into params: %s",
		extensionPath, jsonobject.KeyNames(extension)))
}

func withParams(raw json.RawMessage, path string, oddity Oddity, text string) (Ending, error) {
	params, err := object(raw, path)
	if err != nil {
		return Ending{}, err
	}
	return newEnding(params, oddity, text)
}

func newEnding(params map[string]json.RawMessage, oddity Oddity, text string) (Ending, error) {
	encoded, err := json.Marshal(params) // which escapes, so that its size is that of what is sent
	if err != nil {
		return Ending{}, err
	}
	return Ending{Params: params, Oddity: oddity, Text: text}, CheckParams(encoded)
}

// object returns the members of an object. An empty list is one, too: PHP writes an empty
// array so.
func object(raw json.RawMessage, path string) (map[string]json.RawMessage, error) {
	members, err := jsonobject.MembersOrEmptyList(raw)
	if err != nil {
		return nil, fmt.Errorf("%s is not a JSON object, but %s: send {} or an object with the values for the chat", path, jsonobject.Kind(raw))
	}
	return members, nil
}
