package weburl

import "net/url"

// Printable returns scheme, host and path of a URL. User, password, query and fragment
// may be secret. It returns "(not a URL)" for a text that does not parse, because any
// part of that may be a password.
func Printable(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
