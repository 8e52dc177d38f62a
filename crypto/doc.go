// Package crypto opens and seals the encrypted envelopes of WhatsApp Flows,
// and creates and verifies the signature that Meta adds to each request.
//
// Most callers need [ParseEnvelope] and [Open] for the request, [Sealer.Seal]
// for the answer, and [VerifySignature] or a [Verifier] before either. The package works
// on bytes only: no HTTP, no context, no logger, no options.
//
// The scheme (Meta, "Implementing Endpoints for Flows", June 28, 2026): the client
// generates an AES-128 key and a 16-byte IV for each request, wraps the key
// with RSA-OAEP (SHA-256 for the hash and for MGF1, empty label) for the
// business public key, and encrypts the JSON request with AES-GCM, the 16-byte
// tag at the end. The answer is encrypted with the same AES key and the IV with
// every bit inverted, and sent as bare base64.
//
// # Errors
//
// [ErrMalformed] means that the sender must send a different request. [ErrDecrypt] means
// that none of the keys opens the envelope or that its payload does not authenticate; it
// makes WhatsApp fetch the business public key again. [ErrSignature] is a missing,
// malformed or wrong signature, and [ErrMedia] a file that does not match its key.
//
// # Security
//
// The nonce of the answer is fixed by the request, so two different answers to
// one request would reuse a GCM nonce. A [Sealer] therefore works once. An envelope that
// arrives a second time has the same AES key and IV: to answer a replay, send the same
// bytes again.
//
// The IV has 16 bytes, which GODEBUG=fips140=only refuses; fips140=on works.
//
// # Concurrency
//
// All functions are safe for concurrent use if the keys are, as *rsa.PrivateKey is.
//
// Inside this module the package is always imported as flowcrypto, so that it is never
// mistaken for the standard library's crypto.
package crypto
