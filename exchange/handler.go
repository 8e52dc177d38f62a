package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Handler answers messages. It is the untyped tier. ServeFlow must be safe for concurrent
// use and should return soon after ctx is done. It returns a response or an error, never
// neither.
type Handler interface {
	ServeFlow(ctx context.Context, msg *Message) (*Response, error)
}

// HandlerFunc is a function that is a [Handler].
type HandlerFunc func(ctx context.Context, msg *Message) (*Response, error)

// ServeFlow calls f.
func (f HandlerFunc) ServeFlow(ctx context.Context, msg *Message) (*Response, error) {
	return f(ctx, msg)
}

// Middleware wraps a handler. It sees every INIT, BACK and data_exchange, whether it has a
// route or not, and the unchanged errors of handlers, including [RejectError]. Health
// checks and error notifications do not pass through it.
//
// Pass it to [Registry.Use] or to [Config].Middleware. A registry that a program wraps
// itself is refused by [NewEndpoint], because the result would no longer show its routes
// and its Flow JSON.
type Middleware func(Handler) Handler

// wrap puts middleware around a handler, the first given outermost.
func wrap(h Handler, middleware []Middleware) Handler {
	for _, mw := range slices.Backward(middleware) {
		h = mw(h)
	}
	return h
}

// Unrouted declares that h answers without a [Registry]: a gateway, for example, or a
// handler that reads messages itself. Its screens are then unknown, so it is not checked
// whether it handles those of the Flow JSON. The guard works if [Config].FlowJSON is set,
// and screens are labels of metrics as far as that Flow JSON has them.
//
// Do not pass a registry, wrapped or not: it would lose its guard. An unwrapped one is
// refused, see [RegistryOf]; add middleware with [Registry.Use].
func Unrouted(h Handler) Handler { return unrouted{h} }

type unrouted struct{ Handler }

// RegistryOf returns the registry that h is; nil if h is [Unrouted]. For any other
// handler, and for a registry that is declared as Unrouted, it returns an error that
// names what would be lost: if h has a registry inside, neither its Flow JSON nor its
// routes can be seen from outside, so there would be no guard, no labels of screens, and
// no check of the handlers against the Flow JSON.
func RegistryOf(h Handler) (*Registry, error) {
	switch h := h.(type) {
	case *Registry:
		if h == nil {
			return nil, errors.New("the registry is nil")
		}
		return h, nil
	case unrouted:
		if isNilHandler(h.Handler) {
			return nil, errors.New("the handler is nil")
		}
		if _, routed := h.Handler.(interface{ Routes() []Route }); routed { // a registry, or a struct that embeds one
			return nil, errors.New("exchange.Unrouted was given a registry, so the guard, the screen labels of its routes and the check against " +
				"the Flow JSON would be lost: pass the *exchange.Registry itself, and add middleware with Registry.Use")
		}
		return nil, nil //nolint:nilnil // documented: no registry, and none is missing
	default:
		return nil, fmt.Errorf("a handler of type %T is not an *exchange.Registry, so the guard, the screen labels of its routes and the check against "+
			"the Flow JSON would be lost: add middleware with Registry.Use instead of wrapping the registry; if the handler has no registry, "+
			"pass exchange.Unrouted(handler)", h)
	}
}

func isNilHandler(h Handler) bool {
	if h == nil {
		return true
	}
	f, ok := h.(HandlerFunc)
	return ok && f == nil
}
