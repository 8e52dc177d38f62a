package cli

import (
	"bytes"
	"context"
	"crypto/rsa"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// Why a phone sends nothing, whatever the endpoint.
var (
	errNoKey    = errors.New("no public key is registered for the number: a phone cannot encrypt anything")
	errUnsigned = errors.New("the registered public key has no valid signature from Meta: a phone does not use it")
)

// startPhone lets the phone's page listen; nil if there is no Flow to play, or the user
// does not want it.
func (c devCommand) startPhone(
	ctx context.Context, public string, files devFiles, provider *devProvider, flows []devFlow, log *exchangeLog,
) (*phoneui.Server, error) {
	if c.NoPhone {
		return nil, nil //nolint:nilnil // no phone is wanted
	}
	transport := &mediaTransport{}
	played, err := c.phoneFlows(public, transport, files, provider, flows)
	if err != nil || len(played) == 0 {
		return nil, err
	}
	ui, err := c.start(ctx, c.PhoneListen, played, log)
	if err != nil {
		return nil, err
	}
	transport.origin.Store(ui.Origin())
	return ui, nil
}

// mediaTransport names the CDN of the phone's files to the server, which lets handlers
// download from it. origin holds a string.
type mediaTransport struct{ origin atomic.Value }

// RoundTrip sends a request with the header.
func (t *mediaTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if origin, ok := t.origin.Load().(string); ok {
		r = r.Clone(r.Context())
		r.Header.Set(media.OriginHeader, origin)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// serveWithPhone serves flows and the phone until ctx ends. The phone ends first: nothing
// waits for an answer then.
func serveWithPhone(ctx context.Context, s *server.Server, ui *phoneui.Server) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- ui.Serve(ctx) }()
	err := serve(ctx, s)
	cancel()
	return errors.Join(err, <-ended)
}

// phoneFlows returns the flows that a phone can play: those with a Flow JSON.
func (c devCommand) phoneFlows(public string, transport http.RoundTripper, files devFiles, provider *devProvider, flows []devFlow) ([]phoneui.Flow, error) {
	secrets, err := secret.ReadLines(files.appSecret)
	if err != nil {
		return nil, err
	}
	var played []phoneui.Flow
	for _, f := range flows {
		if f.flowJSON == nil {
			continue
		}
		url := "http://" + public + "/flows/" + f.id
		endpoint := &registeredEndpoint{provider: provider, config: client.Config{
			URL: url, AppSecret: secrets[0], HTTPClient: &http.Client{Timeout: phoneTimeout, Transport: transport},
		}}
		call := ourName() + " " + callName
		if len(flows) > 1 {
			call += " --flow " + f.id
		}
		played = append(played, phoneui.Flow{
			ID: f.id, JSON: f.flowJSON, File: f.flowJSONFile, FindFile: f.findFile, CompiledIn: f.upstream == nil && !c.Watch,
			Target: phoneui.Target{
				Endpoint: endpoint, URL: url, Signed: true, Signature: signer(secrets[0]), SignBody: bodySigner(secrets[0]), Call: call,
				Key: func(context.Context) phoneui.Key { return provider.phoneKey(files.pair, files.config) },
			},
		})
	}
	return played, nil
}

// maxLookedAt bounds the search for the file of a compiled-in Flow JSON.
const maxLookedAt = 20000

// findFile finds the file of a compiled-in Flow JSON in the working folder, by its
// content. It returns an empty path if there is none.
func (f devFlow) findFile() string {
	source, looked, found := f.flowJSON.Source(), 0, ""
	_ = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		looked++
		switch {
		case looked > maxLookedAt:
			return fs.SkipAll
		case err != nil:
			return nil //nolint:nilerr // a folder that cannot be read does not have it
		case entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".json":
			return nil
		}
		if info, err := entry.Info(); err != nil || info.Size() != int64(len(source)) {
			return nil //nolint:nilerr // it has just gone
		}
		if text, err := os.ReadFile(path); err == nil && bytes.Equal(text, source) { //nolint:gosec // G122: only its content counts
			found = path
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// registeredEndpoint encrypts with the public key that the provider has registered, as
// phones do. It asks for the key at the first request, and after a 421.
type registeredEndpoint struct {
	provider *devProvider
	config   client.Config

	mu     sync.Mutex
	client *client.Client // nil until there is a key
}

// Do sends the bytes of an earlier request again.
func (e *registeredEndpoint) Do(ctx context.Context, r *client.Request) (*client.Reply, error) {
	c, err := e.open()
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, r)
}

// SendClear sends any clear text.
func (e *registeredEndpoint) SendClear(ctx context.Context, plaintext []byte, faults ...client.Fault) (*client.Reply, error) {
	c, err := e.open()
	if err != nil {
		return nil, err
	}
	return c.SendClear(ctx, plaintext, faults...)
}

// Send sends a message. It fails if no key is registered that a phone would use.
func (e *registeredEndpoint) Send(ctx context.Context, m client.Message, faults ...client.Fault) (*client.Reply, error) {
	c, err := e.open()
	if err != nil {
		return nil, err
	}
	return c.Send(ctx, m, faults...)
}

func (e *registeredEndpoint) open() (*client.Client, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		return e.client, nil
	}
	key, err := e.provider.registeredKey()
	if err != nil {
		return nil, err
	}
	config := e.config
	config.PublicKey = key
	config.RefreshKey = func(context.Context) (*rsa.PublicKey, error) { return e.provider.registeredKey() }
	e.client, err = client.New(config)
	return e.client, err
}

// registeredKey returns the key that phones encrypt with.
func (p *devProvider) registeredKey() (*rsa.PublicKey, error) {
	if p.says == saysDown {
		return p.ours.PublicKey(), nil // it is registered; only the provider does not say so
	}
	pem, status := p.stand.Registered()
	key, err := keystore.ParsePublic([]byte(pem))
	switch {
	case err != nil:
		return nil, errNoKey
	case status != string(saysValid):
		return nil, errUnsigned
	}
	return key, nil
}

// phoneKey says whether the registered key is ours. config is the path of the
// configuration, for the remedy.
func (p *devProvider) phoneKey(ours *keystore.Pair, config string) phoneui.Key {
	status := phoneui.Key{Ours: ours.Fingerprint()}
	if key, err := p.registeredKey(); err == nil {
		status.InUse = keystore.Fingerprint(key)
	}
	if p.says == saysDown {
		status.Verdict, status.Text = string(registration.VerdictUnknown), "The provider does not answer. Phones keep using the registered key."
		return status
	}
	pem, says := p.stand.Registered()
	seen := registration.Observe(registration.RemoteKey{PEM: pem, SignatureStatus: says}, time.Now())
	verdict := registration.Judge(keystore.NewRing(ours), seen)
	status.Verdict, status.OK, status.CheckedAt = string(verdict), verdict == registration.VerdictOK, seen.At.Format(time.RFC3339)
	status.Text = "The registered key is that of the endpoint."
	if remedy := verdict.Remedy("main"); remedy != "" {
		status.Text = "Phones cannot use the endpoint: " + remedy
		if _, command, found := strings.Cut(remedy, "run: flowserver "); found {
			status.Remedy = ourName() + " " + command + " --config " + quoted(config)
		}
	}
	return status
}
