package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// screenSuccess is the reserved screen that ends a Flow.
const screenSuccess = "SUCCESS"

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
	return &Response{screen: screenSuccess, data: params, end: completes}
}

// Close ends the Flow without a message in the chat. Meta documents only that
// the endpoint controls whether a message is sent; that an answer without params
// sends none was observed in the web client.
func Close() *Response {
	return &Response{screen: screenSuccess, end: closes}
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
	case r.end == goesOn && r.screen == screenSuccess:
		return nil, fmt.Errorf("%w: SUCCESS ends the Flow: answer with Complete or Close", ErrAnswer)
	}
	data, err := marshalObject(r.data)
	if err != nil {
		return nil, fmt.Errorf("%w: data of screen %s: %w", ErrAnswer, r.screen, err)
	}
	switch {
	case r.end == completes:
		data, err = addKey(data, "flow_token", flowToken)
		data = slices.Concat([]byte(`{"extension_message_response":{"params":`), data, []byte(`}}`))
	case r.errorMessage != "":
		data, err = addKey(data, "error_message", r.errorMessage)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: data of screen %s: %w", ErrAnswer, r.screen, err)
	}
	answer := make([]byte, 0, len(data)+len(r.screen)+len(`{"screen":"","data":}`))
	answer = appendQuoted(append(answer, `{"screen":`...), r.screen)
	answer = append(answer, `,"data":`...)
	answer = append(answer, data...)
	return append(answer, '}'), nil
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
	if !isObject(data) {
		return nil, errNotObject
	}
	if hasNull(data) {
		return nil, fmt.Errorf("%s is null, which no client takes: leave the key out (omitempty), or give an empty list or map", nullPath(data))
	}
	return data, nil
}

// addKey sets a key of a JSON object.
func addKey(object json.RawMessage, key, value string) (json.RawMessage, error) {
	all, err := decodeObject(object)
	if err != nil {
		return nil, err
	}
	all[key] = appendQuoted(nil, value)
	return json.Marshal(all)
}

// hasNull looks for null in valid JSON: outside of strings nothing else begins
// with an n.
func hasNull(data []byte) bool {
	if !bytes.Contains(data, []byte("null")) {
		return false
	}
	inString := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && c == 'n':
			return true
		}
	}
	return false
}

// nullPath names the first null, as in "slots[2].title".
func nullPath(data []byte) string {
	var value any
	if json.Unmarshal(data, &value) != nil {
		return "something"
	}
	path, _ := findNull(value, "")
	return strings.TrimPrefix(path, ".")
}

func findNull(value any, at string) (path string, found bool) {
	switch v := value.(type) {
	case nil:
		return at, true
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if path, found := findNull(v[key], at+"."+key); found {
				return path, true
			}
		}
	case []any:
		for i, child := range v {
			if path, found := findNull(child, at+"["+strconv.Itoa(i)+"]"); found {
				return path, true
			}
		}
	}
	return "", false
}

// appendQuoted writes a JSON string. An identifier, as nearly all are, stands as it
// is; marshalling a Go string never fails.
func appendQuoted(dst []byte, s string) []byte {
	if screenID.MatchString(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	text, _ := json.Marshal(s)
	return append(dst, text...)
}
