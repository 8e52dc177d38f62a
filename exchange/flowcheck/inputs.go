package flowcheck

import (
	"fmt"
	"reflect"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/flowjson"
)

// noInput is the input tag of a field whose error is not shown at an input.
const noInput = "-"

// inputs checks the input tags of a form: each names the input that shows what is wrong
// with the field.
func (c *flowCheck) inputs(s *flowjson.Screen, rt exchange.Route) {
	if rt.Form == nil || hasUnknown(s) {
		return
	}
	reported := map[string]bool{}
	eachField(rt.Form, map[reflect.Type]bool{}, func(f jsonField) {
		if f.input == "" || f.input == noInput || reported[f.input] {
			return
		}
		reported[f.input] = true
		input := s.Input(f.input)
		var problem string
		switch {
		case input == nil:
			problem = "the screen has no such input"
		case !input.ShowsError():
			problem = fmt.Sprintf("this %s shows no text of error_messages", input.Type)
		default:
			return
		}
		c.report(s.ID, s.Node.Get("id"), true, fmt.Sprintf("%q of %s has the tag input:%q, and %s", f.name, typeName(rt.Form), f.input, problem),
			`name an input that shows it, or use input:"-", with which the text is in the snackbar`)
	})
}

// hasUnknown reports whether a screen has a component of a type that this release does not
// know, which may be an input.
func hasUnknown(s *flowjson.Screen) bool {
	for component := range s.All() {
		if component.Row() == nil {
			return true
		}
	}
	return false
}

// eachField calls visit for each field of a struct, and of those within it.
func eachField(t reflect.Type, seen map[reflect.Type]bool, visit func(jsonField)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return
	}
	seen[t] = true
	for _, f := range jsonFields(t) {
		visit(f)
		eachField(f.typ, seen, visit)
	}
}
