package client_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/protocol"
)

func TestSendSealsAndSigns(t *testing.T) {
	t.Parallel()
	var got *http.Request
	e := honest(t, 200, `{"data":{"status":"active"}}`)
	c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(r.Context())
		e.ServeHTTP(w, r)
	}), client.Config{})

	reply, err := c.Ping(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if reply.Status != 200 || !reply.Active() || reply.Attempts != 1 || reply.Duration <= 0 {
		t.Errorf("got reply %+v, want an active one at the first attempt", reply)
	}
	if got.Method != http.MethodPost || got.URL.Path != "/flows/booking" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %s %s with Content-Type %q, want POST /flows/booking with application/json", got.Method, got.URL.Path, got.Header.Get("Content-Type"))
	}
	body := e.received()[0]
	if !strings.Contains(body, `\/`) || strings.Contains(strings.ReplaceAll(body, `\/`, ""), "/") {
		t.Errorf(`got body %s, want every / escaped as \/`, body)
	}
	header := got.Header.Get(flowcrypto.SignatureHeader)
	if err := flowcrypto.VerifySignature([]byte(strings.ReplaceAll(body, `\/`, "/")), header, []byte(appSecret)); err == nil {
		t.Error("the signature verifies over the unescaped body, want it to cover the raw bytes alone")
	}
}

func TestUnsignedWithoutSecret(t *testing.T) {
	t.Parallel()
	c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, found := r.Header[http.CanonicalHeaderKey(flowcrypto.SignatureHeader)]; found {
			w.WriteHeader(http.StatusTeapot)
		}
		w.WriteHeader(http.StatusNoContent)
	}), client.Config{AppSecret: []byte{}})
	reply, err := c.Ping(t.Context())
	if err != nil || reply.Status != http.StatusNoContent {
		t.Errorf("got %v, %v, want 204 for a request without a signature header", reply, err)
	}
}

