package config_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/providers"
)

// documented is a row of the tables in docs/configuration.md.
type documented struct{ Type, Default, Variables, Meaning string }

// configurationPage reads the tables of docs/configuration.md by key.
func configurationPage(t *testing.T) map[string]documented {
	t.Helper()
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]documented{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|(.*)\\|$").FindAllStringSubmatch(string(text), -1) {
		if _, twice := rows[row[1]]; twice {
			t.Errorf("%s is documented twice", row[1])
		}
		if strings.TrimSpace(row[3]) == "" || strings.TrimSpace(row[5]) == "" {
			t.Errorf("%s has no default or no meaning", row[1])
		}
		rows[row[1]] = documented{strings.TrimSpace(row[2]), strings.TrimSpace(row[3]), sorted(row[4]), row[5]}
	}
	return rows
}

// sorted returns the names in a cell in alphabetical order.
func sorted(cell string) string {
	names := regexp.MustCompile(`\w+`).FindAllString(cell, -1)
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// The page lists the keys of the configuration and no others.
func TestConfigurationPageKeys(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for key := range fields(reflect.TypeFor[config.Config](), "") {
		keys[key] = true
	}
	for key := range builtinVariables(t) { // has the keys of every provider, however they are declared
		keys[key] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(keys)), slices.Sorted(maps.Keys(configurationPage(t)))); diff != "" {
		t.Errorf("keys (-code +docs/configuration.md):\n%s", diff)
	}
}

func TestConfigurationPageTypes(t *testing.T) {
	t.Parallel()
	page := configurationPage(t)
	for key, typ := range fields(reflect.TypeFor[config.Config](), "") {
		got, want := page[key].Type, typeName(typ)
		if got == "path" {
			got = "text" // the same to the decoder
		}
		if got != want {
			t.Errorf("%s: docs/configuration.md says type %q, want %q", key, got, want)
		}
	}
}

// The page names the variables that the built-in configuration has for each key.
func TestConfigurationPageVariables(t *testing.T) {
	t.Parallel()
	want := builtinVariables(t)
	for key, row := range configurationPage(t) {
		if got := strings.Join(want[key], ", "); row.Variables != got {
			t.Errorf("%s: docs/configuration.md has variables %q, want %q", key, row.Variables, got)
		}
	}
}

// The page has the defaults that a configuration gets with nothing but what is
// required.
func TestConfigurationPageDefaults(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "flowserver.yaml")
	const given = "numbers: [{id: main, private_keys: [{pem: key}]}]\nflows: [{id: booking, app_secrets: [secret], upstream: {url: 'https://example.com'}}]\n"
	write(t, file, given)
	cfg, err := config.Load(file, lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	page, compared := configurationPage(t), 0
	for key, value := range values(reflect.ValueOf(*cfg), "") {
		name := key[strings.LastIndexAny(key, ".")+1:]
		if regexp.MustCompile(`\b` + name + `:`).MatchString(given) {
			continue
		}
		got := page[key].Default
		switch _, ofProvider := strings.CutPrefix(key, "numbers[].provider."); {
		case value == "" && ofProvider: // a provider fills in its own default later
		case value == "" && strings.HasPrefix(got, "`"):
			t.Errorf("%s: docs/configuration.md has default %s, want none", key, got)
		case value != "" && got != "`"+value+"`" && !strings.HasSuffix(got, "of the Flow's"):
			t.Errorf("%s: docs/configuration.md has default %s, want `%s`", key, got, value)
		case value != "":
			compared++
		}
	}
	if compared < 12 {
		t.Errorf("compared only %d defaults", compared)
	}
}

// The page says which providers there are, which of them have a key, and its default.
func TestConfigurationPageProviders(t *testing.T) {
	t.Parallel()
	const block = "numbers[].provider."
	page := configurationPage(t)
	want := map[string][]string{block + "name": {"none"}}
	for _, p := range providers.All() {
		want[block+"name"] = append(want[block+"name"], p.Name)
		for _, k := range p.New().Keys() {
			names := []string{k.Name}
			if k.File {
				names = append(names, k.Name+"_file")
			}
			if got := page[block+k.Name].Default; k.Default != "" && k.Name != "base_url" && got != "`"+k.Default+"`" {
				t.Errorf("%s: docs/configuration.md has the default %s, %s has `%s`", k.Name, got, p.Name, k.Default)
			}
			for _, name := range names {
				want[block+name] = append(want[block+name], p.Name)
			}
		}
	}
	delete(want, block+"base_url") // all have it
	for key, row := range page {
		if _, ok := want[key]; !ok {
			continue
		}
		named, _, _ := strings.Cut(row.Meaning, ":")
		got := strings.Join(regexp.MustCompile("`\\w+`").FindAllString(named, -1), " ")
		if got, want := sorted(got), sorted(strings.Join(want[key], " ")); got != want {
			t.Errorf("%s: docs/configuration.md names the providers %q, want %q", key, got, want)
		}
	}
}

