package exchange

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
)

// Request is a message with its form.
type Request[Form any] struct {
	Message
	// Data is the form, decoded and validated. The payload as it came is
	// Message.Data.
	Data Form
}

// HandlerFor answers the requests of one screen. It is the typed tier. Its form has been
// decoded and validated; invalid input never reaches the handler.
type HandlerFor[Form any] func(ctx context.Context, req *Request[Form]) (*Response, error)

// RouteOption configures a route of a screen that shows Data and submits Form.
type RouteOption[Data, Form any] func(*routeOptions[Data, Form])

type routeOptions[Data, Form any] struct {
	reload func(context.Context, *Request[Form]) (Data, error)
}

// Reload provides the data of the screen when it must be shown again: when input is
// invalid, and on [Reject]. It is required because an answer with the same screen must
// satisfy that screen's data model again. The request's form contains what could be
// decoded; it is not validated. Reload runs outside of the middleware. If Data has a field
//
//	ErrorMessages map[string]string `json:"error_messages"`
//
// it is filled with a text for each input that is wrong, for the Flow's Form to show there
// (error-messages). The message at the bottom of the screen then only names these inputs.
func Reload[Data, Form any](f func(context.Context, *Request[Form]) (Data, error)) RouteOption[Data, Form] {
	return func(o *routeOptions[Data, Form]) { o.reload = f }
}

// HandleInit registers the handler for a Flow that was opened with flow_action
// data_exchange. It answers with an entry screen.
func HandleInit(r *Registry, h HandlerFor[NoData]) {
	r.add(&route{Route: Route{Action: ActionInit}, handler: untyped(r.forms, h)})
}

// HandleBack registers the handler for when the user presses back on s, which has
// refresh_on_back in the Flow JSON. It usually answers with the screen before s.
func HandleBack[Data, Form any](r *Registry, s Screen[Data, Form], h HandlerFor[NoData]) {
	rt := &route{Route: Route{Action: ActionBack, Screen: s.id}, handler: untyped(r.forms, h)}
	if s.id == "" {
		panic("exchange: HandleBack: the screen has no id; declare it with NewScreen")
	}
	if s.trigger.field != "" {
		panic(fmt.Sprintf("exchange: %s: back brings no payload, so no Trigger either", rt))
	}
	r.add(rt)
}

// Handle registers the handler for what s submits. Input is decoded into Form, validated
// by its validate tags, and only then passed to h; otherwise the screen is shown again
// with all errors. Form must be a struct. A screen that shows data requires [Reload]; one
// whose Data is [NoData] does not.
//
// Users see the label of an input, not the name of a field. The label is the field's tag
// label, or else the label in the Flow JSON of [WithFlow], or else the JSON name in a
// readable form. The tag input names the input of the Flow that shows the text, if it
// differs from the JSON name; "-" means that none does:
//
//	Guests exchange.Number `json:"guests" validate:"required,max=8" label:"How many are you?" input:"guest_count"`
//
// flowserver generate writes both.
//
// Handle panics, naming action, screen and types, on what cannot work: a route
// registered twice, a form that is not a struct, a validate tag that validator does
// not know or whose parameter it cannot use, a missing Reload, a registry in use.
func Handle[Data, Form any](r *Registry, s Screen[Data, Form], h HandlerFor[Form], opts ...RouteOption[Data, Form]) {
	var o routeOptions[Data, Form]
	for _, opt := range opts {
		opt(&o)
	}
	rt := &route{
		Route:   Route{Action: ActionDataExchange, Screen: s.id, Data: reflect.TypeFor[Data](), Form: reflect.TypeFor[Form]()},
		trigger: s.trigger,
		handler: untyped(r.forms, h),
	}
	if err := r.forms.check(rt.Form); err != nil {
		panic(fmt.Sprintf("exchange: %s: %v", rt, err))
	}
	showsNothing := rt.Data == reflect.TypeFor[NoData]()
	if o.reload == nil && !showsNothing {
		panic(fmt.Sprintf("exchange: %s: the screen shows data, so it needs exchange.Reload to be shown again after invalid input", rt))
	}
	rt.again = func(ctx context.Context, msg *Message, why *RejectError) (*Response, error) {
		var data Data
		if o.reload != nil {
			req := &Request[Form]{Message: *msg}
			_ = decodeForm(msg.Data, &req.Data) // what can be decoded; the rest was the reason to be here
			var err error
			if data, err = o.reload(ctx, req); err != nil {
				return nil, fmt.Errorf("reload screen %s: %w", s.id, err)
			}
		}
		message := why.Message
		if s.errors != 0 {
			message = cmp.Or(why.besideFields, message)
		}
		resp := NewResponse(s.id, s.withFieldErrors(data, why.Fields)).WithError(message)
		resp.note = cmp.Or(why.note, "rejected by the handler")
		return resp, nil
	}
	r.add(rt)
}

// untyped erases the form's type: it reads the form, then calls h.
func untyped[Form any](forms *formReader, h HandlerFor[Form]) Handler {
	if h == nil {
		return nil
	}
	return HandlerFunc(func(ctx context.Context, msg *Message) (*Response, error) {
		req := &Request[Form]{Message: *msg}
		if why := forms.read(msg.Screen, msg.Data, &req.Data); why != nil {
			return nil, why
		}
		return h(ctx, req)
	})
}
