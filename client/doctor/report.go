package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/flowserver/flowserver/internal/printable"
)

// State is the outcome of one examination.
type State string

// The states.
const (
	OK      State = "ok"
	Warned  State = "warning" // it works, and should be looked at
	Failed  State = "failed"
	Unknown State = "unknown" // it could not be asked
	Skipped State = "skipped" // it does not apply
)

// Exit codes of [Report.ExitCode].
const (
	exitDone    = 0
	exitFailed  = 3
	exitUnknown = 4
)

// Finding is the result of one examination.
type Finding struct {
	Check  string // url, dns, address, tls, ping, time, clock, signature, key or admin
	State  State
	Text   string // a clause
	Remedy string // a clause; empty if there is nothing to do
}

// Report is what [Run] found. It is plain data, without any secret.
type Report struct {
	Target   string // the URL, without user, password and query
	Findings []Finding
	Pings    []time.Duration // times of the health checks that were answered well
	Requests int             // HTTP requests sent
}

// Count returns how many findings have the state.
func (r *Report) Count(s State) int {
	n := 0
	for _, f := range r.Findings {
		if f.State == s {
			n++
		}
	}
	return n
}

// ExitCode is 3 if anything failed, else 4 if anything could not be asked, else 0.
func (r *Report) ExitCode() int {
	switch {
	case r.Count(Failed) > 0:
		return exitFailed
	case r.Count(Unknown) > 0:
		return exitUnknown
	}
	return exitDone
}

const textWidth = 96 // columns

// WriteText writes the report for people: a line for each finding, with the remedy under
// it, and a last line with a summary. It is UTF-8 without colours. It returns the error of
// w.
func (r *Report) WriteText(w io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n\n", printable.Line(r.Target))
	marks := map[State]string{OK: "✓", Warned: "!", Failed: "✗", Unknown: "?", Skipped: "–"}
	for _, f := range r.Findings {
		writeWrapped(&out, fmt.Sprintf("  %s %-10s ", marks[f.State], f.Check), f.Text)
		if f.Remedy != "" {
			writeWrapped(&out, strings.Repeat(" ", 15)+"fix: ", f.Remedy)
		}
	}
	fmt.Fprintf(&out, "\n%s\n", r.summary())
	_, err := io.WriteString(w, out.String())
	return err
}

func (r *Report) summary() string {
	requests := fmt.Sprintf("%d %s sent", r.Requests, plural(r.Requests, "request", "requests"))
	var parts []string
	for _, part := range []struct {
		state State
		word  string
	}{{Failed, "failed"}, {Warned, plural(r.Count(Warned), "warning", "warnings")}, {Unknown, "could not be asked"}} {
		if n := r.Count(part.state); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.word))
		}
	}
	if parts == nil {
		return "No fault was found; " + requests + "."
	}
	return strings.Join(parts, ", ") + "; " + requests + "."
}

// writeWrapped writes text behind a label, broken at spaces.
func writeWrapped(out *strings.Builder, label, text string) {
	line, used := label, utf8.RuneCountInString(label)
	blank := strings.Repeat(" ", used)
	first := true
	for word := range strings.FieldsSeq(text) {
		if size := utf8.RuneCountInString(word); !first && used+1+size > textWidth {
			out.WriteString(line + "\n")
			line, used, first = blank, len(blank), true
		}
		if !first {
			line, used = line+" ", used+1
		}
		line, used, first = line+word, used+utf8.RuneCountInString(word), false
	}
	out.WriteString(line + "\n")
}

type reportJSON struct {
	Target   string        `json:"target"`
	ExitCode int           `json:"exit_code"`
	Requests int           `json:"requests"`
	PingsMS  []float64     `json:"pings_ms"`
	Findings []findingJSON `json:"findings"`
}

type findingJSON struct {
	Check  string `json:"check"`
	State  State  `json:"state"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// WriteJSON writes the report as one indented JSON object. Times are in milliseconds. It
// returns the error of w.
func (r *Report) WriteJSON(w io.Writer) error {
	wire := reportJSON{Target: r.Target, ExitCode: r.ExitCode(), Requests: r.Requests, PingsMS: []float64{}, Findings: []findingJSON{}}
	for _, d := range r.Pings {
		wire.PingsMS = append(wire.PingsMS, float64(d.Round(10*time.Microsecond))/float64(time.Millisecond))
	}
	for _, f := range r.Findings {
		wire.Findings = append(wire.Findings, findingJSON(f))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(wire)
}
