package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

const (
	ivSize  = 16 // of the protocol; GCM's usual 12 is refused
	tagSize = 16
)

// Envelope is the encrypted request as Meta posts it, decoded from base64.
type Envelope struct {
	EncryptedFlowData []byte // AES-128-GCM ciphertext, the 16-byte tag at its end
	EncryptedAESKey   []byte // RSA-OAEP ciphertext, as long as the RSA modulus
	InitialVector     []byte // 16 bytes
}

// ParseEnvelope reads the JSON body of a request,
//
//	{"encrypted_flow_data":"…","encrypted_aes_key":"…","initial_vector":"…"}
//
// with three standard (padded, not URL-safe) base64 strings. Other keys are ignored.
// Everything that can be checked without a private key is refused here with
// [ErrMalformed]: a body that is not a JSON object, a missing field or one that is not a
// string, invalid base64, an IV that is not 16 bytes, a missing wrapped key, data that is
// too short for a plaintext and the tag.
func ParseEnvelope(body []byte) (*Envelope, error) {
	env, usual := scanEnvelope(body)
	if !usual {
		var err error
		if env, err = decodeEnvelope(body); err != nil {
			return nil, err
		}
	}
	if err := env.checkSizes(); err != nil {
		return nil, err
	}
	return env, nil
}

// decodeEnvelope reads a body with encoding/json, and reports what is wrong with it.
func decodeEnvelope(body []byte) (*Envelope, error) {
	var wire struct {
		Data base64Field `json:"encrypted_flow_data"`
		Key  base64Field `json:"encrypted_aes_key"`
		IV   base64Field `json:"initial_vector"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrMalformed, jsonProblem(err))
	}
	for _, field := range []struct {
		name string
		base64Field
	}{{"encrypted_flow_data", wire.Data}, {"encrypted_aes_key", wire.Key}, {"initial_vector", wire.IV}} {
		if field.problem == "" && field.bytes == nil {
			field.problem = "is missing"
		}
		if field.problem != "" {
			return nil, fmt.Errorf("%w: %s %s", ErrMalformed, field.name, field.problem)
		}
	}
	return &Envelope{EncryptedFlowData: wire.Data.bytes, EncryptedAESKey: wire.Key.bytes, InitialVector: wire.IV.bytes}, nil
}

// checkSizes refuses envelopes that no key can open.
func (e *Envelope) checkSizes() error {
	switch {
	case len(e.InitialVector) != ivSize:
		return fmt.Errorf("%w: initial_vector has %d bytes, want %d", ErrMalformed, len(e.InitialVector), ivSize)
	case len(e.EncryptedFlowData) <= tagSize:
		return fmt.Errorf("%w: encrypted_flow_data has %d bytes, want more than the tag's %d", ErrMalformed, len(e.EncryptedFlowData), tagSize)
	case len(e.EncryptedAESKey) == 0:
		return fmt.Errorf("%w: encrypted_aes_key is empty", ErrMalformed)
	}
	return nil
}

// base64Field decodes a JSON string of standard base64. It is strict where
// encoding/base64 is lax: it does not accept line breaks or stray bits in the last
// character. It keeps what is wrong, so that the caller can name the field.
type base64Field struct {
	bytes   []byte
	problem string
}

func (f *base64Field) UnmarshalJSON(raw []byte) error {
	*f = base64Field{} // the last of equal keys counts, as in encoding/json
	switch {
	case string(raw) == "null":
		return nil
	case raw[0] != '"':
		f.problem = "is not a string"
		return nil
	}
	text := raw[1 : len(raw)-1]
	text = bytes.ReplaceAll(text, []byte(`\/`), []byte(`/`)) // as Meta writes slashes
	if bytes.IndexByte(text, '\\') >= 0 {
		var unescaped string
		if err := json.Unmarshal(raw, &unescaped); err != nil {
			return err
		}
		text = []byte(unescaped)
	}
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(decoded, text)
	if err != nil || bytes.ContainsAny(text, "\r\n") {
		f.problem = "is not standard base64"
		return nil //nolint:nilerr // ParseEnvelope reports it, with the field's name
	}
	f.bytes = decoded[:n]
	return nil
}

// jsonProblem describes what is wrong with a body without repeating any of it.
func jsonProblem(err error) string {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("not JSON, from byte %d on", syntax.Offset)
	}
	return "not a JSON object"
}
