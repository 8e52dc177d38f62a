package client

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/internal/printable"
	"github.com/flowserver/flowserver/protocol"
)

var (
	// ErrUndecryptable means that the body of a 200 or a 427 is not sealed as a
	// phone needs it; the text says in which way.
	ErrUndecryptable = errors.New("the answer cannot be opened, a phone would report response-decryption-error")
	// ErrIncomplete means that an answer began, and that its body did not come whole.
	ErrIncomplete = errors.New("the answer is incomplete")
	// ErrMalformed means that the answer opens, but that its clear text is none that
	// a phone can use: not UTF-8 or not a JSON object, or a field of the wrong type.
	ErrMalformed = errors.New("the clear text of the answer is malformed")
	// ErrTooLarge means that an answer that should be opened has more than 4 MiB.
	ErrTooLarge = errors.New("the answer has more than 4 MiB")
)

// Reply is the endpoint's answer. Status, Header, Body, Attempts and Duration are always
// set; the other fields only if the answer is a 200, or a 427 with a body, and opens.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte // as it arrived; its first 4 MiB if it is longer

	Clear        []byte          // the opened JSON
	Screen       string          // next screen; empty in answers to a ping or an error notification
	Data         json.RawMessage // the JSON object "data"; see Decode
	ErrorMessage string          // data.error_message: shown to the user on Screen
	ErrorMsg     string          // error_msg of a 427: tells the user why the flow is closed

	Attempts int           // 2 after a 421 and its retry
	Duration time.Duration // of the last attempt, from sending to the last byte of the body
}

// ReadClear reads an answer that was never sealed, for tests of handlers without
// cryptography. plaintext is nil where the body would be empty. The error is
// [ErrMalformed]; the reply is returned with it.
func ReadClear(status int, plaintext []byte) (*Reply, error) {
	reply := &Reply{Status: status, Clear: plaintext, Attempts: 1}
	if plaintext == nil {
		return reply, nil
	}
	if err := reply.parse(); err != nil {
		return reply, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return reply, nil
}

// Decode unmarshals Data into v.
func (r *Reply) Decode(v any) error {
	if r.Data == nil {
		return fmt.Errorf("an answer of status %d has no data to decode", r.Status)
	}
	return json.Unmarshal(r.Data, v)
}

// Completed reports whether the answer ends the Flow: its screen is SUCCESS.
func (r *Reply) Completed() bool {
	return r.Status == http.StatusOK && r.Screen == protocol.ScreenSuccess
}

// Params returns data.extension_message_response.params of an answer that completes the
// Flow, the JSON object that comes back in the chat message. Nil means that there is none:
// the Flow closes without a message.
func (r *Reply) Params() json.RawMessage {
	if !r.Completed() {
		return nil
	}
	response, _ := jsonobject.Member(r.Data, protocol.KeyExtension)
	params, _ := jsonobject.Member(response, protocol.KeyParams)
	if !jsonobject.Is(params) {
		return nil
	}
	return params
}

// Active reports whether this is the correct answer to a ping: data.status is "active".
func (r *Reply) Active() bool {
	return r.Status == http.StatusOK && r.dataHas("status", `"active"`)
}

// HasActiveSize reports whether the body is base64 of as many bytes as a sealed answer to a
// health check usually has.
func (r *Reply) HasActiveSize() bool {
	sealed, err := base64.StdEncoding.DecodeString(string(r.Body))
	return err == nil && slices.ContainsFunc(activeAnswers, func(text string) bool { return len(text)+tagSize == len(sealed) })
}

// Acknowledged reports whether this is the correct answer to an error notification:
// data.acknowledged is true.
func (r *Reply) Acknowledged() bool {
	return r.Status == http.StatusOK && r.dataHas("acknowledged", "true")
}

// reasonHeader carries why "flowserver dev" refused or failed a request, on loopback
// only: one line of UTF-8, percent-encoded.
const reasonHeader = "Flowserver-Reason"

// Reason returns the reason for a failure that "flowserver dev" adds to its answers
// on this machine, on one line. It is empty if the endpoint gave none. A phone never
// sees it.
func (r *Reply) Reason() string {
	reason, err := url.PathUnescape(r.Header.Get(reasonHeader))
	if err != nil {
		return ""
	}
	return strings.Join(strings.FieldsFunc(reason, func(c rune) bool { return c != ' ' && !unicode.IsPrint(c) }), " ")
}

// logHeader carries a line that was logged during an exchange, under the same conditions
// as [reasonHeader].
const logHeader = "Flowserver-Log"

// Log returns the lines that the server logged during the exchange, for example those of
// the handler, which "flowserver dev" adds to its answers on this machine. A line may have
// several lines of text. A phone never sees them.
func (r *Reply) Log() []string {
	var lines []string
	for _, value := range r.Header.Values(logHeader) {
		if line, err := url.PathUnescape(value); err == nil {
			lines = append(lines, printable.Text(line))
		}
	}
	return lines
}

// sealed reports whether a phone opens the body. Of a 427 it opens any that is not
// empty, though Meta's own page shows plain JSON there ("Flows error codes", July
// 2026; Meta's sample endpoint and web client seal it).
func (r *Reply) sealed() bool {
	return r.Status == http.StatusOK || r.Status == protocol.StatusTokenExpired && len(r.Body) > 0
}

// read opens the body and parses the clear text.
func (r *Reply) read(open func([]byte) ([]byte, error)) error {
	plaintext, err := open(r.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUndecryptable, err)
	}
	r.Clear = plaintext
	if err := r.parse(); err != nil {
		if found, ok := clearTextMistake(plaintext, open); ok {
			err = &SealError{Mistakes: []mistake.ID{found}}
		}
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// parse fills the fields of r from Clear, as far as it can be read.
func (r *Reply) parse() error {
	if !utf8.Valid(r.Clear) {
		return errors.New("it is not UTF-8")
	}
	answer, err := jsonobject.Members(r.Clear)
	if err != nil {
		return fmt.Errorf("it is %w", err)
	}
	if r.Status == protocol.StatusTokenExpired {
		r.ErrorMsg, _, err = jsonobject.Text(answer, protocol.KeyErrorMsg)
		return err
	}
	if r.Screen, _, err = jsonobject.Text(answer, protocol.KeyScreen); err != nil {
		return err
	}
	raw, found := answer[protocol.KeyData]
	if !found {
		return errors.New("data is missing: send {} if there is none")
	}
	data, err := jsonobject.Members(raw)
	if err != nil {
		return fmt.Errorf("data is %w", err)
	}
	r.Data = raw
	r.ErrorMessage, _, err = jsonobject.Text(data, protocol.KeyErrorMessage)
	return err
}

// dataHas reports whether data has a member that is written as value.
func (r *Reply) dataHas(key, value string) bool {
	raw, _ := jsonobject.Member(r.Data, key)
	return string(raw) == value
}
