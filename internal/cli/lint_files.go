package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// findFiles returns the files to check: those on the command line, and for each folder
// the Flow JSON files within. It says on w which were skipped.
func (c lintCommand) findFiles(w io.Writer) (files []string, unread []error) {
	for _, name := range c.Files {
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			files = append(files, name) // if it cannot be read, reading it says why
			continue
		}
		found, skipped, err := filesIn(name)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("no Flow JSON in %s", name)
		}
		if err != nil {
			unread = append(unread, err)
		}
		if len(skipped) > 0 {
			_, _ = fmt.Fprintf(w, "skipped, not Flow JSON: %s\n", strings.Join(skipped, ", ")) // the findings matter more
		}
		files = append(files, found...)
	}
	return files, unread
}

// filesIn returns the *.json files below a folder: those that look like Flow JSON, and
// the others. Hidden folders and node_modules are left out.
func filesIn(folder string) (flows, others []string, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	err = fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		switch {
		case entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || !strings.EqualFold(filepath.Ext(name), ".json"):
			return nil
		}
		text, err := fs.ReadFile(root.FS(), path)
		switch file := filepath.Join(folder, filepath.FromSlash(path)); {
		case err != nil:
			return fmt.Errorf("%s: %w", folder, err)
		case looksLikeFlow(text):
			flows = append(flows, file)
		default:
			others = append(others, file)
		}
		return nil
	})
	return flows, others, err
}

// looksLikeFlow reports whether a file has screens at its top level. One that is not
// JSON may be a Flow JSON file with a mistake, if it mentions them.
func looksLikeFlow(text []byte) bool {
	document, err := jsontree.Read(bytes.TrimPrefix(text, []byte("\ufeff")))
	if _, broken := errors.AsType[*jsontree.SyntaxError](err); broken {
		return bytes.Contains(text, []byte(`"screens"`))
	}
	return err == nil && document.Root.Get("screens") != nil
}
