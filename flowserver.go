package flowserver

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/cli"
	"github.com/flowserver/flowserver/internal/server"
)

// Definition is a Flow that is compiled into the program. Create one with [Flow].
type Definition struct{ flow server.Flow }

// Option configures a [Definition].
type Option func(*Definition)

// Flow defines a Flow: id is its name in the configuration and in its URL,
// /flows/{id}; h answers for its screens. h is an [exchange.Registry], or a handler
// without one, declared with [exchange.Unrouted]; with any other handler, for example
// middleware around a registry, the program does not start. Add middleware with
// [exchange.Registry.Use].
func Flow(id string, h exchange.Handler, opts ...Option) Definition {
	d := Definition{server.Flow{ID: id, Handler: h}}
	for _, opt := range opts {
		opt(&d)
	}
	return d
}

// OnClientError calls f with the errors that phones report about earlier answers of the
// Flow. The reports are logged and counted in any case.
func OnClientError(f func(context.Context, exchange.ClientError)) Option {
	return func(d *Definition) { d.flow.OnClientError = f }
}

// DevOnly marks a Flow as a demo: the command dev serves it, and serve does not. A
// deployment that lost its upstream, for example to a mistake in its configuration,
// then fails to start instead of showing the demo to real users.
func DevOnly() Option {
	return func(d *Definition) { d.flow.DevOnly = true }
}

// Main is a whole program: your Flows and the flowserver command line. It reads the
// arguments and the environment and ends the process. The first SIGINT or SIGTERM drains
// the server, a second one ends the process at once.
func Main(flows ...Definition) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal has its usual effect again
	program := cli.Program{
		Stdin: os.Stdin, Interactive: term.IsTerminal(int(os.Stdin.Fd())),
		Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ,
	}
	for _, d := range flows {
		program.Flows = append(program.Flows, d.flow)
	}
	os.Exit(program.Run(ctx, os.Args[1:])) //nolint:forbidigo // Main is main
}
