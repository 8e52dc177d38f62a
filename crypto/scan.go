package crypto

import (
	"bytes"
	"encoding/base64"
)

// scanEnvelope reads a body that is written as Meta's servers write it: one object
// with the three fields, once each and nothing else, their strings of plain base64
// but for escaped slashes. That takes a fraction of the time of encoding/json. If the
// body is unusual in any way, ok is false, and encoding/json decides.
func scanEnvelope(body []byte) (env *Envelope, ok bool) {
	env = &Envelope{}
	decoded := make([]byte, 0, len(body)) // for all three fields: they are shorter than their text
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
		start := len(decoded)
		if decoded, ok = appendUsual(decoded, value); !ok {
			break
		}
		*field = decoded[start:len(decoded):len(decoded)] // an append to one must not reach the next
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

// scanString reads a string up to the next quotation mark; appendUsual refuses what
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

// appendUsual decodes base64 whose slashes may be escaped, to the end of dst, which
// has room for the text; every other character that base64 does not have, a backslash
// among them, makes it unusual.
func appendUsual(dst, text []byte) (longer []byte, ok bool) {
	if bytes.ContainsAny(text, jsonSpace) { // base64 skips line breaks
		return dst, false
	}
	start := len(dst)
	dst = appendUnescaped(dst, text)
	n, err := base64.StdEncoding.Strict().Decode(dst[start:], dst[start:]) // in place: what is written is shorter than what was read
	return dst[:start+n], err == nil
}

// appendUnescaped appends text with / for \/.
func appendUnescaped(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) || text[i+1] != '/' {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i]...), '/')
		text = text[i+2:]
	}
}
