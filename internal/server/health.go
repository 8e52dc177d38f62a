package server

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Health is the body of /healthz.
type Health struct {
	Status  string         `json:"status"` // ok, degraded or failing
	Version string         `json:"version"`
	Numbers []NumberHealth `json:"numbers"`
	Store   StoreHealth    `json:"store"`
	Flows   []FlowHealth   `json:"flows"`
}

// NumberHealth says whether the key of a number is registered and ours.
type NumberHealth struct {
	Number      string `json:"number"`
	Provider    string `json:"provider"`
	Verdict     string `json:"verdict"`
	Fingerprint string `json:"fingerprint"` // of our active key
}

// StoreHealth says where short-lived state is kept and whether that works.
type StoreHealth struct {
	Kind   string `json:"kind"`
	Status string `json:"status"`
}

// FlowHealth says where a Flow is served and whose keys open its envelopes.
type FlowHealth struct {
	Flow    string   `json:"flow"`
	Path    string   `json:"path"`
	Numbers []string `json:"numbers"`
}

func (s *Server) adminHandler() http.Handler {
	e := newEcho()
	e.GET("/livez", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", s.ready)
	e.GET("/healthz", func(c echo.Context) error { return c.JSON(http.StatusOK, s.Health()) })
	return e
}

// ready answers 200, or 503 with one reason a line.
func (s *Server) ready(c echo.Context) error {
	if reasons := s.notReady(); len(reasons) > 0 {
		return c.String(http.StatusServiceUnavailable, strings.Join(reasons, "\n")+"\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

func (s *Server) notReady() []string {
	if s.draining.Load() {
		return []string{"draining"}
	}
	return nil
}

// Health tells the state of everything.
func (s *Server) Health() Health {
	h := Health{Status: "ok", Version: s.version, Store: StoreHealth{Kind: "memory", Status: "ok"}}
	for _, n := range s.numbers {
		h.Numbers = append(h.Numbers, NumberHealth{
			Number: n.ID, Provider: n.Provider, Verdict: "unchecked", Fingerprint: n.Ring.Active().Fingerprint(),
		})
	}
	for _, f := range s.flows {
		h.Flows = append(h.Flows, FlowHealth{Flow: f.id, Path: f.path, Numbers: f.numbers})
	}
	return h
}
