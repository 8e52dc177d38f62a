package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/keystore"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	pair, err := keystore.Generate()
	if err != nil {
		t.Fatal(err)
	}
	if got := pair.Bits(); got != keystore.KeyBits {
		t.Errorf("Bits = %d, want %d", got, keystore.KeyBits)
	}
	if got := pair.Form(); got != "generated" {
		t.Errorf("Form = %q, want %q", got, "generated")
	}
	if pair.Fingerprint() == testPair(t, "a.pkcs8.pem").Fingerprint() {
		t.Error("generated key a")
	}
}

func TestPairPrivatePEM(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs1.pem")
	for _, test := range []struct {
		name, passphrase, header, form string
	}{
		{"plain", "", "-----BEGIN PRIVATE KEY-----\n", "PKCS#8"},
		{"encrypted", "hidden sesame", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "PKCS#8, encrypted (PBES2, PBKDF2)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text, err := pair.PrivatePEM([]byte(test.passphrase))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(text, []byte(test.header)) {
				t.Errorf("PEM does not begin with %q", test.header)
			}
			back, err := keystore.ParsePrivate(text, []byte(test.passphrase))
			if err != nil {
				t.Fatalf("ParsePrivate: %v", err)
			}
			if got, want := back.Fingerprint(), pair.Fingerprint(); got != want {
				t.Errorf("Fingerprint = %s, want %s", got, want)
			}
			if got := back.Form(); got != test.form {
				t.Errorf("Form = %q, want %q", got, test.form)
			}
			if test.passphrase != "" {
				wantNoSecret(t, "encrypted PEM", string(text))
				_, err := keystore.ParsePrivate(text, []byte("battery staple"))
				wantRefused(t, nil, err, keystore.ErrPassphrase)
			}
		})
	}
}

func TestPairDecrypt(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.scrypt.pem")
	var decrypter crypto.Decrypter = pair
	public, ok := decrypter.Public().(*rsa.PublicKey)
	if !ok || !public.Equal(pair.PublicKey()) {
		t.Fatalf("Public = %T, want the pair's *rsa.PublicKey", decrypter.Public())
	}
	want := []byte("0123456789abcdef")
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, want, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decrypter.Decrypt(rand.Reader, wrapped, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("Decrypt = %x, want %x", got, want)
	}
	if _, err := testPair(t, "b.pkcs8.pem").Decrypt(rand.Reader, wrapped, &rsa.OAEPOptions{Hash: crypto.SHA256}); err == nil {
		t.Error("another key decrypts it too")
	}
}

// backendKey is another decrypter of a key.
type backendKey struct{ crypto.Decrypter }

func (backendKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return []byte("from the backend"), nil
}

func TestPairWithBackend(t *testing.T) {
	t.Parallel()
	pair, other := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	with, err := pair.WithBackend(func(key *rsa.PrivateKey) (crypto.Decrypter, error) { return backendKey{key}, nil })
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.NewRing(with).Decrypters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := keys[0].Decrypt(rand.Reader, nil, nil); err != nil || string(got) != "from the backend" {
		t.Errorf("Decrypt = %q, %v; want the backend's", got, err)
	}
	if got, err := pair.Decrypt(rand.Reader, make([]byte, 256), &rsa.OAEPOptions{Hash: crypto.SHA256}); err == nil {
		t.Errorf("the pair itself has changed: Decrypt = %q", got)
	}
	if with.Fingerprint() != pair.Fingerprint() || with.Form() != pair.Form() || !with.PublicKey().Equal(pair.Public()) {
		t.Error("it is another pair with another backend")
	}

	if with.BatchSize() != 1 {
		t.Errorf("batches of %d with a backend that has none", with.BatchSize())
	}

	cause := errors.New("no such library")
	wantRefused := func(name string, backend func(*rsa.PrivateKey) (crypto.Decrypter, error), want string) {
		t.Helper()
		if got, err := pair.WithBackend(backend); got != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v; want an error with %q", name, got, err, want)
		}
	}
	wantRefused("error", func(*rsa.PrivateKey) (crypto.Decrypter, error) { return nil, cause }, cause.Error())
	wantRefused("another key", func(*rsa.PrivateKey) (crypto.Decrypter, error) { return other, nil }, "another key")
}

