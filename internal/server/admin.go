package server

import (
	"net/http"
	"net/http/pprof" // also in http.DefaultServeMux, which nothing serves
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/flowserver/flowserver/registration"
)

// adminHandler has what operators and their probes ask. It must never be public.
func (s *Server) adminHandler(profiles bool) http.Handler {
	e := newEcho()
	e.GET("/livez", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", s.ready)
	// always 200: probes have /readyz, and whoever reads the body should get it
	e.GET("/healthz", func(c echo.Context) error { return c.JSON(http.StatusOK, s.Health()) })
	e.GET("/metrics", echo.WrapHandler(s.metrics.handler()))
	if profiles {
		addProfiles(e)
	}
	return e
}

// addProfiles leaves out the command line, which package pprof would show too.
func addProfiles(e *echo.Echo) {
	profile := func(h http.HandlerFunc) echo.HandlerFunc { return echo.WrapHandler(sameSite(h)) }
	e.GET("/debug/pprof/*", profile(pprof.Index))
	e.GET("/debug/pprof/profile", profile(pprof.Profile))
	e.GET("/debug/pprof/trace", profile(pprof.Trace))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		e.Add(method, "/debug/pprof/symbol", profile(pprof.Symbol))
	}
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
	var reasons []string
	for _, n := range s.numbers {
		verdict := n.Tracker.Registration().Verdict
		switch {
		case !verdict.Serves():
			reasons = append(reasons, "number "+n.ID+": "+string(verdict)+": "+verdict.Remedy(n.ID))
		case verdict == registration.VerdictUnknown && !n.checked.Load():
			reasons = append(reasons, "number "+n.ID+": its registration is being checked")
		}
	}
	return reasons
}
