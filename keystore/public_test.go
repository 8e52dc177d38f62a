package keystore_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/keystore"
)

// sampleFingerprint is that of the key on ChakraHQ's page "Get Business Public Key"
// (modified 2026-01-20), as OpenSSL computes it.
const sampleFingerprint = "b72f7a90a479606b9aa208eb466b36c0c4b1d8fe0411b044a2a395b057893575"

// registered returns the key of a provider's answer.
func registered(tb testing.TB, file string) string {
	tb.Helper()
	var answer struct {
		Data []struct {
			Key string `json:"business_public_key"`
		} `json:"data"`
	}
	if err := json.Unmarshal(readFile(tb, providersDir, file), &answer); err != nil {
		tb.Fatal(err)
	}
	if len(answer.Data) != 1 {
		tb.Fatalf("%s holds %d keys, want 1", file, len(answer.Data))
	}
	return answer.Data[0].Key
}

func mustParsePublic(tb testing.TB, text []byte) *rsa.PublicKey {
	tb.Helper()
	key, err := keystore.ParsePublic(text)
	if err != nil {
		tb.Fatalf("ParsePublic: %v", err)
	}
	return key
}

func TestParsePublicVariations(t *testing.T) {
	t.Parallel()
	sample := registered(t, "chakra-get-200.json")
	key := mustParsePublic(t, []byte(sample))
	lines := strings.Split(sample, "\n")
	body := strings.Join(lines[1:len(lines)-1], "\n")
	escaped := strings.ReplaceAll(sample, "\n", `\n`)
	for name, text := range map[string]string{
		"as is":                sample,
		"final newline":        sample + "\n",
		"blank line before":    "\n\n" + sample,
		"leading spaces":       "  " + sample,
		"CRLF":                 strings.ReplaceAll(sample, "\n", "\r\n"),
		"one-line body":        lines[0] + "\n" + strings.ReplaceAll(body, "\n", "") + "\n" + lines[len(lines)-1],
		"CR only":              strings.ReplaceAll(sample, "\n", "\r"),
		"spaces":               strings.ReplaceAll(sample, "\n", " "),
		"no breaks":            strings.ReplaceAll(sample, "\n", ""),
		`\n`:                   escaped,
		`\\n`:                  strings.ReplaceAll(sample, "\n", `\\n`),
		`\r\n`:                 strings.ReplaceAll(sample, "\n", `\r\n`),
		"byte order mark":      "\ufeff" + sample,
		"indented":             indent(sample),
		"END not on own line":  lines[0] + "\n" + body + lines[len(lines)-1],
		"JSON":                 jsonQuote(t, sample),
		"JSON twice":           jsonQuote(t, jsonQuote(t, sample)),
		`\/`:                   strings.ReplaceAll(sample, "/", `\/`),
		`\\n and \\/`:          strings.ReplaceAll(strings.ReplaceAll(sample, "\n", `\\n`), "/", `\\/`),
		"bare base64":          body,
		"bare base64, 1 line":  strings.ReplaceAll(body, "\n", ""),
		"bare base64, escaped": strings.ReplaceAll(body, "\n", `\n`),
		"PKCS#1":               string(pemBlock("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(key))),
		"template first":       "-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----\n" + sample,
		"text around":          "key:\n" + sample + "\nend",
		"base64 of the whole":  base64.StdEncoding.EncodeToString([]byte(sample)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := keystore.Fingerprint(mustParsePublic(t, []byte(text))); got != sampleFingerprint {
				t.Errorf("Fingerprint = %s, want %s", got, sampleFingerprint)
			}
		})
	}
}

func TestParsePublicFiles(t *testing.T) {
	t.Parallel()
	public := map[string]bool{"a.public.pem": true, "a.public.pkcs1.pem": true, "b.public.pem": true}
	text := map[string]bool{"a.fingerprint.txt": true, "passphrase.txt": true}
	for _, name := range keyFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := keystore.ParsePublic(readFile(t, keysDir, name))
			switch {
			case public[name]:
				if err != nil {
					t.Fatalf("ParsePublic: %v", err)
				}
				if got, want := keystore.Fingerprint(key) == wantFingerprint(t), strings.HasPrefix(name, "a."); got != want {
					t.Errorf("fingerprint of key a: %t, want %t", got, want)
				}
				if err := keystore.CheckSize(key); err != nil {
					t.Errorf("CheckSize: %v", err)
				}
			case text[name]:
				wantNoKey(t, key, err, keystore.ErrPublicKey)
			default: // a private key
				wantNoKey(t, key, err, keystore.ErrPrivateKey, "flowserver keys show F")
				wantNoSecret(t, "error", err.Error())
			}
		})
	}
}

