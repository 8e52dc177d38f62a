package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/phone"
)

// trouble is something that went wrong on the phone.
type trouble struct {
	// kind is one of troubles, path where a step can expect it.
	kind, path string
	text       string
	// also are other observations that cover it: a failure is expected by the step that
	// expects its status, too.
	also []string
	// finding is the finding, as a step sees it; nil if it is something else.
	finding any
}

// expected removes the troubles that a step has named. Only what shows that something went
// wrong does so: a step that expects status 200 does not expect an error page.
func (r *run) expected(e entry, observed any) {
	if !bad(e.key, observed) {
		return
	}
	r.unexpected = slices.DeleteFunc(r.unexpected, func(t trouble) bool {
		if t.finding != nil && e.key == "findings" {
			return names(e.value, t.finding)
		}
		if field, ok := strings.CutPrefix(t.path, "fields."); ok && e.key == "fields" {
			return e.value.follow(field) != nil
		}
		return t.path == e.key || slices.Contains(t.also, e.key)
	})
}

// bad reports whether what there is to see says that something went wrong.
func bad(key string, observed any) bool {
	switch key {
	case "status":
		return observed != float64(200)
	case "verdict":
		verdict, _ := observed.(map[string]any)
		return verdict["kind"] == "refused" || verdict["kind"] == "snackbar"
	}
	return !empty(observed)
}

// names reports whether a step that expects findings means this one: {has: X} means those
// that X matches, and anything else all of them.
func names(want *node, finding any) bool {
	if want.kind == mapping && len(want.entries) == 1 {
		return want.entries[0].key == "has" && match(want.entries[0].value, finding, "") == nil
	}
	return true
}

// follow returns the value at a path such as email.error; nil if there is none.
func (n *node) follow(path string) *node {
	for key := range strings.SplitSeq(path, ".") {
		n = n.get(key)
	}
	return n
}

// troubles returns what is wrong on a screen.
func (r *run) troubles(view phone.View) []trouble {
	var all []trouble
	add := func(t trouble) {
		if t.text != "" && !r.scenario.allow[t.kind] {
			all = append(all, t)
		}
	}
	add(trouble{kind: allowSnackbar, path: "snackbar", text: view.Snackbar, also: []string{"status"}})
	if view.Failure != nil {
		text := string(view.Failure.Kind) + ": " + view.Failure.Detail
		add(trouble{kind: allowFailure, path: "failure", text: text, also: []string{"status", "verdict"}})
	}
	for _, part := range view.Parts {
		if part.Range != nil {
			path := join("fields", part.Range.Name)
			add(trouble{kind: allowErrors, path: join(path, "start.error"), text: part.Range.Start.Error})
			add(trouble{kind: allowErrors, path: join(path, "end.error"), text: part.Range.End.Error})
			continue
		}
		if part.Picker != nil {
			for _, f := range part.Picker.Files {
				add(trouble{kind: allowErrors, path: join(join("fields", part.Picker.Name), "files"), text: f.Error})
			}
		}
		for _, input := range inputsOf(part) {
			add(trouble{kind: allowErrors, path: join(join("fields", input.Name), "error"), text: input.Error})
		}
	}
	for _, f := range allFindings(view) {
		if f.Severity == "error" {
			add(trouble{kind: allowFindings, path: "findings", text: findingText(f), also: []string{"failure"}, finding: value(f)})
		}
	}
	return all
}

// troublesOf returns what is wrong with an exchange.
func (r *run) troublesOf(x phone.Exchange) []trouble {
	var all []trouble
	add := func(t trouble) {
		if !r.scenario.allow[t.kind] {
			all = append(all, t)
		}
	}
	if x.Status != 200 && x.Status != 0 && !x.Notice {
		add(trouble{kind: allowStatus, path: "status", text: show(float64(x.Status)), also: []string{"failure", "snackbar", "verdict"}})
	}
	if x.Notice && !x.Acknowledged {
		add(trouble{kind: allowStatus, path: "notice", text: "the endpoint did not acknowledge an error notification"})
	}
	for _, f := range x.Findings {
		if f.Severity == "error" {
			add(trouble{
				kind: allowFindings, path: "findings", text: findingText(f), also: []string{"failure", "verdict"}, finding: value(f),
			})
		}
	}
	return all
}

// findingText says what a finding is about: its code, its place in the data or in the Flow
// JSON, if it has one, and the problem.
func findingText(f phone.Finding) string {
	place := cmp.Or(f.Pointer, f.At)
	if place == "" {
		return f.Code + ": " + f.Problem
	}
	return f.Code + " at " + place + ": " + f.Problem
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
