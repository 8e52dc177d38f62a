package keystore_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// privateFiles lists what ParsePrivate makes of each file of testdata/keys.
var privateFiles = map[string]struct {
	form      string // of a file that opens
	encrypted bool
	err       error
	text      []string // of the error
}{
	"a.pkcs1.pem":              {form: "PKCS#1"},
	"a.pkcs1.des3.pem":         {form: "PKCS#1, encrypted (RFC 1423, DES-EDE3-CBC)", encrypted: true},
	"a.pkcs1.aes256.pem":       {form: "PKCS#1, encrypted (RFC 1423, AES-256-CBC)", encrypted: true},
	"a.pkcs8.pem":              {form: "PKCS#8"},
	"a.pkcs8.crlf.pem":         {form: "PKCS#8"},
	"a.pkcs8.escaped.txt":      {form: "PKCS#8"},
	"a.pkcs8.base64.txt":       {form: "PKCS#8"},
	"a.pkcs8.pbes2-aes256.pem": {form: "PKCS#8, encrypted (PBES2, PBKDF2)", encrypted: true},
	"a.pkcs8.pbes2-des3.pem":   {form: "PKCS#8, encrypted (PBES2, PBKDF2)", encrypted: true},
	"a.pkcs8.scrypt.pem":       {form: "PKCS#8, encrypted (PBES2, scrypt)", encrypted: true},
	"b.pkcs8.pem":              {form: "PKCS#8"},

	"a.public.pem":       {err: errForm, text: []string{"public key found", "give the file"}},
	"a.public.pkcs1.pem": {err: errForm, text: []string{"public key found", "give the file"}},
	"b.public.pem":       {err: errForm, text: []string{"public key found", "give the file"}},
	"ec.pkcs8.pem":       {err: errForm, text: []string{"EC private key found", "flowserver keys generate --out F"}},
	"weak1024.pkcs8.pem": {err: keystore.ErrWeakKey, text: []string{"RSA 1024 found", "flowserver keys generate --out F"}},
	"a.fingerprint.txt":  {err: errForm, text: []string{"text without a key found", "give the file"}},
	"passphrase.txt":     {err: errForm, text: []string{"text without a key found", "give the file"}},
}

func TestParsePrivateFiles(t *testing.T) {
	t.Parallel()
	fingerprintB := keystore.Fingerprint(mustParsePublic(t, readFile(t, keysDir, "b.public.pem")))
	names := keyFiles(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, known := privateFiles[name]
			if !known {
				t.Fatalf("%s is missing in privateFiles: add it", name)
			}
			text := readFile(t, keysDir, name)
			pair, err := keystore.ParsePrivate(text, testPassphrase(t))
			if want.err != nil {
				wantRefused(t, pair, err, want.err, want.text...)
				return
			}
			if err != nil {
				t.Fatalf("ParsePrivate: %v", err)
			}
			wantPrint := wantFingerprint(t)
			if strings.HasPrefix(name, "b.") {
				wantPrint = fingerprintB
			}
			if got := pair.Fingerprint(); got != wantPrint {
				t.Errorf("Fingerprint = %s, want %s", got, wantPrint)
			}
			if got := pair.Form(); got != want.form {
				t.Errorf("Form = %q, want %q", got, want.form)
			}
			if got := pair.Bits(); got != 2048 {
				t.Errorf("Bits = %d, want 2048", got)
			}

			missing, err := keystore.ParsePrivate(text, nil)
			if !want.encrypted {
				if err != nil {
					t.Errorf("ParsePrivate without a passphrase: %v", err)
				}
				return
			}
			wantRefused(t, missing, err, keystore.ErrPassphrase, want.form, "no passphrase given", "passphrase_file")
			wrong, err := keystore.ParsePrivate(text, []byte("battery staple"))
			wantRefused(t, wrong, err, keystore.ErrPassphrase, want.form, "the passphrase is wrong", "passphrase_file")
			untrimmed, err := keystore.ParsePrivate(text, readFile(t, keysDir, "passphrase.txt"))
			wantRefused(t, untrimmed, err, keystore.ErrPassphrase, "the passphrase is wrong: it ends with a line end")
		})
	}
	for name := range privateFiles {
		if !slices.Contains(names, name) {
			t.Errorf("%s is gone from %s", name, keysDir)
		}
	}
}

func wantRefused(t *testing.T, pair *keystore.Pair, err, want error, text ...string) {
	t.Helper()
	if pair != nil {
		t.Errorf("pair = %v, want nil", pair)
	}
	if !errors.Is(err, want) {
		t.Fatalf("error = %v, want %v", err, want)
	}
	wantText(t, err, text...)
	for _, secret := range []string{"correct horse", "battery staple"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q holds the passphrase", err)
		}
	}
	wantNoSecret(t, "error", err.Error())
}

