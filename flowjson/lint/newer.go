package lint

import (
	"iter"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// newer reports whether the Flow has a version above the newest known one. What the
// catalog lacks may exist there, so it is a warning.
func (r *report) newer() bool { return r.flow.RulesVersion().Compare(catalog.Newest()) > 0 }

// missing is the severity of what the catalog lacks.
func (r *report) missing() Severity {
	if r.newer() {
		return Warning
	}
	return Error
}

// unknownAt reports, on the key if there is one, something in a newer Flow that the
// catalog lacks.
func (r *report) unknownAt(n *jsontree.Node, code, format string, args ...any) {
	r.onKey(n, Warning, code, format+" is unknown to this release, which has the rules of version %s", append(args, catalog.Newest())...)
}

// hasUnknown reports whether a newer Flow has a component that the catalog lacks. It
// can be an input, or contain inputs and a Footer.
func (r *report) hasUnknown(components iter.Seq[*flowjson.Component]) bool {
	if !r.newer() {
		return false
	}
	for c := range components {
		if c.Type != "" && c.Row() == nil {
			return true
		}
	}
	return false
}
