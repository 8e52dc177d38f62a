package phone

import (
	"fmt"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// environment is what a step depends on besides the state and the event.
type environment struct {
	plan     *plan
	quirks   quirks
	endpoint bool // there is one
	now      time.Time
	savings  *savings // saves time, and changes no result
}

// request is an exchange that a step asks for: the effect.
type request struct {
	action protocol.Action
	// screen is what the message names, from the screen that the user is on.
	screen, from string
	data         map[string]any
	// at, trigger and item say which component's action asks; empty for INIT and BACK.
	at, trigger, item string
	n                 int // of the exchange
	generation        int
	// notice says that it is an error notification about exchange of.
	notice bool
	of     int
}

// The events of a phone besides those of a user.
type (
	// opened is a message whose button was tapped for the first time.
	opened struct{ message Message }
	// replaced is a Flow JSON that takes the place of another.
	replaced struct{}
	// arrived is the end of an exchange.
	arrived struct {
		request request
		reply   *client.Reply
		err     error
		// offline says that the phone had no connection.
		offline bool
	}
)

// step is a state in the making.
type step struct {
	*state
	environment
	requests []request
}

// advance applies an event to a state, and returns the state after it with the exchanges
// that it causes. It changes nothing else but the savings: the same arguments give the same
// result.
func advance(old *state, env environment, event any) (*state, []request, error) {
	x := &step{state: old.clone(), environment: env}
	switch e := event.(type) {
	case Event:
		x.chain = 0
		if reason := x.user(e); reason != "" {
			return nil, nil, &NotPossibleError{Event: e, Reason: reason}
		}
	case opened:
		x.start(e.message)
	case arrived:
		x.arrive(e)
	case uploaded:
		if reason := x.upload(e); reason != "" {
			return nil, nil, &NotPossibleError{Event: Event{Type: EventInput, Field: e.field}, Reason: reason}
		}
	case replaced:
		x.replace()
	default:
		panic(fmt.Sprintf("phone: no such event: %T", event))
	}
	x.settle()
	return x.state, x.requests, nil
}

// user applies what a user does. A reason says why a user could not do it.
func (x *step) user(e Event) (reason string) {
	if reason := x.refuses(e.Type); reason != "" {
		return reason
	}
	switch e.Type {
	case EventInput:
		return x.input(e)
	case EventFocus:
		return x.focusOn(e.Field)
	case EventBlur:
		return x.leave(e.Field)
	case EventTap:
		return x.tap(e)
	case EventBack:
		x.back()
	case EventClose:
		x.close()
	case EventReopen:
		x.reopen()
	case EventRetry:
		x.repeat()
	case EventDismiss:
		return x.dismiss()
	case EventRemove:
		return x.removeFile(e)
	case EventRules:
		if e.Ruleset != Published && e.Ruleset != Draft {
			return "expected the rules published or draft"
		}
		x.ruleset = e.Ruleset
	default:
		return "there is no such event"
	}
	return ""
}

// refuses says why nothing of that type can be done now.
func (x *step) refuses(t EventType) (reason string) {
	switch {
	case t == EventRules:
		return ""
	case t == EventReopen && x.open:
		return "the Flow is open: close it first"
	case t == EventReopen && x.message.Token == "":
		return "there is no message: open one"
	case t == EventReopen && !x.usable:
		return "the button of the message is off"
	case t == EventReopen:
		return ""
	case !x.open:
		return "the Flow is not open"
	case t == EventClose:
		return ""
	case x.failure != nil && t == EventRetry && x.failure.Retry:
		return ""
	case x.failure != nil && t == EventDismiss && x.failure.Overlay:
		return ""
	case x.failure != nil && x.failure.Overlay:
		return "an error covers the screen: dismiss it first"
	case x.failure != nil && x.failure.Retry:
		return "an error page shows: retry, or close it"
	case x.failure != nil:
		return "an error page shows, which can only be closed"
	case t == EventRetry:
		return "there is no error page"
	case t == EventBack, t == EventDismiss:
		return ""
	case x.flying > 0:
		return "the phone waits for an answer"
	}
	return ""
}

// start opens a message, of which the phone has no earlier state.
func (x *step) start(m Message) {
	x.reset()
	x.message, x.usable, x.open, x.saved = m, true, true, nil
	if m.Action == string(protocol.ActionDataExchange) {
		x.send(request{action: protocol.ActionInit})
		return
	}
	x.openOn(m)
}

// send asks the endpoint, and makes the user wait: meanwhile no input can have the focus.
func (x *step) send(r request) {
	x.blur()
	if x.flying == 0 {
		x.began = x.now
	}
	x.flying++
	x.chain++
	r.generation = x.generation
	x.requests = append(x.requests, r)
}

// back does what the arrow and the phone's own button do.
func (x *step) back() {
	x.snackbar, x.opening = "", ""
	if len(x.history) < 2 {
		x.close()
		return
	}
	from := x.top()
	left := x.plan.screens[x.top()]
	if left != nil && left.RefreshOnBack && x.endpoint {
		x.send(request{action: protocol.ActionBack, screen: left.ID, from: left.ID})
		return
	}
	x.history = x.history[:len(x.history)-1]
	x.enter(entry{to: x.top(), why: becauseBack})
	x.log(Step{Action: stepBack, From: from})
}

// close takes the Flow from the screen, without a word to the endpoint.
func (x *step) close() {
	x.happened = append(x.happened, Step{Action: stepClose, From: x.top(), To: x.top()})
	x.save()
	x.generation++
	x.open, x.flying, x.todo = false, 0, nil
	x.failure, x.retry, x.snackbar, x.opening = nil, nil, "", ""
	x.form.focus = ""
}

// repeat sends the request of an error page again.
func (x *step) repeat() {
	again := *x.retry
	again.at, again.trigger, again.item = "", "", ""
	x.failure, x.retry = nil, nil
	x.send(again)
}

func (x *step) dismiss() (reason string) {
	switch {
	case x.failure != nil:
		x.failure, x.retry = nil, nil
	case x.snackbar != "":
		x.snackbar = ""
	default:
		return "there is nothing to dismiss"
	}
	return ""
}

// blur takes the focus from the field that has it. Errors of a field that was changed
// show from then on, and a server error goes.
func (x *step) blur() {
	field := x.form.focus
	if field == "" {
		return
	}
	x.form.focus = ""
	if x.form.changed[field] {
		x.form.touched[field] = true
	}
	delete(x.form.errors, field)
}

// leave takes the focus from a field, or from whichever has it. A field that has lost it
// already stays as it is: it does so while the phone waits for an answer.
func (x *step) leave(field string) (reason string) {
	if field != "" && x.part(field) == nil {
		return "the screen shows no such field"
	}
	if field == "" || field == x.form.focus {
		x.blur()
	}
	return ""
}

func (x *step) focusOn(field string) (reason string) {
	part := x.part(field)
	if part == nil {
		return "the screen shows no such field"
	}
	if common := part.common(); common != nil && !common.Enabled {
		return "the field is disabled"
	}
	if x.form.focus != field {
		x.blur()
		x.form.focus = field
	}
	return ""
}

// part returns the part of the screen with the input of that name; nil if it is not
// visible.
func (x *step) part(field string) *Part {
	if field == "" {
		return nil
	}
	for i := range x.shown.Parts {
		if p := &x.shown.Parts[i]; p.name() == field {
			return p
		}
	}
	return nil
}

// replace redraws the screen by another Flow JSON. If it does not have the screen, the
// message is opened anew when its button is tapped.
func (x *step) replace() {
	if x.saved != nil && x.plan.screens[x.saved.top()] == nil {
		x.saved = nil
	}
	if !x.open {
		return
	}
	var kept []string
	for _, id := range x.history {
		if x.plan.screens[id] != nil {
			kept = append(kept, id)
		}
	}
	left := x.top()
	x.history = kept
	x.todo = nil
	if len(kept) == 0 && left != "" {
		x.close()
		x.saved = nil
		return
	}
	if left != x.top() {
		x.enter(entry{to: x.top(), why: becauseBack})
	}
}
