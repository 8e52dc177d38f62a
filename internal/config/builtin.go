package config

import (
	_ "embed" // for the built-in configuration
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/providers"
)

//go:embed builtin.yaml
var builtinYAML string

const (
	// builtinName is the file name in the problems of the built-in configuration.
	builtinName = "built-in configuration"
	// providerMark is the line of builtin.yaml that the provider block replaces.
	providerMark = "    # PROVIDER: generated from the table of providers\n"

	variablePrefix   = "FLOWSERVER_"
	providerVariable = variablePrefix + "PROVIDER"
)

// Builtin reads the built-in configuration, which serves one flow for one number as
// the FLOWSERVER_ variables say. getenv is usually [os.LookupEnv]. The error is a
// [problem.List].
func Builtin(getenv func(string) (string, bool)) (*Config, error) {
	return parse(builtinName, "", []byte(BuiltinYAML(getenv)), getenv)
}

// BuiltinYAML returns the text of the configuration that [Builtin] reads. It depends
// on getenv only if providers share a key but not its variable: then the variable is
// that of the provider which FLOWSERVER_PROVIDER names.
func BuiltinYAML(getenv func(string) (string, bool)) string {
	name, _ := getenv(providerVariable)
	return strings.Replace(builtinYAML, providerMark, providerBlock(name), 1)
}

// builtinKey is a key of the provider block, with what the providers that have it say
// about it.
type builtinKey struct {
	providers.Key
	usedBy    []string
	variables []string // of each of them
	comments  []string
}

// builtinKeys are the keys of all providers, grouped by the providers that have them.
func builtinKeys() []builtinKey {
	var keys []builtinKey
	for _, p := range providers.All() {
		for _, k := range p.New().Keys() {
			i := slices.IndexFunc(keys, func(b builtinKey) bool { return b.Name == k.Name })
			if i < 0 {
				i = len(keys)
				keys = append(keys, builtinKey{Key: k})
			}
			b := &keys[i]
			b.usedBy = append(b.usedBy, p.Name)
			b.variables = append(b.variables, variablePrefix+variableOf(p, k))
			b.comments = append(b.comments, commentOf(k))
		}
	}
	slices.SortStableFunc(keys, func(a, b builtinKey) int { return len(b.usedBy) - len(a.usedBy) })
	return keys
}

func variableOf(p providers.Provider, k providers.Key) string {
	if k.Variable != "" {
		return k.Variable
	}
	return strings.ToUpper(p.Name + "_" + k.Name)
}

// commentOf is the choices or the default of a key.
func commentOf(k providers.Key) string {
	if len(k.Choices) > 0 {
		return strings.Join(k.Choices, " | ")
	}
	return k.Default
}

// providerBlock writes the provider block of the built-in configuration for the
// provider with this name.
func providerBlock(name string) string {
	var b strings.Builder
	line := func(text, comment string) {
		if comment != "" {
			text = fmt.Sprintf("%-55s # %s", text, comment)
		}
		b.WriteString(text + "\n")
	}
	line("    provider:", "")
	line("      name: ${"+providerVariable+":-"+ProviderNone+"}", strings.Join(providerNames(), " | "))
	group := ""
	for _, k := range builtinKeys() {
		if next := enumerate(k.usedBy); next != group && len(k.usedBy) < len(providers.All()) {
			line("      # "+next, "")
			group = next
		}
		i := max(0, slices.Index(k.usedBy, name))
		line(k.entry("", k.variables[i]), k.comment(i))
		if k.File {
			line(k.entry(fileSuffix, k.variables[i]+strings.ToUpper(fileSuffix)), "")
		}
	}
	return b.String()
}

// enumerate joins names with commas, and the last one with and.
func enumerate(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func (k builtinKey) entry(suffix, variable string) string {
	return "      " + k.Name + suffix + ": ${" + variable + ":-}"
}

// comment is for the provider i of usedBy. Other providers are mentioned if they
// differ: in the default, or in the variable.
func (k builtinKey) comment(i int) string {
	var others []string
	comment := k.comments[i]
	for j, name := range k.usedBy {
		if k.comments[j] != comment {
			comment = ""
		}
		if k.variables[j] != k.variables[i] {
			others = append(others, "with "+name+" "+k.variables[j])
		}
	}
	if len(others) > 0 {
		comment = strings.TrimPrefix(comment+"; "+strings.Join(others, "; "), "; ")
	}
	return comment
}
