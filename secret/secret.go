// Package secret holds values that must never be printed: app secrets, access
// tokens, signing keys.
//
// A struct that holds a [Bytes] or a [List] in an exported field can safely be passed to
// fmt, log/slog and encoding/json. Unexported fields are different: fmt prints those
// without calling their methods. Keep a secret there in a closure, as [Bytes.Hidden]
// does: fmt prints only its address.
//
// The package does not import other packages of this module. Its types are safe for
// concurrent use as long as the bytes are not modified.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Bytes is a secret. Formatting or encoding it gives "[redacted]", or nothing if it
// is empty; a conversion to string or []byte gives the value.
type Bytes []byte

// Equal reports whether two secrets are the same, in a time that depends only on
// their lengths.
func (b Bytes) Equal(other Bytes) bool { return subtle.ConstantTimeCompare(b, other) == 1 }

// Hidden returns a function that returns b, to keep a secret in an unexported field of a
// struct.
func (b Bytes) Hidden() func() Bytes { return func() Bytes { return b } }

// String returns "[redacted]", or "" if the secret is empty.
func (b Bytes) String() string {
	if len(b) == 0 {
		return ""
	}
	return redacted
}

// Format writes what String returns, whatever the verb.
func (b Bytes) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, b.String()) // a fmt.State has nowhere to report an error to
}

// LogValue returns what String returns.
func (b Bytes) LogValue() slog.Value { return slog.StringValue(b.String()) }

// MarshalText returns what String returns. JSON and YAML encoders use it.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// List is several secrets, any of which may be the right one, for example while one
// replaces another. Formatting or encoding it gives their number.
type List [][]byte

// String returns the number of secrets, for example "[2 redacted]".
func (l List) String() string { return fmt.Sprintf("[%d redacted]", len(l)) }

// Format writes what String returns, whatever the verb.
func (l List) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, l.String()) // a fmt.State has nowhere to report an error to
}

// LogValue returns what String returns.
func (l List) LogValue() slog.Value { return slog.StringValue(l.String()) }

// MarshalText returns what String returns. JSON and YAML encoders use it.
func (l List) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
