package server

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/flowcheck"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/lint"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/problem"
)

// FlowJSON returns the one that is compiled in with the handler, see
// [exchange.WithFlow]; nil if there is none, or if the handler cannot be served.
func (f Flow) FlowJSON() *flowjson.Flow {
	if registry, err := exchange.RegistryOf(f.Handler); err == nil && registry != nil {
		return registry.FlowJSON()
	}
	return nil
}

// readFlowJSON returns the Flow JSON of a Flow: the file that the configuration
// names or, without one, what is compiled in with the handler; nil if there is
// neither.
func readFlowJSON(cfg config.Flow, registry *exchange.Registry) (*flowjson.Flow, error) {
	if cfg.FlowJSON == "" {
		var compiledIn *flowjson.Flow
		if registry != nil {
			compiledIn = registry.FlowJSON()
		}
		if compiledIn == nil && cfg.Guard == config.GuardEnforce {
			return nil, errors.New("guard: has nothing to enforce: add flow_json, or compile one in with exchange.WithFlow")
		}
		return compiledIn, nil
	}
	source, err := files.Read(cfg.FlowJSON, files.MaxFlowJSON)
	if err != nil {
		return nil, fmt.Errorf("flow_json: %w", err)
	}
	f, err := flowjson.Read(source)
	if syntax, ok := errors.AsType[*flowjson.SyntaxError](err); ok {
		return nil, fmt.Errorf("flow_json: %s:%d:%d: %s", cfg.FlowJSON, syntax.Position.Line, syntax.Position.Column, syntax.Problem)
	}
	return f, err
}

// checkFlowJSON reports what is wrong with a Flow JSON, and what does not fit between it
// and the handlers. What phones could not use is an error if the guard enforces; the
// rest is logged.
func (s *Server) checkFlowJSON(cfg config.Flow, f *flowjson.Flow, registry *exchange.Registry) error {
	if f == nil || cfg.Guard == config.GuardOff {
		return nil
	}
	log := s.log.With(slog.String("flow", cfg.ID))
	s.lint(cfg, f)
	if registry == nil {
		return nil // a gateway: only its answers show what it handles
	}
	var problems problem.List
	for _, p := range flowcheck.Check(f, registry.Routes()) {
		if cfg.Guard == config.GuardEnforce && !p.Warning {
			problems.Add("flow_json", p.String(), "")
			continue
		}
		log.Warn("handlers do not fit the Flow JSON", slog.String("problem", p.What), slog.String("screen", p.Screen),
			slog.Int("line", p.Position.Line), slog.String("remedy", p.Remedy))
	}
	return problems.Err()
}

// lint counts what Meta would refuse to publish. It is published already, or will
// not be: no reason not to serve.
func (s *Server) lint(cfg config.Flow, f *flowjson.Flow) {
	count, first := 0, ""
	for _, finding := range lint.Check(f) {
		if finding.Severity != lint.Error {
			continue
		}
		if count++; count == 1 {
			first = finding.String()
		}
	}
	if count == 0 {
		return
	}
	file := cfg.FlowJSON
	if file == "" {
		file = "FILE"
	}
	s.log.Warn("Meta would not publish the Flow JSON", slog.String("flow", cfg.ID), slog.Int("errors", count), slog.String("first", first),
		slog.String("remedy", "flowserver lint "+file))
}
