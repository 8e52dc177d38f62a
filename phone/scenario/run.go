package scenario

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/protocol"
)

// Options configure how a scenario is played. Flow is required.
type Options struct {
	Flow *flowjson.Flow
	// Endpoint answers requests; nil for a Flow without an endpoint.
	Endpoint phone.Endpoint
	// Phone, if not nil, completes the configuration of the phone, for example with Media,
	// which a scenario that uploads files needs.
	Phone func(*phone.Config)
	// Quirks switches rules on or off that the scenario does not: see [phone.Config].
	Quirks map[string]bool
	// Now is the clock; nil is [time.Now].
	Now func() time.Time
	// Variables are the variables of --set.
	Variables map[string]string
	// Getenv looks up ${env.NAME}; if it is nil, there are no such variables.
	Getenv func(string) (string, bool)
	// OnStep, if not nil, is called after each step.
	OnStep func(StepReport)
	// Trace records the View after each step, for [Result.Trace].
	Trace bool
}

// StepReport describes the result of a step.
type StepReport struct {
	Scenario *Scenario
	// Line is the line of the step, Text the step on one line.
	Line int
	Text string
	// View is what the user sees after the step.
	View phone.View
	// Exchanges are the exchanges that the step caused, Journal what happened on the
	// phone.
	Exchanges []phone.Exchange
	Journal   []phone.Step
	// Failure is nil if the step succeeded.
	Failure *StepError
}

// Result is the result of a scenario.
type Result struct {
	Scenario *Scenario
	// Steps and Exchanges are the numbers of steps and exchanges, without error
	// notifications.
	Steps, Exchanges int
	Duration         time.Duration
	// Journal is what happened on the phone, for coverage.
	Journal []phone.Step
	// Failure is nil if the scenario passed.
	Failure *StepError
	// Trace is nil if the scenario passed, or without Options.Trace.
	Trace *phone.Trace
}

// StepError is the reason why a scenario failed.
type StepError struct {
	File string
	Line int
	// Step is the step on one line.
	Step string
	// Err is what went wrong: a [*MismatchError], an [*UnexpectedError], a
	// [*phone.NotPossibleError], a [*VariableError], or another.
	Err error
	// Exchange is the last exchange; nil if there was none. Screen is the screen as a
	// text.
	Exchange *phone.Exchange
	Screen   string
}

// Error returns file, line, step and problem, on one line.
func (f *StepError) Error() string {
	return fmt.Sprintf("%s:%d: %s: %v", f.File, f.Line, f.Step, f.Err)
}

// Unwrap returns Err.
func (f *StepError) Unwrap() error { return f.Err }

// MismatchError is the first difference between the expectation of a step and the actual
// value.
type MismatchError struct {
	Line, Column int
	// Path is what differs, such as fields.email.error.
	Path      string
	Want, Got string
}

// Error returns the path, the expectation and the actual value.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s: want %s, got %s", e.Path, e.Want, e.Got)
}

// UnexpectedError is a problem that no step expects.
type UnexpectedError struct {
	Path, Text string
	allow      string
}

// Error describes the problem, and how to expect it.
func (e *UnexpectedError) Error() string {
	return fmt.Sprintf("unexpected %s: %s: expect it in the next step, or write allow: [%s]", e.Path, e.Text, e.allow)
}

// run is a scenario while it runs.
type run struct {
	scenario *Scenario // the one whose steps run: the scenario itself or one that it uses
	options  Options
	phone    *phone.Phone
	random   string
	message  phone.Message
	opened   bool

	asked       int             // exchanges that are not error notifications
	seen, steps int             // exchanges and journal entries that were looked at
	last        *phone.Exchange // the newest; nil if there is none
	known       map[string]bool // troubles on the screen that were reported or expected
	unexpected  []trouble
	cause       step         // the step after which they came
	held        []StepReport // of that step and those since: it may still fail

	// acted is the last step that did something on the phone. sent and notice are the
	// newest exchange and error notification that it caused; nil if it caused none.
	acted        step
	sent, notice *phone.Exchange

	pinged, pingActive bool
	pingStatus         int

	traced []traced
	result *Result
}

// Run plays a scenario on a new phone. It always returns a result, with a failure if ctx
// ends.
func (s *Scenario) Run(ctx context.Context, o Options) *Result {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = func(string) (string, bool) { return "", false }
	}
	r := &run{scenario: s, options: o, random: randomText(), known: map[string]bool{}, result: &Result{Scenario: s}}
	began := time.Now()
	err := r.start()
	if err == nil {
		err = r.play(ctx, s)
	}
	r.result.Duration, r.result.Exchanges = time.Since(began), r.asked
	if r.phone != nil {
		r.result.Journal = r.phone.Journal(0)
	}
	if err != nil && r.result.Failure == nil {
		r.result.Failure = &StepError{File: s.File, Line: s.Line, Step: s.Name, Err: err}
	}
	if r.options.Trace && r.result.Failure != nil {
		r.result.Trace = r.writeTrace()
	}
	return r.result
}

