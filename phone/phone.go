package phone

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/flowserver/flowserver/client"
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
}

// Phone plays one Flow.
type Phone struct{ cfg Config }

// New returns a phone with no Flow open.
func New(cfg Config) (*Phone, error) { return nil, errors.New("not yet") }

// Open opens a new message: the state of an earlier one is gone. It returns when the
// first screen, or an error page, shows.
func (p *Phone) Open(ctx context.Context, m Message) error { return nil }

// Do does what a user does and returns when the phone is quiet. The error is a
// *[NotPossibleError] if a user could not do it, or that of ctx. A failed exchange is not
// an error: see [View.Failure] and [View.Snackbar].
func (p *Phone) Do(ctx context.Context, e Event) error { return nil }

// Start does what Do does but returns as soon as the event has been applied; an exchange
// that it causes goes on, and [Phone.Watch] shows its end. It is for pages.
func (p *Phone) Start(ctx context.Context, e Event) error { return nil }

// Upload gives a file to a picker, as a user who chooses it does.
func (p *Phone) Upload(ctx context.Context, field, name string, content []byte) error { return nil }

// View returns what the user sees.
func (p *Phone) View() View { return View{} }

// Watch yields the View now and after each change, until ctx ends or the loop does. Views
// may be skipped if the loop is slow; the last one never is.
func (p *Phone) Watch(ctx context.Context) iter.Seq[View] { return func(func(View) bool) {} }

// Exchanges returns those with a number above after, oldest first. The phone keeps the
// last 500.
func (p *Phone) Exchanges(after int) []Exchange { return nil }

// SetWeather changes the weather.
func (p *Phone) SetWeather(w Weather) {}

// Again sends the request of an exchange once more: its very bytes if clear is nil,
// otherwise clear as a new message. The answer changes nothing on the phone.
func (p *Phone) Again(ctx context.Context, n int, clear []byte) (Exchange, error) {
	return Exchange{}, nil
}

// SetFlow replaces the Flow JSON. The phone stays on its screen with data and inputs if
// the new Flow has that screen.
func (p *Phone) SetFlow(f *flowjson.Flow) {}

// Inspect returns data and form of each screen that was shown.
func (p *Phone) Inspect() State { return State{} }

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
	// Switch says that sources conflict or none exists, so that [Config] can choose.
	Switch bool `json:"switch,omitempty"`
}

// Rules returns all rules, in the order of the documentation.
func Rules() []Rule { return nil }
