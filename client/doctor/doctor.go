package doctor

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/noredirect"
	"github.com/flowserver/flowserver/internal/printable"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/secret"
)

const (
	maxRequests    = 12
	defaultTimeout = protocol.TimeoutSeconds * time.Second
	dialLimit      = 5 * time.Second
	defaultAdmin   = 9090 // of flowserver
)

// Resolver looks up the addresses of a host. [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Config configures [Run]. URL and PublicKey are required; the zero value of every other
// field is a documented default.
type Config struct {
	// URL of the endpoint. Http is for servers on this machine; WhatsApp calls https only.
	URL string
	// PublicKey is the business public key that is registered for the number, RSA-2048.
	PublicKey *rsa.PublicKey
	// AppSecret of the Meta app signs each request. Without it, a correct endpoint refuses
	// health checks, and they are reported as not asked.
	AppSecret secret.Bytes
	// AdminPort is the port to search for admin pages. Zero means 9090, flowserver's
	// default.
	AdminPort int
	// Timeout is how long to wait for an answer. Zero means 10 s, which is how long Meta
	// waits.
	Timeout time.Duration
	// Resolver looks up the host. Nil means that of the system.
	Resolver Resolver
	// Dial connects to an address with a port. Nil is a [net.Dialer].
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the trusted certificate authorities. Nil means those of the system.
	Roots *x509.CertPool
	// Now is the time. Nil is [time.Now].
	Now func() time.Time
}

// withDefaults checks c and fills in what was left out.
func (c Config) withDefaults() (Config, *url.URL, error) {
	target, err := url.Parse(c.URL)
	if err != nil || target.Hostname() == "" || target.Scheme != "http" && target.Scheme != "https" {
		return c, nil, errors.New("URL must be an absolute http or https URL")
	}
	if text := target.Port(); text != "" {
		if port, err := strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			return c, nil, errors.New("the port of the URL must be a number from 1 to 65535")
		}
	}
	if name, err := idna.Lookup.ToASCII(target.Hostname()); err == nil && name != target.Hostname() && !strings.Contains(name, ":") {
		target.Host = strings.Replace(target.Host, target.Hostname(), name, 1) // as clients send it and DNS has it
		c.URL = target.String()
	}
	if c.Timeout < 0 || c.AdminPort < 0 {
		return c, nil, errors.New("config: Timeout and AdminPort must not be negative")
	}
	if c.AdminPort == 0 {
		c.AdminPort = defaultAdmin
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{}).DialContext
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, target, nil
}

// Format prints the target and whether requests are signed, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{URL:%s Signed:%t}", weburl.Printable(c.URL), len(c.AppSecret) > 0)
}

// LogValue returns what Format prints.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("url", weburl.Printable(c.URL)), slog.Bool("signed", len(c.AppSecret) > 0))
}

// MarshalJSON encodes what Format prints.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"url": weburl.Printable(c.URL), "signed": len(c.AppSecret) > 0})
}

// Run examines the endpoint of cfg. It returns an error if cfg cannot be used, or if ctx
// ended; in the latter case the report contains the findings until then.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	cfg, target, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &examination{cfg: cfg, target: target, report: &Report{Target: weburl.Printable(cfg.URL)}}
	transport := &http.Transport{DialContext: e.dial, TLSClientConfig: e.tlsConfig(), ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	e.calls = noredirect.Client(http.Client{Transport: counted{transport, &e.report.Requests}, Timeout: cfg.Timeout})
	e.phone, err = client.New(client.Config{URL: cfg.URL, PublicKey: cfg.PublicKey, AppSecret: cfg.AppSecret, HTTPClient: e.calls})
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context){e.url, e.dns, e.connect, e.pings, e.clock, e.foreign, e.unsigned, e.admin} {
		if step(ctx); ctx.Err() != nil {
			return e.report, ctx.Err()
		}
	}
	return e.report, nil
}

// examination is one run. Its steps go one after the other.
type examination struct {
	cfg    Config
	target *url.URL
	report *Report
	calls  *http.Client
	phone  *client.Client

	addresses []netip.Addr  // that host has
	reachable []netip.Addr  // those that accept connections with a certificate that verifies
	ping      *client.Reply // a good answer to a health check; nil if there is none
	seen      *client.Reply // the first answer of the endpoint, good or not; nil if there is none
}

func (e *examination) add(check string, state State, remedy, format string, args ...any) {
	e.report.Findings = append(e.report.Findings, Finding{
		Check: check, State: state, Text: printable.Line(fmt.Sprintf(format, args...)), Remedy: printable.Line(remedy),
	})
}

// port is that of the URL.
func (e *examination) port() string {
	switch port := e.target.Port(); {
	case port != "":
		return port
	case e.target.Scheme == "http":
		return "80"
	default:
		return "443"
	}
}

// local reports whether the URL is on this machine, to try things out.
func (e *examination) local() bool { return weburl.IsLoopback(e.target.Hostname()) }

// dial connects to the first of the addresses that answers, whatever the host: requests
// go nowhere else.
func (e *examination) dial(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	err = errors.New("no address accepts connections")
	for _, ip := range e.reachable {
		var conn net.Conn
		if conn, err = e.cfg.Dial(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// counted counts requests, and sends no more than allowed.
type counted struct {
	base  http.RoundTripper
	count *int
}

func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	if *c.count == maxRequests {
		return nil, fmt.Errorf("%d requests were sent, which is the limit", maxRequests)
	}
	*c.count++
	return c.base.RoundTrip(r)
}
