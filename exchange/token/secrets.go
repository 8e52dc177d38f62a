package token

import (
	"bytes"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/flowserver/flowserver/secret"
)

// leeway is how far the clocks of those who sign and those who verify may be
// apart. The documentation of Verify and VerifySignature names it.
const leeway = 10 * time.Second

// verifier checks JWTs that were signed with HS256 and one of some secrets.
type verifier struct {
	secrets func() secret.List // a closure, because fmt prints unexported fields
	parser  *jwt.Parser
}

func newVerifier(secrets secret.List, now func() time.Time, opts ...jwt.ParserOption) verifier {
	own := make(secret.List, len(secrets))
	for i, one := range secrets {
		own[i] = bytes.Clone(one)
	}
	return verifier{func() secret.List { return own }, jwt.NewParser(append(opts,
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
	for _, one := range v.secrets() {
		set.Keys = append(set.Keys, one)
	}
	return set, nil
}
