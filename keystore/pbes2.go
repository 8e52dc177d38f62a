package keystore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // weak, but keys that exist are encrypted with it
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // weak, but keys that exist are encrypted with it
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"slices"

	"golang.org/x/crypto/scrypt"
)

// The limits for a key's parameters. OpenSSL writes 2,048 iterations and
// N=16384, r=8, p=1 (16 MiB); the strongest common advice is 1,300,000 iterations and
// N=131072 (128 MiB).
const (
	maxIterations   = 5_000_000
	maxScryptMemory = 256 << 20 // bytes, 128*N*r
	maxScryptWork   = 1 << 22   // N*r*p
	maxScryptFactor = 64        // r and p, each

	// newIterations is what [Pair.PrivatePEM] writes: OWASP's Password Storage Cheat
	// Sheet (2023) gives 600,000 iterations for HMAC-SHA256.
	newIterations = 600_000
	newSaltSize   = 16
)

// ASN.1 of RFC 5958 (EncryptedPrivateKeyInfo), RFC 8018 (PBES2, PBKDF2) and RFC 7914
// (scrypt).
type (
	encryptedPrivateKeyInfo struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2Params struct {
		KDF, Cipher pkix.AlgorithmIdentifier
	}
	pbkdf2Params struct {
		Salt       []byte
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"` // absent: HMAC-SHA1
	}
	scryptParams struct {
		Salt      []byte
		N, R, P   int
		KeyLength int `asn1:"optional"`
	}
)

// cbcCipher is a cipher in CBC mode.
type cbcCipher struct {
	oid     asn1.ObjectIdentifier
	keySize int
	block   func(key []byte) (cipher.Block, error)
}

var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidScrypt     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}

	aes256CBC  = cbcCipher{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32, aes.NewCipher}
	cbcCiphers = []cbcCipher{
		aes256CBC,
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}, 24, aes.NewCipher},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, 16, aes.NewCipher},
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, 24, des.NewTripleDESCipher},
	}

	// prfs are the HMACs of PBKDF2, by the last number of their identifiers
	// 1.2.840.113549.2.n (RFC 8018, B.1.2).
	prfs = map[int]func() hash.Hash{
		7: sha1.New, 8: sha256.New224, 9: sha256.New, 10: sha512.New384, 11: sha512.New, 12: sha512.New512_224, 13: sha512.New512_256,
	}
)

// errPadding is returned for data without valid padding after decryption, usually because
// of a wrong key.
var errPadding = errors.New("no valid padding")

// openPKCS8 opens encrypted PKCS#8.
func openPKCS8(der, passphrase []byte) (key *rsa.PrivateKey, form string, err error) {
	form = "PKCS#8, encrypted"
	var info encryptedPrivateKeyInfo
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, "", damaged(form, der)
	}
	decryption, err := readScheme(form, info)
	if err != nil {
		return nil, "", err
	}
	key, err = decryption.open(info.Data, passphrase)
	return key, decryption.form, err
}

// decryption describes how to open an encrypted key, with checked parameters.
type decryption struct {
	form      string
	cipher    cbcCipher
	deriveKey deriveFunc
	deriveIV  deriveFunc
}

// open returns the RSA key in encrypted data. No form has an integrity check: about one
// wrong passphrase in 256 decrypts to junk without an error, and what is right may be
// damaged further on. Without a passphrase, open tries the empty one.
func (d decryption) open(data, passphrase []byte) (*rsa.PrivateKey, error) {
	plain, err := d.decrypt(data, passphrase)
	switch kind := inspectDER(plain); {
	case err == nil && kind.isPrivate() && kind != kindEncryptedPKCS8:
		return openPlain(plain, d.form)
	case beginsKey(plain):
		return nil, damaged(d.form, plain)
	case len(passphrase) == 0:
		return nil, passphraseMissing(d.form)
	default:
		return nil, passphraseWrong(d.form, passphrase)
	}
}

