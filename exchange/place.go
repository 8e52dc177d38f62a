package exchange

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/flowserver/flowserver/flowjson"
)

// place is where a form is wrong, as its user knows it.
type place struct {
	key   string       // of the payload
	label string       // what the screen calls it
	input string       // whose error-messages text it is; empty if none shows it
	field reflect.Type // nil if the form has no such field

	name   string // of the innermost field, in JSON
	inItem bool   // in an item that has several fields, such as a picked file
}

// notShown is the value of the tag input for a field that no input shows errors for.
const notShown = "-"

// placeOf finds what path, such as "guests[1].name", means in a form. A struct tag has
// precedence over the Flow JSON, and both over the key:
//
//	Guests Number `json:"guests" label:"How many are you?" input:"guest_count"`
func placeOf(form reflect.Type, path string, s *flowjson.Screen) place {
	p := place{}
	p.walk(form, path)
	input := inputOf(s, p.key)
	if input != nil && p.label == "" {
		p.label = input.Label(strings.TrimPrefix(strings.TrimPrefix(path, p.key), "."))
	}
	if p.label = oneLine(p.label); p.label == "" {
		p.label = readable(p.name)
	}
	switch {
	case p.input == notShown:
		p.input = ""
	case p.input != "":
	case s == nil: // the Flow JSON is not known: most Flows use the name of the input as the key
		p.input = p.key
	case input != nil && input.ShowsError():
		p.input = input.Name
	}
	return p
}

// oneLine returns a label as a text can quote it.
func oneLine(label string) string {
	return strings.TrimRight(strings.Join(strings.Fields(label), " "), ":： ")
}

// walk follows a path into a struct type. Of the fields on its way, the last one with a
// label gives the label.
func (p *place) walk(t reflect.Type, path string) {
	f, rest, found := fieldAt(t, path)
	if !found {
		if p.key == "" {
			p.key, p.name = path, path
		}
		return
	}
	if p.key == "" {
		p.key = jsonName(f)
	}
	if label := f.Tag.Get("label"); label != "" {
		p.label, p.inItem = label, false
	}
	if !p.inItem {
		p.name = jsonName(f)
	}
	if input := f.Tag.Get("input"); input != "" {
		p.input = input
	}
	p.field = indirect(f.Type)
	for strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if kind := p.field.Kind(); end < 0 || kind != reflect.Slice && kind != reflect.Array && kind != reflect.Map {
			return
		}
		p.field, rest = indirect(p.field.Elem()), rest[end+1:]
		p.inItem = p.field.Kind() == reflect.Struct
	}
	if rest != "" {
		p.walk(p.field, rest[1:])
	}
}

// fieldAt returns the field of a struct type that a path begins with, and the rest of the
// path. A name may have dots itself, so the longest one that fits counts.
func fieldAt(t reflect.Type, path string) (found reflect.StructField, rest string, ok bool) {
	if t == nil || t.Kind() != reflect.Struct {
		return found, "", false
	}
	longest := -1
	for i := range t.NumField() {
		f := t.Field(i)
		name := jsonName(f)
		after, fits := strings.CutPrefix(path, name)
		if f.Anonymous && f.Tag.Get("json") == "" { // its fields are those of t; validator names it
			inner, innerRest, innerOK := fieldAt(indirect(f.Type), strings.TrimPrefix(after, "."))
			if innerOK && len(jsonName(inner)) > longest {
				found, rest, ok, longest = inner, innerRest, true, len(jsonName(inner))
			}
			continue
		}
		if fits && len(name) > longest && (after == "" || after[0] == '.' || after[0] == '[') {
			found, rest, ok, longest = f, after, true, len(name)
		}
	}
	return found, rest, ok
}

// inputOf returns the input that all actions of a screen send under a key; nil if there
// is no such one, or if the screen is not known.
func inputOf(s *flowjson.Screen, key string) *flowjson.Component {
	if s == nil {
		return nil
	}
	var common *flowjson.Component
	for _, a := range s.Actions() {
		value := a.Payload.Get(key)
		if a.Name != flowjson.ActionDataExchange || value == nil {
			continue
		}
		input := s.InputOf(value)
		if input == nil || common != nil && common != input {
			return nil
		}
		common = input
	}
	return common
}

// readable makes a label of a key: first_name and firstName are "First name".
func readable(key string) string {
	text := []rune(strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(key)))
	var label strings.Builder
	for i, r := range text {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r) && unicode.IsLower(text[i-1]):
			label.WriteByte(' ')
			if i+1 < len(text) && unicode.IsLower(text[i+1]) { // a word, not an abbreviation
				r = unicode.ToLower(r)
			}
		}
		label.WriteRune(r)
	}
	return label.String()
}
