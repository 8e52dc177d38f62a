package conformance_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/conformance"
	"github.com/flowserver/flowserver/client/mistake"
)

var update = flag.Bool("update", false, "write the golden files anew")

// small is a report with each outcome, and with what must be escaped.
func small() *conformance.Report {
	result := func(id, title string, severity conformance.Severity, outcome conformance.Outcome) conformance.Result {
		group, _, _ := strings.Cut(id, "/")
		return conformance.Result{
			Case:    conformance.Case{ID: id, Group: group, Title: title, Severity: severity},
			Outcome: outcome, Duration: 1500 * time.Microsecond,
		}
	}
	passed := result("health/active", `the clear text is {"data":{"status":"active"}}`, conformance.Must, conformance.Pass)
	warned := result("health/content-type", "the answer is text/plain", conformance.Should, conformance.Warn)
	warned.Got, warned.Want, warned.Meta, warned.Fix = `"text/<html>"`, "text/plain", "none", "set it & be done"
	skipped := result("signature/missing", "refused: a request without a signature", conformance.Must, conformance.Skip)
	skipped.Note = "no app secret was given"
	failed := result("decryption/bad-tag", "refused: one bit of the GCM tag is wrong", conformance.Must, conformance.Fail)
	failed.Got, failed.Want = "status 200: \x1b[31mtaken\x00", "status 421"
	failed.Meta = strings.TrimSpace(strings.Repeat("the phone fetches the public key again ", 5))
	failed.Fix = `check the tag, "always" <first>`
	noted := result("malformed/not-json", "refused: the body is not JSON", conformance.Must, conformance.Pass)
	noted.Note = "answered 500; flowserver's own contract has 400, Meta leaves it open"
	return &conformance.Report{
		Target: "https://flows.example/visit", Signed: false,
		Started: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Duration: 2345 * time.Millisecond,
		Results: []conformance.Result{passed, warned, skipped, failed, noted},
		Causes: []conformance.Cause{
			{
				ID: "undecryptable-status", Text: "one \x1b[31mbit\x00", Evidence: "it was seen", Got: failed.Got, Want: failed.Want, Meta: failed.Meta, Fix: failed.Fix,
				Outcome: conformance.Fail, Cases: []string{"a/1", "a/2", "a/3", "a/4", "a/5", "a/6"},
				Code: []mistake.Code{{Language: "Node", Text: "if (a) {\n  b();\n}"}, {Language: "Go", Text: "b()"}},
			},
			{Text: "status 500", Outcome: conformance.Fail, Cases: []string{"b/1"}},
			{ID: "c", Text: "a small flaw", Fix: "fix it", Outcome: conformance.Warn, Cases: []string{"c/1"}},
		},
		Latency: &conformance.Latency{Samples: 20, P50: 12345 * time.Microsecond, P90: 80 * time.Millisecond, Max: time.Second},
	}
}

func writers(r *conformance.Report) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{"report.txt": r.WriteText, "details.txt": r.WriteDetails, "report.json": r.WriteJSON, "report.xml": r.WriteJUnit}
}

func TestGoldenReports(t *testing.T) {
	t.Parallel()
	for name, write := range writers(small()) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestMachinesCanReadReports(t *testing.T) {
	t.Parallel()
	var asJSON, asXML bytes.Buffer
	if err := errors.Join(small().WriteJSON(&asJSON), small().WriteJUnit(&asXML)); err != nil {
		t.Fatal(err)
	}
	var fromJSON struct {
		Failed  bool
		Results []struct{ Outcome string }
	}
	if err := json.Unmarshal(asJSON.Bytes(), &fromJSON); err != nil || !fromJSON.Failed || len(fromJSON.Results) != 5 {
		t.Errorf("JSON: got %+v, %v, want a failed report of 5 results", fromJSON, err)
	}
	var fromXML struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Skipped int `xml:"skipped,attr"`
			Cases   []struct {
				Failure *struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(asXML.Bytes(), &fromXML); err != nil {
		t.Fatal(err)
	}
	if fromXML.Tests != 5 || fromXML.Failures != 1 || len(fromXML.Suites) != 4 || fromXML.Suites[1].Skipped != 1 || fromXML.Suites[2].Cases[0].Failure == nil {
		t.Errorf("JUnit: got %+v, want 5 tests in 4 suites, 1 failure, 1 skipped", fromXML)
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	report := small()
	if report.ExitCode() != 1 || !report.Failed() {
		t.Errorf("got exit code %d, want 1 after a failure", report.ExitCode())
	}
	report.Results = report.Results[:3]
	if report.ExitCode() != 0 || report.Failed() {
		t.Errorf("got exit code %d, want 0 with a warning", report.ExitCode())
	}
}

type broken struct{}

var errBroken = errors.New("broken pipe")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWritersReturnErrors(t *testing.T) {
	t.Parallel()
	for name, write := range writers(small()) {
		if err := write(broken{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: got %v, want the writer's error", name, err)
		}
	}
}

// What an endpoint says back must not bring secrets into a report.
func TestReportsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	secrets := []string{appSecret, "token-of-the-test", "payload-of-the-test", "query-of-the-test", "pass-of-the-test"}
	report := defect{
		spoil: func(t *testing.T, e *endpoint) {
			t.Helper()
			e.kind = "text/html"
			refusing(strings.Join(secrets, " "))(t, e)
			answering(func(message, int, string) (int, string) { return 500, "" })(t, e)
		},
		cfg: func(c *conformance.Config) {
			c.URL = "https://user:pass-of-the-test@flows.example/visit?query-of-the-test"
			c.Token, c.Data = "token-of-the-test", map[string]any{"name": "payload-of-the-test"}
		},
	}.run(t)
	if !report.Failed() {
		t.Fatal("got no failures, want many")
	}
	for name, write := range writers(report) {
		var got strings.Builder
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if strings.Contains(got.String(), secret) {
				t.Errorf("%s: got a report with %q in it", name, secret)
			}
		}
	}
}
