package multirsa

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"testing"
)

// hexBytes is a string of hexadecimal digits in JSON.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestWycheproof runs all cases of the file through Decrypt, and those that are ours,
// without a label, also through batches, where a kernel without a judge must decide as
// Wycheproof does.
func TestWycheproof(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/wycheproof/rsa_oaep_2048_sha256_mgf1sha256.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		NumberOfTests int
		TestGroups    []struct {
			PrivateKey struct {
				Modulus, PrivateExponent, PublicExponent, Prime1, Prime2 hexBytes
			}
			Tests []struct {
				TcID           int
				Comment        string
				Msg, Ct, Label hexBytes
				Result         string
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	ran, valid, alone := 0, 0, 0
	for _, group := range file.TestGroups {
		key := &rsa.PrivateKey{
			PublicKey: rsa.PublicKey{N: new(big.Int).SetBytes(group.PrivateKey.Modulus), E: 65537},
			D:         new(big.Int).SetBytes(group.PrivateKey.PrivateExponent),
			Primes:    []*big.Int{new(big.Int).SetBytes(group.PrivateKey.Prime1), new(big.Int).SetBytes(group.PrivateKey.Prime2)},
		}
		key.Precompute()
		if err := key.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, pair := range kernelPairs() {
			k, power := newTestKey(t, key, pair)
			for _, c := range group.Tests {
				ran++
				wantErr := c.Result != "valid"
				if !wantErr {
					valid++
				}
				got, err := k.Decrypt(nil, c.Ct, &rsa.OAEPOptions{Hash: crypto.SHA256, Label: c.Label})
				if (err != nil) != wantErr || !bytes.Equal(got, c.Msg) && !wantErr {
					t.Errorf("%s: case %d, %s: got %x, %v; want %x, %s", pair.name, c.TcID, c.Comment, got, err, c.Msg, c.Result)
				}
				if len(c.Label) > 0 || !k.inRange(c.Ct) {
					continue
				}
				alone++
				engines := []*engine{k.narrow, k.wide}
				if pair.name == "generic" {
					engines = engines[:1] // it is slow, and all lanes are one loop
				}
				for _, e := range engines {
					s := dirtyScratch()
					for i := range e.operations() {
						s.messages[i] = [modulusSize]byte(c.Ct)
					}
					e.decrypt(s, e.operations())
					for i := range e.operations() {
						got, ok := decodeOAEP(&s.messages[i])
						if (ok == 1) == wantErr || ok == 1 && !bytes.Equal(got, c.Msg) {
							t.Errorf("%s: case %d, %s: operation %d of %d lanes alone: valid %d, want %s", pair.name, c.TcID, c.Comment, i, e.lanes, ok, c.Result)
						}
					}
				}
			}
			if n := power.Faults(); n > 0 {
				t.Errorf("%s: %d faults", pair.name, n)
			}
		}
	}
	pairs := len(kernelPairs())
	if ran != file.NumberOfTests*pairs || file.NumberOfTests != 37 || valid == 0 || alone < 20*pairs {
		t.Errorf("ran %d cases of %d for each of %d kernels, %d valid, %d without a judge", ran, file.NumberOfTests, pairs, valid, alone)
	}
}

// TestDecodeOAEP changes one thing of a valid encoding at a time.
func TestDecodeOAEP(t *testing.T) {
	t.Parallel()
	const room = modulusSize - 1 - 2*seedSize // for padding, the one and the plaintext
	for _, c := range []struct {
		name   string
		change func(message []byte) // before masking: zero, seed, label's hash, zeros, one, plaintext
		length int                  // of the plaintext
		valid  int
	}{
		{"an AES-128 key", nil, 16, 1},
		{"an empty plaintext", nil, 0, 1},
		{"the longest plaintext", nil, room - 1, 1},
		{"first byte 1", func(m []byte) { m[0] = 1 }, 16, 0},
		{"first byte 128", func(m []byte) { m[0] = 128 }, 16, 0},
		{"another seed", func(m []byte) { m[1] ^= 1 }, 16, 1},
		{"first bit of the label's hash", func(m []byte) { m[1+seedSize] ^= 128 }, 16, 0},
		{"last bit of the label's hash", func(m []byte) { m[2*seedSize] ^= 1 }, 16, 0},
		{"first byte of the padding", func(m []byte) { m[1+2*seedSize] = 2 }, 16, 0},
		{"last byte of the padding", func(m []byte) { m[modulusSize-18] = 255 }, 16, 0},
		{"2 instead of the one", func(m []byte) { m[modulusSize-17] = 2 }, 16, 0},
		{"no one", func(m []byte) { clear(m[1+2*seedSize:]) }, 16, 0},
		{"no one, and a full plaintext", func(m []byte) { m[1+2*seedSize] = 3 }, room - 1, 0},
	} {
		plaintext := bytes.Repeat([]byte{1}, c.length)
		message := encodeOAEP(plaintext, c.change)
		got, valid := decodeOAEP(&message)
		if valid != c.valid || valid == 1 && !bytes.Equal(got, plaintext) {
			t.Errorf("%s: got %x, %d; want %x, %d", c.name, got, valid, plaintext, c.valid)
		}
	}
}

// encodeOAEP returns an encoding whose parts were changed before they were masked.
func encodeOAEP(plaintext []byte, change func([]byte)) (message [modulusSize]byte) {
	label := crypto.SHA256.New().Sum(nil)
	copy(message[1+seedSize:], label)
	message[modulusSize-1-len(plaintext)] = 1
	copy(message[modulusSize-len(plaintext):], plaintext)
	if change != nil {
		change(message[:])
	}
	xorMGF1(message[1+seedSize:], slices.Clone(message[1:1+seedSize]))
	xorMGF1(message[1:1+seedSize], message[1+seedSize:])
	return message
}
