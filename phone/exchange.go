package phone

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/flowserver/flowserver/client"
)

// errOffline is what an exchange ends with that was not sent.
var errOffline = errors.New("the phone has no connection")

const (
	maxExchanges  = 500
	versionOldest = "3.0" // of the Data API, for a Flow that names none
	version40     = "4.0" // the first with flow_token_signature
)

// sealedRequest is what was sent in an exchange.
type sealedRequest struct {
	message client.Message
}

// exchange makes one exchange.
func (p *Phone) exchange(ctx context.Context, r request) (arrived, Exchange) {
	p.mu.Lock()
	weather := p.take(r)
	message := p.message(r)
	p.mu.Unlock()

	ex := p.begin(r, message, weather)
	a := arrived{request: r}
	ex.Began = p.cfg.Now().UnixMilli()
	var took time.Duration
	a.reply, took, a.err = p.send(ctx, message, weather, r.notice)
	a.offline = weather.Offline
	ex.Duration = took.Microseconds()
	ex.fill(a)
	return a, ex
}

// begin returns what is known of an exchange before it is made.
func (p *Phone) begin(r request, m client.Message, w Weather) Exchange {
	ex := Exchange{N: r.n, Action: string(r.action), At: r.at, From: r.from, Notice: r.notice, Of: r.of, Answer: json.RawMessage("null")}
	ex.Request, _ = m.MarshalJSON() // its data is decoded JSON
	for _, f := range w.Faults {
		ex.Faults = append(ex.Faults, f.Name())
	}
	return ex
}

// message returns what a request says; the caller holds the lock.
func (p *Phone) message(r request) client.Message {
	m := client.Message{
		Version: cmp.Or(p.plan.flow.DataAPIVersion, versionOldest), Action: r.action, Screen: r.screen, FlowToken: p.state.message.Token,
	}
	if r.data != nil {
		m.Data = r.data
	}
	if !r.notice {
		m.FlowTokenSignature = p.signature()
	}
	return m
}

// signature returns the flow_token_signature of the message; empty if it has none. The
// caller holds the lock.
func (p *Phone) signature() string {
	if p.plan.flow.DataAPIVersion != version40 || p.cfg.Signature == nil || p.state.message.Token == "" {
		return ""
	}
	return p.cfg.Signature(p.state.message.Token)
}

// send sends a message in some weather, and returns how long it took. What is slower than
// WhatsApp waits for is sent, and its answer dropped.
func (p *Phone) send(ctx context.Context, m client.Message, w Weather, notice bool) (*client.Reply, time.Duration, error) {
	if w.Offline {
		return nil, 0, errOffline
	}
	slow := min(time.Duration(w.Slow)*time.Millisecond, patience)
	if slow > 0 {
		if err := p.cfg.Wait(ctx, slow); err != nil {
			return nil, 0, err
		}
	}
	faults := w.Faults
	if notice {
		faults = []client.Fault{{}} // without a retry after 421
	}
	began := p.cfg.Now()
	reply, err := p.cfg.Endpoint.Send(ctx, m, faults...)
	if w.Twice {
		reply, err = p.cfg.Endpoint.Send(ctx, m, faults...)
	}
	if slow == patience {
		return nil, slow, context.DeadlineExceeded
	}
	return reply, slow + p.cfg.Now().Sub(began), err
}

// fill adds what an exchange brought.
func (ex *Exchange) fill(a arrived) {
	if a.err != nil {
		ex.Error = a.err.Error()
	}
	if a.reply == nil {
		ex.Attempts = []Attempt{{Error: ex.Error}}
		return
	}
	ex.Status, ex.To, ex.Reason = a.reply.Status, a.reply.Screen, a.reply.Reason()
	if json.Valid(a.reply.Clear) {
		ex.Answer = bytes.Clone(a.reply.Clear)
	}
	ex.Acknowledged = ex.Notice && a.reply.Acknowledged()
	ex.Attempts = []Attempt{{
		Status: a.reply.Status, Error: ex.Error, Received: len(a.reply.Body), Wait: a.reply.Duration.Microseconds(),
	}}
}

// record keeps the last exchanges; the caller holds the lock.
func (p *Phone) record(ex Exchange) {
	p.exchanges = append(p.exchanges, ex)
	if len(p.exchanges) > maxExchanges {
		p.exchanges = p.exchanges[len(p.exchanges)-maxExchanges:]
	}
}

// Exchanges returns those with a number above after, oldest first. The phone keeps the
// last 500.
func (p *Phone) Exchanges(after int) []Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Exchange
	for _, ex := range p.exchanges {
		if ex.N > after {
			out = append(out, ex)
		}
	}
	return out
}

// SetWeather changes the weather.
func (p *Phone) SetWeather(w Weather) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.weather = w
}

// take returns the weather of a request; the caller holds the lock. Error notifications
// are not spoilt, so that the weather is there for what the user does.
func (p *Phone) take(r request) Weather {
	w := p.weather
	if r.notice {
		return Weather{Offline: w.Offline}
	}
	if w.Next > 0 {
		if p.weather.Next--; p.weather.Next == 0 {
			p.weather = Weather{}
		}
	}
	return w
}
