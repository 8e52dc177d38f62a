package token

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/flowserver/flowserver/secret"
)

const (
	// MinSecret is the minimum length of a secret of a [Signer] in bytes: that of the hash
	// (RFC 7518, section 3.2).
	MinSecret = 32
	// DefaultLifetime is the lifetime of tokens that are minted without an expiry time.
	// Meta advises two to three days ("Best Practices for Flows", June 28, 2026).
	DefaultLifetime = 72 * time.Hour

	maxLength = 2048 // of a token, in bytes
)

var (
	// ErrForged means that a flow token was not minted with any of the secrets; this
	// includes "unused", which WhatsApp sends if the message had no token.
	ErrForged = errors.New("flow token does not verify")
	// ErrExpired means that a flow token was valid and has expired.
	ErrExpired = errors.New("flow token has expired")
	// ErrFlow means that a flow token is valid, but for another Flow.
	ErrFlow = errors.New("flow token is for another flow")
)

// Claims are the content of a flow token.
type Claims struct {
	// Subject identifies the recipient of the message to the sender, for example a
	// customer id; it may be empty. Anyone who sees the token can read it.
	Subject string `json:"subject"`
	// Flow is the id of the Flow that the token is for. Required.
	Flow string `json:"flow"`
	// IssuedAt and ExpiresAt are in whole seconds, UTC.
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at"`
	// ID is random: no two tokens have the same.
	ID string `json:"id"`
}

// Config configures a [Signer].
type Config struct {
	// Secrets are random and have at least [MinSecret] bytes. Tokens are signed with the
	// first and verified with any. Required.
	Secrets secret.List
	// Now is the clock. Nil: time.Now.
	Now func() time.Time `json:"-"`
}

// Signer mints and verifies flow tokens. Use [NewSigner]. It never prints its secrets.
type Signer struct {
	verifier verifier // the first of its secrets signs
	now      func() time.Time
}

// NewSigner returns a signer. It refuses a Config without secrets, or with one that is too
// short.
func NewSigner(cfg Config) (*Signer, error) {
	if len(cfg.Secrets) == 0 {
		return nil, errors.New("token: Config.Secrets is empty: give a random secret of 32 bytes or more, for example from `openssl rand -hex 32`")
	}
	for i, one := range cfg.Secrets {
		if len(one) < MinSecret {
			return nil, fmt.Errorf("token: Config.Secrets[%d] has %d bytes, expected at least %d: generate another, for example with `openssl rand "+
				"-hex 32`", i, len(one), MinSecret)
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Signer{newVerifier(cfg.Secrets, cfg.Now, jwt.WithExpirationRequired(), jwt.WithIssuedAt()), cfg.Now}, nil
}

// Mint creates a flow token from the Subject, Flow and ExpiresAt of c. Without ExpiresAt
// the token expires after [DefaultLifetime]. It sets the time of issue and a random ID
// itself and ignores those of c. The token consists of letters, digits and the characters
// - _ . and has 200 to 300 characters for short ids, 2,048 at most.
func (s *Signer) Mint(c Claims) (string, error) {
	now := s.now()
	if c.ExpiresAt.IsZero() {
		c.ExpiresAt = now.Add(DefaultLifetime)
	}
	switch {
	case c.Flow == "":
		return "", errors.New("token: mint: Claims.Flow is empty: a token is for one Flow")
	case !utf8.ValidString(c.Flow), !utf8.ValidString(c.Subject):
		return "", errors.New("token: mint: Claims.Flow or Claims.Subject is not UTF-8")
	case !c.ExpiresAt.After(now):
		return "", errors.New("token: mint: Claims.ExpiresAt has passed")
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Subject:   c.Subject,
		Audience:  jwt.ClaimStrings{c.Flow},
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(c.ExpiresAt),
		ID:        rand.Text(),
	}).SignedString(s.verifier.secrets()[0])
	if err != nil {
		return "", fmt.Errorf("token: mint: %w", err)
	}
	if len(token) > maxLength {
		return "", fmt.Errorf("token: mint: the token has %d characters, of at most %d: choose a shorter Subject", len(token), maxLength)
	}
	return token, nil
}

// Verify reads a flow token that was minted for flow. The error is [ErrForged] if it was
// not minted with any of the secrets, else [ErrExpired], else [ErrFlow]. With the latter
// two, the claims are returned, too, for commands that show them.
//
// Clocks may differ by 10 s: a token stays valid for that long after it expires, and is
// valid that long before it was issued.
func (s *Signer) Verify(token, flow string) (Claims, error) {
	if len(token) > maxLength {
		return Claims{}, fmt.Errorf("%w: it has more than %d characters", ErrForged, maxLength)
	}
	var rc jwt.RegisteredClaims
	err := s.verifier.parse(token, &rc)
	expired := errors.Is(err, jwt.ErrTokenExpired) // which is looked at after the signature
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return Claims{}, fmt.Errorf("%w: it is not a JWT", ErrForged)
	case errors.Is(err, jwt.ErrTokenUnverifiable), errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return Claims{}, fmt.Errorf("%w: it is not signed with HS256 and any of the secrets", ErrForged)
	case errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return Claims{}, fmt.Errorf("%w: it is from the future: set the clocks of who mints and who verifies", ErrForged)
	case err != nil && !expired, rc.ID == "", rc.IssuedAt == nil, len(rc.Audience) != 1:
		return Claims{}, fmt.Errorf("%w: its claims are not those of a flow token, which has aud, iat, exp and jti", ErrForged)
	}
	claims := Claims{
		Subject:   rc.Subject,
		Flow:      rc.Audience[0],
		IssuedAt:  rc.IssuedAt.UTC(),
		ExpiresAt: rc.ExpiresAt.UTC(),
		ID:        rc.ID,
	}
	switch {
	case expired:
		return claims, ErrExpired
	case claims.Flow != flow:
		return claims, ErrFlow
	}
	return claims, nil
}
