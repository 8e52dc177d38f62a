package config

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/secret"
)

// Provider is where the public key of a number is registered. Its keys are those of
// the table of providers: nothing here is particular to one of them.
type Provider struct { //nolint:recvcheck // methods on values read it, those on pointers fill it in
	Name string // of [providers.All], or none, the default
	// Files are the files that values were read from, by key without _file.
	Files map[string]string
	// a function, because fmt prints what a pointer points to in some cases, and does
	// not ask the methods of unexported fields
	settings func() providers.Settings
}

// NewProvider returns the configuration of a provider; settings is nil for none.
func NewProvider(name string, settings providers.Settings, files map[string]string) Provider {
	return Provider{name, files, func() providers.Settings { return settings }}
}

// Settings returns the settings, complete and checked; nil if the provider is none.
func (p Provider) Settings() providers.Settings {
	if p.settings == nil {
		return nil
	}
	return p.settings()
}

// Equal reports whether name, files and settings are the same.
func (p Provider) Equal(other Provider) bool {
	return p.Name == other.Name && maps.Equal(p.Files, other.Files) && reflect.DeepEqual(p.Settings(), other.Settings())
}

func (p *Provider) setDefaults() { p.Name = ProviderNone }

// MarshalYAML returns what a file says for the provider, with secrets left out.
func (p Provider) MarshalYAML() (any, error) {
	block := yaml.MapSlice{{Key: "name", Value: p.Name}}
	settings := p.Settings()
	if settings == nil {
		return block, nil
	}
	for _, k := range settings.Keys() {
		switch file := p.Files[k.Name]; {
		case file != "":
			block = append(block, yaml.MapItem{Key: k.Name + fileSuffix, Value: file})
		case k.Secret != nil:
			block = append(block, yaml.MapItem{Key: k.Name, Value: k.Secret.String()})
		default:
			block = append(block, yaml.MapItem{Key: k.Name, Value: *k.Text})
		}
	}
	return block, nil
}

const (
	nameKey    = "name"
	fileSuffix = "_file"
)

// providerNames are the possible names of a provider.
func providerNames() []string {
	var names []string
	for _, p := range providers.All() {
		names = append(names, p.Name)
	}
	return append(names, ProviderNone)
}

// providerKeys are the keys of all providers, each with the names of those that have
// it, in the order of the table.
func providerKeys() (keys []string, usedBy map[string][]string) {
	usedBy = map[string][]string{}
	for _, p := range providers.All() {
		for _, k := range p.New().Keys() {
			for _, name := range inFile(k) {
				if usedBy[name] == nil {
					keys = append(keys, name)
				}
				usedBy[name] = append(usedBy[name], p.Name)
			}
		}
	}
	return keys, usedBy
}

// inFile are the names that a key has in a file.
func inFile(k providers.Key) []string {
	if k.File {
		return []string{k.Name, k.Name + fileSuffix}
	}
	return []string{k.Name}
}

// provider decodes a provider block: the name first, since it decides which of the
// other keys there may be.
func (d *decoder) provider(node ast.Node, p *Provider, path string) {
	d.providerName(node, p, path)
	known, usedBy := providerKeys()
	useful, fields, files := known, map[string]any{}, map[string]*string{}
	if row, ok := providers.Lookup(p.Name); ok {
		settings := row.New()
		p.settings = func() providers.Settings { return settings }
		useful = nil
		for _, k := range settings.Keys() {
			useful = append(useful, inFile(k)...)
			if k.Secret != nil {
				fields[k.Name] = k.Secret
			} else {
				fields[k.Name] = k.Text
			}
			if k.File {
				files[k.Name] = new(string)
				fields[k.Name+fileSuffix] = files[k.Name]
			}
		}
	}
	withName := func(keys []string) []string { return append([]string{nameKey}, keys...) }
	d.entries(node, path, withName(known), withName(useful), func(key string, value ast.Node) {
		at := join(path, key)
		field, used := fields[key]
		switch {
		case key == nameKey:
		case used:
			d.value(value, reflect.ValueOf(field).Elem(), at)
		default:
			var given string
			d.value(value, reflect.ValueOf(&given).Elem(), at)
			if given != "" && !d.report.broken(join(path, nameKey)) {
				d.report.add(at, "is not used by the provider "+p.Name, "remove it, or set name to "+strings.Join(usedBy[key], " or "))
			}
		}
	})
	for key, file := range files {
		p.setFile(key, *file)
	}
}

func (p *Provider) setFile(key, file string) {
	if file == "" {
		return
	}
	if p.Files == nil {
		p.Files = map[string]string{}
	}
	p.Files[key] = file
}

// providerName decodes the name alone.
func (d *decoder) providerName(node ast.Node, p *Provider, path string) {
	m, ok := node.(ast.MapNode)
	if !ok {
		return // entries reports it
	}
	at := join(path, nameKey)
	for it := m.MapRange(); it.Next(); {
		if it.Key().GetToken().Value == nameKey {
			d.value(it.Value(), reflect.ValueOf(&p.Name).Elem(), at)
			break
		}
	}
	names := providerNames()
	if d.report.broken(at) || slices.Contains(names, p.Name) {
		return
	}
	hint := "a provider that passes Meta's API on, such as 360dialog, is graph: see docs/keys.md"
	if meant := nearest.Word(p.Name, names); meant != "" {
		hint = "did you mean " + meant + "?"
	}
	d.report.add(at, "is not one of "+strings.Join(names, ", "), hint)
}

// provider reads the files of secrets, and checks what a provider wants.
func (c *checker) provider(p *Provider, path string) {
	settings := p.Settings()
	if settings == nil {
		return
	}
	keys := map[string]providers.Key{}
	for _, k := range settings.Keys() {
		keys[k.Name] = k
		if k.File {
			value, file := NewSecret(string(*k.Secret)), p.Files[k.Name]
			c.token(path, k.Name, &value, &file)
			*k.Secret = secret.Bytes(value.Bytes())
			p.setFile(k.Name, file) // resolved
		}
	}
	wrong, _ := errors.AsType[problem.List](providers.Check(settings))
	for _, one := range wrong {
		k, at := keys[one.Path], join(path, one.Path)
		switch {
		case !k.IsSet():
			c.report.addMissing(path, one.Text, k.Names()...)
		case !c.report.broken(at) && !c.report.broken(at+fileSuffix):
			c.report.add(at, one.Text, one.Hint)
		}
	}
}
