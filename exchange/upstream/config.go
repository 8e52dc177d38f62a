package upstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/secret"
)

const (
	defaultTimeout   = 7 * time.Second // an endpoint gives up after 8 s
	defaultMaxAnswer = 1 << 20
)

// Config configures an [Upstream]. The zero value of a field is a default where one is
// named.
type Config struct {
	// Flow names the Flow in what is posted, and in logs. Required.
	Flow string
	// URL is where messages are posted: http or https. A user and password in it
	// are sent as basic authentication. Required.
	URL string
	// Secret signs the messages: "whsec_" and base64, as Standard Webhooks writes keys, or
	// any other text, whose bytes are the key. Without a secret, messages are not signed.
	Secret secret.Bytes
	// Timeout is for one message, all attempts together and up to the last byte of the
	// answer; 7 s by default. An earlier deadline of the context takes precedence.
	Timeout time.Duration
	// HTTPClient sends the messages. A copy of it is used, which does not follow redirects
	// and ignores cookies. The default keeps up to 64 connections open, speaks HTTP/1.1,
	// and uses Proxy.
	HTTPClient *http.Client
	// Proxy is the http, https or socks5 URL of a proxy for the default HTTPClient. Nil or
	// empty means none: HTTP_PROXY and similar variables are ignored, because messages
	// contain what users entered.
	Proxy *url.URL
	// WrapTransport wraps the transport that sends the messages, which is that of
	// HTTPClient or the default, for example to trace them; none by default.
	WrapTransport func(http.RoundTripper) http.RoundTripper
	// MaxAnswer limits the body of an answer, in bytes; 1 MiB by default.
	MaxAnswer int64
	// Retries is how often a message is sent again when the connection fails before the
	// first byte of an answer; none by default. The upstream may have acted on a message
	// whose answer was lost; the webhook-id identifies such a message.
	Retries int
	// ForwardClientErrors posts error notifications, too; see [Upstream.ClientError].
	ForwardClientErrors bool
	// ID returns the webhook-id of a message, in printable ASCII; equal messages have the
	// same id. The default is [exchange.EnvelopeID], else [exchange.RequestID]. Where that
	// is empty, the id is random.
	ID func(ctx context.Context, msg *exchange.Message) string
	// Claims returns the claims of a verified flow token, which are posted as
	// flow_token_claims, or nil if there are none. The default returns nil. See
	// token.FromContext.
	Claims func(ctx context.Context) any
	// Logger receives repeated attempts, and client errors that could not be forwarded;
	// none by default.
	Logger *slog.Logger
}

// Format keeps the secret and the URL's credentials out of every fmt verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "upstream.Config{Flow:%q URL:%q Signed:%t}", c.Flow, weburl.Printable(c.URL), len(c.Secret) > 0)
}

// LogValue keeps the secret and the URL's credentials out of logs.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("flow", c.Flow), slog.String("url", weburl.Printable(c.URL)), slog.Bool("signed", len(c.Secret) > 0))
}

// MarshalJSON keeps the secret and the URL's credentials out of JSON.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"flow": c.Flow, "url": weburl.Printable(c.URL), "signed": len(c.Secret) > 0})
}

func (c Config) validate() error {
	switch {
	case c.Flow == "":
		return errors.New("upstream: Config.Flow is missing")
	case c.URL == "":
		return errors.New("upstream: Config.URL is missing")
	case c.Timeout < 0:
		return errors.New("upstream: Config.Timeout is negative")
	case c.MaxAnswer < 0:
		return errors.New("upstream: Config.MaxAnswer is negative")
	case c.Retries < 0:
		return errors.New("upstream: Config.Retries is negative")
	}
	return nil
}

// endpoint reads the URL. Its errors do not repeat it.
func (c Config) endpoint() (*url.URL, error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("upstream: Config.URL is not a whole http or https URL, as http://localhost:3000/flow")
	case u.Fragment != "":
		return nil, errors.New("upstream: Config.URL has a # part, which is never sent: write %23 for a #")
	}
	return u, nil
}

func (c Config) withDefaults() Config {
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.MaxAnswer = cmp.Or(c.MaxAnswer, defaultMaxAnswer)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if c.ID == nil {
		c.ID = envelopeID
	}
	if c.Claims == nil {
		c.Claims = func(context.Context) any { return nil }
	}
	return c
}

func envelopeID(ctx context.Context, _ *exchange.Message) string {
	return cmp.Or(exchange.EnvelopeID(ctx), exchange.RequestID(ctx))
}
