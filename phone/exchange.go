package phone

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// errOffline is what an exchange ends with that was not sent.
var errOffline = errors.New("the phone has no connection")

const (
	maxExchanges  = 500
	maxKept       = 64 << 20 // bytes of their messages
	versionOldest = "3.0"    // of the Data API, for a Flow that names none
	version40     = "4.0"    // the first with flow_token_signature
)

// exchange makes one exchange.
func (p *Phone) exchange(ctx context.Context, r request) (arrived, Exchange) {
	p.mu.Lock()
	weather := p.take(r)
	message := p.message(r)
	p.mu.Unlock()

	ex := p.begin(r, message, weather)
	ex.Began = p.cfg.Now().UnixMilli()
	a := arrived{request: r, offline: weather.Offline}
	watch := &attempts{}
	var took time.Duration
	a.reply, took, a.err = p.send(client.WithTrace(ctx, watch.add), watch, message, weather, r.notice)
	ex.Duration = took.Microseconds()
	ex.fill(a.reply, a.err, watch)
	p.keepSealed(r.n, watch.last())
	return a, ex
}

// attempts collects those of one exchange.
type attempts struct {
	mu   sync.Mutex
	done []client.Attempt
}

func (a *attempts) add(one client.Attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = append(a.done, one)
}

// last returns the last request that was sent; nil if the endpoint does not trace.
func (a *attempts) last() *client.Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.done) == 0 {
		return nil
	}
	return a.done[len(a.done)-1].Request
}

// view returns the attempts as an Exchange has them.
func (a *attempts) view() []Attempt {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Attempt
	for _, one := range a.done {
		v := Attempt{
			Status: one.Status, Key: one.KeyFingerprint, Sent: len(one.Sent), Received: len(one.Received),
			Seal: one.Seal.Microseconds(), Wait: one.Wait.Microseconds(), Open: one.Open.Microseconds(),
		}
		if one.Err != nil {
			v.Error = one.Err.Error()
		}
		out = append(out, v)
	}
	return out
}

// keepSealed keeps what was sent for [Phone.Again], as long as the exchange is kept.
func (p *Phone) keepSealed(n int, r *client.Request) {
	if r == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sealed[n] = r
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

// send sends a message in some weather, and returns how long it took. If the delay and the
// endpoint together take longer than WhatsApp waits, the answer is dropped.
func (p *Phone) send(
	ctx context.Context, watch *attempts, m client.Message, w Weather, notice bool,
) (*client.Reply, time.Duration, error) {
	if w.Offline {
		return nil, 0, errOffline
	}
	slow := min(time.Duration(w.Slow)*time.Millisecond, patience)
	if slow > 0 {
		if err := p.cfg.Wait(ctx, slow); err != nil {
			return nil, 0, err
		}
	}
	if 0 < slow && slow < patience {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience-slow)
		defer cancel()
	}
	faults := w.Faults
	if notice {
		faults = []client.Fault{{}} // without a retry after 421
	}
	began := p.cfg.Now()
	reply, err := p.cfg.Endpoint.Send(ctx, m, faults...)
	if len(w.Faults) > 0 && reply != nil && reply.Status == protocol.StatusKeyMismatch {
		reply, err = p.cfg.Endpoint.Send(ctx, m, faults...) // a client leaves this to the sender of a fault
	}
	late := slow == patience || slow > 0 && reply != nil && slow+reply.Duration >= patience
	if w.Twice {
		p.repeat(ctx, watch.last(), m, faults)
	}
	if w.Answer != nil && !notice {
		reply, err = w.Answer(reply, err)
	}
	if late {
		return nil, patience, context.DeadlineExceeded
	}
	return reply, slow + p.cfg.Now().Sub(began), err
}

// repeat sends the last envelope a second time, as a network that repeats requests does.
// The phone does not see the answer.
func (p *Phone) repeat(ctx context.Context, sent *client.Request, m client.Message, faults []client.Fault) {
	if again, ok := p.cfg.Endpoint.(replayer); ok && sent != nil {
		_, _ = again.Do(ctx, sent)
		return
	}
	_, _ = p.cfg.Endpoint.Send(ctx, m, faults...)
}

// fill adds what an exchange brought.
func (ex *Exchange) fill(reply *client.Reply, err error, watch *attempts) {
	if err != nil {
		ex.Error = err.Error()
	}
	if reply != nil {
		ex.Status, ex.To, ex.Reason, ex.Log = reply.Status, reply.Screen, reply.Reason(), reply.Log()
		if json.Valid(reply.Clear) {
			ex.Answer = bytes.Clone(reply.Clear)
		}
		ex.Acknowledged = ex.Notice && reply.Acknowledged()
	}
	if ex.Attempts = watch.view(); len(ex.Attempts) > 0 {
		return
	}
	one := Attempt{Error: ex.Error, Status: ex.Status}
	if reply != nil {
		one.Received, one.Wait = len(reply.Body), reply.Duration.Microseconds()
	}
	ex.Attempts = []Attempt{one}
}

// record keeps the last exchanges; the caller holds the lock.
func (p *Phone) record(ex Exchange) {
	p.exchanges = append(p.exchanges, ex)
	p.kept += ex.size()
	for len(p.exchanges) > maxExchanges || p.kept > maxKept && len(p.exchanges) > 1 {
		oldest := p.exchanges[0]
		p.kept -= oldest.size()
		p.exchanges = slices.Delete(p.exchanges, 0, 1)
		delete(p.sealed, oldest.N)
	}
}

// size returns how many bytes of messages and log an exchange keeps.
func (ex *Exchange) size() int {
	size := len(ex.Request) + len(ex.Answer)
	for _, line := range ex.Log {
		size += len(line)
	}
	return size
}

// Exchanges returns those with a number above after, oldest first. The phone keeps the
// last 500, with at most 64 MiB of messages.
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