// secretChunk is how much of a secret must not be seen: short enough to notice a cut-off one, long enough not to
// meet by chance.
const secretChunk = 12

// findSecret returns how a part of key a's private half is written in the text, or "".
func findSecret(tb testing.TB, text string) string {
	tb.Helper()
	key, pkcs8DER := rawKey(tb)
	numbers := map[string]*big.Int{
		"D": key.D, "P": key.Primes[0], "Q": key.Primes[1],
		"dP": key.Precomputed.Dp, "dQ": key.Precomputed.Dq, "qInv": key.Precomputed.Qinv,
	}
	written := map[string]string{
		"PKCS#8 PEM":   base64.StdEncoding.EncodeToString(pkcs8DER[300:]), // behind the public modulus and exponent
		"PKCS#8 bytes": fmt.Sprintf("%d", pkcs8DER[300:]),
		"PKCS#8 hex":   hex.EncodeToString(pkcs8DER[300:]),
		"PKCS#1 PEM":   base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(key)[300:]),
	}
	for name, number := range numbers {
		written[name+" decimal"] = number.String()
		written[name+" hex"] = number.Text(16)
		written[name+" HEX"] = strings.ToUpper(number.Text(16))
		written[name+" base64"] = base64.StdEncoding.EncodeToString(number.Bytes())
		written[name+" base64url"] = base64.RawURLEncoding.EncodeToString(number.Bytes())
		written[name+" bytes"] = fmt.Sprintf("%d", number.Bytes())
		written[name+" words"] = strings.Trim(fmt.Sprint(number.Bits()), "[]")
		written[name+" Go words"] = fmt.Sprintf("%#v", number.Bits())
	}
	for name, secret := range written {
		// "big.Word{0x" says nothing; begin behind it
		secret = strings.TrimPrefix(secret, "[]big.Word{0x")
		for start := 0; start+secretChunk <= len(secret); start += secretChunk / 2 {
			if strings.Contains(text, secret[start:start+secretChunk]) {
				return name
			}
		}
	}
	return ""
}

func wantNoSecret(t *testing.T, what, text string) {
	t.Helper()
	if name := findSecret(t, text); name != "" {
		t.Errorf("%s shows the private key (%s)", what, name)
	}
}

// The search must find what it is there to find.
func TestFindSecret(t *testing.T) {
	t.Parallel()
	key, _ := rawKey(t)
	asJSON, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, leak := range map[string]string{
		"%v":       fmt.Sprintf("%v", *key),
		"%+v":      fmt.Sprintf("%+v", *key),
		"%#v":      fmt.Sprintf("%#v", *key.D),
		"%x":       fmt.Sprintf("%x", key.Primes[0]),
		"JSON":     string(asJSON),
		"PKCS#1":   string(readFile(t, keysDir, "a.pkcs1.pem")),
		"PKCS#8":   string(readFile(t, keysDir, "a.pkcs8.pem")),
		"half PEM": string(readFile(t, keysDir, "a.pkcs8.pem")[800:900]),
		"words":    fmt.Sprint(key.D.Bits()[3:8]),
	} {
		if findSecret(t, leak) == "" {
			t.Errorf("the secret in %s goes unseen", name)
		}
	}
	if name := findSecret(t, string(readFile(t, keysDir, "a.public.pem"))+wantFingerprint(t)); name != "" {
		t.Errorf("public facts are taken for the secret %s", name)
	}
}

