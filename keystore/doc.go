// Package keystore reads and keeps the RSA key pairs that open WhatsApp Flows envelopes.
//
// Most callers need three things: [ParsePrivate] reads a private key in any common
// form, [NewRing] keeps the active pair together with previous ones during a rotation,
// and [ParsePublic] and [Fingerprint] identify the key that is
// registered for a phone number.
//
//	pair, err := keystore.ParsePrivate(text, passphrase)
//	if err != nil {
//		return err // describes the form that was found, and the remedy
//	}
//	ring := keystore.NewRing(pair)
//	keys, err := ring.Decrypters(ctx) // active first
//
// Keys are compared by fingerprint, never as text: providers return the same key with
// different line breaks, escapes and headers. A fingerprint is the
// lower-case hex SHA-256 of the DER SubjectPublicKeyInfo, the same as
//
//	openssl pkey -in key.pem -pubout -outform DER | openssl dgst -sha256
//
// # Errors
//
// A private key is refused with [ErrPassphrase], [ErrWeakKey] or [ErrKeyForm], a
// public key with [ErrNoPublicKey], [ErrPublicKey] or [ErrPrivateKey]. The text describes
// the form that was found, and the remedy. It never contains the key or the passphrase.
//
// # Security
//
// [Pair] and [Ring] show only fingerprints through fmt, encoding/json,
// encoding.TextMarshaler and log/slog; private key material leaves the package only
// through [Pair.PrivatePEM] and [Pair.WithBackend]. An encrypted key states how much work
// its decryption takes. A key that requires more than any common tool writes is refused.
//
// # Concurrency
//
// A Pair never changes. A Ring is safe for concurrent use.
package keystore
