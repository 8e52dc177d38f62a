package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/config"
)

// adminHosts are the names that requests to the admin listener may be addressed to.
type adminHosts []string

func newAdminHosts(cfg *config.Config) adminHosts {
	hosts := adminHosts{"localhost"}
	if host, _, err := net.SplitHostPort(cfg.Admin); err == nil && host != "" {
		hosts = append(hosts, strings.ToLower(host))
	}
	for _, host := range cfg.AdminHosts {
		hosts = append(hosts, strings.ToLower(host))
	}
	return hosts
}

// only refuses requests to other names with 403. A stranger's page whose own name
// resolves to 127.0.0.1 ("DNS rebinding") can make an operator's browser read what the
// listener serves, but its requests name that host. IP addresses are allowed: probes and
// scrapers use them, and such a page cannot.
func (hosts adminHosts) only(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hosts.allow(r.Host) {
			http.Error(w, "the admin listener does not answer for this host name: use an address or localhost, or add the name to admin_hosts", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// allow accepts a Host header. An empty one is HTTP/1.0, which no browser speaks.
func (hosts adminHosts) allow(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return true
	}
	return slices.Contains(hosts, host)
}

// sameSite refuses requests that another site makes in a browser with 403. A profile of
// the heap can contain keys.
func sameSite(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "same-origin", "none": // not a browser; a link on the page itself; typed in
			h.ServeHTTP(w, r)
		default:
			http.Error(w, "profiles are not served to other sites", http.StatusForbidden)
		}
	})
}
