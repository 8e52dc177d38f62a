package crypto

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
)

const aesKeySize = 16 // AES-128, the only size of the protocol

// Open decrypts env with the first of keys that works and returns the plaintext and the
// [Sealer] for its one answer. The envelope has no key id, so keys are tried in the order
// given: put the most likely one first. They must be RSA keys; as they are
// crypto.Decrypters, they can be in a KMS or HSM.
//
// Errors: [ErrMalformed] if the envelope's sizes are not the protocol's or no
// key has the modulus size of the wrapped key; [ErrDecrypt] if no key unwraps it, if the
// result is not an AES-128 key, or if the payload does not authenticate. On an error the
// other results are nil.
func Open(env *Envelope, keys ...crypto.Decrypter) (plaintext []byte, reply *Sealer, err error) {
	for _, opened := range OpenBatch([]*Envelope{env}, keys...) {
		plaintext, reply, err = opened.Plaintext, opened.Reply, opened.Err
	}
	return plaintext, reply, err
}

// openPayload decrypts the payload. index is that of the RSA key that unwrapped the AES
// key.
func (e *Envelope) openPayload(aesKey []byte, index int) (plaintext []byte, reply *Sealer, err error) {
	if len(aesKey) != aesKeySize {
		return nil, nil, fmt.Errorf("%w: the wrapped key has %d bytes, AES-128 needs %d", ErrDecrypt, len(aesKey), aesKeySize)
	}
	gcm, err := newGCM(aesKey)
	if err != nil {
		return nil, nil, err
	}
	plaintext, err = gcm.Open(nil, e.InitialVector, e.EncryptedFlowData, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: the payload does not authenticate", ErrDecrypt)
	}
	reply = &Sealer{gcm: gcm, keyIndex: index}
	for i, b := range e.InitialVector {
		reply.nonce[i] = ^b
	}
	return plaintext, reply, nil
}

func newGCM(aesKey []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDecrypt, err) //nolint:errorlint // see attempt.failure
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, ivSize)
	if err != nil {
		return nil, fmt.Errorf("set up AES-GCM with a 16-byte IV (GODEBUG=fips140=only forbids it): %w", err)
	}
	return gcm, nil
}

// Sealer encrypts the one answer to an envelope that [Open] opened. It contains an AES
// key, which is never printed. It is safe for concurrent use: only one Seal succeeds.
type Sealer struct {
	gcm      cipher.AEAD
	nonce    [ivSize]byte
	keyIndex int
	used     atomic.Bool
}

// Seal encrypts plaintext and returns the body of the HTTP answer: base64 of
// ciphertext and tag, without quotes or a newline. It works once; after that it returns
// [ErrSealed], because a second answer would reuse the GCM nonce.
func (s *Sealer) Seal(plaintext []byte) ([]byte, error) {
	if s.used.Swap(true) {
		return nil, ErrSealed
	}
	size := len(plaintext) + tagSize
	encoded := base64.StdEncoding.EncodedLen(size)
	both := make([]byte, encoded+size) // the base64, and behind it what it is made of
	sealed := s.gcm.Seal(both[encoded:encoded], s.nonce[:], plaintext, nil)
	base64.StdEncoding.Encode(both[:encoded], sealed)
	return both[:encoded:encoded], nil
}

// KeyIndex returns the index of the key that opened the envelope in the arguments of
// [Open], so that the caller can try it first next time.
func (s *Sealer) KeyIndex() int { return s.keyIndex }

// Format keeps the AES key out of every fmt verb.
func (s *Sealer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "crypto.Sealer") }

// LogValue keeps the AES key out of logs.
func (s *Sealer) LogValue() slog.Value { return slog.StringValue("crypto.Sealer") }
