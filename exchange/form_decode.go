package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/jsonobject"
)

// decodeForm decodes a payload into form. If that fails, it decodes all that it can, and
// returns what it cannot.
func decodeForm(payload json.RawMessage, form any) []wrong {
	if json.Unmarshal(payload, form) == nil {
		return nil
	}
	of := reflect.TypeOf(form).Elem()
	readable, found := decodable(payload, "", func(part json.RawMessage) error {
		return json.Unmarshal(part, reflect.New(of).Interface())
	})
	value := reflect.ValueOf(form).Elem()
	value.SetZero() // what the first attempt left there
	if readable != nil {
		_ = json.Unmarshal(readable, form) // every part of it was decoded before
	}
	return found
}

// decodable returns value without the members that cannot be decoded, and these; nil if
// nothing of it can. decode tries a value at this place.
func decodable(value json.RawMessage, path string, decode func(json.RawMessage) error) (json.RawMessage, []wrong) {
	err := decode(value)
	if err == nil {
		return value, nil
	}
	members, notObject := jsonobject.Members(value)
	if notObject != nil || decode(emptyObject) != nil {
		return nil, []wrong{{path: path, note: undecodable(path, value, err)}}
	}
	var found []wrong
	for _, key := range slices.Sorted(maps.Keys(members)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		part, problems := decodable(members[key], at, func(part json.RawMessage) error {
			alone, err := json.Marshal(map[string]json.RawMessage{key: part})
			if err != nil {
				return err
			}
			return decode(alone)
		})
		found = append(found, problems...)
		if members[key] = part; part == nil {
			delete(members, key)
		}
	}
	rest, err := json.Marshal(members)
	if err == nil {
		err = decode(rest)
	}
	if err != nil { // a type of its own that wants its members together
		return nil, append(found, wrong{path: path, note: undecodable(path, value, err)})
	}
	return rest, found
}

// undecodable describes a value for the log by its type alone: the errors of custom types
// may repeat the input.
func undecodable(path string, value json.RawMessage, err error) string {
	if path == "" {
		path = "the payload"
	} else {
		path = keyNames(path)
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Type != nil {
		return fmt.Sprintf("%s (expected %s, got %s)", path, mismatch.Type, jsonobject.Kind(value))
	}
	return fmt.Sprintf("%s (cannot be decoded from %s)", path, jsonobject.Kind(value))
}

// keyNames returns a path as a log may show it.
func keyNames(path string) string {
	keys := strings.Split(path, ".")
	for i, key := range keys {
		keys[i] = jsonobject.KeyName(key)
	}
	return strings.Join(keys, ".")
}
