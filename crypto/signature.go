package crypto

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// SignatureHeader is the HTTP header that carries the signature.
const SignatureHeader = "X-Hub-Signature-256"

const signaturePrefix = "sha256="

// Sign returns the value of [SignatureHeader] for a body: "sha256=" and the
// lower-case hex HMAC-SHA256 of the raw body under the Meta app secret.
// For clients and tests; servers need [VerifySignature].
func Sign(body, secret []byte) string {
	return signaturePrefix + hex.EncodeToString(mac(body, secret))
}

// VerifySignature checks header, the value of [SignatureHeader], against the
// raw bytes of the body as they arrived: JSON that was decoded and encoded again
// has other bytes. Any of secrets may have made it, so that a secret can be
// changed without downtime. An empty secret never verifies anything.
// All failures are [ErrSignature]; the texts never hold a secret or the
// signature that was expected. Comparison takes constant time.
func VerifySignature(body []byte, header string, secrets ...[]byte) error {
	if header == "" {
		return fmt.Errorf("%w: no %s header", ErrSignature, SignatureHeader)
	}
	digits, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok {
		return fmt.Errorf("%w: %s does not begin with %q", ErrSignature, SignatureHeader, signaturePrefix)
	}
	if len(digits) != hex.EncodedLen(sha256.Size) {
		return fmt.Errorf("%w: %s has %d hex digits, want %d", ErrSignature, SignatureHeader, len(digits), hex.EncodedLen(sha256.Size))
	}
	got, err := hex.DecodeString(digits)
	if err != nil {
		return fmt.Errorf("%w: %s is not hexadecimal", ErrSignature, SignatureHeader)
	}
	for _, secret := range secrets {
		if len(secret) > 0 && hmac.Equal(got, mac(body, secret)) {
			return nil
		}
	}
	return fmt.Errorf("%w: made with another app secret, or for another body", ErrSignature)
}

func mac(body, secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(body) // a hash never fails
	return h.Sum(nil)
}
