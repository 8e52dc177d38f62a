package client

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // a correct endpoint must refuse it
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/protocol"
)

// clearFaults seal a text that opens but is not a request.
func clearFaults() []Fault {
	replaced := func(name, doc, text string) Fault {
		return Fault{name, StageClear, http.StatusBadRequest, doc, func(d *draft) { d.plaintext = []byte(text) }}
	}
	return []Fault{
		replaced("data-only-tag", "an empty clear text", ""),
		replaced("plaintext-text", "a clear text that is not JSON", "hello"),
		replaced("plaintext-array", "a clear text that is a JSON array", `[{"version":"3.0","action":"ping"}]`),
		replaced("plaintext-null", "a clear text that is null", "null"),
		replaced("plaintext-invalid-utf8", "a clear text that is not UTF-8", "{\"version\":\"3.0\",\"action\":\"ping\",\"screen\":\"\xff\xfe\"}"),
		replaced("plaintext-no-action", "a clear text without an action", `{"version":"3.0"}`),
		replaced("plaintext-number-action", "an action that is a number", `{"version":"3.0","action":5}`),
		replaced("plaintext-data-array", "a data member that is an array", `{"version":"3.0","action":"INIT","screen":"","data":[1],"flow_token":"unused"}`),
		replaced("unknown-action", "an action that is not one of the protocol", `{"version":"3.0","action":"zzz","screen":"","data":{},"flow_token":"unused"}`),
	}
}

// keyFaults seal the clear text in a way that is not the protocol's.
func keyFaults() []Fault {
	return []Fault{
		{"other-rsa-key", StageKey, protocol.StatusKeyMismatch, "an AES key that is wrapped for another key pair", func(d *draft) { d.wrap = wrapForStranger }},
		{"oaep-sha1", StageKey, protocol.StatusKeyMismatch, "an AES key that is wrapped by RSA-OAEP with SHA-1", func(d *draft) { d.wrap = wrapOAEP(sha1.New, nil) }},
		{"oaep-label", StageKey, protocol.StatusKeyMismatch, "an AES key that is wrapped by RSA-OAEP with a label", func(d *draft) {
			d.wrap = wrapOAEP(sha256.New, []byte("flow"))
		}},
		{"rsa-pkcs1v15", StageKey, protocol.StatusKeyMismatch, "an AES key that is wrapped by RSA PKCS #1 v1.5", func(d *draft) { d.wrap = wrapPKCS1v15 }},
		{"aes-key-5-bytes", StageKey, protocol.StatusKeyMismatch, "an AES key of 5 bytes", func(d *draft) { d.wrap = wrapFirst(5) }},
		{"aes-key-32-bytes", StageKey, protocol.StatusKeyMismatch, "an AES key of 32 bytes (AES-256)", func(d *draft) { d.key = random(32) }},
		{"iv-12-bytes", StageKey, http.StatusBadRequest, "an IV of 12 bytes (the usual size for GCM)", func(d *draft) { d.iv = random(12) }},
		{"iv-17-bytes", StageKey, http.StatusBadRequest, "an IV of 17 bytes", func(d *draft) { d.iv = random(17) }},
	}
}

// wrapForStranger encrypts for a new key pair of the same size, which nobody keeps.
func wrapForStranger(publicKey *rsa.PublicKey, key []byte) ([]byte, error) {
	stranger, err := rsa.GenerateKey(rand.Reader, publicKey.N.BitLen())
	if err != nil {
		return nil, err
	}
	return wrapOAEP(sha256.New, nil)(&stranger.PublicKey, key)
}

func wrapPKCS1v15(publicKey *rsa.PublicKey, key []byte) ([]byte, error) {
	return rsa.EncryptPKCS1v15(rand.Reader, publicKey, key) //nolint:staticcheck // deprecated, and what a correct endpoint must refuse
}

