package exchange_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

const secret = "app-secret"

// keys is a KeySource of fixed keys.
type keys []crypto.Decrypter

func (k keys) Decrypters(context.Context) ([]crypto.Decrypter, error) { return k, nil }

// countingKey counts RSA operations.
type countingKey struct {
	*rsa.PrivateKey
	name  string
	count *atomic.Int32
}

func (k countingKey) Fingerprint() string { return k.name }
func (k countingKey) Decrypt(r io.Reader, msg []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	k.count.Add(1)
	return k.PrivateKey.Decrypt(r, msg, opts)
}

func newEndpoint(tb testing.TB, change func(*exchange.Config)) *exchange.Endpoint {
	tb.Helper()
	cfg := exchange.Config{
		Flow: "visit", Handler: visitRoutes(), Keys: keys{vectortest.Key(tb, "a")}, AppSecrets: [][]byte{[]byte(secret)},
		Logger: slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	}
	if change != nil {
		change(&cfg)
	}
	e, err := exchange.NewEndpoint(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func post(e http.Handler, body, signature string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/flows/visit", strings.NewReader(body))
	if signature != "" {
		r.Header.Set(flowcrypto.SignatureHeader, signature)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// TestVectors posts every envelope that was made elsewhere, properly signed.
func TestVectors(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
			return exchange.NewResponse("NEXT", nil), nil
		}))
	})
	want := map[string]int{vectortest.OK: 200, vectortest.Malformed: 400, vectortest.Undecryptable: 421}
	for _, c := range vectortest.Envelopes(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			w := post(e, c.Body, flowcrypto.Sign([]byte(c.Body), []byte(secret)))
			if w.Code != want[c.Expect] {
				t.Errorf("status %d, want %d", w.Code, want[c.Expect])
			}
			if w.Code != 200 && w.Body.Len() > 0 {
				t.Errorf("status %d has the body %q", w.Code, w.Body)
			}
			if strings.HasPrefix(c.Name, "ping") || strings.HasPrefix(c.Name, "error-notification") {
				// their clear answers are the protocol's, so the sealed ones are known
				if got := w.Body.String(); got != c.ReplyBody {
					t.Errorf("body %s, want %s", got, c.ReplyBody)
				}
			}
		})
	}
}

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	for _, c := range vectortest.Signatures(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			count := new(atomic.Int32)
			e := newEndpoint(t, func(cfg *exchange.Config) {
				cfg.AppSecrets = nil
				for _, s := range c.Secrets {
					cfg.AppSecrets = append(cfg.AppSecrets, []byte(s))
				}
				cfg.Keys = keys{countingKey{vectortest.Key(t, "a"), "a", count}}
			})
			w := post(e, c.Body, c.Header)
			if passed := w.Code != exchange.StatusBadSignature; passed != c.Valid {
				t.Errorf("status %d, valid %t", w.Code, c.Valid)
			}
			if !c.Valid && count.Load() > 0 {
				t.Error("RSA work for a request that nobody vouches for")
			}
		})
	}
}

// TestFaults sends everything that the client can do wrong, while good requests
// go on.
func TestFaults(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newEndpoint(t, func(c *exchange.Config) { c.Logger = nil }))
	t.Cleanup(server.Close)
	phone, err := client.New(client.Config{URL: server.URL, PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	var done atomic.Bool
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for !done.Load() {
				reply, err := phone.Init(t.Context(), "token")
				if err != nil || reply.Screen != "VISIT" {
					t.Errorf("a good request beside the faults: %v, %v", reply, err)
					return
				}
			}
		})
	}
	t.Run("each", func(t *testing.T) {
		faults := client.Faults()
		if len(faults) == 0 {
			t.Fatal("no faults")
		}
		for _, fault := range faults {
			t.Run(fault.Name(), func(t *testing.T) {
				t.Parallel()
				reply, err := phone.Send(t.Context(), client.Message{Action: protocol.ActionInit, FlowToken: "token"}, fault)
				if err != nil {
					t.Fatal(err)
				}
				if reply.Status != fault.Want() || len(reply.Body) > 0 {
					t.Errorf("status %d with %d bytes, want %d with none", reply.Status, len(reply.Body), fault.Want())
				}
			})
		}
	})
	done.Store(true)
	others.Wait()
}

