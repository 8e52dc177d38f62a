package upstream

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/flowserver/flowserver/exchange"
)

// FuzzAnswer lets the upstream answer anything: it becomes a response that an
// endpoint can send, the end of the token, or ErrUpstream.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", `{}`, `{"screen":"A"}`, `{"screen":"A","data":{"a":[1,{"b":null}]}}`, `{"screen":"A","data":{"error_message":"no"}}`,
		`{"screen":"SUCCESS"}`, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"a":"b"}}}}`,
		`{"screen":"SUCCESS","data":{"extension_message_response":{"params":[]}}}`, `{"error_msg":"gone"}`, `{"error_msg":1}`,
		"\ufeff{\"screen\":\"A\"}", `[{"screen":"A","data":[]}]`, `[1,2]`, "\xff\xfe{", `{"screen":"A",}`, `{'screen'`, "Warning: x in y\n{}", "Accepted",
		`{"screen":"SUCCESS","data":{"a":1}}`, `{"screen":"SUCCESS","params":{"a":null}}`, `{"message":"gone"}`, `{"screen":"A","next_screen":"B"}`,
		`{"screen":"\ud800","data":{"\u0000":"\udfff"}}`, "{\"screen\":\"\xff\"}", `{"screen":"A","screen":"B","data":{"a":1,"a":2}}`,
	} {
		for _, status := range []int{http.StatusOK, http.StatusCreated, exchange.StatusTokenExpired, http.StatusTeapot} {
			f.Add(status, "text/html; charset=utf-8", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		a := &answer{status: status, contentType: contentType, body: body, limit: 1 << 20}
		resp, err := a.response(t.Context())
		var expired *exchange.TokenError
		switch {
		case errors.As(err, &expired):
			if status != exchange.StatusTokenExpired || resp != nil || !utf8.ValidString(expired.Message) {
				t.Errorf("%d %q ends the token", status, body)
			}
		case err != nil:
			if !errors.Is(err, exchange.ErrUpstream) || resp != nil {
				t.Errorf("%d %q: %v, want ErrUpstream alone", status, body, err)
			}
		case status < 200 || status > 299 || resp.Screen() == "":
			t.Errorf("%d %q became screen %q", status, body, resp.Screen())
		default:
			assertSendable(t, resp)
		}
	})
}

// assertSendable has an endpoint send a response: the upstream is to blame for what cannot
// be sent, with 502, so none of it may be left for the endpoint to refuse.
func assertSendable(t *testing.T, resp *exchange.Response) {
	t.Helper()
	handler := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { return resp, nil })
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Handler: exchange.Unrouted(handler), Keys: noKeys{}, InsecureSkipSignature: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	status, answer, err := endpoint.AnswerClear(t.Context(), []byte(`{"version":"3.0","action":"INIT","flow_token":"t"}`))
	if status != http.StatusOK {
		t.Fatalf("status %d (%v)", status, err)
	}
	var sent struct {
		Screen string         `json:"screen"`
		Data   map[string]any `json:"data"`
	}
	if err := json.Unmarshal(answer, &sent); err != nil || !utf8.Valid(answer) || sent.Screen != resp.Screen() || sent.Data == nil {
		t.Errorf("answer %q: %v", answer, err)
	}
}

type noKeys struct{}

func (noKeys) Decrypters(context.Context) ([]crypto.Decrypter, error) { return nil, nil }

// TestMediaTypeOfTheUpstream keeps the upstream from writing into the log.
func TestMediaTypeOfTheUpstream(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]string{
		"text/html; charset=utf-8": ", but text/html", "Text/Plain": ", but text/plain", "": "", ";;": "",
		"name/ana": "", "text/html\nlevel=ERROR": "", "application/json": "",
	} {
		_, err := (&answer{status: http.StatusOK, contentType: contentType, body: []byte("<"), limit: 1}).response(t.Context())
		if err == nil || !strings.Contains(err.Error(), "it is not JSON"+want+": it begins with <") {
			t.Errorf("%q: %v, want %q in it", contentType, err, want)
		}
	}
}
