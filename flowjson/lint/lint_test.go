package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/lint"
)

const (
	flows   = "../../testdata/flows"
	booking = "../../cmd/flowserver/booking.json" // the demo's
)

// files returns what a pattern names, and fails if it names nothing.
func files(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(flows, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no file %s in testdata/flows (%v)", pattern, err)
	}
	return found
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var update = flag.Bool("update", false, "write the .want files of testdata/flows/negative")

// TestNegative compares the findings of each file in negative with its .want file: one
// line each, with severity, code and pointer.
func TestNegative(t *testing.T) {
	t.Parallel()
	for _, file := range files(t, "negative/*.json") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, f := range lint.Validate(read(t, file)) {
				_, _ = fmt.Fprintf(&got, "%s %s %s\n", f.Severity, f.Code, f.Pointer)
				if f.Message == "" || f.Range.Start.Line < 1 || f.Range.Start.Column < 1 {
					t.Errorf("finding without message or place: %+v", f)
				}
			}
			wanted := strings.TrimSuffix(file, ".json") + ".want"
			if *update {
				if err := os.WriteFile(wanted, []byte(got.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want := string(read(t, wanted))
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestValid has nothing to find.
func TestValid(t *testing.T) {
	t.Parallel()
	for _, file := range append(files(t, "valid/*.json"), booking) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			for _, f := range lint.Validate(read(t, file)) {
				t.Errorf("%s: %s", f.Pointer, f)
			}
		})
	}
}

// validateOnly runs some of the checks on a Flow.
func validateOnly(t testing.TB, source string, checks ...string) []lint.Finding {
	t.Helper()
	f, err := flowjson.Read([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return lint.ValidateOnly(f, checks...)
}
