package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/flowserver/flowserver/protocol"
)

// FlawKind says what sort of mistake a [Flaw] is.
type FlawKind string

// The kinds of flaws.
const (
	FlawNoScreen   FlawKind = "no-screen"  // nothing says which screen comes next
	FlawNull       FlawKind = "null"       // data holds null somewhere
	FlawCompletion FlawKind = "completion" // SUCCESS without the params that Meta asks for
	FlawTooLarge   FlawKind = "too-large"  // more than protocol.MaxAnswerBytes
)

// Flaw is a reason for which a phone refuses an answer that opens and decodes.
type Flaw struct {
	Kind FlawKind
	Text string // a clause such as "data.days[0] is null"; it names keys, never values
}

// Flaws returns what a phone refuses in an answer to INIT, BACK or data_exchange:
// no screen, null in data, an incomplete SUCCESS, too many bytes. It returns nil if
// Data is nil: the status or [ErrMalformed] says what is wrong then. It does not
// compare data with the screen's model; package flowjson does. Answers to pings and
// error notifications have no screen: do not ask for their flaws.
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
	if path := nullIn(r.Data, protocol.KeyData); path != "" {
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
	extension, found := member(r.Data, protocol.KeyExtension)
	if !found {
		return ""
	}
	if _, err := object(extension); err != nil {
		return path + " is not an object"
	}
	params, found := member(extension, protocol.KeyParams)
	if !found {
		return ""
	}
	if _, err := object(params); err != nil {
		return path + "." + protocol.KeyParams + " is not an object"
	}
	if _, found := member(params, protocol.KeyFlowToken); !found && r.Completed() {
		return path + "." + protocol.KeyParams + "." + protocol.KeyFlowToken + " is missing"
	}
	return ""
}

// member returns a member of the JSON object raw and whether it is there.
func member(raw json.RawMessage, key string) (value json.RawMessage, found bool) {
	fields, err := object(raw)
	if err != nil {
		return nil, false
	}
	value, found = fields[key]
	return value, found
}

// nullIn returns the path of a null in the valid JSON text raw, "" if there is
// none. Path is that of raw itself.
func nullIn(raw json.RawMessage, path string) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return ""
	}
	return nullPath(value, path)
}

func nullPath(value any, path string) string {
	switch value := value.(type) {
	case nil:
		return path
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if null := nullPath(value[key], path+"."+key); null != "" {
				return null
			}
		}
	case []any:
		for i, element := range value {
			if null := nullPath(element, fmt.Sprintf("%s[%d]", path, i)); null != "" {
				return null
			}
		}
	}
	return ""
}
