package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

type visitForm struct {
	Name   string   `json:"name" validate:"required,min=2,max=40"`
	Email  string   `json:"email" validate:"required,email"`
	Day    string   `json:"day" validate:"omitempty,datetime=2006-01-02"`
	Guests []guest  `json:"guests" validate:"max=3,dive"`
	Topics []string `json:"topics" validate:"dive,oneof=a b"`
}

type guest struct {
	Age int `json:"age" validate:"gte=1"`
}

type visitData struct {
	Days          []string          `json:"days"`
	ErrorMessages map[string]string `json:"error_messages"`
}

type dayForm struct {
	Day string `json:"day" validate:"required"`
}

var (
	visit    = exchange.NewScreen[visitData, visitForm]("VISIT")
	visitDay = exchange.Trigger[dayForm](visit, "trigger", "day_selected")
	thanks   = exchange.NewScreen[exchange.NoData, dayForm]("THANKS")
)

func days(context.Context) (visitData, error) { return visitData{Days: []string{"2027-01-04"}}, nil }

// reload works for any form of the screen.
func reload[Form any](ctx context.Context, _ *exchange.Request[Form]) (visitData, error) {
	return days(ctx)
}

// visitRoutes is a small Flow that knows every kind of answer.
func visitRoutes(opts ...exchange.RegistryOption) *exchange.Registry {
	r := exchange.NewRegistry(opts...)
	exchange.HandleInit(r, func(ctx context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		d, err := days(ctx)
		return visit.Show(d), err
	})
	exchange.Handle(r, visit, func(_ context.Context, req *exchange.Request[visitForm]) (*exchange.Response, error) {
		switch req.Data.Name {
		case "taken":
			return nil, fmt.Errorf("book: %w", exchange.Reject("That day has just been taken."))
		case "expired":
			return nil, exchange.ExpireToken("Ask for a new message.")
		case "expired silently":
			return nil, exchange.ExpireToken("")
		case "closed":
			return exchange.Close(), nil
		}
		return thanks.Show(exchange.NoData{}), nil
	}, exchange.Reload(reload[visitForm]))
	exchange.Handle(r, visitDay, func(ctx context.Context, req *exchange.Request[dayForm]) (*exchange.Response, error) {
		d, err := days(ctx)
		d.Days = append(d.Days, req.Data.Day)
		return visit.Show(d), err
	}, exchange.Reload(reload[dayForm]))
	exchange.HandleBack(r, visit, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return nil, exchange.Reject("Stay a little.")
	})
	exchange.Handle(r, thanks, func(_ context.Context, req *exchange.Request[dayForm]) (*exchange.Response, error) {
		return exchange.Complete(map[string]string{"day": req.Data.Day}), nil
	})
	return r
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	valid := map[string]any{"name": "Ana", "email": "ana@example.com"}
	with := func(key string, value any) map[string]any {
		m := map[string]any{key: value}
		for k, v := range valid {
			if _, set := m[k]; !set {
				m[k] = v
			}
		}
		return m
	}
	tests := []struct {
		name   string
		do     func(*exchangetest.Client) *exchangetest.Reply
		status int
		clear  string
	}{
		{
			"init", (*exchangetest.Client).Init,
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_messages":{}}}`,
		},
		{
			"submit", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", valid) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"unknown keys are ignored", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("other", 1)) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"trigger", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", map[string]any{"trigger": "day_selected", "day": "x"})
			},
			200, `{"screen":"VISIT","data":{"days":["2027-01-04","x"],"error_messages":{}}}`,
		},
		{
			"trigger with invalid input", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", map[string]any{"trigger": "day_selected"})
			},
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"day is a required field","error_messages":{"day":"day is a required field"}}}`,
		},
		{
			"another trigger goes to the screen", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("trigger", "x")) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"trigger that is no string", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("trigger", 7)) },
			200, `{"screen":"THANKS","data":{}}`,
		},
		{
			"invalid input", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", map[string]any{"name": "A", "email": "nobody", "guests": []any{map[string]any{"age": 0}}})
			},
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],` +
				`"error_message":"name must be at least 2 characters in length; email must be a valid email address; age must be 1 or greater",` +
				`"error_messages":{"email":"email must be a valid email address","guests":"age must be 1 or greater","name":"name must be at least 2 characters in length"}}}`,
		},
		{
			"wrong type", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", 5)) },
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"name is not valid","error_messages":{"name":"name is not valid"}}}`,
		},
		{
			"reject", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", "taken")) },
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"That day has just been taken.","error_messages":{}}}`,
		},
		{
			"reject on back stays on the screen", func(c *exchangetest.Client) *exchangetest.Reply { return c.Back("VISIT") },
			200, `{"screen":"VISIT","data":{"days":["2027-01-04"],"error_message":"Stay a little.","error_messages":{}}}`,
		},
		{
			"expired token", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", "expired")) },
			427, `{"error_msg":"Ask for a new message."}`,
		},
		{
			"expired token without a message", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("VISIT", with("name", "expired silently"))
			},
			427, ``,
		},
		{
			"close", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("VISIT", with("name", "closed")) },
			200, `{"screen":"SUCCESS","data":{}}`,
		},
		{
			"complete", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.Submit("THANKS", map[string]any{"day": "x"})
			},
			200, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"day":"x","flow_token":"token"}}}}`,
		},
		{
			"screen without data needs no Reload", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("THANKS", nil) },
			200, `{"screen":"THANKS","data":{"error_message":"day is a required field"}}`,
		},
		{
			"unknown screen", func(c *exchangetest.Client) *exchangetest.Reply { return c.Submit("NOWHERE", nil) },
			400, ``,
		},
		{
			"back from a screen without a handler for it", func(c *exchangetest.Client) *exchangetest.Reply { return c.Back("THANKS") },
			400, ``,
		},
		{
			"ping", (*exchangetest.Client).Ping,
			200, `{"data":{"status":"active"}}`,
		},
		{
			"error notification", func(c *exchangetest.Client) *exchangetest.Reply {
				return c.ReportError("VISIT", "payload-schema-error", "days is missing")
			},
			200, `{"data":{"acknowledged":true}}`,
		},
	}
	clients := map[string]*exchangetest.Client{
		"clear": exchangetest.New(t, visitRoutes(), exchangetest.WithToken("token")),
		"HTTP":  exchangetest.NewServer(t, visitRoutes(), exchangetest.WithToken("token")),
	}
	for _, tt := range tests {
		for transport, c := range clients {
			t.Run(tt.name+"/"+transport, func(t *testing.T) {
				t.Parallel()
				reply := tt.do(c)
				if reply.Status != tt.status {
					t.Errorf("status %d (%v), want %d", reply.Status, reply.Err, tt.status)
				}
				if diff := cmp.Diff(tt.clear, string(reply.Clear)); diff != "" {
					t.Errorf("answer (-want +got):\n%s", diff)
				}
			})
		}
	}
}

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
			exchange.Handle(r, exchange.NewScreen[empty, map[string]any]("A"), func(context.Context, *exchange.Request[map[string]any]) (*exchange.Response, error) { return nil, nil })
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

func TestLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"":      "name is a required field; email is a required field",
		"pt_BR": "name é um campo obrigatório; email é um campo obrigatório",
		"es":    "name es un campo requerido; email es un campo requerido",
		"id":    "name wajib diisi; email wajib diisi",
		"ar":    "حقل name مطلوب; حقل email مطلوب",
		"zh_tw": "name為必填欄位; email為必填欄位",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var opts []exchange.RegistryOption
			if language != "" {
				opts = append(opts, exchange.WithLanguage(language))
			}
			reply := exchangetest.New(t, visitRoutes(opts...)).Submit("VISIT", nil)
			if diff := cmp.Diff(want, reply.ErrorMessage); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

// Every language must have words for what validator has none for, and no
// message may repeat what was typed.
func TestMessagesNeverHoldTheValue(t *testing.T) {
	t.Parallel()
	const typed = "4111111111111111"
	for _, language := range []string{"ar", "de", "en", "es", "fa", "fr", "hy", "id", "it", "ja", "ko", "lv", "nl", "pl", "pt", "pt_BR", "ru", "th", "tr", "uk", "vi", "zh", "zh_tw"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			v := validator.New(validator.WithRequiredStructEnabled())
			if err := v.RegisterValidation("odd", func(validator.FieldLevel) bool { return false }); err != nil {
				t.Fatal(err)
			}
			r := exchange.NewRegistry(exchange.WithLanguage(language), exchange.WithValidator(v))
			type form struct {
				Odd    string `json:"odd_field" validate:"odd"`
				Email  string `json:"email" validate:"email"`
				Day    string `json:"day" validate:"datetime=2006-01-02"`
				Choice string `json:"choice" validate:"oneof=a b"`
				Short  string `json:"short" validate:"max=3"`
				URL    string `json:"url" validate:"url"`
				Phone  string `json:"phone" validate:"e164"`
			}
			exchange.Handle(r, exchange.NewScreen[exchange.NoData, form]("A"), func(context.Context, *exchange.Request[form]) (*exchange.Response, error) {
				return nil, errors.New("the form passed")
			})
			data := map[string]string{}
			for _, field := range []string{"odd_field", "email", "day", "choice", "short", "url", "phone"} {
				data[field] = typed
			}
			reply := exchangetest.New(t, r).Submit("A", data)
			if reply.Status != http.StatusOK || strings.Contains(reply.ErrorMessage, typed) {
				t.Fatalf("status %d, message %q", reply.Status, reply.ErrorMessage)
			}
			for _, field := range []string{"odd_field", "email", "day", "choice", "short", "url", "phone"} {
				if field != "phone" && !strings.Contains(reply.ErrorMessage, field) {
					t.Errorf("message %q does not name %s", reply.ErrorMessage, field)
				}
			}
			if strings.Contains(reply.ErrorMessage, "Field validation for") {
				t.Errorf("message %q is validator's own for developers", reply.ErrorMessage)
			}
		})
	}
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	r := visitRoutes()
	var seen []string
	note := func(name string) exchange.Middleware {
		return func(next exchange.Handler) exchange.Handler {
			return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
				seen = append(seen, name+" before")
				resp, err := next.ServeFlow(ctx, msg)
				_, rejected := errors.AsType[*exchange.RejectError](err)
				seen = append(seen, fmt.Sprintf("%s after, rejected %t", name, rejected))
				return resp, err
			})
		}
	}
	r.Use(note("first"), note("second"))
	c := exchangetest.New(t, r)
	if reply := c.Submit("VISIT", nil); reply.Screen != "VISIT" {
		t.Fatalf("screen %q (%v)", reply.Screen, reply.Err)
	}
	want := []string{"first before", "second before", "second after, rejected true", "first after, rejected true"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	c.Ping()
	c.ReportError("VISIT", "", "x")
	if len(seen) != len(want) {
		t.Errorf("health check or error notification went through middleware: %v", seen)
	}
}

func TestUntyped(t *testing.T) {
	t.Parallel()
	r := exchange.NewRegistry()
	r.Handle(exchange.ActionDataExchange, "A", exchange.HandlerFunc(func(_ context.Context, msg *exchange.Message) (*exchange.Response, error) {
		if string(msg.Data) == `{"reject":true}` {
			return nil, exchange.Reject("no")
		}
		return exchange.NewResponse("B", msg.Data).WithError("careful"), nil
	}))
	r.Handle(exchange.ActionBack, "", exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
		return exchange.NewResponse("A", nil), nil
	}))
	c := exchangetest.New(t, r)
	if got, want := string(c.Submit("A", map[string]int{"x": 1}).Clear), `{"screen":"B","data":{"error_message":"careful","x":1}}`; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
	for _, screen := range []string{"", "A", "OTHER"} {
		if reply := c.Back(screen); reply.Screen != "A" {
			t.Errorf("back from %q: screen %q (%v)", screen, reply.Screen, reply.Err)
		}
	}
	if reply := c.Submit("A", map[string]bool{"reject": true}); reply.Status != 500 || !strings.Contains(reply.Err.Error(), "ShowError") {
		t.Errorf("Reject on an untyped route: status %d, %v", reply.Status, reply.Err)
	}
	if reply := c.Init(); reply.Status != 400 {
		t.Errorf("INIT without a handler: status %d", reply.Status)
	}
}

func TestRejectOnInitIsAMistake(t *testing.T) {
	t.Parallel()
	r := exchange.NewRegistry()
	exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return nil, exchange.Reject("no")
	})
	reply := exchangetest.New(t, r).Init()
	if reply.Status != 500 || !strings.Contains(reply.Err.Error(), "Reject on INIT") {
		t.Errorf("status %d, %v", reply.Status, reply.Err)
	}
}

func TestRoutesAreListed(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, rt := range visitRoutes().Routes() {
		found[fmt.Sprint(rt.Action, rt.Screen, rt.TriggerValue, rt.Form)] = true
	}
	want := map[string]bool{
		"INIT<nil>": true, "data_exchangeVISITexchange_test.visitForm": true, "data_exchangeVISITday_selectedexchange_test.dayForm": true,
		"BACKVISIT<nil>": true, "data_exchangeTHANKSexchange_test.dayForm": true,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}
