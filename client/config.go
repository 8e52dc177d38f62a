package client

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/flowserver/flowserver/internal/noredirect"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/secret"
)

const (
	defaultVersion   = "3.0"
	defaultTimeout   = protocol.TimeoutSeconds * time.Second
	defaultRetryWait = 500 * time.Millisecond // as Meta's web client waits after a 421
	minKeyBits       = 2048                   // the size of a business public key
)

// Config configures a [Client]. URL and PublicKey are required; the zero value of every
// other field is a documented default. A Config never prints its AppSecret.
type Config struct {
	// URL of the endpoint, http or https.
	URL string
	// PublicKey is the business public key that is registered for the number, RSA-2048.
	PublicKey *rsa.PublicKey
	// RefreshKey fetches the public key again after a 421, before the only retry; the
	// client then uses the key that it returns. Concurrent sends may call it at the same
	// time. Nil retries with the same key.
	RefreshKey func(ctx context.Context) (*rsa.PublicKey, error)
	// AppSecret of the Meta app signs each request. Empty sends unsigned requests.
	AppSecret secret.Bytes
	// HTTPClient makes the calls. Nil means a client with a timeout of 10 s, after which
	// Meta gives up, too. Redirects are not followed unless the client has its own
	// CheckRedirect.
	HTTPClient *http.Client
	// Version is the data_api_version of messages that have none. Empty is "3.0".
	Version string
	// RetryWait is the pause between a 421 and the retry. Zero is 500 ms, as in Meta's
	// web client; a negative value retries at once.
	RetryWait time.Duration
	// Trace is called after each attempt, so that a 421 and its retry are two, and before
	// the Send that it belongs to returns. Nil traces nothing. Concurrent sends call it
	// at the same time.
	Trace func(Attempt)
	// MediaOrigin is where the fake CDN of the files in payloads is, for example
	// "http://127.0.0.1:8090". "flowserver dev" lets its handlers fetch from there. It is
	// sent only to endpoints on this machine. Empty means none.
	MediaOrigin string
}

// withDefaults checks c and fills in what was left out.
func (c Config) withDefaults() (Config, error) {
	target, err := url.Parse(c.URL)
	switch {
	case err != nil, target.Host == "", target.Scheme != "http" && target.Scheme != "https":
		return c, errors.New("URL must be an absolute http or https URL")
	case c.RetryWait == 0:
		c.RetryWait = defaultRetryWait
	}
	if err := checkKey(c.PublicKey); err != nil {
		return c, fmt.Errorf("PublicKey: %w", err)
	}
	if c.MediaOrigin != "" && !isOrigin(c.MediaOrigin) {
		return c, errors.New("MediaOrigin must be http:// and a loopback address with a port, for example http://127.0.0.1:8090")
	}
	if c.Version == "" {
		c.Version = defaultVersion
	}
	c.HTTPClient = withoutRedirects(c.HTTPClient)
	c.AppSecret = bytes.Clone(c.AppSecret)
	return c, nil
}

func checkKey(key *rsa.PublicKey) error {
	switch {
	case key == nil || key.N == nil:
		return errors.New("no RSA public key given")
	case key.N.BitLen() < minKeyBits:
		return fmt.Errorf("the RSA key has %d bits, WhatsApp Flows needs %d", key.N.BitLen(), minKeyBits)
	}
	return nil
}

// withoutRedirects returns a client that hands a redirect back as the answer, as
// Meta does, unless given has a policy of its own.
func withoutRedirects(given *http.Client) *http.Client {
	own := http.Client{Timeout: defaultTimeout}
	if given != nil {
		own = *given
	}
	if own.CheckRedirect != nil {
		return &own
	}
	return noredirect.Client(own)
}

// mediaOriginHeader carries Config.MediaOrigin to "flowserver dev", on loopback only.
const mediaOriginHeader = "Flowserver-Media-Origin"

// isOrigin reports whether text is an http origin on this machine.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && text == "http://"+u.Host && u.Port() != "" && net.ParseIP(u.Hostname()).IsLoopback()
}

// local reports whether the endpoint is on this machine.
func (c Config) local() bool {
	u, err := url.Parse(c.URL)
	return err == nil && weburl.IsLoopback(u.Hostname())
}

func (c Config) signed() bool { return len(c.AppSecret) > 0 }

// Format prints the target, the version and whether requests are signed, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{URL:%s Version:%s Signed:%t}", weburl.Printable(c.URL), c.Version, c.signed())
}

// LogValue returns what Format prints.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("url", weburl.Printable(c.URL)), slog.String("version", c.Version), slog.Bool("signed", c.signed()))
}

// MarshalJSON encodes what Format prints.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		URL     string `json:"url"`
		Version string `json:"version"`
		Signed  bool   `json:"signed"`
	}{weburl.Printable(c.URL), c.Version, c.signed()})
}
