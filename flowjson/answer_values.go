package flowjson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

// maxSteps bounds the work on one answer: a value is one step or, if it is a long text,
// several; a fault is some more. An answer of 1 MB on a usual screen takes less.
const (
	maxSteps      = 400_000
	bytesPerStep  = 64
	stepsPerFault = 10
)

// arriving checks what the components of a Flow get from the data of a screen: what
// package lint asks of values in the file is asked of values that arrive.
func (c *answerCheck) arriving(target *Screen, data map[string]any) {
	all := c.flow.arrivals()[target.ID]
	if all == nil {
		return
	}
	for _, bound := range all.components {
		c.component(bound, target, data)
	}
	for _, form := range all.forms {
		c.form(form, data)
	}
}

// arrival checks what arrives at one component.
type arrival struct {
	*answerCheck
	bound  *boundComponent
	place  *place
	hidden bool     // the component is not seen with this data
	path   []string // from the place to the value at hand
	told   map[faultPlace]bool
}

// faultPlace is where something is wrong, whichever item of a list it is.
type faultPlace struct {
	place   *place
	refused bool
	path    [4]string
}

// repeated reports whether the same was reported of another item.
func (a *arrival) repeated(refused bool) bool {
	a.steps -= stepsPerFault
	at := faultPlace{place: a.place, refused: refused}
	for i, key := range a.path[:min(len(a.path), len(at.path))] {
		if at.path[i] = key; isIndex(key) {
			at.path[i] = "#"
		}
	}
	if a.told[at] {
		return true
	}
	if a.told == nil {
		a.told = map[faultPlace]bool{}
	}
	a.told[at] = true
	return false
}

// isIndex reports whether a key of a pointer is the index of an item.
func isIndex(key string) bool { return key != "" && strings.Trim(key, "0123456789") == "" }

func (c *answerCheck) component(bound *boundComponent, target *Screen, data map[string]any) {
	a := &arrival{answerCheck: c, bound: bound, hidden: bound.sight.hides(target.ID, data)}
	for i := range bound.places {
		a.place = &bound.places[i]
		if value, there := lookUp(data, a.place.path); there {
			a.value(a.place.value, a.place.required, value)
		}
	}
	if bound.component != nil && c.steps > 0 {
		a.together(target, data)
	}
}

// lookUp follows a path of keys into an object, and reports whether it leads somewhere.
func lookUp(object map[string]any, path []string) (value any, there bool) {
	value = object
	for _, key := range path {
		members, _ := value.(map[string]any)
		if value, there = members[key]; !there {
			return nil, false
		}
	}
	return value, true
}

// value checks a value, and those that it consists of.
func (a *arrival) value(v catalog.Value, required bool, value any) {
	if a.steps--; a.steps < 0 {
		return
	}
	text, isText := value.(string)
	if isText {
		a.steps -= len(text) / bytesPerStep
		if catalog.IsReplaced(text, a.version) {
			return // reported by itself
		}
	}
	switch want := a.wanted(v, value); {
	case value == nil:
		a.report(false, "is null, which clients may refuse", "leave the key out, or send an empty value")
		return
	case want != "":
		a.report(true, "must be "+want+", and is "+expr.WithArticle(typeOf(value)), "send that type")
		return
	case isText && strings.TrimSpace(text) == "" && !a.asksForText(v, required):
		return
	}
	a.fault(catalog.Check(v, value, a.version))
	a.within(v, value)
}

// asksForText reports whether a blank text is worth a word. Endpoints send one for what
// is not there, and clients accept it in most places.
func (a *arrival) asksForText(v catalog.Value, required bool) bool {
	switch v := v.(type) {
	case catalog.Text, catalog.Image:
		return required && !a.hidden
	case catalog.Lines:
		return false
	case catalog.Date:
		return !v.Initial
	}
	return true
}

// wanted returns the type that a value should have, with its article; "" if it has it.
func (a *arrival) wanted(v catalog.Value, value any) string {
	got := typeOf(value)
	switch v := v.(type) {
	case catalog.Text, catalog.Date, catalog.Image, catalog.URL, catalog.Word, catalog.Enum:
		if got == TypeString || got == TypeNumber && a.place.asNumber {
			return ""
		}
		return "a string"
	case catalog.Bool:
		return unless(got == TypeBoolean, "true or false")
	case catalog.Number:
		return unless(got == TypeNumber || got == TypeString && a.place.asText, "a number")
	case catalog.List:
		return unless(got == TypeArray, "an array")
	case catalog.Record, catalog.Map, catalog.Click, catalog.Select:
		return unless(got == TypeObject, "an object")
	case catalog.Lines:
		return unless(got == TypeString || got == TypeArray, "a string or an array")
	case catalog.PerKey:
		if got == TypeObject {
			return ""
		}
		return a.wanted(v.Of, value)
	}
	return "" // decided elsewhere
}

func unless(ok bool, want string) string {
	if ok {
		return ""
	}
	return want
}