func TestAnswerForm(t *testing.T) {
	t.Parallel()
	ping := vectortest.Envelopes(t)[0]
	w := post(newEndpoint(t, nil), ping.Body, flowcrypto.Sign([]byte(ping.Body), []byte(secret)))
	if got := w.Header().Get("Content-Type"); got != "text/plain" {
		t.Errorf("content type %q", got)
	}
	if w.Header().Get("X-Request-Id") == "" {
		t.Error("no request id")
	}
	w = post(newEndpoint(t, nil), ping.Body, "")
	if got := w.Header().Get("Content-Type"); got != "" || w.Body.Len() > 0 {
		t.Errorf("status %d has content type %q and body %q", w.Code, got, w.Body)
	}
	w = httptest.NewRecorder()
	newEndpoint(t, nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: status %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, func(c *exchange.Config) { c.MaxBody = 100 })
	for name, tt := range map[string]struct {
		size    int
		chunked bool
		want    int
	}{
		"at the limit":         {100, false, 400},
		"over it":              {101, false, 413},
		"chunked at the limit": {100, true, 400},
		"chunked over it":      {101, true, 413},
	} {
		body := strings.Repeat("x", tt.size)
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		if tt.chunked {
			r.ContentLength = -1
		}
		r.Header.Set(flowcrypto.SignatureHeader, flowcrypto.Sign([]byte(body), []byte(secret)))
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, tt.want)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	sound := exchange.Config{Handler: visitRoutes(), Keys: keys{}, AppSecrets: [][]byte{[]byte(secret)}}
	tests := []struct {
		name   string
		change func(*exchange.Config)
		want   string // "" for sound
	}{
		{"sound", func(*exchange.Config) {}, ""},
		{"insecure", func(c *exchange.Config) { c.AppSecrets, c.InsecureSkipSignature = nil, true }, ""},
		{"no secret", func(c *exchange.Config) { c.AppSecrets = nil }, "InsecureSkipSignature"},
		{"empty secret", func(c *exchange.Config) { c.AppSecrets = [][]byte{nil} }, "AppSecrets[0] is empty"},
		{"secret and insecure", func(c *exchange.Config) { c.InsecureSkipSignature = true }, "keep only one"},
		{"no handler", func(c *exchange.Config) { c.Handler = nil }, "Handler is missing"},
		{"no keys", func(c *exchange.Config) { c.Keys = nil }, "Keys is missing"},
		{"negative timeout", func(c *exchange.Config) { c.Timeout = -1 }, "Timeout is negative"},
		{"negative limit", func(c *exchange.Config) { c.MaxBody = -1 }, "MaxBody is negative"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := sound
			tt.change(&cfg)
			_, err := exchange.NewEndpoint(cfg)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestInsecureSkipSignature(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	e := newEndpoint(t, func(c *exchange.Config) {
		c.AppSecrets, c.InsecureSkipSignature = nil, true
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	if w := post(e, vectortest.Envelopes(t)[0].Body, ""); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "insecure_skip_signature") {
		t.Errorf("no warning at the start: %s", log.String())
	}
}

func TestConfigPrintsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := exchange.Config{Flow: "visit", AppSecrets: [][]byte{[]byte(secret)}}
	var printed bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+"\n", cfg)
		fmt.Fprintf(&printed, verb+"\n", &cfg)
	}
	if err := json.NewEncoder(&printed).Encode(cfg); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", slog.Any("config", cfg), slog.Any("pointer", &cfg))
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%d", []byte(secret)), "YXBwLXNlY3JldA"} {
		if strings.Contains(printed.String(), form) {
			t.Errorf("the secret is printed as %s in\n%s", form, printed.String())
		}
	}
}

