package standin_test

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/standin"
)

func account() standin.Account {
	return standin.Account{
		"access_token": "token", "phone_number_id": "106540352242922",
		"sid": "HXAP16QWERTY97IN", "api_key": "key", "phone_number": "+919900000000",
	}
}

const (
	chakraPath  = "/v1/whatsapp/v24.0/106540352242922/whatsapp_business_encryption"
	metaPath    = "/v24.0/106540352242922/whatsapp_business_encryption"
	kaleyraPath = "/v2/HXAP16QWERTY97IN/whatsapp/+919900000000/flows_encryption"
	formType    = "application/x-www-form-urlencoded"
)

func read(t *testing.T, name ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "testdata"}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// send sends a request to the stand-in over HTTP. header is name, value, …
func send(t *testing.T, stand *standin.Server, method, path, body string, header ...string) (status int, answer string) {
	t.Helper()
	server := httptest.NewServer(stand)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// The documented answers come byte for byte as the vendors' pages print them.
func TestDocumentedAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dialect standin.Dialect
		fault   standin.Fault
		status  int
		fixture string
	}{
		"credentials": {standin.Kaleyra, standin.Unauthorized, 401, "kaleyra-401-unauthorized.json"},
		"account":     {standin.Kaleyra, standin.Forbidden, 401, "kaleyra-401-wrong-account.json"},
		"payload":     {standin.Kaleyra, standin.BadRequest, 400, "kaleyra-400-incorrect-payload.json"},
		"server":      {standin.Kaleyra, standin.ServerError, 500, "kaleyra-500.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand := standin.New(c.dialect, account())
			stand.Fail(c.fault)
			status, got := send(t, stand, "POST", kaleyraPath, "", "api-key", "key", "Content-Type", formType)
			if diff := cmp.Diff(read(t, "providers", c.fixture), got); status != c.status || diff != "" {
				t.Errorf("got HTTP %d, want %d; body (-want +got):\n%s", status, c.status, diff)
			}
		})
	}
	for name, c := range map[string]struct {
		dialect      standin.Dialect
		fixture      string
		method, path string
	}{
		"chakra success":  {standin.Chakra, "chakra-get-200.json", "GET", chakraPath},
		"kaleyra success": {standin.Kaleyra, "kaleyra-get-200.json", "POST", kaleyraPath},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := read(t, "providers", c.fixture)
			_, rest, _ := strings.Cut(want, `"business_public_key": "`)
			pem, _, _ := strings.Cut(rest, `"`)
			stand := standin.New(c.dialect, account())
			stand.Register(strings.ReplaceAll(pem, `\n`, "\n"), "VALID")
			status, got := send(t, stand, c.method, c.path, "",
				"Authorization", "Bearer token", "api-key", "key", "Content-Type", formType)
			if diff := cmp.Diff(want, got); status != 200 || diff != "" {
				t.Errorf("got HTTP %d; body (-want +got):\n%s", status, diff)
			}
		})
	}
}

// Each vendor takes a set in the encodings that are known of it.
func TestSet(t *testing.T) {
	t.Parallel()
	pem := read(t, "keys", "a.public.pem")
	form := url.Values{"business_public_key": {pem}}.Encode()
	object := `{"business_public_key":"` + strings.ReplaceAll(pem, "\n", `\n`) + `"}`
	var multi strings.Builder
	writer := multipart.NewWriter(&multi)
	if err := writer.WriteField("business_public_key", pem); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dialect                 standin.Dialect
		path, contentType, body string
	}{
		"chakra, JSON":    {standin.Chakra, chakraPath, "application/json", object},
		"meta, form":      {standin.Meta, metaPath, formType, form},
		"meta, multipart": {standin.Meta, metaPath, writer.FormDataContentType(), multi.String()},
		"kaleyra, form":   {standin.Kaleyra, kaleyraPath, formType, form},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand := standin.New(c.dialect, account())
			status, _ := send(t, stand, "POST", c.path, c.body,
				"Authorization", "Bearer token", "api-key", "key", "Content-Type", c.contentType)
			got, signature := stand.Registered()
			if status != 200 || got != pem || signature != "VALID" {
				t.Errorf("got HTTP %d and %q %q registered", status, got, signature)
			}
		})
	}
}

