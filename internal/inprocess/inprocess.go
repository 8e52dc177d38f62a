// Package inprocess makes an endpoint that is called without a port: requests are sealed
// and signed, and go through everything that an endpoint does, but no network.
package inprocess

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/secret"
)

// address is that of every endpoint here. No request leaves the process.
const address = "http://flowserver.invalid/flows/"

// New returns an endpoint of cfg, and a client that calls it. The keys of both are made
// on the spot: Keys and AppSecrets of cfg do not count. change completes the client's
// configuration; it may be nil. Close the endpoint when it is no longer called.
func New(cfg exchange.Config, change func(*client.Config)) (*client.Client, *exchange.Endpoint, error) {
	key, err := keyPair()
	if err != nil {
		return nil, nil, fmt.Errorf("make a key pair: %w", err)
	}
	appSecret := secret.Bytes(rand.Text())
	cfg.Keys, cfg.AppSecrets, cfg.InsecureSkipSignature = oneKey{key}, secret.List{appSecret}, false
	endpoint, err := exchange.NewEndpoint(cfg)
	if err != nil {
		return nil, nil, err
	}
	to := client.Config{
		URL: address + cfg.Flow, PublicKey: &key.PublicKey, AppSecret: appSecret,
		HTTPClient: &http.Client{Transport: transport{endpoint}},
	}
	if change != nil {
		change(&to)
	}
	c, err := client.New(to)
	if err != nil {
		return nil, nil, err
	}
	return c, endpoint, nil
}

// keyPair is made once per process: it takes a while.
var keyPair = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

type oneKey struct{ key *rsa.PrivateKey }

func (k oneKey) Decrypters(context.Context) ([]crypto.Decrypter, error) {
	return []crypto.Decrypter{k.key}, nil
}

// transport hands requests to a handler.
type transport struct{ handler http.Handler }

// RoundTrip calls the handler in a goroutine of its own, so that the end of the request's
// context ends the call, as it does on a network.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	request := r.Clone(ctx)
	if request.Body == nil {
		request.Body = http.NoBody
	}
	request.RequestURI, request.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	answer := &answer{header: http.Header{}, status: http.StatusOK}
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		t.handler.ServeHTTP(answer, request)
	}()
	select {
	case failure := <-done:
		if failure != nil { // what net/http does: it closes the connection
			return nil, fmt.Errorf("the endpoint gave up: %v", failure)
		}
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", answer.status, http.StatusText(answer.status)), StatusCode: answer.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: answer.header,
		Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
	}, nil
}

// answer is what a handler writes.
type answer struct {
	header http.Header
	wrote  bool
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.wrote, a.status = true, status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.wrote = true
	return a.body.Write(b)
}

// Flush does nothing: the client reads when all is written.
func (a *answer) Flush() {}
