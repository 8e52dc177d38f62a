package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/go-playground/validator/v10"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// Registry has the routes of one Flow, and is itself a [Handler]. Fill it with
// [HandleInit], [Handle], [HandleBack] and the methods before first use.
type Registry struct {
	forms      *formReader
	routes     map[routeKey][]*route
	middleware []Middleware
	flow       *flowjson.Flow // nil if it is not known

	inUse atomic.Bool
	build sync.Once
	chain Handler
}

type routeKey struct {
	action Action
	screen string
}

// route is one registered handler, its types erased.
type route struct {
	Route
	trigger trigger
	handler Handler
	again   showAgain // nil if the screen cannot be shown again
}

// showAgain shows a route's screen once more, with why its input was rejected.
type showAgain func(ctx context.Context, msg *Message, why *RejectError) (*Response, error)

// Route describes a registered handler.
type Route struct {
	Action Action
	Screen string // empty for INIT
	// TriggerField and TriggerValue are those of [Trigger], if any.
	TriggerField, TriggerValue string
	// Data and Form are the types of a typed route, nil for an untyped one.
	Data, Form reflect.Type
}

// RegistryOption configures a [Registry].
type RegistryOption func(*registryOptions)

type registryOptions struct {
	language string
	validate *validator.Validate
	flow     *flowjson.Flow
}

// WithLanguage chooses the language of the texts for invalid input: ar, de, en (the
// default), es, fa, fr, hy, id, it, ja, ko, lv, nl, pl, pt, pt_BR, ru, th, tr,
// uk, vi, zh or zh_tw. No native speaker has reviewed the translations yet; English is the
// original.
func WithLanguage(language string) RegistryOption {
	return func(o *registryOptions) { o.language = language }
}

// WithValidator validates forms with v, which may define more tags. The registry owns v
// from then on: it sets its name function, and adds what [Number] needs. Without this
// option the registry creates one with the option for required structs.
func WithValidator(v *validator.Validate) RegistryOption {
	return func(o *registryOptions) { o.validate = v }
}

// WithFlow gives the registry the Flow JSON of its Flow, from a file that is
// compiled in:
//
//	//go:embed booking.json
//	var flowJSON []byte
//
//	r := exchange.NewRegistry(exchange.WithFlow(flowJSON))
//
// Endpoints then check every answer against it, see [Guard], package exchange/flowcheck
// checks the routes, and texts for invalid input use the labels of its inputs, see
// [Handle].
func WithFlow(source []byte) RegistryOption {
	return func(o *registryOptions) {
		f, err := flowjson.Read(source)
		if err != nil {
			panic(fmt.Sprintf("exchange: WithFlow: %v", err))
		}
		o.flow = f
	}
}

// NewRegistry returns an empty registry. It panics on an unknown language, and on a Flow
// JSON that is not JSON.
func NewRegistry(opts ...RegistryOption) *Registry {
	o := registryOptions{language: "en"}
	for _, opt := range opts {
		opt(&o)
	}
	if o.validate == nil {
		o.validate = validator.New(validator.WithRequiredStructEnabled())
	}
	return &Registry{forms: newFormReader(o.validate, o.language, o.flow), routes: map[routeKey][]*route{}, flow: o.flow}
}

// FlowJSON returns the Flow JSON of [WithFlow]; nil without that option.
func (r *Registry) FlowJSON() *flowjson.Flow { return r.flow }

// Handle registers an untyped handler. screen is empty for INIT; on BACK it is
// the screen being left, and an empty one handles what no other route does, because
// clients may leave the screen out. It panics on a mistake, naming the route: see
// [Handle], the function.
func (r *Registry) Handle(action Action, screen string, h Handler) {
	if isNilHandler(h) {
		h = nil
	}
	r.add(&route{Route: Route{Action: action, Screen: screen}, handler: h})
}

// Use adds middleware. The first given runs first: Use(m1, m2) makes m1(m2(h)).
func (r *Registry) Use(mw ...Middleware) {
	if r.inUse.Load() {
		panic("exchange: Use after the registry's first use")
	}
	r.middleware = append(r.middleware, mw...)
}

// Routes lists the routes, in no particular order.
func (r *Registry) Routes() []Route {
	var list []Route
	for _, routes := range r.routes {
		for _, rt := range routes {
			list = append(list, rt.Route)
		}
	}
	return list
}

