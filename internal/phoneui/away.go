package phoneui

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/protocol"
)

// How often and for how long an endpoint that went away is asked whether it is back.
const (
	awayPoll  = 300 * time.Millisecond
	awayLimit = 15 * time.Minute
)

// noticeAway looks at an exchange that brought no answer: if the endpoint's port is
// closed, it says so on every page, and again when the endpoint is back.
func (s *Server) noticeAway(ctx context.Context, f *liveFlow, e phone.Exchange) {
	if e.Status != 0 || f.flow.Target.Endpoint == nil || !f.away.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer f.away.Store(false)
		ctx, cancel := context.WithTimeout(ctx, awayLimit)
		defer cancel()
		began := time.Now()
		if !refusesConnections(ctx, f.flow.Target.Endpoint) {
			return // it is there: the weather was at fault, or it was slow
		}
		s.Report(Handler{State: HandlerAway, Text: "The endpoint does not answer: connections are refused. The phone keeps its state."})
		for refusesConnections(ctx, f.flow.Target.Endpoint) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(awayPoll):
			}
		}
		s.Report(Handler{State: HandlerReady, Text: fmt.Sprintf("The endpoint is back after %.1f s.", time.Since(began).Seconds())})
	}()
}

// refusesConnections reports whether no connection to the endpoint can be made.
func refusesConnections(ctx context.Context, endpoint phone.Endpoint) bool {
	ctx, cancel := context.WithTimeout(ctx, phoneTimeout)
	defer cancel()
	_, err := endpoint.Send(ctx, client.Message{Action: protocol.ActionPing})
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}