// randomText returns what ${random} stands for: the same text for a whole run.
func randomText() string {
	return strings.ToLower(rand.Text()[:12])
}

func (r *run) start() (err error) {
	cfg := phone.Config{
		Flow: r.options.Flow, Endpoint: r.options.Endpoint, Ruleset: r.scenario.Ruleset, Now: r.options.Now, Quirks: map[string]bool{},
	}
	maps.Copy(cfg.Quirks, r.options.Quirks)
	maps.Copy(cfg.Quirks, r.scenario.Quirks)
	cfg.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() } // no step sleeps
	if r.options.Phone != nil {
		r.options.Phone(&cfg)
	}
	r.phone, err = phone.New(cfg)
	return err
}

// play runs the steps of the scenario that s uses, and then its own.
func (r *run) play(ctx context.Context, s *Scenario) error {
	if s.use != nil {
		if err := r.play(ctx, s.use); err != nil {
			return err
		}
	}
	r.scenario = s
	if s.open != nil {
		if err := r.step(ctx, step{line: s.Line, verb: "open", action: s.open}); err != nil {
			return err
		}
	}
	for _, st := range s.steps {
		if err := r.step(ctx, st); err != nil {
			return err
		}
	}
	return r.settle()
}

// step runs one step and reports it.
func (r *run) step(ctx context.Context, s step) error {
	_, expects := s.action.(expect)
	if !expects {
		if err := r.settle(); err != nil {
			return err
		}
	}
	if s.acts() {
		r.acted, r.sent, r.notice = s, nil, nil
	}
	seen, steps := r.seen, r.steps
	err := s.action.run(ctx, r)
	r.look()
	if !expects {
		r.worry(s, seen)
	}
	if err != nil {
		fail := r.fail(s, err)
		r.release()
		r.report(s, seen, steps, fail)
		return fail
	}
	r.result.Steps++
	r.report(s, seen, steps, nil)
	return nil
}

// settle fails if something went wrong that no step has expected. The step that caused it
// is the first whose report is held.
func (r *run) settle() error {
	if len(r.unexpected) == 0 {
		r.release()
		return nil
	}
	t := r.unexpected[0]
	fail := r.fail(r.cause, &UnexpectedError{t.path, t.text, t.kind})
	r.traceCause(r.cause, fail)
	if len(r.held) > 0 {
		r.held[0].Failure = fail
	}
	r.release()
	return fail
}

// fail ends the run with what went wrong in a step.
func (r *run) fail(s step, err error) *StepError {
	line := s.line
	if m, ok := errors.AsType[*MismatchError](err); ok {
		line = m.Line
	}
	r.result.Failure = &StepError{File: r.scenario.File, Line: line, Step: s.String(), Err: err, Exchange: r.last, Screen: ScreenText(r.phone.View())}
	if s.verb == "expect" {
		r.result.Failure.Step = s.verb // the mismatch says which part
	}
	return r.result.Failure
}

// report says what a step did: at once, unless what went wrong can still be expected.
func (r *run) report(s step, seen, steps int, fail *StepError) {
	r.trace(s, seen, fail)
	if r.options.OnStep == nil {
		return
	}
	report := StepReport{
		Scenario: r.scenario, Line: s.line, Text: s.String(), View: r.phone.View(),
		Exchanges: r.phone.Exchanges(seen), Journal: r.phone.Journal(steps), Failure: fail,
	}
	if fail == nil && (len(r.unexpected) > 0 || len(r.held) > 0) {
		r.held = append(r.held, report)
		return
	}
	r.options.OnStep(report)
}

// release reports the steps that were held.
func (r *run) release() {
	for _, report := range r.held {
		r.options.OnStep(report)
	}
	r.held = nil
}

// look takes notice of the exchanges since the last look.
func (r *run) look() {
	for _, x := range r.phone.Exchanges(r.seen) {
		r.seen = x.N
		if x.Notice {
			r.notice = &x
			continue
		}
		r.asked++
		r.last, r.sent = &x, &x
	}
	for _, s := range r.phone.Journal(r.steps) {
		r.steps = s.N
	}
}

