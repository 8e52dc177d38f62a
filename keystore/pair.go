package keystore

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

var (
	_ crypto.Decrypter       = (*Pair)(nil)
	_ fmt.Formatter          = Pair{}
	_ slog.LogValuer         = Pair{}
	_ encoding.TextMarshaler = Pair{}
)

// Pair is a business key pair: RSA, 2048 bits, validated. It is a
// [crypto.Decrypter]. Create one with [Generate] or [ParsePrivate]; the zero value has no
// key, and its methods panic.
//
// A Pair never changes and is safe for concurrent use. Printed, encoded or logged, by
// value or inside other types, it shows only its fingerprint.
type Pair struct {
	key         *rsa.PrivateKey
	decrypter   crypto.Decrypter // the key itself, or the backend's decrypter
	batch       batchDecrypter   // decrypter, if it decrypts several at once; or nil
	form        string
	fingerprint string
}

// batchDecrypter is the interface BatchDecrypter of this module's package crypto, which
// documents its methods.
type batchDecrypter interface {
	BatchSize() int
	DecryptBatch(plaintexts, ciphertexts [][]byte)
	Judge(ciphertext []byte) ([]byte, error)
}

// Generate generates a new key pair.
func Generate() (*Pair, error) {
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		return nil, fmt.Errorf("generate key pair: %w", err)
	}
	return newPair(key, "generated")
}

func newPair(key *rsa.PrivateKey, form string) (*Pair, error) {
	if err := CheckSize(&key.PublicKey); err != nil {
		return nil, err
	}
	if err := key.Validate(); err != nil {
		return nil, damaged(form, nil)
	}
	key.Precompute()
	return &Pair{key: key, decrypter: key, form: form, fingerprint: Fingerprint(&key.PublicKey)}, nil
}

// WithBackend returns a pair with the same key that uses the [crypto.Decrypter] returned
// by backend, for example one that is faster than crypto/rsa. backend is called once and
// must not change the key. WithBackend returns its error unchanged, and an error if the
// result has a different public key.
func (p Pair) WithBackend(backend func(*rsa.PrivateKey) (crypto.Decrypter, error)) (*Pair, error) {
	decrypter, err := backend(p.key)
	if err != nil {
		return nil, err
	}
	if !p.key.PublicKey.Equal(decrypter.Public()) {
		return nil, errors.New("the backend decrypts with another key, not with the one it was given")
	}
	p.decrypter = decrypter
	p.batch, _ = decrypter.(batchDecrypter)
	return &p, nil
}

// Fingerprint returns the lower-case hex SHA-256 of the public key, as [Fingerprint]
// does.
func (p Pair) Fingerprint() string { return p.fingerprint }

// Form returns the form from which the key was read, such as "PKCS#8, encrypted (PBES2,
// scrypt)", or "generated".
func (p Pair) Form() string { return p.form }

// Bits returns the size of the key.
func (p Pair) Bits() int { return p.key.N.BitLen() }

// PublicKey returns the public half. It belongs to the pair and must not be changed.
func (p Pair) PublicKey() *rsa.PublicKey { return &p.key.PublicKey }

// PublicPEM returns the public half as [EncodePublic] writes it.
func (p Pair) PublicPEM() []byte { return EncodePublic(&p.key.PublicKey) }

// Public returns the public half, a [*rsa.PublicKey].
func (p Pair) Public() crypto.PublicKey { return &p.key.PublicKey }

// Decrypt decrypts as [rsa.PrivateKey.Decrypt] does, or as the backend of
// [Pair.WithBackend] does. WhatsApp wraps keys with OAEP and SHA-256, so opts is
// &[rsa.OAEPOptions]{Hash: [crypto.SHA256]}.
func (p Pair) Decrypt(random io.Reader, msg []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return p.decrypter.Decrypt(random, msg, opts)
}

// BatchSize returns how many ciphertexts [Pair.DecryptBatch] decrypts at once: 1 unless the
// backend of [Pair.WithBackend] decrypts several.
func (p Pair) BatchSize() int {
	if p.batch == nil {
		return 1
	}
	return p.batch.BatchSize()
}

// DecryptBatch decrypts several ciphertexts (RSA-OAEP with SHA-256, no label) at once
// with the backend, and sets plaintexts[i] to the plaintext of ciphertexts[i]. If a
// plaintext is nil, call [Pair.Judge]; all are nil if the backend decrypts one at a time.
func (p Pair) DecryptBatch(plaintexts, ciphertexts [][]byte) {
	if p.batch == nil {
		clear(plaintexts)
		return
	}
	p.batch.DecryptBatch(plaintexts, ciphertexts)
}

// Judge decrypts a ciphertext that [Pair.DecryptBatch] did not, and returns
// [rsa.ErrDecryption] if it is not valid.
func (p Pair) Judge(ciphertext []byte) ([]byte, error) {
	if p.batch == nil {
		return p.decrypter.Decrypt(rand.Reader, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
	}
	return p.batch.Judge(ciphertext)
}

// PrivatePEM returns the private key as PKCS#8. With a passphrase it is encrypted
// with PBES2: PBKDF2 with HMAC-SHA256, then AES-256 in CBC mode. Only PrivatePEM and
// [Pair.WithBackend] let a private key out of the package.
func (p Pair) PrivatePEM(passphrase []byte) ([]byte, error) {
	label := "PRIVATE KEY"
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err == nil && len(passphrase) > 0 {
		label = "ENCRYPTED PRIVATE KEY"
		der, err = encryptPKCS8(der, passphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}), nil
}

// Format writes the fingerprint, whatever the verb.
func (p Pair) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "keystore.Pair("+p.fingerprint+")") // a fmt.State has nowhere to report an error to
}

// LogValue returns the fingerprint.
func (p Pair) LogValue() slog.Value { return slog.StringValue(p.fingerprint) }

// MarshalText returns the fingerprint.
func (p Pair) MarshalText() ([]byte, error) { return []byte(p.fingerprint), nil }
