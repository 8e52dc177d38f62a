// Package providers reads and sets the WhatsApp business public key of a phone
// number at its business solution provider: ChakraHQ, Kaleyra, or Meta itself.
//
// Most callers need one of [NewChakra], [NewKaleyra] and [NewMeta], and use the
// result as a registration.Registrar. What comes back is the key as the provider
// tells it: read it with keystore.ParsePublic, since providers mangle PEM, and
// compare it with the local key, since VALID is said of foreign keys too.
//
// Reads are tried up to three times, with jittered and growing waits, within
// one deadline. A set is sent once, whatever happens.
//
// # Errors
//
// What a provider or the network did wrong is an [APIError]. Branch on its kind
// with errors.Is: [ErrUnauthorized], [ErrForbidden], [ErrNotFound],
// [ErrInvalidRequest], [ErrRateLimited], [ErrUpstream],
// [ErrUnexpectedResponse] or [ErrUnreachable]. A set that failed with
// [ErrUnknownOutcome] as well may have replaced the key: read it back. Keys
// that are refused before anything is sent give keystore.ErrPrivateKey,
// keystore.ErrPublicKey, keystore.ErrNoPublicKey or keystore.ErrWeakKey.
//
// # Security
//
// Access tokens, API keys and SIDs are in no error, and configurations and
// adapters print without them. What a provider says is quoted only after pieces
// of the credentials were masked, since servers echo what they were sent.
//
// Redirects are never followed: Go's client takes the Authorization header off
// when the host changes, but would carry Kaleyra's api-key header along. Base
// URLs are https; plain http is for loopback only. No more than 64 KiB of an
// answer are read.
//
// # Concurrency
//
// Adapters are safe for concurrent use.
package providers
