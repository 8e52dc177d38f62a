package crypto

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

const (
	ivSize  = 16 // of the protocol; GCM's usual 12 is refused
	tagSize = 16
)

// Envelope is the encrypted request as Meta posts it, base64 undone.
type Envelope struct {
	EncryptedFlowData []byte // AES-128-GCM ciphertext, the 16-byte tag at its end
	EncryptedAESKey   []byte // RSA-OAEP ciphertext, as long as the RSA modulus
	InitialVector     []byte // 16 bytes
}

// ParseEnvelope reads the JSON body of a request,
//
//	{"encrypted_flow_data":"…","encrypted_aes_key":"…","initial_vector":"…"}
//
// with three standard (padded, not URL-safe) base64 strings. Further keys are
// ignored. All that can be known to be wrong without a private key is refused
// here with [ErrMalformed]: body not a JSON object, field missing or not a
// string, not base64, an IV that is not 16 bytes, no wrapped key, data without
// room for a clear text beside the tag.
func ParseEnvelope(body []byte) (*Envelope, error) {
	var wire struct {
		Data *string `json:"encrypted_flow_data"`
		Key  *string `json:"encrypted_aes_key"`
		IV   *string `json:"initial_vector"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return nil, fmt.Errorf("%w: not a JSON object with three base64 strings: %s", ErrMalformed, jsonProblem(err))
	}
	var env Envelope
	for _, field := range []struct {
		name string
		text *string
		into *[]byte
	}{
		{"encrypted_flow_data", wire.Data, &env.EncryptedFlowData},
		{"encrypted_aes_key", wire.Key, &env.EncryptedAESKey},
		{"initial_vector", wire.IV, &env.InitialVector},
	} {
		if field.text == nil {
			return nil, fmt.Errorf("%w: %s is missing", ErrMalformed, field.name)
		}
		decoded, err := decodeBase64(*field.text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s is not standard base64", ErrMalformed, field.name)
		}
		*field.into = decoded
	}
	if err := env.checkSizes(); err != nil {
		return nil, err
	}
	return &env, nil
}

// checkSizes refuses what no key can open.
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

// decodeBase64 is strict where encoding/base64 is lax: it takes no line breaks
// and no stray bits in the last character.
func decodeBase64(text string) ([]byte, error) {
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

// jsonProblem says what is wrong with a body without repeating any of it.
func jsonProblem(err error) string {
	switch e := err.(type) { //nolint:errorlint // encoding/json returns these two bare
	case *json.SyntaxError:
		return fmt.Sprintf("syntax error at byte %d", e.Offset)
	case *json.UnmarshalTypeError:
		return fmt.Sprintf("%s found at byte %d", e.Value, e.Offset)
	default:
		return "unreadable"
	}
}
