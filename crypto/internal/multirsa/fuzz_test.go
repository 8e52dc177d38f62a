package multirsa

import (
	"bytes"
	"math/big"
	"testing"
)

// FuzzDecryptBatch compares batches with crypto/rsa: of a raw ciphertext, a valid one, and
// one whose encoding was changed before it was masked and encrypted. Nothing is random, so
// that findings can be repeated.
func FuzzDecryptBatch(f *testing.F) {
	const fixed = 2 // of testKeys: the primes do not change
	key := testKeys()[fixed].PrivateKey
	k, power := newTestKey(f, key, best())
	encrypt := func(message [modulusSize]byte) []byte {
		m := new(big.Int).SetBytes(message[:])
		return m.Exp(m, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, modulusSize))
	}

	full := bytes.Repeat([]byte{0xff}, modulusSize)
	f.Add(make([]byte, modulusSize), []byte("sixteen byte key"), uint8(0), uint8(0), uint8(0), uint8(1))
	f.Add(key.N.Bytes(), []byte("sixteen byte key"), uint8(3), uint8(1), uint8(33), uint8(128))
	f.Add(full, []byte{}, uint8(4), uint8(4), uint8(255), uint8(1))
	f.Add(full[:255], full[:190], uint8(2), uint8(2), uint8(65), uint8(1))
	f.Add(encrypt(encodeOAEP([]byte("a"), nil)), []byte("b"), uint8(1), uint8(0), uint8(1), uint8(7))
	f.Fuzz(func(t *testing.T, raw, plaintext []byte, size, place, position, flip uint8) {
		plaintext = plaintext[:min(len(plaintext), modulusSize-2*seedSize-2)]
		valid := encrypt(encodeOAEP(plaintext, nil))
		invalid := encrypt(encodeOAEP(plaintext, func(message []byte) { message[position] ^= flip }))
		unique := [][]byte{raw, valid, invalid}
		verdicts := wantFor(key, unique)

		n := 1 + int(size)%5 // 5 is a batch of 4 and another of 1
		ciphertexts, want, got := make([][]byte, n), make([]result, n), make([]result, n)
		for i := range n {
			which := 1
			switch i {
			case int(place) % n:
				which = 0
			case int(position) % n:
				which = 2
			}
			ciphertexts[i], want[i] = unique[which], verdicts[which]
		}
		decryptBatch(k, got, ciphertexts)
		for i := range n {
			if !bytes.Equal(got[i].Plaintext, want[i].Plaintext) || got[i].Err != want[i].Err { //nolint:errorlint // the very same error
				t.Errorf("%d of %d: %x: got %v, want %v", i, n, ciphertexts[i], got[i], want[i])
			}
		}
		if power.Faults() > 0 {
			t.Errorf("crypto/rsa decrypted what a kernel could not: one of %x", ciphertexts)
		}
	})
}
