package exchange

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables of docs/customer-texts.md")

// TestTextsPage compares the tables of docs/customer-texts.md with the texts.
func TestTextsPage(t *testing.T) {
	t.Parallel()
	const file = "../docs/customer-texts.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := string(page)
	for name, table := range map[string]string{"texts": textsTable(english()), "languages": languagesTable()} {
		section := regexp.MustCompile(`(?s)(<!-- ` + name + `: [^\n]*-->\n).*?(<!-- end -->)`)
		if !section.MatchString(want) {
			t.Fatalf("%s has no section %s", file, name)
		}
		want = section.ReplaceAllString(want, "${1}\n"+strings.ReplaceAll(table, "$", "$$")+"\n${2}")
	}
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("run: go test ./exchange -run TestTextsPage -update\n-texts +%s:\n%s", file, diff)
	}
}

func textsTable(t *texts) string {
	var b strings.Builder
	b.WriteString("| what is wrong | tag | text |\n|---|---|---|\n")
	for _, row := range [][3]string{
		{"Nothing was entered or chosen", "`required` and similar", t.required},
		{"A text is too short", "`min`, `gte`, `minchars`", t.minLength},
		{"A text is too long", "`max`, `lte`, `maxchars`", t.maxLength},
		{"A text has another length", "`len`", t.length},
		{"Too few options or files", "`min`, `gte`", t.minItems},
		{"Too many options or files", "`max`, `lte`", t.maxItems},
		{"Another number of options or files", "`len`", t.items},
		{"A number is too small", "`min`, `gte`", t.min},
		{"A number is too large", "`max`, `lte`", t.max},
		{"A number is not above a limit", "`gt`", t.more},
		{"A number is not below a limit", "`lt`", t.less},
		{"Not an email address", "`email`", t.email},
		{"Not an international phone number", "`e164`", t.phone},
		{"Not one of the options", "`oneof`", t.option},
		{"Not a number", "`numeric`, and every `exchange.Number`", t.number},
		{"Not a date", "`datetime`", t.date},
		{"Not a time", "`datetime` with a layout such as `15:04`", t.time},
		{"Not a web address", "`url`, `uri`, `http_url`", t.link},
		{"Not only letters", "`alpha`", t.letters},
		{"Not only letters and digits", "`alphanum`", t.lettersDigits},
		{"Not only digits", "`number`", t.digits},
		{"Any other rule, or a value that cannot be read", "", t.invalid},
		{"At the bottom, before labels", "", strings.TrimSpace(t.check)},
		{"At the bottom, if nothing can be read", "", t.checkAll},
	} {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row[0], row[1], row[2])
	}
	return b.String()
}

func languagesTable() string {
	var b strings.Builder
	b.WriteString("| language | for example | reviewed by a native speaker |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(languages())) {
		reviewed := "no"
		if name == "en" {
			reviewed = "the original"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, languages()[name]().required, reviewed)
	}
	return b.String()
}
