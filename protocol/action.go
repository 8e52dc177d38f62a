package protocol

// Action is what the client requests, as spelled on the wire. Actions are case-sensitive.
type Action string

// The actions of a request (Meta, "Implementing Endpoints for Flows", June 28,
// 2026).
const (
	// ActionInit opens a Flow whose message was sent with flow_action
	// "data_exchange".
	ActionInit Action = "INIT"
	// ActionBack leaves a screen that has refresh_on_back.
	ActionBack Action = "BACK"
	// ActionDataExchange submits a form, a selection, a link or a list item.
	ActionDataExchange Action = "data_exchange"
	// ActionPing is Meta's health check.
	ActionPing Action = "ping"
)

// Known reports whether a is one of the actions that a request can have. An error
// notification can name others, such as "navigate".
func (a Action) Known() bool {
	switch a {
	case ActionInit, ActionBack, ActionDataExchange, ActionPing:
		return true
	default:
		return false
	}
}
