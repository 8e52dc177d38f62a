package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
)

// runWatched keeps the phone and the provider, and lets another process serve the flows:
// this program, built anew whenever its source changes.
func (c devCommand) runWatched(ctx context.Context, p *Program, files devFiles, provider *devProvider, flows []devFlow, log *exchangeLog) error {
	info, _ := debug.ReadBuildInfo()
	if _, err := os.Stat("go.mod"); err != nil || info == nil || info.Path == "command-line-arguments" {
		return &usageError{hint(errors.New("--watch rebuilds the program, but this is not the folder of its module"), "run it in the folder with go.mod")}
	}
	addresses, err := c.addresses(ctx)
	if err != nil {
		return err
	}
	for _, address := range []*string{&addresses.public, &addresses.admin} {
		if *address, err = withPort(ctx, *address); err != nil {
			return err
		}
	}
	temporary, err := os.MkdirTemp("", "flowserver-dev-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }() // the system clears what is left of it
	ui, err := c.startPhone(ctx, addresses.public, files, provider, flows, log)
	if err != nil {
		return err
	}
	if ui == nil {
		return usagef("--watch is for the phone: give the Flow a Flow JSON, and leave out --no-phone")
	}
	greeting := devGreeting{
		dev: c, files: files, flows: flows, public: addresses.public, admin: addresses.admin, phone: ui, providerURL: provider.url,
		moved: addresses.moved, colour: p.colourOn(p.Stdout),
	}
	if _, err := p.Stdout.Write(greeting.text(ctx)); err != nil {
		return errors.Join(err, ui.Close())
	}
	built := filepath.Join(temporary, "flowserver")
	if runtime.GOOS == "windows" {
		built += ".exe"
	}
	restart := restarter{
		dir: ".", watched: goSource,
		build: func(ctx context.Context) error {
			// to a new name: a running program cannot be replaced everywhere
			if err := goBuild(ctx, built+".new", info.Path); err != nil {
				p.warnf("%v", err)
				return err
			}
			return nil
		},
		command: func() *exec.Cmd {
			_ = os.Rename(built+".new", built)                                                                         // if it fails, the start of the old one shows it
			command := exec.CommandContext(context.WithoutCancel(ctx), built, c.childArgs(addresses, provider.url)...) //nolint:gosec // G204: what we built
			return passOutput(command, nil, p.Stderr)
		},
		ready:  func(ctx context.Context) bool { return answers(ctx, "http://"+addresses.admin+"/livez") },
		report: ui.Report,
		begun:  func() { c.show(ctx, p, ui) },
	}
	return serveAndRestart(ctx, ui, restart)
}

// withPort chooses a port for an address with port 0, as every new process has to have the
// same one.
func withPort(ctx context.Context, address string) (string, error) {
	if _, port, err := net.SplitHostPort(address); err != nil || port != "0" {
		return address, err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// childArgs are the arguments of the process that serves the flows.
func (c devCommand) childArgs(a devAddresses, providerURL string) []string {
	args := []string{"dev", "--no-phone", "--listen", a.public, "--admin", a.admin, "--dir", c.Dir, "--provider-url", providerURL}
	if c.Upstream != nil {
		args = append(args, "--upstream", *c.Upstream)
	}
	if c.FlowJSON != "" {
		args = append(args, "--flow-json", c.FlowJSON)
	}
	if c.Flow != "" {
		args = append(args, "--flow", c.Flow)
	}
	return args
}

// answers reports whether a GET is answered with 200.
func answers(ctx context.Context, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = resp.Body.Close() // nothing is read of it
	return resp.StatusCode == http.StatusOK
}