// within checks the values that a value consists of.
func (a *arrival) within(v catalog.Value, value any) {
	switch v := v.(type) {
	case catalog.List:
		items, _ := value.([]any)
		a.items(v, items)
	case catalog.Record:
		members, _ := value.(map[string]any)
		a.record(v, members)
	case catalog.PerKey:
		members, isObject := value.(map[string]any)
		if !isObject {
			a.value(v.Of, a.place.required, value)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if len(v.Keys) == 0 {
				a.step("*", func() { a.value(v.Of, false, members[key]) })
			} else if slices.Contains(v.Keys, key) {
				a.step(key, func() { a.value(v.Of, a.place.required, members[key]) })
			}
		}
	case catalog.Lines:
		lines, _ := value.([]any)
		for i, line := range lines {
			a.step(strconv.Itoa(i), func() { a.value(catalog.Text{}, false, line) })
		}
	case catalog.Click:
		a.action(v.Actions, value)
	case catalog.Select:
		a.action(v.Actions, value)
	}
}

// step checks something one step further down.
func (a *arrival) step(key string, check func()) {
	a.path = append(a.path, key)
	check()
	a.path = a.path[:len(a.path)-1]
}

func (a *arrival) items(list catalog.List, items []any) {
	withImage := false
	for i, item := range items {
		if a.steps < 0 {
			return
		}
		withImage = withImage || hasImage(item)
		a.step(strconv.Itoa(i), func() { a.value(list.Of, false, item) })
	}
	if len(items) == 0 && a.hidden {
		return // nothing to show in what is not shown
	}
	a.fault(list.CheckCount(len(items), withImage, a.version))
}

// hasImage reports whether an item of a list has an image.
func hasImage(item any) bool {
	members, _ := item.(map[string]any)
	_, has := members["image"]
	return has
}

func (a *arrival) record(r catalog.Record, members map[string]any) {
	for i := range r.Properties {
		p := &r.Properties[i]
		value, given := members[p.Key]
		switch {
		case !a.version.AtLeast(p.Since):
		case given:
			a.step(p.Key, func() { a.value(p.Value, p.Required, value) })
		case p.Required:
			a.step(p.Key, func() {
				id := p.Key == "id" // clients consider a missing one empty
				a.report(id, "is missing", "send it")
			})
		}
	}
}

// action checks the action that an item brings.
func (a *arrival) action(names []string, value any) {
	action, _ := value.(map[string]any)
	name, _ := action["name"].(string)
	if !slices.Contains(names, name) {
		a.step("name", func() { a.fault(catalog.Check(catalog.Enum{Words: names}, name, a.version)) })
		return
	}
	switch name {
	case catalog.Navigate:
		a.target(action)
	case catalog.UpdateData:
		a.payload(a.bound.screen, action, true)
	}
}

// payload compares what an action brings for a screen with the screen's data model. With
// all, the model must have every key.
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
		problem, remedy = "the item navigates to the screen that it is on", "name another one"
	case a.flow.Move(on, next) != nil:
		problem = fmt.Sprintf("the item navigates to %s, and routing_model has no route between it and %s", next, on)
		remedy = fmt.Sprintf("add %s to the routes of %s", next, on)
	default:
		a.payload(a.flow.Screen(next), action, false)
		return
	}
	a.mistake("/next/name", problem, remedy)
}

// together checks the values of the component that depend on each other, and reports what
// this data has to do with.
func (a *arrival) together(target *Screen, data map[string]any) {
	var last *place // the one that was asked for last
	values := func(property string) any {
		t := a.bound.values[property]
		if t.bound {
			if at := a.placeOf(property); at != nil {
				last = at
			}
		}
		value := resolve(t, target.ID, data)
		if items, ok := value.([]any); ok {
			a.steps -= len(items)
		}
		return value
	}
	a.bound.component.row.CheckTogether(a.version, values, func(f catalog.Fault, path ...string) {
		if a.bound.inFile[faultKey(f, path)] || a.steps < 0 {
			return
		}
		at := a.origin(path, target.ID)
		if at == nil {
			at = last
		}
		if at != nil {
			a.place, a.path = at, a.path[:0]
			a.sentence(f)
		}
	})
}

// placeOf returns the first place of a property at which data arrives; nil if there is
// none.
func (a *arrival) placeOf(property string) *place {
	for i := range a.bound.places {
		if p := &a.bound.places[i]; p.property == property {
			return p
		}
	}
	return nil
}

// origin returns where a value of the component comes from; nil if it is in the file.
func (a *arrival) origin(path []string, screen string) *place {
	of := a.placeOf(path[0])
	value := a.bound.values[path[0]].value
	for i, key := range path {
		if i > 0 {
			switch within := value.(type) {
			case []any:
				n, _ := strconv.Atoi(key) // CheckTogether counted them
				value = within[n]
			case map[string]any:
				value = within[key]
			}
		}
		if to, ok := value.(binding); ok {
			if of == nil || to.screen != screen {
				return nil
			}
			at := *of
			at.path = slices.Concat(to.path, path[i+1:])
			return &at
		}
	}
	return nil
}

// faultKey identifies a fault.
func faultKey(f catalog.Fault, path []string) string { return f.Code + strings.Join(path, "/") }

