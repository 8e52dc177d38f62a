//go:build openssl && !cgo

package backend

// The compiler's error about this line is the message.
var _ = build_tag_openssl_needs_CGO_ENABLED_1_and_a_C_compiler
