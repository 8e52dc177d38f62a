// Package backend chooses what computes the RSA-OAEP private operation that opens an
// envelope: most of the work of a request.
//
// Most callers need [Open] once, and [Backend.New] once for each private key: it returns the
// [crypto.Decrypter] to decrypt with from then on. [Backend.Status] says what it is.
//
//   - By default, on CPUs with AVX-512 IFMA, it is code of this module that decrypts several
//     ciphertexts at once: docs/rsa.md explains how it works and what it can break. Its
//     results are always those of crypto/rsa. The Decrypter can then be used with
//     OpenBatch of the package crypto of this module.
//   - Elsewhere, it is the key itself, that is Go's crypto/rsa.
//   - With the build tag openssl it is OpenSSL's libcrypto, version 3.0 or newer, by
//     cgo. It takes a C compiler and OpenSSL's headers to build, and libcrypto.so.3 to
//     run. Without cgo the package does not compile, so that a build that asks for OpenSSL
//     never gets crypto/rsa.
//
// A server's keys are wrapped where they are read:
//
//	pair, err = pair.WithBackend(computing.New) // keystore.Pair
//
// # Errors
//
// As with crypto/rsa, whatever is wrong with a ciphertext is [rsa.ErrDecryption], one
// error for all causes. What OpenSSL is not asked for here, other than OAEP with SHA-256
// and without a label, is [errors.ErrUnsupported].
//
// # Security
//
// Each key is tested before its first use. A libcrypto that does not work is an error then.
// Code of this module that does not work is switched off, for all keys, and crypto/rsa used
// instead. OpenSSL keeps its own copy of the private key, outside the memory that Go clears,
// and wipes it when it frees it, after the Decrypter is garbage.
//
// # Concurrency
//
// All functions, and the Decrypters, are safe for concurrent use.
package backend
