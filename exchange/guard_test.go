package exchange_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// guarded is the Flow of testdata/guard.json.
func guarded(t testing.TB) *flowjson.Flow {
	t.Helper()
	source, err := os.ReadFile("testdata/guard.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowjson.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// answering answers everything with the same.
func answering(resp *exchange.Response) exchange.Handler {
	return exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { return resp, nil }))
}

// from makes a request from a screen; INIT if it is empty.
func from(screen string) client.Message {
	if screen == "" {
		return client.Message{Action: protocol.ActionInit, FlowToken: "t"}
	}
	return client.Message{Action: protocol.ActionDataExchange, Screen: screen, FlowToken: "t"}
}

func show(screen, data string) *exchange.Response {
	return exchange.NewResponse(screen, json.RawMessage(data))
}

// Data that its screen takes, with a place for one thing that is wrong.
const (
	detail  = `{"name":"A","colour":"red","labels":{},"note":""}`
	options = `{"options":[%s],"chips":[{"id":"a"},{"id":"b"}]}`
	goods   = `{"shop":{"goods":[{"id":"a","main-content":{"title":"A"}%s}]}}`
)

// Each rule refuses, or warns of, one answer and lets its neighbour through.
func TestGuardRules(t *testing.T) {
	t.Parallel()
	navigate := func(to string) string {
		return fmt.Sprintf(goods, `,"on-click-action":{"name":"navigate","next":{"type":"screen","name":"`+to+`"},"payload":{}}`)
	}
	items := func(n int, item string) string {
		var all []string
		for i := range n {
			all = append(all, strings.ReplaceAll(item, "#", strconv.Itoa(i)))
		}
		return strings.Join(all, ",")
	}
	tests := map[string]struct {
		from         client.Message
		wrong, right *exchange.Response
		rule         exchange.Rule
		pointer      string
		warning      bool
	}{
		"unknown screen":       {from("START"), show("NOWHERE", `{}`), show("PLAIN", `{}`), exchange.RuleScreen, "/screen", false},
		"end as if a screen":   {from("PLAIN"), show("success", `{}`), exchange.Complete(nil), exchange.RuleScreen, "/screen", false},
		"no route":             {from("START"), show("DETAIL", detail), show("PLAIN", `{}`), exchange.RuleTransition, "/screen", false},
		"two steps back":       {from("DETAIL"), show("START", `{"greeting":""}`), show("CHOICE", fmt.Sprintf(options, `{"id":"a","title":"A"}`)), exchange.RuleTransition, "/screen", false},
		"first screen":         {from(""), show("PLAIN", `{}`), show("START", `{"greeting":""}`), exchange.RuleTransition, "/screen", false},
		"same screen":          {from("START"), show("END", `{}`), show("START", `{"greeting":""}`), exchange.RuleTransition, "/screen", false},
		"back":                 {client.Message{Action: protocol.ActionBack, Screen: "END"}, show("START", `{"greeting":""}`), show("DETAIL", detail), exchange.RuleTransition, "/screen", false},
		"no model":             {from("START"), show("PLAIN", `{"name":"A"}`), show("PLAIN", `{}`).WithError("no"), exchange.RuleNoModel, "/data", false},
		"number for string":    {from("START"), show("START", `{"greeting":7}`), show("START", `{"greeting":"7"}`), exchange.RuleType, "/data/greeting", false},
		"deep inside":          {from("START"), show("CHOICE", fmt.Sprintf(options, `{"id":"a","title":{}}`)), show("CHOICE", fmt.Sprintf(options, `{"id":"a","title":"A","more":{}}`)), exchange.RuleType, "/data/options/0/title", false},
		"message as number":    {from("START"), show("PLAIN", `{"error_message":7}`), show("PLAIN", `{"error_message":"7"}`), exchange.RuleType, "/data/error_message", false},
		"extension as text":    {from("START"), show("PLAIN", `{"extension_message_response":""}`), show("PLAIN", `{"extension_message_response":{}}`), exchange.RuleType, "/data/extension_message_response", false},
		"missing":              {from("START"), show("START", `{}`), show("START", `{"greeting":"","more":1}`), exchange.RuleMissing, "/data/greeting", false},
		"missing in list":      {from("CHOICE"), show("CHOICE", `{"options":[{"id":"a","title":"A"}]}`), show("CHOICE", fmt.Sprintf(options, `{"id":"a"}`)), exchange.RuleMissing, "/data/chips", false},
		"after NavigationList": {from("SHOP"), show("DETAIL", detail), show("KEYED", `{"name":"A"}`), exchange.RuleMissing, "/data/error_message", false},
		"enum":                 {from("CHOICE"), show("DETAIL", strings.Replace(detail, "red", "green", 1)), show("DETAIL", detail), exchange.RuleKeyword, "/data/colour", false},
		"key made by a user":   {from("CHOICE"), show("DETAIL", strings.Replace(detail, "{}", `{"Ada Lovelace":7}`, 1)), show("DETAIL", strings.Replace(detail, "{}", `{"Ada Lovelace":""}`, 1)), exchange.RuleType, "/data/labels/*", false},
		"item to nowhere":      {from("START"), show("SHOP", navigate("NOWHERE")), show("SHOP", navigate("DETAIL")), exchange.RuleTarget, "/data/shop/goods/0/on-click-action/next/name", false},
		"item without route":   {from("START"), show("SHOP", navigate("END")), show("SHOP", navigate("START")), exchange.RuleTarget, "/data/shop/goods/0/on-click-action/next/name", false},
		"item to itself":       {from("START"), show("SHOP", navigate("SHOP")), show("SHOP", navigate("KEYED")), exchange.RuleTarget, "/data/shop/goods/0/on-click-action/next/name", false},
		"item to the end":      {from("START"), show("SHOP", navigate("SUCCESS")), show("SHOP", fmt.Sprintf(goods, "")), exchange.RuleTarget, "/data/shop/goods/0/on-click-action/next/name", false},
		"no options":           {from("START"), show("CHOICE", fmt.Sprintf(options, "")), show("CHOICE", fmt.Sprintf(options, `{"id":"a"}`)), exchange.RuleItems, "/data/options", true},
		"201 options":          {from("START"), show("CHOICE", fmt.Sprintf(options, items(201, `{"id":"#"}`))), show("CHOICE", fmt.Sprintf(options, items(200, `{"id":"#"}`))), exchange.RuleItems, "/data/options", true},
		"101 with an image":    {from("START"), show("CHOICE", fmt.Sprintf(options, items(101, `{"id":"#","image":"AAAA"}`))), show("CHOICE", fmt.Sprintf(options, items(100, `{"id":"#","image":"AAAA"}`))), exchange.RuleItems, "/data/options", true},
		"one chip":             {from("START"), show("CHOICE", `{"options":[{"id":"a"}],"chips":[{"id":"a"}]}`), show("CHOICE", fmt.Sprintf(options, `{"id":"a"}`)), exchange.RuleItems, "/data/chips", true},
		"21 goods":             {from("START"), show("SHOP", `{"shop":{"goods":[`+items(21, `{"id":"#"}`)+`]}}`), show("SHOP", `{"shop":{"goods":[`+items(20, `{"id":"#"}`)+`]}}`), exchange.RuleItems, "/data/shop/goods", true},
		"same id":              {from("START"), show("CHOICE", fmt.Sprintf(options, items(2, `{"id":"a"}`))), show("CHOICE", fmt.Sprintf(options, items(2, `{"id":"#"}`))), exchange.RuleItems, "/data/options/1/id", true},
		"long title":           {from("START"), show("CHOICE", fmt.Sprintf(options, `{"id":"a","title":"`+strings.Repeat("é", 31)+`"}`)), show("CHOICE", fmt.Sprintf(options, `{"id":"a","title":"`+strings.Repeat("é", 30)+`"}`)), exchange.RuleItems, "/data/options/0/title", true},
		"long main content":    {from("START"), show("SHOP", strings.Replace(fmt.Sprintf(goods, ""), `"A"`, `"`+strings.Repeat("a", 31)+`"`, 1)), show("SHOP", strings.Replace(fmt.Sprintf(goods, ""), `"A"`, `"`+strings.Repeat("a", 30)+`"`, 1)), exchange.RuleItems, "/data/shop/goods/0/main-content/title", true},
		"four tags":            {from("START"), show("SHOP", fmt.Sprintf(goods, `,"tags":["a","b","c","d"]`)), show("SHOP", fmt.Sprintf(goods, `,"tags":["a","b","c"]`)), exchange.RuleItems, "/data/shop/goods/0/tags", true},
		"long tag":             {from("START"), show("SHOP", fmt.Sprintf(goods, `,"tags":["1234567890123456"]`)), show("SHOP", fmt.Sprintf(goods, `,"tags":["123456789012345"]`)), exchange.RuleItems, "/data/shop/goods/0/tags/0", true},
		"large image":          {from("START"), show("SHOP", fmt.Sprintf(goods, `,"start":{"image":"`+strings.Repeat("A", 140<<10)+`"}`)), show("SHOP", fmt.Sprintf(goods, `,"start":{"image":"`+strings.Repeat("A", 130<<10)+`"}`)), exchange.RuleItems, "/data/shop/goods/0/start/image", true},
		"1 MB":                 {from("START"), show("START", `{"greeting":"`+strings.Repeat("a", 1_000_000)+`"}`), show("START", `{"greeting":"`+strings.Repeat("a", 900_000)+`"}`), exchange.RuleSize, "", true},
		"1 MB at the end":      {from("START"), exchange.Complete(map[string]string{"a": strings.Repeat("a", 1_000_000)}), exchange.Complete(nil), exchange.RuleSize, "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, found := hold(t, tt.from, tt.wrong)
			if len(found) != 1 || found[0].Rule != tt.rule || found[0].Pointer != tt.pointer || found[0].Warning != tt.warning || found[0].Problem == "" || found[0].Remedy == "" {
				t.Errorf("wrong: found %+v, want %s at %s", found, tt.rule, tt.pointer)
			}
			if want := map[bool]int{true: 200, false: 500}[tt.warning]; status != want {
				t.Errorf("wrong: status %d, want %d", status, want)
			}
			if status, found := hold(t, tt.from, tt.right); status != 200 || found != nil {
				t.Errorf("right: status %d, found %+v", status, found)
			}
		})
	}
}

