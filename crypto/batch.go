package crypto

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"iter"
)

// BatchDecrypter is an optional interface of a [crypto.Decrypter]: it decrypts several
// RSA-OAEP ciphertexts (SHA-256, no label) in hardly more time than one. DecryptBatch may
// leave out a valid ciphertext, but never returns a wrong plaintext. Judge decides on
// those it left out.
type BatchDecrypter interface {
	// BatchSize returns how many ciphertexts are decrypted at once; multiples of it cost
	// the least per ciphertext. Less than 2 means that there is currently no gain from
	// batches.
	BatchSize() int
	// DecryptBatch sets plaintexts[i] to the plaintext of ciphertexts[i], or to nil if it
	// does not decrypt it. Both have the same length.
	DecryptBatch(plaintexts, ciphertexts [][]byte)
	// Judge decrypts a ciphertext that DecryptBatch did not, and returns
	// [rsa.ErrDecryption] if it is not valid. It is slower.
	Judge(ciphertext []byte) ([]byte, error)
}

// BatchSize returns how many envelopes to pass to [OpenBatch] for these keys: the
// smallest of their BatchSizes, or 1 if one of them is not a [BatchDecrypter].
func BatchSize(keys []crypto.Decrypter) int {
	size := 1
	for i, key := range keys {
		batch, ok := key.(BatchDecrypter)
		if !ok {
			return 1
		}
		if n := max(batch.BatchSize(), 1); i == 0 || n < size {
			size = n
		}
	}
	return size
}

// Opened contains the results of [Open].
type Opened struct {
	Plaintext []byte
	Reply     *Sealer
	Err       error
}

// OpenBatch opens each envelope as [Open] does and yields its index and the result, in
// the order in which they become known. Keys that are a [BatchDecrypter] decrypt all
// envelopes together. Envelopes that no key decrypts come last, because they take much
// longer.
func OpenBatch(envelopes []*Envelope, keys ...crypto.Decrypter) iter.Seq2[int, Opened] {
	return func(yield func(int, Opened) bool) {
		attempts := make([]attempt, len(envelopes))
		waiting := make([]*attempt, 0, len(envelopes))
		for i, env := range envelopes {
			attempts[i] = attempt{index: i, envelope: env}
			if err := env.checkSizes(); err == nil {
				waiting = append(waiting, &attempts[i])
			} else if !yield(i, Opened{Err: err}) {
				return
			}
		}
		for i, key := range keys {
			if waiting = decrypt(waiting, i, key, yield); len(waiting) == 0 {
				return
			}
		}
		for _, a := range waiting {
			if !yield(a.index, a.judge(keys)) {
				return
			}
		}
	}
}

// attempt is an envelope that no key has decrypted yet.
type attempt struct {
	index     int
	envelope  *Envelope
	tried     int     // keys of the right size
	undecided []int   // those that have to judge: their DecryptBatch did not decrypt it
	failures  []error // of keys that could not try, for example because a KMS is unreachable
}

// oaep is the padding of the protocol. It is never modified.
var oaep = &rsa.OAEPOptions{Hash: crypto.SHA256}

// decrypt tries a key on all attempts, yields those that it decrypts, and returns the
// others in the same slice, or none if yield ended the iteration.
func decrypt(waiting []*attempt, index int, key crypto.Decrypter, yield func(int, Opened) bool) (others []*attempt) {
	batch := batchOf(key)
	var aesKeys [][]byte // of those that fit
	if batch != nil {
		aesKeys = decryptBatch(waiting, batch, key)
	}
	others = waiting[:0]
	for _, a := range waiting {
		var aesKey []byte
		switch {
		case !a.fits(key):
		case batch == nil:
			a.tried++
			aesKey = a.decrypt(key)
		default:
			a.tried++
			if aesKey, aesKeys = aesKeys[0], aesKeys[1:]; aesKey == nil {
				a.undecided = append(a.undecided, index)
			}
		}
		if aesKey == nil {
			others = append(others, a)
		} else if !yield(a.index, a.open(aesKey, index)) {
			return nil
		}
	}
	return others
}

// decryptBatch returns the results of a batch for the attempts that key fits.
func decryptBatch(waiting []*attempt, batch BatchDecrypter, key crypto.Decrypter) (aesKeys [][]byte) {
	var wrapped [][]byte
	for _, a := range waiting {
		if a.fits(key) {
			wrapped = append(wrapped, a.envelope.EncryptedAESKey)
		}
	}
	aesKeys = make([][]byte, len(wrapped))
	batch.DecryptBatch(aesKeys, wrapped)
	return aesKeys
}

// batchOf returns key as a BatchDecrypter if batches are currently faster.
func batchOf(key crypto.Decrypter) BatchDecrypter {
	if batch, ok := key.(BatchDecrypter); ok && batch.BatchSize() > 1 {
		return batch
	}
	return nil
}

// fits reports whether key has the modulus size of the wrapped key.
func (a *attempt) fits(key crypto.Decrypter) bool {
	public, ok := key.Public().(*rsa.PublicKey)
	return ok && public.Size() == len(a.envelope.EncryptedAESKey)
}

// decrypt returns the wrapped key, or nil if key does not decrypt it.
func (a *attempt) decrypt(key crypto.Decrypter) []byte {
	aesKey, err := key.Decrypt(rand.Reader, a.envelope.EncryptedAESKey, oaep)
	switch {
	case err == nil && aesKey == nil:
		return []byte{} // an empty plaintext is valid
	case err == nil:
		return aesKey
	case !errors.Is(err, rsa.ErrDecryption):
		a.failures = append(a.failures, err)
	}
	return nil
}

// judge lets the keys that did not decrypt the envelope in a batch decide, and returns
// why none of them decrypts it.
func (a *attempt) judge(keys []crypto.Decrypter) Opened {
	for _, i := range a.undecided {
		aesKey, err := keys[i].(BatchDecrypter).Judge(a.envelope.EncryptedAESKey) //nolint:forcetypeassert // see decrypt
		switch {
		case err == nil:
			return a.open(aesKey, i)
		case !errors.Is(err, rsa.ErrDecryption):
			a.failures = append(a.failures, err)
		}
	}
	if len(keys) == 0 {
		return Opened{Err: fmt.Errorf("%w: no private key given", ErrDecrypt)}
	}
	return Opened{Err: a.failure()}
}

// open decrypts the payload with the key that was wrapped for the key with this index.
func (a *attempt) open(aesKey []byte, index int) (o Opened) {
	o.Plaintext, o.Reply, o.Err = a.envelope.openPayload(aesKey, index)
	return o
}

// failure returns why no key decrypts the envelope.
func (a *attempt) failure() error {
	if a.tried == 0 {
		return fmt.Errorf("%w: encrypted_aes_key has %d bytes, the size of no RSA key of ours", ErrMalformed, len(a.envelope.EncryptedAESKey))
	}
	if cause := errors.Join(a.failures...); cause != nil {
		//nolint:errorlint // the errors of a key store are not part of this contract
		return fmt.Errorf("%w: none of %d keys unwraps it: %v", ErrDecrypt, a.tried, cause)
	}
	return fmt.Errorf("%w: none of %d keys unwraps it", ErrDecrypt, a.tried)
}
