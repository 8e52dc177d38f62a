package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/flowjson/lint"
)

func finding(severity lint.Severity, code, path string, line, from, to int) lint.Finding {
	return lint.Finding{
		Code: code, Severity: severity, Message: "what is wrong", Path: path,
		Range: jsontree.Range{Start: jsontree.Position{Line: line, Column: from}, End: jsontree.Position{Line: line, Column: to}},
	}
}

var found = []linted{
	{"flows/a b.json", []lint.Finding{
		finding(lint.Error, "INVALID_PROPERTY_KEY", "screens[0].initial-text", 46, 17, 31),
		finding(lint.Warning, "TEXT_TOO_LONG", "screens[0].title", 5, 1, 2),
	}},
	{"b.json", nil},
	{"-", []lint.Finding{
		finding(lint.Error, "INVALID_FLOW_JSON", "", 1, 1, 1),
		finding(lint.Error, "INVALID_PROPERTY_KEY", "x", 2, 3, 4),
		finding(lint.MayRefuse, "UNDOCUMENTED_SCHEMA", "y", 3, 3, 4),
	}},
}

func TestWriteLint(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		all  []linted
		want string
	}{
		"three files": {found, `flows/a b.json:46:17: error: what is wrong [INVALID_PROPERTY_KEY]
flows/a b.json:5:1: warning: what is wrong [TEXT_TOO_LONG]
-:1:1: error: what is wrong [INVALID_FLOW_JSON]
-:2:3: error: what is wrong [INVALID_PROPERTY_KEY]
-:3:3: Meta may refuse: what is wrong [UNDOCUMENTED_SCHEMA]
3 errors, 1 that Meta may refuse, 1 warning in 3 files
`},
		"nothing":      {found[1:2], "nothing found in 1 file\n"},
		"nothing read": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			if err := writeLint(&got, tt.all); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLintFailed(t *testing.T) {
	t.Parallel()
	of := func(severity lint.Severity) []linted {
		return []linted{{"a", nil}, {"b", []lint.Finding{finding(severity, "X", "", 1, 1, 1)}}}
	}
	for name, tt := range map[string]struct {
		all    []linted
		strict bool
		want   bool
	}{
		"error":              {of(lint.Error), false, true},
		"warning":            {of(lint.Warning), false, false},
		"warning, strict":    {of(lint.Warning), true, true},
		"may refuse":         {of(lint.MayRefuse), false, false},
		"may refuse, strict": {of(lint.MayRefuse), true, true},
		"nothing, strict":    {found[1:2], true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (lintCommand{Strict: tt.strict}).failed(tt.all); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

func TestWriteLintJSON(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	if err := writeLintJSON(&got, found[:2]); err != nil {
		t.Fatal(err)
	}
	place := `"line_start":46,"line_end":46,"column_start":17,"column_end":30`
	other := `"line_start":5,"line_end":5,"column_start":1,"column_end":1`
	want := `{"file":"flows/a b.json","validation_errors":[{"error":"INVALID_PROPERTY_KEY","error_type":"FLOW_JSON_ERROR",` +
		`"severity":"error","message":"what is wrong",` + place + `,"pointers":[{` + place + `,"path":"screens[0].initial-text"}]}],` +
		`"warnings":[{"error":"TEXT_TOO_LONG","error_type":"FLOW_JSON_ERROR","severity":"warning","message":"what is wrong",` + other +
		`,"pointers":[{` + other + `,"path":"screens[0].title"}]}]}
{"file":"b.json","validation_errors":[],"warnings":[]}
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestSARIF reads the file as a code host does. It has what SARIF 2.1.0 (OASIS,
// 2020) requires, and what GitHub shows ("SARIF support for code scanning").
func TestSARIF(t *testing.T) {
	t.Parallel()
	type text struct{ Text string }
	type location struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
		}
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name, Version string
					Rules         []struct {
						ID                                      string
						ShortDescription, FullDescription, Help text
					}
				}
			}
			ColumnKind string
			Results    []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   text
				Locations []location
			}
		}
	}
	path := filepath.Join(t.TempDir(), "out.sarif")
	if err := (lintCommand{SARIF: path}).writeSARIF(found); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.HasSuffix(log.Schema, "sarif-2.1.0.json") || len(log.Runs) != 1 {
		t.Fatalf("got version %q, schema %q and %d runs", log.Version, log.Schema, len(log.Runs))
	}
	run := log.Runs[0]
	driver := run.Tool.Driver
	if driver.Name == "" || driver.Version == "" || run.ColumnKind != "unicodeCodePoints" {
		t.Errorf("got driver %q of version %q, columns %q", driver.Name, driver.Version, run.ColumnKind)
	}
	var ids []string
	for _, rule := range driver.Rules {
		ids = append(ids, rule.ID)
		if rule.ShortDescription.Text == "" || rule.FullDescription.Text == "" || rule.Help.Text == "" {
			t.Errorf("rule %s lacks a text", rule.ID)
		}
	}
	if want := []string{"INVALID_FLOW_JSON", "INVALID_PROPERTY_KEY", "TEXT_TOO_LONG", "UNDOCUMENTED_SCHEMA"}; !slices.Equal(ids, want) {
		t.Errorf("got rules %v, want %v", ids, want)
	}
	var got []string
	for _, r := range run.Results {
		if len(r.Locations) != 1 {
			t.Fatalf("got %d locations", len(r.Locations))
		}
		at := r.Locations[0].PhysicalLocation
		region := at.Region
		if r.Message.Text == "" || ids[r.RuleIndex] != r.RuleID || region.StartLine < 1 || region.StartColumn < 1 || region.EndColumn < region.StartColumn {
			t.Errorf("result %+v", r)
		}
		got = append(got, r.Level+" "+at.ArtifactLocation.URI)
	}
	want := []string{"error flows/a%20b.json", "warning flows/a%20b.json", "error stdin", "error stdin", "warning stdin"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestSARIFURI(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"./flows/a.json":                       "flows/a.json",
		filepath.Join(here, "flows", "ä.json"): "flows/%C3%A4.json",
		"/elsewhere/a.json":                    "file:///elsewhere/a.json",
		"-":                                    "stdin",
	} {
		if got := sarifURI(file); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
	}
}
