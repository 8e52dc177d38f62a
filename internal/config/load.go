package config

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/problem"
)

// Load reads the configuration file at path, with its variables looked up by
// getenv, which is usually [os.LookupEnv]. The error is a [problem.List].
func Load(path string, getenv func(string) (string, bool)) (*Config, error) {
	data, err := files.Read(path, files.MaxConfig)
	if err != nil {
		return nil, problem.List{{
			File: path,
			Text: "cannot be read: " + reason(err),
			Hint: "name the configuration file, or none to be configured by FLOWSERVER_ variables",
		}}
	}
	return parse(path, filepath.Dir(path), data, getenv)
}

// reason is the cause of a failed file operation without the file's name, which
// may be a secret that was put in the wrong place.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// portVariable is where platforms say at which port a process must listen. It counts if
// neither the file nor a variable that the file mentions says so.
const portVariable = "PORT"

// defaultListen sets the public address if the file does not.
func (d *decoder) defaultListen(cfg *Config) {
	if cfg.Listen != "" {
		return
	}
	cfg.Listen = ":8080"
	port, _ := d.getenv(portVariable)
	if port == "" {
		return
	}
	at := d.report.nearest("listen")
	at.variables = []string{portVariable}
	d.report.places["listen"] = at
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		d.report.add("listen", "is not a port", "set the variable to a number up to 65535, or give listen, which takes precedence")
		return
	}
	cfg.Listen = ":" + port
}

// parse makes a configuration of data. Relative paths start at dir.
func parse(file, dir string, data []byte, getenv func(string) (string, bool)) (*Config, error) {
	r := newReport()
	body, ok := parseYAML(data, r)
	if !ok {
		return nil, r.err(file)
	}
	cfg := new(Config)
	cfg.setDefaults()
	d := decoder{getenv: getenv, report: r}
	d.value(body, reflect.ValueOf(cfg).Elem(), "")
	d.defaultListen(cfg)
	c := checker{cfg: cfg, report: r, dir: dir}
	c.check()
	if err := r.err(file); err != nil {
		return nil, err
	}
	cfg.dropEmpty()
	return cfg, nil
}

// parseYAML returns the one document of data, nil if there is nothing in it.
func parseYAML(data []byte, r *report) (body ast.Node, ok bool) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		r.addAt(place{}, "", "is not a text in UTF-8", "save it as UTF-8")
		return nil, false
	}
	parsed, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey()) // the decoder reports duplicates, with their lines
	if err != nil {
		addSyntax(err, data, r)
		return nil, false
	}
	for _, doc := range parsed.Docs {
		if _, directive := doc.Body.(*ast.DirectiveNode); directive || doc.Body == nil {
			continue
		}
		if body != nil {
			r.addAt(placeOf(doc.Body), "", "begins a second document", "keep one document in the file: remove the --- line")
			return nil, false
		}
		body = doc.Body
	}
	return body, true
}

// quotedPart is where the YAML library's messages have text of the file.
var quotedPart = regexp.MustCompile(`\s*"(\\.|[^"\\])*"`)

// addSyntax records what the YAML library says, less what it quotes from the file.
func addSyntax(err error, data []byte, r *report) {
	at, text := place{line: 1, column: 1}, "is not YAML"
	if e, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		text += ": " + quotedPart.ReplaceAllString(e.Message, "")
		if e.Token != nil && e.Token.Position != nil {
			at.line, at.column = e.Token.Position.Line, e.Token.Position.Column
		}
	}
	hint := "look at this line and the one before it: indentation, colons, quotes"
	lines := strings.Split(string(data), "\n")
	if at.line <= len(lines) && strings.Contains(lines[max(at.line, 1)-1], "${") {
		hint = "put values with ${…} in quotes, which they need inside { } and [ ]"
	}
	r.addAt(at, "", text, hint)
}

// dropEmpty removes list elements that came out empty, as from a variable that is
// not set.
func (c *Config) dropEmpty() {
	c.AdminHosts = slices.DeleteFunc(c.AdminHosts, func(host string) bool { return host == "" })
	for i := range c.Numbers {
		c.Numbers[i].PrivateKeys = slices.DeleteFunc(c.Numbers[i].PrivateKeys, PrivateKey.empty)
	}
	if c.TLS != nil && c.TLS.ACME != nil {
		c.TLS.ACME.Domains = slices.DeleteFunc(c.TLS.ACME.Domains, func(name string) bool { return name == "" })
	}
	for i := range c.Flows {
		f := &c.Flows[i]
		f.Numbers = slices.DeleteFunc(f.Numbers, func(id string) bool { return id == "" })
		unset := func(s Secret) bool { return !s.IsSet() }
		f.AppSecrets, f.TokenSecrets = slices.DeleteFunc(f.AppSecrets, unset), slices.DeleteFunc(f.TokenSecrets, unset)
	}
}

func (k PrivateKey) empty() bool {
	return k.File == "" && !k.PEM.IsSet() && k.PassphraseFile == "" && !k.Passphrase.IsSet()
}
