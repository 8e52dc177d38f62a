package conformance

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/junit"
)

type reportJSON struct {
	Target     string       `json:"target"`
	Signed     bool         `json:"signed"`
	Started    time.Time    `json:"started"`
	DurationMS float64      `json:"duration_ms"`
	Failed     bool         `json:"failed"`
	Counts     countsJSON   `json:"counts"`
	Latency    *latencyJSON `json:"latency,omitempty"`
	Causes     []causeJSON  `json:"causes"`
	Results    []resultJSON `json:"results"`
}

type causeJSON struct {
	ID       string     `json:"id,omitempty"`
	Known    bool       `json:"known"`
	Outcome  Outcome    `json:"outcome"`
	Text     string     `json:"text"`
	Evidence string     `json:"evidence,omitempty"`
	Meta     string     `json:"meta,omitempty"`
	Fix      string     `json:"fix,omitempty"`
	Cases    []string   `json:"cases"`
	Code     []codeJSON `json:"code,omitempty"`
}

type codeJSON struct {
	Language string `json:"language"`
	Text     string `json:"text"`
}

type countsJSON struct {
	Pass int `json:"pass"`
	Fail int `json:"fail"`
	Warn int `json:"warn"`
	Skip int `json:"skip"`
}

type latencyJSON struct {
	Samples int     `json:"samples"`
	P50MS   float64 `json:"p50_ms"`
	P90MS   float64 `json:"p90_ms"`
	MaxMS   float64 `json:"max_ms"`
}

type resultJSON struct {
	ID         string   `json:"id"`
	Group      string   `json:"group"`
	Title      string   `json:"title"`
	Severity   Severity `json:"severity"`
	Outcome    Outcome  `json:"outcome"`
	Note       string   `json:"note,omitempty"`
	Got        string   `json:"got,omitempty"`
	Want       string   `json:"want,omitempty"`
	Meta       string   `json:"meta,omitempty"`
	Fix        string   `json:"fix,omitempty"`
	DurationMS float64  `json:"duration_ms"`
}

// WriteJSON writes the report as one indented JSON object. Times are in milliseconds. It
// returns the error of w.
func (r *Report) WriteJSON(w io.Writer) error {
	wire := reportJSON{
		Target: r.Target, Signed: r.Signed, Started: r.Started, DurationMS: inMilliseconds(r.Duration), Failed: r.Failed(),
		Counts:  countsJSON{Pass: r.Count(Pass), Fail: r.Count(Fail), Warn: r.Count(Warn), Skip: r.Count(Skip)},
		Causes:  []causeJSON{},
		Results: []resultJSON{},
	}
	for _, c := range r.Causes {
		cause := causeJSON{
			ID: c.ID, Known: c.Known(), Outcome: c.Outcome, Text: c.Text, Evidence: c.Evidence, Meta: c.Meta, Fix: c.Fix, Cases: c.Cases,
		}
		for _, code := range c.Code {
			cause.Code = append(cause.Code, codeJSON(code))
		}
		wire.Causes = append(wire.Causes, cause)
	}
	if l := r.Latency; l != nil {
		wire.Latency = &latencyJSON{Samples: l.Samples, P50MS: inMilliseconds(l.P50), P90MS: inMilliseconds(l.P90), MaxMS: inMilliseconds(l.Max)}
	}
	for _, result := range r.Results {
		wire.Results = append(wire.Results, resultJSON{
			ID: result.ID, Group: result.Group, Title: result.Title, Severity: result.Severity, Outcome: result.Outcome,
			Note: result.Note, Got: result.Got, Want: result.Want, Meta: result.Meta, Fix: result.Fix,
			DurationMS: inMilliseconds(result.Duration),
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(wire)
}

// WriteJUnit writes the report as JUnit XML, a test suite for each group. Warnings are
// test cases that pass, with the warning in their output. It returns the error of w.
func (r *Report) WriteJUnit(w io.Writer) error {
	var suites []junit.Suite
	for _, results := range r.byGroup() {
		suite := junit.Suite{Name: results[0].Group, Started: r.Started}
		for _, result := range results {
			suite.Cases = append(suite.Cases, result.junit())
		}
		suites = append(suites, suite)
	}
	return junit.Write(w, "flowserver check "+r.Target, r.Duration, suites)
}

func (r Result) junit() junit.Case {
	c := junit.Case{Class: "flowserver.check." + r.Group, Name: r.ID, Duration: r.Duration}
	switch r.Outcome {
	case Fail:
		c.Failure = &junit.Failure{Message: r.Title + ": got " + r.Got, Type: string(r.Severity), Text: r.details()}
	case Skip:
		c.Skipped = r.Note
	case Warn:
		c.Output = "warning: " + r.Title + "\n" + r.details()
	default:
		c.Output = r.Note
	}
	return c
}

func (r Result) details() string {
	return strings.Join([]string{"got: " + r.Got, "want: " + r.Want, "Meta: " + r.Meta, "fix: " + r.Fix}, "\n")
}
