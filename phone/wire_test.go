package phone_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/phone"
)

// server is an endpoint with real cryptography. It answers as answer says: a status with
// a clear body that it seals, or as it is after "plain".
type server struct {
	key    *rsa.PrivateKey
	answer func(n int) string

	mu     sync.Mutex
	bodies []string
	clear  []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.bodies = append(s.bodies, string(body))
	status, text, _ := strings.Cut(s.answer(len(s.bodies)), " ")
	s.mu.Unlock()
	envelope, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	plaintext, sealer, err := flowcrypto.Open(envelope, s.key)
	if err != nil {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	s.mu.Lock()
	s.clear = append(s.clear, string(plaintext))
	s.mu.Unlock()
	var code int
	_ = json.Unmarshal([]byte(status), &code)
	sealed := []byte(text)
	switch plain, isPlain := strings.CutPrefix(text, "plain "); {
	case isPlain:
		sealed = []byte(plain)
	case text == "cut":
		sealed, _ = sealer.Seal([]byte(atA[4:]))
		sealed = sealed[:len(sealed)/2]
	case text != "":
		sealed, _ = sealer.Seal([]byte(text))
	}
	w.WriteHeader(code)
	_, _ = w.Write(sealed)
}

// readKey returns a key of testdata/keys.
func readKey(tb testing.TB, name string) *rsa.PrivateKey {
	tb.Helper()
	text, err := os.ReadFile("../testdata/keys/" + name + ".pkcs8.pem")
	if err != nil {
		tb.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// call returns a phone that plays against a server over HTTP.
func call(t *testing.T, answer func(n int) string, change ...func(*client.Config)) (*play, *server) {
	t.Helper()
	key := readKey(t, "a")
	s := &server{key: key, answer: answer}
	listening := httptest.NewServer(s)
	t.Cleanup(listening.Close)
	cfg := client.Config{URL: listening.URL, PublicKey: &key.PublicKey, RetryWait: -1, HTTPClient: &http.Client{Timeout: 5 * time.Second}}
	for _, c := range change {
		c(&cfg)
	}
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := prepare(t, tour, nil, func(cfg *phone.Config) { cfg.Endpoint = c })
	if err := p.Open(t.Context(), phone.Message{Token: "token-1"}); err != nil {
		t.Fatal(err)
	}
	return p, s
}

// always answers each request alike, and acknowledges nothing.
func always(text string) func(int) string { return func(int) string { return text } }

// After a 421 the phone sends once more, under another AES key: two attempts.
func TestAttempts(t *testing.T) {
	t.Parallel()
	p, s := call(t, func(n int) string { return map[bool]string{true: "421", false: atA}[n == 1] })
	p.want("A")
	got := p.verdict().Attempts
	if len(got) != 2 || got[0].Status != 421 || got[1].Status != 200 || got[0].Key == "" || got[0].Sent == 0 || got[1].Received == 0 {
		t.Errorf("attempts %+v", got)
	}
	if len(s.bodies) != 2 || s.bodies[0] == s.bodies[1] {
		t.Error("the retry is the same envelope")
	}
	p, s = call(t, always("421"))
	if f := p.View().Failure; f == nil || f.Kind != phone.FailureKey || f.Retry || len(s.bodies) != 2 {
		t.Errorf("421 twice: %+v after %d requests", f, len(s.bodies))
	}
}

// What is wrong with a real answer: each shows as the rules say, and is reported or not.
func TestWire(t *testing.T) {
	t.Parallel()
	other := readKey(t, "b")
	for _, test := range []struct {
		name, answer string
		change       func(*client.Config)
		kind         phone.FailureKind
		usable       bool
		notice       string
	}{
		{"truncated", "200 cut", nil, phone.FailureUnreadable, true, `data_exchange "" `},
		{"not sealed", "200 plain " + atA[4:], nil, phone.FailureUnreadable, true, `data_exchange "" `},
		{"empty", "200 plain ", nil, phone.FailureUnreadable, true, `data_exchange "" `},
		{"plain 427", `427 plain {"error_msg":"Sold"}`, nil, phone.FailureUnreadable, true, `data_exchange "" `},
		{"sealed 427", `427 {"error_msg":"Sold"}`, nil, phone.FailureExpired, false, ""},
		{"empty 427", `427 `, nil, phone.FailureExpired, false, ""},
		{"other key", atA, func(c *client.Config) { c.PublicKey = &other.PublicKey }, phone.FailureKey, true, ""},
		{"432", "432 ", nil, phone.FailureStatus, true, ""},
		{"gone", "200 ", func(c *client.Config) { c.URL = "http://127.0.0.1:1/" }, phone.FailureStatus, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			change := test.change
			if change == nil {
				change = func(*client.Config) {}
			}
			p, s := call(t, always(test.answer), change)
			v := p.View()
			if v.Failure == nil || v.Failure.Kind != test.kind || v.Message.Usable != test.usable {
				t.Fatalf("got %+v, usable %v", v.Failure, v.Message.Usable)
			}
			var notices []string
			for _, text := range s.clear[min(1, len(s.clear)):] {
				var m struct {
					Action, Screen string
					Data           map[string]string
				}
				if err := json.Unmarshal([]byte(text), &m); err != nil {
					t.Fatal(err)
				}
				notices = append(notices, m.Action+` "`+m.Screen+`" `+m.Data["error"])
			}
			if got := strings.Join(notices, "; "); got != test.notice {
				t.Errorf("notice %q, want %q", got, test.notice)
			}
		})
	}
}

func TestAgain(t *testing.T) {
	t.Parallel()
	p, s := call(t, always(atA))
	before := p.View()
	ex, err := p.Again(t.Context(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.bodies) != 2 || s.bodies[0] != s.bodies[1] || ex.Status != 200 || ex.N != 2 || ex.Of != 1 {
		t.Errorf("%d requests, exchange %+v", len(s.bodies), ex)
	}
	if _, err := p.Again(t.Context(), 1, []byte(`{"action":"ping"}`)); err != nil {
		t.Fatal(err)
	}
	if s.clear[2] != `{"action":"ping"}` {
		t.Errorf("sent %s", s.clear[2])
	}
	if v := p.View(); v.Screen != before.Screen || len(p.Exchanges(1)) != 2 {
		t.Errorf("on %s with %d exchanges", v.Screen, len(p.Exchanges(1)))
	}
	if _, err := p.Again(t.Context(), 99, nil); err == nil {
		t.Error("an exchange that is not there can be sent again")
	}
	if _, err := p.Again(t.Context(), 1, []byte(`{`)); err == nil {
		t.Error("what is not JSON can be sent")
	}
}

func TestWeather(t *testing.T) {
	t.Parallel()
	p, s := call(t, always(atA))
	p.SetWeather(phone.Weather{Twice: true, Next: 1})
	p.next()
	if len(s.bodies) != 3 || s.bodies[1] != s.bodies[2] || len(p.verdict().Attempts) != 2 {
		t.Errorf("%d requests, attempts %+v", len(s.bodies), p.verdict().Attempts)
	}
	fault, ok := client.FaultNamed("not-json")
	if !ok {
		t.Fatal("no such fault")
	}
	p.SetWeather(phone.Weather{Faults: []client.Fault{fault}, Next: 1})
	p.next()
	if ex := p.verdict(); ex.Status != 400 || len(ex.Faults) != 1 || ex.Faults[0] != "not-json" || p.View().Snackbar == "" {
		t.Errorf("exchange %+v", ex)
	}
	p.next()
	if ex := p.verdict(); ex.Status != 200 {
		t.Errorf("the weather lasts: %+v", ex)
	}
	if fault, ok = client.FaultNamed("other-rsa-key"); !ok {
		t.Fatal("no such fault")
	}
	p.SetWeather(phone.Weather{Faults: []client.Fault{fault}, Next: 1})
	p.next()
	if ex := p.verdict(); ex.Status != 421 || len(ex.Attempts) != 2 || p.View().Failure.Kind != phone.FailureKey {
		t.Errorf("another key: %+v, want two attempts and the error page", ex)
	}
}
