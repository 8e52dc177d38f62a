package cli

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/starter"
)

type initCommand struct {
	Language string `arg:"" enum:"go,node,python,php" help:"go, node, python or php."`
	Dir      string `arg:"" help:"A new folder, or one that contains none of the files yet."`
}

// Help is printed below the flags.
func (initCommand) Help() string {
	return `init writes a small Flow JSON, its handlers, a scenario that plays it, and a README with
the next steps. It does not replace any files.
`
}

// Run writes the files and prints what they are.
func (c initCommand) Run(p *Program) error {
	names, err := starter.Write(c.Language, c.Dir, releasedVersion())
	if err != nil {
		return err
	}
	s := p.style(p.Stdout)
	var text strings.Builder
	for _, name := range names {
		fmt.Fprintf(&text, "  %s\n", filepath.Join(c.Dir, name))
	}
	fmt.Fprintf(&text, "\nNext steps:\n\n")
	for _, line := range nextSteps(c.Language, c.Dir) {
		fmt.Fprintf(&text, "  %s\n", s.bold(line))
	}
	_, err = fmt.Fprint(p.Stdout, text.String())
	return err
}

// nextSteps returns the first commands after init. The README has the others.
func nextSteps(language, dir string) []string {
	steps := []string{"flowserver dev --upstream http://127.0.0.1:3000/flow --flow-json flow.json"}
	if language == "go" {
		steps = []string{"go mod tidy", "go test ./...", "go run . dev"}
	}
	if filepath.Clean(dir) == "." {
		return steps
	}
	return slices.Insert(steps, 0, "cd "+quoted(dir))
}

// releasedVersion returns the version of this program, if it is one that others can get.
func releasedVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != "github.com/flowserver/flowserver" || strings.ContainsAny(info.Main.Version, "+(") {
		return ""
	}
	return info.Main.Version
}
