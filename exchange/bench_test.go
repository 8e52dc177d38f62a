package exchange_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// knownKey answers the RSA operation from memory: what remains is everything else.
type knownKey struct {
	public *rsa.PublicKey
	aesKey []byte
}

func (k knownKey) Public() crypto.PublicKey { return k.public }
func (k knownKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return k.aesKey, nil
}

// benchForm is a form whose request has about 1 KiB.
func benchForm() map[string]any {
	return map[string]any{
		"name": "Ana Maria", "email": "ana.maria@example.com", "day": "2027-01-04",
		"guests": []any{map[string]any{"age": 31}, map[string]any{"age": 7}},
		"topics": []string{"a", "b"}, "note": strings.Repeat("please ", 100),
	}
}

// caller is what net/http is to an endpoint, used again for each request, so that
// what is measured is the endpoint and its handler alone.
type caller struct {
	request *http.Request
	text    []byte
	body    bytes.Reader
	header  http.Header
	status  int
}

func newCaller(header http.Header, body []byte) *caller {
	c := &caller{request: httptest.NewRequest(http.MethodPost, "/flows/visit", nil), text: body, header: http.Header{}}
	c.request.Header, c.request.ContentLength, c.request.Body = header, int64(len(body)), c
	return c
}

func (c *caller) Read(p []byte) (int, error)       { return c.body.Read(p) }
func (c *caller) Close() error                     { return nil }
func (c *caller) Header() http.Header              { return c.header }
func (c *caller) WriteHeader(status int)           { c.status = status }
func (c *caller) Write(answer []byte) (int, error) { return len(answer), nil }

func (c *caller) call(tb testing.TB, e http.Handler, status int) {
	clear(c.header)
	c.body.Reset(c.text)
	if e.ServeHTTP(c, c.request); c.status != status {
		tb.Errorf("status %d, want %d", c.status, status)
	}
}

// exchanges are whole exchanges of a form of 1 KiB, by the handler that gets it.
func exchanges(tb testing.TB) (*caller, map[string]http.Handler) {
	tb.Helper()
	private := vectortest.Key(tb, "a")
	phone, err := client.New(client.Config{URL: "http://localhost/flows/visit", PublicKey: &private.PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		tb.Fatal(err)
	}
	plaintext, err := client.Message{Version: "3.0", Action: protocol.ActionDataExchange, Screen: "VISIT", Data: benchForm(), FlowToken: "token"}.MarshalJSON()
	if err != nil {
		tb.Fatal(err)
	}
	sealed, err := phone.Seal(plaintext)
	if err != nil {
		tb.Fatal(err)
	}
	envelope, err := flowcrypto.ParseEnvelope(sealed.Body)
	if err != nil {
		tb.Fatal(err)
	}
	aesKey, err := private.Decrypt(nil, envelope.EncryptedAESKey, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		tb.Fatal(err)
	}
	untyped := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("THANKS", nil), nil
	})
	known := knownKey{&private.PublicKey, aesKey}
	endpoint := func(key crypto.Decrypter, handler exchange.Handler) http.Handler {
		return newEndpoint(tb, func(c *exchange.Config) {
			c.Keys, c.Handler, c.Store, c.Logger = keys{key}, handler, forgetful{}, nil
		})
	}
	return newCaller(sealed.Header, sealed.Body), map[string]http.Handler{
		"typed/rsa":     endpoint(private, visitRoutes()),
		"typed/known":   endpoint(known, visitRoutes()),
		"untyped/known": endpoint(known, exchange.Unrouted(untyped)),
	}
}

// forgetful is a store that takes part in each exchange and keeps nothing, so that the
// same envelope may come again and again.
type forgetful struct{}

func (forgetful) Get(context.Context, string) ([]byte, bool, error) { return nil, false, nil }
func (forgetful) Delete(context.Context, string) error              { return nil }
func (forgetful) CompareAndSwap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	return true, nil
}

// BenchmarkServeHTTP is one whole exchange: signature, envelope, RSA (real, or
// answered from memory), GCM, message, a form of 1 KiB (typed: decoded and
// validated), answer, seal, and the two calls of the store. All allocations between the call of ServeHTTP and its
// return count, the handler's, encoding/json's and validator's among them; those of
// net/http do not.
func BenchmarkServeHTTP(b *testing.B) {
	phone, endpoints := exchanges(b)
	for _, name := range []string{"typed/rsa", "typed/known", "untyped/known"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				phone.call(b, endpoints[name], http.StatusOK)
			}
		})
	}
}

// BenchmarkRefuse is a request that nobody vouches for: what a flood of them costs.
func BenchmarkRefuse(b *testing.B) {
	e := newEndpoint(b, func(c *exchange.Config) { c.Logger = nil })
	body := []byte(vectortest.Named(b, "data-exchange-unicode").Body)
	phone := newCaller(http.Header{flowcrypto.SignatureHeader: {flowcrypto.Sign(body, []byte("another secret"))}}, body)
	b.ReportAllocs()
	for b.Loop() {
		phone.call(b, e, exchange.StatusBadSignature)
	}
}
