package generate

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// addForms declares what a screen submits: a form for the screen, and one for each
// trigger that it has.
func (p *program) addForms(s *screen) {
	all := submissions(p.flow, s.source)
	key, list := groups(all)
	form := s.Form
	s.Form = noData
	p.part = part{s.What(), "submit"}
	for _, g := range list {
		if len(g.submissions) == 0 {
			continue
		}
		var payloads []payload
		for _, each := range g.submissions {
			payloads = append(payloads, each.payloads...)
		}
		if g.value == "" {
			declare := func() *structType { return p.declare(form, "is what screen "+s.What()+" submits.") }
			s.Form, s.submits = p.formStruct(s, payloads, dropped, declare), true
			continue
		}
		t := &trigger{Name: p.names.name(s.Name + goName(g.value)), Field: key, Value: g.value}
		doc := "is what screen " + s.What() + " submits when " + inComment(key) + " is " + inComment(g.value) + "."
		name := p.names.name(t.Name + "Form")
		t.Form = p.formStruct(s, payloads, append([]string{key}, dropped...), func() *structType { return p.declare(name, doc) })
		s.Triggers = append(s.Triggers, t)
	}
}

// formStruct declares the struct of payloads, any of which may arrive, and returns
// its name, which is that of NoData if nothing does.
func (p *program) formStruct(s *screen, payloads []payload, without []string, declare func() *structType) string {
	var keys []string
	for _, each := range payloads {
		for _, key := range each.keys() {
			switch {
			case slices.Contains(without, key) || slices.Contains(keys, key):
			case !isTagName(key):
				p.note("screen %s: no field of a struct can have the key %q, so the form lacks it: read it from Request.Message.Data", p.part.screen, key)
				without = append(slices.Clone(without), key)
			default:
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		return noData
	}
	t := declare()
	names := namer{}
	for _, key := range keys {
		var values []payload
		for _, each := range payloads {
			if n := each.node.Get(key); n != nil {
				values = append(values, payload{each.action, n, each.example})
			}
		}
		p.addFormField(s, t, names, key, values, len(values) == len(payloads))
	}
	return t.Name
}

// addFormField adds the field for what may be under one key.
func (p *program) addFormField(s *screen, t *structType, names namer, key string, values []payload, always bool) {
	r := rulesOf(p.flow, s.source, values)
	r.required = r.required && always
	given := p.givenRules(s.ID, key)
	r = r.give(given)
	inner := t.Name + goName(key)
	var goType string
	if slices.ContainsFunc(values, func(v payload) bool { return !v.node.Is(jsontree.Object) }) {
		goType = p.formType(s, values, inner, r.required)
	} else if goType = p.formStruct(s, values, nil, func() *structType { return p.declarePart(p.names.name(inner)) }); goType == noData {
		goType = anyMap
	}
	p.checkRules(given, goType)
	t.add(names, key, goType, "")
	t.tag("validate", r.tag(goType))
	t.Fields[len(t.Fields)-1].Comment = r.comment
	input := commonInput(s.source, values)
	if input != nil {
		t.tag("label", input.Label(""))
	}
	t.tag("input", s.inputTag(t, key, input))
}

// commonInput returns the input that all values are the value of; nil if there is none.
func commonInput(s *flowjson.Screen, values []payload) *flowjson.Component {
	common := s.InputOf(values[0].node)
	for _, value := range values[1:] {
		if s.InputOf(value.node) != common {
			return nil
		}
	}
	return common
}

// inputTag returns the input that shows what is wrong with a field, as exchange reads it:
// empty if that is the one of the field's own key, or if none of the screen shows errors.
// input may be nil.
func (s *screen) inputTag(t *structType, key string, input *flowjson.Component) string {
	isPart := t.part != part{}
	switch {
	case !s.showsErrors:
		return ""
	case input == nil || !input.ShowsError():
		return "-"
	case input.Name == key && !isPart:
		return ""
	}
	return input.Name
}

// formType returns the Go type that fits all of these values.
func (p *program) formType(s *screen, values []payload, name string, required bool) string {
	var common *flowjson.Schema
	for i, value := range values {
		found := p.valueType(s.source, value.node)
		if i > 0 && !same(common, found) {
			return "any"
		}
		common = found
	}
	if common != nil && common.Type == typeDates {
		return p.datesStruct(s.source.InputOf(values[0].node), name, required)
	}
	return p.schemaType(common, name)
}

// Types that are an array and an object to package flowjson.
const (
	typeFiles = "files" // the files of a picker
	typeDates = "dates" // the two dates of a CalendarPicker for a range
)

// valueType is the type of a value of a payload. Beyond that of package flowjson it
// knows pickers, ranges of dates, and arrays whose items differ.
func (p *program) valueType(s *flowjson.Screen, n *flowjson.Node) *flowjson.Schema {
	switch n.Kind {
	case jsontree.Array:
		t := &flowjson.Schema{Type: flowjson.TypeArray}
		for i, item := range n.Children {
			found := p.valueType(s, item)
			if i > 0 && !same(t.Items, found) {
				return &flowjson.Schema{Type: flowjson.TypeArray}
			}
			t.Items = found
		}
		return t
	case jsontree.Object:
		t := &flowjson.Schema{Type: flowjson.TypeObject}
		for _, child := range n.Children {
			t.Properties = append(t.Properties, &flowjson.Property{Key: child.Key, Schema: p.valueType(s, child)})
		}
		return t
	default:
		return p.scalarType(s, n)
	}
}

func (p *program) scalarType(s *flowjson.Screen, n *flowjson.Node) *flowjson.Schema {
	if c := s.InputOf(n); c != nil {
		switch {
		case c.Row().Input.Files:
			return &flowjson.Schema{Type: typeFiles}
		case isDateRange(valueOf(c)):
			return &flowjson.Schema{Type: typeDates}
		}
	}
	return p.flow.TypeOf(s, n)
}

// isDateRange reports whether a value has a first and a last date.
func isDateRange(t *catalog.Type) bool {
	first, last := t.Member(catalog.StartDate), t.Member(catalog.EndDate)
	return first != nil && last != nil && first.Format == catalog.FormatDate
}

// datesStruct declares the type of a range of dates; input may be nil.
func (p *program) datesStruct(input *flowjson.Component, name string, required bool) string {
	t := p.declarePart(p.names.name(name))
	names, r := namer{}, rules{required: required, rest: []string{dateRule}}
	for _, key := range []string{catalog.StartDate, catalog.EndDate} {
		t.add(names, key, "string", "")
		t.tag("validate", r.tag("string"))
		if input != nil {
			t.tag("label", input.Label(key))
		}
	}
	return t.Name
}

// same reports whether two types are the same.
func same(a, b *flowjson.Schema) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Type == b.Type && same(a.Items, b.Items) && slices.EqualFunc(a.Properties, b.Properties, func(a, b *flowjson.Property) bool {
		return a.Key == b.Key && same(a.Schema, b.Schema)
	})
}

// schemaType returns the Go type of what is submitted.
func (p *program) schemaType(s *flowjson.Schema, name string) string {
	if s == nil {
		return "any"
	}
	switch s.Type {
	case flowjson.TypeString:
		return "string"
	case flowjson.TypeNumber, flowjson.TypeInteger:
		return number
	case flowjson.TypeBoolean:
		return "bool"
	case typeDates:
		return p.datesStruct(nil, name, false)
	case typeFiles:
		p.media = true
		return "[]media.Item"
	case flowjson.TypeArray:
		return "[]" + p.schemaType(s.Items, name+"Item")
	case flowjson.TypeObject:
		if len(s.Properties) == 0 {
			return anyMap
		}
		all := properties(s, nil)
		if p.needsMap(keysOf(all)) {
			return anyMap
		}
		t := p.declarePart(p.names.name(name))
		names := namer{}
		for _, property := range all {
			t.add(names, property.Key, p.schemaType(property.Schema, name+goName(property.Key)), "")
		}
		return t.Name
	}
	return "any"
}
