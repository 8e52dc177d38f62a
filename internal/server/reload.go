package server

import (
	"cmp"
	"log/slog"
	"reflect"
	"slices"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/problem"
)

// Reload reads everything again at once: the configuration, if [Options] say how, the
// keys, changed or not, and the certificate. The providers are asked again, about keys
// that have not changed at most every ten seconds. Safe for concurrent use.
//
// A new configuration is adopted as a whole or not at all. It is refused, with every
// problem in the log, if it has any, if it takes the upstream of a flow away, or if it
// changes something that needs a restart: everything but flows, private keys, log.level,
// require_valid_key and require_redis. A number with a key that cannot be read keeps its
// old keys; log and health say so.
func (s *Server) Reload() {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.options.Load != nil {
		err := s.reconfigure()
		s.metrics.reloads(err == nil)
		if err != nil {
			s.logProblems(err)
		}
	}
	for _, n := range s.numbers {
		n.reload(s.log, true)
	}
	if s.certs != nil {
		s.certs.look(true)
	}
}

// reconfigure adopts a new configuration. After an error nothing has changed.
func (s *Server) reconfigure() error {
	cfg, err := s.options.Load()
	if err != nil {
		return err
	}
	old := s.current.Load().cfg
	if err := needsRestart(old, cfg); err != nil {
		return err
	}
	problems := lostUpstreams(old, cfg)
	for _, n := range cfg.Numbers {
		_, err := parseKeys(s.rsa, readKeys(new(files.Reader), n.PrivateKeys))
		problems.AddError("number "+n.ID, err)
	}
	flows, err := s.openFlows(cfg)
	problems.AddError("", err)
	if err := problems.Err(); err != nil {
		return err
	}
	s.warn(cfg.Warnings())
	for _, n := range s.numbers {
		i := slices.IndexFunc(cfg.Numbers, func(c config.Number) bool { return c.ID == n.ID })
		n.use(cfg.Numbers[i].PrivateKeys)
	}
	if s.options.Level != nil {
		setLevel(s.options.Level, cfg.Log.Level)
	}
	s.serve(cfg, flows)
	s.logFlows(cfg, flows)
	s.log.Info("configuration reloaded", slog.Int("flows", len(flows)))
	return nil
}

// lostUpstreams lists the flows whose upstream the next configuration no longer has. A
// file that was cut short looks like that, and what is compiled in would answer real
// users.
func lostUpstreams(old, next *config.Config) (problems problem.List) {
	for _, f := range next.Flows {
		i := slices.IndexFunc(old.Flows, func(o config.Flow) bool { return o.ID == f.ID })
		if i >= 0 && old.Flows[i].Upstream != nil && f.Upstream == nil {
			problems.Add("flow "+f.ID, "its upstream is gone: is the file whole?", "restart to serve the compiled-in flow instead")
		}
	}
	return problems
}

// needsRestart returns a list of the changes that a running server cannot follow:
// all but those known to be safe.
func needsRestart(old, next *config.Config) error {
	var problems problem.List
	refuse := func(key string) { problems.Add("", key+" has changed: that needs a restart", "") }
	for key, values := range topLevel(old, next) {
		switch key {
		case "flows", "require_valid_key", "require_redis", "numbers", "log":
		default:
			if !reflect.DeepEqual(values[0], values[1]) {
				refuse(key)
			}
		}
	}
	if old.Log.Format != next.Log.Format {
		refuse("log.format")
	}
	byID := func(numbers []config.Number) map[string]config.Provider {
		m := map[string]config.Provider{}
		for _, n := range numbers {
			m[n.ID] = n.Provider
		}
		return m
	}
	was, is := byID(old.Numbers), byID(next.Numbers)
	for id, provider := range is {
		before, known := was[id]
		switch {
		case !known:
			refuse("numbers: " + id)
		case !before.Equal(provider):
			refuse("numbers: the provider of " + id)
		}
	}
	for id := range was {
		if _, left := is[id]; !left {
			refuse("numbers: " + id)
		}
	}
	slices.SortFunc(problems, func(a, b problem.Problem) int { return cmp.Compare(a.Text, b.Text) })
	return problems.Err()
}

// topLevel pairs what two configurations have under each of their keys.
func topLevel(a, b *config.Config) map[string][2]any {
	values := map[string][2]any{}
	x, y := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range x.NumField() {
		values[x.Type().Field(i).Tag.Get("yaml")] = [2]any{x.Field(i).Interface(), y.Field(i).Interface()}
	}
	return values
}

// logProblems logs, one a line, why the old configuration stays in use.
func (s *Server) logProblems(err error) {
	const msg = "the configuration is not reloaded, the old one stays in use"
	var problems problem.List
	problems.AddError("", err)
	for _, p := range problems {
		if p.File == "" {
			s.log.Error(msg, slog.String("error", p.String()))
			continue
		}
		s.log.Error(msg, slog.String("file", p.File), slog.Int("line", p.Line), slog.String("path", p.Path),
			slog.String("error", p.Text), slog.String("remedy", p.Hint))
	}
}

// use sets where the keys come from; reload then reads them.
func (n *Number) use(keys []config.PrivateKey) {
	n.reloading.Lock()
	defer n.reloading.Unlock()
	n.keys = keys
}
