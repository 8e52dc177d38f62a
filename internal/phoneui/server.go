package phoneui

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
)

// Options describe a page. Flows or Traces are required.
type Options struct {
	// Flows can be chosen on the page; the first one shows first.
	Flows []Flow
	// Traces is a folder of traces. With it the page is a trace viewer, and there is no phone
	// to play with.
	Traces string
	// Version is that of the program.
	Version string
	// AllowHosts are the names, besides those of loopback, by which browsers may reach the
	// page, without a port. With any of them Listen accepts every address, because a
	// container or a codespace forwards to one that is not loopback.
	AllowHosts []string
	// Lag delays each answer to an event, for tests.
	Lag time.Duration
	// Record returns what records a message and the steps after it; nil records nothing.
	// With Mask, hidden reports the fields whose values must not be recorded; it is nil
	// otherwise.
	Record func(m phone.Message, hidden func(screen, field string) bool) Recorder
	// Quirks switches rules of all phones on or off: see [phone.Config].
	Quirks map[string]bool
	// Mask masks the values of sensitive inputs in everything but the screen of the phone.
	Mask bool
	// Save is the folder into which the page may write recordings; empty if it may not.
	Save string
	// Webhook is the URL to which the page may post replies; empty if it may not.
	Webhook string
	// Locale is the language of the phone, a tag such as ar or pt-BR: it decides the
	// direction of its screens and how dates are written. Empty is British English.
	Locale string
	// Web is a folder with the files of the page, which reloads when one changes, for those
	// who work on it. Empty serves the embedded ones.
	Web string
	// Observe is called after each exchange of a Flow, masked with Mask; nil is not. Calls
	// may be concurrent.
	Observe func(flow string, e phone.Exchange)
}

// Recorder makes a scenario of what a user does. The page calls one method at a time.
type Recorder interface {
	// Event records a step; before is what the user saw then.
	Event(e phone.Event, before phone.View)
	// Upload records that a picker got a file.
	Upload(field, name string, before phone.View)
	// Expect records what a View shows as an expectation.
	Expect(v phone.View)
	// YAML returns the scenario under a name, for a Flow JSON.
	YAML(name, flow string) string
}

// Flow is a Flow that the page plays.
type Flow struct {
	// ID is its name on the page and in URLs.
	ID   string
	JSON *flowjson.Flow
	// File is the path of the Flow JSON: a change of it reaches the page. Empty if there is
	// no such file.
	File string
	// FindFile finds it in the background, if File is empty; may be nil.
	FindFile func() string
	// CompiledIn says that handlers in this process have read the Flow JSON too, so that
	// they do not see a change of File before they are built anew.
	CompiledIn bool
	// Message opens it. An empty Token is a new one for each message.
	Message phone.Message
	Ruleset phone.Ruleset
	Target  Target
}

// Target is the endpoint of a Flow, as far as the page shows it.
type Target struct {
	// Endpoint answers; nil plays the screens alone.
	Endpoint phone.Endpoint
	// URL is for display: without a password.
	URL string
	// Signed says that requests are signed with an app secret.
	Signed bool
	// Signature returns the flow_token_signature of a token; nil sends none.
	Signature func(token string) string
	// Key reports which public key is in use and whether it is the endpoint's; nil if
	// nothing can be said about it.
	Key func(ctx context.Context) Key
	// SignBody returns the signature of a webhook; nil signs none.
	SignBody func(body []byte) string
	// Call is the command line to which the page adds an action and its payload, such as
	// "flowserver call".
	Call string
}

// Server serves the page. Make one with [New].
type Server struct {
	options  Options
	token    string // required of everything that changes something
	flows    []*liveFlow
	sessions sessions
	assets   assets
	listener net.Listener
	hosts    map[string]bool // the Host headers that are ours
	news     handlerNews
}

