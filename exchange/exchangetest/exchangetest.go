// Package exchangetest tests the handlers of a Flow: [New] without network or keys,
// [NewServer] over HTTP with real cryptography. Both return the same kind of client with
// the same replies, so a test may use either:
//
//	c := exchangetest.New(t, booking.Routes())
//	reply := c.Submit("SLOT", map[string]any{"date": "2027-01-04"})
//	if reply.Screen != "DETAILS" {
//		t.Errorf("screen %s (status %d, %v)", reply.Screen, reply.Status, reply.Err)
//	}
//
// If the registry has its Flow JSON ([exchange.WithFlow]), every answer is checked against
// it: an answer that a phone would refuse has status 500, with the reason in Reply.Err.
// [CheckFlow] checks the handlers and their types. As in production, a handler without a
// registry is declared with [exchange.Unrouted]. [Photo] is a file for a picker.
//
// For tests only.
package exchangetest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

// Client plays WhatsApp for one Flow. A request that cannot be made fails the test; every
// answer, good or bad, is a [Reply]. A Client is safe for concurrent use, but a failure
// ends the calling goroutine, so make calls that may fail in the goroutine of the test.
type Client struct {
	tb      testing.TB
	token   string
	uploads *uploads
	send    func(context.Context, client.Message) *Reply
}

// Reply is an answer, opened and decoded.
type Reply struct {
	*client.Reply
	// Err is the reason why the status is not 200. In a test without network it is what
	// the server's log would contain; over HTTP it is why the answer cannot be used.
	Err error
}

// Option configures a [Client].
type Option func(*options)

type options struct {
	token     string
	configure []func(*exchange.Config)
}

// WithToken sets the flow token of all requests; "exchangetest" by default.
func WithToken(token string) Option {
	return func(o *options) { o.token = token }
}

// WithConfig changes the endpoint's configuration, for example to receive client errors or
// to set a deadline.
func WithConfig(change func(*exchange.Config)) Option {
	return func(o *options) { o.configure = append(o.configure, change) }
}

// New returns a client that calls h through everything that an endpoint does except HTTP
// and cryptography: decoding, health checks, deadline, recovery, and the checks of
// answers.
func New(tb testing.TB, h exchange.Handler, opts ...Option) *Client {
	tb.Helper()
	o, cfg := configure(tb, h, opts)
	cfg.InsecureSkipSignature, cfg.AppSecrets, cfg.Keys = true, nil, noKeys{}
	endpoint, err := exchange.NewEndpoint(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return &Client{tb: tb, token: o.token, uploads: &uploads{tb: tb}, send: func(ctx context.Context, msg client.Message) *Reply {
		tb.Helper()
		plaintext, err := msg.MarshalJSON()
		if err != nil {
			tb.Fatalf("encode the message: %v", err)
		}
		status, answer, reason := endpoint.AnswerClear(ctx, plaintext)
		reply, err := client.ReadClear(status, answer)
		if err != nil {
			reason = err
		}
		return &Reply{Reply: reply, Err: reason}
	}}
}

// NewServer returns a client that calls h over HTTP, every message sealed and
// signed. The server stops with the test and logs to it.
func NewServer(tb testing.TB, h exchange.Handler, opts ...Option) *Client {
	tb.Helper()
	o, cfg := configure(tb, h, opts)
	secret := []byte("exchangetest app secret")
	key := keyPair()
	cfg.AppSecrets, cfg.Keys = [][]byte{secret}, oneKey{key}
	endpoint, err := exchange.NewEndpoint(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	files := &uploads{tb: tb}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoint.ServeHTTP(w, r.WithContext(files.context(r.Context())))
	}))
	tb.Cleanup(server.Close)
	phone, err := client.New(client.Config{URL: server.URL, PublicKey: &key.PublicKey, AppSecret: secret})
	if err != nil {
		tb.Fatal(err)
	}
	return &Client{tb: tb, token: o.token, uploads: files, send: func(ctx context.Context, msg client.Message) *Reply {
		tb.Helper()
		reply, err := phone.Send(ctx, msg)
		if reply == nil {
			tb.Fatalf("send: %v", err)
		}
		return &Reply{Reply: reply, Err: err}
	}}
}

func configure(tb testing.TB, h exchange.Handler, opts []Option) (options, exchange.Config) {
	o := options{token: "exchangetest"}
	for _, opt := range opts {
		opt(&o)
	}
	memory := store.NewMemory(store.MemoryOptions{})
	tb.Cleanup(func() { _ = memory.Close() })
	cfg := exchange.Config{
		Flow: "test", Handler: h, Store: memory, Guard: exchange.GuardEnforce,
		Logger: slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	}
	for _, change := range o.configure {
		change(&cfg)
	}
	return o, cfg
}

// Ping makes Meta's health check.
func (c *Client) Ping() *Reply {
	c.tb.Helper()
	return c.Send(client.Message{Action: exchange.ActionPing})
}

// Init opens the Flow.
func (c *Client) Init() *Reply {
	c.tb.Helper()
	return c.Send(client.Message{Action: exchange.ActionInit, FlowToken: c.token})
}

// Submit sends a payload from a screen; data must encode to a JSON object. It may contain
// files, see [Photo].
func (c *Client) Submit(screen string, data any) *Reply {
	c.tb.Helper()
	return c.Send(client.Message{Action: exchange.ActionDataExchange, Screen: screen, Data: data, FlowToken: c.token})
}

// Back leaves a screen that has refresh_on_back.
func (c *Client) Back(screen string) *Reply {
	c.tb.Helper()
	return c.Send(client.Message{Action: exchange.ActionBack, Screen: screen, FlowToken: c.token})
}

// ReportError reports that the answer which arrived on screen could not be used.
func (c *Client) ReportError(screen, key, message string) *Reply {
	c.tb.Helper()
	return c.Submit(screen, map[string]string{protocol.KeyError: key, protocol.KeyErrorMessage: message})
}

// Send sends any message; an empty version becomes 3.0.
func (c *Client) Send(msg client.Message) *Reply {
	c.tb.Helper()
	if msg.Version == "" {
		msg.Version = "3.0"
	}
	msg.Data = c.uploads.replace(msg.Data)
	return c.send(c.uploads.context(c.tb.Context()), msg)
}

type noKeys struct{}

func (noKeys) Decrypters(context.Context) ([]crypto.Decrypter, error) { return nil, nil }

type oneKey struct{ key *rsa.PrivateKey }

func (k oneKey) Decrypters(context.Context) ([]crypto.Decrypter, error) {
	return []crypto.Decrypter{k.key}, nil
}

// keyPair is made once per process: it takes a while.
var keyPair = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the system's randomness is gone
	}
	return key
})