// handlerStatus runs one submit through h and returns the status and the reason.
func handlerStatus(t *testing.T, h exchange.HandlerFunc) (int, error) {
	t.Helper()
	reply := exchangetest.New(t, exchange.Unrouted(h)).Submit("A", nil)
	return reply.Status, reply.Err
}

func TestHandlerOutcomes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func() (*exchange.Response, error)
		status int
		reason string
	}{
		{"plain error", func() (*exchange.Response, error) { return nil, errors.New("database is down") }, 500, "database is down"},
		{"panic", func() (*exchange.Response, error) { panic("oh no") }, 500, "oh no"},
		{"neither", func() (*exchange.Response, error) { return nil, nil }, 500, "neither a response nor an error"},
		{"goexit", func() (*exchange.Response, error) { runtime.Goexit(); return nil, nil }, 500, "called runtime.Goexit"},
		{"decryption of its own", func() (*exchange.Response, error) { return nil, fmt.Errorf("media: %w", flowcrypto.ErrDecrypt) }, 500, "media"},
		{"signature of its own", func() (*exchange.Response, error) { return nil, flowcrypto.ErrSignature }, 500, "handler failed"},
		{"body of its own", func() (*exchange.Response, error) { return nil, &http.MaxBytesError{Limit: 1} }, 500, "handler failed"},
		{"deadline of its own", func() (*exchange.Response, error) { return nil, context.DeadlineExceeded }, 500, "handler failed"},
		{"upstream", func() (*exchange.Response, error) { return nil, fmt.Errorf("backend: %w", exchange.ErrUpstream) }, 502, "backend"},
		{"overloaded", func() (*exchange.Response, error) { return nil, exchange.ErrOverloaded }, 503, "overloaded"},
		{"reject without a registry", func() (*exchange.Response, error) { return nil, exchange.Reject("no") }, 500, "rejected"},
		{"null", func() (*exchange.Response, error) {
			return exchange.NewResponse("A", map[string]any{"list": []any{map[string]any{"title": nil}}}), nil
		}, 200, ""},
		{"nil slice", func() (*exchange.Response, error) {
			return exchange.NewResponse("A", visitData{}), nil
		}, 200, ""},
		{"null in params", func() (*exchange.Response, error) { return exchange.Complete(map[string]any{"x": nil}), nil }, 200, ""},
		{"the word null", func() (*exchange.Response, error) {
			return exchange.NewResponse("A", map[string]any{"null": `not "null", \null`}), nil
		}, 200, ""},
		{"array", func() (*exchange.Response, error) { return exchange.NewResponse("A", []int{1}), nil }, 500, "not a JSON object"},
		{"text", func() (*exchange.Response, error) { return exchange.NewResponse("A", "x"), nil }, 500, "not a JSON object"},
		{"nil pointer", func() (*exchange.Response, error) { return exchange.NewResponse("A", (*visitData)(nil)), nil }, 500, "not a JSON object"},
		{"array as params", func() (*exchange.Response, error) { return exchange.Complete([]int{}), nil }, 500, "not a JSON object"},
		{"not encodable", func() (*exchange.Response, error) {
			return exchange.NewResponse("A", map[string]any{"x": math.NaN()}), nil
		}, 500, "NaN"},
		{"panics when encoded", func() (*exchange.Response, error) {
			return exchange.NewResponse("A", map[string]any{"x": panicking{}}), nil
		}, 500, "cannot be written"},
		{"no screen", func() (*exchange.Response, error) { return exchange.NewResponse("", nil), nil }, 500, "names no screen"},
		{"success by hand", func() (*exchange.Response, error) { return exchange.NewResponse("SUCCESS", nil), nil }, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, reason := handlerStatus(t, func(context.Context, *exchange.Message) (*exchange.Response, error) { return tt.answer() })
			if status != tt.status {
				t.Errorf("status %d (%v), want %d", status, reason, tt.status)
			}
			if tt.reason != "" && (reason == nil || !strings.Contains(reason.Error(), tt.reason)) {
				t.Errorf("reason %v, want one that says %q", reason, tt.reason)
			}
		})
	}
}

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("cannot be written") }

