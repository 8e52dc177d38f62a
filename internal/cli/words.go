package cli

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// wordsLast moves the words of a call behind its flags. Kong ends a list of words at
// the first flag, but users write flags anywhere: call submit SLOT --json day=mon.
func wordsLast(app *kong.Application, args []string) []string {
	if len(args) == 0 || args[0] != callName {
		return args
	}
	node := app.Children[slices.IndexFunc(app.Children, func(n *kong.Node) bool { return n.Name == callName })]
	var flags, words []string
	for rest := args[1:]; len(rest) > 0; rest = rest[1:] {
		arg := rest[0]
		switch {
		case arg == "--":
			words = append(words, rest[1:]...)
			rest = rest[:1]
		case !strings.HasPrefix(arg, "-"):
			words = append(words, arg)
		case needsValue(node, arg) && len(rest) > 1:
			flags = append(flags, arg, rest[1])
			rest = rest[1:]
		default:
			flags = append(flags, arg)
		}
	}
	args = append([]string{callName}, flags...)
	if len(words) > 0 {
		args = append(append(args, "--"), words...)
	}
	return args
}

// needsValue reports whether the argument after arg is the value of the flag arg.
func needsValue(node *kong.Node, arg string) bool {
	name, isLong := strings.CutPrefix(arg, "--")
	return isLong && slices.ContainsFunc(node.Flags, func(f *kong.Flag) bool { return f.Name == name && !f.IsBool() })
}
