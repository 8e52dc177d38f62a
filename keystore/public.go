package keystore

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNoPublicKey is returned for a blank text. Providers report a number without
	// a registered key in this way: Meta's Business Encryption API reference (v23.0)
	// shows a single space.
	ErrNoPublicKey = errors.New("no public key: the text is blank")
	// ErrPublicKey is returned for a text that is not an RSA public key in a form
	// that [ParsePublic] reads.
	ErrPublicKey = errors.New("public key not readable")
	// ErrPrivateKey is returned if a public key is expected and the text has a
	// private one.
	ErrPrivateKey = errors.New(
		`private key found where the public key is wanted: never hand it out; "flowserver keys show F" prints its public key`)
	// ErrWeakKey is returned for an RSA key, private or public, that does not have
	// exactly [KeyBits] bits.
	ErrWeakKey = errors.New("RSA key of a size that WhatsApp does not take")
)

// KeyBits is the size of a business key: Meta's Business Encryption guide (Dec 17,
// 2025) asks for 2048 bit RSA.
const KeyBits = 2048

const (
	maxPublicText = 16 << 10

	// bareBase64 is the label given to a text without BEGIN and END lines.
	bareBase64 = "base64 without BEGIN and END lines"
)

// ParsePublic reads an RSA public key as providers return it: a PUBLIC KEY, RSA
// PUBLIC KEY or CERTIFICATE block with any line breaks, spaces or none, indented,
// with escapes (\n, \r, \/, also twice), a byte order mark or quotes, or the bare
// base64 of a SubjectPublicKeyInfo without BEGIN and END lines.
//
// Any size and exponent is accepted, since the fingerprint of a foreign key is
// useful too; [CheckSize] reports whether the key could be registered. The text may
// have up to 16 KiB. Errors are [ErrNoPublicKey], [ErrPublicKey] and
// [ErrPrivateKey].
func ParsePublic(text []byte) (*rsa.PublicKey, error) {
	if len(text) > maxPublicText {
		return nil, unreadable(fmt.Sprintf("text of more than %d KiB found", maxPublicText>>10))
	}
	plain := pemText(text)
	if plain == "" {
		return nil, ErrNoPublicKey
	}
	if strings.Contains(joinFields(plain), "PRIVATEKEY") {
		return nil, ErrPrivateKey
	}
	block, err := findPublic(plain)
	if err != nil {
		return nil, err
	}
	key, err := parsePublicBlock(block)
	if err != nil {
		return nil, unreadable(block.Type + " found, but its contents are damaged, cut off or redacted")
	}
	rsaKey, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, unreadable(algorithm(key) + " public key found: WhatsApp needs RSA 2048")
	}
	return rsaKey, nil
}

// findPublic returns the first block of a kind that can hold a public key. A text
// without blocks is treated as the content of one.
func findPublic(plain string) (*pem.Block, error) {
	blocks := pemBlocks(plain)
	if len(blocks) == 0 {
		der, err := base64.StdEncoding.DecodeString(joinFields(plain))
		if err != nil {
			return nil, unreadable("text without a PEM block found")
		}
		return &pem.Block{Type: bareBase64, Bytes: der}, nil
	}
	for _, block := range blocks {
		switch block.Type {
		case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
			return block, nil
		}
	}
	return nil, unreadable("PEM block of another kind found")
}

func parsePublicBlock(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return certificate.PublicKey, nil
	default:
		return x509.ParsePKIXPublicKey(block.Bytes)
	}
}

func unreadable(found string) error {
	return fmt.Errorf(`%w: %s; wanted is the PEM that "flowserver keys show F" prints`, ErrPublicKey, found)
}

// CheckSize returns [ErrWeakKey] unless the key has [KeyBits] bits. Call it before
// registering a public key.
func CheckSize(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits != KeyBits {
		return fmt.Errorf(`%w: RSA %d found: exactly %d bits are needed, no fewer and no more; make one with "flowserver keys generate --out F"`,
			ErrWeakKey, bits, KeyBits)
	}
	return nil
}

// Fingerprint returns the lower-case hex SHA-256 of the DER SubjectPublicKeyInfo.
func Fingerprint(key *rsa.PublicKey) string {
	sum := sha256.Sum256(publicDER(key))
	return hex.EncodeToString(sum[:])
}

// EncodePublic returns the canonical PEM for registering a key: a PUBLIC KEY block
// of 64 columns that ends in a newline.
func EncodePublic(key *rsa.PublicKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER(key)})
}

func publicDER(key *rsa.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic("keystore: " + err.Error()) // x509 knows RSA, and two integers always encode
	}
	return der
}