func TestNothingSecretIsShown(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	ring := keystore.NewRing(testPair(t, "b.pkcs8.pem"), pair)
	type byValue struct{ Pair keystore.Pair }
	type hidden struct {
		pair  keystore.Pair
		other *keystore.Pair
	}
	type withRing struct{ Ring keystore.Ring }
	inRing := &withRing{}
	inRing.Ring.Replace(pair)

	for _, test := range []struct {
		name  string
		value any
		shown bool // the fingerprint is there; not where fmt and json cannot see our methods
	}{
		{"pair", pair, true},
		{"pair by value", *pair, true},
		{"pair in struct", struct{ Pair *keystore.Pair }{pair}, true},
		{"pair by value in struct", byValue{*pair}, true},
		{"pair by value in pointer", &byValue{*pair}, true},
		{"pair embedded", struct{ keystore.Pair }{*pair}, true},
		{"pair in hidden fields", hidden{*pair, pair}, false},
		{"pairs", []*keystore.Pair{pair}, true},
		{"pairs by value", []keystore.Pair{*pair}, true},
		{"map", map[string]any{"key": *pair}, true},
		{"decrypters", must(ring.Decrypters(t.Context())), true},
		{"ring", ring, true},
		{"ring in struct", struct{ Ring *keystore.Ring }{ring}, true},
		{"ring by value in pointer", inRing, false},
		{"zero pair", keystore.Pair{}, false},
		{"zero ring", &keystore.Ring{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for how, text := range renderings(t, test.value) {
				wantNoSecret(t, how, text)
				if test.shown && !strings.Contains(text, pair.Fingerprint()) {
					t.Errorf("%s = %s, want the fingerprint in it", how, text)
				}
			}
		})
	}
}

// renderings is the value through fmt, JSON and slog.
func renderings(t *testing.T, value any) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%t", "%20.3v"} {
		texts[verb] = fmt.Sprintf(verb, value)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("json.Marshal: %v", err)
	}
	texts["JSON"] = string(encoded)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var log bytes.Buffer
		slog.New(handler(&log)).InfoContext(t.Context(), "key", slog.Any("key", value))
		texts[name] = log.String()
	}
	return texts
}

// batchBackend decrypts several ciphertexts at once.
type batchBackend struct{ backendKey }

func (batchBackend) BatchSize() int { return 3 }

func (batchBackend) DecryptBatch(plaintexts, ciphertexts [][]byte) {
	for i := range ciphertexts {
		plaintexts[i] = []byte("from a batch")
	}
}

func (batchBackend) Judge([]byte) ([]byte, error) { return []byte("from the judge"), nil }

var _ flowcrypto.BatchDecrypter = (*keystore.Pair)(nil)

func TestPairPassesBatchesOn(t *testing.T) {
	t.Parallel()
	pair := testPair(t, "a.pkcs8.pem")
	with, err := pair.WithBackend(func(key *rsa.PrivateKey) (crypto.Decrypter, error) { return batchBackend{backendKey{key}}, nil })
	if err != nil {
		t.Fatal(err)
	}
	plaintexts := make([][]byte, 2)
	with.DecryptBatch(plaintexts, make([][]byte, 2))
	judged, err := with.Judge(nil)
	if got := fmt.Sprintf("%d %s %s, %v", with.BatchSize(), plaintexts, judged, err); got != "3 [from a batch from a batch] from the judge, <nil>" {
		t.Errorf("got %s", got)
	}

	pair.DecryptBatch(plaintexts, make([][]byte, 2)) // crypto/rsa has none
	if plaintexts[0] != nil || plaintexts[1] != nil || pair.BatchSize() != 1 {
		t.Errorf("without a backend: got %q in batches of %d, want nothing in batches of 1", plaintexts, pair.BatchSize())
	}
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, pair.PublicKey(), []byte("a secret"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := pair.Judge(wrapped); string(got) != "a secret" || err != nil {
		t.Errorf("without a backend: Judge = %q, %v", got, err)
	}
	if _, err := pair.Judge(make([]byte, 256)); !errors.Is(err, rsa.ErrDecryption) {
		t.Errorf("without a backend: Judge of zeros: %v, want %v", err, rsa.ErrDecryption)
	}
}
