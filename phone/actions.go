package phone

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/protocol"
)

// actionNavigate is what an error notification names when the data of a navigate action,
// or of the message, does not fit.
const actionNavigate = protocol.Action(catalog.Navigate)

// action is what a component, or one of its items, does.
type action struct {
	name    string
	next    string
	url     value
	payload value
	// at is the component, trigger the property, item the id of the option or list item.
	at, trigger, item string
}

// firing is an action of a select that waits for its turn.
type firing struct {
	at, trigger, item string
}

// actionOf returns the action of a component, or of one of its items, for a trigger.
func (x *step) actionOf(c *component, trigger, item string) (a action, ok bool) {
	raw := c.values[trigger].raw
	if item != "" {
		raw = x.itemOf(c, item)[trigger]
	}
	object, ok := raw.(map[string]any)
	if !ok {
		return action{}, false
	}
	name, _ := object["name"].(string)
	next, _ := object["next"].(map[string]any)
	to, _ := next["name"].(string)
	return action{
		name: name, next: to, url: x.plan.prepare(object["url"]), payload: x.plan.prepare(object[keyPayload]),
		at: c.at, trigger: trigger, item: item,
	}, true
}

// itemOf returns the option or list item of a component with that id.
func (x *step) itemOf(c *component, id string) map[string]any {
	for _, item := range x.items(c) {
		if item["id"] == id {
			return item
		}
	}
	return nil
}

