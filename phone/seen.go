package phone

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// reads reports whether a component that shows right after a move reads that place of its
// data. The client draws only what shows: a value with which a hidden component could not be
// shown does no harm until it appears.
func (x *step) reads(m move, pointer string) bool {
	s := x.plan.screens[m.to]
	if s == nil {
		return true
	}
	after := &step{state: x.clone(), environment: x.environment}
	why := becauseAnswer
	if m.action == actionNavigate {
		why = becauseNavigate
	}
	after.failure = nil
	after.enter(entry{to: m.to, why: why, data: m.data, erased: m.erased})
	path := pathOf(pointer)
	view := after.draw().view
	for _, part := range view.Parts {
		if s.byAt[part.At].reads(s, path) {
			return true
		}
	}
	return view.Footer != nil && s.byAt[view.Footer.At].reads(s, path)
}

// pathOf returns the keys of a pointer into an answer, from its data on.
func pathOf(pointer string) []string {
	keys := strings.Split(strings.TrimPrefix(pointer, "/data/"), "/")
	for i, key := range keys {
		keys[i] = jsontree.UnescapePointer(key)
	}
	return keys
}

// reads reports whether one of the component's properties is bound to that place of the
// screen's data, or a value that its Form gives to it. Actions read data when they happen,
// except for the URL that they open.
func (c *component) reads(s *screen, path []string) bool {
	for key, v := range c.values {
		if strings.HasPrefix(key, "on-") {
			v = v.object["url"]
		}
		if v.reads(s.ID, path) {
			return true
		}
	}
	for _, form := range s.forms {
		given := form.values[keyInitValues]
		if given.object[c.Name].reads(s.ID, path) {
			return true
		}
		if given.ref != nil && len(path) > len(given.ref.Path) && path[len(given.ref.Path)] == c.Name && given.reads(s.ID, path) {
			return true
		}
	}
	return false
}

// reads reports whether the value refers to a place of the screen's data, to what contains
// it, or to a part of it.
func (v value) reads(screen string, path []string) bool {
	refs := expr.References(v.text)
	if v.ref != nil {
		refs = append(refs, *v.ref)
	}
	for _, ref := range refs {
		if ref.Source == "data" && (ref.Screen == "" || ref.Screen == screen) && overlap(ref.Path, path) {
			return true
		}
	}
	for _, item := range v.list {
		if item.reads(screen, path) {
			return true
		}
	}
	for _, member := range v.object {
		if member.reads(screen, path) {
			return true
		}
	}
	return false
}

// overlap reports whether one path begins with the other.
func overlap(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
