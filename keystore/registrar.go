package keystore

import "context"

// RemoteKey is the business public key that a provider has on record for a
// phone number, as the provider tells it.
type RemoteKey struct {
	// PEM is the key as text; blank if none is registered. Providers mangle it in
	// many ways: read it with [ParsePublic].
	PEM string
	// SignatureStatus is Meta's business_public_key_signature_status as it came.
	// Documented are VALID and MISMATCH (Meta, Business Encryption API reference,
	// v23.0); MISMATCH is also told of a number that has no key.
	SignatureStatus string
}

// Registrar reads and sets the business public key of one phone number at its
// business solution provider. Package providers has one per provider.
// Implementations are safe for concurrent use and honour the context's deadline.
type Registrar interface {
	// PublicKey reads the key on record. That none is registered is no error: the
	// RemoteKey then has a blank PEM.
	PublicKey(ctx context.Context) (RemoteKey, error)
	// SetPublicKey registers a public key, PEM with PUBLIC KEY header, in place of
	// the one on record. It is never retried: after an error of unknown outcome,
	// read the key back.
	SetPublicKey(ctx context.Context, publicPEM []byte) error
}
