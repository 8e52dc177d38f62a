// Package backend chooses, at build time, what computes the RSA-OAEP private operation
// that opens an envelope: most of the work of a request.
//
// Most callers need [New] alone, once for each private key: it returns the
// [crypto.Decrypter] to decrypt with from then on. [Name] says whose it is.
//
//   - Without a build tag it is the key itself, that is Go's crypto/rsa. Nothing is
//     added to it, and the program can be static.
//   - With the build tag openssl it is OpenSSL's libcrypto, version 3.0 or newer, by
//     cgo. It takes a C compiler and OpenSSL's headers to build, and libcrypto.so.3 to
//     run. Without cgo the package does not compile, so nobody gets crypto/rsa who
//     asked for OpenSSL.
//
// A server's keys are wrapped where they are read:
//
//	pair, err = pair.WithBackend(backend.New) // keystore.Pair
//
// # Errors
//
// As with crypto/rsa, whatever is wrong with a ciphertext is [rsa.ErrDecryption], one
// error for all causes. What OpenSSL is not asked for here, other than OAEP with SHA-256
// and without a label, is [errors.ErrUnsupported].
//
// # Security
//
// New decrypts a random value with OpenSSL that crypto/rsa encrypted: a libcrypto that
// does not work is an error at the start, not one of each request. OpenSSL keeps its
// own copy of the private key, outside the memory that Go clears, and wipes it
// when it frees it, after the Decrypter is garbage.
//
// # Concurrency
//
// All functions, and the Decrypters, are safe for concurrent use.
package backend
