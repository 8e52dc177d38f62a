package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/cli"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/keystore"
)

const keysDir = "../../testdata/keys/"

// buffer can be read while a command writes to it.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// program is a cli.Program with what it wrote.
type program struct {
	cli.Program
	stdout, stderr buffer
}

// newProgram has the environment given as name, value, … and one small flow.
func newProgram(env ...string) *program {
	p := &program{}
	p.Stdin, p.Stdout, p.Stderr = strings.NewReader(""), &p.stdout, &p.stderr
	p.Flows = []server.Flow{{ID: "booking", Handler: hello()}}
	p.LookupEnv = func(name string) (string, bool) {
		for i := 0; i < len(env); i += 2 {
			if env[i] == name {
				return env[i+1], true
			}
		}
		return "", false
	}
	return p
}

type nameForm struct {
	Name string `json:"name" validate:"required"`
}

// hello asks for a name and ends with it. Its handler fails for the name "fail".
func hello(opts ...exchange.RegistryOption) *exchange.Registry {
	ask := exchange.NewScreen[exchange.NoData, nameForm]("ASK")
	r := exchange.NewRegistry(opts...)
	exchange.HandleInit(r, func(_ context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return ask.Show(exchange.NoData{}), nil
	})
	exchange.Handle(r, ask, func(_ context.Context, req *exchange.Request[nameForm]) (*exchange.Response, error) {
		switch req.Data.Name {
		case "fail":
			return nil, io.ErrUnexpectedEOF
		case "late":
			return nil, exchange.ExpireToken("too late")
		}
		return exchange.Complete(map[string]string{"name": req.Data.Name}), nil
	})
	exchange.HandleBack(r, ask, func(_ context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return ask.Show(exchange.NoData{}), nil
	})
	return r
}

// run runs a command and checks its exit code.
func (p *program) run(t *testing.T, want int, args ...string) {
	t.Helper()
	if got := p.Run(t.Context(), args); got != want {
		t.Fatalf("%s: got exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", strings.Join(args, " "), got, want, &p.stdout, &p.stderr)
	}
}

// contains checks that each part is in the text.
func contains(t *testing.T, name, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("got %s\n%s\nwant %q in it", name, text, part)
		}
	}
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fingerprint is that of a public key of the test data, or of any PEM.
func fingerprint(t *testing.T, pem string) string {
	t.Helper()
	key, err := keystore.ParsePublic([]byte(pem))
	if err != nil {
		t.Fatal(err)
	}
	return keystore.Fingerprint(key)
}

// generate makes a key pair of nobody's.
func generate(t *testing.T) *keystore.Pair {
	t.Helper()
	pair, err := keystore.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
