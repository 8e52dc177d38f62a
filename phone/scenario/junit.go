package scenario

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/junit"
)

// WriteJUnit writes results as JUnit's XML: a suite for each file, a case for each
// scenario. Results of a file must follow one another.
func WriteJUnit(w io.Writer, results []*Result) error {
	var suites []junit.Suite
	var total time.Duration
	for i, r := range results {
		s := r.Scenario
		if i == 0 || results[i-1].Scenario.File != s.File {
			suites = append(suites, junit.Suite{Name: s.File, File: s.File})
		}
		c := junit.Case{Class: strings.TrimSuffix(s.File, filepath.Ext(s.File)), Name: s.Name, Duration: r.Duration}
		if f := r.Failure; f != nil {
			c.Failure = &junit.Failure{Message: f.Error(), Type: fmt.Sprintf("%T", f.Err), Text: f.Text()}
		}
		suite := &suites[len(suites)-1]
		suite.Cases = append(suite.Cases, c)
		total += r.Duration
	}
	return junit.Write(w, "flowserver play", total, suites)
}

// Text returns the failure for people: what differs, the last exchange with WhatsApp's
// reaction, and the screen.
func (f *StepError) Text() string {
	var b strings.Builder
	fmt.Fprintln(&b, f.Error())
	if x := f.Exchange; x != nil {
		fmt.Fprintf(&b, "  last exchange: %s %s → %s, status %d; WhatsApp: %s\n", x.Action, orMessage(x.From), orNowhere(x.To), x.Status, x.Verdict.Text)
		for _, finding := range x.Findings {
			fmt.Fprintf(&b, "    %s at %s: %s\n", finding.Code, finding.Pointer, finding.Problem)
		}
		if x.Reason != "" {
			fmt.Fprintf(&b, "    the endpoint says: %s\n", x.Reason)
		}
	}
	if f.Screen != "" {
		fmt.Fprintf(&b, "  %s\n", f.Screen)
	}
	return b.String()
}

func orMessage(screen string) string {
	if screen == "" {
		return "message"
	}
	return screen
}

func orNowhere(screen string) string {
	if screen == "" {
		return "nowhere"
	}
	return screen
}
