package flowjson

import (
	"fmt"
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/protocol"
)

// action checks the action that an item brings.
func (a *arrival) action(names []string, value any) {
	action, _ := value.(map[string]any)
	name, _ := action["name"].(string)
	if !slices.Contains(names, name) { // some Flows have others, so it is not certain what clients do
		a.step("name", func() { a.report(false, "is not an action that is possible here", "send "+catalog.OneOf(names)) })
		return
	}
	switch name {
	case catalog.Navigate:
		a.target(action)
	case catalog.UpdateData:
		a.payload(a.bound.screen, action, true)
	}
}

// payload compares what an action sends to a screen with the screen's data model. With
// all, the model must declare every key.
func (a *arrival) payload(to *Screen, action map[string]any, all bool) {
	given, _ := action["payload"].(map[string]any)
	a.steps -= len(given)
	static := make(map[string]any, len(given))
	for key, value := range given {
		if text, isText := value.(string); isText && catalog.IsReplaced(text, a.version) {
			continue
		}
		static[key] = value
		if all && to.Data.Field(key) == nil {
			a.mistake("/payload/*", "the action sends a key that the data of the screen does not have", "send the keys that it declares")
		}
	}
	if to.Data == nil {
		return
	}
	for _, m := range to.Data.Check(static, false) {
		if m.Rule != RuleMissing {
			a.mistake("/payload"+declaredPart(to.Data, m.Pointer), "what the action sends does not fit the data of the screen: "+m.Problem, "send what it declares")
		}
	}
}

// mistake reports something of the action at hand, with which it fails.
func (a *arrival) mistake(within, problem, remedy string) {
	a.add(Violation{Rule: RuleTarget, Pointer: a.pointer() + within, Problem: problem, Remedy: remedy})
}

// target checks where an item leads that brings an action.
func (a *arrival) target(action map[string]any) {
	next, _ := valueAt(action, []string{"next", "name"}).(string)
	on := a.bound.screen.ID
	var problem, remedy string
	switch {
	case next == protocol.ScreenSuccess || a.flow.Screen(next) == nil:
		problem, remedy = "the item navigates to a screen that the Flow JSON does not have", "name one that it has"
	case next == on:
		problem, remedy = "the item navigates to its own screen", "name another one"
	case a.flow.Move(on, next) != nil:
		problem = fmt.Sprintf("the item navigates to %s, but routing_model has no route between it and %s", next, on)
		remedy = fmt.Sprintf("add %s to the routes of %s", next, on)
	default:
		a.payload(a.flow.Screen(next), action, false)
		return
	}
	a.mistake("/next/name", problem, remedy)
}
