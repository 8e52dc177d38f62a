package cli

import (
	"context"
	"errors"

	"github.com/flowserver/flowserver/internal/server"
)

// defaultDevDir is where call and check look for the files of dev.
const defaultDevDir = ".flowserver"

type devCommand struct {
	Upstream *string `placeholder:"URL" help:"Serve a Flow that the server at this URL answers, in any language, instead of the compiled-in Flows."`
	FlowJSON string  `name:"flow-json" placeholder:"FILE" help:"Flow JSON of the upstream's Flow: answers that do not match it are refused."`
	Flow     string  `placeholder:"ID" help:"ID of the upstream's Flow. Default: the name of the Flow JSON file, else flow."`
	Listen   string  `placeholder:"HOST:PORT" help:"Public address. Default: 127.0.0.1:8080, or the next free port."`
	Admin    string  `placeholder:"HOST:PORT" help:"Address of health and metrics. Default: 127.0.0.1:9090, or the next free port."`
	Dir      string  `default:".flowserver" placeholder:"DIR" help:"Folder for the key pair, the secrets and the configuration."`
	phonePage
	Watch        bool         `help:"Rebuild and restart the program when a .go or .json file changes; the phone keeps its state."`
	ProviderURL  string       `hidden:"" help:"Use the stand-in provider of another process, for --watch."`
	NoPhone      bool         `help:"Do not serve the phone."`
	PhoneListen  string       `placeholder:"HOST:PORT" help:"Address of the phone. Default: 127.0.0.1:8081, or the next free port."`
	ProviderSays providerSays `default:"VALID" enum:"VALID,MISMATCH,foreign,missing,down" placeholder:"WHAT" help:"What the stand-in provider reports about our key. MISMATCH: Meta rejects its signature. foreign: another key is registered. missing: no key is registered. down: the provider does not answer."`
}

// Help is printed below the flags.
func (devCommand) Help() string {
	return `dev serves Flows on this machine only. It creates a key pair, an app secret and a
configuration in .flowserver, and prints the next commands.
`
}

// Run serves flows with generated keys until ctx ends.
func (c devCommand) Run(ctx context.Context, p *Program) (err error) {
	flows, err := c.flows(p.Flows)
	if err != nil {
		return err
	}
	// before any file is written
	if _, err := c.addresses(ctx); err != nil {
		return err
	}
	if _, err := c.check(); err != nil {
		return err
	}
	files, err := openDevFiles(c.Dir, c.Upstream != nil)
	if err != nil {
		return err
	}
	provider := &devProvider{url: c.ProviderURL}
	if c.ProviderURL == "" {
		if provider, err = startDevProvider(ctx, c.ProviderSays, files.pair); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, provider.stop()) }()
	}
	exchanges, err := c.openExchangeLog(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, exchanges.Close()) }()
	if c.Watch {
		return c.runWatched(ctx, p, files, provider, flows, exchanges)
	}
	s, addresses, log, err := c.listen(ctx, p, files, provider.url, flows)
	if err != nil {
		return err
	}
	defer log.Close()
	addresses.public, addresses.admin = s.PublicAddr().String(), s.AdminAddr().String() // no longer port 0
	if _, err := writeDevConfig(files, addresses, provider.url, flows); err != nil {
		return errors.Join(err, s.Close())
	}
	ui, err := c.startPhone(ctx, reachable(s.PublicAddr()), files, provider, flows, exchanges)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	greeting := devGreeting{
		dev: c, files: files, flows: flows, public: reachable(s.PublicAddr()), admin: reachable(s.AdminAddr()), phone: ui, providerURL: provider.url,
		moved: addresses.moved, colour: p.colourOn(p.Stdout),
	}
	if _, err := p.Stdout.Write(greeting.text(ctx)); err != nil {
		return err
	}
	if ui == nil {
		return serve(ctx, s)
	}
	c.show(ctx, p, ui)
	return serveWithPhone(ctx, s, ui)
}

// listen makes the server and its log, and lets it listen. If another program takes a
// port between the choice and the use of it, the next pair is tried.
func (c devCommand) listen(
	ctx context.Context, p *Program, files devFiles, providerURL string, flows []devFlow,
) (*server.Server, devAddresses, *server.Log, error) {
	var taken error
	for range devPortTries {
		addresses, err := c.addresses(ctx)
		if err != nil {
			return nil, addresses, nil, err
		}
		cfg, err := writeDevConfig(files, addresses, providerURL, flows)
		if err != nil {
			return nil, addresses, nil, err
		}
		log := server.OpenLog(cfg.Log, p.Stderr, p.humanLog(cfg)) //nolint:contextcheck // it outlives the command's context
		s, err := server.New(server.Options{                      //nolint:contextcheck // health checks to come have their own time
			Config: cfg, Flows: p.Flows, Version: version(), Logger: log.Logger, LogDropped: log.Dropped,
			Dev: true, ExposeReasons: true, LocalMedia: true,
		})
		if err != nil {
			log.Close()
			return nil, addresses, nil, err
		}
		if taken = s.Listen(ctx); taken == nil {
			return s, addresses, log, nil
		}
		log.Close()
		if !portUnavailable(taken) {
			return nil, addresses, nil, taken
		}
	}
	return nil, devAddresses{}, nil, hint(taken, portHint)
}
