package flowserver_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLinks follows the links of all pages within the repository: the file exists, and
// so does the heading.
func TestLinks(t *testing.T) {
	t.Parallel()
	pages := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bench/README.md", "bench/RESULTS.md", "examples/README.md"}
	docs, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for _, page := range append(pages, docs...) {
		for _, link := range regexp.MustCompile(`\]\(([^)#:"]*)(?:#([^)]*))?\)`).FindAllStringSubmatch(readPage(t, page), -1) {
			followed++
			target := page
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(page), link[1])
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link %s: %v", page, link[0], err)
			} else if link[2] != "" && !slices.Contains(anchors(readPage(t, target)), link[2]) {
				t.Errorf("%s: link %s: no such heading", page, link[0])
			}
		}
	}
	if followed < 100 {
		t.Errorf("followed only %d links", followed)
	}
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchors returns the anchors that GitHub makes of headings.
func anchors(page string) (all []string) {
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		anchor := strings.ReplaceAll(strings.ToLower(heading[1]), " ", "-")
		all = append(all, regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(anchor, ""))
	}
	return all
}

// TestReadmeCompiles builds each Go program that the README shows.
func TestReadmeCompiles(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readPage(t, "README.md"), -1)
	if len(blocks) == 0 {
		t.Fatal("the README shows no Go")
	}
	for _, block := range blocks {
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "go", "vet", file).CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, out, block[1])
		}
	}
}

// TestPackageDocs checks that each package has exactly one package comment.
func TestPackageDocs(t *testing.T) {
	t.Parallel()
	docs := map[string]int{} // by folder
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != "." || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			return err
		}
		docs[filepath.Dir(path)] += count(file.Doc)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) < 10 {
		t.Fatalf("only %d packages were found", len(docs))
	}
	for folder, n := range docs {
		if n != 1 {
			t.Errorf("package in %s has %d package docs, want 1", folder, n)
		}
	}
}

// TestHouse compares the packages that docs/architecture.md lists with those of the module.
func TestHouse(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/flowserver/flowserver"
	packages := map[string]bool{"bench": true} // a module of its own
	for path := range strings.FieldsSeq(string(out)) {
		if path == module {
			path = "flowserver"
		}
		packages[strings.TrimPrefix(path, module+"/")] = true
	}
	_, house, found := strings.Cut(readPage(t, "docs/architecture.md"), "```text\n")
	house, _, closed := strings.Cut(house, "```")
	if !found || !closed {
		t.Fatal("docs/architecture.md has no picture")
	}
	listed := map[string]bool{}
	for line := range strings.Lines(house) {
		names, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		for _, name := range strings.Split(names, ", ") {
			listed[name] = name != ""
		}
	}
	delete(listed, "")
	if diff := cmp.Diff(packages, listed); diff != "" {
		t.Errorf("packages (-module +docs/architecture.md):\n%s", diff)
	}
}

func count(doc *ast.CommentGroup) int {
	if doc == nil {
		return 0
	}
	return 1
}
