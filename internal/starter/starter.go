// Package starter writes the files of a new Flow: a small Flow JSON, its handlers in one
// of several languages, a scenario that plays it, and a README.
package starter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/template"
	"unicode"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/generate"
)

// shared has what all languages have in common; each other folder is a language.
const shared = "shared"

//go:embed templates
var templates embed.FS

// Languages returns the languages that Write knows.
func Languages() []string { return []string{"go", "node", "python", "php"} }

// Write writes the files of a new Flow to a folder, which is made if it does not exist.
// version is the version of flowserver that a Go module requires; empty leaves that to
// "go mod tidy". It returns the paths within the folder, sorted. No file is replaced: if
// one exists, Write writes nothing and returns an error.
func Write(language, dir, version string) ([]string, error) {
	if !slices.Contains(Languages(), language) {
		return nil, fmt.Errorf("unknown language: expected one of %s", strings.Join(Languages(), ", "))
	}
	files, err := render(language, dir, version)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range files {
		names = append(names, name)
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s exists already: choose a new folder", filepath.Join(dir, name))
		}
	}
	slices.Sort(names)
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // source code, for everybody who may read the folder
			return nil, err
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil { //nolint:gosec // as above
			return nil, err
		}
	}
	return names, nil
}

// values are what templates put in.
type values struct{ Name, Go, Version string }

// render returns the files of a language by their paths.
func render(language, dir, version string) (map[string][]byte, error) {
	name, err := moduleName(dir)
	if err != nil {
		return nil, err
	}
	v := values{Name: name, Go: goVersion(), Version: version}
	files := map[string][]byte{}
	for _, folder := range []string{shared, language} {
		root := "templates/" + folder
		err := fs.WalkDir(templates, root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := templates.ReadFile(path)
			if err != nil {
				return err
			}
			name, isTemplate := strings.CutSuffix(strings.TrimPrefix(path, root+"/"), ".tmpl")
			if isTemplate {
				if content, err = fill(path, content, v); err != nil {
					return err
				}
			}
			files[name] = content
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if language == "go" {
		flow, err := flowjson.Read(files["flow.json"])
		if err != nil {
			return nil, err
		}
		generated, err := generate.Generate(flow, generate.Options{Package: "main", Source: "flow.json"})
		if err != nil {
			return nil, err
		}
		files["screens.go"] = generated.Screens
	}
	return files, nil
}

func fill(path string, content []byte, v values) ([]byte, error) {
	t, err := template.New(path).Parse(string(content))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, v)
	return out.Bytes(), err
}

// moduleName makes the name of a Go module from that of a folder.
func moduleName(dir string) (string, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_') {
			return unicode.ToLower(r)
		}
		return -1
	}, filepath.Base(absolute))
	if name == "" || !unicode.IsLetter(rune(name[0])) || token.IsKeyword(name) {
		return "flow", nil
	}
	return name, nil
}

// goVersion returns the version for go.mod: that of the language, such as 1.26.
func goVersion() string {
	version := strings.TrimPrefix(runtime.Version(), "go")
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	minor := strings.TrimRightFunc(parts[1], func(r rune) bool { return !unicode.IsDigit(r) })
	return parts[0] + "." + minor
}
