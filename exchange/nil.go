package exchange

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// encodeData encodes v as encoding/json does, but nil slices and maps as [] and {}: a nil
// slice is an empty one in Go, while clients accept null for no type. A []byte, fields with
// omitempty or omitzero, and types that encode themselves stay as they are.
//
// Values without a null cost nothing more. Others are copied as far as something in them is
// nil, and encoded again; v is not changed.
func encodeData(v any) (json.RawMessage, error) {
	data, err := json.Marshal(v)
	if err != nil || !bytes.Contains(data, []byte("null")) {
		return data, err
	}
	filled, changed := fill(reflect.ValueOf(v), 0)
	if !changed {
		return data, nil
	}
	return json.Marshal(filled.Interface())
}

// maxDepth ends the walk through a value that json would not walk through: it refuses
// values that contain themselves, unless they are in a field that another one hides.
const maxDepth = 1000

// fill returns v with nil slices and maps replaced, and whether there were any. It copies
// what it changes.
func fill(v reflect.Value, depth int) (filled reflect.Value, changed bool) {
	if depth > maxDepth || !v.IsValid() || staysAsItIs(v.Type()) {
		return v, false
	}
	depth++
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			return reflect.MakeSlice(v.Type(), 0, 0), true
		}
		return fillElements(v, depth)
	case reflect.Array:
		return fillElements(v, depth)
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type()), true
		}
		return fillMap(v, depth)
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return v, false
		}
		inner, changed := fill(v.Elem(), depth)
		if !changed || v.Kind() == reflect.Interface {
			return inner, changed
		}
		pointer := reflect.New(v.Type().Elem())
		pointer.Elem().Set(inner)
		return pointer.Convert(v.Type()), true
	case reflect.Struct:
		var copied reflect.Value
		fillFields(v, depth, func() reflect.Value {
			if !copied.IsValid() {
				copied = reflect.New(v.Type()).Elem()
				copied.Set(v)
			}
			return copied
		})
		if copied.IsValid() {
			return copied, true
		}
		return v, false
	default:
		return v, false
	}
}

// fillElements fills the elements of a slice or an array.
func fillElements(v reflect.Value, depth int) (reflect.Value, bool) {
	if staysAsItIs(v.Type().Elem()) {
		return v, false
	}
	var copied reflect.Value
	for i := range v.Len() {
		element, changed := fill(v.Index(i), depth)
		if !changed {
			continue
		}
		if !copied.IsValid() {
			copied = reflect.New(v.Type()).Elem()
			if v.Kind() == reflect.Slice {
				copied.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			}
			reflect.Copy(copied, v)
		}
		copied.Index(i).Set(element)
	}
	if !copied.IsValid() {
		return v, false
	}
	return copied, true
}

func fillMap(v reflect.Value, depth int) (reflect.Value, bool) {
	if staysAsItIs(v.Type().Elem()) {
		return v, false
	}
	var copied reflect.Value
	for entry := v.MapRange(); entry.Next(); {
		value, changed := fill(entry.Value(), depth)
		if !changed {
			continue
		}
		if !copied.IsValid() {
			copied = reflect.MakeMapWithSize(v.Type(), v.Len())
			for all := v.MapRange(); all.Next(); {
				copied.SetMapIndex(all.Key(), all.Value())
			}
		}
		copied.SetMapIndex(entry.Key(), value)
	}
	if !copied.IsValid() {
		return v, false
	}
	return copied, true
}

// fillFields fills the fields of a struct that json encodes. target returns the copy that
// changes go to, which is addressable.
func fillFields(v reflect.Value, depth int, target func() reflect.Value) {
	if depth > maxDepth {
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		value := v.Field(i)
		switch {
		case field.Tag.Get("json") == "-" || !field.IsExported() && !field.Anonymous:
		case !field.IsExported() && field.Type.Kind() == reflect.Struct: // its exported fields are promoted
			fillFields(value, depth+1, func() reflect.Value { return target().Field(i) })
		case !field.IsExported() && field.Type.Kind() == reflect.Pointer && field.Type.Elem().Kind() == reflect.Struct:
			fillEmbedded(value, depth+1, func() reflect.Value { return target().Field(i) })
		case !field.IsExported() || omittedAsZero(field, value):
		default:
			if filled, changed := fill(value, depth); changed {
				target().Field(i).Set(filled)
			}
		}
	}
}

// fillEmbedded fills the struct behind an embedded pointer to an unexported type. reflect
// does not let such a pointer be set, but where it is stored: in the copy, which is ours.
func fillEmbedded(pointer reflect.Value, depth int, target func() reflect.Value) {
	if pointer.IsNil() {
		return
	}
	var copied reflect.Value
	fillFields(pointer.Elem(), depth, func() reflect.Value {
		if !copied.IsValid() {
			original := reflect.NewAt(pointer.Type().Elem(), pointer.UnsafePointer())
			copied = reflect.New(pointer.Type().Elem())
			copied.Elem().Set(original.Elem())
			place := target()
			reflect.NewAt(place.Type(), place.Addr().UnsafePointer()).Elem().Set(copied)
		}
		return copied.Elem()
	})
}

// omittedAsZero reports whether json leaves a field out by its omitzero. To fill something
// in would bring it in.
func omittedAsZero(field reflect.StructField, value reflect.Value) bool {
	_, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	for option := range strings.SplitSeq(options, ",") {
		if option != "omitzero" {
			continue
		}
		if zeroer, ok := value.Interface().(interface{ IsZero() bool }); ok && !isNilPointer(value) {
			return zeroer.IsZero()
		}
		return value.IsZero()
	}
	return false
}

func isNilPointer(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// staysAsItIs reports whether values of a type are not filled: it encodes itself, or has
// nothing that could be nil.
func staysAsItIs(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice:
		if e := t.Elem(); e.Kind() == reflect.Uint8 && !encodesItself(e) {
			return true // a []byte is encoded as base64
		}
	case reflect.Array, reflect.Map, reflect.Struct, reflect.Interface, reflect.Pointer:
	default:
		return true
	}
	return encodesItself(t)
}

func encodesItself(t reflect.Type) bool {
	if t.Implements(marshaler) || t.Implements(textMarshaler) {
		return true
	}
	p := reflect.PointerTo(t)
	return t.Kind() != reflect.Interface && t.Kind() != reflect.Pointer && (p.Implements(marshaler) || p.Implements(textMarshaler))
}
