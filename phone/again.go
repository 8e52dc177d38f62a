package phone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// replayer is an Endpoint that can send the bytes of a request again. A [*client.Client] is
// one.
type replayer interface {
	Do(ctx context.Context, r *client.Request) (*client.Reply, error)
}

// clearSender is an Endpoint that sends any clear text. A [*client.Client] is one.
type clearSender interface {
	SendClear(ctx context.Context, plaintext []byte, faults ...client.Fault) (*client.Reply, error)
}

// Again sends the request of an exchange once more: the same bytes if plaintext is nil,
// otherwise plaintext as a new message. The answer does not change the phone. Again
// returns an error if there is no such exchange, or if the Endpoint does not support it;
// the result of the exchange is in the [Exchange], which is recorded like any other.
func (p *Phone) Again(ctx context.Context, n int, plaintext []byte) (Exchange, error) {
	ex, sent, err := p.recall(n)
	if err != nil {
		return Exchange{}, err
	}
	watch := &attempts{}
	tracing := client.WithTrace(ctx, watch.add)
	var ask func() (*client.Reply, error)
	if plaintext == nil {
		again, ok := p.cfg.Endpoint.(replayer)
		if !ok || sent == nil {
			return Exchange{}, errors.New("phone: the bytes of this exchange cannot be sent again: the endpoint did not keep them")
		}
		ask = func() (*client.Reply, error) { return again.Do(tracing, sent) }
	} else {
		if !json.Valid(plaintext) {
			return Exchange{}, errors.New("phone: expected JSON to send")
		}
		ex.Request = plaintext
		ask = func() (*client.Reply, error) { return p.sendClear(tracing, plaintext) }
	}
	began := p.cfg.Now()
	ex.Began = began.UnixMilli()
	reply, err := ask()
	ex.Duration = p.cfg.Now().Sub(began).Microseconds()
	ex.fill(reply, err, watch)
	p.recordAgain(&ex)
	p.observe(ex)
	return ex, nil
}

// recordAgain numbers and records an exchange that changed nothing on the phone.
func (p *Phone) recordAgain(ex *Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.numbered++
	ex.N = p.numbered
	p.record(*ex)
	close(p.changed)
	p.changed = make(chan struct{})
}

// recall returns an exchange as it was before it was sent, and its bytes.
func (p *Phone) recall(n int) (Exchange, *client.Request, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ex := range p.exchanges {
		if ex.N == n {
			return Exchange{
				Action: ex.Action, At: ex.At, From: ex.From, Notice: ex.Notice, Of: n, Request: ex.Request, Answer: json.RawMessage("null"),
				Verdict: Verdict{Text: "sent again: the phone ignores the answer", Kind: verdictOK},
			}, p.sealed[n], nil
		}
	}
	return Exchange{}, nil, fmt.Errorf("phone: there is no exchange %d, or it is no longer kept", n)
}

// sendClear sends clear text, as far as a message can express it.
func (p *Phone) sendClear(ctx context.Context, plaintext []byte) (*client.Reply, error) {
	if sender, ok := p.cfg.Endpoint.(clearSender); ok {
		return sender.SendClear(ctx, plaintext)
	}
	var m struct {
		Version   string          `json:"version"`
		Action    protocol.Action `json:"action"`
		Screen    string          `json:"screen"`
		Data      json.RawMessage `json:"data"`
		Token     string          `json:"flow_token"`
		Signature string          `json:"flow_token_signature"`
	}
	if err := json.Unmarshal(plaintext, &m); err != nil {
		return nil, fmt.Errorf("phone: expected a message: %w", err)
	}
	return p.cfg.Endpoint.Send(ctx, client.Message{
		Version: m.Version, Action: m.Action, Screen: m.Screen, Data: m.Data, FlowToken: m.Token, FlowTokenSignature: m.Signature,
	})
}
