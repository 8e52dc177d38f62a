package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Severity is the importance of a finding.
type Severity string

// The severities.
const (
	// Error: Meta refuses to publish the Flow.
	Error Severity = "error"
	// MayRefuse: Meta's pages, its validator and WhatsApp contradict each other, or are
	// silent.
	MayRefuse Severity = "may-refuse"
	// Warning: Meta publishes the Flow, and users will notice.
	Warning Severity = "warning"
)

// Severities returns all severities, the worst first.
func Severities() []Severity { return []Severity{Error, MayRefuse, Warning} }

// Label returns the severity in words, such as "Meta may refuse".
func (s Severity) Label() string {
	if s == MayRefuse {
		return "Meta may refuse"
	}
	return string(s)
}

// Finding is one problem of a Flow JSON file.
type Finding struct {
	// Code is Meta's error code. Where Meta has none, for example for limits that it
	// checks in drafts only, it is a code of this package in the same style.
	Code     string
	Severity Severity
	// Message describes the problem and the remedy. The words are not Meta's.
	Message string
	// Pointer is the JSON pointer of the place, Path the same place as Meta writes it.
	Pointer string
	Path    string
	Range   jsontree.Range
}

// String returns "line:column: severity: message [CODE]".
func (f Finding) String() string {
	return fmt.Sprintf("%d:%d: %s: %s [%s]", f.Range.Start.Line, f.Range.Start.Column, f.Severity.Label(), f.Message, f.Code)
}

// HasErrors reports whether one of the findings is an error.
func HasErrors(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// maxFindings bounds the findings of one file; more than this means it is probably not
// a Flow JSON file.
const maxFindings = 1000

// report collects findings while checks run.
type report struct {
	flow     *flowjson.Flow
	findings []Finding
	refused  map[*jsontree.Node]bool // the values that are errors
	misspelt map[member]bool         // the keys that misspelt ones were meant to be
}

// at reports something about a value; onKey reports something about its key.
func (r *report) at(n *jsontree.Node, severity Severity, code, format string, args ...any) {
	if n == nil {
		n = r.flow.Root
	}
	r.add(n, r.flow.Range(n), severity, code, format, args...)
}

func (r *report) onKey(n *jsontree.Node, severity Severity, code, format string, args ...any) {
	r.add(n, r.flow.KeyRange(n), severity, code, format, args...)
}

// fault reports what the catalog finds wrong with a value; subject is how the sentence
// begins.
func (r *report) fault(n *jsontree.Node, subject string, f catalog.Fault) {
	message, severity, report := subject+f.Problem, Error, r.at
	if f.Remedy != "" {
		message += ": " + f.Remedy
	}
	if f.Published {
		severity = Warning
	}
	if f.OnKey {
		report = r.onKey
	}
	report(n, severity, f.Code, "%s", message)
}

// full reports that the file has too many findings, so that a check can end.
func (r *report) full() bool { return len(r.findings) > maxFindings }

func (r *report) add(n *jsontree.Node, place jsontree.Range, severity Severity, code, format string, args ...any) {
	switch {
	case r.full():
		return
	case len(r.findings) == maxFindings: // an error, as one may be among what is cut
		n, severity, code, format, args = r.flow.Root, Error, "TOO_MANY_FINDINGS", "there are more than %d findings: correct these first", []any{maxFindings}
		place.Start = r.flow.Range(n).Start
		place.End = place.Start
	}
	if severity == Error {
		r.refused[n] = true
	}
	r.findings = append(r.findings, Finding{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...),
		Pointer: n.Pointer(), Path: n.Path(), Range: place,
	})
}

// sorted returns the findings in the order of the file.
func (r *report) sorted() []Finding {
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Range.Start.Line, b.Range.Start.Line),
			cmp.Compare(a.Range.Start.Column, b.Range.Start.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return r.findings
}

// since reports whether a rule that came with a version applies to the Flow.
func since(f *flowjson.Flow, major, minor int) bool {
	return f.RulesVersion().AtLeast(catalog.Version{Major: major, Minor: minor})
}
