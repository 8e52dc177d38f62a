package client_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowserver/flowserver/client"
)

func TestReplies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status  int
		answer  string
		want    client.Reply
		wantErr error
	}{
		"next screen": {
			200, `{"screen":"SUMMARY","data":{"total":"12.00"}}`,
			client.Reply{Screen: "SUMMARY", Data: []byte(`{"total":"12.00"}`)},
			nil,
		},
		"same screen with a message": {
			200, `{"screen":"SLOT","data":{"error_message":"taken"}}`,
			client.Reply{Screen: "SLOT", Data: []byte(`{"error_message":"taken"}`), ErrorMessage: "taken"},
			nil,
		},
		"expired token":             {427, `{"error_msg":"too late"}`, client.Reply{ErrorMsg: "too late"}, nil},
		"expired token, no text":    {427, `{}`, client.Reply{}, nil},
		"expired token, other type": {427, `{"error_msg":5}`, client.Reply{}, client.ErrMalformed},
		"expired token, text alone": {427, `"too late"`, client.Reply{}, client.ErrMalformed},
		"not an object":             {200, `[]`, client.Reply{}, client.ErrMalformed},
		"null":                      {200, `null`, client.Reply{}, client.ErrMalformed},
		"empty":                     {200, ``, client.Reply{}, client.ErrMalformed},
		"not UTF-8":                 {200, "{\"screen\":\"\xff\",\"data\":{}}", client.Reply{}, client.ErrMalformed},
		"screen of another type":    {200, `{"screen":5,"data":{}}`, client.Reply{}, client.ErrMalformed},
		"screen is null":            {200, `{"screen":null,"data":{}}`, client.Reply{}, client.ErrMalformed},
		"no data":                   {200, `{"screen":"A"}`, client.Reply{Screen: "A"}, client.ErrMalformed},
		"data under another case":   {200, `{"screen":"A","Data":{}}`, client.Reply{Screen: "A"}, client.ErrMalformed},
		"data is an array":          {200, `{"screen":"A","data":[]}`, client.Reply{Screen: "A"}, client.ErrMalformed},
		"data is null":              {200, `{"screen":"A","data":null}`, client.Reply{Screen: "A"}, client.ErrMalformed},
		"message of another type": {
			200, `{"screen":"A","data":{"error_message":1}}`,
			client.Reply{Screen: "A", Data: []byte(`{"error_message":1}`)},
			client.ErrMalformed,
		},
		"status that is not opened":  {500, `{"screen":"A","data":{}}`, client.Reply{}, nil},
		"success that is not opened": {201, `{"screen":"A","data":{}}`, client.Reply{}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := dial(t, honest(t, test.status, test.answer), client.Config{}).Init(t.Context(), "token-1")
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got error %v, want %v", err, test.wantErr)
			}
			test.want.Status, test.want.Attempts = test.status, 1
			if test.status == 200 || test.status == 427 {
				test.want.Clear = []byte(test.answer)
			}
			if diff := cmp.Diff(&test.want, got, cmpopts.IgnoreFields(client.Reply{}, "Header", "Body", "Duration"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("reply differs (-want +got):\n%s", diff)
			}
			if len(got.Body) == 0 || got.Header.Get("Date") == "" || got.Duration <= 0 {
				t.Errorf("got body of %d bytes, header %v, duration %v, want all of them", len(got.Body), got.Header, got.Duration)
			}
		})
	}
}

func TestUnopenableReplies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status  int
		body    string
		wantErr error
	}{
		"plain JSON":       {200, `{"screen":"A","data":{}}`, client.ErrUndecryptable},
		"empty 200":        {200, "", client.ErrUndecryptable},
		"not sealed":       {200, "aGVsbG8sIHRoaXMgaXMgbm90IHNlYWxlZA==", client.ErrUndecryptable},
		"plain JSON 427":   {427, `{"error_msg":"too late"}`, client.ErrUndecryptable},
		"empty 427":        {427, "", nil},
		"error page":       {502, "<html>bad gateway</html>", nil},
		"no content":       {204, "", nil},
		"signature failed": {432, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			got, err := dial(t, plain, client.Config{}).Init(t.Context(), "token-1")
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got error %v, want %v", err, test.wantErr)
			}
			if err != nil && !strings.Contains(err.Error(), "response-decryption-error") {
				t.Errorf("got error %q, want it to say what a phone reports", err)
			}
			if got.Status != test.status || string(got.Body) != test.body || got.Clear != nil || got.Data != nil {
				t.Errorf("got %+v, want status %d and body %q alone", got, test.status, test.body)
			}
			if err := got.Decode(&struct{}{}); err == nil {
				t.Error("Decode of an answer without data succeeded, want an error")
			}
		})
	}
}

