// Package poison overwrites vector registers, for tests: code that reads a register which
// it has not written finds garbage there rather than, by luck, zero.
package poison
