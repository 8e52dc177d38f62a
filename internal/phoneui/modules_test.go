package phoneui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	imported = regexp.MustCompile(`(?ms)^import \{([^}]*)\} from '\./([a-z]+\.js)'`)
	exported = regexp.MustCompile(`(?m)^export (?:async )?(?:function|const|let) (\w+)`)
)

// TestModules looks for names that a module of the page imports and no module exports: a
// browser then shows an empty page.
func TestModules(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("web/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %d files", err, len(files))
	}
	exports, text := map[string]bool{}, map[string]string{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text[file] = string(content)
		for _, found := range exported.FindAllStringSubmatch(text[file], -1) {
			exports[filepath.Base(file)+" "+found[1]] = true
		}
	}
	for _, file := range files {
		for _, found := range imported.FindAllStringSubmatch(text[file], -1) {
			for name := range strings.SplitSeq(found[1], ",") {
				if name = strings.TrimSpace(name); name != "" && !exports[found[2]+" "+name] {
					t.Errorf("%s imports %s, which %s does not export", file, name, found[2])
				}
			}
		}
	}
}
