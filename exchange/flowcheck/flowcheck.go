// Package flowcheck compares the handlers of a Flow with its Flow JSON.
//
// flowserver runs [Check] when it starts; exchangetest.CheckFlow runs it in a test.
package flowcheck

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/protocol"
)

// Problem is one way in which the handlers of a Flow and its Flow JSON do not fit
// each other.
type Problem struct {
	// Screen is the screen with the problem; empty if it concerns the whole Flow.
	Screen string
	// Position and Pointer are the place within the Flow JSON; zero if the problem has
	// none.
	Position flowjson.Position
	Pointer  string
	// What is wrong, and what to do about it.
	What, Remedy string
	// Warning means that the Flow works anyway, at least in part.
	Warning bool
}

// String returns the problem as one line, with its place and its remedy.
func (p Problem) String() string {
	var b strings.Builder
	if p.Position.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", p.Position.Line)
	}
	if p.Screen != "" {
		fmt.Fprintf(&b, "screen %s: ", p.Screen)
	}
	b.WriteString(p.What + ": " + p.Remedy)
	return b.String()
}

// Check compares the routes of an [exchange.Registry] with the Flow JSON that they
// serve, and returns all problems in the order of the file:
//
//   - a screen that sends data_exchange and has no handler, or whose payload matches
//     none of its triggers; refresh_on_back without a handler of BACK;
//   - handlers for screens that do not exist and, as warnings, those that nothing
//     calls;
//   - of typed routes, forms and payloads: a field with the validate tag required
//     that an action does not send, a field of a type that cannot decode what is sent;
//     as warnings other fields that nothing sends, keys that no field decodes, and
//     input tags that name no input, or one that shows no error;
//   - of typed routes, data and data models: a declared key that the struct does not
//     have, a field of another type; as warnings fields that may be left out or null
//     (omitempty, pointers), and fields that the screen does not declare. A nil slice
//     or map, and so null, shows only when it is sent.
//
// Items that arrive as data can bring actions; those in __example__ count. Check does not
// report problems of the Flow JSON itself, nor a missing handler of INIT: whether one is
// needed depends on the message that opens the Flow.
func Check(f *flowjson.Flow, routes []exchange.Route) []Problem {
	c := &flowCheck{flow: f, routes: slices.Clone(routes), called: map[routeID]bool{}, sent: map[routeID]map[string]bool{}, shown: map[shownType]bool{}}
	slices.SortFunc(c.routes, func(a, b exchange.Route) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Screen, b.Screen),
			cmp.Compare(a.TriggerField, b.TriggerField), cmp.Compare(a.TriggerValue, b.TriggerValue))
	})
	c.endpoint()
	for _, s := range f.Screens {
		c.screen(s)
	}
	for _, rt := range c.routes {
		c.route(rt)
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(a.Position.Line, b.Position.Line) })
	return c.problems
}

// flowCheck is one run of [Check].
type flowCheck struct {
	flow     *flowjson.Flow
	routes   []exchange.Route
	problems []Problem
	called   map[routeID]bool            // by some action of the Flow JSON
	sent     map[routeID]map[string]bool // the form fields that come with one
	shown    map[shownType]bool
}

// routeID is what tells routes apart.
type routeID struct {
	action                 exchange.Action
	screen, field, trigger string
}

func idOf(rt exchange.Route) routeID {
	return routeID{rt.Action, rt.Screen, rt.TriggerField, rt.TriggerValue}
}

type shownType struct {
	screen string
	data   reflect.Type
}

// report adds a problem; n is nil for what is not in the Flow JSON.
func (c *flowCheck) report(screen string, n *flowjson.Node, warning bool, what, remedy string) {
	p := Problem{Screen: screen, What: what, Remedy: remedy, Warning: warning}
	if n != nil {
		p.Position, p.Pointer = c.flow.Range(n).Start, n.Pointer()
	}
	c.problems = append(c.problems, p)
}

func (c *flowCheck) endpoint() {
	if !c.flow.HasEndpoint() && len(c.routes) > 0 {
		c.report("", nil, false, "the Flow JSON has no data_api_version, so that no phone ever asks an endpoint", `add "data_api_version": "3.0"`)
	}
}

