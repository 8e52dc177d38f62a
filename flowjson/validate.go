package flowjson

import "errors"

// Validate says what is wrong with a Flow JSON file, in the order of the file. Any
// bytes are taken; a file that is no JSON has one finding, INVALID_FLOW_JSON.
func Validate(data []byte) []Finding {
	f, err := Read(data)
	if syntax, ok := errors.AsType[*SyntaxError](err); ok {
		at := Range{Start: syntax.Position, End: syntax.Position}
		return []Finding{{Code: "INVALID_FLOW_JSON", Severity: Error, Message: syntax.Problem, Range: at}}
	}
	return f.Validate()
}

// Validate says what is wrong with a Flow, in the order of the file.
func (f *Flow) Validate() []Finding { return f.validate(checks) }

func (f *Flow) validate(checks []check) []Finding {
	r := &report{flow: f}
	for _, c := range checks {
		c.run(f, r)
	}
	return r.sorted()
}

// check is all that is checked of one subject, in the file check_<name>.go.
type check struct {
	name string
	run  func(*Flow, *report)
}

// checks are all of them.
var checks = []check{
	{"document", checkDocument},    // versions, top-level keys, screens
	{"component", checkComponents}, // properties of components and actions
	{"data", checkData},            // data models and their examples
	{"reference", checkReferences}, // what references refer to
	{"action", checkActions},       // payloads and targets of actions
	{"routing", checkRouting},      // the routing model
	{"placement", checkPlacement},  // what may stand where, and how often
	{"form", checkForms},           // inputs, their names and what a Form gives them
	{"range", checkRanges},         // properties of a component that go together
	{"option", checkOptions},       // options and list items, all together
}
