package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/config"
)

// flow is a Flow that is served.
type flow struct {
	id       string
	path     string
	numbers  []string
	endpoint *exchange.Endpoint
}

// openFlows makes an endpoint of each configured Flow and reports all that cannot
// be served.
func (s *Server) openFlows(compiledIn []Flow) ([]*flow, error) {
	var flows []*flow
	var problems []error
	for _, cfg := range s.cfg.Flows {
		f, err := s.openFlow(cfg, compiledIn)
		if err != nil {
			problems = append(problems, fmt.Errorf("flow %s: %w", cfg.ID, err))
			continue
		}
		flows = append(flows, f)
	}
	return flows, errors.Join(problems...)
}

func (s *Server) openFlow(cfg config.Flow, compiledIn []Flow) (*flow, error) {
	if cfg.Upstream != nil {
		return nil, errors.New("upstream is not served by this version: compile the flow in")
	}
	i := slices.IndexFunc(compiledIn, func(f Flow) bool { return f.ID == cfg.ID })
	if i < 0 {
		return nil, fmt.Errorf("no flow of this id is compiled in; there is %s", names(compiledIn))
	}
	var keys keySource
	for _, n := range s.numbers {
		if slices.Contains(cfg.Numbers, n.ID) {
			keys = append(keys, n.Ring)
		}
	}
	var secrets [][]byte
	for _, secret := range cfg.AppSecrets {
		secrets = append(secrets, secret.Bytes())
	}
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow:                  cfg.ID,
		Handler:               compiledIn[i].Handler,
		Keys:                  keys,
		AppSecrets:            secrets,
		InsecureSkipSignature: cfg.InsecureSkipSignature,
		OnClientError:         compiledIn[i].OnClientError,
		Timeout:               cfg.Timeout,
		MaxBody:               int64(cfg.MaxBody),
		Logger:                s.log,
	})
	if err != nil {
		return nil, err
	}
	return &flow{id: cfg.ID, path: "/flows/" + cfg.ID, numbers: cfg.Numbers, endpoint: endpoint}, nil
}

func names(flows []Flow) string {
	if len(flows) == 0 {
		return "none"
	}
	var ids []string
	for _, f := range flows {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, ", ")
}

// publicHandler has the Flows and, for everything else, an empty 404.
func (s *Server) publicHandler() http.Handler {
	e := newEcho()
	for _, f := range s.flows {
		e.Any(f.path, echo.WrapHandler(f.endpoint)) // any method: the endpoint answers 405 itself
	}
	return e
}

// newEcho is a router that says nothing about itself: errors have no body.
func newEcho() *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		status := http.StatusInternalServerError
		if known, ok := errors.AsType[*echo.HTTPError](err); ok {
			status = known.Code
		}
		_ = c.NoContent(status) // it writes no body, so it cannot fail
	}
	return e
}
