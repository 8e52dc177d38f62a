package conformance_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// endpoint is a whole endpoint in steps; a defect replaces one of them. It is made
// without package exchange, as one in another language would be.
type endpoint struct {
	before  func(r *http.Request, body []byte) int // a status ends the request
	limit   int
	verify  func(body []byte, header string) bool
	parse   func(body []byte) (*flowcrypto.Envelope, int)
	unwrap  func(wrapped []byte) ([]byte, error)
	decrypt func(gcm cipher.AEAD, block cipher.Block, env *flowcrypto.Envelope) ([]byte, error)
	inspect func(plaintext []byte) int // a status ends the request
	answer  func(msg message) (int, string)
	nonce   func(iv []byte) []byte
	encode  func(sealed []byte, plaintext string) string
	kind    string // content type
	refusal func(status int) string
	page    int // status of what is not POST
	broken  int // status of what is not an envelope or not a message
	secret  int // status of a wrong signature
	opaque  int // status of what cannot be decrypted
	aes256  bool
	memory  *sync.Map // if set, sealed answers by body

	places chan struct{} // if set, limits how many requests are served at once
	dead   atomic.Bool   // nothing is answered any more
}

type message struct {
	Version any            `json:"version"`
	Action  string         `json:"action"`
	Screen  *string        `json:"screen"`
	Data    map[string]any `json:"data"`
	Token   string         `json:"flow_token"`
}

func honest(key *rsa.PrivateKey) *endpoint {
	e := &endpoint{
		before: func(*http.Request, []byte) int { return 0 },
		limit:  1 << 20,
		verify: func(body []byte, header string) bool {
			return flowcrypto.VerifySignature(body, header, []byte(appSecret)) == nil
		},
		unwrap:  func(wrapped []byte) ([]byte, error) { return rsa.DecryptOAEP(sha256.New(), nil, key, wrapped, nil) },
		inspect: func([]byte) int { return 0 },
		answer:  answerOf,
		encode:  func(sealed []byte, _ string) string { return base64.StdEncoding.EncodeToString(sealed) },
		kind:    "text/plain",
		refusal: func(int) string { return "" },
		page:    405, broken: 400, secret: 432, opaque: 421,
	}
	e.parse = func(body []byte) (*flowcrypto.Envelope, int) {
		env, err := flowcrypto.ParseEnvelope(body)
		if err != nil || len(env.EncryptedAESKey) != key.Size() && len(env.EncryptedAESKey) != 0 {
			return env, e.broken
		}
		return env, 0
	}
	e.decrypt = func(gcm cipher.AEAD, _ cipher.Block, env *flowcrypto.Envelope) ([]byte, error) {
		return gcm.Open(nil, env.InitialVector, env.EncryptedFlowData, nil)
	}
	e.nonce = func(iv []byte) []byte {
		inverted := bytes.Clone(iv)
		for i := range inverted {
			inverted[i] ^= 0xff
		}
		return inverted
	}
	return e
}

// answerOf is a flow of two screens.
func answerOf(msg message) (int, string) {
	_, isText := msg.Data["error_message"].(string)
	_, newKey := msg.Data["error"]
	_, oldKey := msg.Data["error_key"]
	switch {
	case msg.Action == "ping":
		return 200, `{"data":{"status":"active"}}`
	case isText && (newKey || oldKey):
		return 200, `{"data":{"acknowledged":true}}`
	case msg.Action == "INIT":
		return 200, `{"screen":"FIRST","data":{"greeting":"hello"}}`
	case msg.Action == "data_exchange" && msg.Screen != nil && *msg.Screen == "FIRST":
		return 200, `{"screen":"SECOND","data":{"thanks":["you"]}}`
	default:
		return 400, ""
	}
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.dead.Load() {
		panic(http.ErrAbortHandler)
	}
	if e.places != nil {
		e.places <- struct{}{}
		defer func() { <-e.places }()
	}
	status, plaintext, body := e.serve(r)
	if plaintext == "" {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, e.refusal(status))
		return
	}
	w.Header().Set("Content-Type", e.kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// serve returns an empty plaintext for a refusal.
func (e *endpoint) serve(r *http.Request) (status int, plaintext, sealed string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return 400, "", ""
	}
	if status := e.before(r, body); status != 0 {
		return status, "", ""
	}
	switch {
	case r.Method != http.MethodPost:
		return e.page, "", ""
	case len(body) > e.limit:
		return 413, "", ""
	case !e.verify(body, r.Header.Get(flowcrypto.SignatureHeader)):
		return e.secret, "", ""
	}
	env, status := e.parse(body)
	if status != 0 {
		return status, "", ""
	}
	request, seal, err := e.open(env)
	if err != nil {
		return e.opaque, "", ""
	}
	if status := e.inspect(request); status != 0 {
		return status, "", ""
	}
	var msg message
	if !utf8.Valid(request) || json.Unmarshal(request, &msg) != nil || request[0] != '{' {
		return e.broken, "", ""
	}
	status, plaintext = e.answer(msg)
	if status == 400 {
		status = e.broken
	}
	sealed = seal(plaintext)
	if e.memory != nil {
		first, _ := e.memory.LoadOrStore(string(body), sealed)
		sealed = first.(string)
	}
	return status, plaintext, sealed
}

func (e *endpoint) open(env *flowcrypto.Envelope) (request []byte, seal func(string) string, err error) {
	aesKey, err := e.unwrap(env.EncryptedAESKey)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(aesKey)
	if err != nil || len(aesKey) != 16 && !e.aes256 {
		return nil, nil, errors.Join(err, errors.New("not AES-128"))
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(env.InitialVector))
	if err != nil {
		return nil, nil, err
	}
	request, err = e.decrypt(gcm, block, env)
	return request, func(plaintext string) string {
		return e.encode(gcm.Seal(nil, e.nonce(env.InitialVector), []byte(plaintext), nil), plaintext)
	}, err
}

// inMemory carries requests to an endpoint without a network, so that time can be
// synthetic.
type inMemory struct {
	http.Handler

	unverified bool
}

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	done := make(chan bool, 1)
	go func() {
		finished := false
		defer func() {
			_ = recover() // http.ErrAbortHandler
			done <- finished
		}()
		m.ServeHTTP(recorder, r)
		finished = true
	}()
	select {
	case finished := <-done:
		if !finished {
			return nil, io.EOF
		}
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	response := recorder.Result()
	if r.URL.Scheme == "https" {
		response.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{}}}
		if m.unverified {
			response.TLS = &tls.ConnectionState{}
		}
	}
	return response, nil
}

// slowly waits, or until the request is given up.
func slowly(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// opened is the clear text of a request body; empty if it does not open.
func opened(t *testing.T, body []byte) string {
	t.Helper()
	env, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		return ""
	}
	plaintext, _, err := flowcrypto.Open(env, vectortest.Key(t, "a"))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(plaintext), "?")
}