// fault reports a fault of the value at hand, sentence one of several values.
func (a *arrival) fault(f *catalog.Fault) {
	if f != nil {
		a.report(f.Refused, f.Problem, f.Remedy)
	}
}

func (a *arrival) sentence(f catalog.Fault) {
	if !a.repeated(f.Refused) {
		a.violation(f.Refused, f.Problem, f.Remedy)
	}
}

// report reports something of the value at hand; the problem follows its name.
func (a *arrival) report(refused bool, problem, remedy string) {
	if !a.repeated(refused) {
		a.violation(refused, a.subject()+" "+problem, remedy)
	}
}

func (a *arrival) violation(refused bool, problem, remedy string) {
	v := Violation{Rule: RuleValue, Pointer: a.pointer(), Problem: problem, Remedy: remedy, Warning: true}
	switch {
	case refused && !a.hidden && !a.place.mild && a.version.Compare(catalog.Newest()) <= 0:
		v.Rule, v.Warning = RuleComponent, false
	case a.place.list:
		v.Rule = RuleItems
	}
	if v.Remedy == "" {
		v.Remedy = "send what the component accepts"
	}
	if !a.misfits(v.Pointer) {
		a.add(v)
	}
}

// misfits reports whether the value at a place does not even fit the data model.
func (c *answerCheck) misfits(pointer string) bool {
	place := withoutIndices(pointer)
	return slices.ContainsFunc(c.found, func(v Violation) bool {
		return (v.Rule == RuleType || v.Rule == RuleNull) && withoutIndices(v.Pointer) == place
	})
}

// subject names the value at hand as lint does.
func (a *arrival) subject() string {
	if len(a.path) == 0 {
		return fmt.Sprintf("%q of %s", a.place.key, a.place.owner)
	}
	key := a.path[len(a.path)-1]
	if isIndex(key) {
		return fmt.Sprintf("an item of %q of %s", a.place.key, a.place.owner)
	}
	return fmt.Sprintf("%q within %q of %s", key, a.place.key, a.place.owner)
}

// pointer returns the JSON pointer of the value at hand.
func (a *arrival) pointer() string {
	var b strings.Builder
	b.WriteString("/data")
	for _, key := range a.place.path {
		b.WriteByte('/')
		b.WriteString(jsontree.EscapePointer(key))
	}
	for _, key := range a.path {
		b.WriteByte('/')
		b.WriteString(jsontree.EscapePointer(key))
	}
	return b.String()
}

// form checks the inputs that an object names for which a Form gets values or error
// messages.
func (c *answerCheck) form(form *boundForm, data map[string]any) {
	given, _ := valueAt(data, form.path).(map[string]any)
	pointer := "/data/" + strings.Join(form.path, "/") + "/"
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if c.steps--; c.steps < 0 {
			return
		}
		v := Violation{Rule: RuleInput, Pointer: pointer + jsontree.EscapePointer(name), Warning: true}
		input := form.inputs[name]
		switch {
		case input == nil && form.partial:
			continue
		case input == nil:
			v.Pointer = pointer + "*" // what a user typed may be a key
			v.Problem = fmt.Sprintf("this key of %s names no input of the Form", form.property)
			v.Remedy = "use the names of its inputs, such as " + anyOf(form.names())
		case form.property == initValues && input.row.Input.Files:
			v.Problem = fmt.Sprintf("a %s cannot be filled in beforehand", input.Type)
			v.Remedy = "leave it out of " + initValues
		case form.property == errorMessages && input.inBranch():
			v.Problem = "clients do not show error messages of inputs inside an If or a Switch, and the Footer is not disabled"
			v.Remedy = "move the input out and use visible, or answer with error_message"
		default:
			continue
		}
		c.add(v)
	}
}

// names returns the names of some inputs of the Form.
func (f *boundForm) names() []string {
	const most = 3
	names := slices.Sorted(maps.Keys(f.inputs))
	return names[:min(len(names), most)]
}

// inBranch reports whether an If or a Switch contains the component.
func (c *Component) inBranch() bool {
	for at := c.Parent; at != nil; at = at.Parent {
		if at.row != nil && at.row.Branches {
			return true
		}
	}
	return false
}

// replaced finds strings that WhatsApp takes for a reference or an expression and
// replaces, in data and in the params of SUCCESS (web client, 2026).
func (c *answerCheck) replaced(pointer func(string) string, path string, value any) {
	switch value := value.(type) {
	case string:
		if catalog.IsReplaced(value, c.version) {
			c.add(Violation{
				Rule: RuleBinding, Pointer: "/data" + pointer(path), Warning: true,
				Problem: "WhatsApp takes this text for a reference or an expression, and does not show it as it is",
				Remedy:  "let the text begin with another character than $ and a backtick",
			})
		}
	case []any:
		for i, item := range value {
			c.replaced(pointer, path+"/"+strconv.Itoa(i), item)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if !strings.HasPrefix(key, "on-") { // actions, whose references are for later
				c.replaced(pointer, path+"/"+jsontree.EscapePointer(key), value[key])
			}
		}
	}
}
