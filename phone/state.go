package phone

import (
	"maps"
	"slices"
	"time"
)

// state is all that a phone remembers of one message. A step makes a new state from an
// old one, which stays as it is: maps are copied before they change, and what they
// contain never changes.
type state struct {
	seq int
	// generation grows when the Flow is opened or closed; an answer to a request of an
	// older one changes nothing.
	generation int
	open       bool
	ruleset    Ruleset
	message    Message
	usable     bool
	saved      *saved

	// screens is the store: it lasts for the whole session.
	screens map[string]*memory
	history []string

	// form is the drawn screen: it ends when the screen is left.
	form drawn

	snackbar string
	opening  string
	failure  *Failure
	// retry is the request that the button of an error page repeats.
	retry *request
	ended *Ended
	// flying is the number of exchanges under way that the user waits for, began the start
	// of the first.
	flying int
	began  time.Time
	// chain is the number of requests since the user last did something.
	chain int
	// todo are actions that wait for others to end.
	todo []firing
	// last is the number of the exchange whose answer arrived last.
	last int

	// judged is what became of the answer that this step got.
	judged *judgement
	// happened is what this step did, for the journal.
	happened []Step
	// shown is the screen as it is drawn, without what View adds.
	shown View
}

// memory is what the store has of one screen.
type memory struct {
	data, form map[string]any
}

// drawn is what exists only while a screen is shown.
type drawn struct {
	focus string
	// changed are fields that the user has changed, touched those whose errors show.
	changed, touched map[string]bool
	// errors are the server errors, by field; a text or, for dates and files, an object.
	errors map[string]any
	revs   map[string]int
	// findings are about the data that a navigate action, or the message, brought.
	findings []Finding
}

// judgement is what WhatsApp does with an answer.
type judgement struct {
	verdict  Verdict
	findings []Finding
}

// clone returns a copy for a step to change.
func (s *state) clone() *state {
	c := *s
	c.screens = maps.Clone(s.screens)
	c.history = slices.Clone(s.history)
	c.todo = slices.Clone(s.todo)
	c.form.changed = maps.Clone(s.form.changed)
	c.form.touched = maps.Clone(s.form.touched)
	c.form.errors = maps.Clone(s.form.errors)
	c.form.revs = maps.Clone(s.form.revs)
	c.judged, c.happened = nil, nil
	c.seq++
	return &c
}

// newDrawn returns the drawn form of a screen that was just entered.
func newDrawn() drawn {
	return drawn{changed: map[string]bool{}, touched: map[string]bool{}, errors: map[string]any{}, revs: map[string]int{}}
}

// top returns the screen that is shown; empty if there is none.
func (s *state) top() string {
	if len(s.history) == 0 {
		return ""
	}
	return s.history[len(s.history)-1]
}

// own returns the memory of a screen for this step to change.
func (s *state) own(id string) *memory {
	fresh := &memory{data: map[string]any{}, form: map[string]any{}}
	if old := s.screens[id]; old != nil {
		maps.Copy(fresh.data, old.data)
		maps.Copy(fresh.form, old.form)
	}
	s.screens[id] = fresh
	return fresh
}

// value returns the value of a field of the screen that is shown; nil if it is absent.
func (s *state) value(field string) any {
	memory := s.screens[s.top()]
	if memory == nil {
		return nil
	}
	return memory.form[field]
}

// set changes the value of a field of the screen that is shown; nil removes it.
func (s *state) set(field string, v any) {
	memory := s.own(s.top())
	if v == nil {
		delete(memory.form, field)
		return
	}
	memory.form[field] = v
}

// reset forgets the session, and keeps the message.
func (s *state) reset() {
	s.generation++
	s.screens, s.history, s.form = map[string]*memory{}, nil, newDrawn()
	s.snackbar, s.opening, s.failure, s.retry, s.ended = "", "", nil, nil, nil
	s.flying, s.chain, s.todo, s.last = 0, 0, nil, 0
}
