package scenario

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/phone"
)

// traced is a step of a trace while the scenario runs.
type traced struct {
	file  string
	step  step
	line  int // of what differs, if the step failed
	err   error
	view  phone.View
	after []phone.Exchange
}

// trace adds a step to the trace, with what there is to see after it.
func (r *run) trace(s step, seen int, fail *StepError) {
	if !r.options.Trace {
		return
	}
	t := traced{file: r.scenario.File, step: s, line: s.line, view: r.phone.View(), after: r.phone.Exchanges(seen)}
	if fail != nil {
		t.line, t.err = fail.Line, fail.Err
	}
	r.traced = append(r.traced, t)
}

// traceCause marks the step of the trace after which something went wrong that no later
// step expected.
func (r *run) traceCause(s step, fail *StepError) {
	for i := range slices.Backward(r.traced) {
		if t := &r.traced[i]; t.file == r.scenario.File && t.step.line == s.line && t.step.verb == s.verb {
			t.line, t.err = fail.Line, fail.Err
			return
		}
	}
}

// writeTrace returns the trace of a scenario that failed. Values are masked now that all of
// them are known.
func (r *run) writeTrace() *phone.Trace {
	s := r.result.Scenario
	t := &phone.Trace{Format: phone.TraceFormat, Name: s.Name, File: s.File, Line: s.Line, Steps: []phone.TraceStep{}}
	mask := func(text string) string { return text }
	if r.phone != nil {
		mask = r.phone.MaskText
	}
	t.Failure = strings.TrimSpace(mask(r.result.Failure.Text()))
	for _, step := range r.traced {
		out := phone.TraceStep{
			File: step.file, Line: step.line, Text: mask(step.step.String()), View: r.phone.MaskView(step.view), Exchanges: []phone.Exchange{},
		}
		if step.err != nil {
			out.Error = mask(step.err.Error())
		}
		for _, e := range step.after {
			out.Exchanges = append(out.Exchanges, r.phone.MaskExchange(e))
		}
		t.Steps = append(t.Steps, out)
	}
	return t
}