// hold enforces testdata/guard.json on one answer.
func hold(t *testing.T, msg client.Message, resp *exchange.Response, more ...func(*exchange.Config)) (status int, found []exchange.Violation) {
	t.Helper()
	var seen exchange.Exchange
	e := newEndpoint(t, func(c *exchange.Config) {
		c.Handler, c.FlowJSON, c.Guard = answering(resp), guarded(t), exchange.GuardEnforce
		c.Observe = func(_ context.Context, x exchange.Exchange) { seen = x }
		for _, change := range more {
			change(c)
		}
	})
	msg.Version = "3.0"
	return deliver(e, sealedBy(t, msg)).Code, seen.Violations
}

func TestGuardModes(t *testing.T) {
	t.Parallel()
	wrong := show("START", `{"greeting":["Ada Lovelace"]}`)
	for mode, want := range map[exchange.Guard]struct{ status, found int }{
		exchange.GuardEnforce: {500, 1},
		exchange.GuardWarn:    {200, 1},
		"":                    {200, 1},
		exchange.GuardOff:     {200, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			status, found := hold(t, from("START"), wrong, func(c *exchange.Config) {
				c.Guard, c.Logger = mode, slog.New(slog.NewTextHandler(&log, nil))
			})
			if status != want.status || len(found) != want.found {
				t.Errorf("status %d with %v, want %d with %d violations", status, found, want.status, want.found)
			}
			text := log.String()
			for part, there := range map[string]bool{
				"level=ERROR": mode == exchange.GuardEnforce, "reason=": mode == exchange.GuardEnforce,
				"level=WARN": status == 200 && want.found > 0, "violations=": status == 200 && want.found > 0,
				"type at /data/greeting: the model wants string, and this is array: send that type": want.found > 0,
				"Ada": false,
			} {
				if strings.Contains(text, part) != there {
					t.Errorf("%q in the log: want %t: %s", part, there, text)
				}
			}
		})
	}
}

