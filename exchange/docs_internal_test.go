package exchange

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The README's table has the statuses that an endpoint answers with, and no others.
func TestReadmeStatuses(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Statuses\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var documented []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([0-9, /]+) \| \S`).FindAllStringSubmatch(section, -1) {
		documented = append(documented, regexp.MustCompile(`[0-9]{3}`).FindAllString(row[1], -1)...)
	}
	answered := []int{http.StatusOK} // which no error has
	for _, known := range outcomes {
		if known.status != statusGone { // only in the log
			answered = append(answered, known.status)
		}
	}
	slices.Sort(answered)
	var want []string
	for _, status := range slices.Compact(answered) {
		want = append(want, strconv.Itoa(status))
	}
	slices.Sort(documented)
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("statuses (-code +README.md):\n%s", diff)
	}
}

// The table of metrics has the reasons of refusals, and no others.
func TestRefusalsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `flowserver_refused_total` .*Reasons: (.*) \\|$").FindStringSubmatch(string(text))
	if row == nil {
		t.Fatal("docs/operations.md lists no reasons of flowserver_refused_total")
	}
	var documented []string
	for _, reason := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[1], -1) {
		documented = append(documented, reason[1])
	}
	want := Refusals()
	slices.Sort(documented)
	slices.Sort(want)
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("reasons (-code +docs/operations.md):\n%s", diff)
	}
}
