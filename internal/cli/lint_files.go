package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// lintFile is a file to check.
type lintFile struct {
	name   string
	folder string // on the command line, in which it was found; empty if it is there itself
	err    error  // why it cannot be read
}

func (f lintFile) read(p *Program) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	return readFlowJSON(p, f.name)
}

// listFiles returns the files to check: those on the command line, and for each folder
// the *.json files within.
func (c lintCommand) listFiles() []lintFile {
	var list []lintFile
	for _, name := range c.Files {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			list = append(list, filesIn(name)...)
		} else {
			list = append(list, lintFile{name: name}) // if it cannot be read, reading it says why
		}
	}
	return list
}

// filesIn returns the *.json files below a folder, and what cannot be read there. Hidden
// folders and node_modules are left out.
func filesIn(folder string) []lintFile {
	var list []lintFile
	// The walk follows a folder that is a link itself. It returns what this function does.
	_ = fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		name := filepath.Join(folder, filepath.FromSlash(path))
		switch {
		case err != nil:
			list = append(list, lintFile{name, folder, err})
		case entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case !entry.IsDir() && strings.EqualFold(filepath.Ext(name), ".json"):
			list = append(list, lintFile{name, folder, irregular(name)})
		}
		return nil
	})
	return list
}

// irregular returns why a file in a folder cannot be read, unless it is a regular file or
// a link to one: reading a pipe would wait.
func irregular(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it links to a folder")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	return nil
}

// checkFiles checks all files, even after one that cannot be read, and returns the names of
// those that are left out because they are not Flow JSON. The error has the folders that
// have none.
func (c lintCommand) checkFiles(p *Program, ignored *ignoreList) (all []linted, skipped []string, empty error) {
	checked := map[string]bool{} // by folder
	for _, f := range c.listFiles() {
		text, err := f.read(p)
		options := ignored.options(f.name)
		switch {
		case err != nil:
			all = append(all, linted{f.name, options.Unreadable(err)})
		case f.folder != "" && !looksLikeFlow(text):
			skipped = append(skipped, f.name)
			continue
		default:
			all = append(all, linted{f.name, options.Validate(text)})
		}
		checked[f.folder] = true
	}
	for _, name := range c.Files {
		if info, err := os.Stat(name); err == nil && info.IsDir() && !checked[name] {
			empty = errors.Join(empty, fmt.Errorf("no Flow JSON in %s", name))
		}
	}
	return all, skipped, empty
}

// looksLikeFlow reports whether a file has screens at its top level. One that is not JSON
// may be a Flow JSON file with a mistake: if it mentions screens, also in UTF-16, or is no
// object with comments as other programs have them.
func looksLikeFlow(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	document, err := jsontree.Read(text)
	if _, broken := errors.AsType[*jsontree.SyntaxError](err); broken {
		begin := bytes.TrimSpace(text)
		return bytes.Contains(bytes.ReplaceAll(text, []byte{0}, nil), []byte(`"screens"`)) ||
			!bytes.HasPrefix(begin, []byte("{")) && !bytes.HasPrefix(begin, []byte("/"))
	}
	return err == nil && document.Root.Get("screens") != nil
}

// fromHere returns the name of a file relative to the working directory, if it is below.
func fromHere(file string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(file) {
		return file
	}
	if relative, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(relative) {
		return relative
	}
	return file
}
