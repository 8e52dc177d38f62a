package phone

import (
	"encoding/json"
	"reflect"
	"strings"
)

// MaskView returns a View in which sensitive values are masked in all texts: in the inputs
// themselves, and where the screen repeats them. Sensitive options are not selected, and
// sensitive dates are empty.
func (p *Phone) MaskView(v View) View {
	entries := p.sensitive()
	if len(entries) == 0 {
		return v
	}
	copied := copyView(v)
	for i := range copied.Parts {
		p.hide(&copied.Parts[i], copied.Screen)
	}
	maskTexts(reflect.ValueOf(&copied).Elem(), entries)
	return copied
}

// copyView returns a View that shares no memory with v.
func copyView(v View) View {
	var copied View
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &copied)
	}
	if err != nil {
		panic("phone: a View is plain data: " + err.Error())
	}
	return copied
}

// hide removes the value of an input whose value is sensitive.
func (p *Phone) hide(part *Part, screen string) {
	switch {
	case part.Field != nil && part.Field.Value != "" && p.Sensitive(screen, part.Field.Name):
		part.Field.Value = mask
	case part.Choice != nil && p.Sensitive(screen, part.Choice.Name):
		for i := range part.Choice.Options {
			part.Choice.Options[i].Selected = false
		}
	case part.Date != nil && p.Sensitive(screen, part.Date.Name):
		part.Date.Value = ""
	case part.Range != nil && p.Sensitive(screen, part.Range.Name):
		part.Range.Start.Value, part.Range.End.Value = "", ""
	case part.List != nil && p.Sensitive(screen, part.List.Name):
		for i := range part.List.Items {
			part.List.Items[i].Selected = false
		}
	}
}

// structural are the texts of a View that are not for people to read, by the keys of their
// JSON. They never contain what a user entered.
const structural = " at screen history rules type kind name id pointer src color scale ratio weight errorFrom severity code rule accept source " +
	"min max unavailable weekdays today token "

// maskTexts masks every text in a value except those that are structural.
func maskTexts(v reflect.Value, entries []string) {
	switch v.Kind() { //nolint:exhaustive // nothing else has texts in it
	case reflect.String:
		v.SetString(maskText(v.String(), entries))
	case reflect.Pointer:
		if !v.IsNil() {
			maskTexts(v.Elem(), entries)
		}
	case reflect.Slice:
		if raw, ok := v.Interface().(json.RawMessage); ok {
			if len(raw) > 0 {
				v.Set(reflect.ValueOf(maskJSON(raw, entries)))
			}
			return
		}
		for i := range v.Len() {
			maskTexts(v.Index(i), entries)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if key == "" || !strings.Contains(structural, " "+key+" ") {
				maskTexts(v.Field(i), entries)
			}
		}
	}
}
