package cli

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

// configFlag is the flag of the commands that work as a configuration says.
type configFlag struct {
	Config string `placeholder:"FILE" help:"Configuration file. Without one, a built-in file made of variables serves one number and one flow."`
}

func (c configFlag) load(p *Program) (*config.Config, error) {
	if c.Config != "" {
		return config.Load(c.Config, p.LookupEnv)
	}
	cfg, err := config.Builtin(p.LookupEnv)
	if err != nil {
		return nil, hint(err, "give a file with --config, or set the variables of the built-in one: flowserver serve --print-config shows it")
	}
	return cfg, nil
}

// withNumbers opens the configured numbers, or only the one whose id is given,
// and calls f with them.
func (c configFlag) withNumbers(p *Program, id string, f func([]*server.Number) error) error {
	cfg, err := c.load(p)
	if err != nil {
		return err
	}
	if id != "" {
		if err := keepNumber(cfg, id); err != nil {
			return err
		}
	}
	log := slog.New(slog.DiscardHandler) // what trackers log, the commands print
	st, err := server.OpenStore(cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }() // nothing is left to be written
	numbers, err := server.OpenNumbers(cfg, st, log, nil)
	if err != nil {
		return err
	}
	return f(numbers)
}

// keepNumber drops all numbers but one, so that the keys of the others need not
// be readable here.
func keepNumber(cfg *config.Config, id string) error {
	i := slices.IndexFunc(cfg.Numbers, func(n config.Number) bool { return n.ID == id })
	if i < 0 {
		var known []string
		for _, n := range cfg.Numbers {
			known = append(known, n.ID)
		}
		return &usageError{fmt.Errorf("no number has the id %q; configured: %s", id, strings.Join(known, ", "))}
	}
	cfg.Numbers = cfg.Numbers[i : i+1]
	return nil
}

// remedyTarget is what follows --number in a command that the user can paste.
func (c configFlag) remedyTarget(id string) string {
	if c.Config == "" {
		return id
	}
	return id + " --config " + c.Config
}
