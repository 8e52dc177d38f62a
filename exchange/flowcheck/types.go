package flowcheck

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// form compares a typed route's form with a payload that it gets.
func (c *flowCheck) form(s *flowjson.Screen, req request, rt exchange.Route) {
	if rt.Form == nil || rt.Form == reflect.TypeFor[exchange.NoData]() || decodedType(rt.Form) == "" {
		return // untyped, of no interest, or it reads itself
	}
	id := idOf(rt)
	if c.sent[id] == nil {
		c.sent[id] = map[string]bool{}
	}
	fields := jsonFields(rt.Form)
	for _, field := range fields {
		value := memberFold(req.payload, field.name)
		switch {
		case value != nil:
			c.sent[id][field.name] = true
			c.formField(s, rt, field, value)
		case field.required:
			c.report(s.ID, cmp.Or(req.payload, req.node), false,
				fmt.Sprintf("%s requires %q, but this action does not send it: its input would be rejected each time", typeName(rt.Form), field.name),
				"add it to the payload, or remove the validate tag")
		}
	}
	for _, member := range req.payload.Members() {
		if member.Key == protocol.KeyAction || member.Key == protocol.KeyScreen {
			continue // WhatsApp's web client drops these
		}
		known := func(f jsonField) bool { return strings.EqualFold(f.name, member.Key) }
		if member.Key != rt.TriggerField && !slices.ContainsFunc(fields, known) {
			c.report(s.ID, member, true, fmt.Sprintf("it sends %q, and %s has no field for it", member.Key, typeName(rt.Form)), "add the field, or send less")
		}
	}
}

// memberFold returns the value of a key as encoding/json finds it: in any case.
func memberFold(payload *flowjson.Node, key string) *flowjson.Node {
	if n := payload.Get(key); n != nil {
		return n
	}
	for _, n := range payload.Members() {
		if strings.EqualFold(n.Key, key) {
			return n
		}
	}
	return nil
}

// formField compares the type of a field with that of the value it gets.
func (c *flowCheck) formField(s *flowjson.Screen, rt exchange.Route, field jsonField, value *flowjson.Node) {
	sent := c.flow.TypeOf(s, value)
	takes := decodedType(indirect(field.typ))
	if field.quoted {
		takes = flowjson.TypeString
	}
	what := fmt.Sprintf("%q of %s", field.name, typeName(rt.Form))
	switch {
	case sent == nil:
	case c.isTypedNumber(s, value):
		// A TextInput for numbers is a number to Meta's validator, and WhatsApp's web
		// client sends it as the string that was typed.
		if takes == flowjson.TypeNumber {
			c.report(s.ID, value, true, what+" is a number, and clients may send what was typed as a string", "take an exchange.Number, which reads both, or a string")
		} else if takes != "" && takes != flowjson.TypeString {
			c.mismatch(s, value, what, takes, flowjson.TypeNumber)
		}
	case !fits(takes, sent.Type):
		c.mismatch(s, value, what, takes, sent.Type)
	case takes == flowjson.TypeArray && sent.Items != nil:
		if items := decodedType(indirect(indirect(field.typ).Elem())); !fits(items, sent.Items.Type) {
			c.mismatch(s, value, "an item of "+what, items, sent.Items.Type)
		}
	}
}

func (c *flowCheck) mismatch(s *flowjson.Screen, n *flowjson.Node, what, takes, sent string) {
	c.report(s.ID, n, false, fmt.Sprintf("%s expects JSON %s, but gets %s", what, takes, sent), "change the type of the field, or what is sent")
}

// isTypedNumber reports whether a value is what was typed into a TextInput for numbers.
func (c *flowCheck) isTypedNumber(s *flowjson.Screen, value *flowjson.Node) bool {
	ref, ok := flowjson.ParseReference(value.Str())
	if !ok || ref.Source != "form" {
		return false
	}
	if ref.Screen != "" {
		s = c.flow.Screen(ref.Screen)
	}
	if s == nil {
		return false
	}
	input := s.Input(ref.Path[0])
	return input != nil && input.Type == "TextInput" && input.ValueType().Type == flowjson.TypeNumber
}

