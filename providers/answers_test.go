package providers_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
	"github.com/flowserver/flowserver/registration"
)

// inMemory hands requests to a handler, without a network.
type inMemory struct{ handler http.Handler }

func (d inMemory) Do(req *http.Request) (*http.Response, error) {
	received := req.Clone(req.Context())
	received.RequestURI = req.URL.RequestURI()
	if received.Body == nil {
		received.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, received)
	return recorder.Result(), nil
}

// newInMemory returns an adapter of the suite and the stand-in behind it.
func newInMemory(t *testing.T, adapter providertest.Adapter, transport providers.Transport) (registration.Registrar, *standin.Server) {
	t.Helper()
	stand := adapter.Stand()
	if transport.HTTPClient == nil {
		transport.HTTPClient = inMemory{stand}
	}
	return adapter.Open(t, "https://api.example.com", adapter.Account, transport), stand
}

// fixture returns an answer as a vendor's page prints it.
func fixture(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "providers", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sampleFingerprint is of the key in ChakraHQ's sample, by openssl.
const sampleFingerprint = "b72f7a90a479606b9aa208eb466b36c0c4b1d8fe0411b044a2a395b057893575"

func TestDocumentedChakraAnswer(t *testing.T) {
	t.Parallel()
	registrar, stand := newInMemory(t, chakra(), providers.Transport{})
	stand.Respond(standin.Answer{Status: 200, Body: fixture(t, "chakra-get-200.json")})
	got, err := registrar.PublicKey(t.Context())
	if err != nil {
		t.Fatalf("PublicKey: %v", err)
	}
	key, err := keystore.ParsePublic([]byte(got.PEM))
	if err != nil {
		t.Fatalf("parse the key: %v", err)
	}
	if fingerprint := keystore.Fingerprint(key); fingerprint != sampleFingerprint || got.SignatureStatus != "VALID" {
		t.Errorf("got %s %s, want %s VALID", fingerprint, got.SignatureStatus, sampleFingerprint)
	}
}

// The key in Kaleyra's sample is crossed out: it arrives, but does not parse.
func TestDocumentedKaleyraAnswer(t *testing.T) {
	t.Parallel()
	registrar, stand := newInMemory(t, kaleyra(), providers.Transport{})
	stand.Respond(standin.Answer{Status: 200, Body: fixture(t, "kaleyra-get-200.json")})
	got, err := registrar.PublicKey(t.Context())
	if err != nil || got.SignatureStatus != "VALID" || len(got.PEM) != 444 {
		t.Fatalf("PublicKey: got %v, %v, want VALID and 444 characters", got, err)
	}
	if _, err := keystore.ParsePublic([]byte(got.PEM)); !errors.Is(err, keystore.ErrPublicKey) {
		t.Errorf("parse the key: got %v, want ErrPublicKey", err)
	}
}

// errorCase is an answer and the error that it makes.
type errorCase struct {
	adapter providertest.Adapter
	answer  standin.Answer
	want    providers.APIError
}

func answer(status int, body string, header ...string) standin.Answer {
	a := standin.Answer{Status: status, Body: body, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		a.Header.Set(header[i], header[i+1])
	}
	return a
}

func testErrors(t *testing.T, cases map[string]errorCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, stand := newInMemory(t, c.adapter, providers.Transport{Attempts: 1})
			stand.Respond(c.answer)
			key, err := registrar.PublicKey(t.Context())
			got, ok := errors.AsType[*providers.APIError](err)
			if !ok || key != (registration.RemoteKey{}) {
				t.Fatalf("got %v, %v; want an APIError alone", key, err)
			}
			c.want.Provider, c.want.Op, c.want.Status = c.adapter.Provider, providers.OpGet, c.answer.Status
			if diff := cmp.Diff(c.want, *got, cmpopts.IgnoreUnexported(providers.APIError{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGraphErrors(t *testing.T) {
	t.Parallel()
	unauthorized := providers.ErrUnauthorized
	testErrors(t, map[string]errorCase{
		"expired token": {
			meta(), answer(401, `{"error":{"message":"Invalid OAuth access token","code":190,"error_subcode":463,"fbtrace_id":"Ab1"}}`),
			providers.APIError{Kind: unauthorized, Code: "190/463", Message: "Invalid OAuth access token", TraceID: "Ab1"},
		},
		"code 190 with HTTP 400": {meta(), answer(400, `{"error":{"code":190}}`), providers.APIError{Kind: unauthorized, Code: "190"}},
		"code 190 with HTTP 200": {meta(), answer(200, `{"error":{"code":190}}`), providers.APIError{Kind: unauthorized, Code: "190"}},
		"code 0":                 {meta(), answer(400, `{"error":{"code":0}}`), providers.APIError{Kind: unauthorized, Code: "0"}},
		"code as text": {
			chakra(), answer(400, `{"error":{"code":"190","error_subcode":"463"}}`),
			providers.APIError{Kind: unauthorized, Code: "190/463"},
		},
		"code 10 with HTTP 400": {meta(), answer(400, `{"error":{"code":10}}`), providers.APIError{Kind: providers.ErrForbidden, Code: "10"}},
		"code 299":              {meta(), answer(400, `{"error":{"code":299}}`), providers.APIError{Kind: providers.ErrForbidden, Code: "299"}},
		"code 300 by status":    {meta(), answer(400, `{"error":{"code":300}}`), providers.APIError{Kind: providers.ErrInvalidRequest, Code: "300"}},
		"no such number":        {meta(), answer(404, `{"error":{"code":803}}`), providers.APIError{Kind: providers.ErrNotFound, Code: "803"}},
		"no such object": {
			meta(), answer(400, `{"error":{"code":100,"error_subcode":33}}`),
			providers.APIError{Kind: providers.ErrNotFound, Code: "100/33"},
		},
		"not eligible": {meta(), answer(422, `{"error":{"code":100}}`), providers.APIError{Kind: providers.ErrInvalidRequest, Code: "100"}},
		"limit with HTTP 400": {
			chakra(), answer(400, `{"error":{"code":4,"is_transient":true}}`),
			providers.APIError{Kind: providers.ErrRateLimited, Code: "4"},
		},
		"transient": {
			meta(), answer(400, `{"error":{"code":999,"is_transient":true}}`),
			providers.APIError{Kind: providers.ErrUpstream, Code: "999"},
		},
		"code 2":                 {meta(), answer(500, `{"error":{"code":2}}`), providers.APIError{Kind: providers.ErrUpstream, Code: "2"}},
		"unknown code by status": {meta(), answer(403, `{"error":{"code":4711}}`), providers.APIError{Kind: providers.ErrForbidden, Code: "4711"}},
		"user message is told too": {
			meta(), answer(400, `{"error":{"message":"a","error_user_msg":"b"}}`),
			providers.APIError{Kind: providers.ErrInvalidRequest, Message: "a: b"},
		},
		"details are told too": {
			meta(), answer(400, `{"error":{"message":"a","code":100,"error_data":{"messaging_product":"whatsapp","details":"b"}}}`),
			providers.APIError{Kind: providers.ErrInvalidRequest, Code: "100", Message: "a: b"},
		},
		"developer message of 360dialog": {
			graph(), answer(401, `{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api key","360dialog_trace_id":"t"}}`),
			providers.APIError{Kind: unauthorized, Message: "Invalid api key"},
		},
		"developer message with 200": {
			graph(), answer(200, `{"meta":{"success":true,"developer_message":"no such channel"}}`),
			providers.APIError{Kind: providers.ErrUnexpectedResponse, Message: "no such channel"},
		},
		"no success with 200, and no key": {
			graph(), answer(200, `{"meta":{"success":false,"developer_message":"no such channel"},"data":[]}`),
			providers.APIError{Kind: providers.ErrInvalidRequest, Message: "no such channel"},
		},
		"developer message alone": {graph(), answer(404, `{"developer_message":"no"}`), providers.APIError{Kind: providers.ErrNotFound, Message: "no"}},
		"errors of On-Premises": {
			graph(), answer(403, `{"meta":{"api_status":"stable"},"errors":[{"code":1005,"title":"Access denied","details":"no"}]}`),
			providers.APIError{Kind: providers.ErrForbidden, Message: "Access denied: no"},
		},
		"problem of RFC 9457": {
			graph(), answer(404, `{"type":"about:blank","title":"Not Found"}`),
			providers.APIError{Kind: providers.ErrNotFound, Message: "Not Found"},
		},
		"error as text": {chakra(), answer(403, `{"error":"no"}`), providers.APIError{Kind: providers.ErrForbidden, Message: "no"}},
		"message alone": {chakra(), answer(422, `{"message":"no"}`), providers.APIError{Kind: providers.ErrInvalidRequest, Message: "no"}},
		"_errors with 200": {
			chakra(), answer(200, `{"_data":{},"_errors":["something"]}`),
			providers.APIError{Kind: providers.ErrInvalidRequest, Message: "something"},
		},
		"_errors beside a key": {
			chakra(), answer(200, `{"_errors":["x"],"data":[{"business_public_key":"k"}]}`),
			providers.APIError{Kind: providers.ErrInvalidRequest, Message: "x"},
		},
		"_errors of credentials": {chakra(), answer(200, `{"_errors":["Invalid token"]}`), providers.APIError{Kind: unauthorized, Message: "Invalid token"}},
		"_errors of permission": {
			chakra(), answer(400, `{"_errors":["Permission denied"]}`),
			providers.APIError{Kind: providers.ErrForbidden, Message: "Permission denied"},
		},
		"_errors as object": {
			chakra(), answer(200, `{"_errors":[{"message":"a plugin was not found"}]}`),
			providers.APIError{Kind: providers.ErrNotFound, Message: "a plugin was not found"},
		},
		"_errors: status before text": {
			chakra(), answer(503, `{"_errors":["permission service down"]}`),
			providers.APIError{Kind: providers.ErrUpstream, Message: "permission service down"},
		},
		"_errors before error": {
			chakra(), answer(400, `{"_errors":["first"],"error":{"code":190,"message":"second"}}`),
			providers.APIError{Kind: unauthorized, Code: "190", Message: "first"},
		},
		"text":                {chakra(), answer(404, "Not Found\n"), providers.APIError{Kind: providers.ErrNotFound, Message: "Not Found"}},
		"empty":               {chakra(), answer(200, ""), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"no content":          {chakra(), answer(204, ""), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"list":                {chakra(), answer(200, "[]"), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"empty object":        {chakra(), answer(200, "{}"), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"other data":          {meta(), answer(200, `{"data":[{"id":"1"}]}`), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"key of another type": {meta(), answer(200, `{"data":[{"business_public_key":5}]}`), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"two keys": {
			meta(), answer(200, `{"data":[{"business_public_key":"k"},{"business_public_key":"l"}]}`),
			providers.APIError{Kind: providers.ErrUnexpectedResponse},
		},
		"first page, empty": {
			meta(), answer(200, `{"data":[],"paging":{"next":"https://graph.example/2"}}`),
			providers.APIError{Kind: providers.ErrUnexpectedResponse},
		},
		"two values": {meta(), answer(200, `{"data":[]}{"data":[]}`), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
		"nested too deep": {
			meta(), answer(200, `{"data":{"data":{"data":{"data":{"data":{"data":[]}}}}}}`),
			providers.APIError{Kind: providers.ErrUnexpectedResponse},
		},
		"redirect": {
			meta(), answer(302, "", "Location", "https://elsewhere.example.com"),
			providers.APIError{Kind: providers.ErrUnexpectedResponse},
		},
		"teapot":          {meta(), answer(418, "{}"), providers.APIError{Kind: providers.ErrInvalidRequest}},
		"request timeout": {meta(), answer(408, "{}"), providers.APIError{Kind: providers.ErrUpstream}},
		"control characters": {
			chakra(), answer(400, "{\"message\":\"a\\u0000\\r\\n\\u202eb\"}"),
			providers.APIError{Kind: providers.ErrInvalidRequest, Message: "a b"},
		},
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	limited := func(wait time.Duration) providers.APIError {
		return providers.APIError{Kind: providers.ErrRateLimited, RetryAfter: wait}
	}
	withText := limited(1500 * time.Millisecond)
	withText.Message = "slow down, retry after 1500 ms"
	const usage = `{"1":[{"type":"messaging","estimated_time_to_regain_access":2},{"estimated_time_to_regain_access":5}],"2":[{}]}`
	testErrors(t, map[string]errorCase{
		"seconds":             {chakra(), answer(429, "{}", "Retry-After", "7"), limited(7 * time.Second)},
		"past date":           {chakra(), answer(429, "{}", "Retry-After", "Fri, 20 Nov 2020 10:00:00 GMT"), limited(0)},
		"far date":            {chakra(), answer(429, "{}", "Retry-After", "Fri, 20 Nov 2120 10:00:00 GMT"), limited(24 * time.Hour)},
		"negative":            {chakra(), answer(429, "{}", "Retry-After", "-7"), limited(0)},
		"huge":                {chakra(), answer(429, "{}", "Retry-After", "1e300"), limited(24 * time.Hour)},
		"not a number":        {chakra(), answer(429, "{}", "Retry-After", "NaN"), limited(0)},
		"nonsense":            {chakra(), answer(429, "{}", "Retry-After", "soon"), limited(0)},
		"retry_after_ms":      {chakra(), answer(429, `{"retry_after_ms":1500}`), limited(1500 * time.Millisecond)},
		"retryAfterMs":        {chakra(), answer(429, `{"retryAfterMs":"1500"}`), limited(1500 * time.Millisecond)},
		"retry_after":         {chakra(), answer(429, `{"retry_after":3}`), limited(3 * time.Second)},
		"retryAfter in error": {chakra(), answer(429, `{"error":{"retryAfter":3}}`), limited(3 * time.Second)},
		"text":                {chakra(), answer(429, `{"_errors":["slow down, retry after 1500 ms"]}`), withText},
		"usage of business":   {meta(), answer(429, "{}", "X-Business-Use-Case-Usage", usage), limited(5 * time.Minute)},
		"kaleyra":             {kaleyra(), answer(429, "{}", "Retry-After", "7"), limited(7 * time.Second)},
		"unavailable":         {meta(), answer(503, "{}", "Retry-After", "7"), providers.APIError{Kind: providers.ErrUpstream, RetryAfter: 7 * time.Second}},
		"not of a refusal":    {meta(), answer(403, "{}", "Retry-After", "7"), providers.APIError{Kind: providers.ErrForbidden}},
	})
}

func TestKaleyraErrors(t *testing.T) {
	t.Parallel()
	const support = "API is not available for given customer.Please contact support for more info"
	unexpected := func(code, message string) providers.APIError {
		return providers.APIError{Kind: providers.ErrUnexpectedResponse, Code: code, Message: message}
	}
	testErrors(t, map[string]errorCase{
		"documented 401, credentials": {
			kaleyra(), answer(401, fixture(t, "kaleyra-401-unauthorized.json")),
			providers.APIError{Kind: providers.ErrUnauthorized, Code: "RBC001", Message: "Incorrect SID or API key."},
		},
		"documented 401, account": {
			kaleyra(), answer(401, fixture(t, "kaleyra-401-wrong-account.json")),
			providers.APIError{Kind: providers.ErrForbidden, Code: "WA-401", Message: support},
		},
		"documented 400": {
			kaleyra(), answer(400, fixture(t, "kaleyra-400-incorrect-payload.json")),
			providers.APIError{Kind: providers.ErrInvalidRequest, Code: "WA-400", Message: "Refer to correct payload format: Incorrect payload format"},
		},
		"documented 500": {
			kaleyra(), answer(500, fixture(t, "kaleyra-500.json")),
			providers.APIError{Kind: providers.ErrUpstream, Code: "WA-500", Message: "Please try again later: Internal server error"},
		},
		"code with 200":       {kaleyra(), answer(200, `{"code":"WA-401"}`), providers.APIError{Kind: providers.ErrForbidden, Code: "WA-401"}},
		"code without hyphen": {kaleyra(), answer(401, `{"code":"WA401"}`), providers.APIError{Kind: providers.ErrForbidden, Code: "WA401"}},
		"unknown code": {
			kaleyra(), answer(403, `{"code":"X1","error":"no"}`),
			providers.APIError{Kind: providers.ErrForbidden, Code: "X1", Message: "no"},
		},
		"unknown code with 200":   {kaleyra(), answer(200, `{"code":"E110","message":"m","data":[]}`), unexpected("E110", "m")},
		"no code":                 {kaleyra(), answer(200, `{"data":[]}`), unexpected("", "")},
		"code of another type":    {kaleyra(), answer(200, `{"code":200,"data":[]}`), unexpected("200", "")},
		"success with an error":   {kaleyra(), answer(200, `{"code":"WA-200","data":[],"error":"but"}`), unexpected("WA-200", "but")},
		"success without data":    {kaleyra(), answer(200, `{"code":"WA-200","error":{}}`), unexpected("WA-200", "")},
		"success with other data": {kaleyra(), answer(200, `{"code":"WA-200","data":"done"}`), unexpected("WA-200", "")},
		"success code with 502":   {kaleyra(), answer(502, `{"code":"WA-200","data":[]}`), providers.APIError{Kind: providers.ErrUpstream, Code: "WA-200"}},
		"text":                    {kaleyra(), answer(404, "Not Found"), providers.APIError{Kind: providers.ErrNotFound, Message: "Not Found"}},
		"html":                    {kaleyra(), answer(503, "<html>no</html>"), providers.APIError{Kind: providers.ErrUpstream}},
		"list":                    {kaleyra(), answer(200, "[]"), providers.APIError{Kind: providers.ErrUnexpectedResponse}},
	})
}

func TestShapes(t *testing.T) {
	t.Parallel()
	const (
		object = `{"business_public_key":"k","business_public_key_signature_status":"VALID"}`
		blank  = `{"business_public_key":" ","business_public_key_signature_status":"MISMATCH"}`
	)
	valid := registration.RemoteKey{PEM: "k", SignatureStatus: "VALID"}
	for name, c := range map[string]struct {
		adapter providertest.Adapter
		body    string
		want    registration.RemoteKey
	}{
		"list":            {meta(), `{"data":[` + object + `]}`, valid},
		"flat":            {meta(), object, valid},
		"object":          {meta(), `{"data":` + object + `}`, valid},
		"wrapped list":    {chakra(), `{"_data":{"data":[` + object + `]},"_errors":[]}`, valid},
		"wrapped flat":    {chakra(), `{"_data":` + object + `,"_meta":{},"_errors":null}`, valid},
		"wrapped entries": {chakra(), `{"_data":[` + object + `]}`, valid},
		"empty _data":     {chakra(), `{"_data":{},"data":[` + object + `]}`, valid},
		"second entry":    {meta(), `{"data":[` + blank + `,` + object + `]}`, valid},
		"first of two":    {meta(), `{"data":[` + object + `,` + blank + `]}`, valid},
		"one key twice":   {meta(), `{"data":[` + object + `,` + object + `]}`, valid},
		"last page":       {meta(), `{"data":[` + object + `],"paging":{"next":""}}`, valid},
		"camel case": {
			meta(), `{"businessPublicKey":"k","businessPublicKeySignatureStatus":"VALID"}`,
			registration.RemoteKey{PEM: "k", SignatureStatus: "VALID"},
		},
		"blank stays blank": {meta(), `{"data":[` + blank + `,{}]}`, registration.RemoteKey{PEM: " ", SignatureStatus: "MISMATCH"}},
		"unknown status": {
			meta(), `{"data":[{"business_public_key":"k","business_public_key_signature_status":"PENDING"}]}`,
			registration.RemoteKey{PEM: "k", SignatureStatus: "PENDING"},
		},
		"status alone":        {meta(), `{"data":[{"business_public_key_signature_status":"MISMATCH"}]}`, registration.RemoteKey{SignatureStatus: "MISMATCH"}},
		"key alone":           {meta(), `{"data":[{"business_public_key":"k"}]}`, registration.RemoteKey{PEM: "k"}},
		"empty entry":         {meta(), `{"data":[{}]}`, registration.RemoteKey{}},
		"null data":           {meta(), `{"data":null}`, registration.RemoteKey{}},
		"wrapped, none":       {chakra(), `{"_data":{"data":[]}}`, registration.RemoteKey{}},
		"kaleyra, no hyphen":  {kaleyra(), `{"code":"WA200","data":[` + object + `],"error":null}`, valid},
		"kaleyra, error \"\"": {kaleyra(), `{"code":"wa-200","data":` + object + `,"error":""}`, valid},
		"kaleyra, null data":  {kaleyra(), `{"code":"WA-200","data":null}`, registration.RemoteKey{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, stand := newInMemory(t, c.adapter, providers.Transport{})
			stand.Respond(standin.Answer{Status: 200, Body: c.body})
			got, err := registrar.PublicKey(t.Context())
			if err != nil {
				t.Fatalf("PublicKey: %v", err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("key (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSetAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		adapter providertest.Adapter
		answer  standin.Answer
		want    error // nil: done
		unknown bool
	}{
		"meta, success":              {meta(), answer(200, `{"success":true}`), nil, false},
		"chakra, wrapped":            {chakra(), answer(201, `{"_data":{"success":true},"_errors":[]}`), nil, false},
		"kaleyra, list":              {kaleyra(), answer(202, `{"code":"WA-200","data":[],"error":{}}`), nil, false},
		"meta, denied":               {meta(), answer(200, `{"success":false}`), providers.ErrUnexpectedResponse, true},
		"meta, silent":               {meta(), answer(200, `{}`), providers.ErrUnexpectedResponse, true},
		"meta, empty":                {meta(), answer(204, ""), providers.ErrUnexpectedResponse, true},
		"kaleyra, denied":            {kaleyra(), answer(200, `{"code":"WA-200","data":{"success":false}}`), providers.ErrUnexpectedResponse, true},
		"kaleyra, failed in 200":     {kaleyra(), answer(200, fixture(t, "kaleyra-500.json")), providers.ErrUpstream, true},
		"chakra, error beside true":  {chakra(), answer(200, `{"success":true,"_errors":["no"]}`), providers.ErrInvalidRequest, false},
		"meta, key refused":          {meta(), answer(400, `{"error":{"code":100}}`), providers.ErrInvalidRequest, false},
		"meta, limit":                {meta(), answer(429, `{"error":{"code":4}}`), providers.ErrRateLimited, false},
		"kaleyra, empty POST denied": {kaleyra(), answer(405, ""), providers.ErrInvalidRequest, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, stand := newInMemory(t, c.adapter, providers.Transport{})
			stand.Respond(c.answer)
			err := registrar.SetPublicKey(t.Context(), providertest.PublicPEM(t))
			if !errors.Is(err, c.want) || errors.Is(err, providers.ErrUnknownOutcome) != c.unknown {
				t.Errorf("got error %v, want %v, unknown outcome %v", err, c.want, c.unknown)
			}
			if got := stand.Count(); got != 1 {
				t.Errorf("got %d requests, want 1", got)
			}
		})
	}
}
