package conformance

import (
	"fmt"
	"time"

	"github.com/flowserver/flowserver/client/diagnosis"
)

// Report is what [Run] found. It is plain data, without any secret.
type Report struct {
	Target   string // the URL, without user, password and query
	Signed   bool   // whether the requests were signed
	Started  time.Time
	Duration time.Duration
	Results  []Result // in the order of [Cases]
	Language string   // that the endpoint is written in, by its headers; empty if they do not say
	Causes   []Cause  // of what is not met; what explains the most failures comes first
	Latency  *Latency // of health checks one after the other; nil if it was not measured
}

// Result is the result of one case.
type Result struct {
	Case

	Outcome   Outcome
	Note      string // with a pass, or why the case was skipped
	Got, Want string // of a warning or failure, in words
	Meta      string // what Meta and the phone would do then
	Fix       string // how to fix it
	Duration  time.Duration

	cause    *diagnosis.Cause // nil if it is met
	general  bool             // this is what the mistake of the group comes to
	strange  bool             // its request is of a form that WhatsApp does not send
	opposite bool             // the mistake of the group does not show here
}

// unmet reports whether the case has failed or warns.
func (r Result) unmet() bool { return r.Outcome == Fail || r.Outcome == Warn }

// Latency is a distribution of answer times; percentiles are by nearest rank.
type Latency struct {
	Samples       int
	P50, P90, Max time.Duration
}

// String returns the numbers in milliseconds.
func (l *Latency) String() string {
	return fmt.Sprintf("p50 %s, p90 %s, max %s of %d", milliseconds(l.P50), milliseconds(l.P90), milliseconds(l.Max), l.Samples)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.4g ms", inMilliseconds(d))
}

func inMilliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

// Count returns how many cases have the outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, result := range r.Results {
		if result.Outcome == o {
			n++
		}
	}
	return n
}

// Failed reports whether any case failed. Warnings are not failures.
func (r *Report) Failed() bool { return r.Count(Fail) > 0 }

// ExitCode is 0 if nothing failed, 1 otherwise.
func (r *Report) ExitCode() int {
	if r.Failed() {
		return 1
	}
	return 0
}

// byGroup cuts the results into runs of the same group.
func (r *Report) byGroup() [][]Result {
	var runs [][]Result
	for i, result := range r.Results {
		if i == 0 || result.Group != r.Results[i-1].Group {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], result)
	}
	return runs
}

// groupTitle is the heading of a group; its name if it is not one of ours.
func groupTitle(name string) string {
	for _, g := range groups() {
		if g.name == name {
			return g.title
		}
	}
	return name
}
