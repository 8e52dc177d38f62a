package cli

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/protocol"
)

type phoneCommand struct {
	target
	phonePage
	Address  string   `arg:"" optional:"" name:"URL" help:"The endpoint. Without one the phone shows the screens with their examples."`
	FlowJSON string   `name:"flow-json" placeholder:"FILE" help:"The Flow JSON, which the phone requires. It reloads the file when it changes."`
	Listen   string   `placeholder:"HOST:PORT" help:"Address of the page. Default: 127.0.0.1:8081, or the next free port."`
	Token    string   `placeholder:"T" help:"The flow token of the message. Default: a new one for each message."`
	Start    string   `enum:"auto,data_exchange,navigate" default:"auto" placeholder:"ACTION" help:"The flow_action of the message: data_exchange asks the endpoint for the first screen, navigate shows one without asking. Without the flag, the endpoint is asked if the Flow has one."`
	Screen   string   `placeholder:"ID" help:"The first screen with navigate. Default: the first one that no route leads to."`
	Data     string   `placeholder:"JSON" help:"The data of the first screen with navigate: a JSON object, or @FILE to read one."`
	Command  string   `name:"run" placeholder:"COMMAND" help:"Start this command in a shell, for example the server that answers."`
	Watch    []string `placeholder:"GLOB" help:"Restart the command when a file whose path or name matches changes, for example *.js."`
	// NumberConfig is a configuration of flowserver; only its numbers are used.
	NumberConfig string `placeholder:"FILE" help:"A configuration file of flowserver. The Key panel asks the provider of its number which key is registered, compares that key with the one given to the phone, and shows the remedy if they differ. Only the numbers are used: with several, the one that has the given key, else the first."`
	Trace        string `placeholder:"DIR" help:"Show the traces that play --trace wrote to this folder, step by step, instead of playing a Flow."`
	Rules        string `enum:"published,draft" default:"published" placeholder:"RULES" help:"How WhatsApp treats the Flow. A draft shows errors on top of the screen."`
}

// Help explains what the phone is for.
func (phoneCommand) Help() string {
	return `phone plays a Flow in the browser as WhatsApp does, against an endpoint in any
language, and shows each request and answer in plain text, with what WhatsApp does
about it and why. Without a URL it plays the screens alone. With --trace it shows what
happened in scenarios that failed.

The page is only served on this machine. Keys and secrets stay in this process.`
}

// Run serves the page until ctx ends.
func (c phoneCommand) Run(ctx context.Context, p *Program, parsed *kong.Context) error {
	if c.Trace != "" {
		return c.showTraces(ctx, p)
	}
	if c.FlowJSON == "" {
		return usagef("give the Flow JSON with --flow-json, or a folder of traces with --trace")
	}
	flow, err := readDevFlowJSON(c.FlowJSON)
	if err != nil {
		return err
	}
	if err := c.checkWatch(); err != nil {
		return err
	}
	message, err := c.message(flow)
	if err != nil {
		return err
	}
	endpoint, err := c.endpoint(parsed)
	if err != nil {
		return err
	}
	if c.NumberConfig != "" {
		if endpoint.Endpoint == nil {
			return usagef("--number-config is for an endpoint: give its URL")
		}
		return configFlag{c.NumberConfig}.withNumbers(p, "", func(numbers []*server.Number) error {
			endpoint.Key = c.registeredKeyOf(numbers, endpoint.publicKey)
			return c.play(ctx, p, flow, message, endpoint.Target)
		})
	}
	return c.play(ctx, p, flow, message, endpoint.Target)
}

// play serves the page of a Flow until ctx ends.
func (c phoneCommand) play(ctx context.Context, p *Program, flow *flowjson.Flow, message phone.Message, endpoint phoneui.Target) (err error) {
	log, err := c.openExchangeLog(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	log.terminal = p.Stderr
	id := strings.TrimSuffix(filepath.Base(c.FlowJSON), filepath.Ext(c.FlowJSON))
	ui, err := c.start(ctx, c.Listen, []phoneui.Flow{{
		ID: id, JSON: flow, File: c.FlowJSON, Message: message, Ruleset: phone.Ruleset(c.Rules), Target: endpoint,
	}}, log)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(p.Stdout, c.greeting(p, ui, endpoint)); err != nil {
		return err
	}
	if c.Command == "" {
		c.show(ctx, p, ui)
		return ui.Serve(ctx)
	}
	return serveAndRestart(ctx, ui, c.restarter(ctx, p, endpoint.Endpoint, ui))
}

// restarter keeps the command of --run running. It is ready when a ping is active, or at
// once without an endpoint.
func (c phoneCommand) restarter(ctx context.Context, p *Program, endpoint phone.Endpoint, ui *phoneui.Server) restarter {
	return restarter{
		dir: ".", watched: anyGlob(c.Watch),
		command: func() *exec.Cmd {
			name, args := shell(c.Command)
			command := exec.CommandContext(context.WithoutCancel(ctx), name, args...) //nolint:gosec // G204: what the user asks to run
			return passOutput(command, p.Stdout, p.Stderr)
		},
		ready: func(ctx context.Context) bool {
			if endpoint == nil {
				return true
			}
			answer, err := endpoint.Send(ctx, client.Message{Action: protocol.ActionPing})
			return err == nil && answer.Active()
		},
		report: ui.Report,
		begun:  func() { c.show(ctx, p, ui) },
	}
}

// serveAndRestart serves the page and keeps a program running until ctx ends.
func serveAndRestart(ctx context.Context, ui *phoneui.Server, r restarter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.run(ctx)
	}()
	err := ui.Serve(ctx)
	cancel()
	<-stopped
	return err
}

