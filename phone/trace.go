package phone

// Trace is what happened on a phone, step by step, with sensitive values masked. It is
// plain data, which the trace viewer of `flowserver phone --trace` shows.
type Trace struct {
	// Format is [TraceFormat].
	Format int `json:"format"`
	// Name says what was played, File and Line where it is written.
	Name string `json:"name"`
	File string `json:"file"`
	Line int    `json:"line"`
	// Failure is why it failed, as a text of several lines.
	Failure string      `json:"failure"`
	Steps   []TraceStep `json:"steps"`
}

// TraceFormat is the version of [Trace] that this program reads and writes.
const TraceFormat = 1

// TraceStep is one step, and what there was to see after it.
type TraceStep struct {
	// File and Line are where the step is written, Text is the step on one line.
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
	// Error is why the step failed; empty if it did not.
	Error string `json:"error,omitempty"`
	View  View   `json:"view"`
	// Exchanges are those that the step caused.
	Exchanges []Exchange `json:"exchanges"`
}
