package generate

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

// submission is a data_exchange action of a component; if its list items have
// actions of their own, these are one submission, as any of them may be tapped.
type submission struct {
	payloads []payload
}

// payload is what one action sends.
type payload struct {
	action *flowjson.Action
	node   *flowjson.Node
	// example says that it is one of many that arrive as data.
	example bool
}

// submissions returns what a screen sends to its endpoint.
func submissions(f *flowjson.Flow, s *flowjson.Screen) []submission {
	var list []submission
	ofItems := map[*flowjson.Component]int{}
	add := func(a *flowjson.Action, example bool) {
		if a.Name != flowjson.ActionDataExchange {
			return
		}
		p := payload{a, a.Payload, example}
		if a.Item == nil {
			list = append(list, submission{[]payload{p}})
		} else if i, known := ofItems[a.Component]; known {
			list[i].payloads = append(list[i].payloads, p)
		} else {
			ofItems[a.Component] = len(list)
			list = append(list, submission{[]payload{p}})
		}
	}
	for _, a := range s.Actions() {
		add(a, false)
	}
	for _, a := range f.ExampleActions(s) {
		add(a, true)
	}
	return list
}

// keys are those of a payload, each once.
func (p payload) keys() []string {
	var list []string
	for _, member := range p.node.Members() {
		if !slices.Contains(list, member.Key) {
			list = append(list, member.Key)
		}
	}
	return list
}

// dropped are the keys that WhatsApp leaves out of a payload, as its own message has
// them (WhatsApp's web client, 2026).
var dropped = []string{protocol.KeyAction, protocol.KeyScreen}

// constant returns the text that a submission always sends under a key.
func (s submission) constant(key string) (text string, ok bool) {
	for i, p := range s.payloads {
		n := p.node.Get(key)
		if !n.Is(jsontree.String) || p.example || flowjson.IsDynamic(n.Text) || i > 0 && n.Text != text {
			return "", false
		}
		text = n.Text
	}
	return text, text != ""
}

// has reports whether a submission may send something under a key.
func (s submission) has(key string) bool {
	return slices.ContainsFunc(s.payloads, func(p payload) bool { return p.node.Get(key) != nil })
}

// group is the submissions that one handler answers.
type group struct {
	value       string // of the key that tells groups apart; empty for the rest
	submissions []submission
}

// groups tells submissions apart as exchange.Trigger does: by the key that has
// different constants in them, or a constant in some while it is missing in the
// others. Of several such keys it is the one that makes most groups. Without any,
// all submissions are one group.
func groups(all []submission) (key string, list []group) {
	list = []group{{"", all}}
	for _, s := range all {
		for _, p := range s.payloads {
			for _, candidate := range p.keys() {
				if by := groupBy(candidate, all); len(by) > len(list) && !slices.Contains(dropped, candidate) {
					key, list = candidate, by
				}
			}
		}
	}
	return key, list
}

// groupBy groups submissions by the constants under a key, those without it last. It
// returns nothing if one has the key and no constant.
func groupBy(key string, all []submission) []group {
	var list []group
	var rest []submission
	for _, s := range all {
		value, ok := s.constant(key)
		switch i := slices.IndexFunc(list, func(g group) bool { return g.value == value }); {
		case !ok && s.has(key):
			return nil
		case !ok:
			rest = append(rest, s)
		case i >= 0:
			list[i].submissions = append(list[i].submissions, s)
		default:
			list = append(list, group{value, []submission{s}})
		}
	}
	if len(rest) > 0 {
		list = append(list, group{"", rest})
	}
	return list
}
