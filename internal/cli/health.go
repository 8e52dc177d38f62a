package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

type healthCommand struct {
	Admin   string        `default:"127.0.0.1:9090" env:"FLOWSERVER_ADMIN" placeholder:"HOST:PORT" help:"Admin address of the server."`
	Live    bool          `xor:"page" help:"Ask whether the process is alive (/livez), not whether it is ready (/readyz)."`
	URL     string        `name:"url" xor:"page" placeholder:"URL" help:"Ask this URL instead. Only the status 200 is healthy."`
	Timeout time.Duration `default:"3s" help:"How long to wait for the answer."`
}

// Help lists the exit codes.
func (healthCommand) Help() string {
	return `Prints the server's answer.

Exit codes: 0 if it is ready, or alive with --live, 1 if it is not or does not answer.`
}

// Run asks a running server whether it is ready, or alive. It serves as the health
// check of containers, whose images have no other client.
func (c healthCommand) Run(ctx context.Context, p *Program) error {
	url, err := c.url()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return &usageError{err}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return hint(err, "is the server running, and is this its admin address?")
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(p.Stdout, io.LimitReader(resp.Body, 64<<10)); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("expected status 200, got %d", resp.StatusCode)
	}
	return nil
}

// url returns what to ask.
func (c healthCommand) url() (string, error) {
	if c.URL != "" {
		return c.URL, nil
	}
	host, port, err := net.SplitHostPort(c.Admin)
	if err != nil {
		return "", usagef("--admin must be HOST:PORT, for example 127.0.0.1:9090")
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1" // the server listens on every address, so here too
	}
	path := "/readyz"
	if c.Live {
		path = "/livez"
	}
	return "http://" + net.JoinHostPort(host, port) + path, nil
}
