//go:build !openssl

package backend

import (
	"crypto"
	"crypto/rsa"
)

// Name names the backend and its version: "crypto/rsa", or as "OpenSSL 3.0.19" that of
// the libcrypto that the process has loaded.
func Name() string { return "crypto/rsa" }

// New returns what decrypts with key from now on, RSA-OAEP with SHA-256 for the hash
// and for MGF1, and without a label. key must not be changed afterwards.
func New(key *rsa.PrivateKey) (crypto.Decrypter, error) { return key, nil }
