package conformance_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client/conformance"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// hexSecret is an app secret as Meta gives them out.
const hexSecret = "0123456789abcdef0123456789abcdef"

// wrong is an endpoint with one mistake, and how the report begins.
type wrong struct {
	name  string
	first string // in the first line
	spoil func(t *testing.T, e *endpoint)
	cfg   func(c *conformance.Config)
}

// verifying replaces how the endpoint computes the signature that it expects.
func verifying(expected func(body []byte) string) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) {
		e.verify = func(body []byte, header string) bool { return header == expected(body) }
	}
}

func digest(message []byte, secret string) string {
	return flowcrypto.Sign(message, []byte(secret))
}

// rebuilt is a body after a parser and a serialiser: with blanks as of Python, or
// without, as of JavaScript.
func rebuilt(body []byte, blank string) []byte {
	var envelope struct {
		Data string `json:"encrypted_flow_data"`
		Key  string `json:"encrypted_aes_key"`
		IV   string `json:"initial_vector"`
	}
	_ = json.Unmarshal(body, &envelope) // of what is not JSON it is empty
	text, _ := json.Marshal(envelope)
	return []byte(strings.NewReplacer(`":`, `":`+blank, `",`, `",`+blank).Replace(string(text)))
}

func unwrapping(unwrap func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error)) func(*testing.T, *endpoint) {
	return func(t *testing.T, e *endpoint) {
		e.unwrap = func(wrapped []byte) ([]byte, error) { return unwrap(vectortest.Key(t, "a"), wrapped) }
	}
}

func decrypting(decrypt func(gcm cipher.AEAD, block cipher.Block, iv, data []byte) ([]byte, error)) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) {
		e.decrypt = func(gcm cipher.AEAD, block cipher.Block, env *flowcrypto.Envelope) ([]byte, error) {
			return decrypt(gcm, block, env.InitialVector, env.EncryptedFlowData)
		}
	}
}

// noncing replaces the IV that answers are sealed with.
func noncing(nonce func(iv []byte) []byte) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) { e.nonce = nonce }
}

// inClear sends an answer that is not sealed.
func inClear(write func(plaintext string) string) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) {
		e.encode = func(_ []byte, plaintext string) string { return write(plaintext) }
	}
}

func failing(status int, action string) func(*testing.T, *endpoint) {
	return answering(func(msg message, was int, text string) (int, string) {
		if msg.Action == action && !strings.Contains(text, "acknowledged") {
			return status, ""
		}
		return was, text
	})
}

// answeringWith gives every request the same status, headers and body.
func answeringWith(status int, header http.Header, body string) func(*conformance.Config) {
	return func(c *conformance.Config) {
		c.HTTPClient.Transport = inMemory{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, values := range header {
				w.Header()[name] = values
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})}
	}
}

