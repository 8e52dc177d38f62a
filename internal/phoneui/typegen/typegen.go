// Package typegen writes TypeScript declarations of Go types, as encoding/json encodes
// them, so that tsc checks the page against the types that the server sends.
package typegen

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Declarations returns an interface for each struct type, and for those that they
// mention. It panics on a type that JSON has no fixed form for, such as a channel.
func Declarations(types ...reflect.Type) string {
	w := writer{seen: map[reflect.Type]bool{}}
	for _, t := range types {
		w.mention(t)
	}
	slices.Sort(w.interfaces)
	return strings.Join(w.interfaces, "\n")
}

type writer struct {
	seen       map[reflect.Type]bool
	interfaces []string
}

// mention returns the TypeScript type of t, and declares it if it is a struct.
func (w *writer) mention(t reflect.Type) string {
	if t == reflect.TypeFor[json.RawMessage]() {
		return "unknown"
	}
	switch t.Kind() { //nolint:exhaustive // the rest panics below
	case reflect.Pointer:
		return w.mention(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "number"
	case reflect.Interface:
		return "unknown"
	case reflect.Slice:
		return w.mention(t.Elem()) + "[]"
	case reflect.Map:
		return fmt.Sprintf("Record<string, %s>", w.mention(t.Elem()))
	case reflect.Struct:
		w.declare(t)
		return t.Name()
	}
	panic("typegen: no TypeScript for " + t.String())
}

func (w *writer) declare(t reflect.Type) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	var text strings.Builder
	fmt.Fprintf(&text, "export interface %s {\n", t.Name())
	w.fields(&text, t)
	text.WriteString("}\n")
	w.interfaces = append(w.interfaces, text.String())
}

// fields writes those of a struct; those of an embedded one are its own, as in JSON.
func (w *writer) fields(text *strings.Builder, t reflect.Type) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			w.fields(text, f.Type)
		case !f.IsExported() || name == "-":
		default:
			optional := ""
			if strings.Contains(options, "omitempty") {
				optional = "?"
			}
			fmt.Fprintf(text, "  %s%s: %s;\n", name, optional, w.mention(f.Type))
		}
	}
}
