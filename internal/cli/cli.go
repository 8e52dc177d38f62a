package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/secret"
)

// Exit codes of all commands.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2

	// keys status, keys register and doctor
	ExitNotRegistered = 3 // our key is not registered, or not VALID; doctor: something failed
	ExitUnknown       = 4 // the provider, or something else, could not be asked
)

// Program is the environment of the commands.
type Program struct {
	Flows          []server.Flow // the compiled-in flows
	Stdin          io.Reader     // answers of the user, if Interactive
	Interactive    bool          // Stdin is a terminal: commands may ask the user
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)
	Environ        func() []string // NAME=value, to find misspelt names; nil: none

	model *kong.Application // of the command line, made by parser
}

// commands is the whole command line. The groups are the headings of the overview,
// in this order.
type commands struct {
	Dev        devCommand        `cmd:"" group:"Develop" help:"Serve the compiled-in Flows on this machine, and a phone."`
	Phone      phoneCommand      `cmd:"" group:"Develop" help:"Play a Flow in the browser as WhatsApp does."`
	Play       playCommand       `cmd:"" group:"Develop" help:"Play scenarios against a Flow, as WhatsApp would."`
	Call       callCommand       `cmd:"" group:"Develop" help:"Send one request as WhatsApp does, and print the answer."`
	Check      checkCommand      `cmd:"" group:"Develop" help:"Check that an endpoint, in any language, follows the protocol."`
	Doctor     doctorCommand     `cmd:"" group:"Develop" help:"Find out why WhatsApp cannot use an endpoint: DNS, TLS and more."`
	Init       initCommand       `cmd:"" group:"Develop" help:"Write a new Flow, in Go, Node, Python or PHP."`
	Lint       lintCommand       `cmd:"" group:"Flow JSON" help:"Report what Meta would reject in Flow JSON files."`
	Generate   generateCommand   `cmd:"" group:"Flow JSON" help:"Generate typed Go for the screens of a Flow JSON file."`
	Schema     schemaCommand     `cmd:"" group:"Flow JSON" help:"Print a JSON Schema of Flow JSON, for editors."`
	Serve      serveCommand      `cmd:"" group:"Operate" help:"Serve the Flows in a configuration file."`
	Keys       keysCommands      `cmd:"" group:"Operate" help:"Generate, show, check and register business key pairs."`
	Token      tokenCommands     `cmd:"" group:"Operate" help:"Create and verify signed flow tokens."`
	Health     healthCommand     `cmd:"" group:"Operate" help:"Ask a server on this machine whether it is ready, or alive."`
	Completion completionCommand `cmd:"" group:"This program" help:"Print a completion script for a shell."`
	Version    versionCommand    `cmd:"" group:"This program" help:"Print the version."`
	Help       helpCommand       `cmd:"" group:"This program" help:"Print the help of a command."`
}

// Run runs the command line args, without the program's name, and returns the
// exit code. When ctx ends, servers drain.
func (p *Program) Run(ctx context.Context, args []string) int {
	exited, code := false, ExitDone
	parser, err := p.parser(kong.Exit(func(c int) { exited, code = true, c }))
	if err != nil {
		return p.fail(err)
	}
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == completeCommand:
		return p.complete(parser.Model.Node, args[1:])
	case len(args) == 1 && (args[0] == "--version" || args[0] == "-v"):
		args = []string{"version"}
	}
	parsed, err := parser.Parse(wordsLast(parser.Model, args))
	switch {
	case exited: // --help
		return code
	case err != nil:
		return p.fail(&usageError{misplaced(hint(err, helpHint(err)), args)})
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(p); err != nil {
		return p.fail(misplaced(err, args))
	}
	return ExitDone
}

// helpHint names the help that an invalid command line calls for.
func helpHint(err error) string {
	failed, ok := errors.AsType[*kong.ParseError](err)
	if !ok || failed.Context.Selected() == nil {
		return "flowserver help lists the commands"
	}
	return fmt.Sprintf("flowserver help %s prints the flags and examples", commandName(failed.Context.Selected()))
}