// beginsKey reports whether data begins as the DER of a private key does, with a
// SEQUENCE, a version, and an INTEGER or a SEQUENCE. No wrong passphrase makes that.
func beginsKey(plain []byte) bool {
	return len(plain) > 7 && plain[0] == 0x30 && plain[1] == 0x82 &&
		plain[4] == asn1.TagInteger && plain[5] == 1 && plain[6] <= 1 && (plain[7] == asn1.TagInteger || plain[7] == 0x30)
}

// decrypt returns the decrypted data without its padding, or with what is in its place
// and [errPadding].
func (d decryption) decrypt(data, passphrase []byte) ([]byte, error) {
	key, err := d.deriveKey(passphrase, d.cipher.keySize)
	if err != nil {
		return nil, err
	}
	block, err := d.cipher.block(key)
	if err != nil {
		return nil, err
	}
	iv, err := d.deriveIV(passphrase, block.BlockSize())
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > block.BlockSize() {
		return plain, errPadding
	}
	end := len(plain) - padding
	if slices.ContainsFunc(plain[end:], func(b byte) bool { return int(b) != padding }) {
		return plain, errPadding
	}
	return plain[:end], nil
}

// readScheme returns the form and checks the key's parameters.
func readScheme(form string, info encryptedPrivateKeyInfo) (decryption, error) {
	if !info.Algorithm.Algorithm.Equal(oidPBES2) {
		return readPBES1(form, info)
	}
	var params pbes2Params
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &params); err != nil {
		return decryption{}, damaged(form, nil)
	}
	var d decryption
	var err error
	var keyLength int
	switch {
	case params.KDF.Algorithm.Equal(oidPBKDF2):
		d.form = "PKCS#8, encrypted (PBES2, PBKDF2)"
		d.deriveKey, keyLength, err = readPBKDF2(d.form, params.KDF.Parameters.FullBytes)
	case params.KDF.Algorithm.Equal(oidScrypt):
		d.form = "PKCS#8, encrypted (PBES2, scrypt)"
		d.deriveKey, keyLength, err = readScrypt(d.form, params.KDF.Parameters.FullBytes)
	default:
		err = unusable("PKCS#8, encrypted (PBES2, unknown key derivation) found", remedyExport)
	}
	if err != nil {
		return decryption{}, err
	}
	at := slices.IndexFunc(cbcCiphers, func(c cbcCipher) bool { return c.oid.Equal(params.Cipher.Algorithm) })
	if at < 0 {
		name, remedy := otherCipher(params.Cipher.Algorithm)
		return decryption{}, unusable(d.form+" with "+name+" found", remedy)
	}
	d.cipher = cbcCiphers[at]
	if keyLength != 0 && keyLength != d.cipher.keySize {
		return decryption{}, damaged(d.form, nil)
	}
	var iv []byte
	if _, err := asn1.Unmarshal(params.Cipher.Parameters.FullBytes, &iv); err != nil || !d.cipher.fits(iv, info.Data) {
		return decryption{}, damaged(d.form, nil)
	}
	d.deriveIV = func([]byte, int) ([]byte, error) { return iv, nil }
	return d, nil
}

// fits reports whether IV and data have sizes that the cipher can decrypt.
func (c cbcCipher) fits(iv, data []byte) bool {
	block, err := c.block(make([]byte, c.keySize))
	return err == nil && len(iv) == block.BlockSize() && len(data) > 0 && len(data)%block.BlockSize() == 0
}

type deriveFunc func(passphrase []byte, size int) ([]byte, error)

func readPBKDF2(form string, der []byte) (derive deriveFunc, keyLength int, err error) {
	var kdf pbkdf2Params
	if _, err := asn1.Unmarshal(der, &kdf); err != nil || kdf.Iterations < 1 {
		return nil, 0, damaged(form, nil)
	}
	if kdf.Iterations > maxIterations {
		return nil, 0, tooManyIterations(form)
	}
	prf := sha1.New
	if oid := kdf.PRF.Algorithm; len(oid) != 0 {
		family := oidHMACSHA256[:len(oidHMACSHA256)-1]
		known := false
		if len(oid) == len(family)+1 && oid[:len(family)].Equal(family) {
			prf, known = prfs[oid[len(family)]]
		}
		if !known {
			return nil, 0, unusable(form+" with another hash than SHA-1 or SHA-2 found", remedyConvert)
		}
	}
	derive = func(passphrase []byte, size int) ([]byte, error) {
		return pbkdf2.Key(prf, string(passphrase), kdf.Salt, kdf.Iterations, size)
	}
	return derive, kdf.KeyLength, nil
}

