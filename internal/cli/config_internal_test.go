package cli

import (
	"runtime"
	"testing"
)

// The remedy can be pasted although the path has a blank.
func TestRemedyTarget(t *testing.T) {
	t.Parallel()
	spaced := `main --config 'my flows/flowserver.yaml'`
	if runtime.GOOS == "windows" {
		spaced = `main --config "my flows/flowserver.yaml"`
	}
	for config, want := range map[string]string{
		"":                         "main",
		"flowserver.yaml":          "main --config flowserver.yaml",
		"my flows/flowserver.yaml": spaced,
	} {
		if got := (configFlag{config}).remedyTarget("main"); got != want {
			t.Errorf("%q: got %s, want %s", config, got, want)
		}
	}
}
