package keystore

import (
	"crypto/aes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"github.com/youmark/pkcs8"
)

// Limits of what a key may ask for before it is decrypted. OpenSSL writes 2,048
// iterations and N=16384, r=8, p=1 (16 MiB); the strongest common advice is
// 1,300,000 iterations and N=131072 (128 MiB).
const (
	maxPBKDF2Iterations = 5_000_000
	maxScryptMemory     = 256 << 20 // bytes, 128*N*r
	maxScryptWork       = 1 << 22   // N*r*p
	maxScryptFactor     = 64        // r and p, each
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
		Salt    []byte
		N, R, P int
	}
)

var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidScrypt     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
	oidHMACSHA1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidDES3CBC    = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}
	oidAES128CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES192CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// openPKCS8 decrypts PKCS#8.
func openPKCS8(der, passphrase []byte) (key any, form string, err error) {
	form, err = inspectPBES2(der)
	if err != nil {
		return nil, "", err
	}
	if len(passphrase) == 0 {
		return nil, "", passphraseMissing(form)
	}
	// after the inspection only the passphrase can be wrong
	key, err = pkcs8.ParsePKCS8PrivateKey(der, passphrase)
	if err != nil {
		return nil, "", passphraseWrong(form)
	}
	return key, form, nil
}

// inspectPBES2 names the form and refuses what package pkcs8 does not handle: it
// derives keys without a limit, panics on data that does not fill its blocks,
// assumes HMAC-SHA1 if a key length precedes the PRF, and decrypts GCM as CBC.
func inspectPBES2(der []byte) (form string, err error) {
	form = "PKCS#8, encrypted"
	var info encryptedPrivateKeyInfo
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return "", damaged(form)
	}
	if !info.Algorithm.Algorithm.Equal(oidPBES2) {
		return "", unusable(form+" without PBES2 found", remedyConvert)
	}
	var params pbes2Params
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &params); err != nil {
		return "", damaged(form)
	}
	switch {
	case params.KDF.Algorithm.Equal(oidPBKDF2):
		form = "PKCS#8, encrypted (PBES2, PBKDF2)"
		err = checkPBKDF2(form, params.KDF.Parameters.FullBytes)
	case params.KDF.Algorithm.Equal(oidScrypt):
		form = "PKCS#8, encrypted (PBES2, scrypt)"
		err = checkScrypt(form, params.KDF.Parameters.FullBytes)
	default:
		err = unusable("PKCS#8, encrypted (PBES2, unknown key derivation) found", remedyConvert)
	}
	if err != nil {
		return "", err
	}
	return form, checkCipher(form, params.Cipher, info.Data)
}

func checkPBKDF2(form string, der []byte) error {
	var kdf pbkdf2Params
	if _, err := asn1.Unmarshal(der, &kdf); err != nil || kdf.Iterations < 1 {
		return damaged(form)
	}
	if kdf.Iterations > maxPBKDF2Iterations {
		return unusable(fmt.Sprintf("%s with more than %d iterations found", form, maxPBKDF2Iterations), remedyConvert)
	}
	if kdf.KeyLength != 0 {
		return unusable(form+" with an explicit key length found", remedyConvert)
	}
	prf := kdf.PRF.Algorithm
	if len(prf) != 0 && !prf.Equal(oidHMACSHA1) && !prf.Equal(oidHMACSHA256) {
		return unusable(form+" with another hash than SHA-1 or SHA-256 found", remedyConvert)
	}
	return nil
}

func checkScrypt(form string, der []byte) error {
	var kdf scryptParams
	if _, err := asn1.Unmarshal(der, &kdf); err != nil || kdf.N < 2 || kdf.N&(kdf.N-1) != 0 || kdf.R < 1 || kdf.P < 1 {
		return damaged(form)
	}
	if kdf.R > maxScryptFactor || kdf.P > maxScryptFactor ||
		kdf.N > maxScryptWork/(kdf.R*kdf.P) || kdf.N > maxScryptMemory/(128*kdf.R) {
		return unusable(form+" with cost parameters beyond any use found", remedyConvert)
	}
	return nil
}

func checkCipher(form string, cipher pkix.AlgorithmIdentifier, data []byte) error {
	var blockSize int
	switch oid := cipher.Algorithm; {
	case oid.Equal(oidAES128CBC), oid.Equal(oidAES192CBC), oid.Equal(oidAES256CBC):
		blockSize = aes.BlockSize
	case oid.Equal(oidDES3CBC):
		blockSize = 8
	default:
		return unusable(form+" with another cipher than AES or 3DES in CBC mode found", remedyConvert)
	}
	var iv []byte
	_, err := asn1.Unmarshal(cipher.Parameters.FullBytes, &iv)
	if err != nil || len(iv) != blockSize || len(data) == 0 || len(data)%blockSize != 0 {
		return damaged(form)
	}
	return nil
}
