package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/exchange/upstream"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/protocol"
)

// flow is a Flow that is served.
type flow struct {
	id       string
	path     string
	numbers  []string
	guarded  bool     // its answers are checked
	screens  []string // of its Flow JSON, if it is known
	endpoint *exchange.Endpoint
	keys     map[string]exchange.KeySource // by number
}

// openFlows makes an endpoint for each configured Flow. The error is a list of
// everything that keeps a Flow from being served.
func (s *Server) openFlows(cfg *config.Config) ([]*flow, error) {
	var flows []*flow
	var problems problem.List
	for _, one := range cfg.Flows {
		f, err := s.openFlow(one)
		if err != nil {
			problems.AddError("flow "+one.ID, err)
			continue
		}
		flows = append(flows, f)
	}
	return flows, problems.Err()
}

func (s *Server) openFlow(cfg config.Flow) (*flow, error) {
	served, err := s.handlerOf(cfg)
	if err != nil {
		return nil, err
	}
	registry, err := exchange.RegistryOf(served.Handler) // nil for a gateway
	if err != nil {
		return nil, err
	}
	document, err := readFlowJSON(cfg, registry)
	if err != nil {
		return nil, err
	}
	if err := s.checkFlowJSON(cfg, document, registry); err != nil {
		return nil, err
	}
	var keys keySource
	var numbers []*Number
	likely := map[string]exchange.KeySource{}
	for _, n := range s.numbers {
		if slices.Contains(cfg.Numbers, n.ID) {
			keys = append(keys, n.Ring)
			likely[n.ID] = n.Ring
			numbers = append(numbers, n)
		}
	}
	secrets := bytesOf(cfg.AppSecrets)
	verifyTokens, err := tokenMiddleware(cfg)
	if err != nil {
		return nil, err
	}
	var exposeReason func(*http.Request) bool
	if s.options.ExposeReasons {
		exposeReason = s.fromThisMachine
	}
	requireStore := cfg.OnStoreFailure == config.StoreFailureRefuse
	once := s.once
	if requireStore {
		once = s.store // not what this process alone knows
	}
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow:                  cfg.ID,
		Handler:               served.Handler,
		Middleware:            verifyTokens,
		Keys:                  keys,
		AppSecrets:            secrets,
		InsecureSkipSignature: cfg.InsecureSkipSignature,
		OnClientError:         served.OnClientError,
		FlowJSON:              document,
		Guard:                 exchange.Guard(cfg.Guard),
		Timeout:               cfg.Timeout,
		MaxBody:               int64(cfg.MaxBody),
		TrustRequestID:        s.options.Config.TrustRequestID,
		Store:                 once,
		RequireStore:          requireStore,
		Pool:                  s.pool,
		Bodies:                s.bodies,
		MaxInFlight:           cfg.MaxInFlight,
		Logger:                s.log,
		Observe:               s.observe(numbers),
		ExposeReason:          exposeReason,
	})
	if err != nil {
		return nil, err
	}
	f := &flow{id: cfg.ID, path: "/flows/" + cfg.ID, numbers: cfg.Numbers, endpoint: endpoint, keys: likely}
	if document != nil && cfg.Guard != config.GuardOff {
		f.guarded = true
		for _, screen := range document.Screens {
			f.screens = append(f.screens, screen.ID)
		}
	}
	return f, nil
}

// tokenMiddleware verifies flow tokens and what WhatsApp signs of them, as far as the
// configuration asks for it.
func tokenMiddleware(cfg config.Flow) ([]exchange.Middleware, error) {
	signatures, err := token.VerifySignature(token.SignatureConfig{
		Mode: token.Mode(cfg.FlowTokenSignature), Secrets: bytesOf(cfg.AppSecrets),
	})
	if err != nil {
		return nil, fmt.Errorf("flow_token_signature: %w", err)
	}
	if len(cfg.TokenSecrets) == 0 {
		return []exchange.Middleware{signatures}, nil
	}
	signer, err := token.NewSigner(token.Config{Secrets: bytesOf(cfg.TokenSecrets)})
	if err != nil {
		return nil, fmt.Errorf("token_secrets: %w", err)
	}
	return []exchange.Middleware{signatures, token.Middleware(signer, token.Options{Flow: cfg.ID})}, nil
}

