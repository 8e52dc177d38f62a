package examples_test

import (
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the examples into docs/gateway.md")

// TestPage compares the programs that docs/gateway.md shows with the examples, which the
// other tests run.
func TestPage(t *testing.T) {
	t.Parallel()
	const path = "../docs/gateway.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range backends {
		block := regexp.MustCompile("(?s)```" + b.page + "\n(.*?)```\n")
		shown := block.FindAllSubmatch(page, -1)
		source, err := os.ReadFile(b.file)
		if err != nil || len(shown) != 1 {
			t.Fatalf("%s: %d programs on the page, want 1 (%v)", b.file, len(shown), err)
		}
		if *update {
			page = block.ReplaceAllLiteral(page, []byte("```"+b.page+"\n"+string(source)+"```\n"))
			continue
		}
		if diff := cmp.Diff(string(source), string(shown[0][1])); diff != "" {
			t.Errorf("%s (-example +page); write it with go test ./examples -run TestPage -update:\n%s", b.file, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
