package conformance_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/conformance"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

func encodingDefects() []defect {
	raw := func(status int, bad func(r *http.Request, body string) bool) func(*testing.T, *endpoint) {
		return func(_ *testing.T, e *endpoint) {
			e.before = func(r *http.Request, body []byte) int {
				if r.Method == http.MethodPost && bad(r, string(body)) {
					return status
				}
				return 0
			}
		}
	}
	return []defect{
		{
			name: "signature over re-serialised JSON", only: []string{"encodings", "signature"}, want: []string{"reachability/status"},
			spoil: func(_ *testing.T, e *endpoint) {
				verify := e.verify
				e.verify = func(body []byte, header string) bool {
					var envelope struct {
						Data string `json:"encrypted_flow_data"`
						Key  string `json:"encrypted_aes_key"`
						IV   string `json:"initial_vector"`
					}
					if json.Unmarshal(body, &envelope) != nil {
						return false
					}
					again, err := json.Marshal(envelope)
					return err == nil && verify(again, header)
				}
			},
		},
		{
			name: "slashes must be escaped", want: []string{"encodings/plain-slashes"}, only: []string{"encodings"},
			spoil: raw(400, func(_ *http.Request, body string) bool { return regexp.MustCompile(`[^\\]/`).MatchString(body) }),
		},
		{
			name: "JSON without white space", want: []string{"encodings/white-space"},
			spoil: raw(400, func(_ *http.Request, body string) bool {
				return !strings.HasPrefix(body, "{") && json.Valid([]byte(body))
			}),
		},
		{
			name: "envelope keys compared", want: []string{"encodings/unknown-keys"},
			spoil: raw(400, func(_ *http.Request, body string) bool { return strings.Contains(body, "flowserver_check") }),
		},
		{
			name: "content type compared", want: []string{"encodings/content-type"},
			spoil: raw(415, func(r *http.Request, _ string) bool { return r.Header.Get("Content-Type") != "application/json" }),
		},
		{
			name: "Content-Length needed", want: []string{"encodings/chunked"},
			spoil: raw(411, func(r *http.Request, _ string) bool { return r.ContentLength < 0 }),
		},
		{
			name: "limit of 32 KiB", want: []string{"encodings/large"},
			spoil: func(_ *testing.T, e *endpoint) { e.limit = 32 << 10 },
		},
		{
			name: "clear text searched", only: []string{"encodings"}, want: []string{"encodings/escapes"},
			spoil: func(_ *testing.T, e *endpoint) {
				e.inspect = func(plaintext []byte) int {
					if !bytes.Contains(plaintext, []byte(`"action":"ping"`)) {
						return 400
					}
					return 0
				}
			},
		},
		{
			name: "answers with a clock", only: []string{"replay"}, want: []string{"replay/ping", "replay/init", "replay/rewritten", "replay/submit"},
			spoil: answering(func(_ message, status int, text string) (int, string) {
				return status, strings.Replace(text, `"data":{`, fmt.Sprintf(`"data":{"now":%d,`, time.Now().Unix()), 1)
			}),
		},
		{
			name: "INIT with a counter", want: []string{"replay/init", "replay/rewritten"}, spoil: counting,
		},
		{
			name: "answers remembered by body", want: []string{"replay/rewritten"},
			spoil: func(t *testing.T, e *endpoint) {
				e.memory = new(sync.Map)
				counting(t, e)
			},
		},
	}
}

