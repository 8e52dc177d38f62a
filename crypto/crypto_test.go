package crypto_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// open is what a server does with a body, up to the clear text.
func open(body string, keys ...crypto.Decrypter) ([]byte, *flowcrypto.Sealer, error) {
	env, err := flowcrypto.ParseEnvelope([]byte(body))
	if err != nil {
		return nil, nil, err
	}
	return flowcrypto.Open(env, keys...)
}

func TestVectors(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	for _, c := range vectortest.Envelopes(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			plaintext, reply, err := open(c.Body, key)
			switch {
			case c.Expect == vectortest.OK:
				if err != nil {
					t.Fatalf("open: %v", err)
				}
				if diff := cmp.Diff(c.Plaintext, string(plaintext)); diff != "" {
					t.Errorf("clear text (-want +got):\n%s", diff)
				}
				sealed, err := reply.Seal([]byte(c.ReplyPlaintext))
				if err != nil {
					t.Fatalf("seal: %v", err)
				}
				if diff := cmp.Diff(c.ReplyBody, string(sealed)); diff != "" {
					t.Errorf("sealed answer (-want +got):\n%s", diff)
				}
			case c.Expect == vectortest.Undecryptable:
				if !errors.Is(err, flowcrypto.ErrDecrypt) || plaintext != nil || reply != nil {
					t.Errorf("got %q, %v, %v; want ErrDecrypt alone", plaintext, reply, err)
				}
			case strings.HasPrefix(c.Comment, "opens"):
				// a sound envelope whose clear text is not a request: package exchange refuses it
				if err != nil {
					t.Errorf("open: %v", err)
				}
			default:
				if !errors.Is(err, flowcrypto.ErrMalformed) || plaintext != nil || reply != nil {
					t.Errorf("got %q, %v, %v; want ErrMalformed alone", plaintext, reply, err)
				}
			}
		})
	}
}

