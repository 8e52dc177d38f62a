package client

import (
	"bytes"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client/mistake"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/protocol"
)

type vector struct {
	Name           string `json:"name"`
	Expect         string `json:"expect"`
	Body           string `json:"body"`
	AESKey         string `json:"aes_key_hex"`
	IV             string `json:"iv_hex"`
	Plaintext      string `json:"plaintext"`
	ReplyPlaintext string `json:"reply_plaintext"`
	ReplyBody      string `json:"reply_body"`
}

// readVectors returns the vectors that Node's crypto made and that expect "ok".
func readVectors(tb testing.TB) []vector {
	tb.Helper()
	text, err := os.ReadFile("../testdata/vectors/envelopes.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all, good []vector
	if err := json.Unmarshal(text, &all); err != nil {
		tb.Fatal(err)
	}
	for _, v := range all {
		if v.Expect == "ok" {
			good = append(good, v)
		}
	}
	if len(good) == 0 {
		tb.Fatal("no vector expects ok")
	}
	return good
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// sealed encrypts plaintext under a known key and IV.
func sealed(tb testing.TB, plaintext string, key, iv []byte) *draft {
	tb.Helper()
	expected, err := newSeal(key, iv)
	if err != nil {
		tb.Fatal(err)
	}
	d := &draft{plaintext: []byte(plaintext), key: key, iv: iv, wrap: func(*rsa.PublicKey, []byte) ([]byte, error) {
		return []byte{0xff, 0xff, 0xff}, nil // "////"
	}}
	if err := d.seal(expected.gcm); err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestVectorsSealAndOpen(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			key, iv := unhex(t, v.AESKey), unhex(t, v.IV)
			envelope, err := flowcrypto.ParseEnvelope([]byte(v.Body))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := encode(sealed(t, v.Plaintext, key, iv).envelope.EncryptedFlowData), encode(envelope.EncryptedFlowData); got != want {
				t.Errorf("got sealed data %s, want %s", got, want)
			}
			expected, err := newSeal(key, iv)
			if err != nil {
				t.Fatal(err)
			}
			got, err := expected.open([]byte(v.ReplyBody))
			if err != nil || string(got) != v.ReplyPlaintext {
				t.Errorf("got answer %q, %v, want %q", got, err, v.ReplyPlaintext)
			}
		})
	}
}

// The values were made by Node's crypto.
func TestKnownAnswer(t *testing.T) {
	t.Parallel()
	key, iv := unhex(t, "000102030405060708090a0b0c0d0e0f"), unhex(t, "f0e1d2c3b4a5968778695a4b3c2d1e0f")
	d := sealed(t, `{"version":"3.0","action":"ping"}`, key, iv)
	body, err := fields{encode(d.envelope.EncryptedFlowData), "AAAA", encode(d.envelope.InitialVector)}.marshal()
	if err != nil {
		t.Fatal(err)
	}
	wantBody := `{"encrypted_flow_data":"JQMBZc2dGP3Zbosr4K97\/A4RYeO24efJkErxTrbJJJKCbSKUwrIsUQ5+9rdjdjdwFg==",` +
		`"encrypted_aes_key":"AAAA","initial_vector":"8OHSw7Sllod4aVpLPC0eDw=="}`
	if string(body) != wantBody {
		t.Errorf("got body %s, want %s", body, wantBody)
	}
	wantSignature := "sha256=6fad272102011f47583740ac7429e543d8ab3a4bc56429a1c78fe010216ed6ab"
	if got := flowcrypto.Sign(body, []byte("app-secret")); got != wantSignature {
		t.Errorf("got signature %s, want %s", got, wantSignature)
	}
	expected, err := newSeal(key, iv)
	if err != nil {
		t.Fatal(err)
	}
	got, err := expected.open([]byte("Yl5q24TBhhYC7kQ5Xu28FCv8II05wNqXlc2Jy6BGv2Iqo6yG/Kur2p79SnI="))
	if want := `{"data":{"status":"active"}}`; err != nil || string(got) != want {
		t.Errorf("got answer %q, %v, want %q", got, err, want)
	}
}

