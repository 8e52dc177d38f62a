package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/secret"
	"github.com/flowserver/flowserver/store"
)

// The defaults of a [Config].
const (
	DefaultTimeout     = 8 * time.Second // Meta gives up after protocol.TimeoutSeconds
	DefaultMaxBody     = 1 << 20         // bytes
	DefaultMaxInFlight = 1000            // verified requests
)

const (
	// defaultStore is the memory of an endpoint without a store, in bytes of keys and
	// answers.
	defaultStore = 4 << 20
)

// Config configures an [Endpoint]. The zero value of a field is a default where one
// is named.
type Config struct {
	// Flow names the Flow in logs.
	Flow string
	// Handler answers INIT, BACK and data_exchange: a [Registry], or a handler without
	// one, declared as such with [Unrouted]. Required.
	Handler Handler `json:"-"`
	// Middleware runs before Handler, the first given first; none by default. See
	// [Registry.Use] for middleware that belongs to the Flow.
	Middleware []Middleware `json:"-"`
	// Keys has the private keys that may open envelopes. Required.
	Keys KeySource `json:"-"`
	// AppSecrets are the Meta app secrets that may have signed a request: one, or two
	// during a change. Required, unless InsecureSkipSignature is set.
	AppSecrets secret.List
	// InsecureSkipSignature serves requests without verifying their signature. Set it
	// only if your provider owns the Meta app and will not share the secret. It conflicts
	// with AppSecrets, and each start logs a warning.
	InsecureSkipSignature bool
	// OnClientError is called with the errors that clients report about earlier answers.
	// It runs before the report is answered, under the same deadline as a handler.
	OnClientError func(context.Context, ClientError) `json:"-"`
	// FlowJSON is what Guard checks answers against; its screens become labels of metrics.
	// If it is nil, the Flow JSON of the [Registry] is used: see [WithFlow].
	FlowJSON *flowjson.Flow `json:"-"`
	// Guard determines what happens to an answer that does not fit FlowJSON.
	Guard Guard
	// AllowMissing makes a declared key that an answer does not have a warning:
	// WhatsApp's web client shows the screen without it. It stays an error where the
	// data model requires the key, and on the way from a screen with a NavigationList,
	// where that client refuses the answer.
	AllowMissing bool
	// Store keeps answers, so that no envelope is handled twice. By default the endpoint
	// keeps them in this process: replicas need a store that they share.
	Store store.KeyValue `json:"-"`
	// RequireStore refuses requests, with status 503, while Store is unavailable, and never
	// runs a handler a second time for an envelope that another replica began and did not
	// finish. Without it they are served, unprotected. Health checks and error notifications
	// are answered in any case. It requires Store.
	RequireStore bool
	// Pool opens envelopes, and refuses those that it cannot open in time. By default the
	// endpoint creates its own pool; endpoints that share one share the CPU fairly.
	Pool *Pool `json:"-"`
	// Bodies bounds the memory of request bodies in flight. By default the endpoint
	// creates its own budget; endpoints should share one, because they share the memory of
	// the process.
	Bodies *Bodies `json:"-"`
	// MaxInFlight limits the exchanges in progress whose signature was verified; 1,000 by
	// default. The next request gets status 503 at once.
	MaxInFlight int
	// Timeout is the handler's deadline; 8 s by default, because Meta waits for 10 s.
	Timeout time.Duration
	// MaxBody limits the request body, in bytes; 1 MiB by default.
	MaxBody int64
	// TrustRequestID uses the X-Request-Id of a request, if it is well-formed, as the id
	// of the exchange. Without it each exchange gets a new id, because strangers can send
	// the header, too.
	TrustRequestID bool
	// Logger gets one line per exchange; none by default.
	Logger *slog.Logger `json:"-"`
	// Observe is called after each exchange, when its answer has been written, for
	// metrics and traces; ctx is the request's. It must be fast and safe for
	// concurrent use.
	Observe func(ctx context.Context, x Exchange) `json:"-"`
	// ExposeReason reports whether the caller of a request may learn why it failed:
	// the answer then has the reason in the header [ReasonHeader]. It is for
	// development; if it is nil, as it must be in production, only the log has the
	// reason. It must be safe for concurrent use.
	ExposeReason func(*http.Request) bool `json:"-"`
}

func (c Config) validate() error {
	switch {
	case c.Handler == nil:
		return errors.New("exchange: Config.Handler is missing")
	case c.Keys == nil:
		return errors.New("exchange: Config.Keys is missing")
	case len(c.AppSecrets) == 0 && !c.InsecureSkipSignature:
		return errors.New("exchange: Config.AppSecrets is empty: give the secret of the Meta app that the Flow is connected to, " +
			"or set InsecureSkipSignature to serve requests without a verified signature")
	case len(c.AppSecrets) > 0 && c.InsecureSkipSignature:
		return errors.New("exchange: Config has both AppSecrets and InsecureSkipSignature: keep only one")
	case !c.Guard.Valid():
		return errors.New("exchange: Config.Guard is none of GuardEnforce, GuardWarn and GuardOff")
	case c.RequireStore && c.Store == nil:
		return errors.New("exchange: Config.RequireStore is set without a Store: give one, for example store.NewMemory")
	case c.Timeout < 0:
		return errors.New("exchange: Config.Timeout is negative")
	case c.MaxBody < 0:
		return errors.New("exchange: Config.MaxBody is negative")
	case c.MaxInFlight < 0:
		return errors.New("exchange: Config.MaxInFlight is negative")
	}
	for i, one := range c.AppSecrets {
		if len(one) == 0 {
			return fmt.Errorf("exchange: Config.AppSecrets[%d] is empty", i)
		}
	}
	return nil
}

// withDefaults fills in what was left out, some of it from the registry, which may be
// nil.
func (c Config) withDefaults(registry *Registry) Config {
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.MaxInFlight == 0 {
		c.MaxInFlight = DefaultMaxInFlight
	}
	if c.Bodies == nil {
		c.Bodies = NewBodies(0)
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.FlowJSON == nil && registry != nil {
		c.FlowJSON = registry.FlowJSON()
	}
	return c
}

// withStoreAndPool makes what is missing, and returns a function that closes it.
func (c Config) withStoreAndPool() (filled Config, closeAll func() error) {
	closeStore, closePool := func() error { return nil }, func() {}
	if c.Store == nil {
		kept := store.NewMemory(store.MemoryOptions{MaxBytes: defaultStore})
		c.Store, closeStore = kept, kept.Close
	}
	if c.Pool == nil {
		c.Pool = NewPool(PoolConfig{})
		closePool = c.Pool.Close
	}
	return c, func() error {
		closePool()
		return closeStore()
	}
}