// A request from a screen that the Flow JSON does not have, or from none, says not
// where the user is: the way to the answer cannot be judged, its data can.
func TestGuardWithoutSource(t *testing.T) {
	t.Parallel()
	for _, msg := range []client.Message{from("MADE_UP"), {Action: protocol.ActionBack, FlowToken: "t"}} {
		if status, found := hold(t, msg, show("DETAIL", detail)); status != 200 || found != nil {
			t.Errorf("from %q: status %d, found %v", msg.Screen, status, found)
		}
		if status, _ := hold(t, msg, show("DETAIL", `{}`)); status != 500 {
			t.Errorf("from %q: status %d, want 500", msg.Screen, status)
		}
	}
}

func TestGuardAllowMissing(t *testing.T) {
	t.Parallel()
	allow := func(c *exchange.Config) { c.AllowMissing = true }
	for name, tt := range map[string]struct {
		from, screen, data string
		status             int
	}{
		"optional":             {"CHOICE", "DETAIL", `{"name":"A"}`, 200},
		"required":             {"CHOICE", "DETAIL", `{"colour":"red","labels":{},"note":""}`, 500},
		"after NavigationList": {"SHOP", "KEYED", `{}`, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if status, found := hold(t, from(tt.from), show(tt.screen, tt.data), allow); status != tt.status || len(found) == 0 {
				t.Errorf("status %d with %v, want %d", status, found, tt.status)
			}
		})
	}
}