func TestSealWrapsUntilThereIsASlash(t *testing.T) {
	t.Parallel()
	calls := 0
	d := &draft{key: random(aesKeySize), iv: random(ivSize), wrap: func(*rsa.PublicKey, []byte) ([]byte, error) {
		calls++
		if calls < 3 {
			return []byte{0, 0, 0}, nil
		}
		return []byte{0xff, 0xff, 0xff}, nil
	}}
	expected, err := newSeal(d.key, d.iv)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.seal(expected.gcm); err != nil || calls != 3 {
		t.Errorf("got %d wraps, %v, want 3", calls, err)
	}
}

// RSA without padding wraps a key into the same bytes each time.
func TestSealEndsWithoutASlash(t *testing.T) {
	t.Parallel()
	d := &draft{key: random(aesKeySize), iv: random(ivSize), wrap: func(*rsa.PublicKey, []byte) ([]byte, error) {
		return []byte{0, 0, 0}, nil
	}}
	expected, err := newSeal(d.key, d.iv)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.seal(expected.gcm); err != nil || !bytes.Equal(d.envelope.EncryptedAESKey, []byte{0, 0, 0}) {
		t.Errorf("got key %x, %v, want the one without a slash", d.envelope.EncryptedAESKey, err)
	}
}

func TestOwnHTTPClient(t *testing.T) {
	t.Parallel()
	if got, want := withoutRedirects(nil).Timeout, 10*time.Second; got != want {
		t.Errorf("got timeout %v, want %v", got, want)
	}
}

// FuzzReply checks that no answer panics, and that an error is one of the two that
// callers know.
func FuzzReply(f *testing.F) {
	for _, v := range readVectors(f) {
		f.Add(200, []byte(v.ReplyPlaintext))
	}
	f.Add(427, []byte(`{"error_msg":"too late"}`))
	f.Add(200, []byte(`{"screen":5,"data":[]}`))
	f.Fuzz(func(t *testing.T, status int, plaintext []byte) {
		r := &Reply{Status: status}
		err := r.read(func([]byte) ([]byte, error) { return plaintext, nil })
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("got %v, want ErrMalformed", err)
		}
		if err == nil && status != protocol.StatusTokenExpired && r.Data == nil {
			t.Errorf("got no data from %q, want an error", plaintext)
		}
		_, _, _ = r.Params(), r.Active(), r.Acknowledged()
	})
}

// FuzzOpener checks that nothing but the sealed answer opens.
func FuzzOpener(f *testing.F) {
	for _, v := range readVectors(f) {
		f.Add([]byte(v.ReplyBody))
	}
	f.Add([]byte(`{"data":{}}`))
	expected, err := newSeal(random(aesKeySize), random(ivSize))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, err := expected.open(body); err == nil {
			t.Errorf("%q opens to %q under a key that nobody has", body, got)
		}
	})
}

// A number keeps its value without a first byte of 0.
func TestShortKeyIsAnotherNumber(t *testing.T) {
	t.Parallel()
	fault, found := FaultNamed("wrapped-key-short")
	if !found {
		t.Fatal("no such fault")
	}
	d := &draft{envelope: flowcrypto.Envelope{EncryptedAESKey: []byte{0, 1, 2}}}
	if fault.spoil(d); !bytes.Equal(d.envelope.EncryptedAESKey, []byte{0, 1}) {
		t.Errorf("got key %x, want 0001", d.envelope.EncryptedAESKey)
	}
}

// Endpoints that decrypt without padding may calculate with numbers, which lose a first
// byte of 0, and have a sign.
func TestRawGuessKeepsTheLengthOfTheKey(t *testing.T) {
	t.Parallel()
	all := Guesses()
	raw := all[slices.IndexFunc(all, func(g Guess) bool { return g.Mistake == mistake.UnwrapRaw })]
	for _, first := range []byte{0, 0x80, 0xff} {
		d := &draft{key: bytes.Repeat([]byte{first}, aesKeySize)}
		if raw.Fault.spoil(d); d.key[0] == 0 || d.key[0] > 0x7f || !bytes.Equal(d.key[1:], bytes.Repeat([]byte{first}, aesKeySize-1)) {
			t.Errorf("got key %x of %02x, want a first byte from 01 to 7f, and the others as they were", d.key, first)
		}
	}
}
