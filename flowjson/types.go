package flowjson

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// TypeOf returns the type that a value of a payload has when WhatsApp sends it from
// a screen: that of the field or the input that it refers to, or its own. It is nil
// where it is unknown.
func (f *Flow) TypeOf(s *Screen, value *Node) *Schema {
	switch {
	case value == nil || value.Kind == jsontree.Null:
		return nil
	case value.Kind == jsontree.Number:
		return &Schema{Type: TypeNumber}
	case value.Kind == jsontree.Bool:
		return &Schema{Type: TypeBoolean}
	case value.Kind == jsontree.Array:
		t := &Schema{Type: TypeArray}
		if len(value.Children) > 0 {
			t.Items = f.TypeOf(s, value.Children[0])
		}
		return t
	case value.Kind == jsontree.Object:
		t := &Schema{Type: TypeObject}
		for _, child := range value.Children {
			t.Properties = append(t.Properties, &Property{Key: child.Key, Schema: f.TypeOf(s, child)})
		}
		t.index()
		return t
	}
	if ref, ok := expr.ParseReference(value.Text); ok {
		return f.Resolve(s, ref)
	}
	if expr.IsExpression(value.Text) {
		return f.typeOfExpression(s, value.Text)
	}
	return &Schema{Type: TypeString}
}

// Resolve returns the type of what a reference on a screen refers to; nil if the reference
// leads to nothing, or to an unknown type.
func (f *Flow) Resolve(s *Screen, ref Reference) *Schema {
	if ref.Screen != "" {
		s = f.Screen(ref.Screen)
	}
	if s == nil {
		return nil
	}
	var t *Schema
	if ref.Source == "form" {
		t = s.Input(ref.Path[0]).ValueType()
	} else if field := s.Data.Field(ref.Path[0]); field != nil {
		t = field.Schema
	}
	for _, key := range ref.Path[1:] {
		t = t.Property(key)
	}
	return t
}

// ValueType returns the type that the component's value has in a payload, as Meta's
// validator sees it; nil if the component has none, or data decides it. To the
// validator a TextInput for numbers is a number, while clients send what was typed as a
// string, so an endpoint must accept both.
func (c *Component) ValueType() *Schema {
	if c == nil || !c.IsInput() {
		return nil
	}
	return schemaOf(c.Row().Input.TypeOf(c.Node))
}

// schemaOf returns a type of the catalog as a schema.
func schemaOf(t *catalog.Type) *Schema {
	if t == nil {
		return nil
	}
	s := &Schema{Type: t.Names[0], Items: schemaOf(t.Items)}
	for _, m := range t.Members {
		s.Properties = append(s.Properties, &Property{Key: m.Key, Schema: schemaOf(m.Type)})
	}
	return s
}

// typeOfExpression returns the type of what an expression in backticks gives; nil if
// it is not one, or its type is unknown.
func (f *Flow) typeOfExpression(s *Screen, text string) *Schema {
	e, err := expr.Parse(expr.Inner(text))
	if err != nil {
		return nil
	}
	if e.Kind == expr.Ref {
		return f.Resolve(s, e.Ref)
	}
	if found, _ := e.Types(func(ref Reference) string { return f.Resolve(s, ref).BaseType() }); found != "" {
		return &Schema{Type: found}
	}
	return nil
}

// BaseType returns the type as expressions know it: an integer is a number. It is ""
// if the type is unknown.
func (s *Schema) BaseType() string {
	switch {
	case s == nil:
		return ""
	case s.Type == TypeInteger:
		return TypeNumber
	}
	return s.Type
}

// Replaces reports whether WhatsApp replaces a string in a Flow of this version: a
// reference, or an expression in backticks.
func (f *Flow) Replaces(text string) bool {
	if expr.IsExpression(text) {
		return f.RulesVersion().AtLeast(catalog.ExpressionsSince)
	}
	return expr.IsDynamic(text)
}

// Reference returns the reference that a string is by the rules of the Flow's version, by
// itself or alone in backticks.
func (f *Flow) Reference(text string) (ref Reference, ok bool) {
	if !f.Replaces(text) {
		return Reference{}, false
	}
	if ref, ok = expr.ParseReference(text); ok {
		return ref, true
	}
	e, err := expr.Parse(expr.Inner(text))
	if err != nil || e.Kind != expr.Ref {
		return Reference{}, false
	}
	return e.Ref, true
}

// Value returns a value of the file as encoding/json would decode it, with
// [catalog.Unknown] in place of each string that WhatsApp replaces.
func (f *Flow) Value(n *Node) any {
	switch {
	case n.Is(jsontree.String) && f.Replaces(n.Text):
		return catalog.Unknown{}
	case n.Is(jsontree.Array):
		items := make([]any, len(n.Children))
		for i, child := range n.Children {
			items[i] = f.Value(child)
		}
		return items
	case n.Is(jsontree.Object):
		members := make(map[string]any, len(n.Children))
		for _, child := range n.Children {
			members[child.Key] = f.Value(child)
		}
		return members
	}
	return n.Value()
}
