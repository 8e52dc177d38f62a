package exchange

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// Response is a handler's answer: a screen with its data, or the end of the
// Flow. Make one with [Screen.Show], [Screen.ShowError], [Complete], [Close], or
// without types with [NewResponse].
type Response struct {
	screen       string
	data         any
	errorMessage string
	end          ending
	note         string // for the log: why the screen is shown again
}

type ending int

const (
	goesOn    ending = iota
	completes        // SUCCESS with params: a message goes to the chat
	closes           // SUCCESS without: none does
)

// NewResponse shows the screen of that id. data must marshal to a JSON object;
// nil counts as an empty one. It cannot end the Flow: see [Complete] and [Close].
func NewResponse(screen string, data any) *Response {
	return &Response{screen: screen, data: data}
}

// Complete ends the Flow. params, which must marshal to a JSON object (nil counts
// as an empty one), come back to the business in the nfm_reply webhook; the flow
// token is added to them when the answer is sent. Keep them small.
func Complete(params any) *Response {
	return &Response{screen: protocol.ScreenSuccess, data: params, end: completes}
}

// Close ends the Flow without a message in the chat. Meta documents only that
// the endpoint controls whether a message is sent; that an answer without params
// sends none was observed in the web client.
func Close() *Response {
	return &Response{screen: protocol.ScreenSuccess, end: closes}
}

// WithError returns a copy of r that also shows message at the bottom of the
// screen (error_message).
func (r *Response) WithError(message string) *Response {
	c := *r
	c.errorMessage = message
	return &c
}

// Screen returns the id of the screen to show, SUCCESS if the Flow ends.
func (r *Response) Screen() string { return r.screen }

// Data returns the screen's data, or the params of [Complete], as the handler
// gave them.
func (r *Response) Data() any { return r.data }

// ErrorMessage returns the message to show at the bottom of the screen, if any.
func (r *Response) ErrorMessage() string { return r.errorMessage }

// encode checks an answer and writes it as JSON: data must be an object, nothing
// in it may be null (the screens' data model has no such type), and SUCCESS is
// reserved. Errors are [ErrAnswer].
func (r *Response) encode(flowToken string) ([]byte, error) {
	switch {
	case r == nil:
		return nil, fmt.Errorf("%w: the handler returned neither a response nor an error", ErrAnswer)
	case r.screen == "":
		return nil, fmt.Errorf("%w: it names no screen", ErrAnswer)
	case r.end == goesOn && r.screen == protocol.ScreenSuccess:
		return nil, fmt.Errorf("%w: SUCCESS ends the Flow: answer with Complete or Close", ErrAnswer)
	}
	answer, err := r.marshal(flowToken)
	if err != nil {
		return nil, fmt.Errorf("%w: data of screen %s: %w", ErrAnswer, r.screen, err)
	}
	return answer, nil
}

func (r *Response) marshal(flowToken string) ([]byte, error) {
	data, err := marshalObject(r.data)
	if err != nil {
		return nil, err
	}
	switch {
	case r.end == completes:
		params, err := addText(data, protocol.KeyFlowToken, flowToken)
		if err != nil {
			return nil, err
		}
		data, err = json.Marshal(map[string]any{protocol.KeyExtension: map[string]any{protocol.KeyParams: params}})
		if err != nil {
			return nil, err
		}
	case r.errorMessage != "":
		if data, err = addText(data, protocol.KeyErrorMessage, r.errorMessage); err != nil {
			return nil, err
		}
	}
	return json.Marshal(struct {
		Screen string          `json:"screen"`
		Data   json.RawMessage `json:"data"`
	}{r.screen, data})
}

var errNotObject = errors.New("it is not a JSON object: give a struct or a map")

// marshalObject writes v as a JSON object that holds no null.
func marshalObject(v any) (json.RawMessage, error) {
	if v == nil {
		return emptyObject, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if !jsonobject.Is(data) {
		return nil, errNotObject
	}
	if path, found := jsonobject.FindNull(data, ""); found {
		return nil, fmt.Errorf("%s is null, which no client accepts: leave the key out (omitempty), or give an empty list or map", path)
	}
	return data, nil
}

// addText sets a key of a JSON object to a string.
func addText(object json.RawMessage, key, value string) (json.RawMessage, error) {
	members, err := jsonobject.Members(object)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	members[key] = text
	return json.Marshal(members)
}
