package phone

import (
	"maps"
	"slices"
	"strconv"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
)

// reason says why a screen is entered: init-values and error-messages depend on it.
type reason int

const (
	becauseNavigate reason = iota // by an action, or by the message
	becauseAnswer                 // the endpoint says so, also after BACK
	becauseBack                   // without asking the endpoint
	becauseResume                 // the message was opened again
)

// entry is an arrival on a screen that has been allowed.
type entry struct {
	to   string
	why  reason
	data map[string]any
	// erased are keys of a payload whose reference leads nowhere.
	erased []string
}

// enter merges the data, changes the history, and fills in the form.
func (x *step) enter(e entry) {
	s := x.plan.screens[e.to]
	memory := x.own(e.to)
	maps.Copy(memory.data, e.data)
	for _, key := range e.erased {
		delete(memory.data, key)
	}
	mounts := x.top() != e.to || e.why == becauseBack || e.why == becauseResume
	x.remember(e.to)
	if mounts {
		revs := x.form.revs
		x.form = newDrawn()
		if e.to == x.shown.Screen {
			x.form.revs = revs
		}
	}
	empty := len(memory.form) == 0
	x.initialise(s, memory, e.why, empty)
	if mounts {
		for name, v := range memory.form {
			if !blank(v) {
				x.form.touched[name] = true
			}
		}
	}
	if e.why == becauseNavigate || e.why == becauseAnswer {
		x.takeErrors(s, empty)
	}
}

// maxHistory bounds the screens to go back to.
const maxHistory = 1000

// remember puts a screen on the history: the entry before the top is a step back, the top
// stays.
func (x *step) remember(id string) {
	switch n := len(x.history); {
	case n > 0 && x.history[n-1] == id:
	case n > 1 && x.history[n-2] == id:
		x.history = x.history[:n-1]
	default:
		x.history = append(x.history, id)
	}
	if len(x.history) > maxHistory {
		x.history = x.history[1:]
	}
}

// initialise gives the fields of a screen their first values. Fixed ones count only while
// the form is empty. Bound ones are resolved on each arrival: they replace what is there if
// the endpoint answered, and otherwise fill in what is missing.
func (x *step) initialise(s *screen, memory *memory, why reason, empty bool) {
	sc := x.scope(x.plan, s.ID)
	set := func(c *component, v value) {
		if !v.dynamic() && !empty {
			return
		}
		resolved, ok, err := v.resolve(sc)
		if err != nil || !ok || resolved == nil {
			return // the screen is drawn with the error of an expression
		}
		if _, has := memory.form[c.Name]; has && why != becauseAnswer && !empty {
			return
		}
		memory.form[c.Name] = asStored(c, resolved)
	}
	for _, c := range s.inputs {
		if v, ok := c.values[keyInitValue]; ok {
			set(c, v)
		}
	}
	for _, form := range s.forms {
		for name, v := range membersOf(form.values[keyInitValues], sc) {
			if c := s.byName[name]; c != nil {
				set(c, v)
			}
		}
	}
}

// membersOf returns the values of an object by key: those of the file, or what the whole
// object is bound to.
func membersOf(v value, sc scope) map[string]value {
	if v.object != nil {
		return v.object
	}
	resolved, _, _ := v.resolve(sc)
	object, _ := resolved.(map[string]any)
	members := make(map[string]value, len(object))
	for key, member := range object {
		members[key] = value{fixed: member, bound: v.dynamic()}
	}
	return members
}

// asStored returns an initial value as the store has it: the client keeps text, so that
// numbers become text.
func asStored(c *component, v any) any {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any:
		if c.Type == typeCalendarPicker {
			return maps.Clone(v)
		}
	}
	return v
}

// blank reports whether a value is empty.
func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case files:
		return len(v) == 0
	case bool:
		return !v
	}
	return false
}

