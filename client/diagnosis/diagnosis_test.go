package diagnosis_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

const appSecret = "0123456789abcdef0123456789abcdef"

// explain sends a health check to a server, and explains the answer.
func explain(t *testing.T, handler http.HandlerFunc) *diagnosis.Cause {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := client.New(client.Config{
		URL: server.URL + "/flow", PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
		HTTPClient: server.Client(), // servers that close end the calls of http.DefaultTransport
	})
	if err != nil {
		t.Fatal(err)
	}
	request, err := c.Seal([]byte(`{"version":"3.0","action":"ping"}`))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := c.Do(t.Context(), request)
	return diagnosis.Explain(t.Context(), c, reply, err)
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// open opens a request as a right endpoint does.
func open(t *testing.T, r *http.Request) (status int, sealer *flowcrypto.Sealer) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil || flowcrypto.VerifySignature(body, r.Header.Get(flowcrypto.SignatureHeader), []byte(appSecret)) != nil {
		return 432, nil
	}
	envelope, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		return 400, nil
	}
	if _, sealer, err = flowcrypto.Open(envelope, vectortest.Key(t, "a")); err != nil {
		return 421, nil
	}
	return 200, sealer
}

func TestExplain(t *testing.T) {
	t.Parallel()
	var flaky atomic.Int64
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		id      string // empty if the cause is unknown, "-" if there is none
		text    string
	}{
		"sound": {func(w http.ResponseWriter, r *http.Request) {
			if status, sealer := open(t, r); status == 200 {
				sealed, _ := sealer.Seal([]byte(`{"data":{"status":"active"}}`)) // seals once, as here
				_, _ = w.Write(sealed)
			}
		}, "-", ""},
		"failed once": {func(w http.ResponseWriter, r *http.Request) {
			_, sealer := open(t, r)
			if flaky.Add(1) == 1 || sealer == nil {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			sealed, _ := sealer.Seal([]byte(`{"data":{"status":"active"}}`)) // seals once, as here
			_, _ = w.Write(sealed)
		}, "-", ""},
		"500":                {answer(500, ""), "", "the endpoint answers status 500"},
		"503 with JSON":      {answer(503, `{"error":"busy"}`), "", "the endpoint answers status 503"},
		"200 with a word":    {answer(200, "OK"), "", "not standard base64"},
		"200 with an error":  {answer(200, `{"error":"invalid signature"}`), "", "a JSON object"},
		"text/html, base64":  {answer(200, "AAECAwQFBgcICQoLDA0ODxAREhM=", "Content-Type", "text/html"), "answer-constant", ""},
		"JWE":                {answer(200, "eyJhbGciOiJkaXIifQ..48V1_ALb6US04U3b.5eym8TW_c8SuK0.XFBoMYUZodetZdvT"), "answer-jose", ""},
		"201":                {answer(201, ""), "success-not-200", "status 201"},
		"404 with a page":    {answer(404, "<!DOCTYPE html><title>Error</title><pre>Cannot POST /flow</pre>"), "nothing-at-url", ""},
		"403 with a page":    {answer(403, "<html><title>Blocked</title>"), "page", `"Blocked"`},
		"404":                {answer(404, ""), "nothing-at-url", ""},
		"405":                {answer(405, ""), "post-not-accepted", ""},
		"429":                {answer(429, ""), "rate-limited", ""},
		"502":                {answer(502, ""), "gateway", ""},
		"basic":              {answer(401, "", "WWW-Authenticate", `Basic realm="x"`), "login-required", `"Basic"`},
		"redirect":           {answer(301, "", "Location", "https://u:p@www.flows.example/flow?token=t"), "redirect", "https://www.flows.example/flow (status 301)"},
		"redirect, no place": {answer(302, ""), "redirect", "the URL redirects (status 302)"},
		"login":              {answer(302, "", "Location", "/login?next=x"), "login-required", "/login"},
		"a lesson":           {answer(302, "", "Location", "/lesson/1"), "redirect", "/lesson/1"},
		"421":                {answer(421, ""), "private-key-other", ""},
		"432":                {answer(432, ""), "app-secret-other", ""},
		"421 for all, https": {answer(400, "Client sent an HTTP request to an HTTPS server.\n"), "page-tls-port", ""},
		"cut":                {answer(200, "AAAA", "Content-Length", "10"), "answer-cut", ""},
		"not gzip":           {answer(200, strings.Repeat("AAAA", 20), "Content-Encoding", "gzip"), "content-encoding", ""},
		"brotli":             {answer(200, "\x1b\x4f\x00\xf8", "Content-Encoding", "br"), "content-encoding", "does not accept"},
		"identity":           {answer(200, strings.Repeat("AAAA", 20), "Content-Encoding", "identity"), "answer-constant", ""},
		"hangs up":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "connection-closed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := explain(t, c.handler)
			switch {
			case c.id == "-" && got != nil:
				t.Errorf("got %+v, want no cause", got)
			case c.id != "-" && (got == nil || got.ID != c.id || !strings.Contains(got.Text, c.text)):
				t.Errorf("got %+v, want the ID %q and %q in the text", got, c.id, c.text)
			case got != nil && got.Known() && got.Fix == "":
				t.Errorf("got %+v, want a fix", got)
			case got != nil && strings.Contains(got.Text+got.Fix, "token=t"):
				t.Errorf("got %+v, want no query in it", got)
			}
		})
	}
}

