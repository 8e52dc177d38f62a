package exchange_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// reasonOf posts a request and returns its status and its reason in the log.
func reasonOf(t *testing.T, r *http.Request, change func(*exchange.Config)) (status int, reason string) {
	t.Helper()
	var log bytes.Buffer
	server := httptest.NewServer(newEndpoint(t, func(c *exchange.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		if change != nil {
			change(c)
		}
	}))
	var err error
	if r.URL, err = url.Parse(server.URL + r.URL.RequestURI()); err != nil {
		t.Fatal(err)
	}
	r.RequestURI = ""
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	server.Close() // when the line is written
	var line struct{ Reason string }
	lines := bytes.Split(bytes.TrimSpace(log.Bytes()), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], &line); err != nil {
		t.Fatalf("%v in %s", err, log.Bytes())
	}
	if strings.Contains(log.String(), "S3CRET") {
		t.Errorf("the log has content: %s", log.Bytes())
	}
	return resp.StatusCode, line.Reason
}

func quoted(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// buffer is what JSON.stringify makes of a Buffer of Node.js.
func buffer(text string) string {
	var numbers []string
	for _, b := range []byte(text) {
		numbers = append(numbers, strconv.Itoa(int(b)))
	}
	return `{"type":"Buffer","data":[` + strings.Join(numbers, ",") + `]}`
}

// What people and proxies send instead of an envelope is named, whether it is signed
// rightly, wrongly or not at all. None of its content is.
func TestForeignBodies(t *testing.T) {
	t.Parallel()
	envelope := vectortest.Named(t, "init").Body
	var fields map[string]string
	if err := json.Unmarshal([]byte(envelope), &fields); err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	base64ed := base64.StdEncoding.EncodeToString([]byte(envelope))
	const wrapped = "the envelope of a Flow request arrived "
	for name, c := range map[string]struct{ body, want string }{
		"empty":             {"", "the body is empty"},
		"white space":       {" \r\n", "the body is empty"},
		"webhook":           {`{"object":"whatsapp_business_account","entry":[{"id":"S3CRET"}]}`, "it is a webhook of Meta, which goes to the callback URL"},
		"webhook, no entry": {`{"object":"whatsapp_business_account"}`, "it is a webhook of Meta"},
		"messages":          {`{"contacts":[],"messages":[{"type":"S3CRET"}]}`, "it is a webhook of a provider"},
		"statuses":          {`{"statuses":[{"id":"S3CRET"}]}`, "it is a webhook of a provider"},
		"webhook of a page": {`{"object":"page","entry":[]}`, "it is a webhook of Meta"},
		"wrapped webhook":   {`{"body":{"object":"whatsapp_business_account","entry":[]}}`, "it is a webhook of Meta"},
		"clear ping":        {`{"action":"ping","version":"3.0"}`, "it is a clear request"},
		"bare ping":         {`{"action":"ping"}`, "it is a clear request"},
		"clear submit":      {`{"version":"3.0","action":"data_exchange","data":{"name":"S3CRET"},"flow_token":"S3CRET"}`, "it is a clear request"},
		"odd action":        {`{"version":"3.0","action":"S3CRET"}`, "it is a clear request"},
		"clear as a form":   {"action=ping", "it is a clear request"},
		"in body":           {`{"body":` + envelope + `}`, wrapped + `in "body": have the proxy`},
		"in a member":       {`{"S3CRET":` + envelope + `}`, wrapped + "in a member of an object: "},
		"in two":            {`{"json":{"body":` + envelope + `}}`, wrapped + `in "json", in "body": `},
		"n8n":               {`[{"headers":{"host":"S3CRET"},"params":{},"body":` + envelope + `}]`, wrapped + `in a list, in "body": `},
		"string":            {quoted(envelope), wrapped + "as a string of JSON: "},
		"string in string":  {quoted(quoted(envelope)), wrapped + "as a string of JSON, as a string of JSON: "},
		"string in body":    {`{"body":` + quoted(envelope) + `}`, wrapped + `in "body", as a string of JSON: `},
		"function":          {`{"version":"2.0","body":"` + base64ed + `","isBase64Encoded":true}`, wrapped + `in "body", as a string of JSON, encoded in base64: `},
		"hex":               {hex.EncodeToString([]byte(envelope)), wrapped + "encoded in hex: "},
		"hex of no text":    {strings.Repeat("ff", 40), "the body is hex digits"},
		"notification": {
			`{"Records":[{"Sns":{"Message":` + quoted(envelope) + `}}]}`,
			wrapped + `in "Records", in a list, in a member of an object, in a member of an object, as a string of JSON: `,
		},
		"one change":         {`{"field":"messages","value":{"messaging_product":"whatsapp","contacts":[]}}`, "it is a webhook of Meta"},
		"base64":             {base64ed, wrapped + "encoded in base64: "},
		"base64, raw":        {strings.TrimRight(base64ed, "="), wrapped + "encoded in base64: "},
		"base64, URL":        {base64.URLEncoding.EncodeToString([]byte(envelope)), wrapped + "encoded in base64: "},
		"form of fields":     {form.Encode(), wrapped + "as a form"},
		"form of one":        {url.Values{"payload": {envelope}}.Encode(), wrapped + "as a form"},
		"JSON as a name":     {url.QueryEscape(envelope), wrapped + "as a form"},
		"unescaped name":     {url.QueryEscape(envelope) + "=", wrapped + "as a form"},
		"buffer":             {buffer(envelope), wrapped + "as a Buffer of Node.js: "},
		"buffer in body":     {`{"body":` + buffer(envelope) + `}`, wrapped + `in "body", as a Buffer of Node.js: `},
		"byte order mark":    {"\ufeff" + envelope, wrapped + "after a byte order mark: "},
		"camel case":         {`{"encryptedFlowData":"S3CRET","encryptedAesKey":"","initialVector":""}`, "the fields of an envelope have other names"},
		"one field":          {`{"encrypted_flow_data":"S3CRET"}`, "only a part of an envelope arrived"},
		"gzip, no header":    {gzipped(envelope), "the body is compressed"},
		"UTF-16":             {"\xff\xfe{\x00", "the body is UTF-16"},
		"HTML":               {"<html>S3CRET", "the body is XML or HTML"},
		"multipart":          {"--S3CRET\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--S3CRET--", "multipart/form-data"},
		"Python":             {"{'action': 'S3CRET'}", "the body has single quotes, as Python prints a dict"},
		"cut":                {envelope[:len(envelope)-9], "the JSON breaks off at its end"},
		"sealed answer":      {base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("\xff\x00\x9c"), 40)), "base64 of something that is not text"},
		"unknown":            {`{"a":"S3CRET"}`, ""},
		"GitHub":             {`{"action":"opened","a":"S3CRET"}`, ""},
		"word":               {"S3CRET", ""},
		"number":             {"17", ""},
		"quotation mark":     {`"`, ""},
		"null":               {"null", ""},
		"deep":               {strings.Repeat(`{"body":`, 40) + envelope + strings.Repeat("}", 40), ""},
		"very deep":          {strings.Repeat("[", 7000) + strings.Repeat("]", 1000), ""},
		"an envelope itself": {strings.Replace(envelope, `"`, ` "`, 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			right, wrong := flowcrypto.Sign([]byte(c.body), []byte(secret)), flowcrypto.Sign([]byte(c.body), []byte("another"))
			for kind, signature := range map[string]string{"right": right, "wrong": wrong, "none": ""} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(c.body))
				if signature != "" {
					r.Header.Set(flowcrypto.SignatureHeader, signature)
				}
				want := exchange.StatusBadSignature
				if kind == "right" {
					want = http.StatusBadRequest
				}
				status, reason := reasonOf(t, r, nil)
				if name == "an envelope itself" && kind == "right" {
					continue // which is served
				}
				if status != want || !strings.Contains(reason, c.want) || c.want == "" && strings.Count(reason, ": ") > 1 {
					t.Errorf("signature %s: status %d, reason %q; want %d and %q", kind, status, reason, want, c.want)
				}
			}
		})
	}
}

