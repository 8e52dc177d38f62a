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
		r.refuse(n, "write expect: {screen: DETAILS}", "expect must be a mapping, not %s", n.kind)
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
			return &MismatchError{Line: m.at.line, Column: m.at.column, Path: m.path, Want: m.want, Got: m.got}
		}
		if err := r.exists(entry); err != nil {
			return err
		}
		r.expected(entry, observed[entry.key])
	}
	return nil
}

// exists reports a screen or an input that the Flow JSON does not have. What is not there
// is easy to expect: {not: DETAIL} and {mail: none} always match.
func (r *run) exists(e entry) error {
	switch e.key {
	case "screen":
		if inner := e.value.get("not"); inner != nil && inner.kind == text {
			if _, isPattern := patternOf(inner); !isPattern && !inner.is("any") && !inner.is("none") {
				return unknownName("screen", inner.text, screenIDs(r.options.Flow))
			}
		}
	case "fields":
		for _, f := range e.value.entries {
			if slices.Contains(matcherKeys, f.key) && len(e.value.entries) == 1 {
				continue
			}
			if err := unknownName("input", f.key, inputNames(r.options.Flow)); err != nil {
				return err
			}
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
