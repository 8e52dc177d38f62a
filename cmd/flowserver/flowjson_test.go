package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
)

// flowJSON is what these tests need of booking.json.
type flowJSON struct {
	RoutingModel map[string][]string `json:"routing_model"`
	Screens      []struct {
		ID            string            `json:"id"`
		RefreshOnBack bool              `json:"refresh_on_back"`
		Data          map[string]schema `json:"data"`
		Layout        any               `json:"layout"`
	} `json:"screens"`
}

// schema is the part of JSON Schema that booking.json uses.
type schema struct {
	Type       string            `json:"type"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	Example    any               `json:"__example__"`
}

func readFlowJSON(t *testing.T) *flowJSON {
	t.Helper()
	text, err := os.ReadFile("../../testdata/flows/booking.json")
	if err != nil {
		t.Fatal(err)
	}
	var flow flowJSON
	if err := json.Unmarshal(text, &flow); err != nil {
		t.Fatal(err)
	}
	return &flow
}

// accepts says why a phone on screen from could not use an answer. It asks for
// all keys of the data model and no others.
func (f *flowJSON) accepts(from, to string, data json.RawMessage) error {
	if to == "SUCCESS" {
		return nil
	}
	routes, known := f.RoutingModel[to]
	switch {
	case !known:
		return fmt.Errorf("screen %s is not in the routing model", to)
	case from == "" && len(f.inbound(to)) > 0:
		return fmt.Errorf("screen %s is no entry screen: routes lead to it from %v", to, f.inbound(to))
	case from != "" && from != to && !slices.Contains(f.RoutingModel[from], to) && !slices.Contains(routes, from):
		return fmt.Errorf("the routing model has no way from %s to %s", from, to)
	}
	var values map[string]any
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	delete(values, "error_message")
	model := f.model(to)
	if diff := cmp.Diff(keys(values), keys(model)); diff != "" {
		return fmt.Errorf("data of screen %s (-got +declared):\n%s", to, diff)
	}
	for key, s := range model {
		if err := s.check(key, values[key]); err != nil {
			return fmt.Errorf("data of screen %s: %w", to, err)
		}
	}
	return nil
}

func (f *flowJSON) inbound(screen string) (from []string) {
	for source, targets := range f.RoutingModel {
		if slices.Contains(targets, screen) {
			from = append(from, source)
		}
	}
	return from
}

func (f *flowJSON) model(screen string) map[string]schema {
	for _, s := range f.Screens {
		if s.ID == screen {
			return s.Data
		}
	}
	return nil
}

// check compares a value's JSON type with the schema, at every depth.
func (s schema) check(at string, value any) error {
	switch v := value.(type) {
	case string:
		if s.Type == "string" {
			return nil
		}
	case bool:
		if s.Type == "boolean" {
			return nil
		}
	case []any:
		if s.Type != "array" || s.Items == nil {
			break
		}
		for i, item := range v {
			if err := s.Items.check(fmt.Sprintf("%s[%d]", at, i), item); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		if s.Type != "object" {
			break
		}
		for key, child := range v {
			property, declared := s.Properties[key]
			if !declared {
				return fmt.Errorf("%s.%s is not declared", at, key)
			}
			if err := property.check(at+"."+key, child); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%s is %v, declared as %q", at, value, s.Type)
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// jsonKeys lists the JSON names of a struct's fields.
func jsonKeys(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("json"))
	}
	slices.Sort(names)
	return names
}

// dataExchanges finds the payloads of the data_exchange actions in a layout.
func dataExchanges(node any) (payloads []map[string]any) {
	switch n := node.(type) {
	case []any:
		for _, child := range n {
			payloads = append(payloads, dataExchanges(child)...)
		}
	case map[string]any:
		if n["name"] == "data_exchange" {
			payload, _ := n["payload"].(map[string]any)
			return []map[string]any{payload}
		}
		for _, child := range n {
			payloads = append(payloads, dataExchanges(child)...)
		}
	}
	return payloads
}

func TestFlowJSONRoutingModel(t *testing.T) {
	t.Parallel()
	flow := readFlowJSON(t)
	var screens []string
	for _, screen := range flow.Screens {
		screens = append(screens, screen.ID)
	}
	slices.Sort(screens)
	if diff := cmp.Diff(keys(flow.RoutingModel), screens); diff != "" {
		t.Errorf("keys of the routing model (-got +screens):\n%s", diff)
	}
	for from, targets := range flow.RoutingModel {
		for _, to := range targets {
			back, known := flow.RoutingModel[to]
			if !known || to == from || slices.Contains(back, from) {
				t.Errorf("route %s to %s: unknown, to itself, or there in both directions", from, to)
			}
		}
	}
}

func TestFlowJSONDataModel(t *testing.T) {
	t.Parallel()
	for _, screen := range readFlowJSON(t).Screens {
		for key, s := range screen.Data {
			if err := s.check(key, s.Example); err != nil {
				t.Errorf("screen %s: __example__: %v", screen.ID, err)
			}
		}
	}
}

// TestFlowJSONMatchesRoutes holds the types of booking.go against booking.json:
// what a screen shows, what each of its actions submits, and where back is asked.
func TestFlowJSONMatchesRoutes(t *testing.T) {
	t.Parallel()
	type route struct {
		Action        exchange.Action
		Screen        string
		Trigger       string
		Data, Payload string
	}
	var declared, handled []route
	for _, screen := range readFlowJSON(t).Screens {
		if screen.RefreshOnBack {
			declared = append(declared, route{Action: exchange.ActionBack, Screen: screen.ID})
		}
		for _, payload := range dataExchanges(screen.Layout) {
			trigger, _ := payload["trigger"].(string)
			delete(payload, "trigger")
			declared = append(declared, route{
				exchange.ActionDataExchange, screen.ID, trigger,
				strings.Join(keys(screen.Data), " "), strings.Join(keys(payload), " "),
			})
		}
	}
	for _, r := range newBooking(time.Now).Routes().Routes() {
		switch r.Action {
		case exchange.ActionInit:
			continue
		case exchange.ActionBack:
			handled = append(handled, route{Action: r.Action, Screen: r.Screen})
		default:
			handled = append(handled, route{
				r.Action, r.Screen, r.TriggerValue,
				strings.Join(jsonKeys(r.Data), " "), strings.Join(jsonKeys(r.Form), " "),
			})
		}
	}
	byName := func(a, b route) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(declared, byName)
	slices.SortFunc(handled, byName)
	if diff := cmp.Diff(handled, declared); diff != "" {
		t.Errorf("routes (-booking.go +booking.json):\n%s", diff)
	}
}
