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
	// Endpoint answers requests. If it is nil, the phone shows the screens, the first one
	// with its examples.
	Endpoint Endpoint
	// Ruleset is Published if empty.
	Ruleset Ruleset
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Signature returns the flow_token_signature of Data API 4.0 for a token; if it is
	// nil, none is sent.
	Signature func(token string) string
	// Media stores the files that pickers upload, for endpoints to fetch; if it is nil,
	// pickers accept no files.
	Media *mediacdn.CDN
	// Wait simulates a slow connection (see [Weather]); if it is nil, the phone waits in
	// real time. In a test it can return at once.
	Wait func(ctx context.Context, d time.Duration) error
	// Observe, if not nil, is called after each exchange has been recorded, including
	// error notifications. Calls may be concurrent.
	Observe func(Exchange)
	// Quirks switches rules on or off, by their ids. See [Switches].
	Quirks map[string]bool
}

// State is the phone's memory, for inspection.
type State struct {
	Token     string                 `json:"token"`
	Signature string                 `json:"signature,omitempty"`
	Screens   map[string]ScreenState `json:"screens"`
}

// ScreenState is the state of one screen.
type ScreenState struct {
	Data map[string]any `json:"data"`
	Form map[string]any `json:"form"`
}

// Rule is one fact about WhatsApp that the phone follows.
type Rule struct {
	// ID is short and stable, such as "init-values-overwrite".
	ID string `json:"id"`
	// Source is "D" (Meta's page), "C" (WhatsApp's client), "F" (field reports) or ""
	// (ours, unverified). Cite is the place.
	Source string `json:"source"`
	Cite   string `json:"cite"`
	// Text describes what WhatsApp does.
	Text string `json:"text"`
	// Topic groups rules for the documentation.
	Topic string `json:"topic"`
	// Switch means that sources conflict or none exists, so that Config.Quirks can choose.
	// Off means that the rule is off by default.
	Switch bool `json:"switch,omitempty"`
	Off    bool `json:"off,omitempty"`
}
