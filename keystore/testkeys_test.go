package keystore_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/secret"
)

const (
	keysDir      = "../testdata/keys"
	pastedDir    = "testdata/pasted"
	providersDir = "../testdata/providers"
)

// The errors of tables, under short names.
var errForm, errPassphrase, errWeak = keystore.ErrKeyForm, keystore.ErrPassphrase, keystore.ErrWeakKey

func readFile(tb testing.TB, elem ...string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// keyFiles returns the names of all files of testdata/keys.
func keyFiles(tb testing.TB) []string {
	tb.Helper()
	return files(tb, keysDir)
}

// pastedFiles returns the names of all files of testdata/pasted.
func pastedFiles(tb testing.TB) []string {
	tb.Helper()
	return files(tb, pastedDir)
}

func files(tb testing.TB, dir string) []string {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	if len(entries) == 0 {
		tb.Fatalf("%s is empty", dir)
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func testPassphrase(tb testing.TB) []byte {
	tb.Helper()
	passphrase, err := secret.ReadFile(filepath.Join(keysDir, "passphrase.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	return passphrase
}

// wantFingerprint is the fingerprint of key a as Node computed it.
func wantFingerprint(tb testing.TB) string {
	tb.Helper()
	return strings.TrimSpace(string(readFile(tb, keysDir, "a.fingerprint.txt")))
}

func testPair(tb testing.TB, file string) *keystore.Pair {
	tb.Helper()
	pair, err := keystore.ParsePrivate(readFile(tb, keysDir, file), testPassphrase(tb))
	if err != nil {
		tb.Fatalf("ParsePrivate(%s): %v", file, err)
	}
	return pair
}

// rawKey reads key a without the package under test.
func rawKey(tb testing.TB) (key *rsa.PrivateKey, pkcs8DER []byte) {
	tb.Helper()
	block, _ := pem.Decode(readFile(tb, keysDir, "a.pkcs8.pem"))
	if block == nil {
		tb.Fatal("a.pkcs8.pem is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return parsed.(*rsa.PrivateKey), block.Bytes
}

// wantText fails unless the error's text holds every part.
func wantText(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
