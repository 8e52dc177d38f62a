package keystore_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// pkcs1Key returns the numbers of an RSAPrivateKey: those of the key, with a public
// exponent of the caller's.
func pkcs1Key(key *rsa.PrivateKey, e *big.Int) []*big.Int {
	p, q, one := key.Primes[0], key.Primes[1], big.NewInt(1)
	p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
	d := new(big.Int).ModInverse(e, new(big.Int).Mul(p1, q1))
	return []*big.Int{new(big.Int), key.N, e, d, p, q, new(big.Int).Mod(d, p1), new(big.Int).Mod(d, q1), new(big.Int).ModInverse(q, p)}
}

// Encoders differ in the numbers that follow from the others, and in how they write
// them. OpenSSL and Node accept all of these; all that agree are one key.
func TestParsePrivateNumbers(t *testing.T) {
	t.Parallel()
	key, _ := rawKey(t)
	e := big.NewInt(int64(key.E))
	zero, one := new(big.Int), big.NewInt(1)
	order := new(big.Int).Sub(new(big.Int).Add(key.N, one), new(big.Int).Add(key.Primes[0], key.Primes[1]))
	with := func(replace map[int]*big.Int) []byte {
		numbers := pkcs1Key(key, e)
		for i, number := range replace {
			numbers[i] = number
		}
		return must(asn1.Marshal(numbers))
	}
	plus := func(n int64, i int) *big.Int { return new(big.Int).Add(pkcs1Key(key, e)[i], big.NewInt(n)) }
	for name, der := range map[string][]byte{
		"as is":                     with(nil),
		"primes exchanged":          with(map[int]*big.Int{4: key.Primes[1], 5: key.Primes[0]}),
		"no CRT values":             with(map[int]*big.Int{6: zero, 7: zero, 8: zero}),
		"wrong CRT exponent":        with(map[int]*big.Int{6: plus(2, 6)}),
		"wrong CRT coefficient":     with(map[int]*big.Int{8: plus(1, 8)}),
		"wrong private exponent":    with(map[int]*big.Int{3: plus(2, 3)}),
		"private exponent, larger":  with(map[int]*big.Int{3: new(big.Int).Add(pkcs1Key(key, e)[3], order)}),
		"CRT exponents not reduced": with(map[int]*big.Int{6: key.D, 7: key.D}),
		"another version":           with(map[int]*big.Int{0: big.NewInt(2)}),
		"no sign bytes":             integers(pkcs1Key(key, e), 0),
		"padded integers":           integers(pkcs1Key(key, e), 3),
	} {
		for _, text := range [][]byte{pemBlock("RSA PRIVATE KEY", der), pemBlock("PRIVATE KEY", pkcs8(t, der))} {
			pair, err := keystore.ParsePrivate(text, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
				t.Errorf("%s: Fingerprint = %s, want %s", name, got, want)
			}
			sealed := must(rsa.EncryptOAEP(sha256.New(), rand.Reader, pair.PublicKey(), []byte("key"), nil))
			if opened, err := pair.Judge(sealed); err != nil || string(opened) != "key" {
				t.Errorf("%s: decrypted %q, %v", name, opened, err)
			}
		}
	}
	for name, der := range map[string][]byte{
		"wrong modulus":         with(map[int]*big.Int{1: plus(2, 1)}),
		"short modulus":         with(map[int]*big.Int{1: new(big.Int).Rsh(key.N, 9)}),
		"wrong prime":           with(map[int]*big.Int{4: plus(2, 4)}),
		"no primes":             with(map[int]*big.Int{4: zero, 5: zero}),
		"primes of 1":           with(map[int]*big.Int{4: one, 5: key.N}),
		"other public exponent": with(map[int]*big.Int{2: big.NewInt(3)}),
		"even public exponent":  with(map[int]*big.Int{2: big.NewInt(65536)}),
	} {
		pair, err := keystore.ParsePrivate(pemBlock("RSA PRIVATE KEY", der), nil)
		wantRefused(t, pair, err, keystore.ErrKeyForm, "PKCS#1 found", "damaged", "copy the file again")
		if pair != nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// RSA has more identifiers than one.
func TestParsePrivateRSAIdentifiers(t *testing.T) {
	t.Parallel()
	key, der := rawKey(t)
	public := must(x509.MarshalPKIXPublicKey(&key.PublicKey))
	for _, oid := range []asn1.ObjectIdentifier{{2, 5, 8, 1, 1}, {1, 2, 840, 113549, 1, 1, 7}, {1, 2, 3, 4}} {
		pair, err := keystore.ParsePrivate(pemBlock("PRIVATE KEY", withAlgorithm(t, der, oid)), nil)
		if err != nil {
			t.Fatalf("%v: %v", oid, err)
		}
		registered := mustParsePublic(t, pemBlock("PUBLIC KEY", withAlgorithm(t, public, oid)))
		if got, want := keystore.Fingerprint(registered), pair.Fingerprint(); got != want || want != wantFingerprint(t) {
			t.Errorf("%v: Fingerprints = %s, %s, want %s", oid, got, want, wantFingerprint(t))
		}
	}
}

// A single wrong character never makes a key look like one that has to be replaced.
func TestParsePrivateDamageAdvisesNoNewKey(t *testing.T) {
	t.Parallel()
	key, pkcs8DER := rawKey(t)
	for _, der := range [][]byte{pkcs8DER, x509.MarshalPKCS1PrivateKey(key)} {
		for i := range der {
			if i > 64 && i%25 > 0 {
				continue // the structure is at the beginning
			}
			for bit := range 8 {
				damaged := slices.Clone(der)
				damaged[i] ^= 1 << bit
				_, err := keystore.ParsePrivate(damaged, nil)
				if err != nil && (errors.Is(err, keystore.ErrWeakKey) || strings.Contains(err.Error(), "keys generate --out")) {
					t.Fatalf("byte %d, bit %d: %v", i, bit, err)
				}
			}
		}
	}
}

// integers encodes numbers without the byte that shows their sign, after zeros.
func integers(numbers []*big.Int, zeros int) []byte {
	var contents []byte
	for _, number := range numbers {
		magnitude := append(make([]byte, zeros), number.Bytes()...)
		if len(magnitude) == 0 {
			magnitude = []byte{0}
		}
		contents = append(contents, must(asn1.Marshal(asn1.RawValue{Tag: asn1.TagInteger, Bytes: magnitude}))...)
	}
	return must(asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: contents}))
}

func pkcs8(tb testing.TB, der []byte) []byte {
	tb.Helper()
	return must(asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}, der}))
}
