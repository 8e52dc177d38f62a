package server

import (
	"net/http"
	"net/http/pprof" // also in http.DefaultServeMux, which nothing serves

	"github.com/labstack/echo/v4"
)

// adminHandler has what operators and their probes ask. It must never be public.
func (s *Server) adminHandler(profiles bool) http.Handler {
	e := newEcho()
	e.GET("/livez", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", s.ready)
	e.GET("/healthz", s.healthz)
	e.GET("/metrics", echo.WrapHandler(s.metrics.handler()))
	if profiles {
		addProfiles(e)
	}
	return e
}

// addProfiles leaves out the command line, which package pprof would show too.
func addProfiles(e *echo.Echo) {
	e.GET("/debug/pprof/*", echo.WrapHandler(http.HandlerFunc(pprof.Index)))
	e.GET("/debug/pprof/profile", echo.WrapHandler(http.HandlerFunc(pprof.Profile)))
	e.GET("/debug/pprof/trace", echo.WrapHandler(http.HandlerFunc(pprof.Trace)))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		e.Add(method, "/debug/pprof/symbol", echo.WrapHandler(http.HandlerFunc(pprof.Symbol)))
	}
}