// published is the test vector that the protocol's documentation was checked
// with: it fixes the key, so that the wrapped key is the only thing we make.
func TestOpenPublishedVector(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	aesKey := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	wrapped, err := rsa.EncryptOAEP(crypto.SHA256.New(), rand.Reader, &key.PublicKey, aesKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"encrypted_flow_data":"JQMBZc2dGP3Zbosr4K97\/A4RYeO24efJkErxTrbJJJKCbSKUwrIsUQ5+9rdjdjdwFg==",` +
		`"encrypted_aes_key":"` + base64.StdEncoding.EncodeToString(wrapped) + `","initial_vector":"8OHSw7Sllod4aVpLPC0eDw=="}`
	plaintext, reply, err := open(body, key)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(plaintext), `{"version":"3.0","action":"ping"}`; got != want {
		t.Errorf("clear text %s, want %s", got, want)
	}
	sealed, err := reply.Seal([]byte(`{"data":{"status":"active"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(sealed), "Yl5q24TBhhYC7kQ5Xu28FCv8II05wNqXlc2Jy6BGv2Iqo6yG/Kur2p79SnI="; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
}

func TestOpenTriesKeysInTurn(t *testing.T) {
	t.Parallel()
	a, b := vectortest.Key(t, "a"), vectortest.Key(t, "b")
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	notRSA := foreignKey{public: &other.PublicKey}
	unreachable := foreignKey{public: &a.PublicKey, err: errors.New("key store out of reach")}
	tests := []struct {
		name    string
		vector  string
		keys    []crypto.Decrypter
		index   int
		wantErr error
	}{
		{"only key", "ping", []crypto.Decrypter{a}, 0, nil},
		{"second key", "ping", []crypto.Decrypter{b, a}, 1, nil},
		{"vector for b", "other-rsa-key", []crypto.Decrypter{a, b}, 1, nil},
		{"keys that are not RSA are passed over", "ping", []crypto.Decrypter{notRSA, a}, 1, nil},
		{"a key out of reach does not stop the next", "ping", []crypto.Decrypter{unreachable, a}, 1, nil},
		{"a key out of reach alone", "ping", []crypto.Decrypter{unreachable}, 0, flowcrypto.ErrDecrypt},
		{"no key", "ping", nil, 0, flowcrypto.ErrDecrypt},
		{"no RSA key", "ping", []crypto.Decrypter{notRSA}, 0, flowcrypto.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, reply, err := open(vectortest.Named(t, tt.vector).Body, tt.keys...)
			if !errors.Is(err, tt.wantErr) {
				t.Fatalf("error %v, want %v", err, tt.wantErr)
			}
			if err == nil && reply.KeyIndex() != tt.index {
				t.Errorf("key %d fitted, want %d", reply.KeyIndex(), tt.index)
			}
		})
	}
}

// foreignKey stands for a key that lives elsewhere.
type foreignKey struct {
	public crypto.PublicKey
	err    error
}

func (k foreignKey) Public() crypto.PublicKey { return k.public }
func (k foreignKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, k.err
}

// Open must hold even for an Envelope that was not made by ParseEnvelope.
func TestOpenChecksSizes(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	sound := func() *flowcrypto.Envelope {
		env, err := flowcrypto.ParseEnvelope([]byte(vectortest.Named(t, "ping").Body))
		if err != nil {
			t.Fatal(err)
		}
		return env
	}
	for name, spoil := range map[string]func(*flowcrypto.Envelope){
		"zero":     func(e *flowcrypto.Envelope) { *e = flowcrypto.Envelope{} },
		"no iv":    func(e *flowcrypto.Envelope) { e.InitialVector = nil },
		"long iv":  func(e *flowcrypto.Envelope) { e.InitialVector = make([]byte, 32) },
		"no key":   func(e *flowcrypto.Envelope) { e.EncryptedAESKey = nil },
		"tag only": func(e *flowcrypto.Envelope) { e.EncryptedFlowData = make([]byte, 16) },
		"long key": func(e *flowcrypto.Envelope) { e.EncryptedAESKey = make([]byte, 257) },
	} {
		env := sound()
		spoil(env)
		if _, _, err := flowcrypto.Open(env, key); !errors.Is(err, flowcrypto.ErrMalformed) {
			t.Errorf("%s: error %v, want ErrMalformed", name, err)
		}
	}
}

func TestParseEnvelopeRefusesLaxBase64(t *testing.T) {
	t.Parallel()
	body := func(iv string) []byte {
		text, err := json.Marshal(map[string]string{
			"encrypted_flow_data": base64.StdEncoding.EncodeToString(make([]byte, 32)),
			"encrypted_aes_key":   base64.StdEncoding.EncodeToString(make([]byte, 256)),
			"initial_vector":      iv,
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	const zeros = "AAAAAAAAAAAAAAAAAAAAAA==" // 16 bytes
	if _, err := flowcrypto.ParseEnvelope(body(zeros)); err != nil {
		t.Fatalf("sound base64: %v", err)
	}
	for name, iv := range map[string]string{
		"line break":           "AAAAAAAAAAAA\nAAAAAAAAAA==",
		"carriage return":      zeros + "\r",
		"no padding":           "AAAAAAAAAAAAAAAAAAAAAA",
		"stray bits":           "AAAAAAAAAAAAAAAAAAAAAB==",
		"space":                "AAAAAAAAAAAA AAAAAAAAAA==",
		"text after padding":   zeros + "AAAA",
		"url-safe characters":  "-_AAAAAAAAAAAAAAAAAAAA==",
		"characters of no set": "\u00e9AAAAAAAAAAAAAAAAAAAA==",
	} {
		if env, err := flowcrypto.ParseEnvelope(body(iv)); !errors.Is(err, flowcrypto.ErrMalformed) || env != nil {
			t.Errorf("%s: got %v, %v; want ErrMalformed alone", name, env, err)
		}
	}
}

func TestParseEnvelopeErrorsRepeatNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"initial_vector":"tell-nobody"}`, `{"initial_vector":{"a":"tell-nobody"}}`, `tell-nobody`, `"tell-nobody"`,
		`{"encrypted_flow_data":"tell-nobody","encrypted_aes_key":"","initial_vector":""}`,
	} {
		_, err := flowcrypto.ParseEnvelope([]byte(body))
		if err == nil || strings.Contains(err.Error(), "nobody") {
			t.Errorf("%s: error %v", body, err)
		}
	}
}

func TestSealOnce(t *testing.T) {
	t.Parallel()
	_, reply, err := open(vectortest.Named(t, "ping").Body, vectortest.Key(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	var sealed, refused atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch body, err := reply.Seal([]byte("{}")); {
			case err == nil:
				sealed.Add(1)
			case errors.Is(err, flowcrypto.ErrSealed) && body == nil:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if sealed.Load() != 1 || refused.Load() != 7 {
		t.Errorf("%d sealed and %d refused, want 1 and 7", sealed.Load(), refused.Load())
	}
}

func TestSealerPrintsNothing(t *testing.T) {
	t.Parallel()
	_, reply, err := open(vectortest.Named(t, "ping").Body, vectortest.Key(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
		if got := fmt.Sprintf(verb, reply); got != "crypto.Sealer" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if got, err := json.Marshal(reply); err != nil || string(got) != "{}" { //nolint:staticcheck // SA9005: that nothing is written is the point
		t.Errorf("JSON %s, %v; want {}", got, err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("sealer", reply))
	if !strings.Contains(log.String(), "sealer=crypto.Sealer\n") {
		t.Errorf("slog wrote %s", log.String())
	}
}

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	for _, c := range vectortest.Signatures(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			secrets := make([][]byte, len(c.Secrets))
			for i, s := range c.Secrets {
				secrets[i] = []byte(s)
			}
			err := flowcrypto.VerifySignature([]byte(c.Body), c.Header, secrets...)
			if c.Valid && err != nil {
				t.Errorf("refused: %v", err)
			}
			if !c.Valid && !errors.Is(err, flowcrypto.ErrSignature) {
				t.Errorf("error %v, want ErrSignature", err)
			}
		})
	}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	body := []byte(`{"encrypted_flow_data":"JQMBZc2dGP3Zbosr4K97\/A4RYeO24efJkErxTrbJJJKCbSKUwrIsUQ5+9rdjdjdwFg==",` +
		`"encrypted_aes_key":"AAAA","initial_vector":"8OHSw7Sllod4aVpLPC0eDw=="}`)
	const want = "sha256=6fad272102011f47583740ac7429e543d8ab3a4bc56429a1c78fe010216ed6ab"
	if got := flowcrypto.Sign(body, []byte("app-secret")); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
	if err := flowcrypto.VerifySignature(body, want); !errors.Is(err, flowcrypto.ErrSignature) {
		t.Errorf("without a secret: %v, want ErrSignature", err)
	}
	// whoever knows no secret knows the empty one
	if err := flowcrypto.VerifySignature(body, flowcrypto.Sign(body, nil), nil, []byte{}); !errors.Is(err, flowcrypto.ErrSignature) {
		t.Errorf("with an empty secret: %v, want ErrSignature", err)
	}
	if err := flowcrypto.VerifySignature(body, want, []byte("x")); err == nil || strings.Contains(err.Error(), want[10:20]) {
		t.Errorf("error %v tells the signature", err)
	}
}

func TestVerifier(t *testing.T) {
	t.Parallel()
	current, old := []byte("current-app-secret"), []byte("old-app-secret")
	verifier := flowcrypto.NewVerifier(current, nil, old)
	clear(old) // the caller's slice is the caller's
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 20 {
				body := bytes.Repeat([]byte{byte(i), byte(j)}, 100)
				for secret, want := range map[string]error{
					"current-app-secret": nil, "old-app-secret": nil, "": flowcrypto.ErrSignature, "another": flowcrypto.ErrSignature,
				} {
					header := flowcrypto.Sign(body, []byte(secret))
					if err := verifier.Verify(body, header); !errors.Is(err, want) {
						t.Errorf("signed with %q: got %v, want %v", secret, err, want)
					}
					if err := verifier.Verify(body, strings.ToUpper(header)); err == nil {
						t.Errorf("signed with %q: the prefix is taken in upper case", secret)
					}
					if err := verifier.Verify(body[1:], header); !errors.Is(err, flowcrypto.ErrSignature) {
						t.Errorf("signed with %q, for another body: got %v", secret, err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := flowcrypto.NewVerifier().Verify(nil, flowcrypto.Sign(nil, nil)); !errors.Is(err, flowcrypto.ErrSignature) {
		t.Errorf("a verifier without secrets: got %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", verifier, verifier, verifier, verifier.LogValue()); text != strings.Repeat("crypto.Verifier ", 3)+"crypto.Verifier" {
		t.Errorf("a verifier prints %s", text)
	}
}

// TestEnvelopeFieldsApart: the fields of a scanned envelope share memory, and an append
// to one must not write into the next.
func TestEnvelopeFieldsApart(t *testing.T) {
	t.Parallel()
	body := []byte(vectortest.Named(t, "data-exchange-unicode").Body)
	env, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		t.Fatal(err)
	}
	for name, field := range map[string][]byte{"data": env.EncryptedFlowData, "key": env.EncryptedAESKey, "iv": env.InitialVector} {
		if len(field) != cap(field) {
			t.Errorf("%s: %d bytes with room for %d", name, len(field), cap(field))
		}
	}
	clear(body) // the caller may use it again
	if _, _, err := flowcrypto.Open(env, vectortest.Key(t, "a")); err != nil {
		t.Errorf("after the body was overwritten: %v", err)
	}
}

func TestCheckSignatureForm(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0a", 32)
	for header, sound := range map[string]bool{
		"sha256=" + digits: true, "sha256=" + strings.ToUpper(digits): true, "": false, digits: false, "SHA256=" + digits: false,
		"sha256=" + digits + "0": false, "sha256=" + digits[1:]: false, "sha256=" + digits[1:] + "g": false, "sha256=": false, "sha1=" + digits[:40]: false,
	} {
		if err := flowcrypto.CheckSignatureForm(header); (err == nil) != sound || err != nil && !errors.Is(err, flowcrypto.ErrSignature) {
			t.Errorf("%q: error %v, sound %t", header, err, sound)
		}
	}
}

func TestVerifyParts(t *testing.T) {
	t.Parallel()
	verifier, header := flowcrypto.NewVerifier([]byte("old"), []byte("new")), flowcrypto.Sign([]byte("one body"), []byte("new"))
	if err := verifier.VerifyParts(header, []byte("one"), nil, []byte(" body")); err != nil {
		t.Errorf("error %v, want none", err)
	}
	if err := verifier.VerifyParts(header, []byte(" body"), []byte("one")); !errors.Is(err, flowcrypto.ErrSignature) {
		t.Errorf("error %v, want ErrSignature: the order matters", err)
	}
}
