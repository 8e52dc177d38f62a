package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/providers"
)

const keysPage = "../../docs/keys.md"

// documentation is what docs/keys.md says about a provider: a whole configuration and
// a table of the keys.
func documentation(p providers.Provider) string {
	var b strings.Builder
	b.WriteString("```yaml\nnumbers:\n  - id: main\n    private_keys:\n      - file: keys/active.pem\n")
	for line := range strings.Lines(p.Example()) {
		b.WriteString("    " + line)
	}
	b.WriteString("flows:\n  - id: booking\n    app_secrets_file: secrets/app\n```\n\n| key | meaning | default |\n|---|---|---|\n")
	for _, k := range p.New().Keys() {
		names := "`" + k.Name + "`"
		if k.File {
			names += ", `" + k.Name + "_file`"
		}
		standard := ""
		switch {
		case k.Default != "":
			standard = "`" + k.Default + "`"
		case k.Required:
			standard = "required"
		}
		meaning := k.Meaning
		if len(k.Choices) > 0 && !strings.Contains(meaning, "`"+k.Choices[0]+"`") {
			meaning = "`" + strings.Join(k.Choices, "`, `") + "`: " + meaning
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", names, meaning, standard)
	}
	return b.String()
}

// TestDocumentation compares docs/keys.md with the table of providers, in both
// directions.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(keysPage)
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?s)### ([^\n]+)\n\n(<!-- (\w+): generated from the table of providers -->\n)(.*?)(<!-- end -->\n)`)
	var documented, table []string
	updated := section.ReplaceAllStringFunc(string(page), func(text string) string {
		m := section.FindStringSubmatch(text)
		p, ok := providers.Lookup(m[3])
		if !ok || p.Title != m[1] {
			t.Errorf("%s has a section for %s (%s), which is not in the table of providers", keysPage, m[3], m[1])
			return text
		}
		documented = append(documented, p.Name)
		if diff := cmp.Diff(strings.Split(documentation(p), "\n"), strings.Split(m[4], "\n")); diff != "" && !*update {
			t.Errorf("%s: section %s (-want +got); write it with go test ./internal/config -update:\n%s", keysPage, p.Title, diff)
		}
		return "### " + m[1] + "\n\n" + m[2] + documentation(p) + m[5]
	})
	for _, p := range providers.All() {
		table = append(table, p.Name)
		if !slices.Contains(documented, p.Name) {
			t.Errorf("%s has no section for %s; add it, then run go test ./internal/config -update:\n\n"+
				"### %s\n\n<!-- %s: generated from the table of providers -->\n<!-- end -->", keysPage, p.Name, p.Title, p.Name)
		}
		if link := fmt.Sprintf("[%s](#%s)", p.Title, strings.ToLower(p.Title)); !strings.Contains(string(page), link) {
			t.Errorf("%s: the contents have no link %s", keysPage, link)
		}
	}
	if len(documented) == len(table) && !slices.Equal(documented, table) {
		t.Errorf("%s: got the sections %v, want the order of the table %v", keysPage, documented, table)
	}
	if *update {
		if err := os.WriteFile(keysPage, []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestProviderExamples loads the example of each provider from a file, and the same
// settings from the variables of the built-in configuration.
func TestProviderExamples(t *testing.T) {
	t.Parallel()
	for _, p := range providers.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			variables := map[string]string{"FLOWSERVER_PROVIDER": p.Name, "FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": "secret"}
			var block strings.Builder
			for line := range strings.Lines(p.Example()) {
				block.WriteString("    " + line)
			}
			for _, k := range p.New().Keys() {
				if k.Example == "" {
					continue
				}
				variable, value := variable(t, p.Name, k.Name), k.Example
				if k.File {
					value = filepath.Join(dir, k.Example)
					write(t, value, "made-up\n")
					variable += "_FILE"
				}
				variables[variable] = value
			}
			file := filepath.Join(dir, "flowserver.yaml")
			write(t, file, "numbers:\n  - id: main\n    private_keys: [{pem: key}]\n"+block.String()+"flows: [{id: booking, app_secrets: [secret]}]\n")
			fromFile, err := config.Load(file, lookup(nil))
			if err != nil {
				t.Fatal(err)
			}
			builtIn, err := config.Builtin(lookup(variables))
			if err != nil {
				t.Fatal(err)
			}
			if !fromFile.Numbers[0].Provider.Equal(builtIn.Numbers[0].Provider) {
				t.Errorf("got %v from the file, and %v from variables", fromFile.Numbers[0].Provider.Settings(), builtIn.Numbers[0].Provider.Settings())
			}
		})
	}
}

// variable is the variable of a key in the built-in configuration for a provider.
func variable(t *testing.T, provider, key string) string {
	t.Helper()
	text := config.BuiltinYAML(lookup(map[string]string{"FLOWSERVER_PROVIDER": provider}))
	m := regexp.MustCompile(`(?m)^      ` + key + `: \$\{(FLOWSERVER_\w+):-\}`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("the built-in configuration has no %s:\n%s", key, text)
	}
	return m[1]
}
