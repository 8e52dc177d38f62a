package server

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"

	"github.com/flowserver/flowserver/internal/config"
)

// Reload reads everything again at once: the configuration, if [Options] say how,
// the keys, changed or not, and the certificate. Registrations are asked about
// anew. Safe for concurrent use.
//
// A new configuration is taken over as a whole or not at all. It is refused, with
// all its problems in the log, if it has any, or if it changes what needs a
// restart: everything but flows, private keys, log.level and require_valid_key.
// A number with a key that cannot be read keeps its old ones, as log and health
// then say.
func (s *Server) Reload() {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.options.Load != nil {
		if err := s.reconfigure(); err != nil {
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

// reconfigure takes a new configuration over. After an error nothing has changed.
func (s *Server) reconfigure() error {
	cfg, err := s.options.Load()
	if err != nil {
		return err
	}
	if err := needsRestart(s.current.Load().cfg, cfg); err != nil {
		return err
	}
	var problems []error
	for _, n := range cfg.Numbers {
		if _, err := parseKeys(readKeys(n.PrivateKeys)); err != nil {
			problems = append(problems, fmt.Errorf("number %s: %w", n.ID, err))
		}
	}
	flows, err := s.openFlows(cfg)
	if err := errors.Join(append(problems, err)...); err != nil {
		return err
	}
	s.warn(cfg)
	for _, n := range s.numbers {
		i := slices.IndexFunc(cfg.Numbers, func(c config.Number) bool { return c.ID == n.ID })
		n.use(cfg.Numbers[i].PrivateKeys)
	}
	if s.options.Level != nil {
		setLevel(s.options.Level, cfg.Log.Level)
	}
	s.serve(cfg, flows)
	s.log.Info("configuration reloaded", slog.Int("flows", len(flows)))
	return nil
}

// needsRestart reports every change that a running server cannot follow. What is
// not known to be safe is not.
func needsRestart(old, next *config.Config) error {
	var problems []error
	refuse := func(key string) {
		problems = append(problems, fmt.Errorf("%s has changed: that needs a restart", key))
	}
	for key, values := range topLevel(old, next) {
		switch key {
		case "flows", "require_valid_key", "numbers", "log":
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
		case !reflect.DeepEqual(before, provider):
			refuse("numbers: the provider of " + id)
		}
	}
	for id := range was {
		if _, left := is[id]; !left {
			refuse("numbers: " + id)
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
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

// logProblems says, one a line, why the configuration stays as it is.
func (s *Server) logProblems(err error) {
	const msg = "the configuration is not reloaded, the old one stays in use"
	if e, ok := errors.AsType[*config.Error](err); ok {
		for _, p := range e.Problems {
			s.log.Error(msg, slog.String("file", e.File), slog.Int("line", p.Line), slog.String("path", p.Path),
				slog.String("error", p.Text), slog.String("remedy", p.Hint))
		}
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // what errors.Join made
		for _, part := range joined.Unwrap() {
			s.logProblems(part)
		}
		return
	}
	s.log.Error(msg, slog.String("error", err.Error()))
}

// use takes over where the keys come from; reload then reads them.
func (n *Number) use(keys []config.PrivateKey) {
	n.reloading.Lock()
	defer n.reloading.Unlock()
	n.keys = keys
}
