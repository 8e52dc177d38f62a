package providers

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/flowserver/flowserver/registration"
)

// maxNesting bounds how deep a key is looked for: {"_data":{"data":[{…}]}} is 3.
const maxNesting = 4

// findKey looks for the registered key in the shapes that providers give it:
// {"data":[{…}]} (Meta's reference), {…} (Meta's guide), {"data":{…}}, and each
// of these under "_data" (ChakraHQ). An empty list, object or null in place of
// the entry means that no key is registered. found is false if the answer
// speaks of no key at all.
func findKey(raw json.RawMessage) (key registration.RemoteKey, found bool) {
	return findKeyAt(raw, 0)
}

func findKeyAt(raw json.RawMessage, depth int) (key registration.RemoteKey, found bool) {
	if depth > maxNesting {
		return registration.RemoteKey{}, false
	}
	inside := depth > 0
	if isEmpty(raw) {
		return registration.RemoteKey{}, inside
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		if !inside {
			return registration.RemoteKey{}, false
		}
		return firstKey(list, depth)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return registration.RemoteKey{}, false
	}
	for _, wrapper := range []string{"_data", "data"} {
		if inner, ok := object[wrapper]; ok && (wrapper == "data" || !isEmpty(inner)) {
			return findKeyAt(inner, depth+1)
		}
	}
	return entry(object)
}

// firstKey prefers an entry with a key. Meta keeps one key per number, so more
// than one are not expected.
func firstKey(list []json.RawMessage, depth int) (key registration.RemoteKey, found bool) {
	for _, raw := range list {
		next, ok := findKeyAt(raw, depth+1)
		switch {
		case !ok:
			return registration.RemoteKey{}, false
		case !found, isBlank(key) && !isBlank(next):
			key, found = next, true
		}
	}
	return key, found
}

func isBlank(key registration.RemoteKey) bool { return strings.TrimSpace(key.PEM) == "" }

// entry reads the two fields of Meta's Business Encryption API; either may be
// missing or null.
func entry(object map[string]json.RawMessage) (key registration.RemoteKey, found bool) {
	pem, hasKey := object["business_public_key"]
	status, hasStatus := object["business_public_key_signature_status"]
	if !hasKey && !hasStatus {
		return registration.RemoteKey{}, false
	}
	var pemOK, statusOK bool
	key.PEM, pemOK = text(pem)
	key.SignatureStatus, statusOK = text(status)
	if !pemOK || !statusOK {
		return registration.RemoteKey{}, false
	}
	return key, true
}

// isEmpty is true of what providers send for "nothing".
func isEmpty(raw json.RawMessage) bool {
	switch string(bytes.Join(bytes.Fields(raw), nil)) {
	case "", "null", "[]", "{}", `""`, "false":
		return true
	}
	return false
}

// text reads a string; absent and null are the empty string.
func text(raw json.RawMessage) (value string, ok bool) {
	if len(raw) == 0 {
		return "", true
	}
	err := json.Unmarshal(raw, &value)
	return value, err == nil
}

// anyText is for messages: anything but a string is dropped.
func anyText(raw json.RawMessage) string {
	value, _ := text(raw)
	return value
}
