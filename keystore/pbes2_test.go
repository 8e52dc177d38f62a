package keystore_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// Keys that hang, eat memory, panic or mislead in a reader that trusts what they say
// about themselves.
func TestParsePrivateHostilePBES2(t *testing.T) {
	t.Parallel()
	type (
		pbkdf2Params struct {
			Salt       []byte
			Iterations int64
			KeyLength  int                      `asn1:"optional,omitempty"`
			PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
		}
		scryptParams struct {
			Salt    []byte
			N, R, P int64
		}
	)
	var (
		pbes2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
		pbes1      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}
		pbkdf2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
		scrypt     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
		argon2     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 15, 3}
		hmacSHA256 = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, Parameters: asn1.NullRawValue}
		hmacSHA512 = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 11}, Parameters: asn1.NullRawValue}
		aes256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
		aes256GCM  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 46}
		des3CBC    = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}

		salt  = []byte("saltsalt")
		iv    = make([]byte, 16)
		plain = pbkdf2Params{Salt: salt, Iterations: 2048, PRF: hmacSHA256}
	)
	for _, test := range []struct {
		name   string
		scheme asn1.ObjectIdentifier
		kdf    asn1.ObjectIdentifier
		params any
		cipher asn1.ObjectIdentifier
		iv     []byte
		size   int // of the encrypted data
		err    error
		text   []string
	}{
		{"well-formed junk", pbes2, pbkdf2, plain, aes256CBC, iv, 1232, keystore.ErrPassphrase, []string{"PBKDF2", "the passphrase is wrong"}},
		{"2^31 iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: 1 << 31, PRF: hmacSHA256}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"PBKDF2", "more than 5000000 iterations", "openssl pkcs8"}},
		{"2^63-1 iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: math.MaxInt64}, aes256CBC, iv, 1232, keystore.ErrKeyForm, nil},
		{"one iteration too many", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: 5_000_001}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"iterations"}},
		{"no iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"negative iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: -1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"key length", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: 2048, KeyLength: 32, PRF: hmacSHA256}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"explicit key length", "openssl pkcs8"}},
		{"SHA-512", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: 2048, PRF: hmacSHA512}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"another hash", "openssl pkcs8"}},
		{"PBKDF2 without parameters", pbes2, pbkdf2, asn1.NullRawValue, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"scrypt junk", pbes2, scrypt, scryptParams{salt, 1 << 14, 8, 1}, aes256CBC, iv, 1232, keystore.ErrPassphrase, []string{"scrypt", "the passphrase is wrong"}},
		{"scrypt N 2^30", pbes2, scrypt, scryptParams{salt, 1 << 30, 8, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"scrypt", "cost parameters", "openssl pkcs8"}},
		{"scrypt 512 MiB", pbes2, scrypt, scryptParams{salt, 1 << 19, 8, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt r 2^40", pbes2, scrypt, scryptParams{salt, 1 << 14, 1 << 40, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt p 2^40", pbes2, scrypt, scryptParams{salt, 1 << 14, 8, 1 << 40}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt p 2^22", pbes2, scrypt, scryptParams{salt, 2, 1, 1 << 22}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt r 65", pbes2, scrypt, scryptParams{salt, 2, 65, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt p 65", pbes2, scrypt, scryptParams{salt, 2, 1, 65}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt eight times 128 MiB", pbes2, scrypt, scryptParams{salt, 1 << 17, 8, 8}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt product overflows", pbes2, scrypt, scryptParams{salt, 1 << 62, 1 << 62, 1 << 62}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"cost parameters"}},
		{"scrypt N no power of two", pbes2, scrypt, scryptParams{salt, 16383, 8, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"scrypt N 0", pbes2, scrypt, scryptParams{salt, 0, 8, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"scrypt r 0", pbes2, scrypt, scryptParams{salt, 2, 0, 1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"scrypt p negative", pbes2, scrypt, scryptParams{salt, 2, 8, -1}, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"PBES1", pbes1, pbkdf2, plain, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"without PBES2", "openssl pkcs8"}},
		{"Argon2", pbes2, argon2, plain, aes256CBC, iv, 1232, keystore.ErrKeyForm, []string{"unknown key derivation", "openssl pkcs8"}},
		{"GCM", pbes2, pbkdf2, plain, aes256GCM, iv, 1232, keystore.ErrKeyForm, []string{"another cipher", "openssl pkcs8"}},
		{"short IV", pbes2, pbkdf2, plain, aes256CBC, iv[:15], 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"long IV for 3DES", pbes2, pbkdf2, plain, des3CBC, iv, 1232, keystore.ErrKeyForm, []string{"damaged"}},
		{"half a block", pbes2, pbkdf2, plain, aes256CBC, iv, 1231, keystore.ErrKeyForm, []string{"damaged"}},
		{"no data", pbes2, pbkdf2, plain, aes256CBC, iv, 0, keystore.ErrKeyForm, []string{"damaged"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			algorithm := func(oid asn1.ObjectIdentifier, params any) pkix.AlgorithmIdentifier {
				return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: must(asn1.Marshal(params))}}
			}
			der := must(asn1.Marshal(struct {
				Algorithm pkix.AlgorithmIdentifier
				Data      []byte
			}{
				algorithm(test.scheme, struct{ KDF, Cipher pkix.AlgorithmIdentifier }{
					algorithm(test.kdf, test.params), algorithm(test.cipher, test.iv),
				}),
				make([]byte, test.size),
			}))
			pair, err := keystore.ParsePrivate(pemBlock("ENCRYPTED PRIVATE KEY", der), []byte("correct horse"))
			wantRefused(t, pair, err, test.err, test.text...)
		})
	}
}

func TestParsePrivateDamagedPBES2(t *testing.T) {
	t.Parallel()
	notPBES2Params := must(asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, Parameters: asn1.NullRawValue}, []byte{1}}))
	for name, body := range map[string]string{
		"empty":         "",
		"not ASN.1":     "AAAA",
		"no parameters": base64.StdEncoding.EncodeToString(notPBES2Params),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join([]string{"-----BEGIN ENCRYPTED PRIVATE KEY-----", body, "-----END ENCRYPTED PRIVATE KEY-----"}, "\n")
			pair, err := keystore.ParsePrivate([]byte(text), []byte("correct horse"))
			wantRefused(t, pair, err, keystore.ErrKeyForm, "PKCS#8, encrypted", "damaged")
		})
	}
}
