// Package junit writes test results as JUnit's XML, which CI systems read. The schema
// of Jenkins is the strictest (junit-10.xsd): it requires the attribute errors, and allows no
// other attributes than its own.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// Suite is a group of cases.
type Suite struct {
	Name string
	// File contains its cases, and Started is when it began; either is left out if it is zero.
	File    string
	Started time.Time
	Cases   []Case
}

// Case is one test.
type Case struct {
	Class, Name string
	Duration    time.Duration
	// Failure is nil if the test passed or was skipped.
	Failure *Failure
	// Skipped is why the test did not run; empty if it did.
	Skipped string
	// Output is what the test has to say though it passed.
	Output string
}

// Failure is why a test failed: Message is one line, Text all of it.
type Failure struct {
	Message, Type, Text string
}

type suitesXML struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"` // always 0: what cannot run fails
	Time     string     `xml:"time,attr"`   // seconds
	Suites   []suiteXML `xml:"testsuite"`
}

type suiteXML struct {
	Name      string    `xml:"name,attr"`
	Tests     int       `xml:"tests,attr"`
	Failures  int       `xml:"failures,attr"`
	Errors    int       `xml:"errors,attr"`
	Skipped   int       `xml:"skipped,attr"`
	Time      string    `xml:"time,attr"`
	Timestamp string    `xml:"timestamp,attr,omitempty"`
	File      string    `xml:"file,attr,omitempty"`
	Cases     []caseXML `xml:"testcase"`
}

type caseXML struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Time    string      `xml:"time,attr"`
	Failure *failureXML `xml:"failure"`
	Skipped *skippedXML `xml:"skipped"`
	Output  string      `xml:"system-out,omitempty"`
}

type failureXML struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type skippedXML struct {
	Message string `xml:"message,attr"`
}

// Write writes the suites of a run. The time of a suite is the sum of its cases, and took
// that of the run. The error is that of w.
func Write(w io.Writer, name string, took time.Duration, suites []Suite) error {
	all := suitesXML{Name: name, Time: seconds(took)}
	for _, s := range suites {
		suite := s.xml()
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Suites = append(all.Suites, suite)
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func (s Suite) xml() suiteXML {
	suite := suiteXML{Name: s.Name, Tests: len(s.Cases), File: s.File}
	if !s.Started.IsZero() {
		suite.Timestamp = s.Started.Format("2006-01-02T15:04:05")
	}
	var total time.Duration
	for _, c := range s.Cases {
		one := caseXML{Class: c.Class, Name: c.Name, Time: seconds(c.Duration), Output: c.Output}
		if c.Failure != nil {
			suite.Failures++
			one.Failure = &failureXML{c.Failure.Message, c.Failure.Type, c.Failure.Text}
		}
		if c.Skipped != "" {
			suite.Skipped++
			one.Skipped = &skippedXML{c.Skipped}
		}
		total += c.Duration
		suite.Cases = append(suite.Cases, one)
	}
	suite.Time = seconds(total)
	return suite
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
