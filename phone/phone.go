package phone

import (
	"context"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/flowjson"
)

// Endpoint sends messages to an endpoint. A [*client.Client] is one.
type Endpoint interface {
	Send(ctx context.Context, m client.Message, faults ...client.Fault) (*client.Reply, error)
}

// Config describes a phone. Flow is required.
type Config struct {
	Flow *flowjson.Flow
	// Endpoint answers. Nil plays the screens with the examples of the first one.
	Endpoint Endpoint
	// Ruleset is Published if empty.
	Ruleset Ruleset
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Signature returns the flow_token_signature of Data API 4.0 for a token; nil sends
	// none.
	Signature func(token string) string
	// Media keeps the files that pickers upload, where an endpoint fetches them; nil lets
	// pickers accept none.
	Media *mediacdn.CDN
	// Wait waits as a slow connection does (see [Weather]); nil waits in real time. A test
	// that does not want to wait returns at once.
	Wait func(ctx context.Context, d time.Duration) error
	// Observe is called after each exchange has been recorded, error notifications included;
	// nil is not. Calls may be concurrent.
	Observe func(Exchange)
	// Quirks changes rules with a Switch, by their ids: false turns one off that is on by
	// default, true turns one on. See [Rules].
	Quirks map[string]bool
}

// State is the phone's memory, for inspection.
type State struct {
	Token     string                 `json:"token"`
	Signature string                 `json:"signature,omitempty"`
	Screens   map[string]ScreenState `json:"screens"`
}

// ScreenState is that of one screen.
type ScreenState struct {
	Data map[string]any `json:"data"`
	Form map[string]any `json:"form"`
}

// Rule is one fact about WhatsApp that the phone follows.
type Rule struct {
	// ID is short and stable, such as "init-values-overwrite".
	ID string `json:"id"`
	// Source is "D" (Meta's page), "C" (WhatsApp's client), "F" (field reports) or "" (our
	// own, unverified). Cite says where.
	Source string `json:"source"`
	Cite   string `json:"cite"`
	// Text says what WhatsApp does.
	Text string `json:"text"`
	// Topic groups rules for the documentation.
	Topic string `json:"topic"`
	// Switch says that sources conflict or none exists, so that Config.Quirks can choose. Off
	// says that the rule does not apply unless it is chosen.
	Switch bool `json:"switch,omitempty"`
	Off    bool `json:"off,omitempty"`
}
