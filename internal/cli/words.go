package cli

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// wordsLast moves the words of a command that takes a list of them behind its flags. Kong
// ends such a list at the first flag, but users write flags anywhere: call submit SLOT --json
// day=mon, or play a.yaml --json b.yaml.
func wordsLast(app *kong.Application, args []string) []string {
	if len(args) == 0 {
		return args
	}
	i := slices.IndexFunc(app.Children, func(n *kong.Node) bool { return n.Name == args[0] })
	if i < 0 || !slices.ContainsFunc(app.Children[i].Positional, func(v *kong.Positional) bool { return v.IsCumulative() }) {
		return args
	}
	node := app.Children[i]
	var flags, words []string
	for rest := args[1:]; len(rest) > 0; rest = rest[1:] {
		arg := rest[0]
		switch {
		case arg == "--":
			words = append(words, rest[1:]...)
			rest = rest[:1]
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			words = append(words, arg)
		case needsValue(node, arg):
			if len(rest) == 1 {
				return args // so that the error is about the value that is missing
			}
			flags = append(flags, arg, rest[1])
			rest = rest[1:]
		default:
			flags = append(flags, arg)
		}
	}
	args = append([]string{node.Name}, flags...)
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
