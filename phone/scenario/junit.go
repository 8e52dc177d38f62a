package scenario

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",cdata"`
}

// WriteJUnit writes results as JUnit's XML: a suite for each file, a case for each
// scenario. Results of a file must follow one another.
func WriteJUnit(w io.Writer, results []*Result) error {
	all := junitSuites{}
	var total time.Duration
	for i, r := range results {
		if i == 0 || results[i-1].Scenario.File != r.Scenario.File {
			all.Suites = append(all.Suites, junitSuite{Name: r.Scenario.File})
		}
		suite := &all.Suites[len(all.Suites)-1]
		c := junitCase{
			Name: r.Scenario.Name, Class: strings.TrimSuffix(r.Scenario.File, ".yaml"), File: r.Scenario.File, Line: r.Scenario.Line,
			Time: seconds(r.Duration),
		}
		if f := r.Failure; f != nil {
			c.Failure = &junitFailure{Message: f.Error(), Type: fmt.Sprintf("%T", f.Err), Text: strings.Map(inXML, f.Text())}
			suite.Failures++
			all.Failures++
		}
		suite.Cases = append(suite.Cases, c)
		suite.Tests++
		all.Tests++
		total += r.Duration
	}
	all.Time = seconds(total)
	for i := range all.Suites {
		var sum time.Duration
		for _, r := range results {
			if r.Scenario.File == all.Suites[i].Name {
				sum += r.Duration
			}
		}
		all.Suites[i].Time = seconds(sum)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// inXML returns a character as XML can have it: encoding/xml writes CDATA as it is.
func inXML(c rune) rune {
	switch {
	case c == '\t', c == '\n', c >= ' ' && c <= 0xD7FF, c >= 0xE000 && c <= 0xFFFD, c >= 0x10000:
		return c
	}
	return utf8.RuneError
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// Text returns the failure as people read it: what differs, the last exchange with what
// WhatsApp does with it, and the screen.
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
