package crypto

import (
	"bytes"
	"encoding/base64"
)

// scanEnvelope reads a body that is written as Meta's servers write it: one object
// with the three fields, once each and nothing else, their strings of plain base64
// but for escaped slashes. That takes a fraction of what encoding/json does. What is
// unusual in any way is not its business: ok is false, and encoding/json decides.
func scanEnvelope(body []byte) (env *Envelope, ok bool) {
	env = &Envelope{}
	rest, ok := skip(body, '{')
	for ok {
		var name, value []byte
		if name, rest, ok = scanString(rest); !ok {
			break
		}
		if rest, ok = skip(rest, ':'); !ok {
			break
		}
		if value, rest, ok = scanString(rest); !ok {
			break
		}
		field := env.field(name)
		if field == nil || *field != nil {
			return nil, false
		}
		if *field, ok = decodeUsual(value); !ok {
			break
		}
		if after, more := skip(rest, ','); more {
			rest = after
			continue
		}
		rest, ok = skip(rest, '}')
		complete := env.EncryptedFlowData != nil && env.EncryptedAESKey != nil && env.InitialVector != nil
		return env, ok && complete && len(bytes.TrimLeft(rest, jsonSpace)) == 0
	}
	return nil, false
}

func (e *Envelope) field(name []byte) *[]byte {
	switch string(name) {
	case "encrypted_flow_data":
		return &e.EncryptedFlowData
	case "encrypted_aes_key":
		return &e.EncryptedAESKey
	case "initial_vector":
		return &e.InitialVector
	default:
		return nil
	}
}

const jsonSpace = " \t\r\n"

// skip goes past white space and then c.
func skip(text []byte, c byte) (rest []byte, ok bool) {
	text = bytes.TrimLeft(text, jsonSpace)
	if len(text) == 0 || text[0] != c {
		return text, false
	}
	return text[1:], true
}

// scanString reads a string up to the next quotation mark; decodeUsual refuses what
// else may be in it.
func scanString(text []byte) (content, rest []byte, ok bool) {
	if text, ok = skip(text, '"'); !ok {
		return nil, nil, false
	}
	end := bytes.IndexByte(text, '"')
	if end < 0 {
		return nil, nil, false
	}
	return text[:end], text[end+1:], true
}

// decodeUsual decodes base64 whose slashes may be escaped; every other character
// that base64 does not have, a backslash among them, makes it unusual.
func decodeUsual(text []byte) (decoded []byte, ok bool) {
	if bytes.ContainsAny(text, jsonSpace) { // base64 passes line breaks over
		return nil, false
	}
	decoded = unescapeSlashes(text)
	n, err := base64.StdEncoding.Strict().Decode(decoded, decoded) // in place: what is written is shorter than what was read
	return decoded[:n], err == nil
}

// unescapeSlashes returns a copy with / for \/.
func unescapeSlashes(text []byte) []byte {
	plain := make([]byte, 0, len(text))
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) || text[i+1] != '/' {
			return append(plain, text...)
		}
		plain = append(append(plain, text[:i]...), '/')
		text = text[i+2:]
	}
}