func text64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func sealMistakes() []wrong {
	return []wrong{
		{name: "IV not inverted", first: "sealed with the unchanged IV of the request", spoil: noncing(bytes.Clone)},
		{name: "IV reversed", first: "in reverse order", spoil: noncing(func(iv []byte) []byte { iv = bytes.Clone(iv); slices.Reverse(iv); return iv })},
		{name: "IV in a global variable", first: "with the key or the IV of another request", spoil: func(_ *testing.T, e *endpoint) {
			var first atomic.Pointer[[]byte]
			right := e.nonce
			e.nonce = func(iv []byte) []byte {
				iv = right(iv)
				first.CompareAndSwap(nil, &iv)
				return *first.Load()
			}
		}},
		{name: "a new key", first: "sealed with a key other than the AES key of its request", spoil: func(_ *testing.T, e *endpoint) {
			e.encode = func(_ []byte, plaintext string) string {
				block, _ := aes.NewCipher([]byte(rand.Text()[:16])) // a size of AES
				gcm, _ := cipher.NewGCM(block)                      // AES has the block size that GCM needs
				return text64(gcm.Seal(nil, make([]byte, gcm.NonceSize()), []byte(plaintext), nil))
			}
		}},
		{name: "tag missing", first: "the GCM tag is missing", spoil: encoding(func(s []byte) string { return text64(s[:len(s)-16]) })},
		{name: "tag first", first: "the GCM tag comes before the ciphertext", spoil: encoding(func(s []byte) string {
			return text64(slices.Concat(s[len(s)-16:], s[:len(s)-16]))
		})},
		{name: "tag cut", first: "it has fewer than 16 bytes", spoil: encoding(func(s []byte) string { return text64(s[:len(s)-4]) })},
		{name: "hex", first: "hexadecimal, not base64", spoil: encoding(hex.EncodeToString)},
		{name: "base64 twice", first: "encoded twice", spoil: encoding(func(s []byte) string { return text64([]byte(text64(s))) })},
		{name: "quoted", first: "quotes around the base64", spoil: encoding(func(s []byte) string { return `"` + text64(s) + `"` })},
		{name: "wrapped", first: "wrapped in JSON", spoil: encoding(func(s []byte) string { return `{"encrypted_response":"` + text64(s) + `"}` })},
		{name: "raw bytes", first: "raw bytes, not base64", spoil: encoding(func(s []byte) string { return string(s) })},
		{name: "URL-safe", first: "URL-safe base64", spoil: encoding(func(s []byte) string { return base64.URLEncoding.EncodeToString(s) })},
		{name: "not encrypted", first: "not encrypted: it is the clear JSON", spoil: inClear(func(text string) string { return text })},
		{name: "only encoded", first: "not encrypted: it is base64", spoil: inClear(func(text string) string { return text64([]byte(text)) })},
		{name: "a Buffer in JSON", first: "a list of byte values", spoil: encoding(func(s []byte) string {
			return `{"type":"Buffer","data":` + strings.ReplaceAll(fmt.Sprintf("%d", s), " ", ",") + `}`
		})},
		{name: "a promise", first: "what a language prints for no value or for an object", spoil: encoding(func([]byte) string { return "{}" })},
		{name: "line breaks", first: "is broken into lines", spoil: encoding(func(s []byte) string { return text64(s[:9]) + "\r\n" + text64(s[9:]) })},
		{name: "a line end", first: "Warning: the answer has a line end or blanks around", spoil: encoding(func(s []byte) string { return text64(s) + "\n" })},
		{name: "a form", first: "other text around the base64", spoil: encoding(func(s []byte) string { return "encrypted_flow_data=" + text64(s) })},
		{name: "sent twice", first: "there are more bytes after the GCM tag of the answer", spoil: encoding(func(s []byte) string {
			return text64(slices.Concat(s, s))
		})},
		{name: "as text", first: "ciphertext that was read as UTF-8", spoil: encoding(func(s []byte) string {
			return strings.ToValidUTF8(string(s), "\ufffd") + strings.Repeat("\ufffd", 4)
		})},
		{name: "cached from the first on", first: "different requests get the same answer", spoil: cacheAnswers},
		{name: "escaped", first: "the base64 of the answer is escaped", spoil: encoding(func(s []byte) string { return url.QueryEscape(text64(s)) })},
		{name: "empty", first: "the answer has no body", spoil: inClear(func(string) string { return "" })},
		{name: "cached", first: "different requests get the same answer", cfg: answeringWith(200, nil, text64([]byte("0123456789 0123456789 0123456789 ")))},
		{name: "an object of Python", first: "an object as the language prints it", spoil: answering(func(_ message, status int, text string) (int, string) {
			return status, strings.ReplaceAll(strings.ReplaceAll(text, `"`, "'"), ":", ": ")
		})},
		{name: "padded", first: "padding behind the JSON", spoil: answering(func(_ message, status int, text string) (int, string) {
			if text == "" {
				return status, ""
			}
			return status, text + "\x04\x04\x04\x04"
		})},
		{name: "JSON twice", first: "encoded as JSON twice", spoil: answering(func(_ message, status int, text string) (int, string) {
			if text == "" {
				return status, ""
			}
			quoted, _ := json.Marshal(text)
			return status, string(quoted)
		})},
	}
}

