package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/inprocess"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

// playEndpoints finds the Flow JSON and the endpoint of each scenario, and makes each of
// them once.
type playEndpoints struct {
	command playCommand
	program *Program
	address string // the URL among the arguments
	given   map[string]bool

	flows   map[string]*flowjson.Flow // by path
	players map[string]player         // by flow id, "" for the URL
	opened  []io.Closer
	cdn     *mediacdn.CDN // nil if no scenario uploads a file
}

// player is a client with what the phone must know of it.
type player struct {
	client    *client.Client
	signature func(token string) string // nil for unsigned requests
}

// options returns what a scenario is played against.
func (e *playEndpoints) options(s *scenario.Scenario) (scenario.Options, error) {
	flow, err := e.flowFile(s)
	if err != nil {
		return scenario.Options{}, err
	}
	elsewhere := e.address != "" || e.given["url"]
	if !elsewhere && len(e.program.Flows) > 0 {
		compiled, err := e.compiledIn(s, flow)
		if err == nil {
			return e.local(compiled, flow)
		}
		if flow == nil || flow.HasEndpoint() && !e.command.Dir.exists() {
			return scenario.Options{}, err
		}
	}
	switch {
	case flow == nil:
		return scenario.Options{}, errors.New("the scenario needs the Flow JSON of the endpoint: write flow: flow.json, or give --flow-json")
	case !elsewhere && !flow.HasEndpoint():
		return scenario.Options{Flow: flow, Phone: func(cfg *phone.Config) { cfg.Media = e.cdn }}, nil
	}
	return e.remote(flow) // perhaps the flow that dev serves here for a server in another language
}

