package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/internal/jsonobject"
)

// payloadOf returns the payload that --data and key=value words make together, nil
// if there is neither.
func payloadOf(data string, words []string) (json.RawMessage, error) {
	payload, err := readPayload(data)
	if err != nil || len(words) == 0 {
		return payload, err
	}
	members := map[string]json.RawMessage{}
	if payload != nil {
		if err := json.Unmarshal(payload, &members); err != nil {
			return nil, err
		}
	}
	for _, word := range words {
		key, value, err := parseMember(word)
		if err != nil {
			return nil, err
		}
		if _, twice := members[key]; twice {
			return nil, usagef("%s is given twice", key)
		}
		members[key] = value
	}
	return encode(members)
}

// parseMember takes key=value apart, whose value is a string, or key:=value, whose
// value is JSON.
func parseMember(word string) (key string, value json.RawMessage, err error) {
	key, text, _ := strings.Cut(word, "=")
	key, isJSON := strings.CutSuffix(key, ":")
	if key == "" {
		return "", nil, usagef("expected key=value, got a word without a key")
	}
	if !isJSON {
		value, err = encode(text)
		return key, value, err
	}
	if err := checkJSON([]byte(text)); err != nil {
		return "", nil, usagef("%s:= expects JSON: %w; for a string write %s=", key, err, key)
	}
	return key, json.RawMessage(text), nil
}

// encode is json.Marshal without its escapes for HTML, which a phone does not make.
func encode(v any) (json.RawMessage, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// readPayload reads --data: a JSON object, or @FILE. No text is no payload.
func readPayload(text string) (json.RawMessage, error) {
	if text == "" {
		return nil, nil
	}
	data, name := []byte(text), "--data"
	if path, isFile := strings.CutPrefix(text, "@"); isFile {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, err
		}
		name = path
	}
	if err := checkJSON(data); err != nil {
		return nil, usagef("%s is not JSON: %w", name, err)
	}
	if found := jsonobject.Kind(data); found != "an object" {
		return nil, usagef("%s is not a JSON object like {\"day\":\"mon\"}, but %s", name, found)
	}
	return data, nil
}

// checkJSON says where text stops being JSON, and at which character. It quotes no
// more of the text than that.
func checkJSON(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("it is not UTF-8")
	}
	var value json.RawMessage
	err := json.Unmarshal(text, &value)
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return err
	}
	before := text[:min(int(syntax.Offset), len(text))]
	if syntax.Offset > 0 && !strings.HasPrefix(syntax.Error(), "unexpected end") {
		before = before[:len(before)-1] // the offset is behind the character in question
	}
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("line %d, column %d: %w", line, column, syntax)
}
