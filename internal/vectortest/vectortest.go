// Package vectortest loads the test vectors and keys of testdata, which were
// made with Node's crypto and openssl. For tests only.
package vectortest

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
)

// What an envelope vector expects.
const (
	OK            = "ok"
	Malformed     = "malformed"     // HTTP 400
	Undecryptable = "undecryptable" // HTTP 421
)

// Envelope is one case of envelopes.json.
type Envelope struct {
	Name           string `json:"name"`
	Expect         string `json:"expect"` // OK, Malformed or Undecryptable
	Body           string `json:"body"`   // the HTTP body, byte for byte
	Comment        string `json:"comment"`
	Plaintext      string `json:"plaintext"`       // if OK
	ReplyPlaintext string `json:"reply_plaintext"` // if OK: a clear answer …
	ReplyBody      string `json:"reply_body"`      // … and what it is sealed to
}

// Signature is one case of signatures.json.
type Signature struct {
	Name    string   `json:"name"`
	Secrets []string `json:"secrets"`
	Body    string   `json:"body"`
	Header  string   `json:"header"`
	Valid   bool     `json:"valid"`
}

// Envelopes returns the cases of envelopes.json; the test fails if there are none.
func Envelopes(tb testing.TB) []Envelope {
	tb.Helper()
	cases := load[Envelope](tb, "envelopes.json")
	for _, c := range cases {
		if c.Expect != OK && c.Expect != Malformed && c.Expect != Undecryptable {
			tb.Fatalf("envelopes.json: case %s expects %q, which no test knows", c.Name, c.Expect)
		}
	}
	return cases
}

// Named returns the case of that name of envelopes.json.
func Named(tb testing.TB, name string) Envelope {
	tb.Helper()
	for _, c := range Envelopes(tb) {
		if c.Name == name {
			return c
		}
	}
	tb.Fatalf("envelopes.json has no case %s", name)
	return Envelope{}
}

// Signatures returns the cases of signatures.json; the test fails if there are none.
func Signatures(tb testing.TB) []Signature {
	tb.Helper()
	return load[Signature](tb, "signatures.json")
}

// Key returns the private key "a" or "b" of testdata/keys; the vectors are
// encrypted for a, but for the case other-rsa-key.
func Key(tb testing.TB, name string) *rsa.PrivateKey {
	tb.Helper()
	text := read(tb, "keys", name+".pkcs8.pem")
	block, _ := pem.Decode(text)
	if block == nil {
		tb.Fatalf("testdata/keys/%s.pkcs8.pem holds no PEM block", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatalf("parse testdata/keys/%s.pkcs8.pem: %v", name, err)
	}
	return key.(*rsa.PrivateKey)
}

// Path returns the path of a file below testdata.
func Path(tb testing.TB, elem ...string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(append([]string{dir, "testdata"}, elem...)...)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

func load[Case any](tb testing.TB, file string) []Case {
	tb.Helper()
	var cases []Case
	if err := json.Unmarshal(read(tb, "vectors", file), &cases); err != nil {
		tb.Fatalf("read testdata/vectors/%s: %v", file, err)
	}
	if len(cases) == 0 {
		tb.Fatalf("testdata/vectors/%s holds no case", file)
	}
	return cases
}

func read(tb testing.TB, elem ...string) []byte {
	tb.Helper()
	text, err := os.ReadFile(Path(tb, elem...))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
