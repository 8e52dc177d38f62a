package flowserver_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// checkedPages and checkedPackages return what [TestPhrases] covers: pages in whole, and
// of packages the help texts and the texts of errors.
func checkedPages(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(docs, "README.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md", "examples/README.md")
}

// checkedPackages returns the folders of the module that have Go files.
func checkedPackages(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// phrases are slips that readers stumble over, with what to write instead.
// CONTRIBUTING.md has the rules.
var phrases = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{phrase(`whoever|whosoever`), "anyone who, or if you"},
	{phrase(`nobody`), "no one, or another subject"},
	{phrase(`who (has|have|wants?|needs?|keeps?|uses?) [^.;|]*, (does|gets|has|mounts|makes|takes)`), "if you"},
	{phrase(`of (its|their|your|our) own`), "its own"},
	{phrase(`(is|are|was) no [a-z]+`), "is not a"},
	{phrase(`stands? (in|still|beside|behind|there|as)`), "is in, replaces, stops"},
	{phrase(`tells? (of|that|so|whether|which|how)`), "reports, says"},
	{phrase(`told of`), "called with, given"},
	{phrase(`holds? (each|every|any|all|what|that)`), "checks, contains"},
	{phrase(`(holds?|held) [^.;|]{0,30}\bto (it|them|the|its|a)`), "checks against"},
	{phrase(`held to`), "checked against"},
	{phrase(`(not|never) holds?`), "is not valid"},
	{phrase(`to be had`), "available"},
	{phrase(`beside|besides`), "next to, in addition to"},
	{phrase(`lest`), "so that … not"},
	{phrase(`mend(s|ed)?`), "fix"},
	{phrase(`ends? with (code )?[0-9]`), "exits"},
	{phrase(`otherwise than`), "differently than"},
	{phrase(`as (it|they) (stands?|comes?)`), "unchanged"},
	{phrase(`anew`), "again"},
	{phrase(`all the same`), "anyway"},
	{phrase(`is the most`), "at most"},
	{phrase(`, and this is`), ", got, or but"},
	{regexp.MustCompile(`, as (in|with|after|of|a|an)\b|, as ["'{\x60]`), ", for example"},
}

func phrase(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b(?:` + pattern + `)\b`) }

// legitimate are texts in which a phrase is right.
var legitimate = regexp.MustCompile(`(?i)there (is|are|was) no [a-z]+|(is|are|was) no (longer|more|less|later)\b`)

// TestPhrases keeps slips of language out of what users read.
func TestPhrases(t *testing.T) {
	t.Parallel()
	for _, page := range checkedPages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, paragraph := range paragraphs(string(text)) {
			checkPhrases(t, page+": paragraph "+strconv.Itoa(i+1), paragraph)
		}
	}
	for _, folder := range checkedPackages(t) {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: got %d files and error %v", folder, len(files), err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				checkTexts(t, file)
			}
		}
	}
}

// TestPhrasesFind shows that the patterns find something, and leave good English alone.
func TestPhrasesFind(t *testing.T) {
	t.Parallel()
	for text, found := range map[string]bool{
		"Whoever sends it":                       true,
		"nobody handles it":                      true,
		"a module of its own":                    true,
		"this is no envelope":                    true,
		"holds every answer to the file":         true,
		"what does not hold is shown again":      true,
		"it ends with 0 only if":                 true,
		"an address, as in \":8080\"":            true,
		"what stands in the file":                true,
		"the token is no longer valid":           false,
		"`${form.name}` holds the user's name":   false,
		"the process holds 32 MB":                false,
		"replicas ask, as soon as they start, …": false,
		"%d screens, and 100 is the most":        true,
		"WhatsApp shows it all the same":         true,
		"must be an object, and this is %s":      true,
		"there is no key":                        false,
	} {
		if got := len(findPhrases(text)) > 0; got != found {
			t.Errorf("%q: got %v, want %v", text, got, found)
		}
	}
}

func checkPhrases(t *testing.T, where, text string) {
	t.Helper()
	for _, found := range findPhrases(text) {
		t.Errorf("%s: %s", where, found)
	}
}

func findPhrases(text string) (found []string) {
	text = legitimate.ReplaceAllString(text, "")
	for _, p := range phrases {
		if hit := p.pattern.FindString(text); hit != "" {
			found = append(found, strconv.Quote(hit)+": write "+p.instead)
		}
	}
	return found
}

// paragraphs splits a page, without its code and without the examples of bad style in
// CONTRIBUTING.md, and joins the lines of each paragraph.
func paragraphs(page string) (all []string) {
	page = regexp.MustCompile("(?s)\n```.*?\n```\n").ReplaceAllString(page, "\n\n")
	page = regexp.MustCompile("`[^`\n]*`").ReplaceAllString(page, "`code`")
	page = regexp.MustCompile(`(?m)^\| instead of \|(.*\n)(\|.*\n)*`).ReplaceAllString(page, "")
	page = regexp.MustCompile(`\*[^*\n]+\*`).ReplaceAllString(page, "") // quoted words
	for _, paragraph := range strings.Split(page, "\n\n") {
		all = append(all, strings.Join(strings.Fields(paragraph), " "))
	}
	return all
}

// checkTexts checks the help tags of a Go file and the texts that it makes errors of.
func checkTexts(t *testing.T, name string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	check := func(literal ast.Expr, part func(string) string) {
		if basic, ok := literal.(*ast.BasicLit); ok && basic.Kind == token.STRING {
			text, err := strconv.Unquote(basic.Value)
			if err != nil {
				t.Fatal(err)
			}
			checkPhrases(t, files.Position(basic.Pos()).String(), part(text))
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Field:
			if node.Tag != nil {
				check(node.Tag, func(tag string) string { return reflect.StructTag(tag).Get("help") })
			}
		case *ast.CallExpr:
			if makesError.MatchString(called(node)) {
				for _, arg := range node.Args {
					check(arg, func(text string) string { return text })
				}
			}
		}
		return true
	})
}

// makesError matches functions whose text arguments a user reads.
var makesError = regexp.MustCompile(`^(New|Errorf|usagef|hint|add|addAt|addMissing|refuse|fail)$`)

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
