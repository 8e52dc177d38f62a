package flowjson

import (
	"maps"
	"slices"

	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Model is the data model of a screen: the data that an endpoint, or the payload of a
// navigate action, may and must provide. It is JSON Schema, of which Meta documents five
// types; WhatsApp compiles it as draft 7, so other keywords also apply: see [Model.Check].
type Model struct {
	// Fields are in the order of the file.
	Fields []*Field
	// Required are the keys in the undocumented entry "required": WhatsApp considers all
	// others optional.
	Required []string
	Node     *Node

	byKey            map[string]*Field
	required, wanted []string // keys that data must have, and should have; sorted
}

// Field is one key of a data model.
type Field struct {
	Key    string
	Schema *Schema
	// Example is the value of __example__; nil if there is none.
	Example *Node
	Node    *Node
}

// The types of values.
const (
	TypeString  = expr.TypeString
	TypeNumber  = expr.TypeNumber
	TypeInteger = expr.TypeInteger
	TypeBoolean = expr.TypeBoolean
	TypeObject  = expr.TypeObject
	TypeArray   = expr.TypeArray
)

// Reference is a reference to data or to an input. See package expr.
type Reference = expr.Reference

// ParseReference reads a string that is a single reference.
func ParseReference(text string) (Reference, bool) { return expr.ParseReference(text) }

// IsDynamic reports whether WhatsApp replaces a string by another value: a reference,
// or an expression in backticks.
func IsDynamic(text string) bool { return expr.IsDynamic(text) }

// Schema is the type of a value. A nil Schema is an unknown type.
type Schema struct {
	// Type is one of the six types; empty if it is missing or none of them.
	Type string
	// Properties are those of an object, in the order of the file; none if any
	// object will do.
	Properties []*Property
	// Items is the type of an array's items; nil if it is not known.
	Items *Schema
	// Node is where the type is declared; nil if it is that of a component's value.
	Node *Node

	byKey    map[string]*Schema // where there are many properties
	keywords []keyword
	// additional is the type of properties that are not declared; nil if any will do.
	additional *Schema
}

// Property is one key of an object.
type Property struct {
	Key    string
	Schema *Schema
}

// The keys of a data model with a special meaning.
const (
	// RequiredKey is the one key of a model that is not a field.
	RequiredKey = "required"
	// ExampleKey is the key of a field for what Meta's preview shows.
	ExampleKey = "__example__"
)

func readModel(n *Node) *Model {
	if !n.Is(jsontree.Object) {
		return nil
	}
	m := &Model{Node: n, byKey: map[string]*Field{}}
	for _, child := range n.Children {
		if child.Key == RequiredKey && child.Kind == jsontree.Array {
			for _, key := range child.Children {
				m.Required = append(m.Required, key.Str())
			}
			continue
		}
		field := &Field{Key: child.Key, Schema: readSchema(child), Example: child.Get(ExampleKey), Node: child}
		m.Fields = append(m.Fields, field)
		m.byKey[child.Key] = field
	}
	m.required = sorted(m.Required)
	m.wanted = sorted(slices.AppendSeq(slices.Clone(m.Required), maps.Keys(m.byKey)))
	return m
}

// sorted returns keys in their order, each once.
func sorted(keys []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(keys)))
}

func readSchema(n *Node) *Schema {
	if !n.Is(jsontree.Object) {
		return nil
	}
	s := &Schema{Node: n, keywords: readKeywords(n)}
	switch t := n.Get("type").Str(); t {
	case TypeString, TypeNumber, TypeInteger, TypeBoolean, TypeObject, TypeArray:
		s.Type = t
	}
	s.Items = readSchema(n.Get("items"))
	if n.Get("patternProperties") == nil {
		s.additional = readSchema(n.Get("additionalProperties"))
	}
	for _, child := range n.Get("properties").Members() {
		s.Properties = append(s.Properties, &Property{Key: child.Key, Schema: readSchema(child)})
	}
	s.index()
	return s
}

// index makes many properties quick to find.
func (s *Schema) index() {
	if len(s.Properties) < jsontree.ManyChildren {
		return
	}
	s.byKey = make(map[string]*Schema, len(s.Properties))
	for _, p := range s.Properties {
		s.byKey[p.Key] = p.Schema
	}
}

// Field returns the field with this key; nil if there is none. A nil Model has no fields.
func (m *Model) Field(key string) *Field {
	if m == nil {
		return nil
	}
	return m.byKey[key]
}

// Property returns the type of a key of an object; nil if it is not known.
func (s *Schema) Property(key string) *Schema {
	if s == nil {
		return nil
	}
	if s.byKey != nil {
		return s.byKey[key]
	}
	for _, p := range s.Properties {
		if p.Key == key {
			return p.Schema
		}
	}
	return nil
}
