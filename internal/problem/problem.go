// Package problem has the one type for a thing that is wrong with what an operator
// gave, and for a list of such things: a program that refuses to start says
// everything that is wrong at once.
//
// None of the fields may contain a value that was configured: such a value may be a
// secret.
package problem

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is one thing that is wrong.
type Problem struct {
	// File is the name of the file; empty if the problem is not in a file.
	File string
	// Line and Column count from 1; both are 0 if the problem has no place in the
	// file.
	Line, Column int
	// Path is what the problem is about, for example flows[0].timeout or number
	// main; empty for the file as a whole.
	Path string
	// Text says what is wrong. It continues the sentence that Path begins.
	Text string
	// Hint is the remedy; it may be empty.
	Hint string
	// Err is the error that Text comes from; it may be nil.
	Err error
}

// String returns file:line:column: path: text, and the hint on a line below.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	for _, part := range []string{p.Path, p.Text} {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(part)
	}
	if p.Hint != "" {
		b.WriteString("\n  hint: " + p.Hint)
	}
	return b.String()
}

// List is a list of problems. As an error it has at least one element: get it from
// [List.Err].
type List []Problem //nolint:errname,recvcheck // it is a list, which happens to be an error; pointers add to it

// Add adds a problem without a place.
func (l *List) Add(path, text, hint string) {
	*l = append(*l, Problem{Path: path, Text: text, Hint: hint})
}

// AddError adds err, unless it is nil, as a problem with path. If err is a list, each
// of its problems is added, with path before the path that it has.
func (l *List) AddError(path string, err error) {
	if err == nil {
		return
	}
	parts, ok := errors.AsType[List](err)
	if !ok {
		parts = List{{Text: err.Error(), Err: err}}
	}
	for _, p := range parts {
		switch {
		case path == "":
		case p.Path == "":
			p.Path = path
		default:
			p.Path = path + ": " + p.Path
		}
		*l = append(*l, p)
	}
}

// Err returns the list as an error; nil if it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Error returns the problems, one a line.
func (l List) Error() string {
	texts := make([]string, len(l))
	for i, p := range l {
		texts[i] = p.String()
	}
	return strings.Join(texts, "\n")
}

// Unwrap returns the errors that problems come from, for errors.Is and errors.As.
func (l List) Unwrap() []error {
	var errs []error
	for _, p := range l {
		if p.Err != nil {
			errs = append(errs, p.Err)
		}
	}
	return errs
}
