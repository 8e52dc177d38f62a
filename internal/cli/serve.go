package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/goccy/go-yaml"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

type serveCommand struct {
	configFlag
	PrintConfig bool `help:"Print the built-in file, or the configuration in effect without its secrets, and exit."`
	Check       bool `help:"Read configuration and keys, report every problem, and exit."`
	Online      bool `help:"With --check: also ask Redis, the providers and the upstreams. An upstream gets a HEAD request and no message."`
}

// Help lists the exit codes of --check --online.
func (serveCommand) Help() string {
	return `Exit codes of --check --online: 0 if all is well, 1 if the configuration, Redis or an upstream is not, ` +
		`3 if a number is not served (unsigned, foreign, missing, invalid), 4 if a provider could not be asked.`
}

// Run serves until ctx ends.
func (c serveCommand) Run(ctx context.Context, p *Program) error {
	if c.Online && !c.Check {
		return usagef("--online belongs to --check: flowserver serve --check --online")
	}
	if c.PrintConfig && c.Config == "" {
		_, err := io.WriteString(p.Stdout, config.BuiltinYAML(p.LookupEnv))
		return err
	}
	cfg, err := c.load(p)
	if err != nil {
		return err
	}
	if c.PrintConfig {
		text, err := yaml.Marshal(cfg)
		if err != nil {
			return fmt.Errorf("print the configuration: %w", err)
		}
		_, err = p.Stdout.Write(text)
		return err
	}
	log := server.OpenLog(cfg.Log, p.Stderr, p.humanLog(cfg)) //nolint:contextcheck // it outlives the command's context
	defer log.Close()
	misspelt := c.misspelt(p)
	s, err := server.New(server.Options{ //nolint:contextcheck // health checks to come have their own time
		Config: cfg, Flows: p.Flows, Version: version(), Logger: log.Logger, Level: log.Level, LogDropped: log.Dropped,
		Load: func() (*config.Config, error) { return c.load(p) }, Warnings: misspelt,
	})
	if err != nil {
		return err
	}
	if c.Check {
		err := reportSound(p.Stdout, cfg, s.RSA().Name, misspelt)
		if err := errors.Join(err, s.Close()); err != nil || !c.Online {
			return err
		}
		return c.checkOnline(ctx, p, cfg)
	}
	if err := s.Listen(ctx); err != nil {
		if portUnavailable(err) {
			return hint(err, c.addressHint())
		}
		return err
	}
	return serve(ctx, s)
}

// reportSound prints the report of serve --check for a configuration without problems, with
// the warnings that a start logs. rsa names what decrypts requests.
func reportSound(w io.Writer, cfg *config.Config, rsa string, misspelt []config.Warning) error {
	var report strings.Builder
	fmt.Fprintf(&report, "configuration and keys are valid; numbers: %d, Flows: %d, RSA: %s", len(cfg.Numbers), len(cfg.Flows), rsa)
	warnings := slices.Concat(misspelt, cfg.Warnings())
	if len(warnings) > 0 {
		fmt.Fprintf(&report, "; warnings: %d", len(warnings))
	}
	report.WriteString("\n")
	for _, warning := range warnings {
		fmt.Fprintf(&report, "warning %s: %s\n", warning.Path, warning.Text)
	}
	_, err := io.WriteString(w, report.String())
	return err
}

// addressHint is the remedy for an address that cannot be listened at.
func (c serveCommand) addressHint() string {
	if c.Config == "" {
		return "choose other addresses with FLOWSERVER_LISTEN and FLOWSERVER_ADMIN"
	}
	return "choose other addresses with listen and admin in the configuration"
}

// serve serves until ctx ends. On SIGHUP the server reads configuration, keys and
// certificate again and asks the providers. If the reader of the log goes away, serving
// goes on.
func serve(ctx context.Context, s *server.Server) error {
	signal.Ignore(syscall.SIGPIPE) // a write to a broken pipe fails, and does not end the process
	defer onHangup(s.Reload)()
	collectMore()
	return s.Serve(ctx)
}

// collectMore makes garbage collection run twice as often as by default, unless the variable
// GOGC is set, or a memory limit, which says how much memory there is. It saves 10 MB with
// ten thousand idle connections. Under load it costs 4 % of the CPU time and saves 1 to 7 MB.
func collectMore() {
	if os.Getenv("GOGC") == "" && debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetGCPercent(50)
	}
}

// onHangup calls f at each SIGHUP until stop is called.
func onHangup(f func()) (stop func()) {
	hangups, stopped := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-hangups:
				f()
			case <-stopped:
				return
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(stopped)
	}
}

// humanLog says how people read the log of cfg on stderr; nil if it is not a terminal.
func (p *Program) humanLog(cfg *config.Config) *server.HumanLog {
	if !isTerminal(p.Stderr) {
		return nil
	}
	return &server.HumanLog{Colour: p.colourOn(p.Stderr), FlowNames: len(cfg.Flows) > 1}
}
