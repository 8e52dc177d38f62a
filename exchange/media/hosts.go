package media

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

const httpsPort = "443"

// hostRule is an entry of [Config.Hosts].
type hostRule struct {
	name  string // lower case
	below bool   // the hosts below name, at any depth; else name itself
	port  string
}

func parseHosts(entries []string) ([]hostRule, error) {
	rules := make([]hostRule, 0, len(entries))
	for _, entry := range entries {
		name, port, hasPort := strings.Cut(entry, ":")
		if !hasPort {
			port = httpsPort
		}
		name, below := strings.CutPrefix(strings.ToLower(name), ".")
		if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 || !isHostName(name) {
			return nil, fmt.Errorf("host %q: expected a name such as mmg.whatsapp.net, or .whatsapp.net for all names below it, with a port if it is not 443", entry)
		}
		rules = append(rules, hostRule{name: name, below: below, port: port})
	}
	return rules, nil
}

func (r hostRule) matches(name, port string) bool {
	if port != r.port {
		return false
	}
	if r.below {
		return strings.HasSuffix(name, "."+r.name)
	}
	return name == r.name
}

// allowedURL reads reference, which may be relative to base, and refuses with
// [ErrHost] what must not be fetched.
func (d *Downloader) allowedURL(ctx context.Context, base *url.URL, reference string) (*url.URL, error) {
	u, err := base.Parse(reference)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not a URL", ErrHost) // err would repeat it
	}
	if atOrigin(ctx, u) {
		return u, nil
	}
	return u, d.allow(u)
}

// allow names the host that it refuses, which an operator may have to add, if it can
// be the name of one.
func (d *Downloader) allow(u *url.URL) error {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" {
		port = httpsPort
	}
	switch {
	case u.Scheme != "https":
		return fmt.Errorf("%w: its scheme is not https", ErrHost)
	case u.User != nil:
		return fmt.Errorf("%w: it has credentials", ErrHost)
	case !isHostName(name):
		return fmt.Errorf("%w: it has no name of a host", ErrHost)
	}
	for _, rule := range d.hosts {
		if rule.matches(name, port) {
			return nil
		}
	}
	return fmt.Errorf("%w: host %s, port %s is not in Config.Hosts", ErrHost, name, port)
}

// isHostName is strict, for what is matched here must be what is resolved later: no
// empty label, no final dot, nothing that is mapped to other characters on the way.
func isHostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}
