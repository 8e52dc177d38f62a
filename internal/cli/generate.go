package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/lint"
	"github.com/flowserver/flowserver/internal/generate"
)

type generateCommand struct {
	File     string   `arg:"" help:"Flow JSON file, or - for standard input."`
	Package  string   `required:"" placeholder:"NAME" help:"Go package name of the generated files."`
	Out      string   `required:"" placeholder:"FILE" help:"Write types and screens to this file, or to standard output if it is -. A file is replaced each time, but only if it was generated."`
	Handlers string   `placeholder:"FILE" help:"Also write a skeleton of the handlers to this new file."`
	Rule     []string `sep:"none" placeholder:"SCREEN.FIELD=TAG" help:"Add a validate tag to a form field, for example DETAILS.phone=e164. Can be repeated. Unknown tags are refused."`
	Check    bool     `help:"Write nothing, and fail if the file of --out is out of date."`
}

// Help says what happens to a file with errors.
func (generateCommand) Help() string {
	return `If lint finds errors in the file, they are printed to standard error, and the Go code is still written: a Flow can be served before it can be published.`
}

// Run writes Go, or checks that it is up to date.
func (c generateCommand) Run(p *Program) error {
	if c.Check && c.Handlers != "" {
		return usagef("--check writes nothing and conflicts with --handlers: keep only one")
	}
	if c.Out == "-" && (c.Check || c.Handlers != "") {
		return usagef("--out - writes to standard output and conflicts with --check and --handlers")
	}
	o := generate.Options{Package: c.Package, Source: filepath.Base(c.File)}
	if c.File == "-" {
		o.Source = "standard input"
	}
	for _, text := range c.Rule {
		rule, err := parseRule(text)
		if err != nil {
			return err
		}
		o.Rules = append(o.Rules, rule)
	}
	text, err := readFlowJSON(p, c.File)
	if err != nil {
		return err
	}
	f, err := flowjson.Read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	files, err := generate.Generate(f, o)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := c.warn(p, text, files.Notes); err != nil {
		return err
	}
	if c.Out == "-" {
		_, err := p.Stdout.Write(files.Screens)
		return err
	}
	if c.Check {
		return c.check(files.Screens)
	}
	return c.writeAll(p, files)
}

// warn writes to standard error which errors lint finds, as far as the ignore file of this
// folder does not list them, and what the Go lacks.
func (c generateCommand) warn(p *Program, source []byte, notes []string) error {
	ignored, err := lintCommand{}.readIgnored()
	if err != nil {
		return err
	}
	var text strings.Builder
	found := 0
	for _, f := range ignored.options(c.File).Validate(source) {
		if f.Severity == lint.Error {
			fmt.Fprintf(&text, "%s:%s\n", c.File, f)
			found++
		}
	}
	if found > 0 {
		fmt.Fprintf(&text, "flowserver: warning: %s in %s: Meta would not publish it\n", plural(found, "error"), c.File)
	}
	for _, note := range notes {
		fmt.Fprintf(&text, "flowserver: warning: %s: %s\n", c.File, note)
	}
	_, err = io.WriteString(p.Stderr, text.String())
	return err
}

func parseRule(text string) (generate.Rule, error) {
	target, tag, ok := strings.Cut(text, "=")
	screen, field, dotted := strings.Cut(target, ".")
	if !ok || !dotted || screen == "" || field == "" || tag == "" {
		return generate.Rule{}, usagef("--rule %s: expected SCREEN.FIELD=TAG, for example DETAILS.phone=e164", text)
	}
	return generate.Rule{Screen: screen, Field: field, Tag: tag}, nil
}

// check compares the file with what would be written.
func (c generateCommand) check(want []byte) error {
	got, err := os.ReadFile(c.Out)
	if err == nil && bytes.Equal(got, want) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s is out of date with %s: line %d differs", c.Out, c.File, firstDifference(got, want))
	}
	return hint(err, "run the same command without --check, then review the difference")
}

// firstDifference returns the first line that differs, counted from 1.
func firstDifference(a, b []byte) int {
	linesA, linesB := slices.Collect(bytes.Lines(a)), slices.Collect(bytes.Lines(b))
	for i := range min(len(linesA), len(linesB)) {
		if !bytes.Equal(linesA[i], linesB[i]) {
			return i + 1
		}
	}
	return min(len(linesA), len(linesB)) + 1
}

// writeAll writes both files, or neither if one of them may not be written.
func (c generateCommand) writeAll(p *Program, files *generate.Files) error {
	old, err := os.ReadFile(c.Out)
	switch {
	case err == nil && !bytes.HasPrefix(old, []byte(generate.Marker)):
		return hint(fmt.Errorf("%s was not generated", c.Out), "nothing was overwritten: choose another file, or move this one away")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if c.Handlers != "" {
		err := writeGo(p, c.Handlers, files.Handlers, os.O_EXCL)
		if errors.Is(err, fs.ErrExist) {
			return hint(err, "the skeleton is written once and is then yours: omit --handlers, or choose another file")
		}
		if err != nil {
			return err
		}
	}
	return writeGo(p, c.Out, files.Screens, os.O_TRUNC)
}

// writeGo writes a file that everyone may read, and prints its name.
func writeGo(p *Program, path string, text []byte, flag int) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, 0o644) //nolint:gosec // source code, not a secret
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(text); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Stdout, path)
	return err
}
