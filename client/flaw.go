package client

import (
	"fmt"
	"net/http"

	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// FlawKind is the kind of a [Flaw].
type FlawKind string

// The kinds of flaws.
const (
	FlawNoScreen   FlawKind = "no-screen"  // nothing says which screen comes next
	FlawNull       FlawKind = "null"       // data holds null somewhere
	FlawCompletion FlawKind = "completion" // SUCCESS without the params that Meta asks for
	FlawTooLarge   FlawKind = "too-large"  // more than protocol.MaxAnswerBytes
)

// Flaw is a reason why a phone refuses an answer that opens and decodes.
type Flaw struct {
	Kind FlawKind
	Text string // a clause such as "data.days[0] is null"; it names keys, never values
}

// Flaws returns what a phone refuses in an answer to INIT, BACK or data_exchange: no
// screen, null in data, an incomplete SUCCESS, too many bytes. It returns nil if Data is
// nil: the status or [ErrMalformed] is then the reason. It does not compare data with the
// screen's model; package flowjson does. Answers to pings and error notifications have no
// screen: do not ask for their flaws.
//
// The rules are Meta's ("Implementing Endpoints for Flows", June 28, 2026;
// "Components", April 14, 2026) and those of WhatsApp's web client, 2026.
func (r *Reply) Flaws() []Flaw {
	if r.Status != http.StatusOK || r.Data == nil {
		return nil
	}
	var flaws []Flaw
	add := func(kind FlawKind, format string, args ...any) {
		flaws = append(flaws, Flaw{kind, fmt.Sprintf(format, args...)})
	}
	if r.Screen == "" {
		add(FlawNoScreen, "screen is missing or empty")
	}
	if path, found := jsonobject.FindNull(r.Data, protocol.KeyData); found {
		add(FlawNull, "%s is null", path)
	}
	if text := r.completionFlaw(); text != "" {
		add(FlawCompletion, "%s", text)
	}
	if len(r.Clear) > protocol.MaxAnswerBytes {
		add(FlawTooLarge, "it has %d bytes, more than %d", len(r.Clear), protocol.MaxAnswerBytes)
	}
	return flaws
}

// completionFlaw says what is wrong with data.extension_message_response. SUCCESS
// without it closes the Flow without a chat message, which is not a flaw.
func (r *Reply) completionFlaw() string {
	const path = protocol.KeyData + "." + protocol.KeyExtension
	extension, found := jsonobject.Member(r.Data, protocol.KeyExtension)
	if !found {
		return ""
	}
	if !jsonobject.Is(extension) {
		return path + " is not an object"
	}
	params, found := jsonobject.Member(extension, protocol.KeyParams)
	if !found {
		return ""
	}
	if !jsonobject.Is(params) {
		return path + "." + protocol.KeyParams + " is not an object"
	}
	if _, found := jsonobject.Member(params, protocol.KeyFlowToken); !found && r.Completed() {
		return path + "." + protocol.KeyParams + "." + protocol.KeyFlowToken + " is missing"
	}
	return ""
}
