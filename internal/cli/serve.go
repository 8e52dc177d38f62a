package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/goccy/go-yaml"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

type serveCommand struct {
	Config      string `placeholder:"FILE" help:"Configuration file. Without one, a built-in file made of variables serves one number and one flow."`
	PrintConfig bool   `help:"Print the built-in file, or the configuration in effect with its secrets left out, and end."`
	Check       bool   `help:"Read configuration and keys, report every problem, and end."`
}

// Run serves until ctx ends.
func (c serveCommand) Run(ctx context.Context, p *Program) error {
	if c.PrintConfig && c.Config == "" {
		_, err := io.WriteString(p.Stdout, config.BuiltinYAML())
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
	s, err := server.New(server.Options{Config: cfg, Flows: p.Flows, Version: version(), Logger: p.logger(cfg)})
	if err != nil {
		return err
	}
	if c.Check {
		_, err := fmt.Fprintf(p.Stdout, "configuration is sound: %d numbers, %d flows\n", len(cfg.Numbers), len(cfg.Flows))
		return err
	}
	if err := s.Listen(ctx); err != nil {
		return err
	}
	return s.Serve(ctx)
}

func (c serveCommand) load(p *Program) (*config.Config, error) {
	if c.Config != "" {
		return config.Load(c.Config, p.LookupEnv)
	}
	cfg, err := config.Builtin(p.LookupEnv)
	if err != nil {
		return nil, hint(err, "give a file with --config, or set the variables of the built-in one: flowserver serve --print-config shows it")
	}
	return cfg, nil
}

func (p *Program) logger(cfg *config.Config) *slog.Logger {
	return server.NewLogger(cfg.Log, p.Stderr)
}
