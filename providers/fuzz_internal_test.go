package providers

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/flowserver/flowserver/registration"
)

// FuzzDecodeGraph feeds answers to the decoder of ChakraHQ and Meta.
func FuzzDecodeGraph(f *testing.F) {
	addFixtures(f, "chakra-*.json")
	for _, body := range []string{
		`{"data":[{"business_public_key":" ","business_public_key_signature_status":"MISMATCH"}]}`,
		`{"business_public_key":"k","business_public_key_signature_status":null}`,
		`{"_data":{"data":[{}]},"_meta":{},"_errors":[]}`,
		`{"_errors":["retry after 10 ms"],"retry_after_ms":"1e3"}`,
		`{"error":{"message":"m","code":190,"error_subcode":463,"fbtrace_id":"t","is_transient":true,"error_user_msg":"u"}}`,
		`{"success":true}`, `Not Found`, `[]`, `null`, `{"error":"text"}`, `{"data":{"data":{"data":null}}}`,
	} {
		f.Add(200, body)
		f.Add(400, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := &answer{status: status, header: http.Header{"X-Business-Use-Case-Usage": {body}}, body: []byte(body)}
		key, failure := decodeGraphKey(a)
		checkDecoded(t, a, key, failure)
		checkDecoded(t, a, registration.RemoteKey{}, decodeGraphSet(a))
	})
}

// FuzzDecodeKaleyra feeds answers to the decoder of Kaleyra.
func FuzzDecodeKaleyra(f *testing.F) {
	addFixtures(f, "kaleyra-*.json")
	for _, body := range []string{
		`{"code":"WA200","data":[],"error":{}}`, `{"code":"WA-200","data":{"success":true},"error":""}`,
		`{"code":200,"data":null,"error":null}`, `{"code":"WA-400","error":{"a":"b","c":"d"}}`, `Not Found`, `[]`, `null`,
	} {
		f.Add(200, body)
		f.Add(401, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := &answer{status: status, header: http.Header{}, body: []byte(body)}
		key, failure := decodeKaleyraKey(a)
		checkDecoded(t, a, key, failure)
		checkDecoded(t, a, registration.RemoteKey{}, decodeKaleyraSet(a))
	})
}

func addFixtures(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join("..", "testdata", "providers", pattern))
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures %s: %v", pattern, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(200, string(text))
		f.Add(401, string(text))
	}
}

// checkDecoded holds for every answer: success only of a 2xx, either a key or a
// failure, and a failure of a known kind with a text that fits a log line.
func checkDecoded(t *testing.T, a *answer, key registration.RemoteKey, failure *APIError) {
	t.Helper()
	if failure == nil {
		if !a.ok() {
			t.Errorf("got success of HTTP %d", a.status)
		}
		return
	}
	if key != (registration.RemoteKey{}) {
		t.Errorf("got key %v beside %v", key, failure)
	}
	if outcomes[failure.Kind] == "" {
		t.Errorf("got kind %v", failure.Kind)
	}
	if failure.RetryAfter < 0 || failure.RetryAfter > maxRetryAfter {
		t.Errorf("got retry after %v", failure.RetryAfter)
	}
	quote := quoter("0123456789abcdef")
	for _, text := range []string{quote(failure.Message, maxMessage), quote(failure.Code, maxLabel), quote(failure.TraceID, maxLabel)} {
		if len([]rune(text)) > maxMessage || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("got text %q", text)
		}
	}
}
