package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/sampled"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

// Flow is a Flow that is compiled in.
type Flow struct {
	ID            string
	Handler       exchange.Handler
	OnClientError func(context.Context, exchange.ClientError) // may be nil
	DevOnly       bool                                        // a demo: see Options.Dev
}

// Options is what a [Server] is made of.
type Options struct {
	Config  *config.Config
	Flows   []Flow // those that Config may name
	Version string
	Logger  *slog.Logger // none by default
	// Level is what Logger heeds, so that a reload can change it; may be nil.
	Level *slog.LevelVar
	// LogDropped returns how many lines of the log were dropped, for the metrics; may be
	// nil. See [Log.Dropped].
	LogDropped func() uint64
	// Load reads the configuration anew for [Server.Reload]. Nil: Config stays, and
	// only keys and certificate are read again.
	Load func() (*config.Config, error)
	// Warnings are logged at the start, before those of Config.
	Warnings []config.Warning
	// Dev allows flows that are DevOnly.
	Dev bool
	// ExposeReasons returns the reason of a failure to callers on this machine, in the
	// header [exchange.ReasonHeader], and the lines that were logged during an exchange. It
	// is for development alone.
	ExposeReasons bool
	// LocalMedia lets handlers fetch media from the fake CDN that a caller on this machine
	// names, see [media.WithOrigin]. It is for development alone.
	LocalMedia bool
}

// Server is a configured server. Its methods are called in the order New, Listen,
// Serve, each once; the addresses at any time after Listen; Health, Reload and
// Close at any time.
type Server struct {
	options  Options
	log      *slog.Logger
	version  string
	rsa      *backend.Backend
	metrics  *metrics
	tracing  *tracing // nil if it is off
	store    store.Store
	once     store.KeyValue // what must not be done twice; goes on in memory while Redis is away
	local    *store.Memory  // behind once; nil without Redis
	pool     *exchange.Pool
	bodies   *exchange.Bodies
	conns    *connections // of the public listener
	watch    *storeWatch
	numbers  []*Number
	certs    certificates // nil without TLS
	draining atomic.Bool

	strangers *sampled.Events // whose unrouted requests are logged

	reloading sync.Mutex // of the configuration
	current   atomic.Pointer[serving]

	public, admin                 *http.Server
	publicListener, adminListener net.Listener
}

// serving is what a reload replaces as a whole.
type serving struct {
	cfg    *config.Config
	flows  []*flow
	public http.Handler
}

