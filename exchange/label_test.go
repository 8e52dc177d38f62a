package exchange_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/media"
)

type errorData struct {
	ErrorMessages map[string]string `json:"error_messages"`
}

type address struct {
	Street string `json:"street_name" validate:"required" label:"Street"`
	City   string `json:"city" validate:"required"`
}

type embedded struct {
	Nick string `json:"nick_name" validate:"required"`
}

type labelForm struct {
	Name    string         `json:"name" validate:"required,min=2" label:"Your name"`
	Mail    string         `json:"contact" validate:"omitempty,email" label:"Email" input:"email_address"`
	Terms   bool           `json:"terms" validate:"required" label:"I accept the terms" input:"-"`
	Photos  []media.Item   `json:"photos" validate:"required,min=1,dive" label:"Photo of your ID"`
	Extras  []string       `json:"extras" validate:"dive,oneof=a b" label:"Extras"`
	Address address        `json:"address" input:"-"`
	Counts  map[string]int `json:"counts"`
	Dotted  string         `json:"a.b" validate:"required"`
	embedded
}

// answer is what a phone is shown.
type answer struct {
	Bottom string
	Fields map[string]string
}

func submit[Data, Form any](t *testing.T, r *exchange.Registry, data string) answer {
	t.Helper()
	exchange.Handle(r, exchange.NewScreen[Data, Form]("A"), func(context.Context, *exchange.Request[Form]) (*exchange.Response, error) {
		return exchange.Close(), nil
	}, exchange.Reload(func(context.Context, *exchange.Request[Form]) (d Data, _ error) { return d, nil }))
	reply := exchangetest.New(t, r).Submit("A", json.RawMessage(data))
	var shown struct {
		Fields map[string]string `json:"error_messages"`
	}
	if err := json.Unmarshal(reply.Data, &shown); err != nil {
		t.Fatalf("status %d: %v (%v)", reply.Status, err, reply.Err)
	}
	return answer{reply.ErrorMessage, shown.Fields}
}

