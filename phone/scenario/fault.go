package scenario

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/phone"
)

// fault changes the weather.
type fault struct {
	faults         []client.Fault
	slow           time.Duration
	offline, twice bool
	next           int
	answer         *answer // nil if the endpoint's own answer arrives
}

func (r *reader) fault(n *node) action {
	f := fault{}
	if n.scalar() {
		if !n.is("none") {
			f.faults = r.faults([]*node{n})
		}
		return f
	}
	if n.kind != mapping || len(n.entries) == 0 {
		r.refuse(n, "write fault: {offline: true, next: 1}, or fault: none", "fault is empty")
		return f
	}
	r.keys(n, "key", []string{"slow", "offline", "twice", "faults", "answer", "next"})
	if slow := n.get("slow"); slow != nil {
		f.slow = r.duration(slow, "slow")
	}
	if offline := n.get("offline"); offline != nil {
		f.offline = r.truth(offline, "offline")
	}
	if twice := n.get("twice"); twice != nil {
		f.twice = r.truth(twice, "twice")
	}
	if names := n.get("faults"); names != nil {
		f.faults = r.faults(r.words(names, "faults"))
	}
	if a := n.get("answer"); a != nil {
		f.answer = r.answer(a)
	}
	if next := n.get("next"); next != nil {
		f.next = r.count(next, "next")
	}
	return f
}

func (r *reader) faults(names []*node) []client.Fault {
	var faults []client.Fault
	for _, n := range names {
		f, ok := client.FaultNamed(n.text)
		if !ok {
			var known []string
			for _, f := range client.Faults() {
				known = append(known, f.Name())
			}
			r.unknown(n.line, n.column, "fault", n.String(), append(known, "none"))
			continue
		}
		faults = append(faults, f)
	}
	return faults
}

func (f fault) run(_ context.Context, r *run) error {
	w := phone.Weather{Faults: f.faults, Slow: f.slow.Milliseconds(), Offline: f.offline, Twice: f.twice, Next: f.next}
	if f.answer != nil {
		arrives, err := f.answer.expanded(r.variables())
		if err != nil {
			return err
		}
		w.Answer = arrives
	}
	r.phone.SetWeather(w)
	return nil
}

// answer is what arrives instead of the endpoint's own answer.
type answer struct {
	status int
	clear  *node // nil for an empty body
	// unsealed says that the phone cannot open the body.
	unsealed bool
}

func (r *reader) answer(n *node) *answer {
	a := &answer{status: http.StatusOK}
	if n.kind != mapping {
		r.refuse(n, "write answer: {status: 500}, or {clear: {screen: DONE, data: {}}}", "answer must be a mapping, not %s", n.kind)
		return a
	}
	known := r.keys(n, "key", []string{"status", "clear", "unsealed"})
	if status := n.get("status"); status != nil {
		if a.status = r.count(status, "status"); a.status != 0 && (a.status < 100 || a.status > 599) {
			r.refuse(status, "", "status must be from 100 to 599, not %d", a.status)
		}
	}
	a.clear = n.get("clear")
	if unsealed := n.get("unsealed"); unsealed != nil {
		a.unsealed = r.truth(unsealed, "unsealed")
	}
	if known && a.status == http.StatusOK && a.clear == nil && !a.unsealed {
		r.refuse(n, "write clear: and the JSON of the answer, or unsealed: true", "an answer with status 200 has a body")
	}
	return a
}

// expanded returns what replaces an answer, with the variables as they are now.
func (a *answer) expanded(v variables) (func(*client.Reply, error) (*client.Reply, error), error) {
	var plaintext []byte
	if a.clear != nil {
		n, err := v.expand(a.clear)
		if err != nil {
			return nil, err
		}
		if plaintext, err = json.Marshal(plainValue(n)); err != nil {
			return nil, err
		}
	}
	return func(sent *client.Reply, _ error) (*client.Reply, error) {
		reply, err := client.ReadClear(a.status, plaintext)
		if a.unsealed {
			reply, err = &client.Reply{Status: a.status, Body: []byte("not sealed")}, client.ErrUndecryptable
		}
		if sent != nil {
			reply.Attempts, reply.Duration = sent.Attempts, sent.Duration
		}
		return reply, err
	}, nil
}
