// Package server turns a configuration into a running server: key rings,
// endpoints, two listeners, health, and a drain that loses nothing.
//
// [New] builds everything and checks it, [Server.Listen] takes the ports, and
// [Server.Serve] serves until its context ends. The public listener has the Flows
// at /flows/{id} and nothing else; the admin listener, which must never be
// public, has /livez, /readyz and /healthz.
//
// Echo is imported here alone.
package server
