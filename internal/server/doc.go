// Package server turns a configuration into a running server: key rings and their
// registrations, endpoints, two listeners, health, metrics, and a drain that loses
// nothing.
//
// [New] builds everything and checks it, [Server.Listen] takes the ports, and
// [Server.Serve] serves until its context ends. The public listener has the Flows
// at /flows/{id} and nothing else; the admin listener, which must never be
// public, has /livez, /readyz, /healthz, /metrics and, if asked for, /debug/pprof.
// [Server.Reload] takes over what may change meanwhile.
//
// The commands that work on keys without serving use [OpenStore] and
// [OpenNumbers].
//
// Echo is imported here alone.
//
// # Errors
//
// Those of New and Listen are for the operator: all that is wrong, at once, each
// with its remedy where there is one. While serving, nothing that the provider or
// Redis does ends the server; health and log tell of it.
//
// # Security
//
// Neither log nor admin listener shows a key, an app secret, a token, or what a
// user typed. Metric labels come from the configuration and from short lists.
package server
