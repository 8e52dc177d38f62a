package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/protocol"
)

// checkActions checks where actions lead and what they change (Meta, page
// "Error codes", 2025-04, On-click, Navigate and Complete action errors).
func checkActions(f *flowjson.Flow, r *report) {
	c := &actionCheck{flow: f, report: r, version: f.RulesVersion()}
	for _, s := range f.Screens {
		for _, action := range s.Actions() {
			if r.full() {
				return
			}
			c.check(s, action)
		}
	}
}

type actionCheck struct {
	flow    *flowjson.Flow
	report  *report
	version catalog.Version
}

func (c *actionCheck) check(s *flowjson.Screen, action *flowjson.Action) {
	if !isAllowed(action) {
		return
	}
	c.pickers(s, action)
	switch action.Name {
	case catalog.Navigate:
		c.navigate(s, action)
	case catalog.UpdateData:
		c.updateData(s, action)
	case catalog.Complete:
		if !s.Terminal && !c.report.isMemberUnclear(s.Node, "terminal") {
			c.report.at(action.Node, Error, "INVALID_COMPLETE_ACTION",
				"only a terminal screen can complete the Flow: set \"terminal\" of screen %q to true", jsontree.Clip(s.ID))
		}
		c.reserved(action)
	case catalog.DataExchange:
		c.reserved(action)
	}
	if action.Component.Type == "Footer" && action.Component.InForm() == nil && !c.version.AtLeast(globalSince) {
		c.outsideForm(action)
	}
}

// isAllowed reports whether a component, or an item of it, can have the action. One that
// cannot be there is reported with the component, and what it is meant to do is not known.
func isAllowed(action *flowjson.Action) bool {
	row := action.Component.Row()
	p := row.Property(action.Trigger)
	if action.Item != nil {
		p = nil
		for _, list := range row.Lists() {
			of, _ := list.Value.(catalog.List)
			if item, _ := of.Item(); p == nil {
				p = catalog.PropertyOf(item.Properties, action.Trigger)
			}
		}
	}
	if p == nil {
		return false
	}
	switch v := p.Value.(type) {
	case catalog.Click:
		return slices.Contains(v.Actions, action.Name)
	case catalog.Select:
		return slices.Contains(v.Actions, action.Name)
	}
	return false
}

const nextScreenCode = "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME"

func (c *actionCheck) navigate(s *flowjson.Screen, action *flowjson.Action) {
	name := action.Node.Get("next").Get("name")
	target := c.flow.Screen(action.Next)
	switch {
	case action.Next == "", c.report.isRefused(name), target == nil && c.report.hasNameless():
		return // said of the property, or of the screen
	case target == nil:
		c.report.at(name, Error, nextScreenCode, "there is no screen %q", jsontree.Clip(action.Next))
		return
	case target.ID == s.ID:
		c.report.at(name, Error, nextScreenCode, "a screen cannot navigate to itself: to change it, use update_data or an endpoint")
		return
	}
	if s.Terminal && action.Component.Type == "Footer" {
		c.report.at(action.Node, Warning, "NAVIGATE_ON_TERMINAL_SCREEN",
			"Meta advises against navigate in the Footer of a terminal screen: the Flow cannot end there")
	}
	switch {
	case action.Payload == nil:
		if target.Data != nil && len(target.Data.Fields) > 0 && !c.report.misspelt[member{action.Node, "payload"}] {
			c.report.at(action.Node, Error, "MISSING_NAVIGATION_ACTION_PAYLOAD",
				"screen %q needs data: add a payload with %s", jsontree.Clip(target.ID), someKeys(keysOf(target.Data)))
		}
	case action.Payload.Is(jsontree.Object):
		c.navigatePayload(s, target, action.Payload)
	}
}

const navigatePayloadCode = "INVALID_NAVIGATE_ACTION_PAYLOAD"

// navigatePayload compares a payload with the data of the screen that it goes to.
func (c *actionCheck) navigatePayload(s, target *flowjson.Screen, payload *jsontree.Node) {
	if c.report.isDataUnclear(target) {
		return
	}
	if target.Data == nil {
		if len(payload.Children) > 0 {
			c.report.at(payload, Error, navigatePayloadCode,
				"screen %q has no data, so the payload must be empty: later screens can refer to values with ${screen.ID.form.name}",
				jsontree.Clip(target.ID))
		}
		return
	}
	missing := slices.DeleteFunc(keysOf(target.Data), func(key string) bool { return payload.Get(key) != nil })
	for _, child := range payload.Children {
		field := target.Data.Field(child.Key)
		if field == nil {
			remedy := ""
			if meant := meantKey(child.Key, missing); meant != "" {
				remedy = fmt.Sprintf(": use %q", jsontree.Clip(meant))
				missing = slices.DeleteFunc(missing, func(key string) bool { return key == meant })
			}
			c.report.onKey(child, Error, navigatePayloadCode,
				"screen %q does not declare %q in its data%s", jsontree.Clip(target.ID), jsontree.Clip(child.Key), remedy)
			continue
		}
		code := "INVALID_NAVIGATE_ACTION_STATIC_DATA"
		bad, problem := c.misfit(s, child, field.Schema)
		if bad.Is(jsontree.String) && c.flow.Replaces(bad.Text) {
			code = navigatePayloadCode
		}
		c.arrives(s, target, child, field.Schema, child.Key)
		if problem != "" && !c.report.isRefused(bad) {
			c.report.at(bad, Error, code, "screen %q declares something else for %q: %s", jsontree.Clip(target.ID), jsontree.Clip(child.Key), problem)
		}
	}
	if len(missing) > 0 {
		c.report.onKey(payload, Error, navigatePayloadCode, "screen %q also needs %s", jsontree.Clip(target.ID), someKeys(missing))
	}
}