// worry adds what has gone wrong in a step.
func (r *run) worry(s step, seen int) {
	r.cause = s
	exchanges := r.phone.Exchanges(seen)
	answered := slices.ContainsFunc(exchanges, func(x phone.Exchange) bool { return x.Of == 0 })
	shown := map[string]bool{}
	for _, t := range r.troubles(r.phone.View()) {
		key := t.path + "\n" + t.text
		shown[key] = true
		again := answered && (t.kind == allowSnackbar || t.kind == allowFailure) // the same words, said anew
		if !r.known[key] || again {
			r.unexpected = append(r.unexpected, t)
		}
	}
	r.known = shown
	for _, x := range exchanges {
		r.unexpected = append(r.unexpected, r.troublesOf(x)...)
	}
}

func (r *run) variables() variables {
	v := variables{random: r.random, now: r.options.Now(), set: r.options.Variables, getenv: r.options.Getenv}
	if r.last != nil {
		v.request, v.answer = r.last.Request, r.last.Answer
	}
	return v
}

// matching returns the variables for what is compared.
func (r *run) matching() variables {
	v := r.variables()
	v.matching = true
	return v
}

// text returns a scalar with its variables, as a text.
func (r *run) text(n *node) (string, error) {
	if n == nil {
		return "", nil
	}
	expanded, err := r.variables().expand(n)
	if err != nil {
		return "", err
	}
	if !expanded.scalar() {
		return "", fmt.Errorf("must be a text, not %s", expanded.kind)
	}
	return expanded.text, nil
}

func (o *open) run(ctx context.Context, r *run) error {
	if o.bare && r.opened {
		if o.fresh {
			return r.phone.Open(ctx, r.message)
		}
		return r.phone.Do(ctx, phone.Event{Type: phone.EventReopen})
	}
	m := phone.Message{Token: "scenario-" + r.random}
	for _, field := range []struct {
		from *node
		to   *string
	}{{o.token, &m.Token}, {o.action, &m.Action}, {o.screen, &m.Screen}} {
		if field.from == nil {
			continue
		}
		value, err := r.text(field.from)
		if err != nil {
			return err
		}
		*field.to = value
	}
	if m.Action == "" && (o.screen != nil || o.data != nil) {
		m.Action = "navigate"
	}
	if o.data != nil {
		data, err := r.variables().expand(o.data)
		if err != nil {
			return err
		}
		m.Data, _ = plainValue(data).(map[string]any)
	}
	r.message, r.opened = m, true
	return r.phone.Open(ctx, m)
}

func backAction(ctx context.Context, r *run) error {
	return r.phone.Do(ctx, phone.Event{Type: phone.EventBack})
}

func closeAction(ctx context.Context, r *run) error {
	return r.phone.Do(ctx, phone.Event{Type: phone.EventClose})
}

func retryAction(ctx context.Context, r *run) error {
	return r.phone.Do(ctx, phone.Event{Type: phone.EventRetry})
}

func dismissAction(ctx context.Context, r *run) error {
	return r.phone.Do(ctx, phone.Event{Type: phone.EventDismiss})
}

func (f focus) run(ctx context.Context, r *run) error {
	return r.phone.Do(ctx, phone.Event{Type: phone.EventFocus, Field: f.field})
}

func (b blur) run(ctx context.Context, r *run) error {
	return r.phone.Do(ctx, phone.Event{Type: phone.EventBlur, Field: b.field})
}

func (n note) run(context.Context, *run) error { return nil }

// againAction sends the bytes of the last request once more.
func againAction(ctx context.Context, r *run) error {
	if r.last == nil {
		return errors.New("there is no request yet")
	}
	_, err := r.phone.Again(ctx, r.last.N, nil)
	return err
}

// ping makes the health check and says whether the endpoint is active.
func (r *run) ping(ctx context.Context) (bool, error) {
	if r.options.Endpoint == nil {
		return false, errors.New("there is no endpoint")
	}
	reply, err := r.options.Endpoint.Send(ctx, client.Message{Action: protocol.ActionPing})
	r.pinged, r.pingStatus, r.pingActive = true, 0, false
	if reply != nil {
		r.pingStatus, r.pingActive = reply.Status, err == nil && reply.Active()
	}
	return r.pingActive, err
}

func pingAction(ctx context.Context, r *run) error {
	if active, err := r.ping(ctx); !active && !r.scenario.allow[allowStatus] {
		r.unexpected = append(r.unexpected, trouble{kind: allowStatus, path: "ping", text: "the endpoint is not active: " + r.whyInactive(err).Error()})
	}
	return nil
}

// whyInactive returns the error of the last ping or, if it was answered, the status.
func (r *run) whyInactive(err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("status %d", r.pingStatus)
}

func (w waitFor) run(ctx context.Context, r *run) error {
	ctx, cancel := context.WithTimeout(ctx, w.within)
	defer cancel()
	const pause = 200 * time.Millisecond
	for {
		active, err := r.ping(ctx)
		if active {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the endpoint was not active within %s: %w", w.within, r.whyInactive(err))
		case <-time.After(pause):
		}
	}
}