// tokenClaims returns the claims of a flow token that was verified, or nil.
func tokenClaims(ctx context.Context) any {
	if claims, verified := token.FromContext(ctx); verified {
		return claims
	}
	return nil
}

func bytesOf(secrets []config.Secret) (list [][]byte) {
	for _, s := range secrets {
		list = append(list, s.Bytes())
	}
	return list
}

// handlerOf finds who answers for a Flow: its upstream, or what is compiled in.
func (s *Server) handlerOf(cfg config.Flow) (Flow, error) {
	if up := cfg.Upstream; up != nil {
		proxy, err := url.Parse(up.Proxy)
		if err != nil {
			return Flow{}, errors.New("upstream: proxy is not a URL")
		}
		gateway, err := upstream.New(upstream.Config{
			Flow: cfg.ID, URL: up.URL, Secret: up.Secret.Bytes(), Timeout: up.Timeout, Retries: up.Retries, Proxy: proxy,
			Claims: tokenClaims, MaxAnswer: int64(up.MaxAnswer), ForwardClientErrors: up.ForwardClientErrors, WrapTransport: s.tracing.transport(cfg.ID), Logger: s.log,
		})
		if err != nil {
			return Flow{}, fmt.Errorf("upstream: %w", err)
		}
		return Flow{ID: cfg.ID, Handler: exchange.Unrouted(gateway), OnClientError: gateway.ClientError}, nil
	}
	compiledIn := s.options.Flows
	i := slices.IndexFunc(compiledIn, func(f Flow) bool { return f.ID == cfg.ID })
	switch {
	case i < 0:
		return Flow{}, fmt.Errorf("it has no upstream, and no flow of this id is compiled in; there is %s: set %s",
			names(compiledIn), upstreamRemedy)
	case compiledIn[i].DevOnly && !s.options.Dev:
		return Flow{}, fmt.Errorf("it has no upstream, and the compiled-in flow of this id is a demo, which only `flowserver dev` serves: set %s",
			upstreamRemedy)
	}
	return compiledIn[i], nil
}

const upstreamRemedy = "upstream.url (FLOWSERVER_UPSTREAM_URL) to the server that answers, or the id (FLOWSERVER_FLOW) to that of a compiled-in flow"

// logFlows logs what is served, and who answers.
func (s *Server) logFlows(cfg *config.Config, flows []*flow) {
	for i, f := range flows {
		handler := "compiled in"
		if up := cfg.Flows[i].Upstream; up != nil {
			handler = "upstream " + hostOf(up.URL)
		}
		guard := cfg.Flows[i].Guard
		if !f.guarded {
			guard = config.GuardOff
		}
		s.log.Info("flow", slog.String("flow", f.id), slog.String("path", f.path), slog.String("handler", handler),
			slog.String("guard", guard), slog.String("numbers", strings.Join(f.numbers, ", ")))
	}
}

// hostOf returns scheme and host of a URL, without what may be secret in it.
func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// observe counts the exchanges of a Flow. Those whose signature was verified are
// evidence that the key of a number works; what clients cannot use puts the registered
// keys of the flow's numbers in doubt.
func (s *Server) observe(numbers []*Number) func(context.Context, exchange.Exchange) {
	return func(ctx context.Context, x exchange.Exchange) {
		defer func() { // the answer is out: a panic here must not cut it off
			if value := recover(); value != nil {
				s.recovered("an observer of exchanges", value)
			}
		}()
		s.metrics.exchange(x)
		s.tracing.exchange(ctx, x)
		for _, n := range numbers {
			switch x.ClientError {
			case protocol.ErrorPublicKeyMissing, protocol.ErrorPublicKeySignature:
				n.Tracker.Suspect("a client reports " + x.ClientError)
			default:
				if x.Verified {
					n.opened(x.Key)
				}
			}
			if x.Status == protocol.StatusKeyMismatch {
				n.Tracker.Undecryptable()
			}
		}
	}
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