func keysOf(m *flowjson.Model) []string {
	keys := make([]string, 0, len(m.Fields))
	for _, field := range m.Fields {
		keys = append(keys, field.Key)
	}
	return keys
}

// meantKey returns the missing key that was most likely meant by key, or "".
func meantKey(key string, missing []string) string {
	const long, many = 40, 50 // beyond which the comparison takes long
	if len(key) > long || len(missing) > many {
		return ""
	}
	for _, other := range missing {
		if distance := nearest.Distance(kebab(key), kebab(other)); distance <= min(2, len(key)/4) {
			return other
		}
	}
	return ""
}

// someKeys names the first few keys.
func someKeys(keys []string) string {
	const most = 5
	names := make([]string, 0, most)
	for _, key := range keys[:min(len(keys), most)] {
		names = append(names, strconv.Quote(jsontree.Clip(key)))
	}
	if len(keys) > most {
		names = append(names, fmt.Sprintf("and %d more", len(keys)-most))
	}
	return strings.Join(names, ", ")
}

const updateDataCode = "INVALID_UPDATE_DATA_ACTION_PAYLOAD"

// updateData checks what a screen changes of itself. That values must be of the
// declared types, and not those that they replace, is what WhatsApp's web client
// checks (2026).
func (c *actionCheck) updateData(s *flowjson.Screen, action *flowjson.Action) {
	if c.report.isDataUnclear(s) {
		return
	}
	for _, child := range action.Payload.Members() {
		field := s.Data.Field(child.Key)
		if field == nil {
			c.report.onKey(child, Error, updateDataCode,
				"screen %q does not declare %q in its data, so it cannot be updated", jsontree.Clip(s.ID), jsontree.Clip(child.Key))
			continue
		}
		if ref, ok := expr.ParseReference(child.Str()); ok && isData(ref, s, []string{child.Key}) {
			c.report.at(child, Error, updateDataCode, "this sets %q to its own value: remove it", jsontree.Clip(child.Key))
			continue
		}
		c.arrives(s, s, child, field.Schema, child.Key)
		if bad, problem := c.misfit(s, child, field.Schema); problem != "" && !c.report.isRefused(bad) {
			c.report.at(bad, Error, updateDataCode, "the screen declares something else for %q: %s", jsontree.Clip(child.Key), problem)
		}
	}
}

// isData reports whether a reference on a screen is to that place in the screen's own data.
func isData(ref expr.Reference, s *flowjson.Screen, path []string) bool {
	return ref.Source == "data" && slices.Equal(ref.Path, path) && (ref.Screen == "" || ref.Screen == s.ID)
}

// noticeKeys are the keys of an error notification.
var noticeKeys = []string{protocol.KeyError, protocol.KeyErrorOld, protocol.KeyErrorMessage}

// reserved warns of payload keys that the client fills itself, or by which an endpoint
// recognizes an error notification. Complete sends its payload to the chat, to which the
// client adds the flow_token and nothing else.
func (c *actionCheck) reserved(action *flowjson.Action) {
	asks := action.Name == catalog.DataExchange
	for _, child := range action.Payload.Members() {
		switch {
		case asks && slices.Contains(noticeKeys, child.Key):
			c.report.onKey(child, Warning, "RESERVED_PAYLOAD_KEY",
				"an endpoint may mistake a request with the key %q for an error notification: give the key another name", child.Key)
		case asks && protocol.FilledByClient(child.Key):
			c.report.onKey(child, Warning, "RESERVED_PAYLOAD_KEY", "WhatsApp uses the key %q itself and may drop this value: give the key another name", child.Key)
		case !asks && child.Key == protocol.KeyFlowToken:
			c.report.onKey(child, Warning, "RESERVED_PAYLOAD_KEY", "WhatsApp replaces this value with the flow token of the message: give the key another name")
		}
	}
}

// outsideForm looks for inputs in the payload of a Footer that is not in the Form,
// which could not name them before version 4.0.
func (c *actionCheck) outsideForm(action *flowjson.Action) {
	eachText(action.Payload, func(n *jsontree.Node, _ bool) {
		for _, ref := range expr.References(n.Text) {
			if ref.Source == "form" {
				c.report.at(n, Error, "INVALID_FOOTER_PAYLOAD_OUTSIDE_FORM",
					"before version 4.0 only a Footer within the Form can send its inputs: move the Footer into the Form")
				return
			}
		}
	})
}

// eachText calls visit for each string within a payload, and says whether it is the
// value of a key of the payload itself.
func eachText(payload *jsontree.Node, visit func(n *jsontree.Node, top bool)) {
	for _, child := range payload.Members() {
		if child.Is(jsontree.String) {
			visit(child, true)
		} else {
			eachTextWithin(child, visit)
		}
	}
}

func eachTextWithin(n *jsontree.Node, visit func(n *jsontree.Node, top bool)) {
	for _, child := range n.Children {
		if child.Is(jsontree.String) {
			visit(child, false)
		} else {
			eachTextWithin(child, visit)
		}
	}
}
