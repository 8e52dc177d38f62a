package doctor

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/protocol"
)

const (
	pingCount = 5
	ping      = `{"version":"3.0","action":"ping"}`

	// Meta's alerts are at 1, 5 and 7 s (p90), and it gives up after 10 s ("Flows
	// webhooks", June 16, 2026).
	aim   = time.Second
	alarm = 5 * time.Second

	clockNotice  = 30 * time.Second
	clockAlarm   = 5 * time.Minute
	maxAdminPage = 64 << 10
)

// send posts a sealed health check once.
func (e *examination) send(ctx context.Context, faults ...client.Fault) (*client.Reply, error) {
	request, err := e.phone.Seal([]byte(ping), faults...)
	if err != nil {
		return nil, err
	}
	return e.phone.Do(ctx, request)
}

// pings sends five health checks, and judges the first answer and the times.
func (e *examination) pings(ctx context.Context) {
	if len(e.reachable) == 0 {
		e.add("ping", Unknown, "", "no health check was sent: there is no address to send it to")
		return
	}
	for i := range pingCount {
		reply, err := e.send(ctx)
		if e.seen == nil {
			e.seen = reply
		}
		if !e.judgePing(i, reply, err) {
			return
		}
		e.ping = reply
		e.report.Pings = append(e.report.Pings, reply.Duration)
	}
	e.add("ping", OK, "", "%d sealed health checks are answered correctly", pingCount)
	e.judgeTimes()
}

// judgePing reports whether a health check was answered well, after some others that were.
func (e *examination) judgePing(others int, reply *client.Reply, err error) bool {
	cause := diagnosis.Read(reply, err)
	which := ""
	if others > 0 {
		which = fmt.Sprintf("after %d health checks that are answered well: ", others)
	}
	switch {
	case reply != nil && reply.Status == protocol.StatusBadSignature && !e.phone.Signed():
		e.add("ping", Unknown, "give the app secret with --app-secret-file",
			"no health check was answered: the endpoint requires signed requests, as it must, and no app secret was given")
		return false
	case cause != nil:
		remedy := cause.Fix
		if !cause.Known() || remedy == "" {
			remedy = "flowserver check finds out which mistake it is"
		}
		e.add("ping", Failed, remedy, "%s%s", which, cause.String())
		return false
	case !reply.Active():
		e.add("ping", Failed, `answer action "ping" with {"data":{"status":"active"}}, sealed`,
			"%sa health check is answered, but not with data.status \"active\": Meta would not publish the Flow", which)
		return false
	}
	return true
}

// judgeTimes compares the slowest health check with Meta's thresholds.
func (e *examination) judgeTimes() {
	var texts []string
	for _, d := range e.report.Pings {
		texts = append(texts, rounded(d))
	}
	times := strings.Join(texts, ", ")
	const remedy = "look for what is slow before the answer: a cold start, a database, a proxy far away; answer pings from memory"
	switch slowest := slices.Max(e.report.Pings); {
	case slowest > alarm:
		e.add("time", Failed, remedy, "the answers took %s: Meta alerts at 1, 5 and 7 s (p90), and gives up after 10 s", times)
	case slowest > aim:
		e.add("time", Warned, remedy, "the answers took %s: Meta alerts at 1 s (p90)", times)
	default:
		e.add("time", OK, "", "the answers took %s; Meta alerts at 1 s (p90)", times)
	}
}

func rounded(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}

// clock compares the header Date with the clock of this machine.
func (e *examination) clock(context.Context) {
	if e.seen == nil {
		return
	}
	theirs, err := http.ParseTime(e.seen.Header.Get("Date"))
	if err != nil {
		e.add("clock", Skipped, "", "the answers have no Date to compare")
		return
	}
	off := theirs.Sub(e.cfg.Now()).Round(time.Second)
	direction := "ahead of"
	if off < 0 {
		direction = "behind"
	}
	size := off.Abs()
	const remedy = "let NTP set the clock of the server, or of this machine: tokens and certificates depend on it"
	switch {
	case size > clockAlarm:
		e.add("clock", Failed, remedy, "the clock of the server is %s %s that of this machine", size, direction)
	case size > clockNotice:
		e.add("clock", Warned, remedy, "the clock of the server is %s %s that of this machine", size, direction)
	default:
		e.add("clock", OK, "", "the clock of the server agrees with that of this machine within %s", clockNotice)
	}
}