// What a list has wrong a hundred times is said once.
func TestGuardSaysItOnce(t *testing.T) {
	t.Parallel()
	_, found := hold(t, from("START"), show("CHOICE", fmt.Sprintf(options, strings.Repeat(`{"id":7},`, 99)+`{"id":7}`)))
	var said []string
	for _, v := range found {
		said = append(said, string(v.Rule)+v.Pointer)
	}
	if diff := cmp.Diff([]string{"type/data/options/0/id", "items/data/options/0/id"}, said); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// A test without network tells a refused answer by its error.
func TestAnswerError(t *testing.T) {
	t.Parallel()
	flow := guarded(t)
	c := exchangetest.New(t, answering(show("NOWHERE", `{}`)), exchangetest.WithConfig(func(c *exchange.Config) { c.FlowJSON = flow }))
	reply := c.Submit("START", nil)
	refused, ok := errors.AsType[*exchange.AnswerError](reply.Err)
	if !ok || !errors.Is(reply.Err, exchange.ErrAnswer) || reply.Status != 500 {
		t.Fatalf("status %d, %v: want 500 and an AnswerError", reply.Status, reply.Err)
	}
	want := []exchange.Violation{{
		Rule: exchange.RuleScreen, Screen: "other", Pointer: "/screen", Problem: "the Flow JSON has no such screen",
		Remedy: "answer with one that it has, or give the server the Flow JSON that is published",
	}}
	if diff := cmp.Diff(want, refused.Violations); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// Screens of the Flow JSON are labels, though an untyped handler has no routes.
func TestFlowJSONLabels(t *testing.T) {
	t.Parallel()
	for screen, want := range map[string]string{"START": "START", "MADE_UP": "other"} {
		var seen exchange.Exchange
		hold(t, from(screen), exchange.Close(), func(c *exchange.Config) {
			c.Observe = func(_ context.Context, x exchange.Exchange) { seen = x }
		})
		if seen.Screen != want {
			t.Errorf("screen %s has label %q, want %q", screen, seen.Screen, want)
		}
	}
}

func TestRegistryWithFlow(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/guard.json")
	if err != nil {
		t.Fatal(err)
	}
	r := exchange.NewRegistry(exchange.WithFlow(source))
	r.Handle(exchange.ActionInit, "", answering(show("PLAIN", `{}`)))
	if reply := exchangetest.New(t, r).Init(); reply.Status != 500 {
		t.Errorf("status %d, want 500", reply.Status)
	}
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "WithFlow") || !strings.Contains(p, "line 2, column 1") {
			t.Errorf("panic %q, want one that says where", p)
		}
	}()
	exchange.NewRegistry(exchange.WithFlow([]byte("{\n//")))
}

func TestUnknownGuard(t *testing.T) {
	t.Parallel()
	if _, err := exchange.NewEndpoint(exchange.Config{Handler: answering(nil), Keys: keys{}, InsecureSkipSignature: true, Guard: "strict"}); err == nil {
		t.Error("a Guard of no known mode is taken")
	}
}

// BenchmarkGuard is what the guard adds to a typical answer: a Dropdown of eight.
func BenchmarkGuard(b *testing.B) {
	data := fmt.Sprintf(options, `{"id":"a","title":"Monday, 23 November"},{"id":"b","title":"Tuesday, 24 November"},{"id":"c","title":"Wednesday, 25 November"},{"id":"d","title":"Thursday, 26 November"},{"id":"e","title":"Friday, 27 November"},{"id":"f","title":"Saturday, 28 November"}`)
	flow := guarded(b)
	plaintext, err := client.Message{Version: "3.0", Action: protocol.ActionDataExchange, Screen: "START", FlowToken: "t"}.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	for _, mode := range []exchange.Guard{exchange.GuardOff, exchange.GuardEnforce} {
		b.Run(string(mode), func(b *testing.B) {
			e := newEndpoint(b, func(c *exchange.Config) {
				c.Handler, c.FlowJSON, c.Guard = answering(show("CHOICE", data)), flow, mode
			})
			b.ReportAllocs()
			for b.Loop() {
				if status, _, err := e.AnswerClear(b.Context(), plaintext); status != 200 {
					b.Fatal(status, err)
				}
			}
		})
	}
}
