package multirsa

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// ErrSelfTest is returned by [New] if a kernel computes a wrong result.
var ErrSelfTest = errors.New("multirsa: self-test failed")

// A Switch turns the kernels off for all keys that were made with it: by the operator, or
// after the first fault. They cannot be turned on again. The zero value is on. A Switch is
// safe for concurrent use.
type Switch struct {
	// OnFault, if not nil, is called after each fault, from the goroutine that decrypts.
	// Set it before the first use.
	OnFault func()

	off    atomic.Bool
	faults atomic.Uint64
}

// TurnOff makes [New] return [ErrUnsupported], and keys that exist use crypto/rsa alone.
func (s *Switch) TurnOff() { s.off.Store(true) }

// Off reports whether the kernels are off.
func (s *Switch) Off() bool { return s.off.Load() }

// Faults returns how often crypto/rsa decrypted what a kernel could not. Each of these
// times the result was that of crypto/rsa. More than zero means that this machine
// computes wrong results, or that this package has a bug.
func (s *Switch) Faults() uint64 { return s.faults.Load() }

func (s *Switch) fault() {
	s.faults.Add(1)
	s.TurnOff()
	if s.OnFault != nil {
		s.OnFault()
	}
}

// A Result is that of one decryption.
type Result struct {
	Plaintext []byte // freshly allocated
	Err       error  // that of crypto/rsa
}

// Decrypt decrypts ciphertext. With [*rsa.OAEPOptions] that ask for SHA-256, for the hash
// and for MGF1, and no label, it is a batch of one. Whatever else opts ask for is left to
// crypto/rsa. Results and errors are always those of crypto/rsa.
func (k *Key) Decrypt(random io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	oaep, ok := opts.(*rsa.OAEPOptions)
	if !ok || oaep.Hash != crypto.SHA256 || oaep.MGFHash != 0 && oaep.MGFHash != crypto.SHA256 || len(oaep.Label) > 0 {
		return k.private.Decrypt(random, ciphertext, opts)
	}
	var result [1]Result
	k.DecryptBatch(result[:], [][]byte{ciphertext})
	return result[0].Plaintext, result[0].Err
}

// DecryptBatch decrypts any number of RSA-OAEP ciphertexts with SHA-256 and without a
// label, [BatchSize] at a time, and sets results[i] to what crypto/rsa returns for
// ciphertexts[i]. Each ciphertext that is not valid prolongs the call by an operation of
// crypto/rsa. It panics unless there are as many results as ciphertexts.
func (k *Key) DecryptBatch(results []Result, ciphertexts [][]byte) {
	if len(results) != len(ciphertexts) {
		panic(fmt.Sprintf("multirsa: expected as many results as ciphertexts, got %d and %d", len(results), len(ciphertexts)))
	}
	s := k.scratch.Get().(*scratch)
	defer func() {
		s.clear()
		k.scratch.Put(s)
	}()
	var batch [BatchSize]int // indices of ciphertexts
	n := 0
	for i, ciphertext := range ciphertexts {
		if !k.inRange(ciphertext) || k.power.Off() {
			results[i] = k.judge(ciphertext)
			continue
		}
		s.messages[n] = [modulusSize]byte(ciphertext)
		batch[n] = i
		if n++; n == len(batch) {
			k.decryptBatch(s, batch[:n], results, ciphertexts)
			n = 0
		}
	}
	if n > 0 {
		k.decryptBatch(s, batch[:n], results, ciphertexts)
	}
}

// decryptBatch decrypts the messages of s, which are the ciphertexts at indices.
func (k *Key) decryptBatch(s *scratch, indices []int, results []Result, ciphertexts [][]byte) {
	k.engine(len(indices)).decrypt(s, len(indices))
	for slot, i := range indices {
		plaintext, valid := decodeOAEP(&s.messages[slot])
		if valid == 1 {
			results[i] = Result{Plaintext: bytes.Clone(plaintext)}
			continue
		}
		results[i] = k.judge(ciphertexts[i])
		if results[i].Err == nil {
			k.power.fault()
		}
	}
}

// engine returns the engine for n operations.
func (k *Key) engine(n int) *engine {
	if n <= k.narrow.operations() {
		return k.narrow
	}
	return k.wide
}

// inRange reports whether a ciphertext is one for the kernels: as long as the modulus and
// less than it. It is public.
func (k *Key) inRange(ciphertext []byte) bool {
	return len(ciphertext) == modulusSize && bytes.Compare(ciphertext, k.modulus[:]) < 0
}

// judge decrypts with crypto/rsa.
func (k *Key) judge(ciphertext []byte) Result {
	plaintext, err := k.private.Decrypt(nil, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
	return Result{Plaintext: plaintext, Err: err}
}

// selfTest checks both engines, in every lane, with ciphertexts whose results are known
// without a private-key operation of crypto/rsa, which would take most of the time.
func (k *Key) selfTest() error {
	var zero, one, minusOne [modulusSize]byte
	one[modulusSize-1] = 1
	minusOne = k.modulus
	minusOne[modulusSize-1]-- // without a borrow, as n is odd

	// 0, 1 and n-1 are their own powers, as d is odd.
	power := func(x *[modulusSize]byte) probe {
		return probe{*x, func(message *[modulusSize]byte) bool { return *message == *x }}
	}
	var sealed [BatchSize]probe
	for i := range sealed {
		want := make([]byte, 16)
		_, _ = rand.Read(want) // never fails
		ciphertext, err := rsa.EncryptOAEP(crypto.SHA256.New(), rand.Reader, &k.private.PublicKey, want, nil)
		if err != nil {
			return fmt.Errorf("%w: encrypt: %w", ErrSelfTest, err)
		}
		sealed[i] = probe{[modulusSize]byte(ciphertext), func(message *[modulusSize]byte) bool {
			got, valid := decodeOAEP(message)
			return valid == 1 && bytes.Equal(got, want)
		}}
	}
	corrupted := probe{sealed[0].ciphertext, func(message *[modulusSize]byte) bool {
		_, valid := decodeOAEP(message)
		return valid == 0
	}}
	corrupted.ciphertext[modulusSize/2] ^= 1

	s := new(scratch)
	defer s.clear()
	for _, test := range []struct {
		engine *engine
		batch  []probe
	}{
		{k.narrow, []probe{sealed[0], power(&one)}},
		{k.narrow, []probe{power(&minusOne), sealed[1]}},
		{k.wide, sealed[:]},
		{k.wide, []probe{power(&minusOne), power(&zero), corrupted, power(&one)}},
	} {
		for i := range test.batch {
			s.messages[i] = test.batch[i].ciphertext
		}
		test.engine.decrypt(s, len(test.batch))
		for i := range test.batch {
			if !test.batch[i].right(&s.messages[i]) {
				return fmt.Errorf("%w: %s: operation %d of a batch", ErrSelfTest, test.engine.name, i)
			}
		}
	}
	return nil
}

// A probe is a ciphertext and a check of its private-key operation.
type probe struct {
	ciphertext [modulusSize]byte
	right      func(message *[modulusSize]byte) bool
}
