package catalog

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// Type is the type of a value: what a reference or an expression may give to a
// property, or what an input adds to the form.
type Type struct {
	// Names are the JSON Schema types that fit, the usual one first. They are those of
	// package expr.
	Names []string
	// ListFrom is the first version in which an array fits, if that is one of Names.
	ListFrom Version
	// Items is the type of an array's items; nil if any will do.
	Items *Type
	// Members are the keys of an object that have a type.
	Members []Member
	// Format says more of a string: [FormatDate], [FormatEmail] or nothing.
	Format string
}

// Member is one key of an object.
type Member struct {
	Key      string
	Type     *Type
	Required bool
}

// The formats of strings.
const (
	FormatDate  = "date" // YYYY-MM-DD from version [DaysSince] on
	FormatEmail = "email"
)

// Member returns the type of a key of an object; nil if any will do.
func (t *Type) Member(key string) *Type {
	if t == nil {
		return nil
	}
	for _, m := range t.Members {
		if m.Key == key {
			return m.Type
		}
	}
	return nil
}

// Is reports whether a value of that JSON Schema type is the only one that fits.
func (t *Type) Is(name string) bool { return t != nil && len(t.Names) == 1 && t.Names[0] == name }

// Accepts reports whether a value of that JSON Schema type fits. Every value fits a nil
// Type, and a value of unknown type, "", fits every Type.
func (t *Type) Accepts(name string) bool {
	return t == nil || name == "" || slices.Contains(t.Names, name) ||
		name == expr.TypeInteger && slices.Contains(t.Names, expr.TypeNumber)
}

// In returns the type as a version has it.
func (t *Type) In(v Version) *Type {
	if t == nil || v.AtLeast(t.ListFrom) {
		return t
	}
	older := *t
	older.Names = slices.DeleteFunc(slices.Clone(t.Names), func(name string) bool { return name == expr.TypeArray })
	older.Items = nil
	return &older
}

// String returns the types with their articles, such as "a string or an array".
func (t *Type) String() string {
	names := make([]string, len(t.Names))
	for i, name := range t.Names {
		names[i] = expr.WithArticle(name)
	}
	return strings.Join(names, " or ")
}

// The types of single values and of lists of them.
var (
	textType   = &Type{Names: []string{expr.TypeString}}
	boolType   = &Type{Names: []string{expr.TypeBoolean}}
	numberType = &Type{Names: []string{expr.TypeNumber}}
	objectType = &Type{Names: []string{expr.TypeObject}}
	dateType   = &Type{Names: []string{expr.TypeString}, Format: FormatDate}
	emailType  = &Type{Names: []string{expr.TypeString}, Format: FormatEmail}
	textsType  = listOf(textType)
	linesType  = &Type{Names: []string{expr.TypeString, expr.TypeArray}, ListFrom: Version{5, 1}, Items: textType}
	// countType is for counts of characters: Meta's page says string, its schema number.
	countType = &Type{Names: []string{expr.TypeNumber, expr.TypeString}}
	scalar    = &Type{Names: []string{expr.TypeString, expr.TypeNumber, expr.TypeBoolean}}
)

// rangeType is the value of a CalendarPicker for a range.
var rangeType = &Type{Names: []string{expr.TypeObject}, Members: []Member{
	{StartDate, dateType, true}, {EndDate, dateType, true},
}}

// filesType is what an endpoint receives of the files of a picker (Meta, page "Media
// upload", 2026-04-15).
var filesType = listOf(&Type{Names: []string{expr.TypeObject}, Members: []Member{
	{"media_id", textType, true},
	{"cdn_url", textType, true},
	{"file_name", textType, true},
	{"encryption_metadata", &Type{Names: []string{expr.TypeObject}, Members: []Member{
		{"encrypted_hash", textType, true},
		{"iv", textType, true},
		{"encryption_key", textType, true},
		{"hmac_key", textType, true},
		{"plaintext_hash", textType, true},
	}}, true},
}})

func listOf(items *Type) *Type { return &Type{Names: []string{expr.TypeArray}, Items: items} }

// TypeOf returns the type of the data that may take the place of a value; nil if
// nothing may.
func TypeOf(v Value) *Type {
	switch v := v.(type) {
	case Text, Enum, Date, Image, Word, URL:
		return textType
	case Bool:
		return boolType
	case Number:
		return numberType
	case Lines:
		return linesType
	case Map:
		return objectType
	case Binding:
		return scalar
	case Condition:
		return boolType
	case List:
		return listOf(TypeOf(v.Of))
	case PerKey:
		one := TypeOf(v.Of)
		t := &Type{Names: append(slices.Clone(one.Names), expr.TypeObject)}
		for _, key := range v.Keys {
			t.Members = append(t.Members, Member{Key: key, Type: one})
		}
		return t
	case Record:
		t := &Type{Names: []string{expr.TypeObject}}
		for _, p := range v.Properties {
			if p.Bound != nil {
				t.Members = append(t.Members, Member{p.Key, p.Bound, p.Required})
			}
		}
		return t
	default:
		return nil
	}
}
