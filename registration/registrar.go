package registration

import "context"

// RemoteKey is the business public key that a provider has on record for a phone
// number, as the provider returns it.
type RemoteKey struct {
	// PEM is the key as text; blank if no key is registered. Providers mangle it in
	// various ways: parse it with [keystore.ParsePublic].
	PEM string
	// SignatureStatus is Meta's business_public_key_signature_status, unchanged.
	// VALID and MISMATCH are documented (Meta, Business Encryption API reference,
	// v23.0); MISMATCH is also returned for a number that has no key.
	SignatureStatus string
}

// Registrar reads and sets the business public key of one phone number with its business
// solution provider. Package providers has one per provider.
// Implementations are safe for concurrent use and honour the context's deadline.
type Registrar interface {
	// PublicKey reads the key on record. A missing key is not an error: the
	// RemoteKey then has a blank PEM.
	PublicKey(ctx context.Context) (RemoteKey, error)
	// SetPublicKey replaces the key on record with a public key, PEM with a PUBLIC
	// KEY header. It is never retried: if an error leaves the outcome open, read the key
	// back.
	SetPublicKey(ctx context.Context, publicPEM []byte) error
}
