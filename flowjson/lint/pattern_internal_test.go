package lint

import (
	"strings"
	"testing"
)

// Patterns are JavaScript's regular expressions, which differ from Go's.
func TestPatternProblem(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		`^[0-9]{5}(-[0-9]{4})?$`: "",
		`(?=.*\d).{8,}`:          "",
		`(a)\1`:                  "",
		`(?<year>\d{4})`:         "",
		`[^]`:                    "",
		`[\d-x]`:                 "",
		`(\d`:                    "missing closing )",
		`\_\Z`:                   "", // any letter can be escaped
		`a{1,2000}`:              "",
		`a{2000}`:                "",
		`(a{500}){500}`:          "",
		`\d{4}/\d{2}`:            "",
		`/`:                      "",
		`/a/`:                    "no slashes",
		`/^a$/gi`:                "no slashes",
		`${data.a}`:              "cannot be dynamic",
		`(?i)abc`:                "JavaScript has no (?i)",
		`(?P<year>\d{4})`:        "JavaScript has no (?P<",
		`(?>a+)b`:                "JavaScript has no (?>",
		`(\(?-)`:                 "",
		`(ab`:                    "missing closing )",
		`ab)`:                    "unexpected )",
		`[a-`:                    "missing closing ]",
		`[z-a]`:                  "character class range",
		`*a`:                     "missing argument",
		`a**`:                    "nested repetition",
		`a{2,1}`:                 "invalid repeat count",
		`a\`:                     "trailing backslash",
	} {
		if got := patternProblem(pattern); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}
