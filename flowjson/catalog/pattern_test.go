package catalog_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// The wanted results are those of new RegExp(pattern) in Node 20, but for the modifiers and
// the names of ECMAScript 2025.
func TestPatternProblem(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		// groups
		``:                        "",
		`(a)(?:b)(?=c)(?!d)`:      "",
		`(?<=a)(?<!b)(?<n>c)`:     "",
		`(?i:a)(?-s:b)(?im-s:c)`:  "",
		`\(?i\)`:                  "", // an optional parenthesis
		`[(?i)]`:                  "",
		`[\](?i)]`:                "",
		`(\(?-)`:                  "",
		`(?i)abc`:                 "JavaScript has no (?i)",
		`a|(?i-s)b`:               "JavaScript has no (?i-s)",
		`[](?i)`:                  "JavaScript has no (?i)", // [] is empty
		`\\(?i)`:                  "JavaScript has no (?i)",
		`(?x:a)`:                  "JavaScript has no (?x:",
		`(?P<year>\d{4})`:         "JavaScript has no (?P<",
		`(?P=year)`:               "JavaScript has no (?P=",
		`(?>a+)b`:                 "JavaScript has no (?>",
		`(?#note)a`:               "JavaScript has no (?#",
		`(?'n'a)`:                 "JavaScript has no (?'",
		`(?(a)b|c)`:               "JavaScript has no (?(",
		`a(?`:                     "JavaScript has no (?",
		`(ab`:                     "a ( is not closed",
		`((a)`:                    "a ( is not closed",
		`ab)`:                     "a ) closes nothing",
		`(?<1>a)`:                 "no valid name",
		`(?<>a)`:                  "no valid name",
		`(?<a`:                    "no valid name",
		`(?<a-b>c)`:               "no valid name",
		`(?<\da>c)`:               "no valid name",
		`(?<été_$1>a)\k<été_$1>`:  "",
		`(?<n>a)(?<n>b)`:          "two groups have the same name",
		`(?<n>a)|(?<n>b)`:         "",
		`(?<n>a)\k<m>`:            `\k names no group`,
		`(?<n>a)\k`:               `\k names no group`,
		`\k<m>(?<m>a)`:            "",
		`\k<m>`:                   "", // without a named group, \k is a k
		`(?<n>` + "\U0001f600)":   "",
		`(?<` + "\U0001f600>a)":   "no valid name",
		`(?<` + "\U00010400>a)b+": "", // a letter of two units

		// repetitions
		`a*?b+?c??d{2}?`: "",
		`a{2,}b{2,2}`:    "",
		`a{010,9}`:       "{010,9} has a minimum above its maximum",
		`a{00,0}`:        "",
		`a{1,2000}`:      "",
		`(a{500}){500}`:  "",
		`a{,2}b{x}{`:     "", // literal
		`a}]`:            "",
		`(?=a)*(?!b){2}`: "",
		`a{2,1}`:         "{2,1} has a minimum above its maximum",
		`a{10,9}?`:       "{10,9} has a minimum above its maximum",
		`*a`:             "* has nothing to repeat",
		`a**`:            "* has nothing to repeat",
		`a+++`:           "+ has nothing to repeat",
		`a{2}{3}`:        "{3} has nothing to repeat",
		`{2}`:            "{2} has nothing to repeat",
		`a|?`:            "? has nothing to repeat",
		`(+a)`:           "+ has nothing to repeat",
		`(?:*a)`:         "* has nothing to repeat",
		`^*`:             "* has nothing to repeat",
		`a$+`:            "+ has nothing to repeat",
		`\b?`:            "? has nothing to repeat",
		`\B{2}`:          "{2} has nothing to repeat",
		`(?<=a)*`:        "* has nothing to repeat",
		`(?<!a)?`:        "? has nothing to repeat",

		// escapes
		`\_\Z\p{L}\x4\c\u{2}\8\1(a)`: "",
		`a\`:                         `the \ at the end escapes nothing`,
		`\u{2,1}`:                    "{2,1} has a minimum above its maximum", // a repeated u

		// classes
		`[]a][^]`:                   "",
		`[a-][-a][a-b-c][\d-x]`:     "",
		`[x-\d]`:                    "",
		`[\x41-\u0042\101-\102]`:    "",
		`[\cA-\n][\b-a][\c-d][\8]`:  "",
		`[a-` + "\U0001f600]":       "",
		`[a-`:                       "a [ is not closed",
		`[\]`:                       "a [ is not closed",
		`[z-a]`:                     "wrong order",
		`[\u0042-\x41]`:             "wrong order",
		`[\102-\101]`:               "wrong order",
		`[a-\n]`:                    "wrong order",
		`[a-\cA]`:                   "wrong order",
		`[\c-a]`:                    "wrong order", // from c to a, after a \
		`[9-\8]`:                    "wrong order",
		"[\U0001f600-\U0001f60e]":   "wrong order", // of the middle two of four units
		strings.Repeat("(", 100000): "a ( is not closed",
		strings.Repeat("{", 100000): "",
	} {
		if got := catalog.PatternProblem(pattern); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%.60q: got %q, want %q", pattern, got, want)
		}
	}
}
