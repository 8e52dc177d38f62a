package starter_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/lint"
	"github.com/flowserver/flowserver/internal/starter"
	"github.com/flowserver/flowserver/phone/scenario"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	for language, own := range map[string][]string{
		"go":     {"go.mod", "main.go", "main_test.go", "screens.go"},
		"node":   {"server.js"},
		"python": {"server.py"},
		"php":    {"server.php"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "My Shop")
			names, err := starter.Write(language, dir, "")
			if err != nil {
				t.Fatal(err)
			}
			want := append([]string{"README.md", "flow.json", "scenarios/order.yaml"}, own...)
			if diff := cmp.Diff(want, names, cmp.Transformer("set", func(s []string) map[string]bool {
				set := map[string]bool{}
				for _, name := range s {
					set[name] = true
				}
				return set
			})); diff != "" {
				t.Errorf("files differ (-want +got):\n%s", diff)
			}
			readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(readme), "{{") {
				t.Error("README.md has a template's braces")
			}
			if _, err := scenario.Load(filepath.Join(dir, "scenarios", "order.yaml")); err != nil {
				t.Error(err)
			}
			if _, err := starter.Write(language, dir, ""); err == nil {
				t.Error("no error for a folder that has the files already")
			}
		})
	}
}

func TestGoModuleNamesItsVersion(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "My Shop")
	if _, err := starter.Write("go", dir, "v1.2.3"); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"module myshop\n", "require github.com/flowserver/flowserver v1.2.3\n"} {
		if !strings.Contains(string(mod), want) {
			t.Errorf("go.mod lacks %q:\n%s", want, mod)
		}
	}
}

func TestFlowHasNoFindings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := starter.Write("node", dir, ""); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(dir, "flow.json"))
	if err != nil {
		t.Fatal(err)
	}
	if findings := lint.Validate(source); len(findings) > 0 {
		t.Errorf("findings: %v", findings)
	}
}

func TestUnknownLanguage(t *testing.T) {
	t.Parallel()
	if _, err := starter.Write("cobol", t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "go, node, python, php") {
		t.Errorf("error %v, want the known languages", err)
	}
}
