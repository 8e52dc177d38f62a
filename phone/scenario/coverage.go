package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
)

// Coverage counts the screens, actions and routes of a Flow that scenarios have used. It
// is not safe for concurrent use.
type Coverage struct {
	flow                    *flowjson.Flow
	screens, routes, action map[string]bool
}

// Share is how much of something was used.
type Share struct {
	Used int `json:"used"`
	All  int `json:"all"`
	// Unused lists the others, in the order of the file.
	Unused []string `json:"unused,omitempty"`
}

// Percent returns the share in percent, rounded down; 100 if there is nothing to use.
func (s Share) Percent() int {
	if s.All == 0 {
		return 100
	}
	return s.Used * 100 / s.All
}

// NewCoverage returns an empty coverage of a Flow.
func NewCoverage(flow *flowjson.Flow) *Coverage {
	return &Coverage{flow: flow, screens: map[string]bool{}, routes: map[string]bool{}, action: map[string]bool{}}
}

// Add adds what a scenario did.
func (c *Coverage) Add(journal []phone.Step) {
	for _, s := range journal {
		c.screens[s.To] = true
		if s.At != "" || s.Exchange != 0 { // back and close are not routes
			c.routes[route(s.From, s.To)] = true
		}
		c.action[actionKey(s.At, s.Trigger, "")] = true
		if s.Item != "" {
			c.action[actionKey(s.At, s.Trigger, s.Item)] = true
		}
	}
}

func route(from, to string) string { return from + " → " + to }

func actionKey(at, trigger, item string) string { return at + " " + trigger + " " + item }

// Screens returns the share of screens that a user has seen.
func (c *Coverage) Screens() Share {
	var s Share
	for _, screen := range c.flow.Screens {
		s = s.plus(c.screens[screen.ID], screen.ID)
	}
	return s
}

// Routes returns the share of routes that a user has taken.
func (c *Coverage) Routes() Share {
	var s Share
	for _, screen := range c.flow.Screens {
		for _, to := range c.flow.Routing.Targets(screen.ID) {
			s = s.plus(c.routes[route(screen.ID, to)], route(screen.ID, to))
		}
	}
	return s
}

// Actions returns the share of actions that have run. Actions of items that arrive as
// data are not counted: the file does not have them.
func (c *Coverage) Actions() Share {
	var s Share
	for _, screen := range c.flow.Screens {
		for _, a := range screen.Actions() {
			at, item := a.Component.Node.Pointer(), ""
			if a.Item != nil {
				item = a.Item.Get("id").Str()
			}
			s = s.plus(c.action[actionKey(at, a.Trigger, item)], describe(at, a))
		}
	}
	return s
}

// plus returns the share with one thing more.
func (s Share) plus(used bool, name string) Share {
	s.All++
	if used {
		s.Used++
		return s
	}
	s.Unused = append(s.Unused, name)
	return s
}

// describe names an action for people: its place, what the component says, and what it
// does.
func describe(at string, a *flowjson.Action) string {
	parts := []string{at, a.Component.Type}
	label := a.Component.Node.Get("label").Str()
	if label == "" {
		label = a.Component.Node.Get("text").Str()
	}
	if label != "" && !flowjson.IsDynamic(label) {
		parts = append(parts, fmt.Sprintf("%q", label))
	}
	if a.Item != nil {
		parts = append(parts, "item "+a.Item.Get("id").Str())
	}
	does := strings.TrimSpace(a.Name + " " + a.Next)
	return strings.Join(slices.Concat(parts, []string{"(" + does + ")"}), " ")
}