// Bodies of strangers are looked at up to a size; of a body with a right signature, all is.
func TestForeignBodyOverTheLimit(t *testing.T) {
	t.Parallel()
	body := `{"action":"ping","version":"3.0","data":{"a":"` + strings.Repeat("x", 9000) + `"}}`
	for signature, want := range map[string]bool{
		"": false, flowcrypto.Sign([]byte(body), []byte("another")): false, flowcrypto.Sign([]byte(body), []byte(secret)): true,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set(flowcrypto.SignatureHeader, signature)
		if _, reason := reasonOf(t, r, nil); strings.Contains(reason, "clear request") != want {
			t.Errorf("signature %q: reason %q", signature, reason)
		}
	}
}

func TestForeignRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, query string
		header        http.Header
		status        int
		want          string
	}{
		"verification":   {http.MethodGet, "?hub.mode=subscribe&hub.challenge=S3CRET&hub.verify_token=S3CRET", nil, 405, "the verification of a webhook"},
		"challenge":      {http.MethodGet, "?hub.challenge=S3CRET", nil, 405, "the verification of a webhook"},
		"mode":           {http.MethodGet, "?hub.mode=subscribe", nil, 405, "the verification of a webhook"},
		"browser":        {http.MethodGet, "", nil, 405, "method is not POST: it is from a browser or a monitor"},
		"monitor":        {http.MethodHead, "?S3CRET", nil, 405, "it is from a browser or a monitor"},
		"redirected":     {http.MethodGet, "", http.Header{flowcrypto.SignatureHeader: {"sha256=00"}}, 405, "it is signed, so a redirect on the way"},
		"preflight":      {http.MethodOptions, "", nil, 405, "it is the preflight of a browser"},
		"PUT":            {http.MethodPut, "", nil, 405, "method is not POST"},
		"gzip":           {http.MethodPost, "", http.Header{"Content-Encoding": {"gzip"}}, 432, "the body is compressed, for example by gzip (Content-Encoding)"},
		"identity":       {http.MethodPost, "", http.Header{"Content-Encoding": {"identity"}}, 432, "the body is empty"},
		"SHA-1 alone":    {http.MethodPost, "", http.Header{"X-Hub-Signature": {"sha1=00"}}, 432, "only the older X-Hub-Signature (SHA-1) arrived"},
		"gateway":        {http.MethodPost, "", http.Header{"User-Agent": {"flowserver"}, "Webhook-Id": {"1"}}, 432, "upstream.url is the URL of a Flow"},
		"no body at all": {http.MethodPost, "", nil, 432, "no X-Hub-Signature-256 header: the body is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/"+c.query, http.NoBody)
			for name, values := range c.header {
				r.Header[name] = values
			}
			if status, reason := reasonOf(t, r, nil); status != c.status || !strings.Contains(reason, c.want) {
				t.Errorf("status %d, reason %q; want %d and %q", status, reason, c.status, c.want)
			}
		})
	}
}

// A verified body that is compressed is named, too; so is everything if no signature is
// checked.
func TestForeignWithoutSignatures(t *testing.T) {
	t.Parallel()
	body := gzipped(vectortest.Named(t, "init").Body)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Encoding", "gzip")
	status, reason := reasonOf(t, r, func(c *exchange.Config) { c.AppSecrets, c.InsecureSkipSignature = nil, true })
	if status != http.StatusBadRequest || !strings.Contains(reason, "the body is compressed, for example by gzip (Content-Encoding)") {
		t.Errorf("status %d, reason %q; want 400 and a compressed body", status, reason)
	}
}

// A request without a signature is answered even if its short body never arrives.
func TestForeignBodyThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newEndpoint(t, func(c *exchange.Config) { c.Logger = nil }))
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := conn.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n{")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 12)
	if _, err := conn.Read(answer); err != nil || string(answer) != "HTTP/1.1 432" {
		t.Errorf("%q, %v; want 432", answer, err)
	}
}
