package config

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/secret"
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
		c.unreadable(path, *name, err)
	}
}

// secret settles a secret that parent has either under key or, in a file, under
// key_file: value is then the content of the file. It returns the path of the two that
// was used, or nothing after it has reported a problem.
func (c *checker) secret(parent, key string, value *Secret, file *string) (path string) {
	path = join(parent, key)
	if *file == "" {
		if value.IsSet() && !c.parsed(path, value) {
			return ""
		}
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

// parsed removes what editors and env files add to a secret: a byte order mark, one
// line end. It reports false after it has reported a problem.
func (c *checker) parsed(path string, value *Secret) bool {
	text, err := secret.Parse(value.Bytes())
	switch {
	case errors.Is(err, secret.ErrEmpty):
		c.report.add(path, "is empty", "give the secret")
	case err != nil:
		c.notSecret(path, "", err)
	default:
		*value = NewSecret(string(text))
	}
	return err == nil
}

// unspoiled reports what copying adds to a secret, such as quotation marks or white
// space, which make signatures and calls fail with no visible reason.
func (c *checker) unspoiled(path string, value Secret) {
	if key := index.ReplaceAllString(path, "") + fileSuffix; secret.LooksLikePath(value.Bytes()) && !strings.HasSuffix(path, fileSuffix) {
		c.report.add(path, "is the path of a file, not a secret", c.instead(key))
		return
	}
	if err := secret.Check(value.Bytes()); err != nil && value.IsSet() {
		c.notSecret(path, "", err)
	}
}

// notSecret reports what was found in place of a secret.
func (c *checker) notSecret(path, prefix string, err error) {
	var form *secret.FormError
	if errors.As(err, &form) {
		c.report.add(path, prefix+form.Found, form.Remedy)
	}
}

// index is that of an element at the end of a path.
var index = regexp.MustCompile(`\[[0-9]+\]$`)

// instead says where a value belongs that was given in the wrong place: in the variables
// that the file takes the key from, or else under the key.
func (c *checker) instead(path string) string {
	if vars := c.report.places[path].variables; len(vars) > 0 {
		return "set " + strings.Join(vars, " and ") + " instead"
	}
	return "give it as " + index.ReplaceAllString(path[strings.LastIndex(path, ".")+1:], "")
}

// readSecret settles the path of a file with one secret and reads it.
func (c *checker) readSecret(path string, name *string) (text string, ok bool) {
	data, ok := c.readFile(path, name)
	if !ok {
		return "", false
	}
	value, err := secret.Parse(data)
	switch {
	case errors.Is(err, secret.ErrEmpty):
		c.report.add(path, "names a file that is empty", "write the secret into it")
	case err != nil:
		c.notSecret(path, "names a file that ", err)
	}
	return string(value), err == nil
}

// readFile settles the path of a file with secrets and reads it.
func (c *checker) readFile(path string, name *string) (data []byte, ok bool) {
	c.resolve(name)
	data, err := files.Read(*name, files.MaxSecret)
	if err != nil {
		c.unreadable(path, *name, err)
		return nil, false
	}
	return data, true
}

// unreadable reports why the file name cannot be read.
func (c *checker) unreadable(path, name string, err error) {
	const hint = "give the path of a readable file, absolute or from the folder of the configuration"
	given := name
	if relative, relErr := filepath.Rel(c.dir, name); relErr == nil {
		given = relative
	}
	switch {
	case secret.LooksSecret(given):
		c.report.add(path, "is not the path of a file but the value itself", c.valueHint(path))
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

// valueHint says where the value belongs that was given as the path of a file.
func (c *checker) valueHint(path string) string {
	if key, ok := strings.CutSuffix(path, ".file"); ok {
		return c.instead(key + ".pem")
	}
	key, ok := strings.CutSuffix(path, fileSuffix)
	switch {
	case !ok, strings.HasPrefix(path, "tls."):
		return "write it to a file, and give the path of that file"
	case strings.HasSuffix(key, "s"): // a list
		key = item(key, 0)
	}
	return c.instead(key)
}
