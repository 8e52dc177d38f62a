package cli

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command, for example keys show. Without one, an overview is printed."`
}

// Run prints what the command prints with --help.
func (c helpCommand) Run(ctx context.Context, p *Program, parser *kong.Kong) error {
	if descend(parser.Model.Node, c.Command) == nil {
		return hint(usagef("unknown command %q", strings.Join(c.Command, " ")), "flowserver help lists the commands")
	}
	return &exitError{code: p.Run(ctx, append(c.Command, "--help"))}
}

// descend returns the command below node with these names, nil if there is none.
func descend(node *kong.Node, names []string) *kong.Node {
	for _, name := range names {
		if node = child(node, name); node == nil {
			return nil
		}
	}
	return node
}

// child returns the subcommand of that name, nil if there is none.
func child(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// printHelp prints an overview of the program, or the help of the selected command
// with its examples at the end.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	selected := ctx.Selected()
	if selected == nil {
		_, err := ctx.Stdout.Write(overview(ctx.Model.Node))
		return err
	}
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintf(ctx.Stdout, "\nExamples:\n%s", exampleText(selected))
	return err
}

// overview fits a screen: what the program is, its commands by purpose, and the
// command to start with.
func overview(root *kong.Node) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s\n\nUsage: %s COMMAND [flags]\n", root.Help, root.Name)
	group := ""
	for _, command := range root.Children {
		if command.Hidden {
			continue
		}
		if command.Group != nil && command.Group.Title != group {
			group = command.Group.Title
			fmt.Fprintf(&text, "\n%s\n", group)
		}
		fmt.Fprintf(&text, "  %-11s %s\n", command.Name, command.Help)
	}
	fmt.Fprintf(&text, "\nStart with:\n\n  %[1]s dev\n\n\"%[1]s help COMMAND\" prints the flags of a command and examples.\n", root.Name)
	return text.Bytes()
}

// describe is the help text of a flag or argument. It ends with the default, unless
// the text has it, and with the variable, if there is one.
func describe(value *kong.Value) string {
	text, envs := value.Help, value.Tag.Envs
	if flag := value.Flag; flag != nil {
		envs = flag.Envs
		if value.HasDefault && !kong.HasInterpolatedVar(value.OrigHelp, "default") {
			text += " Default: " + value.Default + "."
		}
	}
	if len(envs) > 0 {
		text += " Variable: " + strings.Join(envs, ", ") + "."
	}
	return text
}

// addPlaceholder gives a flag with a default a placeholder: kong otherwise shows the
// default there too.
func addPlaceholder(flag *kong.Flag) {
	switch {
	case !flag.HasDefault || flag.PlaceHolder != "" || flag.IsBool():
	case flag.Target.Type() == reflect.TypeFor[time.Duration]():
		flag.PlaceHolder = "DURATION"
	default:
		flag.PlaceHolder = strings.ToUpper(flag.Name)
	}
}
