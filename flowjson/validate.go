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
func (f *Flow) Validate() []Finding {
	r := &report{flow: f}
	for _, check := range checks {
		check(f, r)
	}
	return r.sorted()
}

// checks are all checks, each of its own subject.
var checks = []func(*Flow, *report){
	checkDocument,   // check_document.go: versions, top-level keys, screens
	checkComponents, // check_component.go: properties of components and actions
	checkData,       // check_data.go: data models and their examples
	checkReferences, // check_reference.go: what references refer to
	checkActions,    // check_action.go: payloads and targets of actions
	checkRouting,    // check_routing.go: the routing model
	checkPlacement,  // check_placement.go: what may stand where, and how often
}
