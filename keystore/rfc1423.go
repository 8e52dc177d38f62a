package keystore

import (
	"crypto/aes"
	"crypto/des" //nolint:gosec // weak, but keys that exist are encrypted with it
	"crypto/md5" //nolint:gosec // weak, but keys that exist are encrypted with it
	"crypto/rsa"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
)

// legacyCiphers are the ciphers of DEK-Info headers (RFC 1423, and OpenSSL's own).
var legacyCiphers = map[string]cbcCipher{
	"DES-CBC":      {keySize: 8, block: des.NewCipher},
	"DES-EDE3-CBC": {keySize: 24, block: des.NewTripleDESCipher},
	"AES-128-CBC":  {keySize: 16, block: aes.NewCipher},
	"AES-192-CBC":  {keySize: 24, block: aes.NewCipher},
	"AES-256-CBC":  {keySize: 32, block: aes.NewCipher},
}

// isLegacy reports whether a block is encrypted as in RFC 1423.
func isLegacy(block *pem.Block) bool { return block.Headers["DEK-Info"] != "" }

// openRFC1423 opens the legacy form that "openssl genrsa -des3" wrote before
// OpenSSL 3, and that Meta's sample keyGenerator.js writes.
func openRFC1423(block *pem.Block, passphrase []byte) (key *rsa.PrivateKey, form string, err error) {
	name, hexIV, _ := strings.Cut(block.Headers["DEK-Info"], ",")
	cipher, ok := legacyCiphers[name]
	if !ok {
		name, remedy := legacyCipher(name)
		return nil, "", unusable("PKCS#1, encrypted (RFC 1423, "+name+") found", remedy)
	}
	form = "PKCS#1, encrypted (RFC 1423, " + name + ")"
	iv, err := hex.DecodeString(hexIV)
	if err != nil || len(iv) != legacyIVSize(name) || len(block.Bytes) < len(iv) {
		return nil, "", damaged(form, nil)
	}
	d := decryption{
		form: form, cipher: cipher,
		deriveKey: func(passphrase []byte, size int) ([]byte, error) { return legacyKDF(passphrase, iv[:8], size), nil },
		deriveIV:  func([]byte, int) ([]byte, error) { return iv, nil },
	}
	excess := len(block.Bytes) % len(iv)
	key, err = d.open(block.Bytes[:len(block.Bytes)-excess], passphrase)
	if err != nil && excess > 0 && errors.Is(err, ErrPassphrase) {
		return nil, "", damaged(form, nil)
	}
	return key, form, err
}

// legacyKDF derives a key from a passphrase as OpenSSL's EVP_BytesToKey does with MD5
// and one iteration.
func legacyKDF(passphrase, salt []byte, size int) []byte {
	var derived, last []byte
	for len(derived) < size {
		digest := md5.New() //nolint:gosec // weak, but keys that exist are encrypted with it
		for _, part := range [][]byte{last, passphrase, salt} {
			digest.Write(part)
		}
		last = digest.Sum(nil)
		derived = append(derived, last...)
	}
	return derived[:size]
}

// legacyCipher names a cipher of RFC 1423 headers that is not supported, and the way
// to convert its keys. OpenSSL 3 has some of the ciphers in its legacy provider only.
func legacyCipher(cipher string) (name, remedy string) {
	family, _, _ := strings.Cut(cipher, "-")
	if len(cipher) > len("CAMELLIA-256-CFB8") {
		family = "" // a damaged header
	}
	switch family {
	case "AES", "CAMELLIA", "ARIA", "SM4":
		return cipher, remedyConvert
	case "DES":
		if strings.HasPrefix(cipher, "DES-EDE") {
			return cipher, remedyConvert
		}
		return cipher, remedyLegacy
	case "BF", "RC2", "CAST5", "SEED", "IDEA", "RC4", "DESX":
		return cipher, remedyLegacy
	default:
		return "unknown cipher", remedyConvert
	}
}

// legacyIVSize returns the size of the IV in a DEK-Info header.
func legacyIVSize(cipher string) int {
	for _, family := range []string{"DES", "BF", "RC2", "CAST5", "IDEA"} {
		if strings.HasPrefix(cipher, family) {
			return 8
		}
	}
	return 16
}