// fields returns the types of all keys below t that have a value of their own.
func fields(t reflect.Type, path string) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for i := range t.NumField() {
		field := t.Field(i)
		key := path + field.Tag.Get("yaml")
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Slice && isBlock(inner.Elem()) {
			inner, key = inner.Elem(), key+"[]"
		}
		if isBlock(inner) {
			maps.Copy(all, fields(inner, key+"."))
			continue
		}
		if _, decoded := typeNames[inner]; decoded || inner.Kind() == reflect.Slice {
			all[key] = inner
		}
	}
	return all
}

// values returns the values of scalar keys below v as they are written in a file.
func values(v reflect.Value, path string) map[string]string {
	all := map[string]string{}
	for i := range v.NumField() {
		key, value := path+v.Type().Field(i).Tag.Get("yaml"), v.Field(i)
		if value.Kind() == reflect.Pointer {
			if value.IsNil() {
				continue
			}
			value = value.Elem()
		}
		if value.Kind() == reflect.Slice && isBlock(value.Type().Elem()) && value.Len() > 0 {
			value, key = value.Index(0), key+"[]"
		}
		switch x := value.Interface().(type) {
		case time.Duration:
			all[key] = strings.TrimSuffix(strings.TrimSuffix(x.String(), "0s"), "0m")
		case string, bool, int, config.Size:
			all[key] = fmt.Sprint(x)
		default:
			if isBlock(value.Type()) {
				maps.Copy(all, values(value, key+"."))
			}
		}
	}
	return all
}

// isBlock reports whether t is a mapping with keys of its own.
func isBlock(t reflect.Type) bool {
	_, scalar := typeNames[t]
	return t.Kind() == reflect.Struct && !scalar && t.NumField() > 0 && t.Field(0).Tag.Get("yaml") != ""
}

var typeNames = map[reflect.Type]string{
	reflect.TypeFor[string]():        "text",
	reflect.TypeFor[bool]():          "boolean",
	reflect.TypeFor[int]():           "integer",
	reflect.TypeFor[time.Duration](): "duration",
	reflect.TypeFor[config.Size]():   "size",
	reflect.TypeFor[config.Secret](): "secret",
}

func typeName(t reflect.Type) string {
	if t.Kind() == reflect.Slice {
		return "list of " + typeName(t.Elem())
	}
	return typeNames[t]
}

// builtinTexts are the built-in configurations that have, together, the keys of all
// providers.
func builtinTexts() []string {
	var texts []string
	for _, provider := range providers.All() {
		texts = append(texts, config.BuiltinYAML(func(name string) (string, bool) {
			return provider.Name, name == "FLOWSERVER_PROVIDER"
		}))
	}
	return texts
}

// builtinVariables returns the variables of the built-in configuration by key, and
// the keys that have none.
func builtinVariables(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	var walk func(node any, path string)
	walk = func(node any, path string) {
		switch node := node.(type) {
		case map[string]any:
			for key, value := range node {
				walk(value, strings.TrimPrefix(path+"."+key, "."))
			}
		case []any:
			for _, element := range node {
				if _, block := element.(map[string]any); block {
					walk(element, path+"[]")
				} else {
					walk(element, path)
				}
			}
		default:
			found[path] = append(found[path], variableOf(fmt.Sprint(node))...)
		}
	}
	for _, text := range builtinTexts() {
		var tree any
		if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
			t.Fatal(err)
		}
		walk(tree, "")
	}
	for key, names := range found {
		slices.Sort(names)
		found[key] = slices.Compact(names)
	}
	return found
}

func variableOf(value string) []string {
	if name := regexp.MustCompile(`^\$\{(\w+)`).FindStringSubmatch(value); name != nil {
		return name[1:]
	}
	return nil
}
