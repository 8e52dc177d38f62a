package flowjson

import (
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// TypeOf returns the type that a value of a payload has when WhatsApp sends it from
// a screen: that of the field or the input that it refers to, or its own. It is nil
// where that cannot be told.
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

// Resolve returns the type of what a reference on a screen refers to; nil if there
// is no such thing, or its type cannot be told.
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

// ValueType returns the type that the component's value has in a payload, as
// Meta's validator sees it; nil if the component has none. A TextInput for numbers
// is a number to the validator while clients send what was typed as a string, so an
// endpoint must take both.
func (c *Component) ValueType() *Schema {
	if c == nil {
		return nil
	}
	str := &Schema{Type: TypeString}
	switch c.Type {
	case "TextInput":
		if kind := c.Node.Get("input-type").Str(); kind == "number" || kind == "passcode" {
			return &Schema{Type: TypeNumber}
		}
		return str
	case "TextArea", "Dropdown", "RadioButtonsGroup", "DatePicker", "NavigationList":
		return str
	case "CheckboxGroup", "ChipsSelector":
		return &Schema{Type: TypeArray, Items: str}
	case "OptIn":
		return &Schema{Type: TypeBoolean}
	case "CalendarPicker":
		switch mode := c.Node.Get("mode"); {
		case mode == nil || mode.Str() == "single":
			return str
		case mode.Str() == "range":
			return &Schema{Type: TypeObject, Properties: []*Property{{"start-date", str}, {"end-date", str}}}
		}
		return nil // decided by data
	case "PhotoPicker", "DocumentPicker":
		return &Schema{Type: TypeArray, Items: mediaType}
	}
	return nil
}

// mediaType is what an endpoint receives of each picked file (Meta, page "Media
// upload", 2026-04-15).
var mediaType = &Schema{Type: TypeObject, Properties: []*Property{
	{"media_id", &Schema{Type: TypeString}},
	{"cdn_url", &Schema{Type: TypeString}},
	{"file_name", &Schema{Type: TypeString}},
	{"encryption_metadata", &Schema{Type: TypeObject, Properties: []*Property{
		{"encrypted_hash", &Schema{Type: TypeString}},
		{"iv", &Schema{Type: TypeString}},
		{"encryption_key", &Schema{Type: TypeString}},
		{"hmac_key", &Schema{Type: TypeString}},
		{"plaintext_hash", &Schema{Type: TypeString}},
	}}},
}}

// typeOfExpression returns the type of what an expression in backticks gives; nil if
// it is none, or its type cannot be told.
func (f *Flow) typeOfExpression(s *Screen, text string) *Schema {
	e, err := expr.Parse(expr.Inner(text))
	if err != nil {
		return nil
	}
	if e.Kind == expr.Ref {
		return f.Resolve(s, e.Ref)
	}
	if found, _ := e.Types(func(ref Reference) string { return simpleType(f.Resolve(s, ref)) }); found != "" {
		return &Schema{Type: found}
	}
	return nil
}

// simpleType returns the type of a schema as expressions know it: without integer.
func simpleType(s *Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Type == TypeInteger:
		return TypeNumber
	}
	return s.Type
}

// replaces reports whether WhatsApp replaces a string in a Flow of this version.
func (f *Flow) replaces(text string) bool {
	if expr.IsExpression(text) {
		return f.rulesVersion().AtLeast(expressionSince)
	}
	return expr.IsDynamic(text)
}
