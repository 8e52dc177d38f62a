package phone

// Trace is what happened on a phone, step by step, with sensitive values masked. It is
// plain data, which the trace viewer of `flowserver phone --trace` shows.
type Trace struct {
	// Format is [TraceFormat].
	Format int `json:"format"`
	// Name is the name of the scenario; File and Line are its place.
	Name string `json:"name"`
	File string `json:"file"`
	Line int    `json:"line"`
	// Failure is the reason why it failed, as a text of several lines.
	Failure string      `json:"failure"`
	Steps   []TraceStep `json:"steps"`
}

// TraceFormat is the version of [Trace] that this program reads and writes.
const TraceFormat = 1

// TraceStep is one step, with the View after it.
type TraceStep struct {
	// File and Line are the place of the step; Text is the step on one line.
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
	// Error is the reason why the step failed; empty if it did not.
	Error string `json:"error,omitempty"`
	View  View   `json:"view"`
	// Exchanges are the exchanges that the step caused.
	Exchanges []Exchange `json:"exchanges"`
}
