package config

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/secret"
)

// maxSecretFile is the largest size of a file with a secret.
const maxSecretFile = 64 << 10

// resolve makes *path relative to the configuration's folder.
func (c *checker) resolve(path *string) {
	if *path != "" && !filepath.IsAbs(*path) {
		*path = filepath.Join(c.dir, *path)
	}
}

// file settles the path of a file that others will read, and looks whether they
// can.
func (c *checker) file(path string, name *string) {
	if *name == "" {
		return
	}
	c.resolve(name)
	f, wrong := open(*name)
	if wrong != nil {
		c.report.add(path, wrong.Text, wrong.Hint)
		return
	}
	_ = f.Close() // it was only opened
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
	f, wrong := open(*name)
	if wrong != nil {
		c.report.add(path, wrong.Text, wrong.Hint)
		return nil, false
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	switch {
	case err != nil:
		c.report.add(path, "names a file that cannot be read: "+reason(err), "")
	case len(data) > maxSecretFile:
		c.report.add(path, "names a file larger than 64KiB", "name a file that contains only the secret")
	default:
		return data, true
	}
	return nil, false
}

// open opens a regular file. Anything else is refused first: opening a pipe could
// wait for ever.
func open(name string) (*os.File, *problem.Problem) {
	const hint = "give the path of a readable file, absolute or from the folder of the configuration"
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &problem.Problem{Text: "names something that is not a regular file", Hint: hint}
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(name)
	}
	if err != nil {
		return nil, &problem.Problem{Text: "names a file that cannot be read: " + reason(err), Hint: hint}
	}
	return f, nil
}
