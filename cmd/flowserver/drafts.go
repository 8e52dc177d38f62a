package main

import "sync"

// drafts remembers the appointment of each flow token until the end of the Flow,
// and that it has ended. It keeps the newest tokens only, and those in memory: a
// Flow that must survive restarts, or runs on several replicas, needs a store.
// Safe for concurrent use.
type drafts struct {
	limit int

	mu      sync.Mutex
	byToken map[string]*appointment
	tokens  []string // oldest first
}

func newDrafts(limit int) *drafts {
	return &drafts{limit: limit, byToken: map[string]*appointment{}}
}

// get returns a copy of a token's appointment, an empty one if there is none.
func (d *drafts) get(token string) appointment {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a, ok := d.byToken[token]; ok {
		return *a
	}
	return appointment{}
}

// update changes a token's appointment, a new one if there is none, and returns a
// copy. Handlers change only what their screen asks for, so that requests that
// come at the same time do not undo each other.
func (d *drafts) update(token string, change func(*appointment)) appointment {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.byToken[token]
	if !ok {
		if len(d.tokens) == d.limit {
			delete(d.byToken, d.tokens[0])
			d.tokens = d.tokens[1:]
		}
		a = &appointment{FlowToken: token}
		d.byToken[token] = a
		d.tokens = append(d.tokens, token)
	}
	change(a)
	return *a
}