// flowFile reads the Flow JSON that a scenario or the command line names; nil if neither
// does.
func (e *playEndpoints) flowFile(s *scenario.Scenario) (*flowjson.Flow, error) {
	path := s.FlowPath()
	if path == "" {
		path = e.command.FlowJSON
	}
	if path == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	if flow := e.flows[path]; flow != nil {
		return flow, nil
	}
	source, err := files.Read(path, maxFlowFile)
	if err != nil {
		return nil, fmt.Errorf("the Flow JSON: %w", err)
	}
	flow, err := flowjson.Read(source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if e.flows == nil {
		e.flows = map[string]*flowjson.Flow{}
	}
	e.flows[path] = flow
	return flow, nil
}

// nameOf returns the path of a Flow JSON or, if it is compiled in, the id of its flow.
func (e *playEndpoints) nameOf(flow *flowjson.Flow) string {
	for path, read := range e.flows {
		if read == flow {
			return path
		}
	}
	for _, f := range e.program.Flows {
		if flowOf(f) == flow {
			return f.ID
		}
	}
	return ""
}

// maxFlowFile bounds a Flow JSON file, in bytes: the size that Meta accepts.
const maxFlowFile = 10 << 20

// compiledIn returns the compiled-in flow of a scenario: the one that it names by its id
// or by the name of its Flow JSON, the one with the screens of its Flow JSON, or the only
// one if it names none.
func (e *playEndpoints) compiledIn(s *scenario.Scenario, flow *flowjson.Flow) (server.Flow, error) {
	name := e.command.Flow
	switch {
	case name != "":
	case s.Flow != "":
		name = strings.TrimSuffix(filepath.Base(s.Flow), ".json")
	case e.command.FlowJSON != "":
		name = strings.TrimSuffix(filepath.Base(e.command.FlowJSON), ".json")
	}
	var ids []string
	for _, f := range e.program.Flows {
		if f.ID == name {
			return f, nil
		}
		if flow != nil && e.command.Flow == "" && sameScreens(flow, flowOf(f)) {
			return f, nil
		}
		ids = append(ids, f.ID)
	}
	if len(e.program.Flows) == 1 && name == "" {
		return e.program.Flows[0], nil
	}
	if name == "" {
		return server.Flow{}, fmt.Errorf("which Flow? write flow: %s, or give --flow: this program has %s", ids[0], strings.Join(ids, ", "))
	}
	return server.Flow{}, fmt.Errorf("this program has no Flow %s: it has %s; give the URL of an endpoint to play elsewhere", name, strings.Join(ids, ", "))
}

// flowOf returns the Flow JSON of a compiled-in flow; nil if it has none.
func flowOf(f server.Flow) *flowjson.Flow {
	registry, err := exchange.RegistryOf(f.Handler)
	if err != nil || registry == nil {
		return nil
	}
	return registry.FlowJSON()
}

func sameScreens(a, b *flowjson.Flow) bool {
	if b == nil {
		return false
	}
	return slices.EqualFunc(a.Screens, b.Screens, func(x, y *flowjson.Screen) bool { return x.ID == y.ID })
}

// local returns a compiled-in flow, which answers in this process.
func (e *playEndpoints) local(f server.Flow, flow *flowjson.Flow) (scenario.Options, error) {
	if flow == nil {
		if flow = flowOf(f); flow == nil {
			return scenario.Options{}, fmt.Errorf("the Flow %s has no Flow JSON: write flow: flow.json, or give --flow-json", f.ID)
		}
	}
	if made, ok := e.players[f.ID]; ok {
		return e.optionsOf(made, flow), nil
	}
	var made player
	log := slog.New(slog.NewTextHandler(e.program.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	c, endpoint, err := inprocess.New(exchange.Config{
		Flow: f.ID, Handler: f.Handler, FlowJSON: flow, OnClientError: f.OnClientError, Logger: log,
		ExposeReason: func(*http.Request) bool { return true },
	}, func(cfg *client.Config) {
		e.configure(cfg)
		made.signature = signer(cfg.AppSecret)
	})
	if err != nil {
		return scenario.Options{}, err
	}
	made.client, e.opened = c, append(e.opened, endpoint)
	e.keep(f.ID, made)
	return e.optionsOf(made, flow), nil
}

// remote returns the endpoint of the command line.
func (e *playEndpoints) remote(flow *flowjson.Flow) (scenario.Options, error) {
	if made, ok := e.players[""]; ok {
		return e.optionsOf(made, flow), nil
	}
	address, _, err := e.command.chooseURL(e.address, e.given)
	if err != nil {
		return scenario.Options{}, err
	}
	key, appSecret, err := e.command.credentials(e.given)
	if err != nil {
		return scenario.Options{}, err
	}
	cfg := client.Config{URL: address, PublicKey: key, AppSecret: appSecret.value}
	if e.cdn != nil {
		cfg.MediaOrigin = e.cdn.Origin()
	}
	e.configure(&cfg)
	c, err := client.New(cfg)
	if err != nil {
		return scenario.Options{}, err
	}
	made := player{c, signer(appSecret.value)}
	e.keep("", made)
	return e.optionsOf(made, flow), nil
}

func (e *playEndpoints) optionsOf(p player, flow *flowjson.Flow) scenario.Options {
	return scenario.Options{
		Flow: flow, Endpoint: p.client, Phone: func(cfg *phone.Config) { cfg.Signature, cfg.Media = p.signature, e.cdn },
	}
}

// listenForMedia starts the CDN from which handlers fetch files, if a scenario uploads
// one. With the context, the handlers of this process may: package exchange/media refuses
// addresses of this machine otherwise.
func (e *playEndpoints) listenForMedia(ctx context.Context, scenarios []*scenario.Scenario) (context.Context, func() error, error) {
	if !slices.ContainsFunc(scenarios, (*scenario.Scenario).Uploads) {
		return ctx, func() error { return nil }, nil
	}
	cdn, err := mediacdn.Listen(ctx)
	if err != nil {
		return ctx, nil, err
	}
	e.cdn = cdn
	ctx, err = media.WithOrigin(ctx, cdn.Origin())
	if err != nil {
		return ctx, nil, errors.Join(err, cdn.Close())
	}
	return ctx, cdn.Close, nil
}

// configure sets what clients of both kinds have in common.
func (e *playEndpoints) configure(cfg *client.Config) {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{}
	}
	cfg.HTTPClient.Timeout = e.command.Timeout
	cfg.RetryWait = -1 // no step sleeps
}

func (e *playEndpoints) keep(id string, made player) {
	if e.players == nil {
		e.players = map[string]player{}
	}
	e.players[id] = made
}

func (e *playEndpoints) close() error {
	var errs []error
	for _, o := range e.opened {
		errs = append(errs, o.Close())
	}
	return errors.Join(errs...)
}