func requestMistakes() []wrong {
	mac := func(body []byte, secret string) []byte {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write(body)
		return m.Sum(nil)
	}
	return []wrong{
		{name: "OAEP with SHA-1", first: "RSA-OAEP with SHA-1, not SHA-256", spoil: unwrapping(func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
			return rsa.DecryptOAEP(sha1.New(), nil, key, wrapped, nil)
		})},
		{name: "OAEP with SHA-1, answered by 500", first: "RSA-OAEP with SHA-1, not SHA-256", spoil: func(t *testing.T, e *endpoint) {
			e.opaque = 500
			unwrapping(func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
				return rsa.DecryptOAEP(sha1.New(), nil, key, wrapped, nil)
			})(t, e)
		}},
		{name: "MGF1 with SHA-1", first: "SHA-1 for MGF1", spoil: unwrapping(func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
			return key.Decrypt(nil, wrapped, &rsa.OAEPOptions{Hash: 5, MGFHash: 3}) // crypto.SHA256, crypto.SHA1
		})},
		{name: "PKCS #1 v1.5", first: "PKCS #1 v1.5", spoil: unwrapping(func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
			return rsa.DecryptPKCS1v15(nil, key, wrapped) //nolint:staticcheck // deprecated, and what wrong endpoints do
		})},
		{name: "12 bytes of the IV", first: "12 bytes of the IV", spoil: decrypting(func(_ cipher.AEAD, block cipher.Block, iv, data []byte) ([]byte, error) {
			gcm, err := cipher.NewGCM(block)
			if err != nil {
				return nil, err
			}
			return gcm.Open(nil, iv[:12], data, nil)
		})},
		{name: "CBC", first: "decrypted with AES-CBC", spoil: decrypting(func(_ cipher.AEAD, block cipher.Block, iv, data []byte) ([]byte, error) {
			if len(data)%aes.BlockSize != 0 {
				return nil, flowcrypto.ErrDecrypt
			}
			out := bytes.Clone(data)
			cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, out)
			if pad := int(out[len(out)-1]); pad > 0 && pad <= aes.BlockSize {
				return out[:len(out)-pad], nil
			}
			return nil, flowcrypto.ErrDecrypt
		})},
		{
			name: "another private key", first: "its private key does not belong to this public key",
			spoil: unwrapping(func(_ *rsa.PrivateKey, _ []byte) ([]byte, error) {
				return nil, flowcrypto.ErrDecrypt
			}),
		},
		{
			name: "re-serialised by JavaScript", first: "re-serialised JSON",
			spoil: verifying(func(body []byte) string { return digest(rebuilt(body, ""), appSecret) }),
		},
		{name: "re-serialised by Python", first: "re-serialised JSON", spoil: verifying(func(body []byte) string { return digest(rebuilt(body, " "), appSecret) })},
		{name: "HMAC-SHA1", first: "HMAC-SHA1", spoil: func(_ *testing.T, e *endpoint) {
			e.before = func(r *http.Request, body []byte) int {
				m := hmac.New(sha1.New, []byte(appSecret))
				m.Write(body)
				if r.Header.Get("X-Hub-Signature") != "sha1="+hex.EncodeToString(m.Sum(nil)) {
					return 432
				}
				return 0
			}
			e.verify = func([]byte, string) bool { return true }
		}},
		{
			name: "no prefix", first: "without its prefix",
			spoil: verifying(func(body []byte) string { return strings.TrimPrefix(digest(body, appSecret), "sha256=") }),
		},
		{name: "base64 digest", first: "base64 digest", spoil: verifying(func(body []byte) string { return "sha256=" + text64(mac(body, appSecret)) })},
		{name: "the check inverted", first: "the wrong way round", spoil: func(_ *testing.T, e *endpoint) {
			e.verify = func(body []byte, header string) bool { return header != digest(body, appSecret) }
		}},
		{name: "a part signed", first: "over encrypted_flow_data alone", spoil: verifying(func(body []byte) string {
			var envelope struct {
				Data string `json:"encrypted_flow_data"`
			}
			_ = json.Unmarshal(body, &envelope) // of what is not JSON it is empty
			return digest([]byte(envelope.Data), appSecret)
		})},
		{name: "key and body swapped", first: "with the body as the key", spoil: verifying(func(body []byte) string {
			return digest([]byte(appSecret), string(body))
		})},
		{name: "HMAC-SHA512", first: "HMAC-SHA512", spoil: verifying(func(body []byte) string {
			m := hmac.New(sha512.New, []byte(appSecret))
			m.Write(body)
			return "sha256=" + hex.EncodeToString(m.Sum(nil))
		})},
		{name: "another header", first: "from another header than X-Hub-Signature-256", spoil: func(_ *testing.T, e *endpoint) {
			e.before = func(r *http.Request, body []byte) int {
				if r.Header.Get("X-Hub-Signature") != digest(body, appSecret) {
					return 432
				}
				return 0
			}
			e.verify = func([]byte, string) bool { return true }
		}},
		{name: "CTR", first: "decrypted with AES-CTR", spoil: decrypting(func(_ cipher.AEAD, block cipher.Block, iv, data []byte) ([]byte, error) {
			out := make([]byte, max(len(data)-16, 0))
			cipher.NewCTR(block, iv).XORKeyStream(out, data[:len(out)])
			if !json.Valid(out) {
				return nil, flowcrypto.ErrDecrypt
			}
			return out, nil
		})},
		{name: "the IV reversed", first: "with the IV in reverse order", spoil: decrypting(func(gcm cipher.AEAD, _ cipher.Block, iv, data []byte) ([]byte, error) {
			iv = bytes.Clone(iv)
			slices.Reverse(iv)
			return gcm.Open(nil, iv, data, nil)
		})},
		{name: "base64 twice", first: "decoded from base64 twice", spoil: decrypting(func(gcm cipher.AEAD, _ cipher.Block, iv, data []byte) ([]byte, error) {
			size := max(0, len(data)-16)
			inner, err := base64.StdEncoding.DecodeString(string(data[:size]))
			if err != nil {
				return nil, err
			}
			return gcm.Open(nil, iv, slices.Concat(inner, data[size:]), nil)
		})},
		{
			name: "the IV as text", first: "base64 or hexadecimal text of the IV",
			spoil: decrypting(func(_ cipher.AEAD, block cipher.Block, iv, data []byte) ([]byte, error) {
				gcm, err := cipher.NewGCMWithNonceSize(block, len(text64(iv)))
				if err != nil {
					return nil, err
				}
				return gcm.Open(nil, []byte(text64(iv)), data, nil)
			}),
		},
		{name: "the key as text", first: "base64 text of the AES key", spoil: func(_ *testing.T, e *endpoint) {
			unwrap := e.unwrap
			e.decrypt = func(_ cipher.AEAD, _ cipher.Block, env *flowcrypto.Envelope) ([]byte, error) {
				key, err := unwrap(env.EncryptedAESKey)
				if err != nil {
					return nil, err
				}
				block, err := aes.NewCipher([]byte(hex.EncodeToString(key)))
				if err != nil {
					return nil, err
				}
				gcm, err := cipher.NewGCMWithNonceSize(block, 16)
				if err != nil {
					return nil, err
				}
				return gcm.Open(nil, env.InitialVector, env.EncryptedFlowData, nil)
			}
		}},
		{name: "no body signed", first: "over no body", spoil: verifying(func([]byte) string { return digest(nil, appSecret) })},
		{name: "undefined signed", first: "over no body", spoil: verifying(func([]byte) string { return digest([]byte("undefined"), appSecret) })},
		{name: "an object signed", first: "over no body", spoil: verifying(func([]byte) string { return digest([]byte("[object Object]"), appSecret) })},
		{name: "re-serialised with indents", first: "re-serialised JSON", spoil: verifying(func(body []byte) string {
			var out bytes.Buffer
			_ = json.Indent(&out, rebuilt(body, ""), "", "  ") // of what is not JSON it is empty
			return digest(out.Bytes(), appSecret)
		})},
		{name: "re-serialised by Gson", first: "re-serialised JSON", spoil: verifying(func(body []byte) string {
			return digest(bytes.ReplaceAll(rebuilt(body, ""), []byte("="), []byte(`\u003d`)), appSecret)
		})},
		{name: "URL and body signed", first: "over the URL or the method, too", spoil: verifying(func(body []byte) string {
			return digest(slices.Concat([]byte("https://flows.example/visit"), body), appSecret)
		})},
		{name: "path and body signed", first: "over the URL or the method, too", spoil: verifying(func(body []byte) string {
			return digest(slices.Concat([]byte("/visit"), body), appSecret)
		})},
		{name: "method and body signed", first: "over the URL or the method, too", spoil: verifying(func(body []byte) string {
			return digest(slices.Concat([]byte("POST"), body), appSecret)
		})},
		{name: "printed by Python", first: "re-serialised JSON", spoil: verifying(func(body []byte) string {
			return digest(bytes.ReplaceAll(rebuilt(body, " "), []byte(`"`), []byte("'")), appSecret)
		})},
		{name: "the hash signed", first: "over the SHA-256 of the body", spoil: verifying(func(body []byte) string {
			sum := sha256.Sum256(body)
			return digest(sum[:], appSecret)
		})},
		{name: "a plain hash", first: "a plain SHA-256, not an HMAC", spoil: verifying(func(body []byte) string {
			sum := sha256.Sum256(slices.Concat([]byte(appSecret), body))
			return "sha256=" + hex.EncodeToString(sum[:])
		})},
		{name: "HMAC-SHA384", first: "HMAC-SHA384", spoil: verifying(func(body []byte) string {
			m := hmac.New(sha512.New384, []byte(appSecret))
			m.Write(body)
			return "sha256=" + hex.EncodeToString(m.Sum(nil))
		})},
		{
			name: "secret decoded from base64", first: "decoded from base64",
			cfg: func(c *conformance.Config) { c.AppSecret = []byte(hexSecret) },
			spoil: verifying(func(body []byte) string {
				raw, _ := base64.StdEncoding.DecodeString(hexSecret) // 32 digits are base64, too
				return digest(body, string(raw))
			}),
		},
		{name: "OAEP with SHA-512", first: "SHA-384 or SHA-512", spoil: unwrapping(func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
			return rsa.DecryptOAEP(sha512.New(), nil, key, wrapped, nil)
		})},
		{name: "RSA without padding", first: "by RSA without padding", spoil: unwrapping(func(key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
			number := new(big.Int).Exp(new(big.Int).SetBytes(wrapped), key.D, key.N)
			text := number.FillBytes(make([]byte, key.Size()))
			return text[len(text)-16:], nil
		})},
		{name: "IV of zeros", first: "with an IV of zeros", spoil: decrypting(func(gcm cipher.AEAD, _ cipher.Block, _, data []byte) ([]byte, error) {
			return gcm.Open(nil, make([]byte, 16), data, nil)
		})},
		{
			name: "IV from the data", first: "the first bytes of encrypted_flow_data as the IV",
			spoil: decrypting(func(_ cipher.AEAD, block cipher.Block, _, data []byte) ([]byte, error) {
				gcm, err := cipher.NewGCM(block)
				if err != nil {
					return nil, err
				}
				return gcm.Open(nil, data[:min(12, len(data))], data[min(12, len(data)):], nil)
			}),
		},
		{name: "tag of 12 bytes", first: "expected to have 12 bytes", spoil: decrypting(func(gcm cipher.AEAD, _ cipher.Block, iv, data []byte) ([]byte, error) {
			size := max(0, len(data)-12)
			text := gcm.Seal(nil, iv, data[:size], nil)[:size]
			if tag := gcm.Seal(nil, iv, text, nil)[size:]; !bytes.HasPrefix(tag, data[size:]) {
				return nil, flowcrypto.ErrDecrypt
			}
			return text, nil
		})},
		{name: "IV in hexadecimal", first: "hexadecimal text of the IV", spoil: decrypting(func(_ cipher.AEAD, block cipher.Block, iv, data []byte) ([]byte, error) {
			gcm, err := cipher.NewGCMWithNonceSize(block, 2*len(iv))
			if err != nil {
				return nil, err
			}
			return gcm.Open(nil, []byte(hex.EncodeToString(iv)), data, nil)
		})},
		{
			name: "refusals in clear with status 200", first: "that cannot be decrypted are refused, but not with status 421: it is 200",
			spoil: func(_ *testing.T, e *endpoint) {
				e.opaque, e.broken = 200, 200
				e.refusal = func(status int) string { return map[int]string{200: `{"error":"no"}`}[status] }
			},
		},
		{name: "secret empty", first: "app secret of the endpoint is empty", spoil: verifying(func(body []byte) string { return digest(body, "") })},
		{name: "secret undefined", first: `"undefined"`, spoil: verifying(func(body []byte) string { return digest(body, "undefined") })},
		{name: "secret with a line end", first: "ends with a line end", spoil: verifying(func(body []byte) string { return digest(body, appSecret+"\n") })},
		{name: "secret quoted", first: "quotes around it", spoil: verifying(func(body []byte) string { return digest(body, `"`+appSecret+`"`) })},
		{
			name: "another secret", first: "the endpoint has a different app secret",
			spoil: verifying(func(body []byte) string { return digest(body, "0123456789abcdef0123456789abcdef") }),
		},
		{name: "another secret, 401", first: "Cause not known: the endpoint answers status 401", spoil: func(t *testing.T, e *endpoint) {
			e.secret = 401
			verifying(func(body []byte) string { return digest(body, "0123456789abcdef0123456789abcdef") })(t, e)
		}},
	}
}

