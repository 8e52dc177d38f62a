package conformance_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/conformance"
)

func answerDefects() []defect {
	return []defect{
		{
			name: "never answers", want: []string{"reachability/answers"},
			spoil: func(_ *testing.T, e *endpoint) {
				e.before = func(r *http.Request, _ []byte) int { <-r.Context().Done(); return 500 }
			},
		},
		{
			name: "closes the connection", want: []string{"reachability/answers"},
			spoil: func(_ *testing.T, e *endpoint) { e.dead.Store(true) },
		},
		{
			name: "no TLS", want: []string{"reachability/https"}, only: []string{"reachability"},
			cfg: func(c *conformance.Config) { c.URL = "http://flows.example/visit" },
		},
		{
			name: "certificate not verified", want: []string{"reachability/https"}, only: []string{"reachability"},
			cfg: func(c *conformance.Config) {
				c.HTTPClient.Transport = inMemory{c.HTTPClient.Transport.(inMemory).Handler, true}
			},
		},
		{
			name: "redirects", want: []string{"reachability/status"},
			spoil: func(_ *testing.T, e *endpoint) { e.before = func(*http.Request, []byte) int { return 301 } },
		},
		{
			name: "wants a signature that was not given", want: []string{"reachability/status"},
			cfg: func(c *conformance.Config) { c.AppSecret = nil },
		},
		{
			name: "created", only: []string{"reachability"}, want: []string{"reachability/status"},
			spoil: answering(func(msg message, _ int, plaintext string) (int, string) { return 201, plaintext }),
		},
		{
			name: "page for GET", only: []string{"reachability"}, want: []string{"reachability/method"},
			spoil: func(_ *testing.T, e *endpoint) { e.page = 200 },
		},
		{
			name: "other content type", want: []string{"health/content-type"},
			spoil: func(_ *testing.T, e *endpoint) { e.kind = "application/json; charset=utf-8" },
		},
		{
			name: "base64 as JSON", only: []string{"health"},
			want:  []string{"health/base64"},
			spoil: encoding(func(sealed []byte) string { return `"` + base64.StdEncoding.EncodeToString(sealed) + `"` }),
		},
		{
			name: "URL-safe base64", only: []string{"health/base64"}, want: []string{"health/base64"},
			spoil: encoding(func(sealed []byte) string { return "-_" + base64.URLEncoding.EncodeToString(sealed) }),
		},
		{
			name: "raw bytes", only: []string{"health/base64"}, want: []string{"health/base64"},
			spoil: encoding(func(sealed []byte) string { return string(sealed) + "\x00" }),
		},
		{
			name: "base64 without padding", only: []string{"health/base64"}, want: []string{"health/base64"},
			spoil: encoding(base64.RawStdEncoding.EncodeToString),
		},
		{
			name: "line break after the base64", want: []string{"health/base64"},
			spoil: encoding(func(sealed []byte) string { return base64.StdEncoding.EncodeToString(sealed) + "\n" }),
		},
		{
			name: "IV not inverted", only: []string{"health", "init/screen"},
			want:  []string{"health/decrypts"},
			spoil: func(_ *testing.T, e *endpoint) { e.nonce = bytes.Clone },
		},
		{
			name: "other ping answer", only: []string{"health"}, want: []string{"health/active"},
			spoil: pinging(`{"data":{"status":"ok"}}`),
		},
		{
			name: "ping answer with a version", want: []string{"health/active"},
			spoil: pinging(`{"version":"3.0","data":{"status":"active"}}`),
		},
		{
			name: "sealed answers cached", only: []string{"health"}, want: []string{"health/every-time", "health/version-4", "health/ignores-token"},
			spoil: cacheAnswers,
		},
		{
			name: "only version 3.0", want: []string{"health/version-4", "init/version-4", "notices/number-version"},
			spoil: inspecting(func(m map[string]any) bool { return m["version"] != "3.0" && m["version"] != nil }),
		},
		{
			name: "token of a ping checked", want: []string{"health/ignores-token"},
			spoil: answering(func(msg message, status int, plaintext string) (int, string) {
				if msg.Action == "ping" && msg.Token != "" {
					return 427, `{"error_msg":"no"}`
				}
				return status, plaintext
			}),
		},
	}
}