// New reads the keys and builds store, trackers and endpoints. It makes no connection.
// A server that is not to serve after all is closed with [Server.Close].
func New(o Options) (*Server, error) {
	cfg := o.Config
	s := &Server{options: o, log: o.Logger, version: o.Version}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.ExposeReasons {
		s.log = slog.New(newLineKeeper(s.log.Handler()))
	}
	s.rsa = openRSA(cfg.RSA, s.log)
	s.metrics = newMetrics(o.Version, s.rsa)
	s.strangers = sampled.New(s.logUnlisted)
	s.warn(slices.Concat(o.Warnings, cfg.Warnings()))
	dropped := &evictions{counter: s.metrics.evictions, log: s.log}
	opened, err := openStore(cfg, s.log, dropped.note)
	if err != nil {
		return nil, err
	}
	s.store = countingStore{opened, s.metrics.storeErrors}
	s.watch = newStoreWatch(s.store, opened, dropped, s.log)
	s.tracing = openTracing(context.Background(), o.Version, s.log)
	s.once = s.store
	if opened.Kind() != "memory" {
		s.local = store.NewMemory(memoryLimits())
		s.once = store.NewFallback(s.store, s.local)
	}
	s.pool = exchange.NewPool(exchange.PoolConfig{Waited: s.metrics.waited, Opening: s.metrics.opening})
	s.bodies = exchange.NewBodies(int64(cfg.MaxBodyMemory))
	s.conns = newConnections(cfg.MaxConnections, s.log)
	s.metrics.watchQueue(s.pool)
	s.metrics.watchFront(s.bodies, s.conns)
	s.metrics.watchLog(o.LogDropped)
	if s.numbers, err = OpenNumbers(cfg, s.rsa, s.store, s.log, s.metrics.providerRequest); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	flows, err := s.openFlows(cfg)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.serve(cfg, flows)
	s.logFlows(cfg, flows)
	if s.certs, err = openCertificates(cfg.TLS, s.log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.metrics.registry.MustRegister(guarded{registrations(s.numbers), s.recovered})
	public := func(w http.ResponseWriter, r *http.Request) { s.current.Load().public.ServeHTTP(w, r) }
	s.public = s.httpServer(http.HandlerFunc(public), config.MaxTimeout)
	s.public.ConnState = s.conns.track
	s.public.HTTP2 = &http.HTTP2Config{
		MaxConcurrentStreams: cfg.HTTP2MaxStreams, MaxReadFrameSize: http2Frame,
		MaxReceiveBufferPerConnection: http2Buffer, MaxReceiveBufferPerStream: http2Buffer,
	}
	s.public.Protocols = new(http.Protocols)
	s.public.Protocols.SetHTTP1(true)
	s.public.Protocols.SetHTTP2(true)
	s.public.Protocols.SetUnencryptedHTTP2(s.certs == nil) // as some load balancers speak it to what they proxy
	if s.certs != nil {
		s.public.TLSConfig = s.certs.tlsConfig()
		s.metrics.registry.MustRegister(guarded{expiry{s.certs}, s.recovered})
	}
	s.admin = s.httpServer(newAdminHosts(cfg).only(s.adminHandler(cfg.Pprof)), adminTimeout)
	return s, nil
}

// serve has requests from now on answered by flows. Those in flight keep the
// endpoint that they began with.
func (s *Server) serve(cfg *config.Config, flows []*flow) {
	for _, f := range flows {
		s.metrics.addFlow(f.id, f.screens)
	}
	s.current.Store(&serving{cfg: cfg, flows: flows, public: s.publicHandler(flows, cfg.PublicHealth)})
}

// warn says at every start and reload what works and should still be looked at.
func (s *Server) warn(warnings []config.Warning) {
	for _, w := range warnings {
		s.log.Warn("configuration", slog.String("path", w.Path), slog.String("warning", w.Text))
	}
}

const (
	headerTimeout  = 5 * time.Second
	bodyTimeout    = protocol.TimeoutSeconds * time.Second // Meta gives up after that
	idleTimeout    = 2 * time.Minute
	adminTimeout   = 10 * time.Second
	maxHeaderBytes = 16 << 10
	http2Frame     = 16 << 10        // the least that HTTP/2 allows
	http2Buffer    = 64 << 10        // what has arrived and was not read yet, on a connection
	writeSlack     = 5 * time.Second // to write an answer that the handler took its whole time for
)

// httpServer sets every limit that keeps slow and hostile clients from holding
// resources.
func (s *Server) httpServer(h http.Handler, handlerTimeout time.Duration) *http.Server {
	return &http.Server{
		Handler:           s.recovering(h),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      bodyTimeout + handlerTimeout + writeSlack,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(&serverErrors{metrics: s.metrics, log: s.log}, "", 0), //nolint:forbidigo // net/http writes to nothing else
	}
}

func (s *Server) longestTimeout() time.Duration {
	var longest time.Duration
	for _, f := range s.current.Load().cfg.Flows {
		longest = max(longest, f.Timeout)
	}
	return longest
}

// Listen takes both ports. With require_valid_key it first asks about the key of
// every number and fails if one cannot work; that the provider cannot be asked is
// no such failure. With require_redis it fails if Redis cannot be written to. After it, [Server.PublicAddr] and [Server.AdminAddr] tell the
// ports; after an error the server is closed.
func (s *Server) Listen(ctx context.Context) error {
	if s.options.Config.RequireValidKey {
		if err := s.requireValidKeys(ctx); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	if err := s.watch.atStart(ctx); err != nil && s.options.Config.RequireRedis {
		return errors.Join(fmt.Errorf("require_redis: redis cannot be written to: %w", err), s.Close())
	}
	var listen net.ListenConfig
	public, err := listen.Listen(ctx, "tcp", s.options.Config.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), s.Close())
	}
	s.publicListener = s.conns.listener(public)
	if s.adminListener, err = listen.Listen(ctx, "tcp", s.options.Config.Admin); err != nil {
		return errors.Join(fmt.Errorf("admin: %w", err), s.publicListener.Close(), s.Close())
	}
	return nil
}

// PublicAddr returns the address that Flows are served at.
func (s *Server) PublicAddr() net.Addr { return s.publicListener.Addr() }

// AdminAddr returns the address that health is served at.
func (s *Server) AdminAddr() net.Addr { return s.adminListener.Addr() }

// Close frees what New opened. [Server.Serve] does so itself at its end; closing
// again does nothing.
func (s *Server) Close() error {
	for _, n := range s.numbers {
		n.Tracker.Close()
	}
	s.pool.Close()
	s.tracing.close()
	if s.local == nil {
		return s.store.Close()
	}
	return errors.Join(s.store.Close(), s.local.Close())
}
