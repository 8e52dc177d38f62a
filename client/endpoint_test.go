package client_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/protocol"
)

const appSecret = "app-secret"

// endpoint is an honest stand-in for a Flows endpoint: it checks each request with
// flowcrypto and answers by the contract, then as answer says.
type endpoint struct {
	key    *rsa.PrivateKey
	secret []byte // empty accepts unsigned requests
	answer func(plaintext []byte) (status int, reply string)

	mu     sync.Mutex
	bodies []string // that authenticated
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if len(e.secret) > 0 && flowcrypto.VerifySignature(body, r.Header.Get("X-Hub-Signature-256"), e.secret) != nil {
		w.WriteHeader(432)
		return
	}
	e.mu.Lock()
	e.bodies = append(e.bodies, string(body))
	e.mu.Unlock()
	envelope, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	plaintext, sealer, err := flowcrypto.Open(envelope, e.key)
	switch {
	case errors.Is(err, flowcrypto.ErrDecrypt):
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	case err != nil, !isRequest(plaintext):
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	status, reply := e.answer(plaintext)
	sealed, err := sealer.Seal([]byte(reply))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(sealed)
}

func isRequest(plaintext []byte) bool {
	var msg struct {
		Action protocol.Action            `json:"action"`
		Data   map[string]json.RawMessage `json:"data"`
	}
	return utf8.Valid(plaintext) && json.Unmarshal(plaintext, &msg) == nil &&
		msg.Action.Known()
}

// received returns the bodies that authenticated.
func (e *endpoint) received() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.bodies)
}

// honest is an endpoint with key a that gives every request the same answer.
func honest(tb testing.TB, status int, reply string) *endpoint {
	tb.Helper()
	return &endpoint{
		key: readKey(tb, "a"), secret: []byte(appSecret),
		answer: func([]byte) (int, string) { return status, reply },
	}
}

// dial starts a server for h and returns a client for it; cfg gives what differs
// from a signing client with key a.
func dial(tb testing.TB, h http.Handler, cfg client.Config) *client.Client {
	tb.Helper()
	server := httptest.NewServer(h)
	tb.Cleanup(func() { _ = server.Config.Close() }) // its own Close ends calls of other tests, too: those of http.DefaultTransport
	cfg.URL = server.URL + "/flows/booking"
	if cfg.PublicKey == nil {
		cfg.PublicKey = &readKey(tb, "a").PublicKey
	}
	if cfg.AppSecret == nil {
		cfg.AppSecret = []byte(appSecret)
	}
	c, err := client.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// readKey reads a key pair of the shared test data: "a" or "b".
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
