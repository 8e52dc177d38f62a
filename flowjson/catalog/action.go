package catalog

import "github.com/flowserver/flowserver/protocol"

// Action is a row of the table of actions.
type Action struct {
	Name  string
	Since Version
	// Key is the key that this action needs and all others must not have; empty if
	// there is none.
	Key string
	// NoPayload means that the action sends nothing.
	NoPayload bool
}

// The names of the actions.
const (
	Navigate     = "navigate"
	DataExchange = string(protocol.ActionDataExchange)
	Complete     = "complete"
	UpdateData   = "update_data"
	OpenURL      = "open_url"
)

// actions is the table (Meta, page "Flow JSON", 2026-03-24, Actions).
var actions = []Action{
	{Name: Navigate, Since: first, Key: "next"},
	{Name: DataExchange, Since: first},
	{Name: Complete, Since: first},
	{Name: UpdateData, Since: Version{6, 0}},
	{Name: OpenURL, Since: Version{6, 0}, Key: "url", NoPayload: true},
}

// Actions returns the rows of all actions.
func Actions() []Action { return actions }

// ActionOf returns the row of an action; ok is false if there is no such action.
func ActionOf(name string) (row Action, ok bool) {
	for _, a := range actions {
		if a.Name == name {
			return a, true
		}
	}
	return Action{}, false
}

// The properties that have an action.
const (
	OnClick    = "on-click-action"
	OnSelect   = "on-select-action"
	OnUnselect = "on-unselect-action"
)

// Triggers returns the properties that have an action.
func Triggers() []string { return []string{OnClick, OnSelect, OnUnselect} }

// clickKeys and selectKeys are the keys of actions.
var (
	clickKeys = []Property{
		need("name", Any{}),
		may("payload", Payload{}),
		may("next", Record{"next", []Property{need("type", Word{}), need("name", Word{})}}),
		may("url", URL{HTTPS: true}).from(6, 0).bindable(),
	}
	selectKeys = []Property{
		need("name", Any{}),
		need("payload", Payload{}),
	}
)

// Properties returns the keys of such an action.
func (Click) Properties() []Property { return clickKeys }

// Properties returns the keys of such an action.
func (Select) Properties() []Property { return selectKeys }
