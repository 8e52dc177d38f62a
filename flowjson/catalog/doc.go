// Package catalog describes Flow JSON: one row for each component with its
// properties, one for each action, and the versions.
//
// Everything else follows from the rows: what the checks of package lint accept, what
// package flowjson considers an input, which lists an endpoint may fill, and which Go
// types are generated. Adding a component means adding a row to components.go; a test
// reports a row that is incomplete.
//
// [Check], [List.CheckCount] and [Component.CheckTogether] find what is wrong with values:
// package lint asks them of those in a file, package flowjson of those in an answer.
//
// The rules come from Meta's pages "Flow JSON" (2026-03-24), "Components" (2026-04-14) and
// "Media upload" (2026-04-15). Where these leave open which types a property accepts, or
// whether it accepts a reference, the rows follow Meta's Builder for version 6.2 (2025-01)
// and WhatsApp's web client of 2026; where those two are stricter than the pages, the
// pages count.
//
// The rows never change, so everything here is safe for concurrent use. Callers must
// not modify what the functions return.
package catalog
