package multirsa

import (
	"crypto"
	"crypto/fips140"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"sync"
)

// ErrUnsupported is returned by [New] if keys of this kind, or this process, have to use
// crypto/rsa itself.
var ErrUnsupported = errors.New("multirsa: unsupported")

// Key decrypts with a private key, several ciphertexts at a time. It is a
// [crypto.Decrypter]. Make one with [New]. It is safe for concurrent use.
type Key struct {
	private *rsa.PrivateKey // decides whatever the kernels do not
	power   *Switch
	modulus [modulusSize]byte // n, big-endian
	narrow  *engine           // for up to 2 operations
	wide    *engine           // for up to 4; nil if it is not wanted
	scratch sync.Pool         // of *scratch, all zero
}

// New returns a Key for key, after a self-test of all that will compute with it. All keys
// of a process share one Switch, so that a fault of one turns the kernels off for all; it
// must not be nil. key must not be changed afterwards.
//
// Errors: [ErrUnsupported] if power is off, if [Supported] returns it, and unless key is an
// RSA key of 2048 bits with two primes of 1024 bits; [ErrSelfTest] if the kernels compute
// wrong results. Use the key itself after any error.
func New(key *rsa.PrivateKey, power *Switch) (*Key, error) {
	if power.Off() {
		return nil, fmt.Errorf("%w: switched off", ErrUnsupported)
	}
	if err := Supported(); err != nil {
		return nil, err
	}
	narrow, wide := hardwareKernels()
	if !power.Wide {
		wide = nil
	}
	return newKey(key, power, narrow, wide)
}

// Supported returns [ErrUnsupported] if this process cannot use the kernels: the CPU has no
// AVX-512 IFMA, the program was built without assembly, or it runs in FIPS 140-3 mode.
func Supported() error {
	narrow, _ := hardwareKernels()
	switch {
	case fips140.Enabled():
		return fmt.Errorf("%w: FIPS 140-3 mode asks for the validated module", ErrUnsupported)
	case narrow == nil:
		return fmt.Errorf("%w: no AVX-512 IFMA in this CPU, or not in this build", ErrUnsupported)
	}
	return nil
}

func newKey(key *rsa.PrivateKey, power *Switch, narrow, wide *kernel) (*Key, error) {
	numbers, err := crtOf(key)
	if err != nil {
		return nil, err
	}
	k := &Key{
		private: key,
		power:   power,
		narrow:  newEngine(narrow, numbers),
		scratch: sync.Pool{New: func() any { return new(scratch) }},
	}
	if wide != nil {
		k.wide = newEngine(wide, numbers)
	}
	key.N.FillBytes(k.modulus[:])
	if err := k.selfTest(); err != nil {
		return nil, err
	}
	return k, nil
}

// Public returns the public key, an [*rsa.PublicKey].
func (k *Key) Public() crypto.PublicKey { return k.private.Public() }

// Format keeps the private key out of every fmt verb.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "multirsa.Key") }

// LogValue keeps the private key out of logs.
func (k *Key) LogValue() slog.Value { return slog.StringValue("multirsa.Key") }

// crt is a private key as the Chinese remainder theorem needs it.
type crt struct {
	primes [2]prime // p and q
	qInv   nat      // q⁻¹·R mod p
}

// prime is p or q with what Montgomery arithmetic needs of it.
type prime struct {
	m        nat
	exponent nat    // d mod m-1
	r        nat    // R mod m, which is 1 in Montgomery form
	rr       nat    // R² mod m
	k0       uint64 // -m⁻¹ mod 2^52
}

// crtOf returns the numbers of a key. math/big does no arithmetic here; it only encodes.
func crtOf(key *rsa.PrivateKey) (*crt, error) {
	if bits := key.N.BitLen(); bits != 8*modulusSize {
		return nil, fmt.Errorf("%w: expected a modulus of %d bits, got %d", ErrUnsupported, 8*modulusSize, bits)
	}
	if len(key.Primes) != 2 {
		return nil, fmt.Errorf("%w: expected 2 primes, got %d", ErrUnsupported, len(key.Primes))
	}
	for _, prime := range key.Primes {
		if prime.BitLen() != primeBits || prime.Bit(0) == 0 {
			return nil, fmt.Errorf("%w: expected odd primes of %d bits", ErrUnsupported, primeBits)
		}
	}
	var numbers crt
	p, q := &numbers.primes[0], &numbers.primes[1]
	for _, n := range []struct {
		dst *nat
		src *big.Int
	}{
		{&p.m, key.Primes[0]},
		{&q.m, key.Primes[1]},
		{&p.exponent, key.Precomputed.Dp},
		{&q.exponent, key.Precomputed.Dq},
		{&numbers.qInv, key.Precomputed.Qinv},
	} {
		if n.src == nil || n.src.BitLen() > primeBits {
			return nil, fmt.Errorf("%w: expected a key after rsa.PrivateKey.Precompute", ErrUnsupported)
		}
		var encoded [primeBits / 8]byte
		n.dst.setBytes(n.src.FillBytes(encoded[:]))
		clear(encoded[:])
	}
	for _, prime := range []*prime{p, q} {
		prime.r = radixMod(&prime.m)
		prime.rr = prime.r
		prime.rr.shiftMod(montBits, &prime.m)
		prime.k0 = negInverse(&prime.m)
	}
	numbers.qInv.shiftMod(montBits, &p.m)
	return &numbers, nil
}

// An engine computes the private-key operation of one key with one kernel.
type engine struct {
	*kernel
	*constants
	numbers *crt
}

// constants are the numbers of a key for each lane of a kernel: lanes with an even index are
// modulo p, the others modulo q. They are aligned to cache lines, as [scratch] is.
type constants struct {
	m    vector // the prime
	r    vector // R mod m
	rr   vector // R² mod m, which brings a number into Montgomery form
	one  vector // 1, which brings it out again
	qInv vector // q⁻¹·R mod p, and 0 in the lanes modulo q
	k0   row    // -m⁻¹ mod 2^52
}

func newEngine(k *kernel, numbers *crt) *engine {
	c := new(constants)
	for l := range k.lanes {
		prime := &numbers.primes[l%2]
		c.m.set(l, k.lanes, &prime.m)
		c.r.set(l, k.lanes, &prime.r)
		c.rr.set(l, k.lanes, &prime.rr)
		c.one.set(l, k.lanes, &nat{1})
		c.k0[l] = prime.k0
		if l%2 == 0 {
			c.qInv.set(l, k.lanes, &numbers.qInv)
		}
	}
	return &engine{kernel: k, constants: c, numbers: numbers}
}
