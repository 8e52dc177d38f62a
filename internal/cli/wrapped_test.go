package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/cli"
	"github.com/flowserver/flowserver/internal/server"
)

const helloJSON = `{"version":"7.3","data_api_version":"3.0","routing_model":{"HELLO":[]},"screens":[{"id":"HELLO","title":"Hello","terminal":true,
	"layout":{"type":"SingleColumnLayout","children":[{"type":"Footer","label":"Done","on-click-action":{"name":"complete","payload":{}}}]}}]}`

func passing(next exchange.Handler) exchange.Handler { return exchange.HandlerFunc(next.ServeFlow) }

func guardedRegistry() *exchange.Registry {
	r := exchange.NewRegistry(exchange.WithFlow([]byte(helloJSON)))
	r.Handle(exchange.ActionInit, "", exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("HELLO", nil), nil
	}))
	return r
}

// Middleware that the registry knows does not change what "dev" makes of the Flow JSON.
// A registry that is wrapped by hand would be served without its guard: dev refuses it.
func TestDevGuardsWrappedRegistries(t *testing.T) {
	t.Parallel()
	used := guardedRegistry()
	used.Use(passing)
	for name, test := range map[string]struct {
		handler exchange.Handler
		code    int
		want    string // in the configuration, or on stderr
	}{
		"Registry.Use": {used, cli.ExitDone, "guard: enforce"},
		"by hand":      {passing(guardedRegistry()), cli.ExitFailed, "add middleware with Registry.Use"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "dev")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := newProgram()
			p.Flows = []server.Flow{{ID: "hello", Handler: test.handler}}
			p.Stderr = cancelling{&p.stderr, cancel}
			if code := p.Run(ctx, []string{"dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir}); code != test.code {
				t.Errorf("got exit code %d, want %d\n%s", code, test.code, &p.stderr)
			}
			said := p.stderr.String()
			files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
			if err != nil || len(files) != 1 {
				t.Fatalf("got configurations %v, error %v", files, err)
			}
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if test.code == cli.ExitDone {
				said = string(text)
			}
			if !strings.Contains(said, test.want) {
				t.Errorf("got\n%s\nwant %q", said, test.want)
			}
		})
	}
}

// cancelling stops the program once it serves.
type cancelling struct {
	*buffer
	cancel func()
}

func (c cancelling) Write(p []byte) (int, error) {
	n, err := c.buffer.Write(p)
	if listening.MatchString(c.String()) {
		c.cancel()
	}
	return n, err
}
