package phone

import (
	"slices"

	"github.com/flowserver/flowserver/protocol"
)

// Step is one thing that happened on the phone: an action ran, or another screen appeared.
// The coverage of scenarios counts steps.
type Step struct {
	// N counts from 1.
	N int `json:"n"`
	// At is the pointer of the component whose action ran, Trigger its property, such as
	// on-click-action, and Item the id of the option or list item that has the action. All
	// three are empty for back, open and retry.
	At      string `json:"at,omitempty"`
	Trigger string `json:"trigger,omitempty"`
	Item    string `json:"item,omitempty"`
	// Action is navigate, data_exchange, complete, update_data or open_url of a component;
	// INIT, BACK, open, back, close or reopen otherwise.
	Action string `json:"action"`
	// From and To are the screens before and after the step; To is SUCCESS at the end, and
	// equals From if the screen stays.
	From string `json:"from"`
	To   string `json:"to"`
	// Exchange is the number of the exchange that the step caused; 0 if there is none.
	Exchange int `json:"exchange,omitempty"`
}

// maxSteps bounds the journal.
const maxSteps = 10_000

// The actions of a Step that no component has.
const (
	stepOpen   = "open"
	stepBack   = "back"
	stepClose  = "close"
	stepReopen = "reopen"
)

// Journal returns the steps with a number above after, oldest first. The phone keeps the
// last 10,000.
func (p *Phone) Journal(after int) []Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range p.journal {
		if s.N > after {
			return slices.Clone(p.journal[i:])
		}
	}
	return nil
}

// log records what happened in a step, from the screen that was shown before it.
func (x *step) log(s Step) {
	s.To = x.top()
	switch {
	case x.ended != nil:
		s.To = protocol.ScreenSuccess
	case x.failure != nil:
		s.To = s.From
	}
	x.happened = append(x.happened, s)
}

// keepJournal numbers what happened and keeps it; the caller holds the lock.
func (p *Phone) keepJournal(happened []Step) {
	for _, s := range happened {
		p.steps++
		s.N = p.steps
		p.journal = append(p.journal, s)
	}
	if len(p.journal) > maxSteps {
		p.journal = p.journal[len(p.journal)-maxSteps:]
	}
}