func TestHugeReplies(t *testing.T) {
	t.Parallel()
	const limit = 4 << 20
	for name, test := range map[string]struct {
		status  int
		wantErr error
	}{
		"sealed status": {200, client.ErrTooLarge},
		"other status":  {500, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			huge := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write(bytes.Repeat([]byte("A"), limit+1))
			})
			got, err := dial(t, huge, client.Config{}).Ping(t.Context())
			if !errors.Is(err, test.wantErr) || got == nil || len(got.Body) != limit {
				t.Errorf("got error %v, want %v and the first 4 MiB", err, test.wantErr)
			}
		})
	}
}

func TestReplyMeaning(t *testing.T) {
	t.Parallel()
	type meaning struct {
		Completed, Active, Acknowledged bool
		Params                          string
	}
	tests := map[string]struct {
		status int
		answer string
		want   meaning
	}{
		"ping":             {200, `{"data":{"status":"active"}}`, meaning{Active: true}},
		"ping with other":  {200, `{"data":{"status":"ok"}}`, meaning{}},
		"acknowledged":     {200, `{"data":{"acknowledged":true}}`, meaning{Acknowledged: true}},
		"not acknowledged": {200, `{"data":{"acknowledged":false}}`, meaning{}},
		"completed": {
			200, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"t"}}}}`,
			meaning{Completed: true, Params: `{"flow_token":"t"}`},
		},
		"closed":             {200, `{"screen":"SUCCESS","data":{}}`, meaning{Completed: true}},
		"params of a screen": {200, `{"screen":"A","data":{"extension_message_response":{"params":{"flow_token":"t"}}}}`, meaning{}},
		"params of no shape": {200, `{"screen":"SUCCESS","data":{"extension_message_response":7}}`, meaning{Completed: true}},
		"params no object":   {200, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":[]}}}`, meaning{Completed: true}},
		"other case": {
			200, `{"screen":"SUCCESS","data":{"Status":"active","Acknowledged":true,"extension_message_response":{"Params":{}}}}`,
			meaning{Completed: true},
		},
		"expired": {427, `{"error_msg":"SUCCESS"}`, meaning{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := dial(t, honest(t, test.status, test.answer), client.Config{}).Init(t.Context(), "token-1")
			if err != nil {
				t.Fatal(err)
			}
			got := meaning{reply.Completed(), reply.Active(), reply.Acknowledged(), string(reply.Params())}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("meaning differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	reply, err := dial(t, honest(t, 200, `{"screen":"SLOT","data":{"slots":["09:00","10:00"]}}`), client.Config{}).Init(t.Context(), "token-1")
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Slots []string }
	if err := reply.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"09:00", "10:00"}, got.Slots); diff != "" {
		t.Errorf("slots differ (-want +got):\n%s", diff)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	reply := &client.Reply{Header: http.Header{"Flowserver-Log": {"booked%20reference=7", "warn%20two%0A%20%20lines", "%zz", "red%1b[31m"}}}
	if diff := cmp.Diff([]string{"booked reference=7", "warn two\n  lines", "red\ufffd[31m"}, reply.Log()); diff != "" {
		t.Error(diff)
	}
	if got := new(client.Reply).Log(); got != nil {
		t.Errorf("got %q without a header", got)
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                       "",
		"no%20handler%20for%20X": "no handler for X",
		"caf%C3%A9":              "café",
		"a%0Ab%1B%5B31m":         "a b [31m",
		"100%":                   "",
	} {
		reply := &client.Reply{Header: http.Header{"Flowserver-Reason": {header}}}
		if got := reply.Reason(); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}
