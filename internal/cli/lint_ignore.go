package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// ignoreFile returns the name of the file that lists what to leave out.
func (c lintCommand) ignoreFile() string {
	if c.IgnoreFile != "" {
		return c.IgnoreFile
	}
	return ".flowserver-lint"
}

// ignoreList is what lint leaves out.
type ignoreList struct {
	entries        []ignoreEntry
	underscoreKeys bool
}

// ignoreEntry is a finding to leave out, in the files of a pattern or in all.
type ignoreEntry struct {
	lint.Ignored
	files string // a pattern of package path; empty is all
}

// readIgnored reads the flags and the ignore file.
func (c lintCommand) readIgnored() (*ignoreList, error) {
	list := &ignoreList{underscoreKeys: c.UnderscoreKeys}
	for _, text := range c.Ignore {
		ignored, err := lint.ParseIgnored(text)
		if err != nil {
			return nil, usagef("--ignore: %w", err)
		}
		list.entries = append(list.entries, ignoreEntry{Ignored: ignored})
	}
	name := c.ignoreFile()
	text, err := os.ReadFile(name)
	switch {
	case c.IgnoreFile == "" && errors.Is(err, fs.ErrNotExist):
		return list, nil
	case err != nil:
		return nil, err
	}
	for i, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		if err := list.add(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	return list, nil
}

// add reads one line: CODE[@POINTER] and perhaps a pattern of files, or
// allow-underscore-keys. What follows a # is a comment.
func (l *ignoreList) add(line string) error {
	line, _, _ = strings.Cut(line, "#")
	words := strings.Fields(line)
	switch {
	case len(words) == 0:
		return nil
	case len(words) == 1 && words[0] == "allow-underscore-keys":
		l.underscoreKeys = true
		return nil
	case len(words) > 2:
		return fmt.Errorf("expected at most CODE[@POINTER] and a pattern of files, got %d words", len(words))
	}
	ignored, err := lint.ParseIgnored(words[0])
	if err != nil {
		return err
	}
	entry := ignoreEntry{Ignored: ignored}
	if len(words) == 2 {
		entry.files = words[1]
		if _, err := path.Match(entry.files, ""); err != nil {
			return fmt.Errorf("the pattern %q: %w", entry.files, err)
		}
	}
	l.entries = append(l.entries, entry)
	return nil
}

// options returns what to leave out of the findings of a file.
func (l *ignoreList) options(file string) lint.Options {
	o := lint.Options{UnderscoreKeys: l.underscoreKeys}
	name := filepath.ToSlash(filepath.Clean(fromHere(file)))
	for _, entry := range l.entries {
		matched, _ := path.Match(entry.files, name) // the pattern was checked when it was read
		if entry.files == "" || matched {
			o.Ignore = append(o.Ignore, entry.Ignored)
		}
	}
	return o
}
