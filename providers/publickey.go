package providers

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/flowserver/flowserver/registration"
)

// maxNesting bounds how deep a key is looked for: {"_data":{"data":[{…}]}} is 3.
const maxNesting = 4

// findKey looks for the registered key in the shapes that providers give it:
// {"data":[{…}]} (Meta's reference), {…} (Meta's guide), {"data":{…}}, and each
// of these under "_data" (ChakraHQ). An empty list, object or null in place of
// the entry means that no key is registered. The error says why an answer does not
// tell which key is registered, if any.
func findKey(raw json.RawMessage) (registration.RemoteKey, error) {
	return findKeyAt(raw, 0)
}

func findKeyAt(raw json.RawMessage, depth int) (registration.RemoteKey, error) {
	var none registration.RemoteKey
	inside := depth > 0
	switch {
	case depth > maxNesting, isEmpty(raw) && !inside:
		return none, errNoKey
	case isEmpty(raw):
		return none, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		if !inside {
			return none, errNoKey
		}
		return onlyKey(list, depth)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return none, errNoKey
	}
	for _, wrapper := range []string{"_data", "data"} {
		if inner, ok := object[wrapper]; ok && (wrapper == "data" || !isEmpty(inner)) {
			key, err := findKeyAt(inner, depth+1)
			if err == nil && key == none && hasNextPage(object) {
				err = errPages
			}
			return key, err
		}
	}
	return entry(object)
}

var (
	errNoKey   = errors.New("JSON without a business public key")
	errSeveral = errors.New("JSON with more than one business public key")
	errPages   = errors.New("an empty page, which is not the last one")
)

// unclearRemedy is what to do about an answer of the right API that leaves open which key is
// registered; empty for any other.
func unclearRemedy(err error) string {
	switch {
	case errors.Is(err, errSeveral):
		return "ask the provider which of them WhatsApp uses; a number has one"
	case errors.Is(err, errPages):
		return "ask the provider, whose answer for one number should have one page"
	default:
		return ""
	}
}

// hasNextPage reports whether Meta announces another page of a list.
func hasNextPage(object map[string]json.RawMessage) bool {
	var paging struct{ Next json.RawMessage }
	return json.Unmarshal(object["paging"], &paging) == nil && !isEmpty(paging.Next)
}

// onlyKey returns the entry with a key. Meta keeps one key per number: with two, none can
// be said to be registered.
func onlyKey(list []json.RawMessage, depth int) (key registration.RemoteKey, err error) {
	for i, raw := range list {
		next, err := findKeyAt(raw, depth+1)
		switch {
		case err != nil:
			return registration.RemoteKey{}, err
		case i == 0, isBlank(key) && !isBlank(next):
			key = next
		case !isBlank(key) && !isBlank(next) && next != key:
			return registration.RemoteKey{}, errSeveral
		}
	}
	return key, nil
}

func isBlank(key registration.RemoteKey) bool { return strings.TrimSpace(key.PEM) == "" }

// entry reads the two fields of Meta's Business Encryption API; either may be
// missing or null. Some who pass Graph on write the names in camel case.
func entry(object map[string]json.RawMessage) (key registration.RemoteKey, err error) {
	fields := map[string]json.RawMessage{}
	for name, value := range object {
		fields[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = value
	}
	pem, hasKey := fields["businesspublickey"]
	status, hasStatus := fields["businesspublickeysignaturestatus"]
	if !hasKey && !hasStatus {
		return registration.RemoteKey{}, errNoKey
	}
	var pemOK, statusOK bool
	key.PEM, pemOK = text(pem)
	key.SignatureStatus, statusOK = text(status)
	if !pemOK || !statusOK {
		return registration.RemoteKey{}, errNoKey
	}
	return key, nil
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