func behaviours() []wrong {
	return []wrong{
		{name: "no health check", first: "health checks (action ping) are not answered", spoil: failing(500, "ping")},
		{
			name: "another answer to a health check", first: "health checks (action ping) are answered with something other",
			spoil: pinging(`{"data":{"status":"ok"}}`),
		},
		{name: "notices ignored", first: "error notifications are not acknowledged", spoil: noticing(func(message) bool { return true })},
		{name: "signature ignored", first: "the signature of requests is not verified", spoil: func(_ *testing.T, e *endpoint) {
			e.verify = func([]byte, string) bool { return true }
		}},
		{name: "signature optional", first: "a request without a signature is accepted", spoil: func(_ *testing.T, e *endpoint) {
			verify := e.verify
			e.verify = func(body []byte, header string) bool { return header == "" || verify(body, header) }
		}},
		{name: "401 for a wrong signature", first: "not with status 432: it is 401", spoil: func(_ *testing.T, e *endpoint) { e.secret = 401 }},
		{name: "200 for a wrong signature", first: "not with status 432: it is 200", spoil: func(_ *testing.T, e *endpoint) {
			e.secret, e.refusal = 200, func(status int) string { return map[int]string{200: `{"error":"invalid signature"}`}[status] }
		}},
		{name: "500 for the undecryptable", first: "not with status 421: it is 500", spoil: func(_ *testing.T, e *endpoint) { e.opaque = 500 }},
		{
			name: "tag ignored", first: "the GCM tag of requests is not verified",
			spoil: decrypting(func(gcm cipher.AEAD, _ cipher.Block, iv, data []byte) ([]byte, error) {
				size := len(data) - gcm.Overhead()
				stream := gcm.Seal(nil, iv, make([]byte, size), nil)
				for i := range size {
					stream[i] ^= data[i]
				}
				return stream[:size], nil
			}),
		},
		{name: "the malformed accepted", first: "malformed requests are accepted", spoil: func(_ *testing.T, e *endpoint) { e.broken = 200 }},
		{name: "null in the data", first: "the data of the first screen has null in it", spoil: answering(func(msg message, status int, text string) (int, string) {
			if msg.Action == "INIT" && status == 200 && !strings.Contains(text, "acknowledged") {
				return 200, `{"screen":"FIRST","data":{"a":null}}`
			}
			return status, text
		})},
		{name: "INIT fails", first: "Cause not known: INIT is not answered with a screen: status 500", spoil: failing(500, "INIT")},
		{name: "data missing", first: "data is missing", spoil: answering(func(msg message, status int, text string) (int, string) {
			if msg.Action == "INIT" && status == 200 && !strings.Contains(text, "acknowledged") {
				return 200, `{"screen":"FIRST"}`
			}
			return status, text
		})},
		{
			name: "only version 3.0", first: "requests of Data API 4.0 are not answered",
			spoil: inspecting(func(m map[string]any) bool { return m["version"] == "4.0" }),
		},
		{
			name: "content type", first: "Warning: the content type of the answer is not text/plain",
			spoil: func(_ *testing.T, e *endpoint) { e.kind = "application/json" },
		},
		{name: "refusals explained", first: "Warning: refusals have a body", spoil: refusing("no")},
		{name: "slow", first: "Warning: health checks are answered slowly", spoil: func(_ *testing.T, e *endpoint) { e.before = delaying(1500 * time.Millisecond) }},
		{name: "never answers", first: "no answer in time", spoil: func(_ *testing.T, e *endpoint) {
			e.before = func(r *http.Request, _ []byte) int { <-r.Context().Done(); return 500 }
		}},
		{name: "rate limited", first: "the endpoint limits the rate of requests", spoil: func(_ *testing.T, e *endpoint) {
			var calls atomic.Int64
			e.before = func(*http.Request, []byte) int {
				if calls.Add(1) > 12 {
					return 429
				}
				return 0
			}
		}},
		{
			name: "one at a time", first: "no other request is answered while a body arrives slowly",
			spoil: func(_ *testing.T, e *endpoint) { e.places = make(chan struct{}, 1) },
		},
		{name: "204 to all", first: "the answer has status 204, not 200", cfg: answeringWith(204, nil, "")},
		{
			name: "404 for a token", first: "an unknown flow token is refused, but not with status 427",
			spoil: answering(func(msg message, was int, text string) (int, string) {
				if msg.Token == "flowserver-check-no-such-token" && msg.Action == "INIT" {
					return 404, ""
				}
				return was, text
			}),
		},
		{name: "500 to all", first: "Cause not known: the endpoint answers status 500", cfg: answeringWith(500, nil, "")},
		{
			name: "redirect", first: "redirects to https://www.flows.example/visit (status 301)",
			cfg: answeringWith(301, http.Header{"Location": {"https://www.flows.example/visit"}}, ""),
		},
		{name: "login", first: "a login page", cfg: answeringWith(302, http.Header{"Location": {"https://id.example/login"}}, "")},
		{name: "nothing there", first: "nothing is served at this URL", cfg: answeringWith(404, nil, "")},
		{name: "ngrok", first: "a warning page of ngrok", cfg: answeringWith(200, http.Header{"Content-Type": {"text/html"}}, "<html>You are about to visit")},
		{name: "a website", first: `with the title "Welcome"`, cfg: answeringWith(200, http.Header{"Content-Type": {"text/html"}}, "<html><title>Welcome</title>")},
		{name: "no app secret given", first: "no app secret was given", cfg: func(c *conformance.Config) { c.AppSecret = nil }},
	}
}

