package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/weburl"
)

// devFlow is a flow that dev serves.
type devFlow struct {
	id           string
	routes       []exchange.Route // nil if they are not known, as those of an upstream
	flowJSON     *flowjson.Flow   // nil if it is not known
	flowJSONFile string           // absolute; empty if it is compiled in, or not known
	upstream     *url.URL         // nil for a compiled-in flow
}

// flows returns the flow of the upstream or, without one, those that are compiled in.
func (c devCommand) flows(compiledIn []server.Flow) ([]devFlow, error) {
	if c.Upstream != nil {
		f, err := c.upstreamFlow()
		return []devFlow{f}, err
	}
	switch {
	case c.FlowJSON != "":
		return nil, &usageError{hint(errors.New("--flow-json needs --upstream, the URL of the server that answers"),
			"a compiled-in Flow has its own Flow JSON: see exchange.WithFlow")}
	case c.Flow != "":
		return nil, usagef("--flow needs --upstream, the URL of the server that answers")
	case len(compiledIn) == 0:
		return nil, hint(errors.New("no Flow is compiled in"), "give the URL of a server with --upstream, or pass a Flow to flowserver.Main")
	}
	var flows []devFlow
	for _, f := range compiledIn {
		flow := devFlow{id: f.ID, flowJSON: f.FlowJSON()}
		if registry, err := exchange.RegistryOf(f.Handler); err == nil && registry != nil { // the server reports the error
			flow.routes = append([]exchange.Route{}, registry.Routes()...) // not nil: they are known
		}
		flows = append(flows, flow)
	}
	return flows, nil
}

// upstreamFlow checks the flags that describe the flow of an upstream.
func (c devCommand) upstreamFlow() (f devFlow, err error) {
	if f.upstream, err = parseUpstream(*c.Upstream); err != nil {
		return devFlow{}, err
	}
	if c.FlowJSON != "" {
		if f.flowJSON, err = readDevFlowJSON(c.FlowJSON); err != nil {
			return devFlow{}, err
		}
		if f.flowJSONFile, err = filepath.Abs(c.FlowJSON); err != nil {
			return devFlow{}, err
		}
	}
	f.id = "flow"
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(c.FlowJSON), filepath.Ext(c.FlowJSON)))
	switch {
	case c.Flow != "" && !config.ValidID(c.Flow):
		return devFlow{}, usagef("--flow is not an id: use a-z, 0-9, _ and -, and begin with a letter or digit")
	case c.Flow != "":
		f.id = c.Flow
	case config.ValidID(name):
		f.id = name
	}
	return f, nil
}

// parseUpstream reads the URL of an upstream, which may lack http:// if it is on this
// machine. No error quotes it, as it may have a password.
func parseUpstream(text string) (*url.URL, error) {
	if u, err := url.Parse("http://" + text); err == nil && !strings.Contains(text, "://") && weburl.IsLoopback(u.Hostname()) {
		text = "http://" + text
	}
	u, wrong, remedy := weburl.Parse(text)
	if wrong == "" && u.Scheme != "http" && u.Scheme != "https" {
		wrong, remedy = "is neither an http nor an https URL", "write a complete URL, for example http://127.0.0.1:3000/flow"
	}
	if wrong != "" {
		return nil, &usageError{hint(errors.New("--upstream "+wrong), remedy)}
	}
	return u, nil
}

func readDevFlowJSON(path string) (*flowjson.Flow, error) {
	const remedy = "give the Flow JSON file that you upload to Meta"
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, hint(fmt.Errorf("--flow-json: %w", err), remedy)
	}
	f, err := flowjson.Read(source)
	if syntax, ok := errors.AsType[*flowjson.SyntaxError](err); ok {
		return nil, hint(fmt.Errorf("--flow-json: %s:%d:%d: %s", path, syntax.Position.Line, syntax.Position.Column, syntax.Problem), remedy)
	}
	if err != nil {
		return nil, fmt.Errorf("--flow-json: %s: %w", path, err)
	}
	if len(f.Screens) == 0 {
		return nil, hint(fmt.Errorf("--flow-json: %s has no screens: it is not a Flow JSON file", path), remedy)
	}
	return f, nil
}

// dialTimeout is how long the start waits for the upstream.
const dialTimeout = time.Second

// unreachable says why no connection to an upstream can be made; empty if one can.
func unreachable(ctx context.Context, upstream *url.URL) string {
	port := upstream.Port()
	if port == "" {
		port = upstream.Scheme // a name that net knows
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(upstream.Hostname(), port))
	if err != nil {
		if cause, ok := errors.AsType[*net.OpError](err); ok {
			err = cause.Err
		}
		if cause, ok := errors.AsType[*os.SyscallError](err); ok {
			err = cause.Err
		}
		return err.Error()
	}
	_ = conn.Close() // nothing was sent
	return ""
}
