package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/lint"
)

type lintCommand struct {
	Files          []string `arg:"" optional:"" name:"file" help:"Flow JSON files, folders that contain some, or - for standard input."`
	JSON           bool     `name:"json" help:"Print one line of JSON per file, with validation_errors as Meta returns them for an upload."`
	SARIF          string   `name:"sarif" placeholder:"FILE" help:"Also write the findings as SARIF 2.1.0, which code hosts show next to the lines."`
	Strict         bool     `help:"Fail on any finding, not only on errors."`
	Ignore         []string `placeholder:"CODE[@POINTER]" sep:"none" help:"Leave out findings with a code, or only those at a JSON pointer and below; repeatable."`
	IgnoreFile     string   `name:"ignore-file" placeholder:"FILE" help:"Leave out the findings listed in a file (default: .flowserver-lint in this folder, if it exists)."`
	UnderscoreKeys bool     `name:"allow-underscore-keys" help:"Accept keys that begin with _, and $$schema, which a build removes before the upload."`
	Watch          bool     `help:"Check again whenever a file changes, until interrupted."`
	Explain        string   `placeholder:"CODE" help:"Explain a code, with examples, instead of checking files."`
}

// Help lists the exit codes.
func (lintCommand) Help() string {
	return `Each finding has Meta's error code, its severity and its place. In a folder, all *.json files that look like Flow JSON are checked. A file that cannot be read is a finding, and the others are checked all the same.

Exit codes: 0 if Meta would publish every file, 1 if it would not, or if a file cannot be read. With --strict, 1 if there is any finding.`
}

// linted is one file with its findings.
type linted struct {
	File     string
	Findings []lint.Finding
}

// Run checks files, or explains a code.
func (c lintCommand) Run(ctx context.Context, p *Program) error {
	switch {
	case c.Explain != "":
		return explainCode(p.Stdout, c.Explain)
	case len(c.Files) == 0:
		return usagef(`expected "<file> ..."`)
	case c.Watch && slices.Contains(c.Files, "-"):
		return usagef("--watch: standard input cannot be watched")
	}
	ignored, err := c.readIgnored()
	if err != nil {
		return err
	}
	if c.Watch {
		return c.watch(ctx, p)
	}
	return c.once(p, ignored)
}

// once checks all files one time.
func (c lintCommand) once(p *Program, ignored *ignoreList) error {
	all, skipped, empty := c.checkFiles(p, ignored)
	if len(skipped) > 0 {
		_, _ = fmt.Fprintf(p.Stderr, "skipped, not Flow JSON: %s\n", strings.Join(skipped, ", ")) // the findings matter more
	}
	write := writeLint
	if c.JSON {
		write = writeLintJSON
	}
	if err := errors.Join(write(p.Stdout, all), c.writeSARIF(all), empty); err != nil {
		return err
	}
	if c.failed(all) {
		return &exitError{code: ExitFailed} // the findings are printed
	}
	return nil
}

// readFlowJSON reads a file, or the standard input.
func readFlowJSON(p *Program, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(p.Stdin)
	}
	return os.ReadFile(file)
}

func (c lintCommand) failed(all []linted) bool {
	for _, l := range all {
		if lint.HasErrors(l.Findings) || c.Strict && len(l.Findings) > 0 {
			return true
		}
	}
	return false
}

// writeLint writes a line for each finding, as compilers do, and a summary.
func writeLint(w io.Writer, all []linted) error {
	var text strings.Builder
	counts := map[lint.Severity]int{}
	for _, l := range all {
		for _, f := range l.Findings {
			fmt.Fprintf(&text, "%s:%s\n", l.File, f)
			counts[f.Severity]++
		}
	}
	var parts []string
	for _, severity := range lint.Severities() {
		switch n := counts[severity]; {
		case n == 0:
		case severity == lint.MayRefuse:
			parts = append(parts, fmt.Sprintf("%d that Meta may refuse", n))
		default:
			parts = append(parts, plural(n, string(severity)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing found"}
	}
	if len(all) > 0 {
		fmt.Fprintf(&text, "%s in %s\n", strings.Join(parts, ", "), plural(len(all), "file"))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