func wantNoKey(t *testing.T, key *rsa.PublicKey, err, want error, text ...string) {
	t.Helper()
	if key != nil {
		t.Errorf("key = %v, want nil", key)
	}
	if !errors.Is(err, want) {
		t.Fatalf("error = %v, want %v", err, want)
	}
	wantText(t, err, text...)
}

func TestParsePublicCertificate(t *testing.T) {
	t.Parallel()
	if got, want := keystore.Fingerprint(mustParsePublic(t, testCertificate(t))), wantFingerprint(t); got != want {
		t.Errorf("Fingerprint = %s, want %s", got, want)
	}
}

func TestParsePublicRefuses(t *testing.T) {
	t.Parallel()
	sample := registered(t, "chakra-get-200.json")
	ecKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	edKey, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, input string
		err         error
		text        []string
	}{
		{"empty", "", keystore.ErrNoPublicKey, nil},
		{"one space, as Meta sends it", " ", keystore.ErrNoPublicKey, nil},
		{"line breaks", "\r\n\n", keystore.ErrNoPublicKey, nil},
		{"escaped line break", `\n`, keystore.ErrNoPublicKey, nil},
		{"quotes", `""`, keystore.ErrNoPublicKey, nil},
		{"JSON null", "null", keystore.ErrNoPublicKey, nil},
		{"byte order mark", "\ufeff", keystore.ErrNoPublicKey, nil},
		{"redacted by Kaleyra", registered(t, "kaleyra-get-200.json"), keystore.ErrPublicKey, []string{"PUBLIC KEY found", "redacted", "flowserver keys show F"}},
		{"words", "no key, sorry", keystore.ErrPublicKey, []string{"without a key"}},
		{"base64 of something else", "aGVsbG8gd29ybGQ=", keystore.ErrPublicKey, []string{"without a key"}},
		{"cut off", sample[:200], keystore.ErrPublicKey, []string{"cut off"}},
		{"no base64", "-----BEGIN PUBLIC KEY-----\n***\n-----END PUBLIC KEY-----", keystore.ErrPublicKey, []string{"damaged"}},
		{"bad certificate", string(pemBlock("CERTIFICATE", []byte{0x30})), keystore.ErrPublicKey, []string{"CERTIFICATE found"}},
		{"other block", string(pemBlock("CERTIFICATE REQUEST", []byte{0x30})), keystore.ErrPublicKey, []string{"another kind"}},
		{"EC", string(pemBlock("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&ecKey.PublicKey)))), keystore.ErrPublicKey, []string{"EC public key found", "RSA 2048"}},
		{"Ed25519", string(pemBlock("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(edKey)))), keystore.ErrPublicKey, []string{"Ed25519 public key found"}},
		{"too long", strings.Repeat(" ", 16<<10+1), keystore.ErrPublicKey, []string{"more than 16 KiB"}},
		{"private key after the public one", sample + "\n" + string(readFile(t, keysDir, "a.pkcs8.pem")), keystore.ErrPrivateKey, nil},
		{"private key, mangled label", "-----BEGIN\nPRIVATE\nKEY-----", keystore.ErrPrivateKey, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			key, err := keystore.ParsePublic([]byte(test.input))
			wantNoKey(t, key, err, test.err, test.text...)
			wantNoSecret(t, "error", err.Error())
		})
	}
}

// The registered key may be of any size: its fingerprint is wanted all the same.
func TestCheckSize(t *testing.T) {
	t.Parallel()
	block, _ := pem.Decode(readFile(t, keysDir, "weak1024.pkcs8.pem"))
	weak := must(x509.ParsePKCS8PrivateKey(block.Bytes)).(*rsa.PrivateKey)
	key := mustParsePublic(t, keystore.EncodePublic(&weak.PublicKey))
	err := keystore.CheckSize(key)
	if !errors.Is(err, keystore.ErrWeakKey) {
		t.Fatalf("CheckSize = %v, want ErrWeakKey", err)
	}
	wantText(t, err, "RSA 1024 found", "2048", "flowserver keys generate --out F")
	if err := keystore.CheckSize(testPair(t, "a.pkcs8.pem").PublicKey()); err != nil {
		t.Errorf("CheckSize of key a: %v", err)
	}
}

func TestEncodePublic(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "b"} {
		want := readFile(t, keysDir, name+".public.pem") // as Node wrote it
		pair := testPair(t, name+".pkcs8.pem")
		if diff := cmp.Diff(string(want), string(keystore.EncodePublic(pair.PublicKey()))); diff != "" {
			t.Errorf("EncodePublic of key %s (-want +got):\n%s", name, diff)
		}
		if !bytes.Equal(pair.PublicPEM(), want) {
			t.Errorf("PublicPEM of key %s is not what EncodePublic returns", name)
		}
	}
}
