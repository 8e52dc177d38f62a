package providers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
)

var (
	digits       = regexp.MustCompile(`^[0-9]+$`)
	graphVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)
	e164         = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	sidForm      = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	credential   = regexp.MustCompile(`^[[:graph:]]+$`) // what fits a header: visible ASCII, no spaces
)

// problems collects what is wrong with a configuration, so that all of it is
// told at once. It names settings as the configuration file does, and no values.
type problems []error

func (p *problems) require(ok bool, text string) {
	if !ok {
		*p = append(*p, errors.New(text))
	}
}

func (p *problems) err(provider string) error {
	if len(*p) == 0 {
		return nil
	}
	return fmt.Errorf("%s: configuration: %w", provider, errors.Join(*p...))
}

// parseBaseURL returns the URL that the paths of an API are put under.
func parseBaseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil || base.Hostname() == "":
		return nil, errors.New("base_url is not a URL: give scheme and host, as in https://api.example.com")
	case base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("base_url has user, query or fragment: give scheme, host and at most a path")
	case base.Scheme == "https" || base.Scheme == "http" && isLoopback(base.Hostname()):
		return base, nil
	default:
		return nil, errors.New("base_url must be https, since credentials go there: http is for loopback only")
	}
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// redacted shows whether a secret is there, and no more.
func redacted(value string) string {
	if value == "" {
		return ""
	}
	return masked
}

// origin leaves out what may hold a secret: user, path and query.
func origin(baseURL string) string {
	base, err := url.Parse(baseURL)
	switch {
	case baseURL == "":
		return ""
	case err != nil || base.Host == "":
		return masked
	default:
		return base.Scheme + "://" + base.Host
	}
}

func formatGroup(w io.Writer, name string, group slog.Value) {
	_, _ = fmt.Fprintf(w, "%s%v", name, group.Group()) // fmt reports what its own writer does
}

func marshalGroup(group slog.Value) ([]byte, error) {
	fields := map[string]any{}
	for _, attr := range group.Group() {
		fields[attr.Key] = attr.Value.Any()
	}
	return json.Marshal(fields)
}
