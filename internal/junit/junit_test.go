package junit_test

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/junit"
)

// allowed are the attributes that Jenkins' schema (junit-10.xsd) knows, required those
// without which it refuses a report.
var allowed = map[string][]string{
	"testsuites": {"errors", "failures", "name", "tests", "time"},
	"testsuite":  {"errors", "failures", "file", "group", "hostname", "id", "log", "name", "package", "skipped", "tests", "time", "timestamp", "url"},
	"testcase":   {"classname", "group", "name", "time"},
	"failure":    {"message", "type"},
	"skipped":    {"message", "type"},
	"system-out": nil,
}

var required = map[string][]string{
	"testsuite": {"errors", "failures", "name", "tests"},
	"testcase":  {"name"},
}

func TestWriteFollowsSchema(t *testing.T) {
	t.Parallel()
	suites := []junit.Suite{
		{Name: "a.yaml", File: "a.yaml", Started: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Cases: []junit.Case{
			{Class: "a", Name: "passes", Duration: 1234 * time.Second, Output: "a warning"},
			{Class: "a", Name: "fails", Failure: &junit.Failure{Message: "m", Type: "t", Text: "x < y"}},
			{Class: "a", Name: "is skipped", Skipped: "why"},
		}},
		{Name: "empty"},
	}
	var report strings.Builder
	if err := junit.Write(&report, "run", time.Second, suites); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for decoder := xml.NewDecoder(strings.NewReader(report.String())); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		name := element.Name.Local
		known, ok := allowed[name]
		if !ok {
			t.Fatalf("the schema has no element %s", name)
		}
		seen[name] = true
		var given []string
		for _, a := range element.Attr {
			given = append(given, a.Name.Local)
			if !slices.Contains(known, a.Name.Local) {
				t.Errorf("the schema has no attribute %s of %s", a.Name.Local, name)
			}
		}
		for _, a := range required[name] {
			if !slices.Contains(given, a) {
				t.Errorf("%s lacks %s", name, a)
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(allowed)), slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("elements of the schema and of the report (-want +got):\n%s", diff)
	}
}
