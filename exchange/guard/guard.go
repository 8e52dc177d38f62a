// Package guard decides what an endpoint does with an answer that does not fit the Flow
// JSON. A phone would refuse such an answer: the user would see "Something went wrong",
// and the endpoint would at best receive an error notification later.
//
// [flowjson.Flow.CheckAnswer] decides what fits. Package exchange calls the guard between
// encoding and sealing; its Config has the mode.
package guard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
)

// Mode determines what an endpoint does with an answer that does not fit.
type Mode string

// The modes. The zero value is Warn.
const (
	// Enforce refuses the answer: status 500, with the reason in the log.
	Enforce Mode = "enforce"
	// Warn sends the answer, with a line in the log.
	Warn Mode = "warn"
	// Off checks nothing.
	Off Mode = "off"
)

// Valid reports whether m is one of the modes, or the zero value.
func (m Mode) Valid() bool { return slices.Contains([]Mode{"", Enforce, Warn, Off}, m) }

// Guard checks answers against a Flow JSON. A nil Guard accepts all of them. It is safe
// for concurrent use.
type Guard struct {
	flow *flowjson.Flow
	mode Mode
}

// New returns the guard of a Flow; nil if there is nothing to check.
func New(flow *flowjson.Flow, mode Mode) *Guard {
	if flow == nil || mode == Off {
		return nil
	}
	return &Guard{flow: flow, mode: mode}
}

// Check returns what does not fit in the clear answer to a request, and an [*Error] if
// the answer must not be sent.
func (g *Guard) Check(move flowjson.Move, answer []byte) ([]flowjson.Violation, error) {
	if g == nil {
		return nil, nil
	}
	found := g.flow.CheckAnswer(move, answer)
	if g.mode == Enforce && slices.ContainsFunc(found, func(v flowjson.Violation) bool { return !v.Warning }) {
		return found, &Error{Violations: found}
	}
	return found, nil
}

// Error is an answer that the guard refuses.
type Error struct {
	Violations []flowjson.Violation // including warnings
}

func (e *Error) Error() string { return "it does not fit the Flow JSON: " + Text(e.Violations) }

// Text returns violations as one line for a log, the first ten of them. Duplicates are
// merged already, but one bad answer can still break many fields.
func Text(violations []flowjson.Violation) string {
	const most = 10
	texts := make([]string, 0, most+1)
	for _, v := range violations[:min(len(violations), most)] {
		texts = append(texts, v.String())
	}
	if more := len(violations) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}