func refusalDefects() []defect {
	return []defect{
		{name: "signature not verified", only: []string{"signature"}, want: []string{"signature/[^u]*"}, spoil: func(_ *testing.T, e *endpoint) {
			e.verify = func([]byte, string) bool { return true }
		}},
		{name: "401 for a wrong signature", want: []string{"signature/[^u]*"}, spoil: func(_ *testing.T, e *endpoint) { e.secret = 401 }},
		{name: "signature optional", want: []string{"signature/missing"}, spoil: func(_ *testing.T, e *endpoint) {
			verify := e.verify
			e.verify = func(body []byte, header string) bool { return header == "" || verify(body, header) }
		}},
		{name: "signature compared as far as it goes", want: []string{"signature/short", "signature/missing"}, spoil: func(_ *testing.T, e *endpoint) {
			e.verify = func(body []byte, header string) bool {
				return strings.HasPrefix(flowcrypto.Sign(body, []byte(appSecret)), header) ||
					strings.EqualFold(flowcrypto.Sign(body, []byte(appSecret)), header)
			}
		}},
		{name: "signature compared as text", want: []string{"signature/upper-case"}, spoil: func(_ *testing.T, e *endpoint) {
			e.verify = func(body []byte, header string) bool { return flowcrypto.Sign(body, []byte(appSecret)) == header }
		}},
		{name: "prefix of the signature ignored", want: []string{"signature/no-prefix"}, spoil: func(_ *testing.T, e *endpoint) {
			verify := e.verify
			e.verify = func(body []byte, header string) bool {
				return verify(body, "sha256="+strings.TrimPrefix(header, "sha256="))
			}
		}},
		{name: "500 for the undecryptable", only: []string{"decryption"}, want: []string{"decryption/*"}, spoil: func(_ *testing.T, e *endpoint) { e.opaque = 500 }},
		{name: "OAEP with SHA-1 taken", want: []string{"decryption/oaep-sha1"}, spoil: func(t *testing.T, e *endpoint) {
			unwrap := e.unwrap
			e.unwrap = func(wrapped []byte) ([]byte, error) {
				if key, err := rsa.DecryptOAEP(sha1.New(), nil, vectortest.Key(t, "a"), wrapped, nil); err == nil {
					return key, nil
				}
				return unwrap(wrapped)
			}
		}},
		{name: "OAEP label taken", want: []string{"decryption/oaep-label"}, spoil: func(t *testing.T, e *endpoint) {
			unwrap := e.unwrap
			e.unwrap = func(wrapped []byte) ([]byte, error) {
				if key, err := rsa.DecryptOAEP(sha256.New(), nil, vectortest.Key(t, "a"), wrapped, []byte("flow")); err == nil {
					return key, nil
				}
				return unwrap(wrapped)
			}
		}},
		{name: "AES-256 taken", want: []string{"decryption/aes-key-32-bytes"}, spoil: func(_ *testing.T, e *endpoint) { e.aes256 = true }},
		{name: "tag not checked", want: []string{"decryption/bad-tag"}, spoil: func(_ *testing.T, e *endpoint) {
			e.decrypt = func(gcm cipher.AEAD, _ cipher.Block, env *flowcrypto.Envelope) ([]byte, error) {
				// GCM is a key stream: sealing zeros shows it
				size := len(env.EncryptedFlowData) - gcm.Overhead()
				stream := gcm.Seal(nil, env.InitialVector, make([]byte, size), nil)
				plaintext := make([]byte, size)
				for i := range plaintext {
					plaintext[i] = env.EncryptedFlowData[i] ^ stream[i]
				}
				if size == 0 || plaintext[0] != '{' || !utf8.Valid(plaintext) {
					return nil, flowcrypto.ErrDecrypt
				}
				return plaintext, nil
			}
		}},
		{name: "200 for the malformed", want: []string{"malformed/*"}, spoil: func(_ *testing.T, e *endpoint) { e.broken = 200 }},
		{name: "closes on the malformed", only: []string{"malformed", "alive/ping"}, want: []string{"malformed/*"}, spoil: func(_ *testing.T, e *endpoint) {
			e.broken = 400
			e.refusal = func(int) string { panic(http.ErrAbortHandler) }
		}},
		{name: "refusals explained", want: []string{"hygiene/empty"}, spoil: refusing(`{"error":"bad request"}`)},
		{name: "refusals with a stack trace", want: []string{"hygiene/*"}, spoil: refusing("Error\n    at open (/app/server.js:17:3)")},
		{name: "refusals with the framework's page", want: []string{"hygiene/*"}, spoil: refusing("<!DOCTYPE html><title>421</title>")},
		{name: "refusals with a secret", want: []string{"hygiene/*"}, spoil: refusing("expected HMAC with " + appSecret)},
	}
}

