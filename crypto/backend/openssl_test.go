//go:build openssl && cgo

package backend_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"math/big"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// named is what Status.Name can be.
const named = `^(crypto/rsa|multirsa|OpenSSL 3\.\d+\.\S+)$`

// same checks that OpenSSL and crypto/rsa make the same of a ciphertext.
func same(t *testing.T, name string, key *rsa.PrivateKey, openssl crypto.Decrypter, ciphertext []byte) {
	t.Helper()
	want, wantErr := key.Decrypt(nil, ciphertext, asOpen)
	got, err := openssl.Decrypt(nil, ciphertext, asOpen)
	if !bytes.Equal(got, want) || err != wantErr { //nolint:errorlint // the very error
		t.Errorf("%s: ciphertext %x: got %x, %v; crypto/rsa has %x, %v", name, ciphertext, got, err, want, wantErr)
	}
}

// power is the public operation on a block as it is, without padding.
func power(public *rsa.PublicKey, block []byte) []byte {
	m := new(big.Int).SetBytes(block)
	m.Exp(m, big.NewInt(int64(public.E)), public.N)
	return m.FillBytes(make([]byte, public.Size()))
}

// encoded is a data block (hash of the label, zeros, 1, message) masked as OAEP has
// it, behind first.
func encoded(public *rsa.PublicKey, first byte, data []byte) []byte {
	block := make([]byte, public.Size())
	block[0] = first
	seed, db := block[1:1+sha256.Size], block[1+sha256.Size:]
	copy(seed, bytes.Repeat([]byte{0x5a}, sha256.Size))
	copy(db, data)
	mask(db, seed)
	mask(seed, db)
	return block
}

// mask is MGF1 with SHA-256 (RFC 8017, appendix B.2.1), XORed into out.
func mask(out, seed []byte) {
	for i := uint32(0); len(out) > 0; i++ {
		digest := sha256.Sum256(binary.BigEndian.AppendUint32(bytes.Clone(seed), i))
		out = out[subtle.XORBytes(out, out, digest[:]):]
	}
}

// block is a data block for a modulus of 256 bytes, with more after the label's hash.
func block(edit func(hash, more []byte)) []byte {
	hash := sha256.Sum256(nil)
	data := append(hash[:], make([]byte, 256-1-2*sha256.Size)...)
	edit(data[:sha256.Size], data[sha256.Size:])
	return data
}

type ciphertext struct {
	name  string
	bytes []byte
}

// ciphertexts are those that a decrypter may take for something else than they are.
func ciphertexts(tb testing.TB, public *rsa.PublicKey) []ciphertext {
	tb.Helper()
	sound := seal(tb, public, []byte("sixteen bytes ..."))
	n := public.N.FillBytes(make([]byte, public.Size()))
	near := func(d int64) []byte {
		return new(big.Int).Add(public.N, big.NewInt(d)).FillBytes(make([]byte, public.Size()))
	}
	message := block(func(_, more []byte) { copy(more[len(more)-3:], "\x01hi") })
	all := []ciphertext{
		{"sound", sound},
		{"sound, by hand", power(public, encoded(public, 0, message))},
		{"empty message", power(public, encoded(public, 0, block(func(_, more []byte) { more[len(more)-1] = 1 })))},
		{"longest message", power(public, encoded(public, 0, block(func(_, more []byte) { more[0] = 1 })))},
		{"first byte not zero", power(public, encoded(public, 1, message))},
		{"another label", power(public, encoded(public, 0, block(func(hash, more []byte) { hash[31] ^= 1; more[9] = 1 })))},
		{"no separator", power(public, encoded(public, 0, block(func(_, _ []byte) {})))},
		{"padding not zero", power(public, encoded(public, 0, block(func(_, more []byte) { more[3], more[9] = 2, 1 })))},
		{"all faults at once", power(public, encoded(public, 1, block(func(hash, more []byte) { hash[0] ^= 1; more[3] = 2 })))},
		{"first bit flipped", flip(sound, 0)},
		{"last bit flipped", flip(sound, 8*len(sound)-1)},
		{"last byte missing", sound[:len(sound)-1]},
		{"first byte missing", sound[1:]},
		{"a byte too long", append(bytes.Clone(sound), 0)},
		{"a zero before", append([]byte{0}, sound...)},
		{"nil", nil},
		{"empty", []byte{}},
		{"zero", make([]byte, public.Size())},
		{"one", power(public, []byte{1})},
		{"modulus", n},
		{"modulus - 1", near(-1)},
		{"modulus + 1", near(1)},
		{"greatest", bytes.Repeat([]byte{0xff}, public.Size())},
		{"too long by much", bytes.Repeat([]byte{0xff}, 4*public.Size())},
	}
	for i := 0; ; i++ { // one in 256 begins with a zero
		begun := power(public, encoded(public, 0, block(func(_, more []byte) { more[0] = 1; binary.BigEndian.PutUint16(more[1:], uint16(i)) })))
		if begun[0] == 0 {
			all = append(all, ciphertext{"without its leading zero", begun[1:]})
			break
		}
	}
	return all
}