// parser returns a parser for commands.
func (p *Program) parser(options ...kong.Option) (*kong.Kong, error) {
	parser, err := kong.New(&commands{}, append([]kong.Option{
		kong.Name("flowserver"),
		kong.Description("flowserver is the server behind WhatsApp Flows."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Help(printHelp),
		kong.ValueFormatter(describe),
		kong.Resolvers(kong.ResolverFunc(p.variable)),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(readDuration)),
	}, options...)...)
	if err != nil {
		return nil, err
	}
	p.model = parser.Model
	parser.Model.HelpFlag.Help = "Print this help."
	eachFlag(parser.Model.Node, func(_ *kong.Node, flag *kong.Flag) {
		flag.Tag.Envs = nil // kong itself would read empty variables; flag.Envs stays for p.variable
		addPlaceholder(flag)
	})
	return parser, nil
}

// variable returns the value of a flag's variable (the tag env), nil if there is
// none. kong asks for it if the flag is not on the command line. An empty variable
// counts as unset, like in the configuration.
func (p *Program) variable(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if value, _ := p.LookupEnv(name); value != "" {
			return value, nil
		}
	}
	return nil, nil //nolint:nilnil // how a resolver says that it has no value
}

// readDuration reads a duration of more than 0. Its error says what kong's does not: that a number
// needs a unit.
func readDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	if _, numberErr := strconv.ParseFloat(text, 64); err != nil && numberErr == nil {
		return fmt.Errorf("the unit is missing: write %ss", text)
	}
	if err != nil || d <= 0 {
		return errors.New("expected a duration of more than 0 with a unit, for example 5s or 500ms")
	}
	target.SetInt(int64(d))
	return nil
}

// eachFlag calls f for the flags of node and of all commands below it.
func eachFlag(node *kong.Node, f func(*kong.Node, *kong.Flag)) {
	for _, flag := range node.Flags {
		f(node, flag)
	}
	for _, child := range node.Children {
		eachFlag(child, f)
	}
}

// fail prints an error, with its hint if it has one, and returns its exit code.
func (p *Program) fail(err error) int {
	exit, coded := errors.AsType[*exitError](err)
	if coded && exit.error == nil {
		return exit.code
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = misplaced(err, []string{failed.Path})
	}
	text := fmt.Sprintf("flowserver: error: %v\n", err)
	if hinted, ok := errors.AsType[*hintError](err); ok {
		text += fmt.Sprintf("hint: %s\n", hinted.hint)
	}
	p.complain(text)
	if _, ok := errors.AsType[*usageError](err); ok {
		return ExitUsage
	}
	if coded {
		return exit.code
	}
	return ExitFailed
}

// misplaced returns an error without the values that it has from arguments or paths and
// that are probably keys or secrets, and with a hint about them. Terminals and the logs of
// builds keep what is printed.
func misplaced(err error, given []string) error {
	text := err.Error()
	for _, argument := range given {
		name, value, _ := strings.Cut(argument, "=") // as the parser does
		for _, one := range []string{argument, name, value} {
			if secret.LooksSecret(one) {
				text = strings.ReplaceAll(text, one, redacted)
				text = strings.ReplaceAll(text, strings.Trim(strconv.Quote(one), `"`), redacted)
			}
		}
	}
	if text == err.Error() {
		return err
	}
	hinted := hint(errors.New(text), "give the path of a file, not what is in it")
	if _, usage := errors.AsType[*usageError](err); usage {
		return &usageError{hinted}
	}
	if exit, coded := errors.AsType[*exitError](err); coded {
		return &exitError{exit.code, hinted}
	}
	return hinted
}

const redacted = "[redacted]"

// complainLimit bounds how long the end of the program waits for a reader of its errors.
const complainLimit = 2 * time.Second

// complain writes to stderr, where nothing may read: that must not keep the program
// from ending.
func (p *Program) complain(text string) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = io.WriteString(p.Stderr, text) // without stderr there is no other way to report it
	}()
	select {
	case <-written:
	case <-time.After(complainLimit):
	}
}

// usageError is an invalid command line.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// hintError adds what the user can do about an error.
type hintError struct {
	error
	hint string
}

func (e *hintError) Unwrap() error { return e.error }

func hint(err error, text string) error { return &hintError{err, text} }

// exitError ends the program with the given code. Without an error, everything
// has been printed.
type exitError struct {
	code int
	error
}

func (e *exitError) Unwrap() error { return e.error }

func (e *exitError) Error() string {
	if e.error == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.error.Error()
}