func hostileDefects() []defect {
	wrong := []defect{
		{
			name: "2 MiB taken", want: []string{"hostile/oversize"},
			spoil: func(_ *testing.T, e *endpoint) { e.limit = 4 << 20 },
		},
		{
			name: "one at a time", only: []string{"hostile"}, want: []string{"hostile/slow-body"},
			spoil: func(_ *testing.T, e *endpoint) { e.places = make(chan struct{}, 1) },
		},
		{
			name: "gives up under fire", only: []string{"alive"}, want: []string{"alive/under-fire"},
			spoil: func(_ *testing.T, e *endpoint) {
				e.refusal = func(int) string { e.dead.Store(true); return "" }
			},
		},
		{
			name: "fails after spoilt requests", only: []string{"init/screen", "alive"}, want: []string{"alive/*"},
			spoil: func(t *testing.T, e *endpoint) {
				var hit atomic.Bool
				e.refusal = func(int) string { hit.Store(true); return "" }
				answering(func(_ message, status int, text string) (int, string) {
					if hit.Load() {
						return 500, ""
					}
					return status, text
				})(t, e)
			},
		},
		{
			name: "slow", only: []string{"latency"}, want: []string{"latency/*"},
			spoil: func(_ *testing.T, e *endpoint) { e.before = delaying(1500 * time.Millisecond) },
		},
		{
			name: "slower than the wall", only: []string{"latency"}, want: []string{"latency/*"},
			spoil: func(_ *testing.T, e *endpoint) { e.before = delaying(11 * time.Second) },
			cfg:   func(c *conformance.Config) { c.Timeout = time.Minute },
		},
		{
			name: "slow when busy", only: []string{"latency"}, want: []string{"latency/parallel"},
			spoil: func(_ *testing.T, e *endpoint) {
				e.places, e.before = make(chan struct{}, 1), delaying(400*time.Millisecond)
			},
		},
	}
	nested := strings.Repeat("[", 1000)
	for name, hostile := range map[string]func(r *http.Request, body, plaintext string) bool{
		"deep-data":        func(_ *http.Request, _, plaintext string) bool { return strings.Contains(plaintext, nested) },
		"deep-envelope":    func(_ *http.Request, body, _ string) bool { return strings.Contains(body, nested) },
		"huge-string":      func(_ *http.Request, _, plaintext string) bool { return len(plaintext) > 200<<10 },
		"huge-number":      func(_ *http.Request, _, plaintext string) bool { return strings.Contains(plaintext, "1e99999") },
		"nul":              func(_ *http.Request, _, plaintext string) bool { return strings.Contains(plaintext, `\u0000`) },
		"lone-surrogate":   func(_ *http.Request, _, plaintext string) bool { return strings.Contains(plaintext, `\ud800`) },
		"duplicate-keys":   func(_ *http.Request, _, plaintext string) bool { return strings.Count(plaintext, `"action"`) > 1 },
		"prototype-keys":   func(_ *http.Request, _, plaintext string) bool { return strings.Contains(plaintext, "__proto__") },
		"invalid-utf8":     func(_ *http.Request, body, _ string) bool { return !utf8.ValidString(body) },
		"duplicate-fields": func(_ *http.Request, body, _ string) bool { return strings.Count(body, `"encrypted_aes_key"`) > 1 },
		"long-header":      func(r *http.Request, _, _ string) bool { return len(r.Header.Get("X-Flowserver-Check")) > 1000 },
		"oversize":         func(_ *http.Request, body, _ string) bool { return len(body) > 1<<20 },
	} {
		then := func(do func(r *http.Request) int) func(*testing.T, *endpoint) {
			return func(t *testing.T, e *endpoint) {
				e.before = func(r *http.Request, body []byte) int {
					if hostile(r, string(body), opened(t, body)) {
						return do(r)
					}
					return 0
				}
			}
		}
		wrong = append(
			wrong,
			defect{
				name: "hangs on " + name, only: []string{"hostile"}, want: []string{"hostile/" + name},
				spoil: then(func(r *http.Request) int { <-r.Context().Done(); return 500 }),
			},
		)
		if name != "oversize" { // where any refusal will do
			wrong = append(wrong, defect{
				name: "500 for " + name, only: []string{"hostile"}, want: []string{"hostile/" + name},
				spoil: then(func(*http.Request) int { return 500 }),
			})
		}
	}
	return wrong
}