// unsent reports the fields of a form that no action sends. Those that are required
// were reported with each action.
func (c *flowCheck) unsent(s *flowjson.Screen, rt exchange.Route) {
	sent, called := c.sent[idOf(rt)]
	if !called {
		return
	}
	for _, field := range jsonFields(rt.Form) {
		if !sent[field.name] && !field.required {
			c.report(s.ID, s.Node.Get("id"), true, fmt.Sprintf("%s has %q, but no action of the screen sends it", typeName(rt.Form), field.name),
				"remove the field, or add it to a payload")
		}
	}
}

// data compares what a typed route shows with the screen's data model.
func (c *flowCheck) data(s *flowjson.Screen, rt exchange.Route) {
	if rt.Data == nil || c.shown[shownType{s.ID, rt.Data}] {
		return
	}
	c.shown[shownType{s.ID, rt.Data}] = true
	data := indirect(rt.Data)
	switch jsonType := encodedType(data); {
	case jsonType == "" || data.Kind() == reflect.Map:
		return // only what is sent shows what it has
	case data.Kind() != reflect.Struct:
		c.report(s.ID, s.Node.Get("id"), false, fmt.Sprintf("%s is JSON %s, but data is an object", typeName(rt.Data), jsonType), "give a struct or a map")
		return
	}
	fields := jsonFields(data)
	if s.Data == nil {
		if len(fields) > 0 {
			c.report(s.ID, s.Node.Get("id"), !slices.ContainsFunc(fields, func(f jsonField) bool { return !f.mayLeave }),
				fmt.Sprintf("it declares no data, but %s has some", typeName(rt.Data)), `declare it in the screen's "data", or use exchange.NoData`)
		}
		return
	}
	for _, declared := range s.Data.Fields {
		if protocol.RemovedBeforeCheck(declared.Key) {
			continue // clients take it out, whatever is sent
		}
		i := slices.IndexFunc(fields, func(f jsonField) bool { return f.name == declared.Key })
		if i < 0 {
			c.report(s.ID, declared.Node, false, fmt.Sprintf("it declares %q, and %s does not have it", declared.Key, typeName(rt.Data)),
				"add the field, or do not declare it")
			continue
		}
		c.dataField(s, declared, fmt.Sprintf("%q of %s", declared.Key, typeName(rt.Data)), fields[i])
	}
	for _, field := range fields {
		if s.Data.Field(field.name) == nil && !protocol.RemovedBeforeCheck(field.name) {
			c.report(s.ID, s.Data.Node, true, fmt.Sprintf("%s has %q, but the screen does not declare it", typeName(rt.Data), field.name),
				"declare it, or remove the field")
		}
	}
}

func (c *flowCheck) dataField(s *flowjson.Screen, declared *flowjson.Field, what string, field jsonField) {
	switch {
	case field.mayLeave:
		c.report(s.ID, declared.Node, true, what+" may be left out, and the screen declares it", "send it always, empty if need be")
	case field.typ.Kind() == reflect.Pointer:
		c.report(s.ID, declared.Node, true, what+" is a pointer: nil would be null, which no answer may hold", "use a value")
	}
	c.value(s, declared.Node, what, field.typ, field.quoted, declared.Schema)
}

// value compares a Go type with the type that is declared, at every depth.
func (c *flowCheck) value(s *flowjson.Screen, n *flowjson.Node, what string, t reflect.Type, quoted bool, declared *flowjson.Schema) {
	if declared == nil {
		return
	}
	t = indirect(t)
	is := encodedType(t)
	if quoted && (is == flowjson.TypeNumber || is == flowjson.TypeBoolean) {
		is = flowjson.TypeString
	}
	switch {
	case !fits(is, declared.Type):
		c.report(s.ID, n, false, fmt.Sprintf("%s is JSON %s, but %s is declared", what, is, declared.Type), "change the type of the field, or declare the other one")
	case is == flowjson.TypeArray:
		c.value(s, n, "an item of "+what, t.Elem(), false, declared.Items)
	case t.Kind() == reflect.Struct && is == flowjson.TypeObject:
		for _, field := range jsonFields(t) {
			c.value(s, n, fmt.Sprintf("%q in %s", field.name, what), field.typ, field.quoted, declared.Property(field.name))
		}
	}
}

// typeName names a type as its package does; one that has no name would take lines.
func typeName(t reflect.Type) string {
	if name := t.String(); !strings.Contains(name, "struct {") {
		return name
	}
	return "the struct"
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