func wrapFirst(n int) func(*rsa.PublicKey, []byte) ([]byte, error) {
	return func(publicKey *rsa.PublicKey, key []byte) ([]byte, error) {
		return wrapOAEP(sha256.New, nil)(publicKey, key[:n])
	}
}

// envelopeFaults change the sealed values.
func envelopeFaults() []Fault {
	spoilt := func(name string, want int, doc string, spoil func(*flowcrypto.Envelope)) Fault {
		return Fault{name, StageEnvelope, want, doc, func(d *draft) { spoil(&d.envelope) }}
	}
	return []Fault{
		spoilt("bad-tag", protocol.StatusKeyMismatch, "a GCM tag with one wrong bit", func(e *flowcrypto.Envelope) {
			e.EncryptedFlowData = flipped(e.EncryptedFlowData, len(e.EncryptedFlowData)-1)
		}),
		spoilt("bad-ciphertext", protocol.StatusKeyMismatch, "a ciphertext with one wrong bit", func(e *flowcrypto.Envelope) {
			e.EncryptedFlowData = flipped(e.EncryptedFlowData, 0)
		}),
		spoilt("bad-iv-bit", protocol.StatusKeyMismatch, "an IV with one wrong bit", func(e *flowcrypto.Envelope) {
			e.InitialVector = flipped(e.InitialVector, 3)
		}),
		spoilt("bad-wrapped-key-bit", protocol.StatusKeyMismatch, "a wrapped key with one wrong bit", func(e *flowcrypto.Envelope) {
			e.EncryptedAESKey = flipped(e.EncryptedAESKey, 100)
		}),
		spoilt("wrapped-key-too-big-for-modulus", protocol.StatusKeyMismatch, "a wrapped key that is a number above the RSA modulus", func(e *flowcrypto.Envelope) {
			e.EncryptedAESKey = bytes.Repeat([]byte{0xff}, len(e.EncryptedAESKey))
		}),
		spoilt("wrapped-key-short", http.StatusBadRequest, "a wrapped key that is one byte shorter than the RSA modulus", func(e *flowcrypto.Envelope) {
			// Not the first byte: if it is 0, as one in 200 is, the number stays the same, and many libraries decrypt it.
			e.EncryptedAESKey = e.EncryptedAESKey[:len(e.EncryptedAESKey)-1]
		}),
		spoilt("wrapped-key-empty", http.StatusBadRequest, "an empty wrapped key", func(e *flowcrypto.Envelope) { e.EncryptedAESKey = nil }),
		spoilt("iv-empty", http.StatusBadRequest, "an empty IV", func(e *flowcrypto.Envelope) { e.InitialVector = nil }),
		spoilt("data-shorter-than-tag", http.StatusBadRequest, "encrypted data that is shorter than a GCM tag", func(e *flowcrypto.Envelope) {
			e.EncryptedFlowData = e.EncryptedFlowData[:tagSize-1]
		}),
	}
}

// flipped returns a copy of b in which one bit of byte i is inverted.
func flipped(b []byte, i int) []byte {
	out := bytes.Clone(b)
	out[i] ^= 1
	return out
}

// fieldFaults change the JSON fields of the envelope.
func fieldFaults() []Fault {
	spoilt := func(name, doc string, spoil func(*fields)) Fault {
		return Fault{name, StageFields, http.StatusBadRequest, doc, func(d *draft) { spoil(&d.fields) }}
	}
	return []Fault{
		spoilt("base64-junk", "a field that is not base64", func(f *fields) { f.AESKey = "***" }),
		spoilt("base64-unpadded", "a field whose base64 has no padding", func(f *fields) { f.IV = strings.TrimRight(f.IV.(string), "=") }),
		spoilt("field-is-number", "a field that is a number", func(f *fields) { f.IV = 7 }),
		spoilt("field-is-null", "a field that is null", func(f *fields) { f.FlowData = json.RawMessage("null") }),
		spoilt("field-missing", "a body without one of the fields", func(f *fields) { f.AESKey = nil }),
		spoilt("empty-object", "a body without any field", func(f *fields) { *f = fields{} }),
	}
}