// ServeFlow answers a message with the handler of its action, screen and trigger.
// Without one, the error is [ErrNoRoute]. A [Reject] becomes the screen's answer here,
// outside of all middleware: [Reload] does not see what middleware puts into the
// context.
func (r *Registry) ServeFlow(ctx context.Context, msg *Message) (*Response, error) {
	r.build.Do(func() {
		r.inUse.Store(true)
		r.chain = wrap(HandlerFunc(r.dispatch), r.middleware)
	})
	resp, err := r.chain.ServeFlow(ctx, msg)
	if why, ok := errors.AsType[*RejectError](err); ok {
		return r.reject(ctx, msg, why)
	}
	return resp, err
}

func (r *Registry) dispatch(ctx context.Context, msg *Message) (*Response, error) {
	rt, err := r.find(msg)
	if err != nil {
		return nil, err
	}
	return rt.handler.ServeFlow(ctx, msg)
}

// find returns the route of a message: the first whose trigger fits, or else the
// one without a trigger.
func (r *Registry) find(msg *Message) (*route, error) {
	key := routeKey{msg.Action, msg.Screen}
	if msg.Action == ActionInit {
		key.screen = "" // clients may name one; there is one handler all the same
	}
	routes := r.routes[key]
	if routes == nil && msg.Action == ActionBack {
		routes = r.routes[routeKey{ActionBack, ""}]
	}
	if routes == nil {
		return nil, fmt.Errorf("%w for action %s on this screen", ErrNoRoute, actionLabel(msg.Action))
	}
	var plain *route
	var data map[string]json.RawMessage
	for _, rt := range routes {
		if rt.trigger.field == "" {
			plain = rt
			continue
		}
		if !bytes.Contains(msg.Data, []byte(`"`+rt.trigger.field+`"`)) {
			continue // the common case of a submit, without decoding
		}
		if data == nil {
			var err error
			if data, err = jsonobject.Members(msg.Data); err != nil {
				return nil, fmt.Errorf("%w: data is not an object", ErrMessage)
			}
		}
		if value, found, err := jsonobject.Text(data, rt.trigger.field); found && err == nil && value == rt.trigger.value {
			return rt, nil
		}
	}
	if plain == nil {
		return nil, fmt.Errorf("%w on screen %s: its payload fits no Trigger, and the screen itself has no handler", ErrNoRoute, msg.Screen)
	}
	return plain, nil
}

// reject shows the screen of a message again.
func (r *Registry) reject(ctx context.Context, msg *Message, why *RejectError) (*Response, error) {
	if msg.Action == ActionInit {
		return nil, errors.New("Reject on INIT: there is no screen to stay on; show one with ShowError")
	}
	there := *msg
	there.Action = ActionDataExchange // on BACK, too, the screen's own Reload shows it again
	rt, err := r.find(&there)
	if err != nil || rt.again == nil {
		return nil, fmt.Errorf("Reject on action %s: the screen has no typed route that could show it again; answer with ShowError", msg.Action)
	}
	return rt.again(ctx, msg, why)
}

// add registers a route or panics, naming it.
func (r *Registry) add(rt *route) {
	rt.TriggerField, rt.TriggerValue = rt.trigger.field, rt.trigger.value
	fail := func(problem string) { panic(fmt.Sprintf("exchange: %s: %s", rt, problem)) }
	if r.inUse.Load() {
		fail("registered after the registry's first use")
	}
	if rt.handler == nil {
		fail("the handler is nil")
	}
	switch rt.Action {
	case ActionInit:
		if rt.Screen != "" {
			fail("INIT has no screen: register it with an empty one")
		}
	case ActionBack:
	case ActionDataExchange:
		if rt.Screen == "" {
			fail("the screen has no id")
		}
	case ActionPing:
		fail("ping is answered by the endpoint and reaches no handler")
	default:
		fail("the protocol has no such action; it has INIT, BACK and data_exchange")
	}
	if rt.Screen == protocol.ScreenSuccess {
		fail("SUCCESS is reserved and submits nothing")
	}
	key := routeKey{rt.Action, rt.Screen}
	for _, other := range r.routes[key] {
		if other.trigger == rt.trigger {
			fail("registered twice")
		}
	}
	r.routes[key] = append(r.routes[key], rt)
}

// String names the route as messages of panics and logs do.
func (rt *route) String() string {
	name := string(rt.Action)
	if rt.Screen != "" {
		name += " of screen " + rt.Screen
	}
	name += rt.trigger.String()
	if rt.Form != nil {
		name += fmt.Sprintf(" (form %s, data %s)", rt.Form, rt.Data)
	}
	return name
}
