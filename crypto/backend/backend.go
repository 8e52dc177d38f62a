package backend

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/flowserver/flowserver/crypto/internal/multirsa"
)

// Mode selects what may compute RSA.
type Mode string

// The modes.
const (
	// Auto is the fastest code for which all checks in docs/rsa.md have passed on this
	// CPU. With AVX-512 IFMA, that is batches of up to four with 512-bit registers on
	// Intel CPUs, and batches of two with 256-bit registers on AMD CPUs. On others it is
	// crypto/rsa. In a build with the tag openssl, it is OpenSSL.
	Auto Mode = "auto"
	// Batch uses 512-bit registers, for batches of up to four, on every CPU with AVX-512
	// IFMA. docs/rsa.md lists the checks that have not passed. On other CPUs it is
	// crypto/rsa.
	Batch Mode = "batch"
	// Crypto is crypto/rsa, whatever the build and the CPU. So is an unknown mode.
	Crypto Mode = "crypto"
)

const (
	cryptoRSA = "crypto/rsa"
	batched   = "multirsa"
)

// A Backend makes the Decrypters of a process. Use [Open].
type Backend struct {
	mode    Mode
	unused  error // why keys are not decrypted in batches; nil if they are
	onFault func(error)
	power   multirsa.Switch
	several func(*rsa.PrivateKey, *multirsa.Switch) (*multirsa.Key, error) // multirsa.New

	selfTests atomic.Uint64         // that failed
	fault     atomic.Pointer[error] // the first one
}

// ErrFault means that code of this module computed a wrong result on this machine, which
// crypto/rsa corrected. The process no longer uses that code.
var ErrFault = errors.New("the code that decrypts several RSA ciphertexts at once computed a wrong result")

// Open returns a Backend. onFault, which may be nil, is called after each [ErrFault]; it must
// be fast and safe for concurrent use.
func Open(mode Mode, onFault func(error)) *Backend {
	b := &Backend{mode: mode, onFault: onFault, several: multirsa.New}
	b.power.Wide = mode == Batch || mode == Auto && multirsa.Assured(true) == nil
	b.power.OnFault = func() { b.faulty(fmt.Errorf("%w, which crypto/rsa corrected", ErrFault)) }
	switch {
	case mode != Auto && mode != Batch:
		b.unused = errors.New("switched off")
	case mode == Auto && library != "":
		b.unused = errors.New("this build uses OpenSSL")
	case multirsa.Supported() != nil:
		b.unused = multirsa.Supported()
	case mode == Auto:
		b.unused = multirsa.Assured(false)
	}
	return b
}

func (b *Backend) faulty(err error) {
	b.fault.CompareAndSwap(nil, &err)
	if b.onFault != nil {
		b.onFault(err)
	}
}

// New returns a Decrypter for key: RSA-OAEP with SHA-256 for the hash and for MGF1, and
// without a label. key must not be changed afterwards. The error is from OpenSSL.
func (b *Backend) New(key *rsa.PrivateKey) (crypto.Decrypter, error) {
	if b.unused != nil {
		if b.mode == Auto {
			return newNative(key)
		}
		return key, nil
	}
	several, err := b.several(key, &b.power)
	if err == nil {
		return several, nil
	}
	if errors.Is(err, multirsa.ErrSelfTest) {
		b.power.TurnOff()
		b.selfTests.Add(1)
		b.faulty(fmt.Errorf("%w: %w", ErrFault, err))
	}
	return key, nil // crypto/rsa does what multirsa does not
}

// Status describes what a [Backend] currently uses.
type Status struct {
	// Name is what decrypts: "multirsa" for several ciphertexts at once, "crypto/rsa",
	// or OpenSSL with the version of the libcrypto that the process has loaded, for example
	// "OpenSSL 3.0.19".
	Name string
	// BatchSize is how many ciphertexts are decrypted at once.
	BatchSize int
	// Faults is how often code of this module computed a wrong result.
	Faults uint64
	// Fault is the first [ErrFault], which turned that code off; nil if there was none.
	Fault error
	// Unused is why several ciphertexts are not decrypted at once; nil if they are.
	Unused error
}

// Status returns what the Backend currently uses.
func (b *Backend) Status() Status {
	s := Status{Name: cryptoRSA, BatchSize: 1, Faults: b.power.Faults() + b.selfTests.Load(), Unused: b.unused}
	if fault := b.fault.Load(); fault != nil {
		s.Fault, s.Unused = *fault, *fault
	}
	switch {
	case s.Unused == nil && !b.power.Off():
		s.Name, s.BatchSize = batched, b.power.BatchSize()
	case b.mode == Auto && library != "":
		s.Name = nativeName()
	}
	return s
}

// Name is the name in the [Status] of a Backend in the mode [Auto].
func Name() string { return Open(Auto, nil).Status().Name }

// New is [Backend.New] of a Backend in the mode [Auto], for a program with one key that does
// not need to know about faults.
func New(key *rsa.PrivateKey) (crypto.Decrypter, error) { return Open(Auto, nil).New(key) }