func TestParsePrivateText(t *testing.T) {
	t.Parallel()
	lf := string(readFile(t, keysDir, "a.pkcs8.pem"))
	legacy := string(readFile(t, keysDir, "a.pkcs1.des3.pem"))
	certificate := string(testCertificate(t))
	escaped := strings.ReplaceAll(strings.TrimSpace(lf), "\n", `\n`)
	wrapped := base64.StdEncoding.EncodeToString([]byte(lf))
	texts := map[string]string{
		"as is":                     lf,
		"no final newline":          strings.TrimSpace(lf),
		"CR only":                   strings.ReplaceAll(lf, "\n", "\r"),
		"spaces for newlines":       strings.ReplaceAll(lf, "\n", " "),
		"one line":                  strings.ReplaceAll(lf, "\n", ""),
		"byte order mark":           "\ufeff" + lf,
		"indented":                  indent(lf),
		"JSON":                      jsonQuote(t, lf),
		"JSON of escaped":           jsonQuote(t, escaped),
		"escaped":                   escaped,
		"escaped twice":             strings.ReplaceAll(escaped, `\n`, `\\n`),
		"escaped CRLF":              strings.ReplaceAll(escaped, `\n`, `\r\n`),
		"escaped, in quotes":        `'` + escaped + `'`,
		"escaped slashes":           strings.ReplaceAll(escaped, "/", `\/`),
		"wrapped":                   wrapped,
		"wrapped, newline":          wrapped + "\n",
		"wrapped, in lines":         wrapped[:76] + "\n" + wrapped[76:],
		"wrapped, in quotes":        `"` + wrapped + `"`,
		"wrapped escaped":           base64.StdEncoding.EncodeToString([]byte(escaped)),
		"bag attributes":            "Bag Attributes\n    localKeyID: BF 25\n    friendlyName: C:\\new\\key\nKey Attributes: <No Attributes>\n" + lf,
		"certificate before":        certificate + lf,
		"certificate after":         lf + certificate,
		"public key before":         string(readFile(t, keysDir, "a.public.pem")) + lf,
		"inside a service account":  `{"type":"service_account","private_key":` + jsonQuote(t, lf) + `}`,
		"second key ignored":        lf + string(readFile(t, keysDir, "b.pkcs8.pem")),
		"template first":            "# -----BEGIN PRIVATE KEY-----\n# your key\n# -----END PRIVATE KEY-----\n" + lf,
		"cut off certificate first": certificate[:len(certificate)/2] + lf,
		"encrypted, CRLF":           strings.ReplaceAll(legacy, "\n", "\r\n"),
		"encrypted, escaped":        strings.ReplaceAll(legacy, "\n", `\n`),
		"encrypted, indented":       indent(legacy),
		"encrypted, spaces":         strings.ReplaceAll(legacy, "\n", " "),
		"encrypted, tight headers":  strings.ReplaceAll(legacy, ": ", ":"),
		"encrypted, wrapped":        base64.StdEncoding.EncodeToString([]byte(legacy)),
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pair, err := keystore.ParsePrivate([]byte(text), testPassphrase(t))
			if err != nil {
				t.Fatalf("ParsePrivate: %v", err)
			}
			if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
				t.Errorf("Fingerprint = %s, want %s", got, want)
			}
		})
	}
}

