package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

// Once makes a handler answer a repeated submit as it answered the first one, without
// running again. A user who waits too long taps again. The second submit arrives in a new
// envelope, with the same flow token, screen and data, although the first may have
// succeeded. The answer is kept in s for ttl and sealed anew for each envelope; while the
// first is still running, the second waits for it.
//
//	exchange.Handle(r, confirm, exchange.Once(s, 10*time.Minute, b.book), exchange.Reload(b.reload))
//
// A submit whose answer is no longer in the store gets status 409: the handler does not
// run again. If the replica that runs the handler ends, another one runs it again, once.
//
// A submit that did not succeed may be tried again: after an error, including [Reject],
// and after an answer with an error message. Requests without their own flow token (none,
// or "unused") always run, because their repetitions cannot be attributed to a user.
//
// Replicas need a store that they share, see package store/redis. While the store is
// unavailable, the handler runs unprotected, with a warning in the endpoint's log; outside
// of an [Endpoint], where there is no log, Once returns the store's error instead.
//
// Once panics if s is nil or ttl is not positive.
func Once[Form any](s store.KeyValue, ttl time.Duration, h HandlerFor[Form]) HandlerFor[Form] {
	switch {
	case s == nil:
		panic("exchange: Once: the store is nil: give one, for example store.NewMemory")
	case ttl <= 0:
		panic("exchange: Once: the time to live is not positive")
	case h == nil:
		return nil // Handle panics, and names the route
	}
	return func(ctx context.Context, req *Request[Form]) (*Response, error) {
		if req.FlowToken == "" || req.FlowToken == protocol.TokenUnused {
			return h(ctx, req)
		}
		return submitOnce(ctx, s, ttl, &req.Message, func() (*Response, error) { return h(ctx, req) })
	}
}

func submitOnce(ctx context.Context, s store.KeyValue, ttl time.Duration, msg *Message, handle func() (*Response, error)) (resp *Response, err error) {
	x, inExchange := recordOf(ctx)
	flow := ""
	if inExchange {
		flow = x.endpoint.cfg.Flow
	}
	content, err := submitDigest(flow, msg)
	if err != nil {
		return nil, err
	}
	once := call{store: s, key: fmt.Sprintf("once:%x", content), content: content, running: timeLeft(ctx) + markSlack, keep: ttl, remember: ttl, takeOver: true}
	result, callErr := once.run(ctx, func() ([]byte, bool) {
		if resp, err = handle(); err != nil || resp == nil || resp.errorMessage != "" {
			return nil, false
		}
		var text []byte
		if text, err = resp.keep(); err != nil {
			return nil, false
		}
		return text, true
	})
	switch {
	case errors.Is(callErr, errStore) && inExchange:
		x.endpoint.log.Warn("a submit is not protected against being repeated", slog.String("flow", flow),
			slog.String("request_id", x.requestID), slog.String("error", callErr.Error()))
		return handle()
	case callErr != nil:
		return nil, callErr
	case result.repeated:
		return keptResponse(result.outcome)
	}
	if result.takenOver && inExchange {
		x.tookOver(x.endpoint)
	}
	return resp, err
}

// timeLeft returns how long a handler may still run: until the deadline of ctx, which
// an [Endpoint] sets, or else for its default.
func timeLeft(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return max(time.Until(deadline), 0)
	}
	return DefaultTimeout
}

// submitDigest is the same for a repeated submit, whatever the order of its keys.
func submitDigest(flow string, msg *Message) (digest [sha256.Size]byte, err error) {
	var data any
	if err := json.Unmarshal(msg.Data, &data); err != nil {
		return digest, fmt.Errorf("%w: data is not JSON", ErrMessage)
	}
	text, err := json.Marshal([]any{flow, msg.FlowToken, msg.Action, msg.Screen, data}) // which sorts keys
	return sha256.Sum256(text), err
}

// keptAnswer is a response in the store. It has no flow token: that is filled in
// when it is sent.
type keptAnswer struct {
	Screen string          `json:"screen"`
	Data   json.RawMessage `json:"data"`
	End    ending          `json:"end,omitempty"`
}

func (r *Response) keep() ([]byte, error) {
	data, err := r.marshalData()
	if err != nil {
		return nil, fmt.Errorf("%w: data of screen %s: %w", ErrAnswer, r.screen, err)
	}
	return json.Marshal(keptAnswer{r.screen, data, r.end})
}

func keptResponse(text []byte) (*Response, error) {
	var kept keptAnswer
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, errDamaged
	}
	return &Response{screen: kept.Screen, data: kept.Data, end: kept.End, note: "repeated submit"}, nil
}
