package flowjson

import (
	"errors"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

// Routing has the moves from screen to screen of a Flow: those of its routing_model or,
// if it has none, those of its navigate actions. WhatsApp refuses every answer of an
// endpoint that makes another move.
type Routing struct {
	// Declared means that the file has a routing_model.
	Declared bool
	// Node is the routing_model; nil if there is none.
	Node *Node

	to       map[string][]string
	has      map[[2]string]bool
	inbound  map[string]bool
	anywhere map[string]bool // screens whose items can lead to any other
}

// Why a move is refused.
var (
	// ErrUnknownScreen means a move to a screen that the Flow does not have.
	ErrUnknownScreen = errors.New("flowjson: the Flow has no such screen")
	// ErrNoRoute means a move for which there is no route in either direction.
	ErrNoRoute = errors.New("flowjson: the routing model has no route between these screens")
	// ErrNotEntry means a first screen that is the target of a route.
	ErrNotEntry = errors.New("flowjson: a Flow cannot begin with a screen to which a route leads")
)

func readRouting(f *Flow) *Routing {
	r := &Routing{
		Node: f.Root.Get("routing_model"), to: map[string][]string{}, has: map[[2]string]bool{},
		inbound: map[string]bool{}, anywhere: map[string]bool{},
	}
	r.Declared = r.Node.Is(jsontree.Object)
	for _, source := range r.Node.Members() {
		if r.Node.Get(source.Key) != source {
			continue // replaced by a later one
		}
		for _, target := range source.Items() {
			r.add(source.Key, target.Str())
		}
	}
	if r.Declared {
		return r
	}
	for _, s := range f.Screens {
		for _, action := range s.Actions() {
			if action.Name == catalog.Navigate {
				r.add(s.ID, action.Next)
			}
		}
		if s.LeadsAnywhere() {
			r.anywhere[s.ID] = true
		}
	}
	return r
}

func (r *Routing) add(from, to string) {
	if to == "" || r.has[[2]string{from, to}] {
		return
	}
	r.has[[2]string{from, to}] = true
	r.to[from] = append(r.to[from], to)
	r.inbound[to] = true
}

// Targets returns the screens to which routes lead from a screen, in the order of
// the file. The caller must not modify the slice.
func (r *Routing) Targets(from string) []string { return r.to[from] }

// Entry reports whether a Flow can begin with the screen: no route leads to it.
func (r *Routing) Entry(screen string) bool { return !r.inbound[screen] }

// Move reports whether WhatsApp follows an answer from one screen to another: along a
// route, back along a route, to the same screen, or, where from is empty, to a
// screen to which no route leads. SUCCESS ends the Flow from everywhere. Without a
// routing_model, a screen with a NavigationList leads everywhere, as its items can
// arrive as data. A refused move is [ErrUnknownScreen], [ErrNoRoute] or
// [ErrNotEntry]. (As WhatsApp's web client does, measured 2026-09-30.)
func (f *Flow) Move(from, to string) error {
	switch r := f.Routing; {
	case to == protocol.ScreenSuccess:
		return nil
	case f.Screen(to) == nil:
		return ErrUnknownScreen
	case from == "" && !r.Entry(to):
		return ErrNotEntry
	case from == "" || from == to:
		return nil
	case r.has[[2]string{from, to}] || r.has[[2]string{to, from}]:
		return nil
	case r.anywhere[from] || r.anywhere[to]:
		return nil
	}
	return ErrNoRoute
}
