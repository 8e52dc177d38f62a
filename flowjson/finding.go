package flowjson

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity is what a finding means for the Flow.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // Meta refuses to publish the Flow
	Warning Severity = "warning" // it is published, and a user will notice
	Note    Severity = "note"    // works, but rests on what Meta does not document
)

// Finding is one thing that is wrong with a Flow JSON file.
type Finding struct {
	// Code is Meta's error code; where Meta has none, as for limits that it checks
	// in drafts only, a code of ours in the same style.
	Code     string
	Severity Severity
	// Message says what is wrong and what would be right, in words of ours.
	Message string
	// Pointer is the JSON pointer of the place, Path the same as Meta writes it.
	Pointer string
	Path    string
	Range   Range
}

// String returns "line:column: severity: message [CODE]".
func (f Finding) String() string {
	return fmt.Sprintf("%d:%d: %s: %s [%s]", f.Range.Start.Line, f.Range.Start.Column, f.Severity, f.Message, f.Code)
}

// HasErrors says whether one of the findings is an error.
func HasErrors(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// maxFindings bounds what is reported of one file; who has more has the wrong file.
const maxFindings = 1000

// report collects findings while checks run.
type report struct {
	flow     *Flow
	findings []Finding
}

// at reports something about a value; onKey reports something about its key.
func (r *report) at(n *Node, severity Severity, code, format string, args ...any) {
	if n == nil {
		n = r.flow.Root
	}
	r.add(n, r.flow.Range(n), severity, code, format, args...)
}

func (r *report) onKey(n *Node, severity Severity, code, format string, args ...any) {
	r.add(n, r.flow.KeyRange(n), severity, code, format, args...)
}

// full reports that the file has too many findings, so that a check can end.
func (r *report) full() bool { return len(r.findings) > maxFindings }

func (r *report) add(n *Node, place Range, severity Severity, code, format string, args ...any) {
	switch {
	case r.full():
		return
	case len(r.findings) == maxFindings: // an error, as one may be among what is cut
		n, severity, code, format, args = r.flow.Root, Error, "TOO_MANY_FINDINGS", "there are more than %d findings: correct these first", []any{maxFindings}
		place.Start = r.flow.Range(n).Start
		place.End = place.Start
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
