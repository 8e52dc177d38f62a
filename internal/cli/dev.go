package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/keystore"
)

type devCommand struct {
	Listen       string       `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Public address (${default})."`
	Admin        string       `default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"Address for health (${default})."`
	Dir          string       `default:".flowserver" placeholder:"DIR" help:"Where the key pair, the app secret and the configuration are kept (${default})."`
	ProviderSays providerSays `default:"VALID" enum:"VALID,MISMATCH,foreign,missing,down" placeholder:"WHAT" help:"What the stand-in provider says of our key: VALID, MISMATCH, foreign (another key is registered), missing (none is) or down (${default})."`
}

// Run serves the compiled-in flows with keys of its own until ctx ends.
func (c devCommand) Run(ctx context.Context, p *Program) (err error) {
	if len(p.Flows) == 0 {
		return errors.New("no flow is compiled in: hand one to flowserver.Main")
	}
	files, err := openDevFiles(c.Dir)
	if err != nil {
		return err
	}
	provider, err := startDevProvider(ctx, c.ProviderSays, files.pair)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, provider.stop()) }()
	cfg, err := c.config(files, provider.url, p.Flows)
	if err != nil {
		return err
	}
	s, err := server.New(server.Options{Config: cfg, Flows: p.Flows, Version: version(), Logger: p.logger(cfg)}) //nolint:contextcheck // health checks to come have their own time
	if err != nil {
		return err
	}
	if err := s.Listen(ctx); err != nil {
		return hint(err, "another program has the port: choose others with --listen and --admin")
	}
	if err := c.greet(p, s, files, provider.url); err != nil {
		return err
	}
	return serve(ctx, s)
}

// config writes the configuration to a file, which other commands can be tried
// with as well, and reads it from there.
func (c devCommand) config(files devFiles, providerURL string, flows []server.Flow) (*config.Config, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, `# Written by "flowserver dev" at every start: changes are lost.
listen: %q
admin: %q
registration:
  refresh: 10s
numbers:
  - id: main
    private_keys:
      - file: %s
    provider:                 # a stand-in, as long as "flowserver dev" runs
      name: chakra
      base_url: %s
      phone_number_id: %q
      access_token: %s
flows:
`, c.Listen, c.Admin, filepath.Base(files.private), providerURL, devAccount["phone_number_id"], devAccount["access_token"])
	for _, f := range flows {
		fmt.Fprintf(&text, "  - id: %q\n    app_secrets_file: %s\n", f.ID, filepath.Base(files.appSecret))
		if f.FlowJSON() != nil {
			text.WriteString("    guard: enforce            # an answer that does not fit the Flow JSON is refused\n")
		}
	}
	text.WriteString("log:\n  format: text\n")
	if err := os.WriteFile(files.config, text.Bytes(), 0o600); err != nil {
		return nil, err
	}
	return config.Load(files.config, func(string) (string, bool) { return "", false })
}

// greet says where everything is and how to go on.
func (c devCommand) greet(p *Program, s *server.Server, files devFiles, providerURL string) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "flowserver dev: for this machine only\n\n")
	for _, f := range p.Flows {
		fmt.Fprintf(&text, "  endpoint    http://%s/flows/%s\n", s.PublicAddr(), f.ID)
	}
	fmt.Fprintf(&text, "  readiness   http://%s/readyz\n", s.AdminAddr())
	fmt.Fprintf(&text, "  health      http://%s/healthz\n", s.AdminAddr())
	fmt.Fprintf(&text, "  keys        %s (%s, fingerprint %s)\n", c.Dir, files.made, short(files.pair.Fingerprint()))
	fmt.Fprintf(&text, "  provider    stand-in for ChakraHQ at %s, says %s\n\n", providerURL, c.ProviderSays)
	fmt.Fprintf(&text, "Play WhatsApp from another terminal; this opens the flow:\n\n")
	for _, f := range p.Flows {
		fmt.Fprintf(&text, "  %s call http://%s/flows/%s init --public-key %s --app-secret-file %s --token demo-1\n", ourName(), s.PublicAddr(), f.ID, files.public, files.appSecret)
	}
	fmt.Fprintf(&text, "\nAsk the provider about our key:\n\n  %s keys status --config %s\n", ourName(), files.config)
	fmt.Fprintf(&text, "\nCtrl-C drains and ends, a second one ends at once.\n\n")
	_, err := p.Stdout.Write(text.Bytes())
	return err
}

// ourName is how the user can run this program again: go run builds into a
// directory that is gone afterwards.
func ourName() string {
	path, err := os.Executable()
	if err != nil || strings.Contains(path, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/flowserver"
	}
	return os.Args[0]
}

// devFiles are what is needed for development.
type devFiles struct {
	private, public, appSecret, config string
	pair                               *keystore.Pair
	made                               string // now or earlier, for the user
}

// openDevFiles makes what is missing in dir and keeps what is there. The
// configuration is written later.
func openDevFiles(dir string) (devFiles, error) {
	files := devFiles{
		private:   filepath.Join(dir, "private.pem"),
		public:    filepath.Join(dir, "public.pem"),
		appSecret: filepath.Join(dir, "app-secret"),
		config:    filepath.Join(dir, "flowserver.yaml"),
		made:      "made earlier",
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return devFiles{}, err
	}
	text, err := os.ReadFile(files.private)
	switch {
	case errors.Is(err, os.ErrNotExist):
		files.made = "made just now"
		if files.pair, err = generateKey(files.private, nil); err != nil {
			return devFiles{}, err
		}
	case err != nil:
		return devFiles{}, err
	default:
		if files.pair, err = keystore.ParsePrivate(text, nil); err != nil {
			return devFiles{}, hint(fmt.Errorf("%s: %w", files.private, err), "remove "+dir+" to start with a new key pair")
		}
	}
	if err := os.WriteFile(files.public, files.pair.PublicPEM(), 0o600); err != nil { // it follows the private key
		return devFiles{}, err
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	if _, err := os.Stat(files.appSecret); errors.Is(err, os.ErrNotExist) {
		if err := writeNew(files.appSecret, []byte(hex.EncodeToString(random[:])+"\n")); err != nil {
			return devFiles{}, err
		}
	}
	return files, nil
}