func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]exchange.HandlerFunc{
		"heeds its context": func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("query: %w", ctx.Err())
		},
		"does not": func(context.Context, *exchange.Message) (*exchange.Response, error) {
			time.Sleep(time.Minute)
			return exchange.NewResponse("A", nil), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				status, reason := handlerStatus(t, h)
				if status != 504 || !errors.Is(reason, exchange.ErrDeadline) {
					t.Errorf("status %d, %v; want 504", status, reason)
				}
				if took := time.Since(started); took != 8*time.Second {
					t.Errorf("answered after %s, want the default deadline of 8s", took)
				}
				time.Sleep(time.Minute) // the handler that does not heed ends by itself
			})
		})
	}
}

func TestCallerHangsUp(t *testing.T) {
	t.Parallel()
	ctx, hangUp := context.WithCancel(t.Context())
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, _ *exchange.Message) (*exchange.Response, error) {
			hangUp()
			<-ctx.Done()
			return nil, ctx.Err()
		}))
	})
	status, answer, err := e.AnswerClear(ctx, []byte(`{"action":"INIT"}`))
	if status != 499 || answer != nil || err == nil {
		t.Errorf("status %d, answer %s, %v", status, answer, err)
	}
}

func TestAbortHandlerAborts(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { panic(http.ErrAbortHandler) }))
	})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // it is that very value
			t.Errorf("panic %v, want http.ErrAbortHandler", p)
		}
	}()
	body := vectortest.Named(t, "init").Body
	post(e, body, flowcrypto.Sign([]byte(body), []byte(secret)))
}

var exampleKey = vectortest.Key(&testing.B{}, "a")

// TestKeysAreTriedInTurn: while clients change from one key to the other, only the
// first request after the change pays for a wrong guess.
func TestKeysAreTriedInTurn(t *testing.T) {
	t.Parallel()
	countA, countB := new(atomic.Int32), new(atomic.Int32)
	a, b := countingKey{vectortest.Key(t, "a"), "aaaaaaaaaaaa", countA}, countingKey{vectortest.Key(t, "b"), "bbbbbbbbbbbb", countB}
	var log bytes.Buffer
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Keys = keys{a, b}
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	forA, forB := vectortest.Named(t, "ping").Body, vectortest.Named(t, "other-rsa-key").Body
	for i, step := range []struct {
		body         string
		wantA, wantB int32
	}{{forA, 1, 0}, {forB, 1, 1}, {forB, 0, 1}, {forB, 0, 1}, {forA, 1, 1}, {forA, 1, 0}} {
		countA.Store(0)
		countB.Store(0)
		if w := post(e, step.body, flowcrypto.Sign([]byte(step.body), []byte(secret))); w.Code != 200 {
			t.Fatalf("step %d: status %d", i, w.Code)
		}
		if countA.Load() != step.wantA || countB.Load() != step.wantB {
			t.Errorf("step %d: %d operations with a and %d with b, want %d and %d", i, countA.Load(), countB.Load(), step.wantA, step.wantB)
		}
	}
	if !strings.Contains(log.String(), "key=aaaaaaaa\n") || !strings.Contains(log.String(), "key=bbbbbbbb\n") {
		t.Errorf("the log does not name the keys:\n%s", log.String())
	}
}

type brokenKeys struct{}

func (brokenKeys) Decrypters(context.Context) ([]crypto.Decrypter, error) {
	return nil, errors.New("vault is sealed")
}

// A key source that is down is our trouble: clients must not fetch the key again.
func TestKeySourceFails(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, func(c *exchange.Config) { c.Keys, c.Logger = brokenKeys{}, nil })
	body := vectortest.Named(t, "ping").Body
	if w := post(e, body, flowcrypto.Sign([]byte(body), []byte(secret))); w.Code != 500 {
		t.Errorf("status %d, want 500", w.Code)
	}
}
