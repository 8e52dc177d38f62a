package flowcheck

import (
	"reflect"
	"slices"
	"strings"
)

// jsonField is a field of a struct, as encoding/json sees it.
type jsonField struct {
	name     string
	typ      reflect.Type
	tagged   bool // its tag names it
	quoted   bool // the option string: a number or a boolean as a string
	mayLeave bool // omitempty, omitzero, or within a pointer that may be nil
	required bool // by its validate tag
	input    string
}

// embedded is a struct whose fields belong to another one.
type embedded struct {
	typ      reflect.Type
	mayLeave bool // it is a pointer
}

// jsonFields lists what a struct has in JSON. Fields of embedded structs belong to
// it; of fields with one name the shallowest counts, of several as deep the only
// one with a tag, otherwise none.
func jsonFields(t reflect.Type) []jsonField {
	var fields []jsonField
	taken, seen := map[string]bool{}, map[reflect.Type]bool{}
	for level := []embedded{{typ: t}}; len(level) > 0; {
		var here []jsonField
		var deeper []embedded
		for _, e := range level {
			if !seen[e.typ] {
				seen[e.typ] = true
				own, inner := fieldsOf(e)
				here, deeper = append(here, own...), append(deeper, inner...)
			}
		}
		for _, f := range here {
			if !taken[f.name] && dominates(f, here) {
				fields = append(fields, f)
			}
		}
		for _, f := range here {
			taken[f.name] = true
		}
		level = deeper
	}
	return fields
}

// dominates reports whether a field is the one of its name on a level.
func dominates(f jsonField, level []jsonField) bool {
	same, tagged := 0, 0
	for _, other := range level {
		if other.name == f.name {
			same++
			if other.tagged {
				tagged++
			}
		}
	}
	return same == 1 || f.tagged && tagged == 1
}

// fieldsOf takes a struct apart into its own fields and the structs that it embeds.
func fieldsOf(e embedded) (fields []jsonField, inner []embedded) {
	for i := range e.typ.NumField() {
		f := e.typ.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		has := func(option string) bool { return slices.Contains(strings.Split(options, ","), option) }
		switch {
		case tag == "-":
		case f.Anonymous && name == "" && indirect(f.Type).Kind() == reflect.Struct:
			inner = append(inner, embedded{indirect(f.Type), e.mayLeave || f.Type.Kind() == reflect.Pointer})
		case f.IsExported():
			one := jsonField{
				name: name, typ: f.Type, tagged: name != "", quoted: has("string"),
				mayLeave: e.mayLeave || has("omitzero") || has("omitempty") && f.Type.Kind() != reflect.Struct, // which is never empty
				required: slices.Contains(strings.Split(f.Tag.Get("validate"), ","), "required"),
				input:    f.Tag.Get("input"),
			}
			if !one.tagged {
				one.name = f.Name
			}
			fields = append(fields, one)
		}
	}
	return fields, inner
}