// New returns a server of the page. It fails if there is no Flow, or one without Flow
// JSON; with Options.Traces, if the folder has no trace or one that cannot be read.
func New(o Options) (*Server, error) {
	if o.Traces != "" {
		if _, err := listTraces(o.Traces); err != nil {
			return nil, err
		}
		return &Server{options: o, token: rand.Text(), assets: embedded()}, nil
	}
	if len(o.Flows) == 0 {
		return nil, errors.New("phoneui: expected at least one Flow, got none")
	}
	s := &Server{options: o, token: rand.Text(), assets: embedded()}
	for _, f := range o.Flows {
		if f.JSON == nil {
			return nil, fmt.Errorf("phoneui: the Flow %s has no Flow JSON", f.ID)
		}
		s.flows = append(s.flows, newLiveFlow(f))
	}
	return s, nil
}

// Listen listens at an address, which must be loopback unless Options.AllowHosts has a
// name. The error is a [*NotLoopbackError] if it is not.
func (s *Server) Listen(ctx context.Context, address string) error {
	if len(s.options.AllowHosts) == 0 && !isLoopback(address) {
		return &NotLoopbackError{Address: address}
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	s.listener = l
	s.hosts = ownHosts(l.Addr(), s.options.AllowHosts)
	s.sessions.media = mediacdn.New(s.Origin())
	return nil
}

// Origin returns scheme, host and port of the page and of the files that pickers upload.
// Listen comes first.
func (s *Server) Origin() string { return strings.TrimSuffix(s.URL(), "/") }

// URL returns the address of the page. Listen comes first.
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// Close ends listening, for a server that is not to serve after all.
func (s *Server) Close() error {
	if s.listener == nil {
		return nil
	}
	return s.listener.Close()
}

// shutdownTime is how long the end waits for requests in flight.
const shutdownTime = 2 * time.Second

// Serve serves until ctx ends. It returns nil after that.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.sessions.start(ctx)
	for _, f := range s.flows {
		go f.watch(ctx, s.sessions.setFlow)
	}
	server := &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, // streams end with it
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stopping, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer stop()
	if err := server.Shutdown(stopping); err != nil {
		return server.Close()
	}
	return nil
}

// handler returns the routes behind the guard.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{sum}/{file...}", s.asset)
	if s.options.Traces != "" {
		mux.HandleFunc("GET /{$}", s.tracePage)
		return s.guard(mux)
	}
	mux.HandleFunc("GET /{$}", s.page)
	mux.Handle("GET /media/{id}", s.sessions.media)
	mux.HandleFunc("POST /api/phones", s.create)
	mux.HandleFunc("POST /api/phones/{id}/open", s.session(open))
	mux.HandleFunc("POST /api/phones/{id}/events", s.session(s.event))
	mux.HandleFunc("POST /api/phones/{id}/files", s.session(upload))
	mux.HandleFunc("POST /api/phones/{id}/weather", s.session(weather))
	mux.HandleFunc("POST /api/phones/{id}/replay", s.session(replay))
	mux.HandleFunc("POST /api/phones/{id}/exchanges/{n}/again", s.session(again))
	mux.HandleFunc("GET /api/phones/{id}/exchanges", s.session(exchanges))
	mux.HandleFunc("GET /api/phones/{id}/state", s.session(state))
	mux.HandleFunc("GET /api/phones/{id}/scenario", s.session(scenario))
	mux.HandleFunc("POST /api/phones/{id}/expect", s.session(expect))
	if s.options.Save != "" {
		mux.HandleFunc("POST /api/phones/{id}/save", s.session(s.save))
	}
	if s.options.Webhook != "" {
		mux.HandleFunc("POST /api/phones/{id}/webhook", s.session(s.postWebhook))
	}
	mux.HandleFunc("GET /api/phones/{id}/stream", s.session(s.stream))
	mux.HandleFunc("GET /api/flows/{flow}", s.flowSource)
	mux.HandleFunc("GET /api/flows/{flow}/status", s.status)
	mux.HandleFunc("POST /api/flows/{flow}/ping", s.ping)
	return s.guard(mux)
}
