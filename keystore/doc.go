// Package keystore holds the RSA key pairs that open WhatsApp Flows envelopes.
//
// Most callers need three things: [ParsePrivate] reads a private key in any common
// form, [NewRing] keeps the active pair together with previous ones while a new
// public key spreads, and [ParsePublic] and [Fingerprint] identify the key that is
// registered for a phone number.
//
//	pair, err := keystore.ParsePrivate(text, passphrase)
//	if err != nil {
//		return err // says which form was found and what to do about it
//	}
//	ring := keystore.NewRing(pair)
//	keys, err := ring.Decrypters(ctx) // active first
//
// Keys are compared by fingerprint, never as text: the same key comes back from
// providers with other line breaks, escapes and headers. A fingerprint is the
// lower-case hex SHA-256 of the DER SubjectPublicKeyInfo, the same as
//
//	openssl pkey -in key.pem -pubout -outform DER | openssl dgst -sha256
//
// # Errors
//
// A private key is refused with [ErrPassphrase], [ErrWeakKey] or [ErrKeyForm], a
// public key with [ErrNoPublicKey], [ErrPublicKey] or [ErrPrivateKey]. The text
// names the form that was found and the remedy. It never quotes the key or the
// passphrase.
//
// # Security
//
// [Pair] and [Ring] show only fingerprints through fmt, encoding/json,
// encoding.TextMarshaler and log/slog; private key material leaves the package
// through [Pair.PrivatePEM] and [Pair.WithBackend] alone. An encrypted key states
// how much work its decryption takes. A key that asks for more than any tool writes
// is refused.
//
// # Concurrency
//
// A Pair never changes. A Ring is safe for concurrent use.
package keystore
