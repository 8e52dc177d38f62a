package exchange_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
)

func TestRegistrationPanics(t *testing.T) {
	t.Parallel()
	type empty = exchange.NoData
	ok := func(context.Context, *exchange.Request[visitForm]) (*exchange.Response, error) { return nil, nil }
	type badTag struct {
		Name string `json:"name" validate:"requird"`
	}
	type badParameter struct {
		Name string `json:"name" validate:"omitempty,min=many"`
	}
	type leaf struct {
		X string `validate:"nosuchtag"`
	}
	type badBelowPointer struct{ Leaf *leaf }
	type badBelowSlice struct {
		Leaves []leaf `validate:"max=2"`
	}
	type badElement struct {
		Names []string `validate:"dive,max=few"`
	}
	handle := func(f func(r *exchange.Registry)) func() {
		return func() { f(exchange.NewRegistry()) }
	}
	untyped := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { return exchange.Close(), nil })
	tests := []struct {
		name string
		do   func()
		want []string
	}{
		{"duplicate", handle(func(r *exchange.Registry) {
			exchange.Handle(r, visit, ok, exchange.Reload(reload[visitForm]))
			exchange.Handle(r, visit, ok, exchange.Reload(reload[visitForm]))
		}), []string{"data_exchange of screen VISIT", "visitForm", "registered twice"}},
		{"duplicate trigger", handle(func(r *exchange.Registry) {
			h := func(context.Context, *exchange.Request[dayForm]) (*exchange.Response, error) { return nil, nil }
			exchange.Handle(r, visitDay, h, exchange.Reload(reload[dayForm]))
			exchange.Handle(r, visitDay, h, exchange.Reload(reload[dayForm]))
		}), []string{"VISIT", `trigger is "day_selected"`, "registered twice"}},
		{"duplicate init", handle(func(r *exchange.Registry) {
			h := func(context.Context, *exchange.Request[empty]) (*exchange.Response, error) { return nil, nil }
			exchange.HandleInit(r, h)
			exchange.HandleInit(r, h)
		}), []string{"INIT", "registered twice"}},
		{"no Reload", handle(func(r *exchange.Registry) { exchange.Handle(r, visit, ok) }), []string{"VISIT", "visitData", "exchange.Reload"}},
		{"nil handler", handle(func(r *exchange.Registry) {
			exchange.Handle(r, visit, nil, exchange.Reload(reload[visitForm]))
		}), []string{"VISIT", "handler is nil"}},
		{"nil untyped handler", handle(func(r *exchange.Registry) { r.Handle(exchange.ActionInit, "", nil) }), []string{"INIT", "handler is nil"}},
		{"nil handler func", handle(func(r *exchange.Registry) { r.Handle(exchange.ActionInit, "", exchange.HandlerFunc(nil)) }), []string{"INIT", "handler is nil"}},
		{"empty id", func() { exchange.NewScreen[visitData, visitForm]("") }, []string{"no id"}},
		{"zero screen", handle(func(r *exchange.Registry) {
			exchange.Handle(r, exchange.Screen[empty, visitForm]{}, ok)
		}), []string{"no id"}},
		{"zero screen on back", handle(func(r *exchange.Registry) {
			exchange.HandleBack(r, exchange.Screen[empty, visitForm]{}, func(context.Context, *exchange.Request[empty]) (*exchange.Response, error) { return nil, nil })
		}), []string{"no id"}},
		{"untyped without screen", handle(func(r *exchange.Registry) { r.Handle(exchange.ActionDataExchange, "", untyped) }), []string{"data_exchange", "no id"}},
		{"success", func() { exchange.NewScreen[visitData, visitForm]("SUCCESS") }, []string{"SUCCESS", "Complete"}},
		{"untyped success", handle(func(r *exchange.Registry) { r.Handle(exchange.ActionBack, "SUCCESS", untyped) }), []string{"SUCCESS", "reserved"}},
		{"ping", handle(func(r *exchange.Registry) { r.Handle(exchange.ActionPing, "", untyped) }), []string{"ping"}},
		{"unknown action", handle(func(r *exchange.Registry) { r.Handle("navigate", "A", untyped) }), []string{"navigate", "no such action"}},
		{"init with screen", handle(func(r *exchange.Registry) { r.Handle(exchange.ActionInit, "A", untyped) }), []string{"INIT", "no screen"}},
		{"trigger without field", func() { exchange.Trigger[dayForm](visit, "", "x") }, []string{"VISIT", "no name"}},
		{"trigger on back", handle(func(r *exchange.Registry) {
			exchange.HandleBack(r, visitDay, func(context.Context, *exchange.Request[empty]) (*exchange.Response, error) { return nil, nil })
		}), []string{"BACK", "no payload"}},
		{"form is no struct", handle(func(r *exchange.Registry) {
			exchange.Handle(r, exchange.NewScreen[empty, map[string]any]("A"),
				func(context.Context, *exchange.Request[map[string]any]) (*exchange.Response, error) { return nil, nil })
		}), []string{"screen A", "map[string]interface", "must be a struct"}},
		{"unknown tag", badForm[badTag], []string{"screen A", "badTag", "requird"}},
		{"unusable parameter", badForm[badParameter], []string{"screen A", "badParameter.Name", "many"}},
		{"unknown tag below a nil pointer", badForm[badBelowPointer], []string{"screen A", "badBelowPointer.Leaf", "nosuchtag"}},
		{"unknown tag below an empty slice", badForm[badBelowSlice], []string{"screen A", "badBelowSlice.Leaves", "nosuchtag"}},
		{"unusable parameter of elements", badForm[badElement], []string{"screen A", "badElement.Names", "few"}},
		{"unknown language", func() { exchange.NewRegistry(exchange.WithLanguage("xx")) }, []string{`"xx"`, "pt_BR"}},
		{"handle after first use", handle(func(r *exchange.Registry) {
			_, _ = r.ServeFlow(t.Context(), &exchange.Message{Action: exchange.ActionInit})
			exchange.Handle(r, visit, ok, exchange.Reload(reload[visitForm]))
		}), []string{"VISIT", "after the registry's first use"}},
		{"use after first use", handle(func(r *exchange.Registry) {
			_, _ = r.ServeFlow(t.Context(), &exchange.Message{Action: exchange.ActionInit})
			r.Use(func(h exchange.Handler) exchange.Handler { return h })
		}), []string{"after the registry's first use"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				text := fmt.Sprint(recover())
				for _, want := range tt.want {
					if !strings.Contains(text, want) {
						t.Errorf("panic %q does not say %q", text, want)
					}
				}
			}()
			tt.do()
		})
	}
}

func badForm[Form any]() {
	exchange.Handle(exchange.NewRegistry(), exchange.NewScreen[exchange.NoData, Form]("A"),
		func(context.Context, *exchange.Request[Form]) (*exchange.Response, error) { return nil, nil })
}

func TestGoodTagsPassTheCheck(t *testing.T) {
	t.Parallel()
	type inner struct {
		Code string `validate:"required,len=3"`
	}
	type form struct {
		A string            `json:"a" validate:"required,min=2,max=10"`
		B string            `json:"b" validate:"required_if=A x,omitempty,eqfield=A"`
		C []inner           `json:"c" validate:"required,min=1,unique=Code,dive"`
		D map[string]string `json:"d" validate:"dive,keys,alpha,max=3,endkeys,required"`
		E *inner            `json:"e" validate:"required"`
		F string            `json:"f" validate:"rgb|rgba|hexcolor"`
		G int               `json:"g" validate:"gte=1,lte=5"`
		H []string          `json:"h" validate:"omitempty,dive,oneof=x y"`
		I *string           `json:"i" validate:"omitnil,uuid4"`
		J [][]string        `json:"j" validate:"dive,max=2,dive,required"`
	}
	badForm[form]() // which is a good one
}
