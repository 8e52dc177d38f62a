// Package weburl checks URLs that operators configure.
package weburl

import (
	"net"
	"net/url"
	"strings"
)

// Parse parses a URL with scheme and host, without credentials and fragment. If text
// is not one, it returns nil, what is wrong, and the remedy; neither quotes the text.
func Parse(text string) (u *url.URL, wrong, remedy string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme == "":
		return nil, "is not a URL", "write a complete URL, for example https://example.com/path"
	case u.User != nil:
		return nil, "has a user or password in it", "remove it: URLs are logged, secrets have keys of their own"
	case u.Fragment != "":
		return nil, "has a # part, which is never sent", "remove it, or write %23 for a #"
	}
	return u, "", ""
}

// IsLoopback reports whether host, without a port, is localhost or a loopback
// address.
func IsLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