func TestFreshKeyAndIV(t *testing.T) {
	t.Parallel()
	e := honest(t, 200, `{"data":{}}`)
	e.answer = func([]byte) (int, string) { return http.StatusMisdirectedRequest, "" }
	c := dial(t, e, client.Config{RetryWait: -1})
	for range 3 {
		if _, err := c.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	seen := make(map[string]bool)
	for _, body := range e.received() {
		envelope, err := flowcrypto.ParseEnvelope([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		aesKey, err := rsa.DecryptOAEP(newSHA256(), nil, e.key, envelope.EncryptedAESKey, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(aesKey)], seen[string(envelope.InitialVector)] = true, true
	}
	if got, want := len(seen), 2*6; got != want {
		t.Errorf("got %d different keys and IVs in 3 sends with a retry each, want %d", got, want)
	}
}

func TestRetryAfter421(t *testing.T) {
	t.Parallel()
	errFetch := errors.New("registry is down")
	a, b := &readKey(t, "a").PublicKey, &readKey(t, "b").PublicKey
	tests := map[string]struct {
		refresh    func(context.Context) (*rsa.PublicKey, error)
		publicKey  *rsa.PublicKey
		faults     []client.Fault
		wantStatus int
		attempts   int
		wantCalls  int32
		wantErr    error
	}{
		"right key at once":    {publicKey: a, wantStatus: 200, attempts: 1},
		"refreshed key fits":   {publicKey: b, refresh: gives(a, nil), wantStatus: 200, attempts: 2, wantCalls: 1},
		"refreshed key is old": {publicKey: b, refresh: gives(b, nil), wantStatus: 421, attempts: 2, wantCalls: 1},
		"no refresh":           {publicKey: b, wantStatus: 421, attempts: 2},
		"refresh fails":        {publicKey: b, refresh: gives(nil, errFetch), wantStatus: 421, attempts: 1, wantCalls: 1, wantErr: errFetch},
		"faults are not sent again": {
			publicKey: a, refresh: gives(a, nil), faults: []client.Fault{named(t, "bad-tag")}, wantStatus: 421, attempts: 1,
		},
		"nor with the zero fault": {publicKey: b, refresh: gives(a, nil), faults: []client.Fault{{}}, wantStatus: 421, attempts: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			cfg := client.Config{PublicKey: test.publicKey, RetryWait: -1}
			if test.refresh != nil {
				cfg.RefreshKey = func(ctx context.Context) (*rsa.PublicKey, error) {
					calls.Add(1)
					return test.refresh(ctx)
				}
			}
			c := dial(t, honest(t, 200, `{"data":{"status":"active"}}`), cfg)
			reply, err := c.Send(t.Context(), client.Message{Action: protocol.ActionPing}, test.faults...)
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got error %v, want %v", err, test.wantErr)
			}
			if reply.Status != test.wantStatus || reply.Attempts != test.attempts || calls.Load() != test.wantCalls {
				t.Errorf("got status %d after %d attempts and %d key fetches, want %d after %d and %d",
					reply.Status, reply.Attempts, calls.Load(), test.wantStatus, test.attempts, test.wantCalls)
			}
		})
	}
}

func TestRefreshRefusesBadKey(t *testing.T) {
	t.Parallel()
	c := dial(t, honest(t, 200, ""), client.Config{PublicKey: &readKey(t, "b").PublicKey, RefreshKey: gives(nil, nil), RetryWait: -1})
	reply, err := c.Ping(t.Context())
	if err == nil || reply == nil || reply.Status != 421 {
		t.Errorf("got %v, %v, want the 421 and an error about the missing key", reply, err)
	}
}

func TestRefreshedKeyStays(t *testing.T) {
	t.Parallel()
	c := dial(t, honest(t, 200, `{"data":{}}`), client.Config{
		PublicKey: &readKey(t, "b").PublicKey, RefreshKey: gives(&readKey(t, "a").PublicKey, nil), RetryWait: -1,
	})
	for _, want := range []int{2, 1} {
		reply, err := c.Init(t.Context(), "token-1")
		if err != nil {
			t.Fatal(err)
		}
		if reply.Attempts != want {
			t.Errorf("got %d attempts, want %d", reply.Attempts, want)
		}
	}
}

func TestRetryWait(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ set, want time.Duration }{
		"default":  {0, 500 * time.Millisecond},
		"given":    {3 * time.Second, 3 * time.Second},
		"negative": {-1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := readKey(t, "a")
			synctest.Test(t, func(t *testing.T) {
				c, err := client.New(client.Config{
					URL: "https://flows.example", PublicKey: &key.PublicKey,
					HTTPClient: &http.Client{Transport: always421}, RetryWait: test.set,
				})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				if _, err := c.Ping(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(start); got != test.want {
					t.Errorf("got a retry after %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestDeadlineBeforeRetry(t *testing.T) {
	t.Parallel()
	key := readKey(t, "a")
	synctest.Test(t, func(t *testing.T) {
		c, err := client.New(client.Config{
			URL: "https://flows.example", PublicKey: &key.PublicKey, HTTPClient: &http.Client{Transport: always421},
			RefreshKey: gives(nil, errors.New("called too early")),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		reply, err := c.Ping(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || reply == nil || reply.Status != 421 || reply.Attempts != 1 {
			t.Errorf("got %v, %v, want the first 421 and context.DeadlineExceeded", reply, err)
		}
	})
}

func TestAnswerCutShort(t *testing.T) {
	t.Parallel()
	c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("AAAA"))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}), client.Config{})
	reply, err := c.Ping(t.Context())
	if reply != nil || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, %v, want no reply and io.ErrUnexpectedEOF", reply, err)
	}
}

func TestRedirectIsTheAnswer(t *testing.T) {
	t.Parallel()
	e := honest(t, 200, `{"data":{}}`)
	mux := http.NewServeMux()
	mux.Handle("/moved", e)
	mux.Handle("/", http.RedirectHandler("/moved", http.StatusTemporaryRedirect))
	for name, given := range map[string]*http.Client{"own client": nil, "given client": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := dial(t, mux, client.Config{HTTPClient: given}).Ping(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if reply.Status != http.StatusTemporaryRedirect || reply.Header.Get("Location") != "/moved" {
				t.Errorf("got status %d to %q, want the redirect itself", reply.Status, reply.Header.Get("Location"))
			}
		})
	}
	if n := len(e.received()); n != 0 {
		t.Errorf("got %d requests at the redirect's target, want none", n)
	}
}

func TestSlowEndpoint(t *testing.T) {
	t.Parallel()
	slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = new(bytes.Buffer).ReadFrom(r.Body) // net/http notices that the client is gone only after that
		<-r.Context().Done()
	})
	t.Run("context deadline", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		reply, err := dial(t, slow, client.Config{}).Ping(ctx)
		if reply != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, %v, want no reply and context.DeadlineExceeded", reply, err)
		}
	})
	t.Run("client timeout", func(t *testing.T) {
		t.Parallel()
		reply, err := dial(t, slow, client.Config{HTTPClient: &http.Client{Timeout: 20 * time.Millisecond}}).Ping(t.Context())
		if reply != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, %v, want no reply and context.DeadlineExceeded", reply, err)
		}
	})
}