// takeErrors takes the errors that came with the data. A set that is not empty replaces the
// one that shows; an empty one takes nothing away. Only inputs that stand directly on the
// screen or in its Form get them.
func (x *step) takeErrors(s *screen, empty bool) {
	sc := x.scope(x.plan, s.ID)
	found := map[string]any{}
	add := func(c *component, v value) {
		if c == nil || !c.direct || !v.dynamic() && !empty {
			return
		}
		if resolved, ok, err := v.resolve(sc); err == nil && ok && !emptyError(resolved) {
			found[c.Name] = resolved
		}
	}
	for _, c := range s.inputs {
		if v, ok := c.values[keyErrorMessage]; ok {
			add(c, v)
		}
	}
	for _, form := range s.forms {
		for name, v := range membersOf(form.values[keyErrorMessages], sc) {
			add(s.byName[name], v)
		}
	}
	if len(found) > 0 {
		x.form.errors = found
	}
}

// emptyError reports whether an error message has no text.
func emptyError(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case map[string]any:
		for _, text := range v {
			if !emptyError(text) {
				return false
			}
		}
		return true
	}
	return true
}

// maxChain bounds the requests that follow from each other without the user.
const maxChain = 20

// selectOnRender fires the select actions of inputs that have a value when they appear, as
// versions 6.0 to 6.3 do: with the screen, or in a branch that shows from now on. before
// are the parts that showed already, round counts the calls of a step.
func (x *step) selectOnRender(before []Part, round int) {
	s := x.plan.screens[x.top()]
	if s == nil || !x.plan.version.AtLeast(catalog.Version{Major: 6}) || x.plan.version.AtLeast(catalog.Version{Major: 7}) {
		return
	}
	var appeared []firing
	for _, part := range x.shown.Parts {
		if part.Choice == nil && part.OptIn == nil || slices.ContainsFunc(before, func(p Part) bool { return p.At == part.At }) {
			continue
		}
		c := s.byAt[part.At]
		if v := x.value(c.Name); !blank(v) {
			appeared = append(appeared, x.firings(c, catalog.OnSelect, chosen(v))...)
		}
	}
	if len(appeared) > 0 && x.chain+round >= maxChain {
		loop := Finding{
			Severity: severityError, Code: codeLoop, Rule: ruleSelectOnRender, At: s.at, Line: s.line,
			Problem: "inputs fire their actions when they are shown, which shows other inputs that do the same, without end",
			Remedy:  "answer with the same screen, or use version 7.0 or later",
		}
		x.form.findings, x.shown.Findings = append(x.form.findings, loop), append(x.shown.Findings, loop)
		return
	}
	x.todo = append(x.todo, appeared...)
}

// chosen returns the ids of a value.
func chosen(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []any:
		ids := make([]string, 0, len(v))
		for _, id := range v {
			ids = append(ids, expr.ToText(id))
		}
		return ids
	}
	return nil
}

// firings returns the actions of a trigger: that of the component or, if it has none for
// any select, those of the items.
func (x *step) firings(c *component, trigger string, ids []string) []firing {
	if c.hasSelect() {
		if _, ok := c.values[trigger]; ok {
			return []firing{{at: c.at, trigger: trigger}}
		}
		return nil
	}
	var out []firing
	for _, id := range ids {
		if _, ok := x.actionOf(c, trigger, id); ok {
			out = append(out, firing{at: c.at, trigger: trigger, item: id})
		}
	}
	return out
}

// hasSelect reports whether the component itself has an action for a select.
func (c *component) hasSelect() bool {
	_, on := c.values[catalog.OnSelect]
	_, off := c.values[catalog.OnUnselect]
	return on || off
}

// selectable reports whether a select of the component, or of one of its items, does
// something.
func (x *step) selectable(c *component) bool {
	if c.hasSelect() {
		return true
	}
	return slices.ContainsFunc(x.items(c), func(item map[string]any) bool {
		return item[catalog.OnSelect] != nil || item[catalog.OnUnselect] != nil
	})
}
