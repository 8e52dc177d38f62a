package generate

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

// addData declares what a screen shows: its data model, a field for each key.
//
// An endpoint has to give every key of the model. What the items of a list or the
// properties of an object are, the model says, too; which of them may be left out
// can be seen of the examples only, and so can keys that the model does not declare
// and that WhatsApp lets through.
func (p *program) addData(s *screen) {
	model := s.source.Data
	if model == nil || len(model.Fields) == 0 {
		s.Data = noData
		return
	}
	p.part = part{s.What(), "show"}
	var keys []string
	for _, each := range model.Fields {
		if !slices.Contains(keys, each.Key) {
			keys = append(keys, each.Key)
		}
	}
	if p.needsMap(keys) {
		s.Data = anyMap
		return
	}
	t := p.declare(s.Data, "is what screen "+s.What()+" shows.")
	names := namer{}
	for _, key := range keys {
		f := model.Field(key) // of two with the same key, the last
		goType := "map[string]string"
		if isErrorMessages(s.source, f) {
			s.showsErrors = f.Key == protocol.KeyErrorMessages
		} else {
			goType = p.dataType(f.Schema, present(f.Example), s.Name+goName(f.Key))
		}
		t.add(names, f.Key, goType, "")
	}
}

// anyMap is the type of an object whose keys are not known, or cannot all be named in Go.
const anyMap = "map[string]any"

// needsMap reports whether an object has keys that no field of a struct can have, and
// makes a note of each.
func (p *program) needsMap(keys []string) bool {
	needs := false
	for _, key := range keys {
		if !isTagName(key) {
			p.note("screen %s: no field of a struct can have the key %q, so the object that %ss it is a map[string]any", p.part.screen, key, p.part.verb)
			needs = true
		}
	}
	return needs
}

// isErrorMessages reports whether a field holds a message for each input, for the
// screen's Form to show.
func isErrorMessages(s *flowjson.Screen, f *flowjson.Field) bool {
	if f.Schema == nil || f.Schema.Type != flowjson.TypeObject {
		return false
	}
	for _, property := range f.Schema.Properties {
		if property.Schema == nil || property.Schema.Type != flowjson.TypeString {
			return false
		}
	}
	for c := range s.All() {
		ref, ok := flowjson.ParseReference(c.Node.Get("error-messages").Str())
		if ok && c.Type == "Form" && ref.Screen == "" && ref.Source == "data" && slices.Equal(ref.Path, []string{f.Key}) {
			return true
		}
	}
	return false
}

// dataType returns the Go type of a value, given examples of it, and declares the
// structs that it needs, under that name or longer ones.
func (p *program) dataType(s *flowjson.Schema, examples []*flowjson.Node, name string) string {
	if s == nil {
		return "any"
	}
	switch s.Type {
	case flowjson.TypeString:
		return "string"
	case flowjson.TypeNumber:
		return "float64"
	case flowjson.TypeInteger:
		return "int64"
	case flowjson.TypeBoolean:
		return "bool"
	case flowjson.TypeArray:
		var items []*flowjson.Node
		for _, example := range examples {
			items = append(items, example.Items()...)
		}
		return "[]" + p.dataType(s.Items, items, name+"Item")
	case flowjson.TypeObject:
		if len(s.Properties) == 0 {
			return anyMap
		}
		return p.dataStruct(s, examples, name)
	}
	return "any"
}

func (p *program) dataStruct(s *flowjson.Schema, examples []*flowjson.Node, name string) string {
	all := properties(s, examples)
	if p.needsMap(keysOf(all)) {
		return anyMap
	}
	t := p.declarePart(p.names.name(name))
	names := namer{}
	for _, property := range all {
		var values []*flowjson.Node
		for _, example := range examples {
			values = append(values, present(example.Get(property.Key))...)
		}
		goType := p.dataType(property.Schema, values, name+goName(property.Key))
		option := ""
		if len(values) < len(examples) {
			goType, option = optional(goType, values), "omitzero"
		}
		t.add(names, property.Key, goType, option)
	}
	return t.Name
}

// properties are those that the model declares, and then those of the examples that
// it does not.
func properties(s *flowjson.Schema, examples []*flowjson.Node) []flowjson.Property {
	var list []flowjson.Property
	index := map[string]int{}
	for _, property := range s.Properties {
		if i, twice := index[property.Key]; twice {
			list[i] = *property // the last one counts
			continue
		}
		index[property.Key] = len(list)
		list = append(list, *property)
	}
	for _, example := range examples {
		for _, member := range example.Members() {
			if _, known := index[member.Key]; known {
				continue
			}
			var values []*flowjson.Node
			for _, other := range examples {
				values = append(values, present(other.Get(member.Key))...)
			}
			index[member.Key] = len(list)
			list = append(list, flowjson.Property{Key: member.Key, Schema: schemaOf(values)})
		}
	}
	return list
}

func keysOf(properties []flowjson.Property) []string {
	var keys []string
	for _, property := range properties {
		keys = append(keys, property.Key)
	}
	return keys
}

// schemaOf returns the type that all values have; nil if they differ.
func schemaOf(values []*flowjson.Node) *flowjson.Schema {
	if len(values) == 0 {
		return nil
	}
	for _, value := range values {
		if value.Kind != values[0].Kind {
			return nil
		}
	}
	switch values[0].Kind {
	case jsontree.String:
		return &flowjson.Schema{Type: flowjson.TypeString}
	case jsontree.Number:
		return &flowjson.Schema{Type: flowjson.TypeNumber}
	case jsontree.Bool:
		return &flowjson.Schema{Type: flowjson.TypeBoolean}
	case jsontree.Array:
		var items []*flowjson.Node
		for _, value := range values {
			items = append(items, value.Children...)
		}
		return &flowjson.Schema{Type: flowjson.TypeArray, Items: schemaOf(items)}
	case jsontree.Object:
		s := &flowjson.Schema{Type: flowjson.TypeObject}
		for _, property := range properties(s, values) {
			s.Properties = append(s.Properties, &property)
		}
		return s
	default: // null
		return nil
	}
}

// optional returns the type of a value that may be left out: one that tells a value
// that is not there from an empty one, where an empty one means something.
func optional(goType string, examples []*flowjson.Node) string {
	switch {
	case goType == "any" || strings.HasPrefix(goType, "[]") || strings.HasPrefix(goType, "map["):
		return goType
	case goType == "string" && !slices.ContainsFunc(examples, func(n *flowjson.Node) bool { return n.Text == "" }):
		return goType
	}
	return "*" + goType
}

// present is the node, if it is there.
func present(n *flowjson.Node) []*flowjson.Node {
	if n == nil {
		return nil
	}
	return []*flowjson.Node{n}
}
