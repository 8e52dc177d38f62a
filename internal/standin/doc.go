// Package standin plays ChakraHQ, Kaleyra and Meta's Graph API, as far as they
// read and set the business public key of a phone number. It is for tests and
// for trying things out without an account: "flowserver dev" runs on it.
//
// Most callers need [New]; the [Server] is an http.Handler for any listener. It
// keeps one key, checks method, path, credentials and body as the vendors
// document them, answers in their documented shapes, and remembers the requests
// it got. [Server.Fail] and [Server.FailNext] make it misbehave.
//
// # Security
//
// A stand-in remembers the headers of requests, credentials included: give it
// made-up ones.
//
// # Concurrency
//
// A Server is safe for concurrent use.
package standin
