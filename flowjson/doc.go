// Package flowjson reads, models and validates Flow JSON, the description of a
// WhatsApp Flow's screens that is uploaded to Meta.
//
// Most callers need one of two functions: [Validate] says what Meta would find
// wrong with a file, with its error codes, and where; [Read] gives the [Flow] with
// its screens, components, actions and data models, as far as they can be read.
//
// Facts are those of Meta's pages "Flow JSON" (2026-03-24), "Components"
// (2026-04-14), "Error codes" (2025-04) and the changelog (2025-11-11); where the
// pages are silent, what WhatsApp's web client was seen to do in 2026.
//
// # Errors
//
// [Read] returns a [*SyntaxError] for what is no JSON, or too large; everything else
// that is wrong with a file is a [Finding] of [Validate].
//
// # Concurrency
//
// A Flow is not changed after Read has returned it, and is safe for concurrent use.
package flowjson
