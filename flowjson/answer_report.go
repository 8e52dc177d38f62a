package flowjson

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// fault reports a fault of the value at hand, sentence one of several values.
func (a *arrival) fault(f *catalog.Fault) {
	if f != nil {
		a.report(f.Refused, f.Problem, f.Remedy)
	}
}

func (a *arrival) sentence(f catalog.Fault) {
	if !a.repeated(f.Refused) {
		a.violation(f.Refused, f.Problem, f.Remedy)
	}
}

// report reports something of the value at hand; the problem follows its name.
func (a *arrival) report(refused bool, problem, remedy string) {
	if !a.repeated(refused) {
		a.violation(refused, a.subject()+" "+problem, remedy)
	}
}

func (a *arrival) violation(refused bool, problem, remedy string) {
	v := Violation{Rule: RuleValue, Pointer: a.pointer(), Problem: problem, Remedy: remedy, Warning: true}
	switch {
	case refused && !a.hidden && !a.place.mild && a.version.Compare(catalog.Newest()) <= 0:
		v.Rule, v.Warning = RuleComponent, false
	case a.place.list:
		v.Rule = RuleItems
	}
	if v.Remedy == "" {
		v.Remedy = "send what the component accepts"
	}
	if !a.misfits(v.Pointer) {
		a.add(v)
	}
}

// misfits reports whether the value at a place does not even fit the data model.
func (c *answerCheck) misfits(pointer string) bool {
	place := withoutIndices(pointer)
	return slices.ContainsFunc(c.found, func(v Violation) bool {
		return (v.Rule == RuleType || v.Rule == RuleNull) && withoutIndices(v.Pointer) == place
	})
}

// faultPlace is where something is wrong, whichever item of a list it is.
type faultPlace struct {
	place   *place
	refused bool
	path    [4]string
}

// repeated reports whether the same was reported of another item.
func (a *arrival) repeated(refused bool) bool {
	a.steps -= stepsPerFault
	at := faultPlace{place: a.place, refused: refused}
	for i, key := range a.path[:min(len(a.path), len(at.path))] {
		if at.path[i] = key; isIndex(key) {
			at.path[i] = "#"
		}
	}
	if a.reported[at] {
		return true
	}
	if a.reported == nil {
		a.reported = map[faultPlace]bool{}
	}
	a.reported[at] = true
	return false
}

// isIndex reports whether a key of a pointer is the index of an item.
func isIndex(key string) bool { return key != "" && strings.Trim(key, "0123456789") == "" }

// subject names the value at hand as lint does.
func (a *arrival) subject() string {
	if len(a.path) == 0 {
		return fmt.Sprintf("%q of %s", a.place.key, a.place.owner)
	}
	key := a.path[len(a.path)-1]
	if isIndex(key) {
		return fmt.Sprintf("an item of %q of %s", a.place.key, a.place.owner)
	}
	return fmt.Sprintf("%q within %q of %s", key, a.place.key, a.place.owner)
}

// pointer returns the JSON pointer of the value at hand.
func (a *arrival) pointer() string {
	var b strings.Builder
	b.WriteString("/data")
	for _, key := range a.place.path {
		b.WriteByte('/')
		b.WriteString(jsontree.EscapePointer(key))
	}
	for _, key := range a.path {
		b.WriteByte('/')
		b.WriteString(jsontree.EscapePointer(key))
	}
	return b.String()
}
