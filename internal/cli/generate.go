package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/generate"
)

type generateCommand struct {
	File     string   `arg:"" help:"Flow JSON file."`
	Package  string   `required:"" placeholder:"NAME" help:"Go package name of the generated files."`
	Out      string   `required:"" placeholder:"FILE" help:"Write types and screens to this file. It is replaced each time, but only if it was generated."`
	Handlers string   `placeholder:"FILE" help:"Also write a skeleton of the handlers to this new file."`
	Rule     []string `sep:"none" placeholder:"SCREEN.FIELD=TAG" help:"Add a validate tag to a form field, for example DETAILS.phone=e164. Can be repeated."`
	Check    bool     `help:"Write nothing, and fail if the file of --out is out of date."`
}

// Run writes Go, or checks that it is up to date.
func (c generateCommand) Run(p *Program) error {
	if c.Check && c.Handlers != "" {
		return usagef("--check writes nothing and conflicts with --handlers: keep only one")
	}
	o := generate.Options{Package: c.Package, Source: filepath.Base(c.File)}
	for _, text := range c.Rule {
		rule, err := parseRule(text)
		if err != nil {
			return err
		}
		o.Rules = append(o.Rules, rule)
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	f, err := flowjson.Read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	screens, err := generate.Screens(f, o)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.Check {
		return c.check(screens)
	}
	handlers, err := generate.Handlers(f, o)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return c.writeAll(p, screens, handlers)
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
func (c generateCommand) writeAll(p *Program, screens, handlers []byte) error {
	old, err := os.ReadFile(c.Out)
	switch {
	case err == nil && !bytes.HasPrefix(old, []byte(generate.Marker)):
		return hint(fmt.Errorf("%s was not generated", c.Out), "nothing was overwritten: choose another file, or move this one away")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if c.Handlers != "" {
		err := writeGo(p, c.Handlers, handlers, os.O_EXCL)
		if errors.Is(err, fs.ErrExist) {
			return hint(err, "the skeleton is written once and is then yours: omit --handlers, or choose another file")
		}
		if err != nil {
			return err
		}
	}
	return writeGo(p, c.Out, screens, os.O_TRUNC)
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