func flip(b []byte, bit int) []byte {
	b = bytes.Clone(b)
	b[bit/8] ^= 0x80 >> (bit % 8)
	return b
}

func TestSameAsGo(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	openssl := newBackend(t, key)
	for _, c := range ciphertexts(t, &key.PublicKey) {
		same(t, c.name, key, openssl, c.bytes)
	}
}

// FuzzDecrypt holds OpenSSL against crypto/rsa. What is fuzzed is taken for one of five
// things, so that the check of the padding is reached too.
func FuzzDecrypt(f *testing.F) {
	const (
		asCiphertext = iota
		asBlock
		asDataBlock
		asMessage
		asCorrupted
		kinds
	)
	key := vectortest.Key(f, "a")
	public := &key.PublicKey
	openssl := newBackend(f, key)
	for _, c := range ciphertexts(f, public) {
		f.Add(c.bytes, byte(asCiphertext), uint16(0))
	}
	for kind := range byte(kinds) {
		f.Add(block(func(_, more []byte) { more[9] = 1 }), kind, uint16(77))
	}
	f.Fuzz(func(t *testing.T, data []byte, kind byte, bit uint16) {
		fitting := data[:min(len(data), public.Size())]
		message := data[:min(len(data), public.Size()-2*sha256.Size-2)]
		switch kind % kinds {
		case asCiphertext:
			same(t, "ciphertext", key, openssl, data)
		case asBlock:
			same(t, "block", key, openssl, power(public, fitting))
		case asDataBlock:
			same(t, "data block", key, openssl, power(public, encoded(public, 0, fitting)))
		case asMessage:
			same(t, "message", key, openssl, seal(t, public, message))
		case asCorrupted:
			same(t, "corrupted", key, openssl, flip(seal(t, public, message), int(bit)%(8*public.Size())))
		}
	})
}

// FuzzOpen holds that a server opens the same envelopes with either.
func FuzzOpen(f *testing.F) {
	for _, c := range vectortest.Envelopes(f) {
		if env, err := flowcrypto.ParseEnvelope([]byte(c.Body)); err == nil {
			f.Add(env.EncryptedFlowData, env.EncryptedAESKey, env.InitialVector)
		}
	}
	key := vectortest.Key(f, "a")
	openssl := newBackend(f, key)
	f.Fuzz(func(t *testing.T, data, wrapped, iv []byte) {
		env := &flowcrypto.Envelope{EncryptedFlowData: data, EncryptedAESKey: wrapped, InitialVector: iv}
		want, _, wantErr := flowcrypto.Open(env, key)
		got, _, err := flowcrypto.Open(env, openssl)
		if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("got %q, %v; crypto/rsa has %q, %v", got, err, want, wantErr)
		}
	})
}

func TestOtherOptionsAreRefused(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	openssl := newBackend(t, key)
	sealed := seal(t, &key.PublicKey, []byte("message"))
	for _, test := range []struct {
		name string
		opts crypto.DecrypterOpts
		want error
	}{
		{"as Open asks", asOpen, nil},
		{"MGF1 with SHA-256, in so many words", &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}, nil},
		{"PKCS #1 v1.5 by default", nil, errors.ErrUnsupported},
		{"PKCS #1 v1.5", &rsa.PKCS1v15DecryptOptions{}, errors.ErrUnsupported}, //nolint:staticcheck // deprecated, and refused
		{"SHA-1", &rsa.OAEPOptions{Hash: crypto.SHA1}, errors.ErrUnsupported},
		{"no hash", &rsa.OAEPOptions{}, errors.ErrUnsupported},
		{"MGF1 with SHA-1", &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}, errors.ErrUnsupported},
		{"label", &rsa.OAEPOptions{Hash: crypto.SHA256, Label: []byte("label")}, errors.ErrUnsupported},
	} {
		if got, err := openssl.Decrypt(nil, sealed, test.opts); !errors.Is(err, test.want) || (got == nil) != (err != nil) {
			t.Errorf("%s: got %q, %v; want %v", test.name, got, err, test.want)
		}
	}
}

func TestNewRefusesWhatIsNoKey(t *testing.T) {
	t.Parallel()
	key := *vectortest.Key(t, "a")
	key.D = big.NewInt(3)
	key.Precomputed = rsa.PrecomputedValues{}
	if got, err := backend.New(&key); err == nil {
		t.Errorf("got %v, want an error", got)
	}
}
