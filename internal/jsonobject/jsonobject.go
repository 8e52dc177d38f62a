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
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// MembersOrEmptyList is [Members], and an empty list counts as an empty object: PHP does not
// tell them apart and writes [].
func MembersOrEmptyList(raw []byte) (map[string]json.RawMessage, error) {
	if IsEmptyList(raw) {
		return map[string]json.RawMessage{}, nil
	}
	return Members(raw)
}

// IsEmptyList reports whether valid JSON is a list without elements.
func IsEmptyList(valid []byte) bool {
	valid = bytes.TrimSpace(valid)
	return len(valid) >= 2 && valid[0] == '[' && len(bytes.TrimSpace(valid[1:len(valid)-1])) == 0
}

// Kind names the type of valid JSON: "an object", "a list", "a string", "a number",
// "a boolean" or "null".
func Kind(valid []byte) string {
	valid = bytes.TrimSpace(valid)
	if len(valid) == 0 {
		return "nothing"
	}
	switch valid[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// keyName is what programmers call a key. Anything else may be something that a user typed.
var keyName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,39}$`)

// KeyName returns a key as a log may show it: "*" if it does not look like a name.
func KeyName(key string) string {
	if !keyName.MatchString(key) {
		return "*"
	}
	return key
}

// KeyNames returns the keys of an object for a log, sorted and at most ten, each by
// [KeyName].
func KeyNames(members map[string]json.RawMessage) string {
	const most = 10
	var names []string
	for key := range members {
		names = append(names, KeyName(key))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
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
// "slots[2].title", and whether there is one; root is the path of the whole. Keys are by
// [KeyName].
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
			inner := KeyName(key)
			if at != "" {
				inner = at + "." + inner
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
