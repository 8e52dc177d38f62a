// Package providers reads and sets the WhatsApp business public key of a phone
// number at its business solution provider: ChakraHQ, Kaleyra, Meta itself, or any that passes Meta's
// resource on.
//
// Most callers need one of [NewChakra], [NewKaleyra], [NewMeta] and [NewGraph], and use
// the result as a registration.Registrar. It returns the key as the provider does: read
// the key with keystore.ParsePublic, since providers mangle PEM, and compare it with
// the local key, since foreign keys are VALID too.
//
// Reads are tried up to three times, with growing and jittered waits, within one
// deadline. A set is sent only once.
//
// # The table
//
// [All] is the table of providers, for programs that are configured by a file:
// [Lookup] finds a row by name, its New makes empty [Settings], their list of [Key]
// says what to set, [Check] completes and checks them, and Open makes the adapter. A
// new provider is a file with its settings, keys, remedies and adapter, and a row in
// the table.
//
// # Errors
//
// What a provider or the network did wrong is an [APIError]. Branch on its kind
// with errors.Is: [ErrUnauthorized], [ErrForbidden], [ErrNotFound],
// [ErrInvalidRequest], [ErrRateLimited], [ErrUpstream],
// [ErrUnexpectedResponse] or [ErrUnreachable]. A set that also failed with
// [ErrUnknownOutcome] may have replaced the key: read it back. Keys that are refused
// before anything is sent give keystore.ErrPrivateKey, keystore.ErrPublicKey,
// keystore.ErrNoPublicKey or keystore.ErrWeakKey.
//
// # Security
//
// Errors never contain access tokens, API keys or SIDs, and configurations and
// adapters print without them. Messages of a provider are quoted after pieces of the
// credentials have been masked, since servers echo what they receive.
//
// Redirects are not followed: Go's client removes the Authorization header when the
// host changes, but would forward Kaleyra's api-key header. Base URLs are https; plain
// http is for loopback only. At most 64 KiB of an answer are read.
//
// # Concurrency
//
// Adapters are safe for concurrent use.
package providers
