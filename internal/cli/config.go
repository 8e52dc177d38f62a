package cli

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

// configFlag is the flag of the commands that read a configuration.
type configFlag struct {
	Config string `placeholder:"FILE" help:"Configuration file. Without it, variables configure one number and one Flow: see serve --print-config."`
}

// load reads the configuration. A misspelt variable may be why it is refused.
func (c configFlag) load(p *Program) (*config.Config, error) {
	read := func() (*config.Config, error) { return config.Builtin(p.builtinVariable) }
	if c.Config != "" {
		read = func() (*config.Config, error) { return config.Load(c.Config, p.LookupEnv) }
	}
	cfg, err := read()
	if err == nil {
		return cfg, nil
	}
	if misspelt := c.misspelt(p); len(misspelt) > 0 {
		var hints []string
		for _, w := range misspelt {
			hints = append(hints, w.Path+": "+w.Text)
		}
		return nil, hint(err, strings.Join(hints, "\nhint: "))
	}
	if c.Config == "" && !p.anySet(builtinVariables(p.LookupEnv)) {
		return nil, hint(err, "give a file with --config, or set the variables of the built-in configuration: flowserver serve --print-config prints it")
	}
	return nil, err
}

// flowVariable names the flow of the built-in configuration.
const flowVariable = "FLOWSERVER_FLOW"

// builtinVariable looks up a variable of the built-in configuration. The flow is by
// default the one that is compiled in, if there is just one, demos aside.
func (p *Program) builtinVariable(name string) (string, bool) {
	value, ok := p.LookupEnv(name)
	if name != flowVariable || value != "" {
		return value, ok
	}
	var served []string
	for _, f := range p.Flows {
		if !f.DevOnly {
			served = append(served, f.ID)
		}
	}
	if len(served) == 1 {
		return served[0], true
	}
	return value, ok
}

// anySet reports whether one of the variables has a value.
func (p *Program) anySet(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		value, _ := p.LookupEnv(name)
		return value != ""
	})
}

// withNumbers opens the configured numbers, or only the one with the given id, and
// calls f with them.
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
	log := slog.New(slog.DiscardHandler) // the commands print what trackers log
	st, err := server.OpenStore(cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }() // nothing is left to write
	numbers, err := server.OpenNumbers(cfg, backend.Open(backend.Crypto, nil), st, log, nil)
	if err != nil {
		return err
	}
	return f(numbers)
}

// keepNumber drops all numbers but one, so that only its keys must be readable
// here.
func keepNumber(cfg *config.Config, id string) error {
	i := slices.IndexFunc(cfg.Numbers, func(n config.Number) bool { return n.ID == id })
	if i < 0 {
		var known []string
		for _, n := range cfg.Numbers {
			known = append(known, n.ID)
		}
		return usagef("no number has the id %q; configured: %s", id, strings.Join(known, ", "))
	}
	cfg.Numbers = cfg.Numbers[i : i+1]
	return nil
}

// remedyTarget is the text after --number in a command that the user can paste.
func (c configFlag) remedyTarget(id string) string {
	if c.Config == "" {
		return id
	}
	return id + " --config " + quoted(c.Config)
}
