// Package cli is the command line of flowserver: one type per command, each of
// which reads its flags, does its work and writes what a person or, with --json,
// a machine reads.
package cli
