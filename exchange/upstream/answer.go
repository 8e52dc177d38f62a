package upstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// answer is what the upstream answered, not yet judged.
type answer struct {
	status      int
	contentType string
	body        []byte
	tooLarge    bool // body is nil then
}

// response judges an answer.
func (a *answer) response() (*exchange.Response, error) {
	if a.status != http.StatusOK && a.status != protocol.StatusTokenExpired {
		return nil, a.refusal()
	}
	if a.tooLarge {
		return nil, fmt.Errorf("%w: its answer is over the limit", exchange.ErrUpstream)
	}
	resp, err := a.decode()
	if _, expired := errors.AsType[*exchange.TokenError](err); expired {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: its answer of status %d is unusable: %w", exchange.ErrUpstream, a.status, err)
	}
	return resp, nil
}

// refusal is the error for a status that is no answer.
func (a *answer) refusal() error {
	switch {
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		return fmt.Errorf("%w: status %d: does it have the same secret, and the right time?", exchange.ErrUpstream, a.status)
	case a.status >= http.StatusMultipleChoices && a.status < http.StatusBadRequest:
		return fmt.Errorf("%w: status %d: redirects are not followed", exchange.ErrUpstream, a.status)
	default:
		return fmt.Errorf("%w: status %d, where 200 or 427 is an answer", exchange.ErrUpstream, a.status)
	}
}

// decode reads the body of a 200 or 427. No error quotes it.
func (a *answer) decode() (*exchange.Response, error) {
	body := bytes.TrimSpace(a.body)
	if len(body) == 0 {
		if a.status == protocol.StatusTokenExpired {
			return nil, exchange.ExpireToken("")
		}
		return nil, errors.New("it is empty")
	}
	if !utf8.Valid(body) {
		return nil, errors.New("it is not UTF-8")
	}
	if jsonobject.TooDeep(body) {
		return nil, fmt.Errorf("it is nested deeper than %d levels", jsonobject.MaxDepth)
	}
	if !json.Valid(body) {
		return nil, fmt.Errorf("it is not JSON%s", a.mediaType())
	}
	if _, found := jsonobject.FindNull(body, ""); found {
		return nil, errors.New("it is, or holds, null, which no client accepts: leave the key out, or give an empty list or object")
	}
	top, err := jsonobject.Members(body)
	if err != nil {
		return nil, errors.New("it is not a JSON object")
	}
	if a.status == protocol.StatusTokenExpired {
		message, _, err := jsonobject.Text(top, protocol.KeyErrorMsg)
		if err != nil {
			return nil, err
		}
		return nil, exchange.ExpireToken(message)
	}
	return screen(top)
}

// mediaType helps to recognise, say, an HTML page. It names only types that are
// registered as such, as the header is the upstream's.
func (a *answer) mediaType() string {
	switch mediaType, _, _ := mime.ParseMediaType(a.contentType); mediaType {
	case "text/html", "text/plain", "text/xml", "application/xml", "application/octet-stream", "application/x-www-form-urlencoded":
		return ", but " + mediaType
	default:
		return ""
	}
}

// screen makes a response of {"screen": …, "data": …}.
func screen(top map[string]json.RawMessage) (*exchange.Response, error) {
	id, _, err := jsonobject.Text(top, protocol.KeyScreen)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, errors.New("it names no screen")
	}
	data := map[string]json.RawMessage{}
	if raw, given := top[protocol.KeyData]; given {
		if data, err = jsonobject.Members(raw); err != nil {
			return nil, errors.New("data is not a JSON object")
		}
	}
	if id == protocol.ScreenSuccess {
		return ending(data)
	}
	message, hasMessage, err := jsonobject.Text(data, protocol.KeyErrorMessage)
	if err != nil {
		return nil, fmt.Errorf("in data, %w", err)
	}
	if !hasMessage {
		return exchange.NewResponse(id, data), nil
	}
	delete(data, protocol.KeyErrorMessage) // the response adds it again
	return exchange.NewResponse(id, data).WithError(message), nil
}

// ending ends the Flow, with a message in the chat if there are params for it.
func ending(data map[string]json.RawMessage) (*exchange.Response, error) {
	raw, given := data[protocol.KeyExtension]
	if !given {
		return exchange.Close(), nil
	}
	message, err := jsonobject.Members(raw)
	if err != nil {
		return nil, errors.New("data.extension_message_response is not a JSON object")
	}
	raw, given = message[protocol.KeyParams]
	if !given {
		return exchange.Close(), nil
	}
	params, err := jsonobject.Members(raw)
	if err != nil {
		return nil, errors.New("data.extension_message_response.params is not a JSON object")
	}
	return exchange.Complete(params), nil
}
