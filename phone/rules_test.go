package phone_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/phone"
)

// Each rule has its own id, a text, and a source.
func TestRules(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, r := range phone.Rules() {
		if !id.MatchString(r.ID) || seen[r.ID] || r.Text == "" || !strings.HasSuffix(r.Text, ".") || r.Topic == "" {
			t.Errorf("rule %+v", r)
		}
		seen[r.ID] = true
		if !slices.Contains([]string{"D", "C", "F", ""}, r.Source) || (r.Source == "") != (r.Cite == "") {
			t.Errorf("rule %s has source %q and cites %q", r.ID, r.Source, r.Cite)
		}
		if r.Off && !r.Switch {
			t.Errorf("rule %s is off and has no switch", r.ID)
		}
	}
	if len(seen) < 75 {
		t.Errorf("%d rules, which cannot be all", len(seen))
	}
}

// The rules that verdicts and findings name are in the table.
func TestRulesExist(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("rules.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\trule\w+ += "([a-z0-9-]+)"$`).FindAllSubmatch(source, -1) {
		id := string(m[1])
		if !slices.ContainsFunc(phone.Rules(), func(r phone.Rule) bool { return r.ID == id }) {
			t.Errorf("the code names the rule %s, which is not in the table", id)
		}
	}
}

const semanticsPage = "../docs/phone-semantics.md"

const semanticsIntroduction = `# How WhatsApp plays a Flow

This page lists, rule by rule, what a phone does with a Flow JSON and with the answers of an
endpoint. The package ` + "`phone`" + ` follows these rules. The verdicts and findings of
` + "`flowserver play`" + ` and of the phone in the browser refer to them by id.

Meta's pages describe some of this. The other rules come from observing WhatsApp's web
client in 2026 and recording what it does with each kind of input. The same client code
runs on Android and iOS, in a web view. Text fields, the pickers of files and dates, and the
exchange of keys are native there, so rules about them are less reliable. None of the rules
was measured on a phone.

| source | means |
|---|---|
| D | one of Meta's pages, with its date |
| C | WhatsApp's web client, 2026, with the part of it that decides |
| F | field reports, with where to find them |
| none | no source: our own choice, unverified |

Meta's pages are “Flow JSON”, “Components”, “Implementing Endpoints for Flows”, “Media
upload” and “Flows error codes”. For a rule marked **switch**, sources conflict or
there is none. The key [quirks](scenarios.md#a-scenario) of a scenario, the flag
` + "`--quirk RULE=BOOL`" + ` of ` + "`play`, `phone` and `dev`, and `phone.Config.Quirks`" + ` in Go switch it on or
off by its id. If you have seen a phone behave differently, please open an issue.
`

const semanticsFindings = `
## Findings

The phone reports these in addition to a refusal, or as the reason for one. A code that
consists of ANSWER_ and a rule of [the guard](operations.md#guard), such as ANSWER_TYPE, is
about data that does not fit the Flow JSON.

| code | means |
|---|---|
`

// docs/phone-semantics.md has all rules and codes. -update writes it.
func TestSemanticsPage(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	page.WriteString(semanticsIntroduction)
	topic := ""
	for _, r := range phone.Rules() {
		if r.Topic != topic {
			topic = r.Topic
			fmt.Fprintf(&page, "\n## %s\n\n| rule | what WhatsApp does | source |\n|---|---|---|\n", topic)
		}
		text := r.Text
		switch {
		case r.Off:
			text += " **Switch**, off by default."
		case r.Switch:
			text += " **Switch**, on by default."
		}
		source := "none"
		if r.Source != "" {
			source = r.Source + ": " + r.Cite
		}
		fmt.Fprintf(&page, "| <a id=\"%s\"></a>`%s` | %s | %s |\n", r.ID, r.ID, cell(text), cell(source))
	}
	page.WriteString(semanticsFindings)
	source, err := os.ReadFile("finding.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\tcode\w+ += "([A-Z_]+)" +// (.*)$`).FindAllSubmatch(source, -1) {
		fmt.Fprintf(&page, "| `%s` | %s |\n", m[1], m[2])
	}
	if *update {
		if err := os.WriteFile(semanticsPage, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(semanticsPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("%s (-file +rules), write it with go test ./phone -run TestSemanticsPage -update:\n%s", semanticsPage, diff)
	}
}

// cell writes a text into a cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
