package config

import (
	"errors"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/flowserver/flowserver/internal/files"
)

// resolve makes *path relative to the configuration's folder.
func (c *checker) resolve(path *string) {
	if *path != "" && !filepath.IsAbs(*path) {
		*path = filepath.Join(c.dir, *path)
	}
}

// file settles the path of a file that is read later, and checks that it can be read.
func (c *checker) file(path string, name *string) {
	if *name == "" {
		return
	}
	c.resolve(name)
	if _, err := files.Stat(*name); err != nil {
		c.unreadable(path, err)
	}
}

// secret settles a secret that parent has either under key or, in a file, under
// key_file: value is then the content of the file. It returns the path of the two that
// was used, or nothing after it has reported a problem.
func (c *checker) secret(parent, key string, value *Secret, file *string) (path string) {
	path = join(parent, key)
	if *file == "" {
		return path
	}
	path += "_file"
	if value.IsSet() {
		c.report.add(path, "conflicts with "+key, "keep only one of the two")
		return ""
	}
	text, ok := c.readSecret(path, file)
	if !ok {
		return ""
	}
	*value = NewSecret(text)
	return path
}

// token settles a secret that machines made, and that has no white space therefore.
func (c *checker) token(parent, key string, value *Secret, file *string) {
	if path := c.secret(parent, key, value, file); path != "" {
		c.unspoiled(path, *value)
	}
}

// unspoiled reports what copying adds to a secret: line ends and spaces around it,
// which make signatures and calls fail with no visible reason.
func (c *checker) unspoiled(path string, value Secret) {
	text := value.Reveal()
	if text != strings.TrimSpace(text) || strings.ContainsFunc(text, unicode.IsControl) {
		c.report.add(path, "has white space around it, or a control character such as a line end in it", "give the secret alone")
	}
}

// readSecret settles the path of a secret file and reads it, less one line end.
func (c *checker) readSecret(path string, name *string) (text string, ok bool) {
	c.resolve(name)
	data, err := files.Read(*name, files.MaxSecret)
	text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	switch {
	case err != nil:
		c.unreadable(path, err)
	case text == "":
		c.report.add(path, "names a file that is empty", "write the secret into it")
	default:
		return text, true
	}
	return "", false
}

// unreadable reports why a file cannot be read.
func (c *checker) unreadable(path string, err error) {
	const hint = "give the path of a readable file, absolute or from the folder of the configuration"
	switch {
	case errors.Is(err, files.ErrTooLarge):
		c.report.add(path, "names a file larger than 64KiB", "name a file that contains only the secret")
	case errors.Is(err, files.ErrIrregular):
		c.report.add(path, "names something that is not a regular file", hint)
	case errors.Is(err, files.ErrHangs):
		c.report.add(path, "names a file that "+reason(err), "check the mount that the file is on")
	default:
		c.report.add(path, "names a file that cannot be read: "+reason(err), hint)
	}
}
