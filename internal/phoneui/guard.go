package phoneui

import (
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"strings"
)

// NotLoopbackError means that the page was to listen where other machines reach it.
type NotLoopbackError struct{ Address string }

// Error says what would be right.
func (e *NotLoopbackError) Error() string {
	return e.Address + " is not a loopback address: the page shows every request in the clear, so it listens on this machine only"
}

// tokenHeader must have the token of the page in requests that change something.
const tokenHeader = "X-Phone-Token"

// policy is the Content-Security-Policy of every response: nothing but our own files,
// and no text becomes script.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

// guard lets through what our own page sends. It looks at Host before anything else.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store") // assets set their own
		if refused := s.refusal(r); refused != "" {
			fail(w, http.StatusForbidden, refused)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refusal says why a request is not one of our page; empty if it is.
func (s *Server) refusal(r *http.Request) string {
	origin, site, mode := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
	switch {
	case !s.hosts[strings.ToLower(r.Host)]:
		return "this is not the address of the page: open the one that the program printed, or allow the name with --allow-host"
	case origin != "" && !s.hosts[strings.ToLower(hostOf(origin))]: // a navigation has none
		return "another site sent the request"
	case r.Method == http.MethodGet && r.URL.Path == "/":
		// links lead here from anywhere; frames, images and scripts of other sites do not
		if (site == "cross-site" || site == "same-site") && (mode != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document") {
			return "another site asked for the page"
		}
		return ""
	case site != "" && site != "same-origin" && (site != "none" || r.Method != http.MethodGet):
		return "another site sent the request"
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return ""
	}
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(s.token)) != 1 {
		return "the token is not that of this page: reload it"
	}
	contentType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	wanted := "application/json"
	if strings.HasSuffix(r.URL.Path, "/files") {
		wanted = "application/octet-stream"
	}
	if err != nil || contentType != wanted {
		return "expected Content-Type " + wanted
	}
	return ""
}

// hostOf returns host and port of an origin, as a Host header has them.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// isLoopback reports whether only this machine reaches an address to listen at.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// ownHosts returns the Host headers of requests for the page. Proxies in front of a
// container have their own port, so allowed names may come with ours or with none.
func ownHosts(address net.Addr, allowed []string) map[string]bool {
	_, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return nil // no TCP address: nothing is allowed
	}
	hosts := map[string]bool{}
	for _, name := range append([]string{"127.0.0.1", "localhost", "::1"}, allowed...) {
		hosts[net.JoinHostPort(strings.ToLower(name), port)] = true
	}
	if port == "80" {
		allowed = append([]string{"127.0.0.1", "localhost", "[::1]"}, allowed...) // browsers leave it out
	}
	for _, name := range allowed {
		hosts[strings.ToLower(name)] = true
	}
	return hosts
}