// items returns the options or list items of a component.
func (x *step) items(c *component) []map[string]any {
	row := c.Row()
	if row == nil || row.Input == nil || row.Input.Items == "" {
		return nil
	}
	resolved, _, _ := c.values[row.Input.Items].resolve(x.scope(x.plan, x.top())) // drawn before: an error shows already
	list, _ := resolved.([]any)
	out := make([]map[string]any, 0, len(list))
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

// perform does what an action says. A reason says why a user could not cause it.
func (x *step) perform(a action) (reason string) {
	x.snackbar, x.opening = "", ""
	switch a.name {
	case catalog.OpenURL:
		url, _, err := a.url.resolve(x.scope(x.plan, x.top()))
		if err != nil {
			x.failExpression(a.at, err)
			return ""
		}
		if text, _ := url.(string); strings.HasPrefix(text, "https://") {
			x.opening = text
			x.log(Step{At: a.at, Trigger: a.trigger, Item: a.item, Action: a.name, From: x.top()})
			return ""
		}
		return "WhatsApp opens only https URLs"
	case catalog.DataExchange:
		if !x.endpoint {
			return textNoEndpoint
		}
	case catalog.Navigate, catalog.Complete, catalog.UpdateData:
	default:
		return "the component has no action that WhatsApp knows"
	}
	x.run(a)
	return ""
}

// run does what an action with a payload says.
func (x *step) run(a action) {
	from := x.top()
	done := Step{At: a.at, Trigger: a.trigger, Item: a.item, Action: a.name, From: from}
	data, erased, err := x.payload(a.payload)
	if err != nil {
		x.failExpression(a.at, err)
		x.log(done)
		return
	}
	switch a.name {
	case catalog.Navigate:
		x.move(move{action: actionNavigate, from: from, to: a.next, data: withMedia(data), erased: erased, at: a.at})
	case catalog.DataExchange: // logged when the answer arrives
		delete(data, protocol.KeyAction)
		delete(data, protocol.KeyScreen)
		x.send(request{
			action: protocol.ActionDataExchange, screen: from, from: from, data: sendable(data), at: a.at, trigger: a.trigger, item: a.item,
		})
		return
	case catalog.Complete:
		x.complete(data)
	case catalog.UpdateData:
		x.update(a, withMedia(data), erased)
	}
	x.log(done)
}

// payload resolves what an action sends. Keys whose reference leads nowhere are left out,
// and named in erased.
func (x *step) payload(v value) (data map[string]any, erased []string, err error) {
	sc := x.scope(x.plan, x.top())
	data = map[string]any{}
	if v.object == nil {
		resolved, _, err := v.resolve(sc)
		members, _ := resolved.(map[string]any)
		for key, member := range members {
			data[key] = member
		}
		return data, nil, err
	}
	for key, member := range v.object {
		resolved, ok, err := x.member(member, sc)
		switch {
		case err != nil:
			return nil, nil, err
		case ok:
			data[key] = resolved
		default:
			erased = append(erased, key)
		}
	}
	slices.Sort(erased)
	return data, erased, nil
}

// member resolves one key of a payload; files stay files until it is known where they go.
func (x *step) member(v value, sc scope) (any, bool, error) {
	if v.ref != nil && v.ref.Source == "form" && len(v.ref.Path) == 1 {
		id := x.top()
		if v.ref.Screen != "" {
			id = v.ref.Screen
		}
		if m := x.screens[id]; m != nil {
			if picked, ok := m.form[v.ref.Path[0]].(files); ok {
				return picked, true, nil
			}
		}
	}
	return v.resolve(sc)
}

// update merges data into that of the screen, without a request.
func (x *step) update(a action, data map[string]any, erased []string) {
	s := x.plan.screens[x.top()]
	for key := range data {
		if s.Data.Field(key) == nil {
			x.failComponent(a.at, ruleUpdateData, "update_data sets "+key+", which the screen's data does not declare")
			return
		}
	}
	for _, m := range s.Data.Check(data, false) {
		if m.Rule != "missing" {
			x.failComponent(a.at, ruleUpdateData, "update_data at "+m.Pointer+": "+m.Problem)
			return
		}
	}
	memory := x.own(s.ID)
	for key, value := range data {
		memory.data[key] = value
	}
	for _, key := range erased {
		delete(memory.data, key)
	}
}

// tap taps a link, a list item, the footer, or the "Read more" of an OptIn.
func (x *step) tap(e Event) (reason string) {
	s := x.plan.screens[x.top()]
	if s == nil {
		return "there is no screen"
	}
	if f := x.shown.Footer; f != nil && f.At == e.At {
		switch {
		case len(f.Why) > 0:
			return "the footer is disabled: " + strings.Join(f.Why, "; ")
		case !f.Enabled:
			return "the footer is disabled"
		}
		return x.click(s.byAt[e.At], "")
	}
	for i := range x.shown.Parts {
		p := &x.shown.Parts[i]
		if p.At != e.At {
			continue
		}
		switch {
		case p.Link != nil && !p.Link.Enabled, p.List != nil && !p.List.Enabled:
			return "the component is disabled"
		case p.Link != nil, p.OptIn != nil && p.OptIn.ReadMore:
			return x.click(s.byAt[e.At], "")
		case p.List != nil:
			return x.tapItem(s.byAt[e.At], p.List, e.Item)
		}
		return "a tap on the component does nothing"
	}
	return "the screen does not show that component"
}

// click performs the on-click-action of a component, or of an item.
func (x *step) click(c *component, item string) (reason string) {
	a, ok := x.actionOf(c, catalog.OnClick, item)
	if !ok {
		return "the component has no action"
	}
	x.blur()
	return x.perform(a)
}

// tapItem taps a list item: its id becomes the value of the list, then the action happens.
func (x *step) tapItem(c *component, list *List, id string) (reason string) {
	i := slices.IndexFunc(list.Items, func(item ListItem) bool { return item.ID == id })
	if i < 0 {
		return "the list has no such item"
	}
	if list.Items[i].Disabled {
		return "the item is disabled"
	}
	x.set(c.Name, id)
	if _, ok := x.actionOf(c, catalog.OnClick, ""); ok {
		return x.click(c, "")
	}
	return x.click(c, id)
}

// fire does what waits, until the phone has to wait for an answer, or the screen changes.
func (x *step) fire() {
	for len(x.todo) > 0 && x.flying == 0 && x.failure == nil && x.open {
		next := x.todo[0]
		x.todo = x.todo[1:]
		s := x.plan.screens[x.top()]
		if s == nil || s.byAt[next.at] == nil {
			continue
		}
		a, ok := x.actionOf(s.byAt[next.at], next.trigger, next.item)
		if !ok || a.name == catalog.DataExchange && !x.endpoint {
			continue // the View says that there is no endpoint
		}
		x.perform(a)
	}
}
