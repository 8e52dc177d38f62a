package exchange_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
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

// BenchmarkServeHTTP is one whole exchange: signature, envelope, RSA (real, or
// answered from memory), GCM, message, a typed form of 1 KiB with validation,
// answer, seal.
func BenchmarkServeHTTP(b *testing.B) {
	private := vectortest.Key(b, "a")
	phone, err := client.New(client.Config{URL: "http://localhost/flows/visit", PublicKey: &private.PublicKey, AppSecret: []byte(secret)})
	if err != nil {
		b.Fatal(err)
	}
	plaintext, err := client.Message{Version: "3.0", Action: client.ActionDataExchange, Screen: "VISIT", Data: benchForm(), FlowToken: "token"}.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := phone.Seal(plaintext)
	if err != nil {
		b.Fatal(err)
	}
	envelope, err := flowcrypto.ParseEnvelope(sealed.Body)
	if err != nil {
		b.Fatal(err)
	}
	aesKey, err := private.Decrypt(nil, envelope.EncryptedAESKey, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		b.Fatal(err)
	}
	untyped := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("THANKS", nil), nil
	})
	for _, bm := range []struct {
		name    string
		key     crypto.Decrypter
		handler exchange.Handler
	}{
		{"typed/rsa", private, visitRoutes()},
		{"typed/known", knownKey{&private.PublicKey, aesKey}, visitRoutes()},
		{"untyped/known", knownKey{&private.PublicKey, aesKey}, untyped},
	} {
		b.Run(bm.name, func(b *testing.B) {
			e := newEndpoint(b, func(c *exchange.Config) { c.Keys, c.Handler, c.Logger = keys{bm.key}, bm.handler, nil })
			body := string(sealed.Body)
			r := httptest.NewRequest(http.MethodPost, "/flows/visit", nil)
			r.Header = sealed.Header
			r.ContentLength = int64(len(body))
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(strings.NewReader(body))
				w := httptest.NewRecorder()
				if e.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatalf("status %d", w.Code)
				}
			}
		})
	}
}

// BenchmarkRefuse is a request that nobody vouches for: what a flood of them costs.
func BenchmarkRefuse(b *testing.B) {
	e := newEndpoint(b, func(c *exchange.Config) { c.Logger = nil })
	body := vectortest.Named(b, "data-exchange-unicode").Body
	r := httptest.NewRequest(http.MethodPost, "/flows/visit", nil)
	r.Header.Set(flowcrypto.SignatureHeader, flowcrypto.Sign([]byte(body), []byte("another secret")))
	r.ContentLength = int64(len(body))
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(body))
		w := httptest.NewRecorder()
		if e.ServeHTTP(w, r); w.Code != exchange.StatusBadSignature {
			b.Fatalf("status %d", w.Code)
		}
	}
}