// The documentation of check and call has the same number.
func TestNumberOfGuesses(t *testing.T) {
	t.Parallel()
	if n := len(client.Guesses()); n > 70 {
		t.Errorf("got %d guesses, want at most 70", n)
	}
}

// Without an app secret a 432 is what should be.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(answer(432, ""))
	t.Cleanup(server.Close)
	c, err := client.New(client.Config{URL: server.URL, PublicKey: &vectortest.Key(t, "a").PublicKey, HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := c.Ping(t.Context())
	if got := diagnosis.Explain(t.Context(), c, reply, err); got == nil || got.ID != "unsigned" {
		t.Errorf("got %+v, want unsigned", got)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		header http.Header
		want   string // empty if the answer is not a page
	}{
		"base64":              {"QUJD", http.Header{"Content-Type": {"text/html"}}, ""},
		"empty":               {"", http.Header{"Content-Type": {"text/html"}}, ""},
		"JSON":                {`{"error":"password required"}`, nil, ""},
		"raw bytes":           {"<\x03\xfa\x90\xf2\x6c\xd4\x30\x3a", nil, ""},
		"a page":              {"<html>hello", nil, "page"},
		"doctype":             {" \n<!DOCTYPE html><body>", nil, "page"},
		"ngrok's warning":     {"<!DOCTYPE html><html class=\"h-full\"><body>ERR_NGROK_6024", nil, "page-ngrok"},
		"ngrok by header":     {"", http.Header{"Ngrok-Error-Code": {"ERR_NGROK_3200"}}, "tunnel-down"},
		"localtunnel":         {"<html>bypass-tunnel-reminder", nil, "page-localtunnel"},
		"Cloudflare":          {"<html>cdn-cgi/challenge-platform", nil, "page-cloudflare"},
		"Cloudflare's header": {"", http.Header{"Cf-Mitigated": {"challenge"}}, "page-cloudflare"},
		"Cloudflare's 1033":   {"error code: 1033", nil, "tunnel-down"},
		"Access":              {"<html>team.cloudflareaccess.com", nil, "login-required"},
		"a password":          {"<html><input type='password'>", nil, "login-required"},
	} {
		got := diagnosis.Page(c.header, []byte(c.body))
		if id := idOf(got); id != c.want {
			t.Errorf("%s: got %q, want %q", name, id, c.want)
		}
	}
	titled := diagnosis.Page(nil, []byte("<html><title>\n Sign &amp; go \x1b[31m</title>"))
	if titled == nil || !strings.Contains(titled.Text, `"Sign & go `) || strings.Contains(titled.Text, "\x1b") {
		t.Errorf("got %+v, want the title, without what steers a terminal", titled)
	}
}

func idOf(c *diagnosis.Cause) string {
	if c == nil {
		return ""
	}
	return c.ID
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for want, header := range map[string]http.Header{
		"Node":   {"X-Powered-By": {"Express"}},
		"PHP":    {"X-Powered-By": {"PHP/8.3"}, "Server": {"nginx"}},
		"Python": {"Server": {"Werkzeug/3.0 Python/3.12"}},
		"Java":   {"Server": {"Jetty(12)"}},
		"":       {"Server": {"nginx"}},
	} {
		if got := diagnosis.Language(header); got != want {
			t.Errorf("%v: got %q, want %q", header, got, want)
		}
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"no answer in time":                     context.DeadlineExceeded,
		"does not resolve":                      &net.DNSError{Err: "no such host", Name: "flows.example"},
		"closed before the answer was complete": io.ErrUnexpectedEOF,
		"no complete HTTP answer":               errors.New("malformed HTTP status code"),
	} {
		if got := diagnosis.Silence(err); !strings.Contains(got, want) {
			t.Errorf("%v: got %q, want %q in it", err, got, want)
		}
	}
}

// The evidence says how a mistake is known: not all of them open once they are undone.
func TestEvidence(t *testing.T) {
	t.Parallel()
	sealing := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if status, sealer := open(t, r); status == 200 {
				sealed, _ := sealer.Seal([]byte(answer)) // seals once, as here
				_, _ = w.Write(sealed)
			}
		}
	}
	for id, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"answer-printed":       {answer(200, "[object Object]"), ""},
		"answer-not-encrypted": {answer(200, `{"data":{"status":"active"}}`), "the members of an answer can be read in it"},
		"clear-text-nan":       {sealing(`{"data":{"n":NaN}}`), "the answer opens"},
		"answer-quoted": {func(w http.ResponseWriter, r *http.Request) {
			if status, sealer := open(t, r); status == 200 {
				sealed, _ := sealer.Seal([]byte(`{"data":{"status":"active"}}`)) // seals once, as here
				_, _ = w.Write([]byte(`"` + string(sealed) + `"`))
			}
		}, "the answer opens once this is undone"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			if got := explain(t, c.handler); got == nil || got.ID != id || got.Evidence != c.want {
				t.Errorf("got %+v, want %s with the evidence %q", got, id, c.want)
			}
		})
	}
}
