package flowcheck

import (
	"encoding"
	"encoding/json"
	"reflect"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/flowjson"
)

// encodedType returns the JSON type that a value of a Go type is written as; empty
// if that shows only when it is written, as with interfaces and types that write
// themselves.
func encodedType(t reflect.Type) string {
	if jsonType, known := specialType(t); known {
		return jsonType
	}
	switch {
	case either[json.Marshaler](t):
		return ""
	case either[encoding.TextMarshaler](t):
		return flowjson.TypeString
	}
	return typeOfKind(t)
}

// decodedType is encodedType for a value that is read: what it must be.
func decodedType(t reflect.Type) string {
	if jsonType, known := specialType(t); known {
		return jsonType
	}
	switch {
	case either[json.Unmarshaler](t):
		return ""
	case either[encoding.TextUnmarshaler](t):
		return flowjson.TypeString
	}
	return typeOfKind(t)
}

func specialType(t reflect.Type) (jsonType string, known bool) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return flowjson.TypeString, true
	case reflect.TypeFor[exchange.Number](), reflect.TypeFor[json.Number](), reflect.TypeFor[json.RawMessage]():
		return "", true // the first two read a number from a string, too
	}
	return "", false
}

// either reports whether a type, or a pointer to it, has the methods.
func either[Methods any](t reflect.Type) bool {
	methods := reflect.TypeFor[Methods]()
	return t.Implements(methods) || reflect.PointerTo(t).Implements(methods)
}

func typeOfKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return flowjson.TypeString
	case reflect.Bool:
		return flowjson.TypeBoolean
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64:
		return flowjson.TypeNumber
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			return flowjson.TypeString // base64
		}
		return flowjson.TypeArray
	case reflect.Struct, reflect.Map:
		return flowjson.TypeObject
	default:
		return "" // an interface; the rest does not encode at all
	}
}

// fits reports whether a JSON type will do where another is declared. A number that
// may be whole fits an integer: only the value can tell.
func fits(jsonType, declared string) bool {
	if declared == flowjson.TypeInteger {
		declared = flowjson.TypeNumber
	}
	return jsonType == "" || declared == "" || jsonType == declared
}
