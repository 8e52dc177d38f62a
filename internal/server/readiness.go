package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// ready answers 200, or 503 with one reason per line. It is about the process, which
// is not ready while no flow can be served; with ?flow=ID or ?number=ID it is about
// one of them, and 404 if there is none with this id.
func (s *Server) ready(c echo.Context) error {
	if s.draining.Load() {
		return c.String(http.StatusServiceUnavailable, "draining\n")
	}
	query := c.QueryParams()
	var reasons []string
	switch {
	case query.Has("number") && query.Has("flow"):
		return c.String(http.StatusBadRequest, "expected number or flow, got both\n")
	case query.Has("number"):
		i := slices.IndexFunc(s.numbers, func(n *Number) bool { return n.ID == query.Get("number") })
		if i < 0 {
			return unknownID(c, "number", s.numberIDs())
		}
		reasons = notReady(s.numbers[i : i+1])
	case query.Has("flow"):
		flows := s.current.Load().flows
		i := slices.IndexFunc(flows, func(f *flow) bool { return f.id == query.Get("flow") })
		if i < 0 {
			return unknownID(c, "flow", flowIDs(flows))
		}
		reasons = s.flowNotReady(flows[i])
	default:
		reasons = s.notReady()
	}
	if len(reasons) > 0 {
		return c.String(http.StatusServiceUnavailable, strings.Join(reasons, "\n")+"\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

// publicHealth answers as ready does, without a reason: anyone can ask.
func (s *Server) publicHealth(c echo.Context) error {
	if s.draining.Load() || len(s.notReady()) > 0 {
		return c.NoContent(http.StatusServiceUnavailable)
	}
	return c.NoContent(http.StatusOK)
}

// unknownID lists what there is, and does not repeat what was asked.
func unknownID(c echo.Context, kind string, ids []string) error {
	return c.String(http.StatusNotFound, "no "+kind+" has this id; configured: "+strings.Join(ids, ", ")+"\n")
}

func (s *Server) numberIDs() []string {
	var ids []string
	for _, n := range s.numbers {
		ids = append(ids, n.ID)
	}
	return ids
}

func flowIDs(flows []*flow) []string {
	var ids []string
	for _, f := range flows {
		ids = append(ids, f.id)
	}
	return ids
}

// notReady returns why no flow can be served, one reason for each number that a flow
// has; nil if one can.
func (s *Server) notReady() []string {
	var reasons []string
	for _, f := range s.current.Load().flows {
		ofFlow := s.flowNotReady(f)
		if len(ofFlow) == 0 {
			return nil
		}
		for _, reason := range ofFlow {
			if !slices.Contains(reasons, reason) { // another flow may have the number too
				reasons = append(reasons, reason)
			}
		}
	}
	return reasons
}

// flowNotReady returns why a flow cannot be served; nil if it can, for any of its
// numbers.
func (s *Server) flowNotReady(f *flow) []string {
	var numbers []*Number
	for _, n := range s.numbers {
		if slices.Contains(f.numbers, n.ID) {
			numbers = append(numbers, n)
		}
	}
	return notReady(numbers)
}

// notReady returns why none of the numbers can serve; nil if one can.
func notReady(numbers []*Number) []string {
	var reasons []string
	for _, n := range numbers {
		state := n.state()
		switch {
		case state.undecided():
			reasons = append(reasons, "number "+n.ID+": its registration is being checked")
		case !state.serves():
			reasons = append(reasons, "number "+n.ID+": "+string(state.Verdict)+": "+state.Remedy(n.ID))
		default:
			return nil
		}
	}
	return reasons
}
