package phone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
)

// Phone plays one Flow.
type Phone struct {
	cfg Config

	mu      sync.Mutex
	plan    *plan
	state   *state
	weather Weather
	// changed is closed at the next change.
	changed chan struct{}
	// numbered counts exchanges; flying are those under way, notices included.
	numbered, flying int
	exchanges        []Exchange
	kept             int // bytes of their messages
	// steps counts those of the journal.
	steps   int
	journal []Step
	// sealed are the bytes of requests, by the number of the exchange.
	sealed  map[int]*client.Request
	savings *savings
	entered entered
}

// New returns a phone with no Flow open.
func New(cfg Config) (*Phone, error) {
	if cfg.Flow == nil {
		return nil, errors.New("phone: Config.Flow is required")
	}
	if err := checkQuirks(cfg.Quirks); err != nil {
		return nil, err
	}
	cfg.Ruleset = cmp.Or(cfg.Ruleset, Published)
	if cfg.Ruleset != Published && cfg.Ruleset != Draft {
		return nil, fmt.Errorf("phone: expected Ruleset %s or %s", Published, Draft)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Wait == nil {
		cfg.Wait = wait
	}
	cfg.Quirks = maps.Clone(cfg.Quirks)
	s := &state{ruleset: cfg.Ruleset}
	s.reset()
	p := &Phone{cfg: cfg, plan: newPlan(cfg.Flow), state: s, changed: make(chan struct{}), sealed: map[int]*client.Request{}, savings: newSavings()}
	s.shown.Parts = []Part{}
	return p, nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Open opens a new message and drops the state of an earlier one. It returns when the
// first screen, or an error page, is shown.
func (p *Phone) Open(ctx context.Context, m Message) error {
	data, err := decoded(m.Data)
	if err != nil {
		return fmt.Errorf("phone: the data of the message: %w", err)
	}
	m.Data, _ = data.(map[string]any)
	p.mu.Lock()
	m = m.complete(p.plan, p.cfg.Endpoint != nil)
	p.mu.Unlock()
	switch {
	case m.Action == catalog.DataExchange && p.cfg.Endpoint == nil:
		return errors.New("phone: the message asks for data: " + textNoEndpoint)
	case m.Action != catalog.DataExchange && m.Action != catalog.Navigate:
		return fmt.Errorf("phone: expected the action %s or %s", catalog.DataExchange, catalog.Navigate)
	}
	return p.do(ctx, opened{m})
}

// Do performs what a user does and returns when the phone is idle. It returns a
// *[NotPossibleError] if a user could not do it, or the error of ctx. A failed exchange is
// not an error: see [View.Failure] and [View.Snackbar].
//
// A list of several ids, or two days at once, counts as several taps if each of them
// causes an action. If the answer to one of them makes the next one impossible, the
// earlier ones have been performed.
func (p *Phone) Do(ctx context.Context, e Event) error {
	e, err := e.decoded()
	if err != nil {
		return err
	}
	taps, err := p.taps(e)
	if err != nil {
		return err
	}
	for _, tap := range taps {
		if err := p.do(ctx, tap); err != nil {
			return err
		}
	}
	return nil
}

// do applies an event and waits until all that it causes has ended.
func (p *Phone) do(ctx context.Context, event any) error {
	requests, err := p.apply(event)
	if err != nil {
		return err
	}
	p.run(ctx, requests)
	return p.quiet(ctx)
}

// Start is like Do, but returns as soon as the event has been applied; an exchange that it
// causes continues, and [Phone.Watch] reports its end. It is for pages, which report each
// tap: a list of several ids is a single change.
func (p *Phone) Start(ctx context.Context, e Event) error {
	e, err := e.decoded()
	if err != nil {
		return err
	}
	requests, err := p.apply(e)
	if err != nil {
		return err
	}
	if len(requests) > 0 {
		go p.run(context.WithoutCancel(ctx), requests)
	}
	return nil
}

// apply makes the step of one event.
func (p *Phone) apply(event any) ([]request, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remember(event)
	next, requests, err := advance(p.state, p.environment(), event)
	if err != nil {
		return nil, err
	}
	p.set(next, requests)
	return requests, nil
}

// environment returns what the next step depends on; the caller holds the lock.
func (p *Phone) environment() environment {
	return environment{plan: p.plan, quirks: p.cfg.Quirks, endpoint: p.cfg.Endpoint != nil, now: p.cfg.Now(), savings: p.savings}
}

// set puts a state in place, numbers the exchanges that follow from it, and wakes those
// who wait; the caller holds the lock.
func (p *Phone) set(s *state, requests []request) {
	p.state = s
	for i := range requests {
		p.numbered++
		requests[i].n = p.numbered
	}
	p.flying += len(requests)
	p.keepJournal(s.happened)
	close(p.changed)
	p.changed = make(chan struct{})
}

// run makes exchanges and those that follow from them.
func (p *Phone) run(ctx context.Context, requests []request) {
	for len(requests) > 0 {
		r := requests[0]
		end, exchange := p.exchange(ctx, r)
		more := p.end(end, &exchange)
		p.observe(exchange)
		requests = append(requests[1:], more...)
	}
}

// observe reports an exchange that was recorded.
func (p *Phone) observe(e Exchange) {
	if p.cfg.Observe != nil {
		p.cfg.Observe(e)
	}
}

// end applies the end of an exchange, completes the exchange and records it.
func (p *Phone) end(a arrived, exchange *Exchange) []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remember(a)
	p.flying--
	next, requests, err := advance(p.state, p.environment(), a)
	if err != nil {
		panic(fmt.Sprintf("phone: the end of an exchange is always possible: %v", err))
	}
	if j := next.judged; j != nil {
		exchange.Verdict, exchange.Findings = j.verdict, j.findings
	}
	p.record(*exchange)
	p.set(next, requests)
	return requests
}

// quiet waits until no exchange is under way.
func (p *Phone) quiet(ctx context.Context) error {
	for {
		p.mu.Lock()
		flying, changed := p.flying, p.changed
		p.mu.Unlock()
		if flying == 0 {
			return ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// View returns what the user sees. Views share memory: the caller must not change one.
func (p *Phone) View() View {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.view()
}

func (p *Phone) view() View {
	s, now := p.state, p.cfg.Now()
	v := s.shown
	v.Seq, v.Ruleset, v.Open = s.seq, s.ruleset, s.open
	v.History = slices.Clone(s.history)
	if v.History == nil || !s.open {
		v.History = []string{}
	}
	v.CanGoBack = len(v.History) > 1
	if s.flying > 0 {
		v.Loading, v.LoadingFor = true, now.Sub(s.began).Milliseconds()
	}
	v.Snackbar, v.Opening, v.Failure, v.Ended = s.snackbar, s.opening, s.failure, s.ended
	v.Message = MessageView{Token: s.message.Token, Usable: s.usable && s.message.Token != "", Resumes: s.resumes(now)}
	return v
}

// Watch yields the current View and then the View after each change, until ctx or the loop
// ends. Views may be skipped if the loop is slow, but never the last one.
func (p *Phone) Watch(ctx context.Context) iter.Seq[View] {
	return func(yield func(View) bool) {
		for ctx.Err() == nil {
			p.mu.Lock()
			v, changed := p.view(), p.changed
			p.mu.Unlock()
			if !yield(v) {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
	}
}

// SetFlow replaces the Flow JSON. The phone stays on its screen with data and inputs if
// the new Flow has that screen; otherwise the Flow closes.
func (p *Phone) SetFlow(f *flowjson.Flow) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = newPlan(f)
	next, _, _ := advance(p.state, p.environment(), replaced{}) // always possible, and asks nothing
	p.set(next, nil)
}

// Inspect returns the data and the form of each screen that was shown.
func (p *Phone) Inspect() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := State{Token: p.state.message.Token, Signature: p.signature(), Screens: map[string]ScreenState{}}
	for id, m := range p.state.screens {
		s.Screens[id] = ScreenState{Data: maps.Clone(m.data), Form: sendable(m.form)}
	}
	return s
}

// taps returns the events of single taps that an event stands for. The error says that the
// whole is not possible.
func (p *Phone) taps(e Event) ([]Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := &step{state: p.state, environment: p.environment()}
	part := x.part(e.Field)
	if e.Type != EventInput || part == nil || !x.selectable(x.plan.screens[x.top()].byAt[part.At]) {
		return []Event{e}, nil
	}
	old := x.value(e.Field)
	taps := []Event{e}
	switch {
	case part.Choice != nil && part.Choice.Multiple:
		taps = tapsOfGroup(e, chosen(old))
	case part.Range != nil:
		taps = tapsOfRange(e)
	}
	if len(taps) > 1 {
		if _, _, err := advance(p.state, x.environment, e); err != nil {
			return nil, err
		}
	}
	return taps, nil
}

// tapsOfGroup takes options back first, and then adds others, one at a time.
func tapsOfGroup(e Event, before []string) []Event {
	value, _ := enteredIDs(e.Value)
	after := chosen(value)
	now := before
	var taps []Event
	add := func(ids []string) {
		now = ids
		list := make([]any, len(ids))
		for i, id := range ids {
			list[i] = id
		}
		tap := e
		tap.Value = list
		taps = append(taps, tap)
	}
	for _, id := range without(before, after) {
		add(without(now, []string{id}))
	}
	for _, id := range without(after, before) {
		add(append(slices.Clone(now), id))
	}
	if value == nil || len(taps) == 0 {
		return []Event{e}
	}
	return taps
}

// tapsOfRange picks the start before the end.
func tapsOfRange(e Event) []Event {
	days, ok := e.Value.(map[string]any)
	if !ok || len(days) < 2 {
		return []Event{e}
	}
	var taps []Event
	for _, key := range []string{catalog.StartDate, catalog.EndDate} {
		tap := e
		tap.Value = map[string]any{key: days[key]}
		taps = append(taps, tap)
	}
	return taps
}
