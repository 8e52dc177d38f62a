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
	Admin   string        `default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"The admin address of the server (${default})."`
	URL     string        `name:"url" placeholder:"URL" help:"What to ask instead of /readyz of the admin address."`
	Timeout time.Duration `default:"3s" help:"How long to wait (${default})."`
}

// Run asks a running server whether it is ready; for containers, whose images have
// nothing else to ask with.
func (c healthCommand) Run(ctx context.Context, p *Program) error {
	url := c.URL
	if url == "" {
		host, port, err := net.SplitHostPort(c.Admin)
		if err != nil {
			return usagef("--admin is not HOST:PORT")
		}
		if host == "" || net.ParseIP(host).IsUnspecified() {
			host = "127.0.0.1" // it listens everywhere, so here too
		}
		url = "http://" + net.JoinHostPort(host, port) + "/readyz"
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
		return fmt.Errorf("not ready: status %d", resp.StatusCode)
	}
	return nil
}
