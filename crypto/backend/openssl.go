//go:build openssl && cgo

package backend

/*
#cgo LDFLAGS: -lcrypto
#cgo noescape fs_decrypt
#cgo nocallback fs_decrypt

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "the build tag openssl needs OpenSSL 3.0 or newer"
#endif

// The error queue belongs to a thread, and Go may make the next call on another one, so
// each function leaves it empty.

static EVP_PKEY *fs_key(const unsigned char *der, size_t size) {
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &der, (long)size);
	ERR_clear_error();
	return key;
}

static EVP_PKEY_CTX *fs_context(EVP_PKEY *key) {
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || EVP_PKEY_decrypt_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) <= 0) {
		EVP_PKEY_CTX_free(ctx);
		ctx = NULL;
	}
	ERR_clear_error();
	return ctx;
}

// fs_decrypt returns the length of the plain text, or -1.
static long fs_decrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t room, const unsigned char *in, size_t size) {
	int ok = EVP_PKEY_decrypt(ctx, out, &room, in, size);
	ERR_clear_error();
	return ok > 0 ? (long)room : -1;
}
*/
import "C"

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"runtime"
	"unsafe"
)

// library is the one that the build tag asks for.
const library = "OpenSSL"

// nativeName names the library and the version that the process has loaded.
func nativeName() string {
	return library + " " + C.GoString(C.OpenSSL_version(C.OPENSSL_VERSION_STRING))
}

// newNative returns what decrypts with key by OpenSSL, after a test.
func newNative(key *rsa.PrivateKey) (crypto.Decrypter, error) {
	d, err := newDecrypter(key)
	if err == nil {
		err = d.selfTest()
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// decrypter is a private key that libcrypto computes with.
type decrypter struct {
	public rsa.PublicKey
	native *native
}

// native is the part of a decrypter that is freed with it.
type native struct {
	key  *C.EVP_PKEY
	idle chan *operation // kept for the next call: a new context costs a tenth of an operation
}

// operation is what one decryption at a time works with.
type operation struct {
	ctx *C.EVP_PKEY_CTX
	out []byte // as long as the modulus, which OpenSSL insists on
}

func newDecrypter(key *rsa.PrivateKey) (*decrypter, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("hand a private key to %s: %w", nativeName(), err)
	}
	defer clear(der)
	n := &native{
		key:  C.fs_key(pointer(der), C.size_t(len(der))),
		idle: make(chan *operation, runtime.GOMAXPROCS(0)),
	}
	if n.key == nil {
		return nil, fmt.Errorf("%s takes no RSA key of %d bits", nativeName(), key.N.BitLen())
	}
	d := &decrypter{public: key.PublicKey, native: n}
	runtime.AddCleanup(d, (*native).free, n)
	return d, nil
}

// selfTest checks that libcrypto decrypts what crypto/rsa encrypts.
func (d *decrypter) selfTest() error {
	want := make([]byte, 16)
	_, _ = rand.Read(want) // never fails
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &d.public, want, nil)
	if err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	got, err := d.Decrypt(nil, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil || !bytes.Equal(got, want) {
		return fmt.Errorf("self-test: %s does not open what crypto/rsa seals: install another libcrypto, or build without the tag openssl", nativeName())
	}
	return nil
}

// Public returns the public half, a [*rsa.PublicKey].
func (d *decrypter) Public() crypto.PublicKey { return &d.public }

// Decrypt decrypts as [rsa.PrivateKey.Decrypt] does, but nothing other than OAEP with
// SHA-256 and without a label. It needs no random numbers from its caller.
func (d *decrypter) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if oaep, ok := opts.(*rsa.OAEPOptions); !ok || oaep.Hash != crypto.SHA256 || oaep.MGFHash != 0 && oaep.MGFHash != crypto.SHA256 || len(oaep.Label) > 0 {
		return nil, fmt.Errorf("%w: the OpenSSL backend decrypts OAEP with SHA-256 and without a label only", errors.ErrUnsupported)
	}
	defer runtime.KeepAlive(d) // or native could be freed meanwhile
	op, err := d.take()
	if err != nil {
		return nil, err
	}
	defer d.give(op)
	size := C.fs_decrypt(op.ctx, pointer(op.out), C.size_t(len(op.out)), pointer(ciphertext), C.size_t(len(ciphertext)))
	if size < 0 {
		return nil, rsa.ErrDecryption
	}
	return bytes.Clone(op.out[:size]), nil
}

// take returns an operation that is not used elsewhere until it is given back.
func (d *decrypter) take() (*operation, error) {
	select {
	case op := <-d.native.idle:
		return op, nil
	default:
	}
	ctx := C.fs_context(d.native.key)
	if ctx == nil {
		return nil, fmt.Errorf("%s is out of memory, or knows no OAEP with SHA-256", nativeName())
	}
	return &operation{ctx: ctx, out: make([]byte, d.public.Size())}, nil
}

func (d *decrypter) give(op *operation) {
	clear(op.out)
	select {
	case d.native.idle <- op:
	default: // more calls at a time than processors: not the usual
		C.EVP_PKEY_CTX_free(op.ctx)
	}
}

// free is called when the decrypter is garbage, so nothing uses it any more.
func (n *native) free() {
	close(n.idle)
	for op := range n.idle {
		C.EVP_PKEY_CTX_free(op.ctx)
	}
	C.EVP_PKEY_free(n.key) // which wipes it
}

// pointer is for C functions that do not keep b. An empty b has one, too.
func pointer(b []byte) *C.uchar { return (*C.uchar)(unsafe.SliceData(b)) }
