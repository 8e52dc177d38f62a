// Package mistake lists the mistakes of Flows endpoints that can be proved from the
// outside: what is wrong, how to fix it, and code that does it right in five languages.
//
// Package client finds the mistakes of an answer that does not open, and package
// client/diagnosis those behind a refusal. [Named] returns what is known about one.
//
// The package is plain data: everything in it is safe for concurrent use.
package mistake

import (
	"slices"
	"strings"
)

// ID names a mistake in kebab case. The names are stable: reports for machines use them.
type ID string

// OfClearText reports whether the mistake is in the clear text of an answer, which opens.
func (id ID) OfClearText() bool { return strings.HasPrefix(string(id), "clear-text-") }

// Mistake is one known mistake of an endpoint.
type Mistake struct {
	ID   ID
	Text string // a clause that says what is wrong, for example "the answer is not encrypted"
	Fix  string // a clause that says what to do
	Code []Code // does it right; nil if no code would help
}

// Code is a piece of a program.
type Code struct {
	Language string
	Text     string // one or more lines
}

// All returns every mistake: those of an answer's seal, then those of how a request is
// opened, then those of how its signature is verified, then the others.
func All() []Mistake { return slices.Concat(ofSeal(), ofOpening(), ofSignature(), ofAnswers()) }

// Named returns the mistake with the ID. It panics if there is none, which is a mistake
// of the program.
func Named(id ID) Mistake {
	all := All()
	i := slices.IndexFunc(all, func(m Mistake) bool { return m.ID == id })
	if i < 0 {
		panic("mistake: no mistake has the ID " + string(id))
	}
	return all[i]
}
