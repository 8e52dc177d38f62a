// Package protocol defines the constants of the WhatsApp Flows data-exchange protocol:
// actions, HTTP statuses, JSON keys, reserved values, error keys and limits. Each one
// names the Meta page that defines it, with the date on which that page was last updated
// or read. Where Meta's documentation is silent, the source is
// WhatsApp's web client as observed in 2026.
//
// Every other package of this module uses these constants. The exceptions
// are the three fields of the envelope and the name of the signature header, which
// belong to package crypto.
//
// The package imports nothing. Its values are constants or functions, so it is
// safe for concurrent use.
package protocol
