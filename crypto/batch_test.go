package crypto_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// batchKey decrypts in batches with crypto/rsa, and notes what it is asked for. broken makes
// DecryptBatch decrypt nothing, so that Judge has to.
type batchKey struct {
	*rsa.PrivateKey
	name   string
	size   int
	broken bool
	calls  *[]string
}

func (k batchKey) BatchSize() int { return k.size }

func (k batchKey) DecryptBatch(plaintexts, ciphertexts [][]byte) {
	*k.calls = append(*k.calls, fmt.Sprintf("%s: batch of %d", k.name, len(ciphertexts)))
	clear(plaintexts)
	for i, ciphertext := range ciphertexts {
		if plaintext, err := k.decrypt(ciphertext); err == nil && !k.broken {
			plaintexts[i] = plaintext
		}
	}
}

func (k batchKey) Judge(ciphertext []byte) ([]byte, error) {
	*k.calls = append(*k.calls, k.name+": judge")
	return k.decrypt(ciphertext)
}

func (k batchKey) decrypt(ciphertext []byte) ([]byte, error) {
	return k.Decrypt(nil, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
}

var _ flowcrypto.BatchDecrypter = batchKey{}

func batchKeys(t *testing.T, calls *[]string) (a, b batchKey) {
	t.Helper()
	return batchKey{vectortest.Key(t, "a"), "a", 4, false, calls}, batchKey{vectortest.Key(t, "b"), "b", 4, false, calls}
}

// TestOpenBatch opens all vectors in one batch and checks that each is opened as Open does.
func TestOpenBatch(t *testing.T) {
	t.Parallel()
	var calls []string
	a, b := batchKeys(t, &calls)
	broken := a
	broken.broken = true
	var names []string
	var envelopes []*flowcrypto.Envelope
	for _, c := range vectortest.Envelopes(t) {
		if env, err := flowcrypto.ParseEnvelope([]byte(c.Body)); err == nil {
			names, envelopes = append(names, c.Name), append(envelopes, env)
		}
	}
	envelopes = append(envelopes, &flowcrypto.Envelope{})
	names = append(names, "of no size")
	for name, keys := range map[string][]crypto.Decrypter{
		"one key": {a}, "two keys": {b, a}, "a wrong kernel": {broken, b}, "with one that has no batches": {b.PrivateKey, a}, "no keys": {},
	} {
		plain := make([]crypto.Decrypter, len(keys))
		for i, key := range keys {
			if plain[i] = key; key != crypto.Decrypter(b.PrivateKey) {
				plain[i] = key.(batchKey).PrivateKey
			}
		}
		yielded := make([]int, len(envelopes))
		for i, got := range flowcrypto.OpenBatch(envelopes, keys...) {
			yielded[i]++
			plaintext, reply, err := flowcrypto.Open(envelopes[i], plain...)
			if !bytes.Equal(got.Plaintext, plaintext) || (got.Reply == nil) != (reply == nil) || fmt.Sprint(got.Err) != fmt.Sprint(err) {
				t.Errorf("%s, %s: got %q, %v; want %q, %v", name, names[i], got.Plaintext, got.Err, plaintext, err)
			}
			if reply != nil && got.Reply.KeyIndex() != reply.KeyIndex() {
				t.Errorf("%s, %s: key %d, want %d", name, names[i], got.Reply.KeyIndex(), reply.KeyIndex())
			}
		}
		if i := slices.IndexFunc(yielded, func(n int) bool { return n != 1 }); i >= 0 {
			t.Errorf("%s, %s: yielded %d times, want once", name, names[i], yielded[i])
		}
	}
}

// TestOpenBatchOrder checks which keys are asked, and what comes first.
func TestOpenBatchOrder(t *testing.T) {
	t.Parallel()
	good, err := flowcrypto.ParseEnvelope([]byte(vectortest.Named(t, "ping").Body))
	if err != nil {
		t.Fatal(err)
	}
	bad := *good
	bad.EncryptedAESKey = bytes.Clone(good.EncryptedAESKey)
	bad.EncryptedAESKey[100] ^= 1
	type keys = []crypto.Decrypter
	for name, c := range map[string]struct {
		keys   func(a, b batchKey) keys
		opened []int
		calls  string
	}{
		"one key":  {func(a, _ batchKey) keys { return keys{a} }, []int{1, 2, 0}, "a: batch of 3, a: judge"},
		"two keys": {func(a, b batchKey) keys { return keys{b, a} }, []int{1, 2, 0}, "b: batch of 3, a: batch of 3, b: judge, a: judge"},
		"the first fits": {
			func(a, b batchKey) keys { return keys{a, b} }, []int{1, 2, 0}, "a: batch of 3, b: batch of 1, a: judge, b: judge",
		},
		"a key that is off is asked once": {func(a, b batchKey) keys {
			a.size = 1
			return keys{a, b}
		}, []int{1, 2, 0}, "b: batch of 1, b: judge"},
		"a wrong kernel": {func(a, _ batchKey) keys {
			a.broken = true
			return keys{a}
		}, []int{0, 1, 2}, "a: batch of 3, a: judge, a: judge, a: judge"},
	} {
		var calls []string
		var opened []int
		a, b := batchKeys(t, &calls)
		for i, got := range flowcrypto.OpenBatch([]*flowcrypto.Envelope{&bad, good, good}, c.keys(a, b)...) {
			opened = append(opened, i)
			if want := i == 0; errors.Is(got.Err, flowcrypto.ErrDecrypt) != want {
				t.Errorf("%s: envelope %d: got %v", name, i, got.Err)
			}
		}
		if diff := cmp.Diff(c.opened, opened) + cmp.Diff(c.calls, strings.Join(calls, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestOpenBatchEnds ends the iteration early.
func TestOpenBatchEnds(t *testing.T) {
	t.Parallel()
	env, err := flowcrypto.ParseEnvelope([]byte(vectortest.Named(t, "ping").Body))
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	a, b := batchKeys(t, &calls)
	for range flowcrypto.OpenBatch([]*flowcrypto.Envelope{env, env, env}, a, b) {
		break
	}
	for range flowcrypto.OpenBatch([]*flowcrypto.Envelope{{}, env}, a, b) {
		break
	}
	if got := strings.Join(calls, ", "); got != "a: batch of 3" {
		t.Errorf("asked %q, want one batch and nothing after the iteration ended", got)
	}
}

func TestBatchSize(t *testing.T) {
	t.Parallel()
	var calls []string
	a, b := batchKeys(t, &calls)
	off := a
	off.size = 0
	b.size = 2
	for name, c := range map[string]struct {
		keys []crypto.Decrypter
		want int
	}{
		"no keys": {nil, 1}, "one": {[]crypto.Decrypter{a}, 4}, "the least": {[]crypto.Decrypter{a, b}, 2}, "off": {[]crypto.Decrypter{a, off}, 1},
		"not all have batches": {[]crypto.Decrypter{a, b.PrivateKey}, 1},
	} {
		if got := flowcrypto.BatchSize(c.keys); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