// The first line that is printed names the one mistake of an endpoint, and it explains
// all that failed.
func TestFirstLineNamesTheMistake(t *testing.T) {
	t.Parallel()
	all := slices.Concat(sealMistakes(), requestMistakes(), behaviours())
	if len(all) < 30 {
		t.Errorf("got %d endpoints, want 30 or more", len(all))
	}
	for _, w := range all {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			report := defect{spoil: w.spoil, cfg: w.cfg}.run(t)
			got := text(t, report)
			first, _, _ := strings.Cut(got, "\n")
			if !strings.Contains(first, w.first) {
				t.Errorf("got the first line %q, want %q in it:\n%s", first, w.first, got)
			}
			if !strings.HasPrefix(first, "Probable cause: ") && !strings.HasPrefix(w.first, "Cause not known: ") && !strings.HasPrefix(w.first, "Warning: ") {
				t.Errorf("got %q, want a probable cause", first)
			}
			failed := 0
			for _, cause := range report.Causes {
				if cause.Outcome == conformance.Fail {
					failed++
				}
			}
			if failed > 1 {
				t.Errorf("got %d causes of failures, want 1:\n%s", failed, got)
			}
		})
	}
}

// Endpoints that are right are not accused, whatever they do where Meta leaves it open.
func TestRightEndpointsAreNotAccused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*testing.T, *endpoint){
		"500 for the malformed": func(_ *testing.T, e *endpoint) { e.broken = 500 },
		"421 for the malformed": func(_ *testing.T, e *endpoint) { e.broken = 421 },
		"opens with navigate":   failing(400, "INIT"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := defect{spoil: spoil}.run(t)
			for _, cause := range report.Causes {
				if cause.Outcome == conformance.Fail || cause.Text != "hostile input is answered with status 500" {
					t.Errorf("got\n%s\nwant no accusation", text(t, report))
				}
			}
		})
	}
	t.Run("opens with navigate, answered by 500", func(t *testing.T) {
		t.Parallel()
		report := defect{spoil: failing(500, "INIT"), cfg: func(c *conformance.Config) { c.NoInit = true }}.run(t)
		if report.Failed() || len(report.Causes) > 0 {
			t.Errorf("got\n%s\nwant no accusation", text(t, report))
		}
	})
}

