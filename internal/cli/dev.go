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
	Listen string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Public address (${default})."`
	Admin  string `default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"Address for health (${default})."`
	Dir    string `default:".flowserver" placeholder:"DIR" help:"Where the key pair and the app secret are kept (${default})."`
}

// Run serves the compiled-in flows with keys of its own until ctx ends.
func (c devCommand) Run(ctx context.Context, p *Program) error {
	if len(p.Flows) == 0 {
		return errors.New("no flow is compiled in: hand one to flowserver.Main")
	}
	keys, err := openDevKeys(c.Dir)
	if err != nil {
		return err
	}
	cfg, err := c.config(keys, p.Flows)
	if err != nil {
		return err
	}
	s, err := server.New(server.Options{Config: cfg, Flows: p.Flows, Version: version(), Logger: p.logger(cfg)})
	if err != nil {
		return err
	}
	if err := s.Listen(ctx); err != nil {
		return hint(err, "another program has the port: choose others with --listen and --admin")
	}
	if err := c.greet(p, s, keys); err != nil {
		return err
	}
	return s.Serve(ctx)
}

// config is the built-in configuration, with keys of our own and every flow.
func (c devCommand) config(keys devKeys, flows []server.Flow) (*config.Config, error) {
	variables := map[string]string{
		"FLOWSERVER_LISTEN":           c.Listen,
		"FLOWSERVER_ADMIN":            c.Admin,
		"FLOWSERVER_PRIVATE_KEY_FILE": keys.private,
		"FLOWSERVER_APP_SECRET_FILE":  keys.appSecret,
		"FLOWSERVER_LOG_FORMAT":       "text",
	}
	cfg, err := config.Builtin(func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
	if err != nil {
		return nil, err
	}
	one := cfg.Flows[0]
	cfg.Flows = nil
	for _, f := range flows {
		one.ID = f.ID
		cfg.Flows = append(cfg.Flows, one)
	}
	return cfg, nil
}

// greet says where everything is and how to go on.
func (c devCommand) greet(p *Program, s *server.Server, keys devKeys) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "flowserver dev: for this machine only\n\n")
	for _, f := range s.Health().Flows {
		fmt.Fprintf(&text, "  endpoint    http://%s%s\n", s.PublicAddr(), f.Path)
	}
	fmt.Fprintf(&text, "  health      http://%s/healthz\n", s.AdminAddr())
	fmt.Fprintf(&text, "  keys        %s (%s, fingerprint %.8s…)\n\n", c.Dir, keys.made, keys.fingerprint)
	fmt.Fprintf(&text, "Play WhatsApp from another terminal; this opens the flow:\n\n")
	for _, f := range s.Health().Flows {
		fmt.Fprintf(&text, "  %s call http://%s%s init --public-key %s --app-secret-file %s --token demo-1\n", ourName(), s.PublicAddr(), f.Path, keys.public, keys.appSecret)
	}
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

// devKeys are the files of a development key pair and app secret.
type devKeys struct {
	private, public, appSecret string
	fingerprint                string
	made                       string // now or earlier, for the user
}

// openDevKeys makes what is missing in dir and keeps what is there.
func openDevKeys(dir string) (devKeys, error) {
	keys := devKeys{
		private:   filepath.Join(dir, "private.pem"),
		public:    filepath.Join(dir, "public.pem"),
		appSecret: filepath.Join(dir, "app-secret"),
		made:      "made earlier",
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return devKeys{}, err
	}
	text, err := os.ReadFile(keys.private)
	var pair *keystore.Pair
	switch {
	case errors.Is(err, os.ErrNotExist):
		keys.made = "made just now"
		if pair, err = generateKey(keys.private, nil); err != nil {
			return devKeys{}, err
		}
	case err != nil:
		return devKeys{}, err
	default:
		if pair, err = keystore.ParsePrivate(text, nil); err != nil {
			return devKeys{}, hint(fmt.Errorf("%s: %w", keys.private, err), "remove "+dir+" to start with a new key pair")
		}
	}
	keys.fingerprint = pair.Fingerprint()
	if err := os.WriteFile(keys.public, pair.PublicPEM(), 0o600); err != nil { // it follows the private key
		return devKeys{}, err
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	if _, err := os.Stat(keys.appSecret); errors.Is(err, os.ErrNotExist) {
		if err := writeNew(keys.appSecret, []byte(hex.EncodeToString(random[:])+"\n")); err != nil {
			return devKeys{}, err
		}
	}
	return keys, nil
}
