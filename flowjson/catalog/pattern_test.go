package catalog_test

import (
	"testing"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

func TestForeignGroup(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		``:                       "",
		`(a)(?:b)(?=c)(?!d)`:     "",
		`(?<=a)(?<!b)(?<n>c)`:    "",
		`(?i:a)(?-s:b)(?im-s:c)`: "", // since ECMAScript 2025
		`\(?i\)`:                 "", // an optional parenthesis
		`[(?i)]`:                 "",
		`[\](?i)]`:               "",
		`(\(?-)`:                 "",
		`(?i)abc`:                "(?i)",
		`a|(?i-s)b`:              "(?i-s)",
		`[](?i)`:                 "(?i)", // JavaScript's [] is empty
		`\\(?i)`:                 "(?i)",
		`(?x:a)`:                 "(?x:",
		`(?P<year>\d{4})`:        "(?P<",
		`(?P=year)`:              "(?P=",
		`(?>a+)b`:                "(?>",
		`(?#note)a`:              "(?#",
		`(?'n'a)`:                "(?'",
		`(?(a)b|c)`:              "(?(",
		`a(?`:                    "(?",
	} {
		if got := catalog.ForeignGroup(pattern); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}