// A case that ends the endpoint is the failure, and the rest is skipped if it stays
// away, or judged if it comes back.
func TestLife(t *testing.T) {
	t.Parallel()
	dies := func(back time.Duration) func(*testing.T, *endpoint) {
		return func(t *testing.T, e *endpoint) {
			answering(func(msg message, status int, text string) (int, string) {
				if msg.Data["error_key"] != nil {
					e.dead.Store(true)
					if back > 0 {
						time.AfterFunc(back, func() { e.dead.Store(false) })
					}
					panic(http.ErrAbortHandler)
				}
				return status, text
			})(t, e)
		}
	}
	t.Run("gone", func(t *testing.T) {
		t.Parallel()
		report := defect{spoil: dies(0)}.run(t)
		for _, r := range report.Results {
			if r.Outcome == conformance.Fail && r.ID != "notices/error-key" {
				t.Errorf("%s failed: %s", r.ID, r.Got)
			}
			if r.ID == "signature/missing" && // of other cases that come after it
				(r.Outcome != conformance.Skip || r.Note != "the endpoint has been down since notices/error-key") {
				t.Errorf("got %+v, want it skipped", r)
			}
		}
		const want = "Probable cause: the endpoint goes down at an error notification with the older key error_key " +
			"(notices/error-key) (explains 1 of 1)"
		if first, _, _ := strings.Cut(text(t, report), "\n"); first != want {
			t.Errorf("got the first line %q", first)
		}
	})
	t.Run("comes back", func(t *testing.T) {
		t.Parallel()
		report := defect{spoil: dies(3 * time.Second)}.run(t)
		if got := unmetOf(report); !slices.Equal(got, []string{"notices/error-key"}) || report.Count(conformance.Skip) > 0 {
			t.Errorf("got\n%s\nwant notices/error-key alone to fail", text(t, report))
		}
	})
	t.Run("after its answer", func(t *testing.T) {
		t.Parallel()
		report := defect{spoil: func(_ *testing.T, e *endpoint) {
			e.before = func(r *http.Request, body []byte) int {
				if r.Method == http.MethodPost && string(body) == "hello" {
					e.dead.Store(true)
					time.AfterFunc(2*time.Second, func() { e.dead.Store(false) })
					return 400
				}
				return 0
			}
		}, cfg: func(c *conformance.Config) { c.Only = []string{"malformed"} }}.run(t)
		const want = "the endpoint goes down at a body that is not JSON (malformed/not-json)"
		if len(report.Causes) != 1 || report.Causes[0].Text != want {
			t.Errorf("got\n%s\nwant one cause, %s", text(t, report), want)
		}
	})
	t.Run("at several requests", func(t *testing.T) {
		t.Parallel()
		report := defect{spoil: answering(func(msg message, status int, text string) (int, string) {
			if strings.Contains(text, "acknowledged") {
				panic(http.ErrAbortHandler)
			}
			return status, text
		})}.run(t)
		if len(report.Causes) != 1 || report.Causes[0].ID != "notices-unanswered" || len(report.Causes[0].Cases) != 6 {
			t.Errorf("got\n%s\nwant one cause for connections that are closed", text(t, report))
		}
		report = defect{spoil: func(t *testing.T, e *endpoint) {
			answering(func(_ message, status int, text string) (int, string) {
				if strings.Contains(text, "acknowledged") {
					e.dead.Store(true)
					time.AfterFunc(time.Second, func() { e.dead.Store(false) })
					panic(http.ErrAbortHandler)
				}
				return status, text
			})(t, e)
		}}.run(t)
		if len(report.Causes) != 1 || report.Causes[0].Text !=
			"the endpoint goes down at some requests: an error notification (notices/error), and 5 more" {
			t.Errorf("got\n%s\nwant one cause for all that ends the endpoint", text(t, report))
		}
	})
	t.Run("once only", func(t *testing.T) {
		t.Parallel()
		var calls atomic.Int64
		report := defect{spoil: func(_ *testing.T, e *endpoint) {
			e.before = func(*http.Request, []byte) int {
				if calls.Add(1) == 40 {
					panic(http.ErrAbortHandler)
				}
				return 0
			}
		}}.run(t)
		if got := len(unmetOf(report)); got > 1 {
			t.Errorf("got %d cases that are not met, want 1 at most:\n%s", got, text(t, report))
		}
	})
}

// An endpoint that answers no health check is judged by INIT, where any request will do.
// The cause that explains more comes first.
func TestWithoutHealthChecks(t *testing.T) {
	t.Parallel()
	report := defect{spoil: func(t *testing.T, e *endpoint) {
		failing(500, "ping")(t, e)
		e.verify = func([]byte, string) bool { return true }
	}}.run(t)
	var got []string
	for _, cause := range report.Causes {
		got = append(got, cause.ID)
	}
	if want := []string{"signature-ignored", "ping-unanswered"}; !slices.Equal(got, want) {
		t.Errorf("got the causes %q, want %q:\n%s", got, want, text(t, report))
	}
}
