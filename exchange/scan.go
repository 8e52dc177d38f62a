package exchange

import (
	"bytes"
	"encoding/json"
)

// wireMessage is a request before its fields are looked at.
type wireMessage struct {
	Version            json.RawMessage `json:"version"`
	Action             json.RawMessage `json:"action"`
	Screen             json.RawMessage `json:"screen"`
	Data               json.RawMessage `json:"data"`
	FlowToken          json.RawMessage `json:"flow_token"`
	FlowTokenSignature json.RawMessage `json:"flow_token_signature"`
}

// unmarshalMessage reads an object with encoding/json.
func unmarshalMessage(plain []byte) (wire wireMessage, err error) {
	err = json.Unmarshal(plain, &wire)
	return wire, err
}

// scanMessage reads an object that is written as clients write it: sound JSON, its
// keys once each and in lower case. The fields are parts of plain, which saves the
// second pass and the copies of encoding/json. What is unusual in any way is not its
// business: usual is false, and encoding/json decides.
func scanMessage(plain []byte) (wire wireMessage, usual bool) {
	if !json.Valid(plain) {
		return wireMessage{}, false
	}
	// From here on every quotation mark and bracket has its partner.
	rest := skipTo(plain, '{')
	for trimmed := trimSpace(rest); trimmed[0] != '}'; trimmed = trimSpace(rest) {
		var name, value []byte
		name, rest = cutValue(trimmed)
		value, rest = cutValue(trimSpace(skipTo(rest, ':')))
		if trimmed = trimSpace(rest); trimmed[0] == ',' {
			rest = trimmed[1:]
		}
		if !isLower(name[1 : len(name)-1]) {
			return wireMessage{}, false // encoding/json takes "Action" and "\u0061ction", too
		}
		field := wire.field(name[1 : len(name)-1])
		if field == nil {
			continue
		}
		if *field != nil {
			return wireMessage{}, false
		}
		*field = value
	}
	return wire, true
}

func (w *wireMessage) field(name []byte) *json.RawMessage {
	switch string(name) {
	case "version":
		return &w.Version
	case "action":
		return &w.Action
	case "screen":
		return &w.Screen
	case "data":
		return &w.Data
	case "flow_token":
		return &w.FlowToken
	case "flow_token_signature":
		return &w.FlowTokenSignature
	default:
		return nil
	}
}

// cutValue cuts sound JSON behind the value that it begins with.
func cutValue(text []byte) (value, rest []byte) {
	end := 0
	switch text[0] {
	case '"':
		end = stringEnd(text)
	case '{', '[':
		for depth := 0; ; {
			switch text[end] {
			case '"':
				end += stringEnd(text[end:])
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			if end++; depth == 0 {
				break
			}
		}
	default:
		end = bytes.IndexAny(text, ",}"+jsonSpace)
	}
	return text[:end:end], text[end:] // an append to the value must not reach what follows
}

// stringEnd finds where the string ends that text begins with.
func stringEnd(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

const jsonSpace = " \t\r\n"

func trimSpace(text []byte) []byte { return bytes.TrimLeft(text, jsonSpace) }

// skipTo cuts text behind the first c.
func skipTo(text []byte, c byte) []byte { return text[bytes.IndexByte(text, c)+1:] }

func isLower(name []byte) bool {
	for _, c := range name {
		if c != '_' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
