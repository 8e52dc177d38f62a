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
		hmacSHA3   = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 14}, Parameters: asn1.NullRawValue}
		aes256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
		aes256GCM  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 46}
		des3CBC    = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}

		salt  = []byte("saltsalt")
		iv    = make([]byte, 16)
		plain = pbkdf2Params{Salt: salt, Iterations: 2048, PRF: hmacSHA256}
	)
	prf := func(hash pkix.AlgorithmIdentifier) pbkdf2Params {
		return pbkdf2Params{Salt: salt, Iterations: 2048, PRF: hash}
	}
	keyLength := func(size int) pbkdf2Params {
		return pbkdf2Params{Salt: salt, Iterations: 2048, KeyLength: size, PRF: hmacSHA256}
	}
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
		{"well-formed junk", pbes2, pbkdf2, plain, aes256CBC, iv, 1232, errPassphrase, []string{"PBKDF2", "the passphrase is wrong"}},
		{"2^31 iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: 1 << 31}, aes256CBC, iv, 1232, errForm, []string{"iterations", "openssl pkcs8"}},
		{"2^63-1 iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: math.MaxInt64}, aes256CBC, iv, 1232, errForm, nil},
		{"one iteration too many", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: 5_000_001}, aes256CBC, iv, 1232, errForm, []string{"iterations"}},
		{"no iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt}, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"negative iterations", pbes2, pbkdf2, pbkdf2Params{Salt: salt, Iterations: -1}, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"key length", pbes2, pbkdf2, keyLength(32), aes256CBC, iv, 1232, errPassphrase, []string{"PBKDF2", "the passphrase is wrong"}},
		{"key length of another cipher", pbes2, pbkdf2, keyLength(16), aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"endless key length", pbes2, pbkdf2, keyLength(math.MaxInt32), aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"SHA-512", pbes2, pbkdf2, prf(hmacSHA512), aes256CBC, iv, 1232, errPassphrase, []string{"PBKDF2", "the passphrase is wrong"}},
		{"SHA-3", pbes2, pbkdf2, prf(hmacSHA3), aes256CBC, iv, 1232, errForm, []string{"another hash", "openssl pkcs8"}},
		{"PBKDF2 without parameters", pbes2, pbkdf2, asn1.NullRawValue, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"scrypt junk", pbes2, scrypt, scryptParams{salt, 1 << 14, 8, 1}, aes256CBC, iv, 1232, errPassphrase, []string{"scrypt", "the passphrase is wrong"}},
		{"scrypt N 2^30", pbes2, scrypt, scryptParams{salt, 1 << 30, 8, 1}, aes256CBC, iv, 1232, errForm, []string{"scrypt", "cost parameters", "openssl pkcs8"}},
		{"scrypt 512 MiB", pbes2, scrypt, scryptParams{salt, 1 << 19, 8, 1}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt r 2^40", pbes2, scrypt, scryptParams{salt, 1 << 14, 1 << 40, 1}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt p 2^40", pbes2, scrypt, scryptParams{salt, 1 << 14, 8, 1 << 40}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt p 2^22", pbes2, scrypt, scryptParams{salt, 2, 1, 1 << 22}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt r 65", pbes2, scrypt, scryptParams{salt, 2, 65, 1}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt p 65", pbes2, scrypt, scryptParams{salt, 2, 1, 65}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt eight times 128 MiB", pbes2, scrypt, scryptParams{salt, 1 << 17, 8, 8}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt product overflows", pbes2, scrypt, scryptParams{salt, 1 << 62, 1 << 62, 1 << 62}, aes256CBC, iv, 1232, errForm, []string{"cost parameters"}},
		{"scrypt N no power of two", pbes2, scrypt, scryptParams{salt, 16383, 8, 1}, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"scrypt N 0", pbes2, scrypt, scryptParams{salt, 0, 8, 1}, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"scrypt r 0", pbes2, scrypt, scryptParams{salt, 2, 0, 1}, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"scrypt p negative", pbes2, scrypt, scryptParams{salt, 2, 8, -1}, aes256CBC, iv, 1232, errForm, []string{"damaged"}},
		{"PBES1, no parameters", pbes1, pbkdf2, plain, aes256CBC, iv, 1232, errForm, []string{"PBES1, SHA-1, 3DES", "damaged"}},
		{"Argon2", pbes2, argon2, plain, aes256CBC, iv, 1232, errForm, []string{"unknown key derivation", "from the program that wrote it"}},
		{"GCM", pbes2, pbkdf2, plain, aes256GCM, iv, 1232, errForm, []string{"another cipher", "openssl pkcs8"}},
		{"short IV", pbes2, pbkdf2, plain, aes256CBC, iv[:15], 1232, errForm, []string{"damaged"}},
		{"long IV for 3DES", pbes2, pbkdf2, plain, des3CBC, iv, 1232, errForm, []string{"damaged"}},
		{"half a block", pbes2, pbkdf2, plain, aes256CBC, iv, 1231, errForm, []string{"damaged"}},
		{"no data", pbes2, pbkdf2, plain, aes256CBC, iv, 0, errForm, []string{"damaged"}},
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

// PBES1 has no inner parameters, so that its hostile keys have a table of their own.
func TestParsePrivateHostilePBES1(t *testing.T) {
	t.Parallel()
	type params struct {
		Salt       []byte
		Iterations int64
	}
	pkcs12, pkcs5 := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5}
	for _, test := range []struct {
		name   string
		scheme asn1.ObjectIdentifier
		params params
		size   int
		err    error
		text   []string
	}{
		{"well-formed junk", append(pkcs12, 3), params{[]byte("saltsalt"), 2048}, 1232, errPassphrase, []string{"PBES1, SHA-1, 3DES", "the passphrase is wrong"}},
		{"two-key 3DES", append(pkcs12, 4), params{[]byte("saltsalt"), 2048}, 1232, errPassphrase, []string{"the passphrase is wrong"}},
		{"no salt", append(pkcs12, 3), params{nil, 1}, 1232, errPassphrase, []string{"the passphrase is wrong"}},
		{"too many iterations", append(pkcs12, 3), params{[]byte("saltsalt"), 5_000_001}, 1232, errForm, []string{"more than 5000000 iterations", "openssl pkcs8"}},
		{"2^62 iterations", append(pkcs12, 3), params{[]byte("saltsalt"), 1 << 62}, 1232, errForm, []string{"iterations"}},
		{"no iterations", append(pkcs12, 3), params{[]byte("saltsalt"), 0}, 1232, errForm, []string{"damaged"}},
		{"half a block", append(pkcs12, 3), params{[]byte("saltsalt"), 1}, 1231, errForm, []string{"damaged"}},
		{"no data", append(pkcs12, 3), params{[]byte("saltsalt"), 1}, 0, errForm, []string{"damaged"}},
		{"RC4", append(pkcs12, 1), params{[]byte("saltsalt"), 1}, 1231, errForm, []string{"PBES1 and RC4", "-provider legacy -provider default"}},
		{"RC2", append(pkcs12, 6), params{[]byte("saltsalt"), 1}, 1232, errForm, []string{"PBES1 and RC2", "-provider legacy -provider default"}},
		{"MD5 and DES", append(pkcs5, 3), params{[]byte("saltsalt"), 1}, 1232, errForm, []string{"PBES1 and DES", "-provider legacy -provider default"}},
		{"another scheme", append(pkcs5, 99), params{[]byte("saltsalt"), 1}, 1232, errForm, []string{"without PBES2 or PBES1", "from the program that wrote it"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			der := must(asn1.Marshal(struct {
				Algorithm pkix.AlgorithmIdentifier
				Data      []byte
			}{
				pkix.AlgorithmIdentifier{Algorithm: test.scheme, Parameters: asn1.RawValue{FullBytes: must(asn1.Marshal(test.params))}},
				make([]byte, test.size),
			}))
			pair, err := keystore.ParsePrivate(pemBlock("ENCRYPTED PRIVATE KEY", der), []byte("correct horse"))
			wantRefused(t, pair, err, test.err, test.text...)
		})
	}
}
