package crypto

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// SignatureHeader is the HTTP header with the signature.
const SignatureHeader = "X-Hub-Signature-256"

const signaturePrefix = "sha256="

// Sign returns the value of [SignatureHeader] for a body: "sha256=" and the
// lower-case hex HMAC-SHA256 of the raw body under the Meta app secret.
// For clients and tests; servers need [VerifySignature].
func Sign(body, secret []byte) string {
	return signaturePrefix + hex.EncodeToString(mac(body, secret))
}

// VerifySignature checks header, the value of [SignatureHeader], against the raw bytes of
// the body as they arrived: JSON that was decoded and encoded again has different bytes.
// A signature by any of secrets is accepted, so that a secret can be changed without
// downtime. An empty secret never verifies anything. All failures are [ErrSignature];
// their texts never contain a secret or the expected signature. The comparison takes
// constant time. To verify many requests, use a [Verifier].
func VerifySignature(body []byte, header string, secrets ...[]byte) error {
	return NewVerifier(secrets...).Verify(body, header)
}

// CheckSignatureForm reports whether header could be the value of [SignatureHeader]:
// exactly "sha256=" and 64 hex digits of either case. Servers check that before they
// read a body. The error is [ErrSignature].
func CheckSignatureForm(header string) error {
	_, err := parseSignature(header)
	return err
}

func parseSignature(header string) (mac [sha256.Size]byte, err error) {
	if header == "" {
		return mac, fmt.Errorf("%w: no %s header", ErrSignature, SignatureHeader)
	}
	digits, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok {
		return mac, fmt.Errorf("%w: %s does not begin with %q", ErrSignature, SignatureHeader, signaturePrefix)
	}
	var text [2 * sha256.Size]byte
	if len(digits) != len(text) {
		return mac, fmt.Errorf("%w: %s has %d hex digits, want %d", ErrSignature, SignatureHeader, len(digits), len(text))
	}
	copy(text[:], digits)
	if _, err := hex.Decode(mac[:], text[:]); err != nil {
		return mac, fmt.Errorf("%w: %s is not hexadecimal", ErrSignature, SignatureHeader)
	}
	return mac, nil
}

// Verifier is [VerifySignature] with its secrets set up once, for servers. It never
// prints them. It is safe for concurrent use.
type Verifier struct {
	hashes []*sync.Pool // of *keyedHash, one pool per secret
}

// keyedHash is an HMAC with one secret, and room for its sum.
type keyedHash struct {
	hash.Hash
	sum [sha256.Size]byte
}

// NewVerifier returns a Verifier that accepts a signature by any of secrets. Empty ones
// are ignored; if none remain, nothing verifies.
func NewVerifier(secrets ...[]byte) *Verifier {
	v := &Verifier{}
	for _, secret := range secrets {
		if len(secret) == 0 {
			continue
		}
		secret = bytes.Clone(secret) // hashes are made later, whatever the caller does with it
		v.hashes = append(v.hashes, &sync.Pool{New: func() any { return &keyedHash{Hash: hmac.New(sha256.New, secret)} }})
	}
	return v
}

// Verify checks the signature of a body as [VerifySignature] does.
func (v *Verifier) Verify(body []byte, header string) error { return v.VerifyParts(header, body) }

// VerifyParts is [Verifier.Verify] for a body in several parts, one after the other.
func (v *Verifier) VerifyParts(header string, parts ...[]byte) error {
	got, err := parseSignature(header)
	if err != nil {
		return err
	}
	for _, pool := range v.hashes {
		if verify(pool, parts, got) {
			return nil
		}
	}
	return fmt.Errorf("%w: made with another app secret, or for another body", ErrSignature)
}

func verify(pool *sync.Pool, parts [][]byte, got [sha256.Size]byte) bool {
	h := pool.Get().(*keyedHash) //nolint:forcetypeassert // the pool holds nothing else
	defer pool.Put(h)
	h.Reset()
	for _, part := range parts {
		h.Write(part) // a hash never fails
	}
	return hmac.Equal(got[:], h.Sum(h.sum[:0]))
}

// Format keeps the secrets out of every fmt verb.
func (v *Verifier) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "crypto.Verifier") }

// LogValue keeps the secrets out of logs.
func (v *Verifier) LogValue() slog.Value { return slog.StringValue("crypto.Verifier") }

func mac(body, secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(body) // a hash never fails
	return h.Sum(nil)
}