func tooManyIterations(form string) error {
	return unusable(fmt.Sprintf("%s with more than %d iterations found", form, maxIterations), remedyConvert)
}

func readScrypt(form string, der []byte) (derive deriveFunc, keyLength int, err error) {
	var kdf scryptParams
	if _, err := asn1.Unmarshal(der, &kdf); err != nil || kdf.N < 2 || kdf.N&(kdf.N-1) != 0 || kdf.R < 1 || kdf.P < 1 {
		return nil, 0, damaged(form, nil)
	}
	if kdf.R > maxScryptFactor || kdf.P > maxScryptFactor ||
		kdf.N > maxScryptWork/(kdf.R*kdf.P) || kdf.N > maxScryptMemory/(128*kdf.R) {
		return nil, 0, unusable(form+" with cost parameters beyond any use found", remedyConvert)
	}
	derive = func(passphrase []byte, size int) ([]byte, error) {
		return scrypt.Key(passphrase, kdf.Salt, kdf.N, kdf.R, kdf.P, size)
	}
	return derive, kdf.KeyLength, nil
}

// otherCipher names an unsupported cipher of PBES2, and how to convert its keys.
func otherCipher(oid asn1.ObjectIdentifier) (name, remedy string) {
	switch oid.String() {
	case "1.3.14.3.2.7":
		return "DES", remedyLegacy
	case "1.2.840.113549.3.2":
		return "RC2", remedyLegacy
	case "1.2.840.113549.3.9":
		return "RC5", remedyLegacy
	case "1.3.6.1.4.1.3029.1.2":
		return "Blowfish", remedyLegacy
	case "1.2.840.113533.7.66.10":
		return "CAST5", remedyLegacy
	case "1.2.410.200004.1.4":
		return "SEED", remedyLegacy
	case "1.2.392.200011.61.1.1.1.2", "1.2.392.200011.61.1.1.1.3", "1.2.392.200011.61.1.1.1.4":
		return "Camellia", remedyConvert
	case "1.2.410.200046.1.1.2", "1.2.410.200046.1.1.7", "1.2.410.200046.1.1.12":
		return "ARIA", remedyConvert
	default:
		return "another cipher than AES or 3DES in CBC mode", remedyConvert
	}
}

// encryptPKCS8 encrypts PKCS#8 DER with PBES2: PBKDF2 with HMAC-SHA256, then AES-256
// in CBC mode.
func encryptPKCS8(plain, passphrase []byte) ([]byte, error) {
	random := make([]byte, newSaltSize+aes.BlockSize)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	salt, iv := random[:newSaltSize], random[newSaltSize:]
	key, err := pbkdf2.Key(sha256.New, string(passphrase), salt, newIterations, aes256CBC.keySize)
	if err != nil {
		return nil, err
	}
	block, err := aes256CBC.block(key)
	if err != nil {
		return nil, err
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	data := slices.Concat(plain, slices.Repeat([]byte{byte(padding)}, padding))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)

	kdf, err := algorithm(oidPBKDF2, pbkdf2Params{
		Salt: salt, Iterations: newIterations,
		PRF: pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue},
	})
	if err != nil {
		return nil, err
	}
	encryption, err := algorithm(aes256CBC.oid, iv)
	if err != nil {
		return nil, err
	}
	scheme, err := algorithm(oidPBES2, pbes2Params{KDF: kdf, Cipher: encryption})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(encryptedPrivateKeyInfo{Algorithm: scheme, Data: data})
}

// algorithm encodes an algorithm with its parameters.
func algorithm(oid asn1.ObjectIdentifier, params any) (pkix.AlgorithmIdentifier, error) {
	der, err := asn1.Marshal(params)
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}, err
}
