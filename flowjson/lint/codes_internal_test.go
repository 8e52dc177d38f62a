package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// withoutFile are codes that no negative file has, with the test that has them.
var withoutFile = map[string]string{
	"IMAGE_TOO_LARGE":   "TestComponentImages", // takes a large file
	"TOO_MANY_FINDINGS": "TestTooManyFindings",
	"UNREADABLE_FILE":   "TestUnreadable",
	"KEYWORD_ONE_OF":    "TestPlacementRules", // of versions that Meta does not publish any more
}

// TestCodes compares the explanations with the codes that the sources report, each of
// which must be in a negative file.
func TestCodes(t *testing.T) {
	t.Parallel()
	reported, tried := quotedCodes(t), triedCodes(t)
	listed := map[string]bool{}
	for _, e := range Explanations() {
		if listed[e.Code] {
			t.Errorf("%s is listed twice", e.Code)
		}
		listed[e.Code] = true
		switch {
		case reported[e.Code] == "" && e.Unreported == "":
			t.Errorf("%s is reported nowhere, and nothing says why", e.Code)
		case reported[e.Code] != "" && e.Unreported != "":
			t.Errorf("%s is reported in %s, while %s", e.Code, reported[e.Code], e.Unreported)
		case reported[e.Code] != "" && !tried[e.Code] && withoutFile[e.Code] == "":
			t.Errorf("%s is in no negative file", e.Code)
		}
	}
	for name, file := range reported {
		if !listed[name] {
			t.Errorf("%s reports %s, which is not listed", file, name)
		}
	}
}

// quotedCodes returns the codes in the sources, other than in the explanations.
func quotedCodes(t *testing.T) map[string]string {
	t.Helper()
	var sources []string
	for _, pattern := range []string{"*.go", "../catalog/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal("no sources", err)
		}
		sources = append(sources, found...)
	}
	quoted := regexp.MustCompile(`"([A-Z]+(?:_[A-Z0-9]+)+)"`)
	codes := map[string]string{}
	for _, file := range sources {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "code_") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllSubmatch(source, -1) {
			codes[string(m[1])] = file
		}
	}
	return codes
}

// triedCodes returns the codes of the negative files.
func triedCodes(t *testing.T) map[string]bool {
	t.Helper()
	wants, err := filepath.Glob("../../testdata/flows/negative/*.want")
	if err != nil || len(wants) == 0 {
		t.Fatal("no negative files", err)
	}
	codes := map[string]bool{}
	for _, file := range wants {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(want)) {
			codes[strings.Fields(line)[1]] = true
		}
	}
	return codes
}
