package exchange

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzForeignBody describes anything, in short and without what only the body can have.
func FuzzForeignBody(f *testing.F) {
	for _, seed := range []string{
		"", "{", "\"", "[]", "null", `{"body":"eyJlbmNyeXB0ZWRfZmxvd19kYXRhIjoiIn0="}`, `{"type":"Buffer","data":[123,125]}`, "a=b&c=%7B%7D",
		`[{"body":{"encrypted_flow_data":"","encrypted_aes_key":"","initial_vector":""}}]`, "\ufeff", "\xff\xfe", "%7B%22a%22:1%7D", `{"type":"Buffer","data":`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text := foreignBody(body)
		if !utf8.ValidString(text) || len(text) > 600 || strings.ContainsAny(text, "\n\x00") {
			t.Errorf("%q is described as %q", body, text)
		}
	})
}
