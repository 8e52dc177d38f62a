package keystore_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// If the beginning of an encrypted key is right, the passphrase is: then something else
// is wrong, and the error says what.
func TestParsePrivateDamagedNotPassphrase(t *testing.T) {
	t.Parallel()
	passphrase := testPassphrase(t)
	for _, file := range []string{"a.pkcs1.aes256.pem", "a.pkcs1.des3.pem"} {
		block, _ := pem.Decode(readFile(t, keysDir, file))
		whole := block.Bytes
		for _, test := range []struct {
			name string
			der  []byte
			text string
		}{
			{"damaged", slices.Concat(whole[:200], []byte{whole[200] ^ 1}, whole[201:]), "its contents are damaged"},
			{"end damaged", slices.Concat(whole[:len(whole)-20], bytes.Repeat([]byte{1}, 20)), "its contents are damaged"},
			{"cut off", whole[:640], "its contents are cut off: 640 of 119"},
			{"cut off within a block", whole[:643], "its contents are cut off: 640 of 119"},
		} {
			block.Bytes = test.der
			pair, err := keystore.ParsePrivate(pem.EncodeToMemory(block), passphrase)
			wantRefused(t, pair, err, keystore.ErrKeyForm, "PKCS#1, encrypted", test.text)
		}
		block.Bytes = whole[:640]
		pair, err := keystore.ParsePrivate(pem.EncodeToMemory(block), []byte("wrong"))
		wantRefused(t, pair, err, keystore.ErrPassphrase, "the passphrase is wrong")
	}
	block, _ := pem.Decode(readFile(t, keysDir, "a.pkcs8.pbes2-aes256.pem"))
	block.Bytes[700] ^= 1
	pair, err := keystore.ParsePrivate(pem.EncodeToMemory(block), passphrase)
	wantRefused(t, pair, err, keystore.ErrKeyForm, "PKCS#8, encrypted (PBES2, PBKDF2) found", "its contents are damaged")
}

// The empty passphrase is one: Node and OpenSSL write and read such keys.
func TestParsePrivateEmptyPassphrase(t *testing.T) {
	t.Parallel()
	_, plain := rawKey(t)
	salt, iv := []byte("12345678"), make([]byte, aes.BlockSize)
	cbc := must(aes.NewCipher(must(pbkdf2.Key(sha256.New, "", salt, 1000, 32))))
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	data := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(cbc, iv).CryptBlocks(data, data)
	algorithm := func(oid asn1.ObjectIdentifier, params any) pkix.AlgorithmIdentifier {
		return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: must(asn1.Marshal(params))}}
	}
	kdf := algorithm(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, struct {
		Salt       []byte
		Iterations int
		PRF        pkix.AlgorithmIdentifier
	}{salt, 1000, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, Parameters: asn1.NullRawValue}})
	aes256 := algorithm(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, iv)
	der := must(asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{algorithm(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, struct{ KDF, Cipher pkix.AlgorithmIdentifier }{kdf, aes256}), data}))

	pair, err := keystore.ParsePrivate([]byte(base64.StdEncoding.EncodeToString(der)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
		t.Errorf("Fingerprint = %s, want %s", got, want)
	}
	wrong, err := keystore.ParsePrivate(der, []byte("geheim"))
	wantRefused(t, wrong, err, keystore.ErrPassphrase, "the passphrase is wrong")
}