// Requests that a vendor would not take change nothing.
func TestRefusals(t *testing.T) {
	t.Parallel()
	pem := read(t, "keys", "a.public.pem")
	form := url.Values{"business_public_key": {pem}}.Encode()
	private := url.Values{"business_public_key": {read(t, "keys", "a.pkcs8.pem")}}.Encode()
	for name, c := range map[string]struct {
		dialect            standin.Dialect
		method, path, body string
		header             []string
		status             int
		want               string // in the answer
	}{
		"meta, token":         {standin.Meta, "POST", metaPath, form, []string{"Authorization", "Bearer other"}, 401, `"code":190`},
		"meta, no token":      {standin.Meta, "GET", metaPath, "", nil, 401, `"code":190`},
		"meta, other number":  {standin.Meta, "GET", "/v24.0/1/whatsapp_business_encryption", "", []string{"Authorization", "Bearer token"}, 404, `"code":803`},
		"meta, no id":         {standin.Meta, "GET", "/v24.0/+91/whatsapp_business_encryption", "", []string{"Authorization", "Bearer token"}, 400, `"code":100`},
		"meta, other path":    {standin.Meta, "GET", "/24.0/1", "", []string{"Authorization", "Bearer token"}, 400, `"error_subcode":33`},
		"meta, other method":  {standin.Meta, "DELETE", metaPath, "", []string{"Authorization", "Bearer token"}, 400, `"error_subcode":33`},
		"meta, no field":      {standin.Meta, "POST", metaPath, "", []string{"Authorization", "Bearer token", "Content-Type", formType}, 400, "Missing required"},
		"meta, no type":       {standin.Meta, "POST", metaPath, form, []string{"Authorization", "Bearer token"}, 400, "Missing required"},
		"meta, private key":   {standin.Meta, "POST", metaPath, private, []string{"Authorization", "Bearer token", "Content-Type", formType}, 400, "key is invalid"},
		"chakra, token":       {standin.Chakra, "GET", chakraPath, "", nil, 401, "_errors"},
		"chakra, meta's path": {standin.Chakra, "GET", metaPath, "", []string{"Authorization", "Bearer token"}, 404, "Not Found"},
		"kaleyra, key":        {standin.Kaleyra, "POST", kaleyraPath, form, []string{"api-key", "other", "Content-Type", formType}, 401, "RBC001"},
		"kaleyra, bearer":     {standin.Kaleyra, "POST", kaleyraPath, "", []string{"Authorization", "Bearer key", "Content-Type", formType}, 401, "RBC001"},
		"kaleyra, no type":    {standin.Kaleyra, "POST", kaleyraPath, "", []string{"api-key", "key"}, 400, "WA-400"},
		"kaleyra, escaped": {
			standin.Kaleyra, "POST", strings.Replace(kaleyraPath, "+", "%2B", 1), "",
			[]string{"api-key", "key", "Content-Type", formType},
			400, "WA-400",
		},
		"kaleyra, GET":     {standin.Kaleyra, "GET", kaleyraPath, "", []string{"api-key", "key"}, 405, "Not Allowed"},
		"kaleyra, private": {standin.Kaleyra, "POST", kaleyraPath, private, []string{"api-key", "key", "Content-Type", formType}, 400, "WA-400"},
		"kaleyra, raw plus": {
			standin.Kaleyra, "POST", kaleyraPath, "business_public_key=" + pem,
			[]string{"api-key", "key", "Content-Type", formType},
			400, "WA-400",
		},
		"too long": {standin.Meta, "POST", metaPath, strings.Repeat("x", 1<<20+1), nil, 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand := standin.New(c.dialect, account())
			status, got := send(t, stand, c.method, c.path, c.body, c.header...)
			if status != c.status || !strings.Contains(got, c.want) {
				t.Errorf("got HTTP %d %s, want %d with %s", status, got, c.status, c.want)
			}
			if pem, signature := stand.Registered(); pem != " " || signature != "MISMATCH" {
				t.Errorf("got %q %q registered, want a blank and MISMATCH", pem, signature)
			}
		})
	}
}

func TestFaultsEnd(t *testing.T) {
	t.Parallel()
	stand := standin.New(standin.Meta, account())
	get := func() int {
		status, _ := send(t, stand, "GET", metaPath, "", "Authorization", "Bearer token")
		return status
	}
	stand.FailNext(2, standin.ServerError)
	if got, want := []int{get(), get(), get()}, []int{500, 500, 200}; !cmp.Equal(got, want) {
		t.Errorf("FailNext: got %v, want %v", got, want)
	}
	stand.Fail(standin.Unauthorized)
	stand.Respond(standin.Answer{Status: 418})
	if got := get(); got != 418 {
		t.Errorf("Respond: got %d, want 418", got)
	}
	stand.Heal()
	if got := get(); got != 200 {
		t.Errorf("Heal: got %d, want 200", got)
	}
	if got := stand.Count(); got != 5 || len(stand.Requests()) != 5 {
		t.Errorf("got %d requests, %d of them kept, want 5", got, len(stand.Requests()))
	}
}

// A stand-in that runs for days does not keep all that it got.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	stand := standin.New(standin.Meta, account())
	for range 1005 {
		stand.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", metaPath, nil))
	}
	if got := stand.Count(); got != 1005 || len(stand.Requests()) != 1000 {
		t.Errorf("got %d requests, %d of them kept, want 1005 and 1000", got, len(stand.Requests()))
	}
}

func TestUnknownDialect(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("got no panic")
		}
	}()
	standin.New("other", account())
}
