package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/internal/server"
)

// Exit codes of all commands.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2

	// Of keys status and keys register.
	ExitNotRegistered = 3 // our key is not registered, or not VALID
	ExitUnknown       = 4 // the provider could not be asked
)

// Program is what the commands work with.
type Program struct {
	Flows          []server.Flow // those that are compiled in
	Stdin          io.Reader     // for answers, if Interactive
	Interactive    bool          // Stdin is a terminal: the user can be asked
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)
}

// commands is the whole command line.
type commands struct {
	Dev      devCommand      `cmd:"" help:"Serve the compiled-in flows on this machine, with a key pair and an app secret made on the spot."`
	Serve    serveCommand    `cmd:"" help:"Serve flows as a configuration says."`
	Keys     keysCommands    `cmd:"" help:"Make and look at business key pairs, and register them."`
	Call     callCommand     `cmd:"" help:"Play WhatsApp: send one encrypted, signed request to an endpoint and show its answer."`
	Check    checkCommand    `cmd:"" help:"Hold an endpoint, in any language, to the protocol: some 200 requests, 20 of which open the flow."`
	Token    tokenCommands   `cmd:"" help:"Make and check signed flow tokens."`
	Lint     lintCommand     `cmd:"" help:"Say what Meta would find wrong with Flow JSON files."`
	Generate generateCommand `cmd:"" help:"Write typed Go for the screens of a Flow JSON file."`
	Health   healthCommand   `cmd:"" help:"Ask a running server on this machine whether it is ready."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// Run runs the command line args, without the program's name, and returns the
// exit code. When ctx ends, servers drain.
func (p *Program) Run(ctx context.Context, args []string) int {
	exited, code := false, ExitDone
	parser, err := kong.New(&commands{},
		kong.Name("flowserver"),
		kong.Description("The server behind WhatsApp Flows. Every flag can be given as a variable, too: --app-secret as FLOWSERVER_APP_SECRET."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.DefaultEnvars("FLOWSERVER"),
		kong.UsageOnError(),
		kong.Exit(func(c int) { exited, code = true, c }),
	)
	if err != nil {
		return p.fail(err)
	}
	parsed, err := parser.Parse(wordsLast(parser.Model, args))
	switch {
	case exited: // --help
		return code
	case err != nil:
		return p.fail(&usageError{err})
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(p); err != nil {
		return p.fail(err)
	}
	return ExitDone
}

// fail prints an error, with its hint if it has one, and returns its exit code.
func (p *Program) fail(err error) int {
	exit, coded := errors.AsType[*exitError](err)
	if coded && exit.error == nil {
		return exit.code
	}
	_, _ = fmt.Fprintf(p.Stderr, "flowserver: error: %v\n", err) // if stderr is gone, nobody can be told
	if hinted, ok := errors.AsType[*hintError](err); ok {
		_, _ = fmt.Fprintf(p.Stderr, "hint: %s\n", hinted.hint)
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return ExitUsage
	}
	if coded {
		return exit.code
	}
	return ExitFailed
}

// usageError is a command line that makes no sense.
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

// exitError ends with a code of its own. Without an error, everything has been
// said.
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
