package server

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/nearest"
)

// publicHandler has each Flow at its path and below it, at the id of each of its numbers:
// /flows/booking, and /flows/booking/main, which hints that the keys of that number are
// likely. A trailing slash does not matter. Everything else is an empty 404, but for the
// path of health, if there is one.
func (s *Server) publicHandler(flows []*flow, health string) http.Handler {
	e := newEcho()
	if health != "" {
		e.Match([]string{http.MethodGet, http.MethodHead}, health, s.publicHealth)
	}
	route := func(path string, h http.Handler) {
		e.Any(path, echo.WrapHandler(h)) // any method: the endpoint answers 405 itself
		e.Any(path+"/", echo.WrapHandler(h))
	}
	for _, f := range flows {
		handler := s.tracing.handler(f.path, s.exposeLog(s.localMedia(f.endpoint)))
		route(f.path, handler)
		for _, number := range f.numbers {
			route(f.path+"/"+number, likelyKeys(f.keys[number], handler))
		}
	}
	answer := e.HTTPErrorHandler
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		answer(err, c)
		if errors.Is(err, echo.ErrNotFound) {
			s.unrouted(c.Request(), flows)
		}
	}
	return e
}

// likelyKeys hints that the keys of one number open what h gets.
func likelyKeys(keys exchange.KeySource, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(exchange.WithLikelyKeys(r.Context(), keys)))
	})
}

// unrouted counts a request for a path that no Flow has. If it is one of WhatsApp, with
// a signature, the endpoint URI of a Flow is likely a near miss, and the log says so. It
// also says if Meta verifies a webhook here.
func (s *Server) unrouted(r *http.Request, flows []*flow) {
	s.metrics.unrouted.Inc()
	signed := r.Method == http.MethodPost && r.Header.Get(flowcrypto.SignatureHeader) != ""
	verification := r.Method == http.MethodGet && r.URL.Query().Has("hub.challenge")
	if !signed && !verification || !s.strangers.Log(unroutedKind) {
		return
	}
	if verification {
		s.log.Warn("the verification of a webhook (hub.challenge) arrived, and flowserver has no webhook",
			slog.String("path", printablePath(r.URL.Path)),
			slog.String("remedy", "set the callback URL of the Meta app to your webhook server"))
		return
	}
	attrs := []any{slog.String("path", printablePath(r.URL.Path))}
	if path := nearestPath(r.URL.Path, flows); path != "" {
		attrs = append(attrs, slog.String("nearest", path))
	}
	attrs = append(attrs, slog.String("remedy", "set the endpoint URI of the Flow to the path of a flow, and have the proxy pass it on unchanged; "+
		"if it is a webhook, set the callback URL of the Meta app to your webhook server"))
	s.log.Warn("a signed request arrived at a path that no flow has", attrs...)
}

// unroutedKind is the kind of event that such requests are sampled as.
const unroutedKind = "unrouted"

// logUnlisted logs how many lines about unrouted requests a sample left out.
func (s *Server) logUnlisted(_ string, left int) {
	s.log.Warn("more requests of Meta arrived at paths that no flow has than are logged one by one", slog.Int("requests", left))
}

// maxLoggedPath is the length, in bytes, of what is logged of a path.
const maxLoggedPath = 200

// printablePath is a path as the log may have it: strangers choose it.
func printablePath(path string) string {
	if len(path) > maxLoggedPath {
		return escaped(strings.ToValidUTF8(path[:maxLoggedPath], "")) + "…"
	}
	return escaped(path)
}

// nearestPath returns the path of the Flow that a request was most likely meant for: one
// that is spelt alike, or whose id is in the path; if there is only one Flow, that one.
func nearestPath(path string, flows []*flow) string {
	path = path[:min(len(path), maxLoggedPath)]
	var paths []string
	for _, f := range flows {
		paths = append(paths, f.path)
	}
	if alike := nearest.Word(path, paths); alike != "" {
		return alike
	}
	segments := strings.Split(strings.ToLower(path), "/")
	for _, f := range flows {
		if slices.Contains(segments, strings.ToLower(f.id)) {
			return f.path
		}
	}
	if len(paths) == 1 {
		return paths[0]
	}
	return ""
}
