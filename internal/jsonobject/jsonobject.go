// Package jsonobject reads JSON objects whose members are decoded one by one. It
// matches keys exactly, as phones do; encoding/json ignores their case when it decodes
// into a struct.
//
// Its errors never quote a value.
package jsonobject

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// ErrNotObject means that a JSON text is not an object, or not JSON.
var ErrNotObject = errors.New("not a JSON object")

// Members returns the members of the object raw. The error is [ErrNotObject].
func Members(raw []byte) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, ErrNotObject
	}
	return members, nil
}

// Member returns a member of the object raw, and whether it is there. It is not there
// if raw is something else.
func Member(raw []byte, key string) (value json.RawMessage, found bool) {
	members, err := Members(raw)
	if err != nil {
		return nil, false
	}
	value, found = members[key]
	return value, found
}

// Text returns a member that must be a string if it is there. The error names the key.
func Text(members map[string]json.RawMessage, key string) (text string, found bool, err error) {
	raw, found := members[key]
	if !found {
		return "", false, nil
	}
	text, ok := String(raw)
	if !ok {
		return "", true, fmt.Errorf("%s is not a string", key)
	}
	return text, true, nil
}

// String decodes valid JSON that is a string; ok is false for any other value.
func String(raw []byte) (text string, ok bool) {
	if len(raw) == 0 || raw[0] != '"' { // Unmarshal would accept null
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true // the common case
	}
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}

// Is reports whether valid JSON is an object. It looks at the first character only.
func Is(valid []byte) bool {
	valid = bytes.TrimLeft(valid, " \t\r\n")
	return len(valid) > 1 && valid[0] == '{'
}

// FindNull returns the path of the first null in valid JSON, by sorted keys, for example
// "slots[2].title", and whether there is one; root is the path of the whole.
func FindNull(valid []byte, root string) (path string, found bool) {
	if !bytes.Contains(valid, []byte("null")) {
		return "", false // the common case, without decoding
	}
	var value any
	if json.Unmarshal(valid, &value) != nil {
		return "", false
	}
	return findNull(value, root)
}

func findNull(value any, at string) (path string, found bool) {
	switch value := value.(type) {
	case nil:
		return at, true
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			inner := key
			if at != "" {
				inner = at + "." + key
			}
			if path, found := findNull(value[key], inner); found {
				return path, true
			}
		}
	case []any:
		for i, element := range value {
			if path, found := findNull(element, at+"["+strconv.Itoa(i)+"]"); found {
				return path, true
			}
		}
	}
	return "", false
}