func TestNoAnswerHidesQuery(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	_ = server.Config.Close() // as dial does
	c, err := client.New(client.Config{URL: server.URL + "/flow?key=s3cret", PublicKey: &readKey(t, "a").PublicKey})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Ping(t.Context())
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), server.URL+"/flow") {
		t.Errorf("got error %v, want one that names the endpoint without its query", err)
	}
	if _, leaks := errors.AsType[*url.Error](err); leaks {
		t.Error("the error still holds the url.Error with the query")
	}
}

func TestReplayedRequest(t *testing.T) {
	t.Parallel()
	e := honest(t, 200, `{"screen":"A","data":{}}`)
	c := dial(t, e, client.Config{})
	req, err := c.Seal([]byte(`{"version":"3.0","action":"INIT","flow_token":"t"}`))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		reply, err := c.Do(t.Context(), req)
		if err != nil || reply.Screen != "A" {
			t.Fatalf("got %v, %v, want screen A", reply, err)
		}
	}
	if got := e.received(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("got bodies %q, want the same twice", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	e := honest(t, 200, "")
	e.answer = func(plaintext []byte) (int, string) {
		var msg struct {
			Token string `json:"flow_token"`
		}
		_ = json.Unmarshal(plaintext, &msg) // isRequest has read it
		return 200, fmt.Sprintf(`{"screen":%q,"data":{}}`, msg.Token)
	}
	c := dial(t, e, client.Config{
		PublicKey: &readKey(t, "b").PublicKey, RefreshKey: gives(&readKey(t, "a").PublicKey, nil), RetryWait: -1,
	})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			token := fmt.Sprintf("token-%d", i)
			reply, err := c.Init(t.Context(), token)
			if err != nil || reply.Screen != token {
				t.Errorf("got %v, %v, want the answer to %s", reply, err, token)
			}
		})
	}
	wg.Wait()
}

func gives(key *rsa.PublicKey, err error) func(context.Context) (*rsa.PublicKey, error) {
	return func(context.Context) (*rsa.PublicKey, error) { return key, err }
}

func named(tb testing.TB, name string) client.Fault {
	tb.Helper()
	fault, found := client.FaultNamed(name)
	if !found {
		tb.Fatalf("no fault is named %s", name)
	}
	return fault
}

// inProcess answers without a network, so that synctest can move time.
type inProcess http.HandlerFunc

func (f inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	f(w, r)
	return w.Result(), nil
}

var always421 = inProcess(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMisdirectedRequest) })