func TestParsePrivateRefuses(t *testing.T) {
	t.Parallel()
	rsaKey, _ := rawKey(t)
	lf := readFile(t, keysDir, "a.pkcs8.pem")
	legacy := readFile(t, keysDir, "a.pkcs1.des3.pem")
	ec := pemBlock("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))))
	x25519 := pemBlock("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(ecdh.X25519().GenerateKey(rand.Reader)))))
	large := pemBlock("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(must(rsa.GenerateKey(rand.Reader, 3072))))
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	broken := *rsaKey
	broken.D = new(big.Int).Add(rsaKey.D, big.NewInt(2))
	broken.Precomputed = rsa.PrecomputedValues{}

	for _, test := range []struct {
		name  string
		input []byte
		err   error
		text  []string
	}{
		{"empty", nil, errForm, []string{"empty text found"}},
		{"blank", []byte(" \r\n\ufeff"), errForm, []string{"empty text found"}},
		{"too long", bytes.Repeat([]byte("\n"), 64<<10+1), errForm, []string{"more than 64 KiB"}},
		{"certificate", testCertificate(t), errForm, []string{"certificate found", "give the file with the key"}},
		{"other block", pemBlock("DH PARAMETERS", []byte{1}), errForm, []string{"PEM block of another kind", "give the file"}},
		{"OpenSSH", pemBlock("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00")), errForm, []string{"OpenSSH private key found", "ssh-keygen -p -m PEM"}},
		{"SEC 1", ec, errForm, []string{"EC private key found", "flowserver keys generate"}},
		{"EC parameters and SEC 1", slices.Concat(pemBlock("EC PARAMETERS", []byte{1}), ec), errForm, []string{"EC private key found"}},
		{"Ed25519", pemBlock("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(edKey))), errForm, []string{"Ed25519 private key found", "flowserver keys generate"}},
		{"X25519", x25519, errForm, []string{"X25519 private key found"}},
		{"PGP", pemBlock("PGP PRIVATE KEY BLOCK", []byte{1}), errForm, []string{"PGP private key found", "give the file"}},
		{"PGP public key", pemBlock("PGP PUBLIC KEY BLOCK", []byte{1}), errForm, []string{"PGP public key found where", "give the file"}},
		{"cut off", lf[:len(lf)/2], errForm, []string{"PKCS#8 found", "cut off: ", " of 1217 bytes", "copy the file again"}},
		{"cut off, encrypted", legacy[:len(legacy)/2], errForm, []string{"PKCS#1, encrypted", "cut off"}},
		{"redacted", []byte("-----BEGIN RSA PRIVATE KEY-----\n[redacted]\n-----END RSA PRIVATE KEY-----"), errForm, []string{"PKCS#1 found", "damaged"}},
		{"wrong exponent", pemBlock("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(&broken)), errForm, []string{"PKCS#1 found", "damaged"}},
		{"RSA 3072", large, errWeak, []string{"RSA 3072 found", "exactly 2048", "flowserver keys generate"}},
		{"unknown DEK-Info", bytes.ReplaceAll(legacy, []byte("DES-EDE3-CBC"), []byte("IDEA-CBC")), errForm, []string{"RFC 1423, IDEA-CBC", "-provider legacy"}},
		{"long DEK-Info", bytes.ReplaceAll(legacy, []byte("DES-EDE3-CBC"), []byte("WHATEVER-IT-MAY-BE")), errForm, []string{"unknown cipher", "openssl pkcs8"}},
		{"bad DEK-Info IV", bytes.ReplaceAll(legacy, []byte("DES-EDE3-CBC,"), []byte("DES-EDE3-CBC,zz")), errForm, []string{"DES-EDE3-CBC", "damaged"}},
		{"encrypted, empty body", []byte("-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n"), errForm, []string{"AES-128-CBC", "damaged"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			pair, err := keystore.ParsePrivate(test.input, testPassphrase(t))
			wantRefused(t, pair, err, test.err, test.text...)
		})
	}
}

// RFC 1423 has no integrity check: some wrong passphrases decrypt to junk whose
// padding looks right.
func TestParsePrivateLuckyPassphrase(t *testing.T) {
	t.Parallel()
	text := readFile(t, keysDir, "a.pkcs1.aes256.pem")
	block, _ := pem.Decode(text)
	for i := range 20_000 {
		passphrase := fmt.Appendf(nil, "wrong %d", i)
		if _, err := x509.DecryptPEMBlock(block, passphrase); err != nil { //nolint:staticcheck // looks for a passphrase that the legacy form takes by luck
			continue
		}
		pair, err := keystore.ParsePrivate(text, passphrase)
		wantRefused(t, pair, err, keystore.ErrPassphrase, "the passphrase is wrong")
		return
	}
	t.Fatal("no lucky passphrase found")
}

// One encrypted key in 512 begins like a short DER structure, which it is not.
func TestParsePrivateLegacyLikeDER(t *testing.T) {
	t.Parallel()
	key, _ := rawKey(t)
	plain, passphrase := x509.MarshalPKCS1PrivateKey(key), testPassphrase(t)
	for range 100_000 {
		//nolint:staticcheck // the legacy form is what is tested
		block := must(x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", plain, passphrase, x509.PEMCipherAES128))
		if block.Bytes[0] != 0x30 || block.Bytes[1] >= 0x80 {
			continue
		}
		pair, err := keystore.ParsePrivate(pem.EncodeToMemory(block), passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
			t.Errorf("Fingerprint = %s, want %s", got, want)
		}
		return
	}
	t.Fatal("no such key was made")
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}

func jsonQuote(tb testing.TB, text string) string {
	tb.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		tb.Fatal(err)
	}
	return string(quoted)
}

func pemBlock(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

// testCertificate returns a certificate, as PEM, of key a.
func testCertificate(tb testing.TB) []byte {
	tb.Helper()
	key, _ := rawKey(tb)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "flows"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	return pemBlock("CERTIFICATE", der)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
