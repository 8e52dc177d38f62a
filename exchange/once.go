package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Once makes a handler answer a repeated submit as it answered the first one,
// without running again. A user who waits too long taps again: that comes in a new
// envelope, with the same flow token, screen and data, although the first may have
// done its work. The answer is kept for ttl, in the [Config.Store] that all
// replicas share, and sealed anew for each envelope; while the first is still
// running, the second waits for it.
//
//	exchange.Handle(r, confirm, exchange.Once(10*time.Minute, b.book), exchange.Reload(b.reload))
//
// What ends in an error, [Reject] included, may be tried again. Requests without a
// flow token of their own (none, or "unused") always run: nobody can tell whose
// repetition they are.
func Once[Form any](ttl time.Duration, h HandlerFor[Form]) HandlerFor[Form] {
	if ttl <= 0 {
		panic("exchange: Once: the time to live is not positive")
	}
	if h == nil {
		return nil // Handle says so, and names the route
	}
	return func(ctx context.Context, req *Request[Form]) (*Response, error) {
		x, ok := ctx.Value(recordKey{}).(*record)
		if !ok || x.endpoint.cfg.Store == nil {
			return nil, errors.New("Once needs the endpoint's Config.Store")
		}
		if req.FlowToken == "" || req.FlowToken == "unused" {
			return h(ctx, req)
		}
		return submitOnce(ctx, x.endpoint, &req.Message, ttl, func() (*Response, error) { return h(ctx, req) })
	}
}

func submitOnce(ctx context.Context, e *Endpoint, msg *Message, ttl time.Duration, run func() (*Response, error)) (resp *Response, err error) {
	content, err := submitDigest(e.cfg.Flow, msg)
	if err != nil {
		return nil, err
	}
	once := deed{
		store: e.cfg.Store, key: fmt.Sprintf("once:%x", content), content: content,
		running: e.cfg.Timeout + markSlack, keep: ttl,
	}
	outcome, repeated, onceErr := once.once(ctx, func() ([]byte, bool) {
		if resp, err = run(); err != nil || resp == nil {
			return nil, false
		}
		var text []byte
		if text, err = resp.keep(); err != nil {
			return nil, false
		}
		return text, true
	})
	switch {
	case errors.Is(onceErr, errStore):
		e.log.Warn("a submit is not protected against being repeated", slog.String("flow", e.cfg.Flow), slog.String("request_id", RequestID(ctx)), slog.String("error", onceErr.Error()))
		return run()
	case onceErr != nil:
		return nil, onceErr
	case repeated:
		return keptResponse(outcome)
	}
	return resp, err
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

// keptAnswer is a response in the store. It holds no flow token: that is filled in
// when it is sent.
type keptAnswer struct {
	Screen       string          `json:"screen"`
	Data         json.RawMessage `json:"data"`
	ErrorMessage string          `json:"error_message,omitempty"`
	End          ending          `json:"end,omitempty"`
}

func (r *Response) keep() ([]byte, error) {
	data, err := marshalObject(r.data)
	if err != nil {
		return nil, fmt.Errorf("%w: data of screen %s: %w", ErrAnswer, r.screen, err)
	}
	return json.Marshal(keptAnswer{r.screen, data, r.errorMessage, r.end})
}

func keptResponse(text []byte) (*Response, error) {
	var kept keptAnswer
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("the kept answer is unreadable: %w", err)
	}
	return &Response{screen: kept.Screen, data: kept.Data, errorMessage: kept.ErrorMessage, end: kept.End, note: "repeated submit"}, nil
}
