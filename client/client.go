package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
)

const (
	maxAnswer = 4 << 20 // bytes; Meta documents no limit
	userAgent = "flowserver-client"
)

// Client plays WhatsApp for one endpoint. Create one with [New]. It is safe for concurrent
// use and never prints its secrets.
type Client struct {
	cfg       Config
	publicKey atomic.Pointer[rsa.PublicKey] // changes after a 421
	sent      sentSeals
}

// New returns a client for the endpoint of cfg, or an error if the URL or the
// public key cannot be used. It makes no call.
func New(cfg Config) (*Client, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg}
	c.publicKey.Store(cfg.PublicKey)
	return c, nil
}

// Signed reports whether c signs its requests.
func (c *Client) Signed() bool { return c.cfg.signed() }

// Send seals msg, signs it, posts it and opens the answer. After a 421 it fetches the
// public key again ([Config.RefreshKey]) and sends msg once more under a new AES key and
// IV, as a phone does; a request with faults is sent only once. The package documentation
// lists the errors that are returned with a [Reply].
func (c *Client) Send(ctx context.Context, msg Message, faults ...Fault) (*Reply, error) {
	if msg.Version == "" {
		msg.Version = c.cfg.Version
	}
	plaintext, err := msg.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	return c.SendClear(ctx, plaintext, faults...)
}

// SendClear is [Client.Send] for any clear text, JSON or not.
func (c *Client) SendClear(ctx context.Context, plaintext []byte, faults ...Fault) (*Reply, error) {
	reply, err := c.attempt(ctx, 1, plaintext, faults)
	if err != nil || reply.Status != protocol.StatusKeyMismatch || len(faults) > 0 {
		return reply, err
	}
	if err := c.refreshKey(ctx); err != nil {
		return reply, fmt.Errorf("before the retry after a 421: %w", err)
	}
	reply, err = c.attempt(ctx, 2, plaintext, nil)
	if reply != nil {
		reply.Attempts = 2
	}
	return reply, err
}

func (c *Client) attempt(ctx context.Context, number int, plaintext []byte, faults []Fault) (*Reply, error) {
	req, err := c.Seal(plaintext, faults...)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, number, req)
}

// refreshKey waits as a phone does and puts a newly fetched public key in place.
func (c *Client) refreshKey(ctx context.Context) error {
	if !pause.For(ctx, c.cfg.RetryWait) {
		return cmp.Or(ctx.Err(), context.DeadlineExceeded)
	}
	if c.cfg.RefreshKey == nil {
		return nil
	}
	key, err := c.cfg.RefreshKey(ctx)
	if err != nil {
		return fmt.Errorf("fetch the public key: %w", err)
	}
	if err := checkKey(key); err != nil {
		return fmt.Errorf("fetch the public key: %w", err)
	}
	c.publicKey.Store(key)
	return nil
}

// Do posts a sealed request once, without a retry, and opens the answer. It may be
// called again with the same request to replay its bytes.
func (c *Client) Do(ctx context.Context, r *Request) (*Reply, error) { return c.do(ctx, 1, r) }

// do is Do; number is that of the attempt.
func (c *Client) do(ctx context.Context, number int, r *Request) (*Reply, error) {
	done := Attempt{Number: number, KeyFingerprint: r.fingerprint, Sent: r.Body, Request: r, Start: time.Now(), Seal: r.sealing}
	c.sent.add(r)
	reply, err := c.post(ctx, r)
	done.Wait = time.Since(done.Start)
	if reply != nil {
		reply.Duration = done.Wait
		done.Status, done.Received = reply.Status, reply.Body
	}
	if err == nil && reply.sealed() {
		opening := time.Now()
		err = c.sent.explain(reply.read(r.seal().open), r, reply.Body)
		done.Open = time.Since(opening)
	}
	done.Err = err
	c.trace(ctx, done)
	return reply, err
}

// post sends a request and reads the answer. The error is [ErrTooLarge] with a reply
// that should be opened and is too long.
func (c *Client) post(ctx context.Context, r *Request) (*Reply, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, c.cfg.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header = r.Header.Clone()
	resp, err := c.cfg.HTTPClient.Do(req)
	if err != nil {
		return nil, c.noAnswer(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, c.noAnswer(fmt.Errorf("%w: %w", ErrIncomplete, err))
	}
	reply := &Reply{Status: resp.StatusCode, Header: resp.Header, Body: body[:min(len(body), maxAnswer)], Attempts: 1}
	if len(body) > maxAnswer && reply.sealed() {
		return reply, ErrTooLarge
	}
	return reply, nil
}

// noAnswer names the endpoint without the query that net/http would repeat.
func (c *Client) noAnswer(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return fmt.Errorf("no answer from %s: %w", weburl.Printable(c.cfg.URL), err)
}

// Format prints what [Config] prints, whatever the verb.
func (c *Client) Format(f fmt.State, verb rune) { c.cfg.Format(f, verb) }

// LogValue returns what Format prints.
func (c *Client) LogValue() slog.Value { return c.cfg.LogValue() }
