package scenario

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/phone"
)

// expect compares what there is to see with what a step expects.
type expect struct{ want *node }

// shapes are the observations whose keys are known beforehand.
var shapes = map[string]reflect.Type{
	"footer":  reflect.TypeFor[phone.Footer](),
	"failure": reflect.TypeFor[phone.Failure](),
	"ended":   reflect.TypeFor[phone.Ended](),
	"message": reflect.TypeFor[phone.MessageView](),
	"verdict": reflect.TypeFor[phone.Verdict](),
	"notice":  reflect.TypeFor[noticed](),
	"ping":    reflect.TypeFor[pinged](),
}

// matcherKeys are the keys of a mapping that is not a subset.
var matcherKeys = []string{"not", "has", "is"}

func (r *reader) expect(n *node) action {
	if n.kind != mapping || len(n.entries) == 0 {
		r.refuse(n, "write expect: {screen: DETAILS}", "expect must be a mapping, not %s", n.what())
		return nil
	}
	r.keys(n, "observation", observations)
	for _, e := range n.entries {
		if shape, ok := shapes[e.key]; ok {
			r.keys(e.value, "key", append(jsonKeys(shape), matcherKeys...))
		}
		if e.key == "fields" {
			for _, f := range e.value.entries {
				r.keys(f.value, "key", append(fieldKeys(), matcherKeys...))
			}
		}
		if e.key == "texts" || e.key == "types" || e.key == "history" {
			r.single(e.value)
		}
	}
	r.checkMatchers(n)
	return expect{n}
}

// single refuses has with a list: no text of a screen is a list, so that not with it would
// always match.
func (r *reader) single(n *node) {
	for _, e := range n.entries {
		if e.key == "has" && !e.value.scalar() {
			r.refuse(e.value, "write one of them, and another expect for the next", "has must be a text, not %s", e.value.kind)
		}
		r.single(e.value)
	}
}

func (e expect) run(_ context.Context, r *run) error {
	want, err := r.matching().expand(e.want)
	if err != nil {
		return err
	}
	observed := r.observe()
	for _, entry := range want.entries {
		if m := match(entry.value, observed[entry.key], entry.key); m != nil {
			return r.mismatch(entry, m)
		}
		if _, seen := observed[entry.key]; !seen && !entry.value.nothing() {
			return r.mismatch(entry, &mismatch{entry.key, entry.value.String(), "none", entry.value})
		}
		if err := r.exists(entry, observed[entry.key]); err != nil {
			return err
		}
		r.expected(entry, observed[entry.key])
	}
	return nil
}

// mismatch returns the error for a difference. A request that is expected but was not sent
// is said with the step that sent none: what an earlier step sent does not count.
func (r *run) mismatch(e entry, m *mismatch) error {
	err := &MismatchError{Line: m.at.line, Column: m.at.column, Path: m.path, Want: m.want, Got: m.got}
	switch e.key {
	case "request", "answer", "status", "attempts", "verdict":
		if r.sent == nil {
			err.Got += r.sentNothing("request")
		}
	case "notice":
		if r.notice == nil {
			err.Got += r.sentNothing("error notification")
		}
	}
	return err
}

func (r *run) sentNothing(what string) string {
	if r.acted.verb == "" {
		return ": no step has sent a request yet"
	}
	return fmt.Sprintf(": the last step (%s, line %d) sent no %s", r.acted.verb, r.acted.line, what)
}

// nothing reports whether a node expects that something is not there.
func (n *node) nothing() bool {
	if n.kind == mapping && len(n.entries) == 1 && n.entries[0].key == "not" {
		return n.entries[0].value.is("any")
	}
	return n.is("none") || n.kind == null
}

// exists reports a screen, an input or a key of data that the Flow JSON does not have. What
// is not there is easy to expect: {not: DETAIL} and {mail: none} always match.
func (r *run) exists(e entry, observed any) error {
	flow := r.options.Flow
	switch e.key {
	case "screen", "history":
		for _, id := range plainTexts(e.value, nil) {
			if err := unknownName("screen", id, screenIDs(flow)); err != nil {
				return err
			}
		}
	case "fields", "form":
		return unknownKeys("input", e.value, observed, inputNames(flow))
	case "data":
		return unknownKeys("data", e.value, observed, dataKeys(flow))
	}
	return nil
}

// plainTexts adds the texts of a node that are neither keywords nor patterns.
func plainTexts(n *node, all []string) []string {
	if _, isPattern := patternOf(n); n.kind == text && !isPattern && n.text != "" && !n.is("any") && !n.is("none") {
		all = append(all, n.text)
	}
	for _, item := range n.items {
		all = plainTexts(item, all)
	}
	for _, e := range n.entries {
		all = plainTexts(e.value, all)
	}
	return all
}

// unknownKeys reports a key that is neither there nor known.
func unknownKeys(what string, n *node, observed any, known []string) error {
	there, _ := observed.(map[string]any)
	for _, e := range n.entries {
		if _, ok := there[e.key]; ok || len(n.entries) == 1 && slices.Contains(matcherKeys, e.key) {
			continue
		}
		if err := unknownName(what, e.key, known); err != nil {
			return err
		}
	}
	return nil
}

func unknownName(what, name string, known []string) error {
	if slices.Contains(known, name) {
		return nil
	}
	if near := nearest.Word(name, known); near != "" {
		return fmt.Errorf("the Flow JSON has no %s %s: did you mean %s?", what, name, near)
	}
	return fmt.Errorf("the Flow JSON has no %s %s", what, name)
}

func screenIDs(flow *flowjson.Flow) []string {
	var ids []string
	for _, s := range flow.Screens {
		ids = append(ids, s.ID)
	}
	return ids
}

func inputNames(flow *flowjson.Flow) []string {
	var names []string
	for _, s := range flow.Screens {
		for c := range s.All() {
			if c.Name != "" {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func dataKeys(flow *flowjson.Flow) []string {
	var keys []string
	for _, s := range flow.Screens {
		if s.Data == nil {
			continue
		}
		for _, f := range s.Data.Fields {
			keys = append(keys, f.Key)
		}
	}
	return keys
}
