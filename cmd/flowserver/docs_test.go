package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFlowJSONPage runs what docs/flow-json.md shows: all commands on its example
// print what stands there.
func TestFlowJSONPage(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "sed", "mv"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("the page's commands need a Unix shell: ", err)
		}
	}
	text, err := os.ReadFile("../../docs/flow-json.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := func(language string) (found []string) {
		for _, block := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)```").FindAllSubmatch(text, -1) {
			found = append(found, string(block[1]))
		}
		return found
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "visit.json"), []byte(blocks("json")[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	consoles := blocks("console")
	if len(consoles) < 4 {
		t.Fatalf("got %d blocks with commands", len(consoles))
	}
	for _, want := range consoles {
		var got strings.Builder
		for line := range strings.Lines(want) {
			command, ok := strings.CutPrefix(line, "$ ")
			if !ok {
				continue
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", command) // TestMain put flowserver on PATH
			cmd.Dir = dir
			out, _ := cmd.CombinedOutput() // some of them fail, and say so
			got.WriteString(line + string(out))
		}
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("-docs/flow-json.md +run:\n%s", diff)
		}
	}
	screens, err := os.ReadFile(filepath.Join(dir, "screens.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(screens), blocks("go")[0]) {
		t.Errorf("screens.go is\n%s\nthe page has\n%s", screens, blocks("go")[0])
	}
}
