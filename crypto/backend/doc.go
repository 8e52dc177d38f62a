// Package backend selects the implementation of the RSA-OAEP private-key operation that
// opens an envelope, which is most of the work of a request.
//
// Most callers need [Open] once, and [Backend.New] once for each private key: it returns
// the [crypto.Decrypter] to use from then on. [Backend.Status] describes it.
//
//   - By default, on CPUs with AVX-512 IFMA, it is code of this module that decrypts
//     several ciphertexts at once: docs/rsa.md explains how it works and what could go
//     wrong. Its results are always those of crypto/rsa. The Decrypter can then be used
//     with OpenBatch of the package crypto of this module.
//   - On other CPUs, it is the key itself, that is, Go's crypto/rsa.
//   - With the build tag openssl it is OpenSSL's libcrypto, version 3.0 or newer, by
//     cgo. It requires a C compiler and OpenSSL's headers to build, and libcrypto.so.3 to
//     run. Without cgo the package does not compile, so that a build with the tag never
//     silently uses crypto/rsa.
//
// A server's keys are wrapped where they are read:
//
//	pair, err = pair.WithBackend(computing.New) // keystore.Pair
//
// # Errors
//
// As with crypto/rsa, any problem with a ciphertext is [rsa.ErrDecryption], one error for
// all causes. With OpenSSL, anything other than OAEP with SHA-256 and without a label is
// [errors.ErrUnsupported].
//
// # Security
//
// Each key is tested before its first use. If libcrypto fails the test, New returns an
// error. If code of this module fails it, that code is switched off for all keys, and
// crypto/rsa is used instead. OpenSSL keeps its own copy of the private key, outside the
// memory that Go clears, and wipes it when it frees it, after the Decrypter is garbage.
//
// # Concurrency
//
// All functions, and the Decrypters, are safe for concurrent use.
package backend
