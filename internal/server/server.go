package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/config"
)

// Flow is a Flow that is compiled in.
type Flow struct {
	ID            string
	Handler       exchange.Handler
	OnClientError func(context.Context, exchange.ClientError) // may be nil
}

// Options is what a [Server] is made of.
type Options struct {
	Config  *config.Config
	Flows   []Flow // those that Config may name
	Version string
	Logger  *slog.Logger
}

// Server is a configured server. Its methods are called in the order New, Listen,
// Serve, each once; the others at any time after Listen.
type Server struct {
	cfg      *config.Config
	log      *slog.Logger
	version  string
	started  time.Time
	numbers  []*Number
	flows    []*flow
	draining atomic.Bool

	public, admin                 *http.Server
	publicListener, adminListener net.Listener
}

// New reads the keys and builds the endpoints. Its errors are for the operator:
// all that is wrong, at once.
func New(o Options) (*Server, error) {
	s := &Server{cfg: o.Config, log: o.Logger, version: o.Version, started: time.Now()}
	for _, w := range o.Config.Warnings() {
		s.log.Warn("configuration", slog.String("path", w.Path), slog.String("warning", w.Text))
	}
	var err error
	if s.numbers, err = OpenNumbers(o.Config.Numbers); err != nil {
		return nil, err
	}
	if s.flows, err = s.openFlows(o.Flows); err != nil {
		return nil, err
	}
	s.public = httpServer(s.publicHandler(), s.log, s.longestTimeout())
	s.admin = httpServer(s.adminHandler(), s.log, adminTimeout)
	return s, nil
}

const (
	headerTimeout  = 5 * time.Second
	bodyTimeout    = 10 * time.Second // Meta gives up after that
	idleTimeout    = 2 * time.Minute
	adminTimeout   = 10 * time.Second
	maxHeaderBytes = 16 << 10
	writeSlack     = 5 * time.Second // to write an answer that the handler took its whole time for
)

// httpServer sets every limit that keeps slow and hostile clients from holding
// resources.
func httpServer(h http.Handler, log *slog.Logger, handlerTimeout time.Duration) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      bodyTimeout + handlerTimeout + writeSlack,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what strangers do wrong on the wire
	}
}

func (s *Server) longestTimeout() time.Duration {
	var longest time.Duration
	for _, f := range s.cfg.Flows {
		longest = max(longest, f.Timeout)
	}
	return longest
}

// Listen takes both ports. After it, [Server.PublicAddr] and [Server.AdminAddr]
// tell them.
func (s *Server) Listen(ctx context.Context) error {
	var listen net.ListenConfig
	var err error
	if s.publicListener, err = listen.Listen(ctx, "tcp", s.cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if s.adminListener, err = listen.Listen(ctx, "tcp", s.cfg.Admin); err != nil {
		return errors.Join(fmt.Errorf("admin: %w", err), s.publicListener.Close())
	}
	return nil
}

// PublicAddr returns the address that Flows are served at.
func (s *Server) PublicAddr() net.Addr { return s.publicListener.Addr() }

// AdminAddr returns the address that health is served at.
func (s *Server) AdminAddr() net.Addr { return s.adminListener.Addr() }

// Serve serves until ctx ends, then drains: readiness turns off, no new
// connection is taken, exchanges in flight finish, and the admin listener, which
// tells all this, closes last. The error is nil after a clean drain.
func (s *Server) Serve(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	serve := func(server *http.Server, l net.Listener) func() error {
		return func() error {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
			return nil
		}
	}
	group.Go(serve(s.public, s.publicListener))
	group.Go(serve(s.admin, s.adminListener))
	s.log.Info("serving", slog.String("listen", s.PublicAddr().String()), slog.String("admin", s.AdminAddr().String()), slog.String("version", s.version))
	group.Go(func() error {
		<-ctx.Done()
		return s.drain(context.WithoutCancel(ctx))
	})
	err := group.Wait()
	s.log.Info("stopped")
	return err
}

func (s *Server) drain(ctx context.Context) error {
	s.draining.Store(true)
	limit := bodyTimeout + s.longestTimeout() + writeSlack
	s.log.Info("draining: exchanges in flight finish, a second signal stops at once", slog.Duration("at_most", limit))
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := s.public.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("drain: exchanges were still in flight after %s: %w", limit, err)
	}
	return errors.Join(err, s.admin.Shutdown(ctx))
}
