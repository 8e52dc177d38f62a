package exchange

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/exchange/internal/success"
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

// NewResponse shows the screen with this id. data must marshal to a JSON object; nil
// counts as an empty one, and so does a nil slice or map within it: it is sent as [] or
// {}. To end a Flow, use [Complete] or [Close]. If id is SUCCESS, data has the form of the
// protocol, as from an upstream: params are in data.extension_message_response.params;
// other shapes are a [Warning] or an [ErrAnswer].
func NewResponse(screen string, data any) *Response {
	return &Response{screen: screen, data: data}
}

// Complete ends the Flow. params, which must marshal to a JSON object (nil counts
// as an empty one), come back to the business in the nfm_reply webhook; the flow
// token is added to them when the answer is sent. At most 100 kB; keep them small.
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

// Data returns the screen's data, or the params of [Complete], unchanged.
func (r *Response) Data() any { return r.data }

// ErrorMessage returns the message to show at the bottom of the screen, if any.
func (r *Response) ErrorMessage() string { return r.errorMessage }

// encoded is an answer as JSON.
type encoded struct {
	json []byte
	ends bool // the Flow: the screen is SUCCESS
	// warning and text describe a mistake that does not keep the answer from being sent;
	// both are empty if there is none.
	warning Warning
	text    string
}

// encode checks an answer and writes it as JSON. Errors are [ErrAnswer].
func (r *Response) encode(flowToken string) (encoded, error) {
	switch {
	case r == nil:
		return encoded{}, fmt.Errorf("%w: the handler returned neither a response nor an error", ErrAnswer)
	case r.screen == "":
		return encoded{}, fmt.Errorf("%w: it names no screen", ErrAnswer)
	}
	answer, err := r.marshal(flowToken)
	if err != nil {
		return encoded{}, fmt.Errorf("%w: data of screen %s: %w", ErrAnswer, r.screen, err)
	}
	return answer, nil
}

func (r *Response) marshal(flowToken string) (answer encoded, err error) {
	data, err := r.marshalData()
	if err != nil {
		return encoded{}, err
	}
	switch {
	case r.screen == protocol.ScreenSuccess:
		if data, err = r.end.encode(data, flowToken, r.errorMessage, &answer); err != nil {
			return encoded{}, err
		}
	case r.errorMessage != "":
		if data, err = addText(data, protocol.KeyErrorMessage, r.errorMessage); err != nil {
			return encoded{}, err
		}
	}
	answer.ends = r.screen == protocol.ScreenSuccess
	answer.json, err = json.Marshal(struct {
		Screen string          `json:"screen"`
		Data   json.RawMessage `json:"data"`
	}{r.screen, data})
	return answer, err
}

// encode returns the data of an answer with SUCCESS, and puts the warning into answer.
func (end ending) encode(data json.RawMessage, flowToken, errorMessage string, answer *encoded) (json.RawMessage, error) {
	if err := success.CheckMessage(errorMessage); err != nil {
		return nil, err
	}
	if end == goesOn { // by NewResponse
		members, err := jsonobject.Members(data)
		if err != nil {
			return nil, err
		}
		judged, err := success.Judge(members, nil)
		if err != nil {
			return nil, err
		}
		answer.warning, answer.text = Warning(judged.Oddity), judged.Text
		if end = closes; judged.Params != nil {
			end = completes
			if data, err = json.Marshal(judged.Params); err != nil {
				return nil, err
			}
		}
	}
	if end == closes {
		return emptyObject, nil
	}
	if err := success.CheckParams(data); err != nil {
		return nil, err
	}
	params, err := addText(data, protocol.KeyFlowToken, flowToken)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{protocol.KeyExtension: map[string]any{protocol.KeyParams: params}})
}

var errNotObject = errors.New("it is not a JSON object: give a struct or a map")

// marshalData writes the data, or the params of [Complete], as a JSON object.
func (r *Response) marshalData() (json.RawMessage, error) {
	if r.data == nil {
		return emptyObject, nil
	}
	data, err := encodeData(r.data)
	switch {
	case err != nil:
		return nil, err
	case jsonobject.Is(data):
		return data, nil
	case r.screen == protocol.ScreenSuccess && r.end == goesOn && jsonobject.IsEmptyList(data):
		return emptyObject, nil // as PHP writes an empty object, which middleware may pass on
	}
	return nil, errNotObject
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
