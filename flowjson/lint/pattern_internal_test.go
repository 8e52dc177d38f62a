package lint

import (
	"strings"
	"testing"
)

func TestPatternProblem(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		`^[0-9]{5}(-[0-9]{4})?$`: "",
		`(?=.*\d).{8,}`:          "",
		`\d{4}/\d{2}`:            "",
		`/`:                      "",
		`/a/`:                    "no slashes",
		`/^a$/gi`:                "no slashes",
		`${data.a}`:              "cannot be dynamic",
		`(?i)abc`:                "clients accept every value: JavaScript has no (?i)",
		`^*`:                     "clients accept every value: * has nothing to repeat",
	} {
		if got := patternProblem(pattern); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}
