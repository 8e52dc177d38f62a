package keystore

import (
	"bytes"
	"crypto/cipher"
	"crypto/des"  //nolint:gosec // weak, but keys that exist are encrypted with it
	"crypto/sha1" //nolint:gosec // weak, but keys that exist are encrypted with it
	"encoding/asn1"
	"unicode/utf16"
	"unicode/utf8"
)

// pbes1Params is ASN.1 of RFC 8018 (PBEParameter) and RFC 7292 (pkcs-12PbeParams),
// which are the same.
type pbes1Params struct {
	Salt       []byte
	Iterations int
}

// readPBES1 checks the parameters of a key that is encrypted with a scheme older than
// PBES2. Java before 8u301, BouncyCastle and "openssl pkcs8 -v1" write such keys.
func readPBES1(form string, info encryptedPrivateKeyInfo) (decryption, error) {
	d := decryption{form: form + " (PBES1, SHA-1, 3DES)"}
	switch scheme := info.Algorithm.Algorithm.String(); scheme {
	case "1.2.840.113549.1.12.1.3":
		d.cipher = cbcCipher{keySize: 24, block: des.NewTripleDESCipher}
	case "1.2.840.113549.1.12.1.4":
		d.cipher = cbcCipher{keySize: 16, block: newTwoKeyTripleDES}
	default:
		name, remedy := otherScheme(scheme)
		return decryption{}, unusable(form+" "+name+" found", remedy)
	}
	var params pbes1Params
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &params); err != nil || params.Iterations < 1 ||
		!d.cipher.fits(make([]byte, des.BlockSize), info.Data) {
		return decryption{}, damaged(d.form, nil)
	}
	if params.Iterations > maxIterations {
		return decryption{}, tooManyIterations(d.form)
	}
	derive := func(purpose byte) deriveFunc {
		return func(passphrase []byte, size int) ([]byte, error) {
			return pkcs12KDF(passphrase, params.Salt, params.Iterations, purpose, size), nil
		}
	}
	d.deriveKey, d.deriveIV = derive(purposeKey), derive(purposeIV)
	return d, nil
}

// otherScheme names an unsupported scheme, and how to convert its keys. OpenSSL 3 has
// those with a name only in its legacy provider.
func otherScheme(oid string) (name, remedy string) {
	switch oid {
	case "1.2.840.113549.1.5.1", "1.2.840.113549.1.5.3", "1.2.840.113549.1.5.10":
		return "with PBES1 and DES", remedyLegacy
	case "1.2.840.113549.1.5.4", "1.2.840.113549.1.5.6", "1.2.840.113549.1.5.11", "1.2.840.113549.1.12.1.5", "1.2.840.113549.1.12.1.6":
		return "with PBES1 and RC2", remedyLegacy
	case "1.2.840.113549.1.12.1.1", "1.2.840.113549.1.12.1.2":
		return "with PBES1 and RC4", remedyLegacy
	default:
		return "without PBES2 or PBES1", remedyExport
	}
}

func newTwoKeyTripleDES(key []byte) (cipher.Block, error) {
	return des.NewTripleDESCipher(append(bytes.Clone(key), key[:des.BlockSize]...)) //nolint:gosec // weak, but keys that exist are encrypted with it
}

// What [pkcs12KDF] derives (RFC 7292, B.3).
const (
	purposeKey byte = 1
	purposeIV  byte = 2
)

// pkcs12KDF derives size bytes from a passphrase with SHA-1 (RFC 7292, B.2).
func pkcs12KDF(passphrase, salt []byte, iterations int, purpose byte, size int) []byte {
	const blockSize = sha1.BlockSize
	input := append(fill(salt, blockSize), fill(bmpString(passphrase), blockSize)...)
	var derived []byte
	for {
		sum := sha1.Sum(append(bytes.Repeat([]byte{purpose}, blockSize), input...)) //nolint:gosec // weak, but keys that exist are encrypted with it
		for range iterations - 1 {
			sum = sha1.Sum(sum[:]) //nolint:gosec // weak, but keys that exist are encrypted with it
		}
		derived = append(derived, sum[:]...)
		if len(derived) >= size {
			return derived[:size]
		}
		addend := fill(sum[:], blockSize)
		for block := input; len(block) > 0; block = block[blockSize:] {
			carry := 1
			for i := blockSize - 1; i >= 0; i-- {
				carry += int(block[i]) + int(addend[i])
				block[i], carry = byte(carry), carry>>8
			}
		}
	}
}

// fill repeats b until a whole number of blocks is full.
func fill(b []byte, blockSize int) []byte {
	size := (len(b) + blockSize - 1) / blockSize * blockSize
	filled := make([]byte, size)
	for n := 0; n < size; {
		n += copy(filled[n:], b)
	}
	return filled
}

// bmpString encodes a passphrase as UTF-16 with a NUL at its end (RFC 7292, B.1). If it
// is not UTF-8, it is treated as Latin-1, as OpenSSL does.
func bmpString(passphrase []byte) []byte {
	runes := []rune(string(passphrase))
	if !utf8.Valid(passphrase) {
		runes = runes[:0]
		for _, b := range passphrase {
			runes = append(runes, rune(b))
		}
	}
	var text []byte
	for _, unit := range append(utf16.Encode(runes), 0) {
		text = append(text, byte(unit>>8), byte(unit))
	}
	return text
}
