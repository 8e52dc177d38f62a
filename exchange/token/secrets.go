package token

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// leeway is how far the clocks of those who sign and those who verify may be
// apart. The documentation of Verify and VerifySignature names it.
const leeway = 10 * time.Second

// Secrets are HMAC keys: the first signs, any of them verifies. They print as
// their number.
type Secrets [][]byte

// Format implements [fmt.Formatter]: no verb prints a secret.
func (s Secrets) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.redacted()) }

// LogValue implements [slog.LogValuer] as Format does.
func (s Secrets) LogValue() slog.Value { return slog.StringValue(s.redacted()) }

// MarshalText implements [encoding.TextMarshaler], and so JSON, as Format does.
func (s Secrets) MarshalText() ([]byte, error) { return []byte(s.redacted()), nil }

func (s Secrets) redacted() string { return fmt.Sprintf("%d secrets", len(s)) }

func (s Secrets) clone() Secrets {
	c := make(Secrets, len(s))
	for i, secret := range s {
		c[i] = bytes.Clone(secret)
	}
	return c
}

// verifier checks JWTs that were signed with HS256 and one of some secrets.
type verifier struct {
	secrets func() Secrets // a function, as fmt prints fields, even behind a pointer, but not what functions hold
	parser  *jwt.Parser
}

func newVerifier(secrets Secrets, now func() time.Time, opts ...jwt.ParserOption) verifier {
	secrets = secrets.clone()
	return verifier{func() Secrets { return secrets }, jwt.NewParser(append(opts,
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithStrictDecoding(),
		jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(now),
	)...)}
}

// parse verifies text and reads its claims. Errors are those of package jwt and
// may quote text: they are looked at, and not passed on.
func (v verifier) parse(text string, claims jwt.Claims) error {
	if strings.ContainsAny(text, "\r\n") {
		return jwt.ErrTokenMalformed // base64 skips them: two spellings of one token
	}
	_, err := v.parser.ParseWithClaims(text, claims, v.keys)
	return err
}

// keys is a [jwt.Keyfunc].
func (v verifier) keys(*jwt.Token) (any, error) {
	var set jwt.VerificationKeySet
	for _, secret := range v.secrets() {
		set.Keys = append(set.Keys, secret)
	}
	return set, nil
}
