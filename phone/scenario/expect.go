package scenario

import (
	"context"
	"reflect"
	"slices"

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
	}
	r.checkMatchers(n)
	return expect{n}
}

func (e expect) run(_ context.Context, r *run) error {
	want, err := r.variables().expand(e.want)
	if err != nil {
		return err
	}
	observed := r.observe()
	for _, entry := range want.entries {
		if m := match(entry.value, observed[entry.key], entry.key); m != nil {
			return &MismatchError{Line: m.at.line, Column: m.at.column, Path: m.path, Want: m.want, Got: m.got}
		}
		r.expected(entry)
	}
	return nil
}

// trouble is something that went wrong on the phone.
type trouble struct {
	// kind is one of troubles, path where a step can expect it.
	kind, path string
	text       string
	// also are other observations that cover it: a failure is expected by the step that
	// expects its status, too.
	also []string
}

// expected takes the troubles off the list that a step has named.
func (r *run) expected(e entry) {
	r.unexpected = slices.DeleteFunc(r.unexpected, func(t trouble) bool {
		if slices.Contains(t.also, e.key) || t.path == e.key {
			return true
		}
		if e.key != "fields" {
			return false
		}
		for _, f := range e.value.entries {
			if t.path == join(join("fields", f.key), "error") && f.value.get("error") != nil {
				return true
			}
		}
		return false
	})
}

// troubles returns what is wrong on a screen.
func (r *run) troubles(view phone.View) []trouble {
	var all []trouble
	add := func(kind, path, text string, also ...string) {
		if text != "" && !r.scenario.allow[kind] {
			all = append(all, trouble{kind, path, text, also})
		}
	}
	add(allowSnackbar, "snackbar", view.Snackbar, "status")
	if view.Failure != nil {
		add(allowFailure, "failure", string(view.Failure.Kind)+": "+view.Failure.Detail, "status", "verdict")
	}
	for _, part := range view.Parts {
		for _, input := range inputsOf(part) {
			add(allowErrors, join(join("fields", input.Name), "error"), input.Error)
		}
	}
	for _, f := range allFindings(view) {
		if f.Severity == "error" {
			add(allowFindings, "findings", f.Code+": "+f.Problem, "failure")
		}
	}
	return all
}

// troublesOf returns what is wrong with an exchange.
func (r *run) troublesOf(x phone.Exchange) []trouble {
	var all []trouble
	if x.Status != 200 && x.Status != 0 && !r.scenario.allow[allowStatus] && !x.Notice {
		all = append(all, trouble{allowStatus, "status", show(float64(x.Status)), []string{"failure", "snackbar", "verdict"}})
	}
	if x.Notice && !x.Acknowledged && !r.scenario.allow[allowStatus] {
		all = append(all, trouble{allowStatus, "notice", "the endpoint did not acknowledge an error notification", nil})
	}
	for _, f := range x.Findings {
		if f.Severity == "error" && !r.scenario.allow[allowFindings] {
			all = append(all, trouble{allowFindings, "findings", f.Code + ": " + f.Problem, []string{"failure", "verdict", "answer"}})
		}
	}
	return all
}

// inputsOf returns what the inputs of a part have in common: two for a range.
func inputsOf(part phone.Part) []phone.Common {
	switch {
	case part.Field != nil:
		return []phone.Common{part.Field.Common}
	case part.Choice != nil:
		return []phone.Common{part.Choice.Common}
	case part.OptIn != nil:
		return []phone.Common{part.OptIn.Common}
	case part.Date != nil:
		return []phone.Common{part.Date.Common}
	case part.Range != nil:
		start, end := part.Range.Start.Common, part.Range.End.Common
		start.Name, end.Name = part.Range.Name, part.Range.Name
		return []phone.Common{start, end}
	case part.Picker != nil:
		return []phone.Common{part.Picker.Common}
	}
	return nil
}
