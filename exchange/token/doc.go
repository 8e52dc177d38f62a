// Package token mints and verifies signed flow tokens, and verifies the signature that
// WhatsApp adds to a flow token.
//
// The sender of a Flow message chooses its flow token, which then comes back
// with every request of that Flow. It should be unpredictable (Meta,
// "Implementing Endpoints for Flows", June 28, 2026). Most callers need
// [Signer.Mint] where the message is sent, and [Middleware] where the Flow is
// served:
//
//	signer, err := token.NewSigner(token.Config{Secrets: secrets}) // a secret.List
//	…
//	flowToken, err := signer.Mint(token.Claims{Subject: customerID, Flow: "booking"})
//
//	r := exchange.NewRegistry()
//	r.Use(token.Middleware(signer, token.Options{Flow: "booking"}))
//
//	claims, _ := token.FromContext(ctx) // in a handler
//
// Handlers can then identify the user without a lookup, and a token that is forged or
// expired never reaches them.
//
// [VerifySignature] verifies flow_token_signature of Data API 4.0, with which WhatsApp
// confirms that a Flow of the business's own Meta app has this token. It works with any
// tokens, minted here or not.
//
// # Rotation
//
// The first of several secrets signs, and all of them verify. To change a secret, put the
// new one first, and remove the old one when the last token that it signed has expired.
//
// # Errors
//
// [Signer.Verify] returns [ErrForged], [ErrExpired] or [ErrFlow]. The middleware answers
// all of them, and [ErrSignature], with status 427: WhatsApp closes the Flow and disables
// the button of the message (Meta, "Error Codes for Flows"). Its errors wrap the sentinel,
// so that middleware around it can count them.
//
// # Security
//
// A token is a JWT (HS256): signed, not encrypted. The phone, and anyone who sees the
// token, can read its subject, flow and times, so a subject should be an opaque id, never
// a name or a phone number. A token is not bound to a phone: anyone who has it can use it
// until it expires.
//
// No other algorithm is accepted, "none" included, and a token has exactly one
// spelling. Neither fmt nor encoding/json nor log/slog prints a secret, and no error
// contains a secret or a token.
//
// # Concurrency
//
// Signers and middleware are safe for concurrent use.
package token