func (c phoneCommand) greeting(p *Program, ui *phoneui.Server, endpoint phoneui.Target) string {
	s := p.style(p.Stdout)
	text := fmt.Sprintf("\n  %s  %s\n\n", s.bold("phone"), s.paint("1;36", ui.URL()))
	switch {
	case endpoint.Endpoint == nil:
		text += "  no endpoint: the screens show their examples; give a URL to play against one\n"
	case !endpoint.Signed:
		text += "  endpoint    " + endpoint.URL + "\n" +
			"  signature   none: an endpoint must refuse unsigned requests; give its app secret with --app-secret-file\n"
	default:
		text += "  endpoint    " + endpoint.URL + "\n"
	}
	text += "  Flow JSON   " + c.FlowJSON + "\n"
	if note := c.logNote(); note != "" {
		text += "  log         " + note + "\n"
	}
	return text + "\nCtrl-C stops.\n\n"
}

// startAuto leaves the flow_action to the phone.
const startAuto = "auto"

// checkWatch checks the globs of --watch.
func (c phoneCommand) checkWatch() error {
	if len(c.Watch) > 0 && c.Command == "" {
		return usagef("--watch needs --run, the command to restart")
	}
	for _, glob := range c.Watch {
		if _, err := filepath.Match(glob, ""); err != nil {
			return usagef("--watch: %q is not a pattern", glob)
		}
	}
	return nil
}

// message returns the message that opens the Flow.
func (c phoneCommand) message(f *flowjson.Flow) (phone.Message, error) {
	m := phone.Message{Token: c.Token, Screen: c.Screen}
	if c.Start != startAuto {
		m.Action = c.Start
	}
	data, err := payloadOf(c.Data, nil)
	if err != nil {
		return m, err
	}
	if data != nil {
		if err := json.Unmarshal(data, &m.Data); err != nil {
			return m, usagef("--data: expected a JSON object")
		}
	}
	if (c.Screen != "" || data != nil) && c.Start == startAuto {
		m.Action = catalog.Navigate
	}
	switch {
	case m.Action == catalog.DataExchange && (c.Screen != "" || data != nil):
		return m, usagef("--screen and --data are for --start navigate: with data_exchange the endpoint chooses both")
	case c.Screen != "" && f.Screen(c.Screen) == nil:
		return m, usagef("--screen: the Flow JSON has no screen %s", c.Screen)
	}
	return m, nil
}

// phoneTarget is an endpoint with the public key that requests are encrypted with.
type phoneTarget struct {
	phoneui.Target
	publicKey *rsa.PublicKey
}

// endpoint returns what the flags say about it; none without a URL.
func (c phoneCommand) endpoint(parsed *kong.Context) (phoneTarget, error) {
	if c.Address == "" && c.URL == "" && c.Flow == "" {
		return phoneTarget{}, nil
	}
	given := flagsGiven(parsed)
	address, _, err := c.chooseURL(c.Address, given)
	if err != nil {
		return phoneTarget{}, err
	}
	key, appSecret, err := c.credentials(given)
	if err != nil {
		return phoneTarget{}, err
	}
	endpoint, err := client.New(client.Config{URL: address, PublicKey: key, AppSecret: appSecret.value, HTTPClient: &http.Client{Timeout: phoneTimeout}})
	if err != nil {
		return phoneTarget{}, &usageError{err}
	}
	shown := weburl.Printable(address)
	return phoneTarget{publicKey: key, Target: phoneui.Target{
		Endpoint: endpoint, URL: shown, Call: c.call(shown, appSecret),
		Signed: len(appSecret.value) > 0, Signature: signer(appSecret.value), SignBody: bodySigner(appSecret.value),
		Key: func(context.Context) phoneui.Key {
			return phoneui.Key{
				InUse: keystore.Fingerprint(key), Verdict: "Given on the command line", OK: true,
				Text: "Ping now shows whether the endpoint has its private key.",
			}
		},
	}}, nil
}

// call is the command line of package call for the same endpoint. Files are named, and
// secrets are not shown.
func (c phoneCommand) call(shown string, appSecret appSecret) string {
	words := []string{ourName(), callName, quoted(shown)}
	if c.PublicKey != "" {
		words = append(words, "--public-key", quoted(c.PublicKey))
	}
	switch {
	case c.Unsigned:
		words = append(words, "--unsigned")
	case c.AppSecretFile != "" && appSecret.value != nil:
		words = append(words, "--app-secret-file", quoted(c.AppSecretFile))
	}
	return strings.Join(words, " ")
}

// phoneTimeout is how long a phone waits for an answer.
const phoneTimeout = protocol.TimeoutSeconds * time.Second
