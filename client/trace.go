package client

import (
	"context"
	"time"
)

// Attempt is one request and its answer, for [Config.Trace] and [WithTrace]. It contains
// no key, only the fingerprint of the public one. Sent and Received are sealed, as they
// were on the wire; do not change them.
type Attempt struct {
	Number         int      // 1, or 2 for the retry after a 421
	KeyFingerprint string   // of the public key that sealed the request, see [keystore.Fingerprint]
	Sent           []byte   // the body of the request
	Request        *Request // what was sent, to replay its bytes with [Client.Do]
	Status         int      // 0 if there is no answer
	Received       []byte   // the body of the answer; its first 4 MiB if it is longer

	Start time.Time     // when the request was sent
	Seal  time.Duration // how long it took to seal and sign the request
	Wait  time.Duration // from sending to the last byte of the answer
	Open  time.Duration // how long it took to open and read the answer; 0 if it was not sealed

	Err error // what [Client.Do] returns for this attempt
}

type traceKey struct{}

// WithTrace returns a context with which each attempt of a send is reported to trace, as
// [Config.Trace] does for all sends.
func WithTrace(ctx context.Context, trace func(Attempt)) context.Context {
	return context.WithValue(ctx, traceKey{}, trace)
}

// trace reports an attempt to those who watch.
func (c *Client) trace(ctx context.Context, a Attempt) {
	if c.cfg.Trace != nil {
		c.cfg.Trace(a)
	}
	if trace, ok := ctx.Value(traceKey{}).(func(Attempt)); ok {
		trace(a)
	}
}