// screen looks for the handlers that a screen needs.
func (c *flowCheck) screen(s *flowjson.Screen) {
	for _, request := range c.requests(s) {
		takers := c.takers(s, request.payload)
		for _, rt := range takers {
			c.called[idOf(rt)] = true
			c.form(s, request, rt)
		}
		switch {
		case len(takers) > 0:
		case c.find(protocol.ActionDataExchange, s.ID) == nil:
			c.report(s.ID, request.node, false, "it sends data_exchange, but has no handler", "register one with exchange.Handle")
		default:
			c.report(s.ID, request.node, false, "it sends a payload that fits no Trigger, and the screen itself has no handler",
				"register one, or a Trigger for this payload")
		}
	}
	if !s.RefreshOnBack {
		return
	}
	back := append(c.find(protocol.ActionBack, s.ID), c.find(protocol.ActionBack, "")...)
	if len(back) == 0 {
		c.report(s.ID, s.Node.Get("refresh_on_back"), false, "it has refresh_on_back, so back on it sends a request, but BACK has no handler",
			"register one with exchange.HandleBack for this screen, or remove refresh_on_back")
	}
	for _, rt := range back {
		c.called[idOf(rt)] = true
	}
}

func (c *flowCheck) find(action exchange.Action, screen string) (found []exchange.Route) {
	for _, rt := range c.routes {
		if rt.Action == action && rt.Screen == screen {
			found = append(found, rt)
		}
	}
	return found
}

// request is an action that asks the endpoint.
type request struct {
	node    *flowjson.Node
	payload *flowjson.Node
}

// requests finds what a screen can send, from items that arrive as data as far as
// the examples show it.
func (c *flowCheck) requests(s *flowjson.Screen) (found []request) {
	for _, a := range append(s.Actions(), c.flow.ExampleActions(s)...) {
		if a.Name == flowjson.ActionDataExchange {
			found = append(found, request{a.Node, a.Payload})
		}
	}
	return found
}

// bringsActions reports whether a list of the screen may arrive with actions that no
// example shows.
func bringsActions(s *flowjson.Screen) bool {
	for component := range s.All() {
		for _, list := range catalog.ActionLists(catalog.OnClick) {
			if component.Node.Get(list).Str() != "" && component.Node.Get(catalog.OnClick) == nil {
				return true
			}
		}
	}
	return false
}

// takers are the routes that may take a payload of a screen, as the registry finds
// them: one, but for a trigger whose value only the request has.
func (c *flowCheck) takers(s *flowjson.Screen, payload *flowjson.Node) (takers []exchange.Route) {
	var plain []exchange.Route
	for _, rt := range c.find(protocol.ActionDataExchange, s.ID) {
		value := payload.Get(rt.TriggerField)
		switch {
		case rt.TriggerField == "":
			plain = append(plain, rt)
		case flowjson.IsDynamic(value.Str()):
			takers = append(takers, rt)
		case value != nil && value.Str() == rt.TriggerValue:
			return []exchange.Route{rt}
		}
	}
	return append(takers, plain...)
}

// route looks for what a handler needs of the Flow JSON.
func (c *flowCheck) route(rt exchange.Route) {
	s := c.flow.Screen(rt.Screen)
	called := c.called[idOf(rt)]
	switch {
	case rt.Action == protocol.ActionInit:
		return
	case rt.Action == protocol.ActionBack && rt.Screen == "":
		if !called {
			c.report("", nil, true, "BACK has a handler, but no screen has refresh_on_back", "set it on the screens that should ask on back, or remove the handler")
		}
		return
	case s == nil:
		c.report(rt.Screen, nil, false, fmt.Sprintf("%s has a handler, but the Flow JSON has no such screen", rt.Action), "it has "+c.screenIDs())
		return
	case rt.Action == protocol.ActionBack && !called:
		c.report(s.ID, s.Node.Get("id"), true, "BACK has a handler, but the screen has no refresh_on_back",
			"set it, or remove the handler. It belongs to the screen that is left")
	case rt.Action == protocol.ActionDataExchange && !called && !bringsActions(s):
		what := "it has a handler, and nothing on it sends data_exchange"
		if rt.TriggerField != "" {
			what = fmt.Sprintf("it has a Trigger, and nothing on it sends %s %q", rt.TriggerField, rt.TriggerValue)
		}
		c.report(s.ID, s.Node.Get("id"), true, what, "remove the handler, or add the action")
	}
	c.unsent(s, rt)
	c.inputs(s, rt)
	c.data(s, rt)
}

func (c *flowCheck) screenIDs() string {
	ids := make([]string, 0, len(c.flow.Screens))
	for _, s := range c.flow.Screens {
		ids = append(ids, s.ID)
	}
	return strings.Join(ids, ", ")
}
