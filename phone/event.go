package phone

import (
	"encoding/json"
	"fmt"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
)

// EventType is the kind of an [Event].
type EventType string

// The events.
const (
	EventInput   EventType = "input"   // changes the value of Field to Value
	EventFocus   EventType = "focus"   // moves the focus to Field
	EventBlur    EventType = "blur"    // takes the focus from Field, or from whichever has it
	EventTap     EventType = "tap"     // taps the component At; of a list, its Item
	EventBack    EventType = "back"    // the arrow, or the phone's own back button
	EventClose   EventType = "close"   // closes the Flow
	EventReopen  EventType = "reopen"  // taps the button of the same message again
	EventRetry   EventType = "retry"   // taps retry on an error page
	EventDismiss EventType = "dismiss" // takes the snackbar or a draft's overlay away
	EventRemove  EventType = "remove"  // takes the file Item out of the picker Field
	EventRules   EventType = "rules"   // changes to Ruleset
)

// Event is what a user does. Type determines which other fields are used.
type Event struct {
	Type  EventType `json:"type"`
	Field string    `json:"field,omitempty"`
	// Value is a string, a boolean (OptIn), a list of ids, or an object with start-date
	// and end-date; null clears what can be cleared.
	Value any `json:"value,omitempty"`
	// Rev is the caller's counter of inputs for that field; Common.Rev returns it.
	Rev int `json:"rev,omitempty"`
	// At is the Part.At or Footer.At that is tapped. For an OptIn, a tap is on its link;
	// an input event ticks the box.
	At      string  `json:"at,omitempty"`
	Item    string  `json:"item,omitempty"`
	Ruleset Ruleset `json:"rules,omitempty"`
}

// NotPossibleError means that a user could not do what an event describes. The state of
// the phone is unchanged.
type NotPossibleError struct {
	Event  Event
	Reason string // such as "the footer is disabled: email: Enter a valid email address"
}

// Error returns the type of the event and the reason, without any value.
func (e *NotPossibleError) Error() string {
	return fmt.Sprintf("phone: %s is not possible: %s", e.Event.Type, e.Reason)
}

// Message is the message in a chat that opens a Flow.
type Message struct {
	// Token is the flow_token; "unused" if it is empty, as on a phone.
	Token string `json:"token"`
	// Action is data_exchange, which sends INIT to the endpoint, or navigate, which shows
	// Screen with Data. The default is data_exchange if the Flow has an endpoint and one
	// is configured, else navigate.
	Action string `json:"action,omitempty"`
	// Screen is the screen of navigate, by default the first screen that no route leads
	// to. Data is its data.
	Screen string         `json:"screen,omitempty"`
	Data   map[string]any `json:"data,omitempty"`
}

// Ruleset determines how WhatsApp treats the Flow.
type Ruleset string

// The rulesets.
const (
	Published Ruleset = "published"
	Draft     Ruleset = "draft"
)

// Exchange is one request with its answer, in the clear.
type Exchange struct {
	// N counts from 1. At is the pointer of the component whose action sent the request,
	// if any.
	N      int    `json:"n"`
	Action string `json:"action"`
	At     string `json:"at,omitempty"`
	From   string `json:"from"`
	To     string `json:"to"`
	// Notice means that it is an error notification, which the phone sent after exchange
	// Of. If the exchange was sent by [Phone.Again], Of is the original one.
	Notice bool `json:"notice,omitempty"`
	Of     int  `json:"of,omitempty"`

	Request json.RawMessage `json:"request"`
	// Answer is null if there was none, or if it could not be opened.
	Answer json.RawMessage `json:"answer"`
	// Status is 0 if there was no answer; Error is the reason.
	Status int    `json:"status"`
	Error  string `json:"error,omitempty"`
	// Began is in milliseconds since 1970, Duration in microseconds.
	Began    int64 `json:"began"`
	Duration int64 `json:"duration"`
	// Attempts has one element or, after a 421, two; one without details if Endpoint does
	// not trace.
	Attempts []Attempt `json:"attempts"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings,omitempty"`
	// Acknowledged means that the endpoint acknowledged a notice.
	Acknowledged bool `json:"acknowledged,omitempty"`
	// Reason is the reason for a failure, which an endpoint under `flowserver dev`
	// returns.
	Reason string `json:"reason,omitempty"`
	// Log has the lines that the handler logged during the exchange, which an endpoint under
	// `flowserver dev` returns.
	Log []string `json:"log,omitempty"`
	// Faults are the names of the faults that it was sent with.
	Faults []string `json:"faults,omitempty"`
}

// Attempt is one HTTP request of an exchange. Times are in microseconds.
type Attempt struct {
	Status   int    `json:"status"`
	Error    string `json:"error,omitempty"`
	Key      string `json:"key"` // fingerprint of the public key
	Sent     int    `json:"sent"`
	Received int    `json:"received"`
	Seal     int64  `json:"seal"`
	Wait     int64  `json:"wait"`
	Open     int64  `json:"open"`
}

// Verdict is what WhatsApp does with an answer.
type Verdict struct {
	// Text is one sentence, such as "goes to DETAILS".
	Text string `json:"text"`
	// Kind is "ok", "refused" (an error page), "snackbar" or "ended".
	Kind string `json:"kind"`
	// Rules are the ids of the rules of [Rules] that decided.
	Rules []string `json:"rules,omitempty"`
}

// Weather is what is wrong with the connection from the next request on.
type Weather struct {
	// Faults spoil the request.
	Faults []client.Fault
	// Slow delays it, in milliseconds. Offline sends nothing.
	Slow    int64
	Offline bool
	// Twice sends the same envelope a second time.
	Twice bool
	// Answer, if not nil, replaces the answer that arrives, to show how WhatsApp reacts to
	// answers that the endpoint does not send.
	Answer func(*client.Reply, error) (*client.Reply, error)
	// Media is the fault of files that are uploaded meanwhile.
	Media mediacdn.Fault
	// Next is the number of requests that the weather lasts for; 0 means until it changes.
	Next int
}