func flowDefects() []defect {
	submitted := func(plaintext string) func(*testing.T, *endpoint) {
		return answering(func(msg message, status int, text string) (int, string) {
			if msg.Screen != nil && *msg.Screen == "FIRST" {
				return 200, plaintext
			}
			return status, text
		})
	}
	opening := func(plaintext string) func(*testing.T, *endpoint) {
		return answering(func(msg message, status int, text string) (int, string) {
			if msg.Action == "INIT" && status == 200 && msg.Data["error"] == nil {
				return 200, plaintext
			}
			return status, text
		})
	}
	forToken := func(token string, status int) func(*testing.T, *endpoint) {
		return answering(func(msg message, was int, text string) (int, string) {
			if msg.Token == token && msg.Action == "INIT" {
				return status, ""
			}
			return was, text
		})
	}
	return []defect{
		{name: "INIT without a screen", want: []string{"init/screen"}, spoil: opening(`{"data":{}}`)},
		{name: "INIT without data", want: []string{"init/screen"}, spoil: opening(`{"screen":"FIRST"}`)},
		{name: "null in the first screen", want: []string{"init/no-null"}, spoil: opening(`{"screen":"FIRST","data":{"list":[{"a":null}]}}`)},
		{
			name: "INIT needs screen and data", want: []string{"init/absent", "init/null"},
			spoil: inspecting(func(m map[string]any) bool { return m["action"] == "INIT" && (m["screen"] == nil || m["data"] == nil) }),
		},
		{
			name: "null refused", want: []string{"init/null"},
			spoil: inspecting(func(m map[string]any) bool {
				screen, found := m["screen"]
				return found && screen == nil
			}),
		},
		{
			name: "unknown keys of a message refused", want: []string{"init/unknown-keys"},
			spoil: inspecting(func(m map[string]any) bool { return m["flowserver_check"] != nil }),
		},
		{name: "unknown token", want: []string{"init/unknown-token"}, spoil: forToken("flowserver-check-no-such-token", 401)},
		{name: "unused token", want: []string{"init/unused-token"}, spoil: forToken("unused", 500)},
		{
			name: "427 in the clear", only: []string{"init/un*-token"}, want: []string{"init/unused-token"},
			spoil: func(t *testing.T, e *endpoint) {
				forToken("unused", 427)(t, e)
				e.refusal = func(int) string { return `{"error_msg":"no"}` }
			},
		},
		{
			name: "given token refused", only: []string{"init"}, want: []string{"init/screen"},
			spoil: forToken("given", 427), cfg: func(c *conformance.Config) { c.Token = "given" },
		},
		{name: "submission without a screen", want: []string{"submit/screen"}, spoil: submitted(`{"data":{}}`)},
		{
			name: "completion without the flow token", want: []string{"submit/screen"},
			spoil: submitted(`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{}}}}`),
		},
		{name: "null in the next screen", want: []string{"submit/no-null"}, spoil: submitted(`{"screen":"SECOND","data":{"a":null}}`)},
		{
			name: "unknown keys of a payload refused", want: []string{"submit/unknown-keys", "submit/unicode"},
			spoil: answering(func(msg message, status int, text string) (int, string) {
				if msg.Data["flowserver_check"] != nil {
					return 500, ""
				}
				return status, text
			}),
		},
		{
			name: "ASCII only", want: []string{"submit/unicode", "encodings/unicode"},
			spoil: func(_ *testing.T, e *endpoint) {
				e.inspect = func(plaintext []byte) int {
					if utf8.Valid(plaintext) && bytes.ContainsFunc(plaintext, func(c rune) bool { return c > 127 }) {
						return 500
					}
					return 0
				}
			},
		},
		{name: "notices not known", want: []string{"notices/*"}, spoil: noticing(func(message) bool { return true })},
		{
			name: "notices not acknowledged", want: []string{"notices/*"},
			spoil: answering(func(msg message, status int, text string) (int, string) {
				return status, strings.Replace(text, `{"acknowledged":true}`, `{}`, 1)
			}),
		},
		{name: "error only if true", want: []string{"notices/empty-key"}, spoil: noticing(func(m message) bool { return m.Data["error"] == "" })},
		{name: "error_key not known", want: []string{"notices/error-key"}, spoil: noticing(func(m message) bool { return m.Data["error"] == nil })},
		{name: "notices routed by action", want: []string{"notices/navigate"}, spoil: noticing(func(m message) bool { return m.Action == "navigate" })},
		{name: "notices need a screen", want: []string{"notices/init"}, spoil: noticing(func(m message) bool { return *m.Screen == "" })},
	}
}

// cacheAnswers has the endpoint send its first answer again and again.
func cacheAnswers(_ *testing.T, e *endpoint) {
	var first atomic.Pointer[string]
	encode := e.encode
	e.encode = func(sealed []byte, plaintext string) string {
		text := encode(sealed, plaintext)
		first.CompareAndSwap(nil, &text)
		return *first.Load()
	}
}
