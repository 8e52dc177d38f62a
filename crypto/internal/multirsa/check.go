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

// A Switch says what the keys that were made with it compute with. It turns the kernels off
// for all of them: by the operator, or after the first fault. They cannot be turned on
// again. The zero value is on, with the kernel of 256 bits alone. A Switch is safe for
// concurrent use.
type Switch struct {
	// Wide lets keys use the kernel of 512 bits too, which decrypts four ciphertexts at a
	// time rather than two. Set it before the first use.
	Wide bool
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

// BatchSize returns how many ciphertexts keys decrypt at once: 1 if the kernels are off.
func (s *Switch) BatchSize() int {
	switch {
	case s.Off():
		return 1
	case s.Wide:
		return maxBatch
	}
	return maxBatch / 2
}

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

// BatchSize returns how many ciphertexts [Key.DecryptBatch] decrypts at once: a multiple of it
// costs least for each of them. It is 1 if the kernels are off.
func (k *Key) BatchSize() int {
	switch {
	case k.power.Off():
		return 1
	case k.wide == nil:
		return k.narrow.operations()
	}
	return k.wide.operations()
}

// Decrypt decrypts ciphertext. With [*rsa.OAEPOptions] that ask for SHA-256, for the hash
// and for MGF1, and no label, it is [Key.DecryptBatch] with one ciphertext and, if that fails,
// [Key.Judge]. Whatever else opts ask for is left to crypto/rsa. Results and errors are
// always those of crypto/rsa.
func (k *Key) Decrypt(random io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	oaep, ok := opts.(*rsa.OAEPOptions)
	if !ok || oaep.Hash != crypto.SHA256 || oaep.MGFHash != 0 && oaep.MGFHash != crypto.SHA256 || len(oaep.Label) > 0 {
		return k.private.Decrypt(random, ciphertext, opts)
	}
	var plaintext [1][]byte
	k.DecryptBatch(plaintext[:], [][]byte{ciphertext})
	if plaintext[0] != nil {
		return plaintext[0], nil
	}
	return k.Judge(ciphertext)
}

// DecryptBatch decrypts any number of RSA-OAEP ciphertexts with SHA-256 and without a label,
// [Key.BatchSize] at a time. It sets plaintexts[i] to the plaintext of ciphertexts[i], which
// may be empty but is not nil, or to nil if [Key.Judge] has to decide: the ciphertext is not
// valid for this key, or the kernels are off or wrong. A plaintext that is not nil is
// that of crypto/rsa. DecryptBatch panics unless there are as many plaintexts as ciphertexts.
func (k *Key) DecryptBatch(plaintexts, ciphertexts [][]byte) {
	if len(plaintexts) != len(ciphertexts) {
		panic(fmt.Sprintf("multirsa: expected as many plaintexts as ciphertexts, got %d and %d", len(plaintexts), len(ciphertexts)))
	}
	clear(plaintexts)
	s := k.scratch.Get().(*scratch)
	defer func() {
		s.clear()
		k.scratch.Put(s)
	}()
	var batch [maxBatch]int // indices of ciphertexts
	n, size := 0, k.BatchSize()
	for i, ciphertext := range ciphertexts {
		if !k.inRange(ciphertext) || k.power.Off() {
			continue
		}
		s.messages[n] = [modulusSize]byte(ciphertext)
		batch[n] = i
		if n++; n == size {
			k.decryptBatch(s, batch[:n], plaintexts)
			n = 0
		}
	}
	if n > 0 {
		k.decryptBatch(s, batch[:n], plaintexts)
	}
}

// decryptBatch decrypts the messages of s into the plaintexts at indices.
func (k *Key) decryptBatch(s *scratch, indices []int, plaintexts [][]byte) {
	k.engine(len(indices)).decrypt(s, len(indices))
	for slot, i := range indices {
		if plaintext, valid := decodeOAEP(&s.messages[slot]); valid == 1 {
			plaintexts[i] = bytes.Clone(plaintext)
		}
	}
}

// Judge decrypts with crypto/rsa what [Key.DecryptBatch] left. Its result is what counts: if it
// is a plaintext, the kernels were wrong, and the [Switch] turns them off.
func (k *Key) Judge(ciphertext []byte) ([]byte, error) {
	tried := k.inRange(ciphertext) && !k.power.Off()
	plaintext, err := k.private.Decrypt(nil, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err == nil && tried {
		k.power.fault()
	}
	return plaintext, err
}

// engine returns the engine for n operations.
func (k *Key) engine(n int) *engine {
	if k.wide == nil || n <= k.narrow.operations() {
		return k.narrow
	}
	return k.wide
}

// inRange reports whether a ciphertext is one for the kernels: as long as the modulus and
// less than it. It is public.
func (k *Key) inRange(ciphertext []byte) bool {
	return len(ciphertext) == modulusSize && bytes.Compare(ciphertext, k.modulus[:]) < 0
}

// selfTest checks the engines, in every lane, with ciphertexts whose results are known
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
	var sealed [maxBatch]probe
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
	tests := []selfTest{
		{k.narrow, []probe{sealed[0], power(&one)}},
		{k.narrow, []probe{power(&minusOne), sealed[1]}},
		{k.narrow, []probe{corrupted, power(&zero)}},
	}
	if k.wide != nil {
		tests = append(tests, selfTest{k.wide, sealed[:]}, selfTest{k.wide, []probe{power(&minusOne), power(&zero), corrupted, power(&one)}})
	}
	for _, test := range tests {
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

// A selfTest is a batch for an engine.
type selfTest struct {
	engine *engine
	batch  []probe
}

// A probe is a ciphertext and a check of its private-key operation.
type probe struct {
	ciphertext [modulusSize]byte
	right      func(message *[modulusSize]byte) bool
}
