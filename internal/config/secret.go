package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a value that must not be printed: every way of formatting or encoding
// it gives [redacted]. Its zero value is the unset secret, which is also what an
// empty one is. It is read with [Secret.Reveal] or [Secret.Bytes], compared with
// [Secret.Equal] (== does not compile), and safe for concurrent use.
type Secret struct {
	_ [0]func()
	// a pointer, because fmt prints the unexported fields of a surrounding struct
	// without asking their methods, and then shows no more than an address
	value *string
}

// NewSecret makes text a secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{value: &text}
}

// Reveal returns the value, which is empty if the secret is unset.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Bytes returns a copy of the value, nil if the secret is unset.
func (s Secret) Bytes() []byte {
	if s.value == nil {
		return nil
	}
	return []byte(*s.value)
}

// IsSet reports whether there is a value.
func (s Secret) IsSet() bool { return s.value != nil }

// Equal compares the values, in a time that depends on their lengths only.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare(s.Bytes(), other.Bytes()) == 1
}

// String returns [redacted].
func (s Secret) String() string { return redacted }

// Format writes [redacted], whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // a fmt.State has nowhere to report an error to
}

// MarshalText returns [redacted], or nothing for a secret that is unset; JSON, YAML
// and others use it.
func (s Secret) MarshalText() ([]byte, error) {
	if !s.IsSet() {
		return nil, nil
	}
	return []byte(redacted), nil
}

// LogValue returns [redacted].
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
