package phone

import (
	"maps"
	"slices"
	"time"

	"github.com/flowserver/flowserver/protocol"
)

// keepFor is how long the client keeps the state of a Flow that was closed.
const keepFor = 15 * 24 * time.Hour

// saved is the state of a Flow that was closed: tapping the button of the message again
// continues there.
type saved struct {
	screens map[string]*memory
	history []string
	at      time.Time
}

func (s *saved) top() string { return s.history[len(s.history)-1] }

// save keeps the state for the next tap on the button of the message. On an error page
// the client forgets it, unless only the connection was missing.
func (x *step) save() {
	x.saved = nil
	if len(x.history) == 0 || x.failure != nil && !x.failure.Overlay && x.failure.Kind != FailureOffline {
		return
	}
	x.keep()
}

// keep stores the session, without passwords and passcodes.
func (x *step) keep() {
	s := &saved{screens: map[string]*memory{}, history: slices.Clone(x.history), at: x.now}
	for id, m := range x.screens {
		kept := &memory{data: m.data, form: maps.Clone(m.form)}
		if screen := x.plan.screens[id]; screen != nil {
			for _, c := range screen.inputs {
				if c.secret() {
					delete(kept.form, c.Name)
				}
			}
		}
		s.screens[id] = kept
	}
	x.saved = s
}

// secret reports whether what is typed into the component is not kept and not shown.
func (c *component) secret() bool {
	kind := c.Node.Get("input-type").Str()
	return c.Type == typeTextInput && (kind == "password" || kind == "passcode")
}

// resumes reports whether opening the message again continues where the user left.
func (s *state) resumes(now time.Time) bool {
	return s.saved != nil && now.Sub(s.saved.at) < keepFor
}

// reopen taps the button of the message again.
func (x *step) reopen() {
	if !x.resumes(x.now) {
		x.start(x.message)
		return
	}
	kept := x.saved
	x.reset()
	x.open, x.saved = true, nil
	x.screens, x.history = maps.Clone(kept.screens), slices.Clone(kept.history)
	x.enter(entry{to: x.top(), why: becauseResume})
	x.log(Step{Action: stepReopen})
}

// openOn shows the screen that the message names, with the message's data.
func (x *step) openOn(m Message) {
	data := m.Data
	if data == nil && !x.endpoint {
		data = x.plan.example(m.Screen)
	}
	x.move(move{action: actionNavigate, to: m.Screen, data: data, anywhere: !x.endpoint})
	x.log(Step{Action: stepOpen})
}

// example returns the examples of a screen's data model.
func (p *plan) example(id string) map[string]any {
	s := p.screens[id]
	if s == nil || s.Data == nil {
		return nil
	}
	data := map[string]any{}
	for _, f := range s.Data.Fields {
		if f.Example != nil {
			data[f.Key] = f.Example.Value()
		}
	}
	return data
}

// complete fills in what a message leaves out.
func (m Message) complete(p *plan, endpoint bool) Message {
	if m.Token == "" {
		m.Token = protocol.TokenUnused
	}
	if m.Action == "" {
		m.Action = string(actionNavigate)
		if p.flow.HasEndpoint() && endpoint {
			m.Action = string(protocol.ActionDataExchange)
		}
	}
	if m.Screen == "" {
		for _, s := range p.flow.Screens {
			if p.flow.Routing.Entry(s.ID) {
				m.Screen = s.ID
				break
			}
		}
	}
	return m
}
