// Package flowjson reads and models Flow JSON, the file that describes the screens of a
// WhatsApp Flow to Meta, and checks answers against it.
//
// [Read] returns the [Flow] with its screens, components, actions, data models and routes.
// [Flow.CheckAnswer] reports what WhatsApp would refuse in the answer of an endpoint.
// Package lint reports what Meta would find wrong with the file itself.
//
// The packages below this one: jsontree reads JSON with places, expr reads references
// and expressions, catalog has a row for each component, and lint checks files.
//
// The rules come from Meta's pages "Flow JSON" (2026-03-24), "Components" (2026-04-14),
// "Error codes" (2025-04) and the changelog (2025-11-11). Where the pages are silent, they
// come from WhatsApp's web client as observed in 2026.
//
// # Errors
//
// [Read] returns a [*SyntaxError] for a file that is not JSON, or too large. It accepts
// everything else.
//
// # Concurrency
//
// A Flow does not change after Read has returned it, and is safe for concurrent use.
package flowjson