// merge returns the objects as one, in which the last value of a key counts.
func merge(t *testing.T, objects ...string) string {
	t.Helper()
	all := map[string]json.RawMessage{}
	for _, object := range objects {
		if err := json.Unmarshal([]byte(object), &all); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	right = `{"name":"Ada","terms":true,"extras":["a"],"address":{"street_name":"x","city":"y"},"a.b":"x","nick_name":"x",` +
		`"photos":[` + photo + `]}`
	photo = `{"media_id":"1","cdn_url":"https://x","file_name":"x","encryption_metadata":{"encrypted_hash":"` + hash + `","iv":"AAAAAAAAAAAAAAAAAAAAAA==",` +
		`"encryption_key":"` + hash + `","hmac_key":"` + hash + `","plaintext_hash":"` + hash + `"}}`
	hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)

// All that is wrong is said at once: in short at each input, by label at the bottom, and
// nothing twice.
func TestWhatThePhoneShows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, data string
		want       answer
	}{
		{"nothing is wrong", `{}`, answer{}},
		{"at an input", `{"name":"A"}`, answer{"Please check: Your name", map[string]string{"name": "Minimum length: 2"}}},
		{"at an input of another name", `{"contact":"x"}`, answer{"Please check: Email", map[string]string{"email_address": "Enter a valid email address"}}},
		{"where no input shows it", `{"terms":false}`, answer{"I accept the terms: This is required", map[string]string{}}},
		{
			"both", `{"terms":false,"name":"","contact":"x"}`,
			answer{
				"Please check: Your name, Email; I accept the terms: This is required",
				map[string]string{"name": "This is required", "email_address": "Enter a valid email address"},
			},
		},
		{"no file", `{"photos":[]}`, answer{"Please check: Photo of your ID", map[string]string{"photos": "Choose at least 1"}}},
		{"part of a file", `{"photos":[{"media_id":"1"}]}`, answer{"Please check: Photo of your ID", map[string]string{"photos": "Please check this"}}},
		{"options", `{"extras":["c","a","d"]}`, answer{"Please check: Extras", map[string]string{"extras": "Choose one of the options"}}},
		{"nested", `{"address":{}}`, answer{"Street: This is required; City: This is required", map[string]string{}}},
		{"key with a dot", `{"a.b":""}`, answer{"Please check: A.b", map[string]string{"a.b": "This is required"}}},
		{"embedded", `{"nick_name":""}`, answer{"Please check: Nick name", map[string]string{"nick_name": "This is required"}}},
		{"wrong type", `{"name":7}`, answer{"Please check: Your name", map[string]string{"name": "Please check this"}}},
		{
			"wrong types and broken rules", `{"name":7,"contact":["x"],"terms":"yes","address":{"street_name":1,"city":""},"extras":["c"],"nick_name":""}`,
			answer{
				"Please check: Your name, Email, Extras, Nick name; I accept the terms: Please check this; Street: Please check this; City: This is required",
				map[string]string{
					"name": "Please check this", "email_address": "Please check this", "extras": "Choose one of the options", "nick_name": "This is required",
				},
			},
		},
		{
			"bytes that are not base64", `{"photos":[{"encryption_metadata":{"iv":"%"}}],"name":"A"}`,
			answer{"Please check: Your name, Photo of your ID", map[string]string{"name": "Minimum length: 2", "photos": "Please check this"}},
		},
		{"values of a map", `{"counts":{"a":1,"b":"x","c":"y"}}`, answer{"Please check: Counts", map[string]string{"counts": "Please check this"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, submit[errorData, labelForm](t, exchange.NewRegistry(), merge(t, right, tt.data))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A screen without error_messages has everything at its bottom.
func TestWithoutErrorMessages(t *testing.T) {
	t.Parallel()
	got := submit[exchange.NoData, labelForm](t, exchange.NewRegistry(), merge(t, right, `{"name":"A","contact":7,"terms":false}`))
	want := answer{Bottom: "Your name: Minimum length: 2; Email: Please check this; I accept the terms: This is required"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const labelFlow = `{"version":"7.3","data_api_version":"3.0","routing_model":{"A":[]},"screens":[{"id":"A","title":"A","terminal":true,
"data":{"error_messages":{"type":"object","properties":{"full_name":{"type":"string"}},"__example__":{}}},
"layout":{"type":"SingleColumnLayout","children":[{"type":"Form","name":"f","error-messages":"${data.error_messages}","children":[
  {"type":"TextInput","name":"full_name","label":"Full name","required":true},
  {"type":"TextInput","name":"bound","label":"${data.label}","required":true},
  {"type":"OptIn","name":"news","label":"Send me news","required":true},
  {"type":"CalendarPicker","name":"stay","mode":"range","label":{"start-date":"Arrival","end-date":"Departure"}},
  {"type":"If","condition":"${form.news}","then":[{"type":"TextInput","name":"city","label":"Town","required":true}]},
  {"type":"Footer","label":"Send","on-click-action":{"name":"data_exchange","payload":{
    "name":"${form.full_name}","bound_text":"${form.bound}","news":"${form.news}","stay":"${form.stay}","city":"${form.city}","const":"x"}}}
]}]}}]}`

// Without tags, the labels come from the Flow JSON of the registry. It also says which
// inputs show a text.
func TestLabelsOfTheFlowJSON(t *testing.T) {
	t.Parallel()
	type stay struct {
		First string `json:"start-date" validate:"required,datetime=2006-01-02"`
		Last  string `json:"end-date" validate:"required,datetime=2006-01-02"`
	}
	type form struct {
		Name  string `json:"name" validate:"required"`
		Bound string `json:"bound_text" validate:"required"`
		News  bool   `json:"news" validate:"required"`
		Stay  stay   `json:"stay"`
		City  string `json:"city" validate:"required" label:"City"`
		Const string `json:"const" validate:"eq=x"`
	}
	got := submit[errorData, form](t, exchange.NewRegistry(exchange.WithFlow([]byte(labelFlow))), `{"stay":{"start-date":"x"}}`)
	want := answer{
		"Please check: Full name, Bound text; Send me news: This is required; " +
			"Arrival: Enter a valid date; Departure: This is required; City: This is required; Const: Please check this",
		map[string]string{"full_name": "This is required", "bound": "This is required"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Reload has what could be decoded, although another key could not.
func TestReloadHasWhatCouldBeDecoded(t *testing.T) {
	t.Parallel()
	type form struct {
		Count exchange.Number `json:"count"`
		Flag  bool            `json:"flag"`
		Name  string          `json:"name"`
	}
	var got form
	r := exchange.NewRegistry()
	exchange.Handle(r, exchange.NewScreen[errorData, form]("A"), func(context.Context, *exchange.Request[form]) (*exchange.Response, error) {
		return exchange.Close(), nil
	}, exchange.Reload(func(_ context.Context, req *exchange.Request[form]) (errorData, error) {
		got = req.Data
		return errorData{}, nil
	}))
	exchangetest.New(t, r).Submit("A", json.RawMessage(`{"count":true,"flag":"x","name":"Ada"}`))
	if diff := cmp.Diff(form{Name: "Ada"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
