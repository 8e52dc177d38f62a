// Package outbound has what every HTTP client of this module needs towards other
// servers: it follows no redirects, and it names them without their secrets.
package outbound

import (
	"net/http"
	"net/url"
)

// RefuseRedirects is an http.Client's CheckRedirect that returns a redirect as the
// answer.
func RefuseRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// PrintableURL returns scheme, host and path of a URL. User, password, query and
// fragment may be secret. It returns "(not a URL)" for what does not parse, because
// any part of that may be a password.
func PrintableURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
