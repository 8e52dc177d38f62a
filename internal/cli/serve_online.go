package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/noredirect"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/registration"
)

// onlineLimit bounds each question of serve --check --online.
const onlineLimit = 10 * time.Second

// online is one thing that a server depends on, and how it is.
type online struct {
	name   string
	code   int    // ExitDone if it is well
	says   string // what was found
	remedy string
}

// checkOnline asks Redis, the providers and the upstreams, prints how each is, and
// returns an error with an exit code if one is not well: 1 for Redis and upstreams, else
// those of keys status.
func (c configFlag) checkOnline(ctx context.Context, p *Program, cfg *config.Config) error {
	var found []online
	if cfg.RedisURL.Reveal() != "" {
		found = append(found, redisOnline(ctx, cfg))
	}
	err := c.withNumbers(p, "", func(numbers []*server.Number) error {
		for _, n := range numbers {
			found = append(found, c.numberOnline(ctx, n))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range cfg.Flows {
		if f.Upstream != nil {
			found = append(found, upstreamOnline(ctx, f.ID, f.Upstream.URL))
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var text strings.Builder
	code := ExitDone
	for _, one := range found {
		state := "ok"
		if one.code != ExitDone {
			state = "failed"
		}
		fmt.Fprintf(&text, "%-7s %s: %s\n", state, one.name, one.says)
		if one.remedy != "" {
			fmt.Fprintf(&text, "        %s\n", one.remedy)
		}
		code = worse(code, one.code)
	}
	if _, err := io.WriteString(p.Stdout, text.String()); err != nil {
		return err
	}
	if code == ExitDone {
		return nil
	}
	return &exitError{code: code}
}

// worse returns the more urgent exit code: that something failed, then that a number is
// not served, then that a provider could not be asked.
func worse(a, b int) int {
	for _, code := range []int{ExitFailed, ExitNotRegistered, ExitUnknown} {
		if a == code || b == code {
			return code
		}
	}
	return ExitDone
}

func redisOnline(ctx context.Context, cfg *config.Config) online {
	one := online{name: "redis"}
	ctx, cancel := context.WithTimeout(ctx, onlineLimit)
	defer cancel()
	st, err := server.OpenStore(cfg, slog.New(slog.DiscardHandler))
	if err == nil {
		defer func() { _ = st.Close() }() // nothing is left to write
		err = st.Ping(ctx)
	}
	if err != nil {
		one.code, one.says = ExitFailed, err.Error()
		one.remedy = "check redis_url, the password, the network, and that Redis is running"
		return one
	}
	one.says = "it answers"
	return one
}

func (c configFlag) numberOnline(ctx context.Context, n *server.Number) online {
	ctx, cancel := context.WithTimeout(ctx, 3*onlineLimit) // with the retries of the provider's adapter
	defer cancel()
	s := newNumberStatus(n, n.Tracker.Refresh(ctx), c.remedyTarget(n.ID))
	one := online{name: "number " + n.ID, says: fmt.Sprintf("the registered key is %s", s.Verdict)}
	if s.Error != "" {
		one.says = s.Error
	}
	if s.Verdict == registration.VerdictUnchecked {
		one.says = "it has no provider to ask"
	}
	if s.NextStep != nothingToDo {
		one.remedy = s.NextStep
	}
	if exit, failed := errors.AsType[*exitError](statusExit([]numberStatus{s})); failed {
		one.code = exit.code
	}
	return one
}

// upstreamOnline looks whether an upstream can be reached: by TCP, by TLS if its URL
// is https, and by a HEAD request, whose status does not matter. It sends no message of
// a Flow.
func upstreamOnline(ctx context.Context, flow, url string) online {
	one := online{name: "upstream of flow " + flow}
	ctx, cancel := context.WithTimeout(ctx, onlineLimit)
	defer cancel()
	client := noredirect.Client(http.Client{Transport: &http.Transport{
		DialContext: (&net.Dialer{Timeout: onlineLimit}).DialContext, DisableKeepAlives: true,
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, http.NoBody)
	if err == nil {
		req.Header.Set("User-Agent", "flowserver")
		var resp *http.Response
		if resp, err = client.Do(req); err == nil {
			_ = resp.Body.Close() // HEAD has none
			one.says = fmt.Sprintf("%s answers a HEAD request with HTTP %d; no message was sent", weburl.Printable(url), resp.StatusCode)
			return one
		}
	}
	one.code, one.says = ExitFailed, weburl.Printable(url)+": "+reachError(err)
	one.remedy = "check the URL of the upstream, the network, and that the server is running"
	return one
}

// reachError is why a server could not be reached, in the words of errors that do not
// quote the URL, which may hold credentials.
func reachError(err error) string {
	if certErr, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certErr.Error()
	}
	if opErr, ok := errors.AsType[*net.OpError](err); ok {
		return opErr.Error()
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %s", onlineLimit)
	case errors.Is(err, http.ErrSchemeMismatch):
		return "it speaks http, but the URL is https"
	default:
		return "the connection broke before an answer, or the answer is not HTTP"
	}
}
