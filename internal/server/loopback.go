package server

import (
	"net"
	"net/http"
	"strings"

	"github.com/flowserver/flowserver/internal/weburl"
)

// fromThisMachine reports whether a request was made by a program on this machine:
// the listener and the caller have loopback addresses, and the request was not passed
// on. A tunnel or a reverse proxy on this machine has a loopback address, too, but it
// keeps the public name in Host or names the caller in a header.
func (s *Server) fromThisMachine(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	return isLoopback(s.PublicAddr().String()) && isLoopback(r.RemoteAddr) && isLoopback(r.Host)
}

// isLoopback reports whether a host, with or without a port, is this machine.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	return weburl.IsLoopback(host)
}
