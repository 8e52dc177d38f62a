package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/providers"
)

// variablePrefix begins the names of the program's variables.
const variablePrefix = "FLOWSERVER_"

// builtinVariables returns the variables of the built-in configuration.
func builtinVariables(getenv func(string) (string, bool)) []string {
	return variablesIn(config.BuiltinYAML(getenv))
}

var variable = regexp.MustCompile(`\$\{(\w+)`)

// variablesIn returns the variables that a configuration mentions.
func variablesIn(text string) (names []string) {
	for _, found := range variable.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

// knownVariables returns the variables that some command reads, with some provider.
func knownVariables(model *kong.Application) []string {
	var names []string
	for _, provider := range providers.All() {
		names = append(names, builtinVariables(func(string) (string, bool) { return provider.Name, true })...)
	}
	eachFlag(model.Node, func(_ *kong.Node, flag *kong.Flag) { names = append(names, flag.Envs...) })
	slices.Sort(names)
	return slices.Compact(names)
}

// variables returns the names of the variables that fill in the configuration.
func (c configFlag) variables(known []string) []string {
	if c.Config == "" {
		return known
	}
	text, err := files.Read(c.Config, files.MaxConfig)
	if err != nil {
		return nil // loading the configuration reports the error
	}
	return variablesIn(string(text))
}

// misspelt warns about each set variable that no command reads but whose name is close to
// one that the configuration reads. The command line has been parsed.
func (c configFlag) misspelt(p *Program) []config.Warning {
	if p.Environ == nil {
		return nil
	}
	known := knownVariables(p.model)
	read := c.variables(known)
	var warnings []config.Warning
	for _, entry := range p.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if value == "" || slices.Contains(known, name) || slices.Contains(read, name) {
			continue
		}
		if meant := meantVariable(name, read); meant != "" {
			warnings = append(warnings, config.Warning{Path: name, Text: "no variable has this name: did you mean " + meant + "?"})
		}
	}
	slices.SortFunc(warnings, func(a, b config.Warning) int { return strings.Compare(a.Path, b.Path) })
	return warnings
}

// injected matches what Kubernetes and Docker add for services whose names begin with that
// of the program, and what its tests read, each behind the prefix.
var injected = regexp.MustCompile(`^(TEST_.*|(.*_)?SERVICE_(HOST|PORT(_.*)?)|(.*_)?PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$`)

// meantVariable returns the variable in read that a misspelt name most likely means, or "".
func meantVariable(name string, read []string) string {
	const slips = 2 // in the prefix
	rest, ours := strings.CutPrefix(name, variablePrefix)
	var rests []string
	for _, known := range read {
		if known, ok := strings.CutPrefix(known, variablePrefix); ok {
			rests = append(rests, known)
		}
	}
	if !ours {
		i := slices.IndexFunc(rests, func(known string) bool {
			return strings.HasSuffix(name, "_"+known) && nearest.Distance(name, variablePrefix+known) <= slips
		})
		if i < 0 {
			return ""
		}
		return variablePrefix + rests[i]
	}
	if injected.MatchString(rest) {
		return ""
	}
	if meant := nearest.Only(rest, rests); meant != "" {
		return variablePrefix + meant
	}
	return ""
}
