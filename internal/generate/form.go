package generate

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// addForms declares what a screen submits: a form for the screen, and one for each
// trigger that it has.
func (p *program) addForms(s *screen) error {
	all := submissions(p.flow, s.source)
	key, list := groups(all)
	form := s.Form
	s.Form = noData
	p.part = "is part of what screen " + s.What() + " submits."
	for _, g := range list {
		if len(g.submissions) == 0 {
			continue
		}
		var payloads []payload
		for _, each := range g.submissions {
			payloads = append(payloads, each.payloads...)
		}
		if g.value == "" {
			name, err := p.formStruct(s, payloads, dropped, form, "is what screen "+s.What()+" submits.")
			if err != nil {
				return err
			}
			s.Form, s.submits = name, true
			continue
		}
		t := &trigger{Name: p.names.name(s.Name + goName(g.value)), Field: key, Value: g.value}
		doc := "is what screen " + s.What() + " submits when " + inComment(key) + " is " + inComment(g.value) + "."
		name, err := p.formStruct(s, payloads, append([]string{key}, dropped...), p.names.name(t.Name+"Form"), doc)
		if err != nil {
			return err
		}
		t.Form = name
		s.Triggers = append(s.Triggers, t)
	}
	return nil
}

// formStruct declares the struct of payloads, any of which may arrive, and returns
// its name, which is that of NoData if nothing does.
func (p *program) formStruct(s *screen, payloads []payload, without []string, name, doc string) (string, error) {
	var keys []string
	for _, each := range payloads {
		for _, key := range each.keys() {
			if !slices.Contains(without, key) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		return noData, nil
	}
	t := p.declare(name, doc)
	names := namer{}
	for _, key := range keys {
		var values []payload
		for _, each := range payloads {
			if n := each.node.Get(key); n != nil {
				values = append(values, payload{each.action, n, each.example})
			}
		}
		if err := p.addFormField(s, t, names, key, values, len(values) == len(payloads)); err != nil {
			return "", err
		}
	}
	return name, nil
}

// addFormField adds the field for what may be under one key.
func (p *program) addFormField(s *screen, t *structType, names namer, key string, values []payload, always bool) error {
	r := rulesOf(p.flow, s.source, values)
	r.required = r.required && always
	r = r.give(p.givenRules(s.ID, key))
	inner := t.Name + goName(key)
	var goType string
	var err error
	if slices.ContainsFunc(values, func(v payload) bool { return !v.node.Is(jsontree.Object) }) {
		goType, err = p.formType(s, values, inner, r.required)
	} else if goType, err = p.formStruct(s, values, nil, p.names.name(inner), p.part); goType == noData {
		goType = "map[string]any"
	}
	if err != nil {
		return err
	}
	if err := t.add(names, key, goType, ""); err != nil {
		return err
	}
	t.validate(r.tag(goType), r.comment)
	return nil
}

// formType returns the Go type that fits all of these values.
func (p *program) formType(s *screen, values []payload, name string, required bool) (string, error) {
	var common *flowjson.Schema
	for i, value := range values {
		found := p.valueType(s.source, value.node)
		if i > 0 && !same(common, found) {
			return "any", nil
		}
		common = found
	}
	if common != nil && common.Type == typeDates {
		return p.datesStruct(name, required)
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
	if c := inputOf(s, n); c != nil {
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

// inputOf returns the input whose whole value a value of a payload is, if it is one.
func inputOf(s *flowjson.Screen, n *flowjson.Node) *flowjson.Component {
	ref, ok := flowjson.ParseReference(n.Str())
	if !ok || ref.Source != "form" || ref.Screen != "" || len(ref.Path) != 1 {
		return nil
	}
	return s.Input(ref.Path[0])
}

// datesStruct declares the type of a range of dates.
func (p *program) datesStruct(name string, required bool) (string, error) {
	t := p.declare(p.names.name(name), p.part)
	names, r := namer{}, rules{required: required, rest: []string{dateRule}}
	for _, key := range []string{catalog.StartDate, catalog.EndDate} {
		if err := t.add(names, key, "string", ""); err != nil {
			return "", err
		}
		t.validate(r.tag("string"), "")
	}
	return t.Name, nil
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
func (p *program) schemaType(s *flowjson.Schema, name string) (string, error) {
	if s == nil {
		return "any", nil
	}
	switch s.Type {
	case flowjson.TypeString:
		return "string", nil
	case flowjson.TypeNumber, flowjson.TypeInteger:
		return number, nil
	case flowjson.TypeBoolean:
		return "bool", nil
	case typeDates:
		return p.datesStruct(name, false)
	case typeFiles:
		p.media = true
		return "[]media.Item", nil
	case flowjson.TypeArray:
		item, err := p.schemaType(s.Items, name+"Item")
		return "[]" + item, err
	case flowjson.TypeObject:
		if len(s.Properties) == 0 {
			return "map[string]any", nil
		}
		t := p.declare(p.names.name(name), p.part)
		names := namer{}
		for _, property := range properties(s, nil) {
			goType, err := p.schemaType(property.Schema, name+goName(property.Key))
			if err != nil {
				return "", err
			}
			if err := t.add(names, property.Key, goType, ""); err != nil {
				return "", err
			}
		}
		return t.Name, nil
	}
	return "any", nil
}

// givenRules are the tags that the caller has for a field of a screen.
func (p *program) givenRules(screen, key string) string {
	var tags []string
	for i, rule := range p.rules {
		if rule.Screen == screen && rule.Field == key {
			p.ruleUsed[i] = true
			tags = append(tags, rule.Tag)
		}
	}
	return strings.Join(tags, ",")
}