// unsigned sends a health check without a signature, which must get 432.
func (e *examination) unsigned(ctx context.Context) {
	const remedy = "verify X-Hub-Signature-256 over the raw body before anything else, and answer 432 with an empty body if it is wrong or missing"
	if e.seen == nil {
		e.add("signature", Unknown, "", "no unsigned request was sent: the endpoint does not answer")
		return
	}
	reply := e.seen // without an app secret all requests are unsigned
	if e.phone.Signed() {
		missing, found := client.FaultNamed("signature-missing")
		if !found {
			e.add("signature", Unknown, "", "no unsigned request could be made")
			return
		}
		var err error
		reply, err = e.send(ctx, missing)
		if reply == nil && diagnosis.Unreachable(err) {
			e.add("signature", Unknown, "", "no unsigned request arrived: the endpoint has been down since the previous requests")
			return
		}
		if reply == nil {
			e.add("signature", Failed, remedy, "an unsigned request is not answered: %s", diagnosis.Silence(err))
			return
		}
	}
	switch {
	case reply.Status == protocol.StatusBadSignature:
		e.add("signature", OK, "", "an unsigned request is refused with 432")
	case reply.Status/100 == 2 && e.sealed(reply):
		e.add("signature", Failed, remedy, "an unsigned request is accepted: anyone with the URL and the public key can pose as WhatsApp")
	case e.ping == nil:
		e.add("signature", Unknown, "", "an unsigned request proves nothing while health checks fail")
	case reply.Status/100 == 2:
		e.add("signature", Failed, remedy, "an unsigned request is answered with status %d, not 432", reply.Status)
	default:
		e.add("signature", Failed, remedy, "an unsigned request is refused with status %d, not 432", reply.Status)
	}
}

// sealed reports whether an answer is one that opened.
func (e *examination) sealed(reply *client.Reply) bool { return reply.Clear != nil }

// foreign sends a health check that is sealed for another key, which must get 421.
func (e *examination) foreign(ctx context.Context) {
	const remedy = "answer 421 with an empty body when a request cannot be decrypted: only then do phones fetch the public key again"
	if e.ping == nil {
		e.add("key", Unknown, "", "no request for another key was sent: health checks fail")
		return
	}
	other, found := client.FaultNamed("other-rsa-key")
	if !found {
		e.add("key", Unknown, "", "no request for another key could be made")
		return
	}
	reply, err := e.send(ctx, other)
	switch {
	case reply == nil && diagnosis.Unreachable(err):
		e.add("key", Unknown, "", "no request for another key arrived: the endpoint has been down since the health checks")
	case reply == nil:
		e.add("key", Failed, remedy, "a request that is sealed for another key is not answered: %s", diagnosis.Silence(err))
	case reply.Status == protocol.StatusKeyMismatch:
		e.add("key", OK, "", "a request that is sealed for another key is refused with 421")
	default:
		e.add("key", Failed, remedy, "a request that is sealed for another key is answered with status %d, not 421", reply.Status)
	}
}

// admin looks for flowserver's admin pages, which must not be public: at their own port
// and at that of the endpoint.
func (e *examination) admin(ctx context.Context) {
	if len(e.reachable) == 0 {
		return
	}
	if e.local() {
		e.add("admin", Skipped, "", "on this machine the admin port may be open")
		return
	}
	host := e.target.Hostname()
	for _, url := range []string{
		"http://" + net.JoinHostPort(host, strconv.Itoa(e.cfg.AdminPort)) + "/healthz",
		e.target.Scheme + "://" + e.target.Host + "/healthz",
		e.target.Scheme + "://" + e.target.Host + "/metrics",
	} {
		if e.isAdmin(ctx, url) {
			const remedy = "let the admin port listen on an address that only your network reaches (admin: 127.0.0.1:9090), " +
				"and publish no other path than that of the Flows"
			e.add("admin", Failed, remedy, "admin pages are public: %s", url)
			return
		}
	}
	e.add("admin", OK, "", "no admin pages are public, neither at port %d nor at that of the endpoint", e.cfg.AdminPort)
}

// isAdmin reports whether a page is one of health or metrics.
func (e *examination) isAdmin(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, min(dialLimit, e.cfg.Timeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	response, err := e.calls.Do(request)
	if err != nil {
		return false // no connection is what should be
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAdminPage))
	if err != nil || response.StatusCode == http.StatusNotFound {
		return false
	}
	text := string(body)
	return strings.Contains(text, `"numbers"`) && strings.Contains(text, `"flows"`) ||
		strings.Contains(text, "\n# HELP ") || strings.HasPrefix(text, "# HELP ") || strings.Contains(text, "flowserver_")
}