// bodyFaults change the bytes of the body before they are signed.
func bodyFaults() []Fault {
	spoilt := func(name, doc string, spoil func(body []byte) []byte) Fault {
		return Fault{name, StageBody, http.StatusBadRequest, doc, func(d *draft) { d.body = spoil(d.body) }}
	}
	return []Fault{
		spoilt("base64-url-alphabet", "a body whose fields are URL-safe base64", func(body []byte) []byte {
			return []byte(strings.NewReplacer(`\/`, "_", "+", "-").Replace(string(body)))
		}),
		spoilt("empty-body", "an empty body", func([]byte) []byte { return nil }),
		spoilt("json-null", "a body that is null", func([]byte) []byte { return []byte("null") }),
		spoilt("json-array", "a body that is a JSON array", func(body []byte) []byte { return []byte("[" + string(body) + "]") }),
		spoilt("not-json", "a body that is not JSON", func([]byte) []byte { return []byte("hello") }),
		spoilt("truncated-json", "a body that ends too early", func(body []byte) []byte { return body[:len(body)/2] }),
		spoilt("trailing-garbage", "a body with something behind the JSON", func(body []byte) []byte { return append(body, "{}"...) }),
		Oversize(2 << 20),
	}
}

// signatureFaults put something else in the place of a right signature.
func signatureFaults() []Fault {
	spoilt := func(name, doc string, spoil func(right string, body, secret []byte) string) Fault {
		return Fault{name, StageSignature, protocol.StatusBadSignature, doc, func(d *draft) { d.signature = spoil(d.signature, d.body, d.secret) }}
	}
	return []Fault{
		spoilt("signature-bad", "a signature with one wrong digit", func(right string, _, _ []byte) string {
			last := len(right) - 1
			if right[last] == '0' {
				return right[:last] + "1"
			}
			return right[:last] + "0"
		}),
		spoilt("signature-missing", "a request without a signature", func(string, []byte, []byte) string { return "" }),
		spoilt("signature-short", "a right signature that is cut in half", func(right string, _, _ []byte) string { return right[:len("sha256=")+sha256.Size] }),
		spoilt("signature-long", "a right signature with one more byte", func(right string, _, _ []byte) string { return right + "00" }),
		spoilt("signature-not-hex", "a signature that is not hexadecimal", func(string, []byte, []byte) string {
			return "sha256=" + strings.Repeat("z", 2*sha256.Size)
		}),
		spoilt("signature-space", "a signature with a space before the digits", func(right string, _, _ []byte) string {
			return strings.Replace(right, "=", "= ", 1)
		}),
		spoilt("signature-no-prefix", "a signature without the prefix sha256=", func(right string, _, _ []byte) string {
			return strings.TrimPrefix(right, "sha256=")
		}),
		spoilt("signature-sha1-prefix", "an HMAC-SHA1 signature with the prefix sha1=", func(_ string, body, secret []byte) string {
			mac := hmac.New(sha1.New, secret)
			mac.Write(body)
			return "sha1=" + hex.EncodeToString(mac.Sum(nil))
		}),
		spoilt("signature-other-secret", "a signature made with another secret", func(_ string, body, _ []byte) string {
			return flowcrypto.Sign(body, random(sha256.Size))
		}),
		spoilt("signature-reserialised-body", `a signature over the body re-serialised without the \/ escapes`, func(_ string, body, secret []byte) string {
			return flowcrypto.Sign(bytes.ReplaceAll(body, []byte(`\/`), []byte("/")), secret)
		}),
	}
}

// requestFaults change the HTTP request.
func requestFaults() []Fault {
	return []Fault{
		{"method-get", StageRequest, http.StatusMethodNotAllowed, "a GET request", func(d *draft) {
			d.request.Method, d.request.Body = http.MethodGet, nil
			d.request.Header.Del("Content-Type")
		}},
	}
}
