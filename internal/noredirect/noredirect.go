// Package noredirect makes HTTP clients that follow no redirects. A redirect would
// carry a request, with its body and with custom headers such as api-key, to another
// host; Go's client removes only Authorization and cookies.
package noredirect

import "net/http"

// Client returns a copy of client that returns a redirect as the response.
func Client(client http.Client) *http.Client {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}
