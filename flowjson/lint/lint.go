// Package lint reports what Meta would find wrong with a Flow JSON file, with Meta's
// error codes and the place in the file.
//
// The rules come from Meta's pages "Flow JSON" (2026-03-24), "Components" (2026-04-14),
// "Error codes" (2025-04) and the changelog (2025-11-11). Where the pages are silent, they
// come from WhatsApp's web client as observed in 2026. Package catalog describes
// components; this package has Meta's other checks, in one file for each subject.
//
// Its functions are safe for concurrent use.
package lint

import (
	"bytes"
	"errors"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Validate returns the problems of a Flow JSON file, in the order of the file. It accepts
// any bytes; a file that is not JSON has one finding, INVALID_FLOW_JSON.
func Validate(data []byte) []Finding {
	var findings []Finding
	data, marked := bytes.CutPrefix(data, []byte("\ufeff"))
	if marked {
		findings = append(findings, Finding{
			Code: "BYTE_ORDER_MARK", Severity: MayRefuse, Range: at(jsontree.Position{Line: 1, Column: 1}),
			Message: "the file begins with a byte order mark, which JSON does not allow: save it as UTF-8 without one",
		})
	}
	f, err := flowjson.Read(data)
	if syntax, ok := errors.AsType[*jsontree.SyntaxError](err); ok {
		return append(findings, Finding{Code: "INVALID_FLOW_JSON", Severity: Error, Message: syntax.Problem, Range: at(syntax.Position)})
	}
	return append(findings, Check(f)...)
}

// at is the place of one character.
func at(p jsontree.Position) jsontree.Range { return jsontree.Range{Start: p, End: p} }

// Check returns the problems of a Flow, in the order of the file.
func Check(f *flowjson.Flow) []Finding { return run(f, checks) }

func run(f *flowjson.Flow, checks []check) []Finding {
	r := &report{flow: f, refused: map[*jsontree.Node]bool{}, misspelt: map[member]bool{}}
	for _, c := range checks {
		c.run(f, r)
	}
	return r.sorted()
}

// check is all that is checked of one subject, in the file <name>.go.
type check struct {
	name string
	run  func(*flowjson.Flow, *report)
}

// checks are all of them.
var checks = []check{
	{"document", checkDocument},    // versions, top-level keys, screens
	{"component", checkComponents}, // properties of components and actions
	{"data", checkData},            // data models and their examples
	{"reference", checkReferences}, // what references refer to
	{"action", checkActions},       // payloads and targets of actions
	{"routing", checkRouting},      // the routing model
	{"reach", checkReach},          // whether users can go on
	{"placement", checkPlacement},  // where components may be, and how often
	{"form", checkForms},           // inputs, their names, and what a Form gives them
	{"together", checkTogether},    // values of a component that depend on each other
}
