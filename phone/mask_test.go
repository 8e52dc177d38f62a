package phone_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/phone"
)

const sensitiveJSON = `{"version": "7.3", "data_api_version": "3.0", "routing_model": {"ASK": ["DONE"], "DONE": []}, "screens": [
  {"id": "ASK", "title": "Ask", "sensitive": ["card", "age", "illness", "agreed"],
    "data": {"ill": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}},
      "__example__": [{"id": "flu", "title": "Influenza"}, {"id": "gout", "title": "Gout"}]}},
    "layout": {"type": "SingleColumnLayout", "children": [
    {"type": "TextInput", "name": "name", "label": "Name"},
    {"type": "TextInput", "name": "card", "label": "Card"},
    {"type": "TextInput", "name": "age", "label": "Age"},
    {"type": "TextInput", "name": "pass", "label": "Code", "input-type": "password"},
    {"type": "CheckboxGroup", "name": "illness", "label": "Illness", "data-source": "${data.ill}"},
    {"type": "OptIn", "name": "agreed", "label": "Agreed"},
    {"type": "Footer", "label": "Go on", "on-click-action": {"name": "data_exchange", "payload": {
      "name": "${form.name}", "number": "${form.card}", "years": "${form.age}", "pass": "${form.pass}", "list": "${form.illness}", "ok": "${form.agreed}"}}}]}},
  {"id": "DONE", "title": "Done", "terminal": true, "data": {"text": {"type": "string", "__example__": "x"}},
    "layout": {"type": "SingleColumnLayout", "children": [{"type": "TextBody", "text": "${data.text}"},
    {"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {"text": "${data.text}"}}}]}}]}`

// TestMask sends sensitive values, which come back in the answer.
func TestMask(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var observed []int
	p := open(t, sensitiveJSON, answers(
		`200 {"screen":"ASK","data":{"ill":[{"id":"flu","title":"Influenza"},{"id":"gout","title":"Gout"}]}}`,
		`200 {"screen":"DONE","data":{"text":"Card 4929 0000 of Ada, 42, 420 pounds"}}`,
	), func(c *phone.Config) {
		c.Observe = func(e phone.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			observed = append(observed, e.N)
		}
	})
	p.fill("name", "Ada")
	p.fill("card", "wrong first")
	p.fill("card", "4929 0000")
	p.fill("age", "42")
	p.fill("pass", `s3"cret`)
	p.fill("illness", []any{"gout"})
	p.fill("agreed", true)
	p.next()
	last := p.Exchanges(1)[0]
	request := string(last.Request)
	for _, value := range []string{"4929 0000", `"42"`, `s3\"cret`, `"gout"`} {
		if !strings.Contains(request, value) {
			t.Fatalf("the request lacks %s: %s", value, request)
		}
	}
	last.Log = []string{"card 4929 0000 of Ada"}
	masked := p.MaskExchange(last)
	if strings.Contains(masked.Log[0], "4929") || last.Log[0] != "card 4929 0000 of Ada" {
		t.Errorf("got the log %q, and %q of the exchange that was masked", masked.Log, last.Log)
	}
	for _, text := range []json.RawMessage{masked.Request, masked.Answer, p.Mask(encode(t, p.Inspect())), p.Mask(encode(t, p.View()))} {
		for _, value := range []string{"4929", "cret", "gout", "wrong first"} {
			if strings.Contains(string(text), value) {
				t.Errorf("%s is not masked in %s", value, text)
			}
		}
	}
	var answer struct{ Data struct{ Text string } }
	if err := json.Unmarshal(masked.Answer, &answer); err != nil {
		t.Fatal(err)
	}
	const dots = "••••••••••••"
	if want := "Card " + dots + " of Ada, " + dots + ", 420 pounds"; answer.Data.Text != want {
		t.Errorf("got %q, want %q", answer.Data.Text, want)
	}
	var sent struct{ Data map[string]any }
	if err := json.Unmarshal(masked.Request, &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Data["name"] != "Ada" || sent.Data["ok"] != true || sent.Data["years"] != dots {
		t.Errorf("got %v, want the name and the opt-in as they are, and the age masked", sent.Data)
	}
	if string(p.Exchanges(1)[0].Request) != request {
		t.Error("the exchange that the phone keeps has changed")
	}
	mu.Lock()
	if len(observed) != 2 || observed[1] != 2 {
		t.Errorf("observed %v, want exchanges 1 and 2", observed)
	}
	mu.Unlock()
	if err := p.Open(t.Context(), phone.Message{Token: "token-2", Action: "navigate", Screen: "ASK", Data: map[string]any{"ill": []any{}}}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{"gout": "about gout", "n": 42, "m": [ 4929 ]}`:     `{"gout": "about ` + dots + `", "n": 42, "m": [ 4929 ]}`,
		`{"response_json":"{\"a\":\"s3\\\"cret\",\"b\":1}"}`: `{"response_json":"{\"a\":\"` + dots + `\",\"b\":1}"}`,
		`{"a":"x","b":}`: `null`,
	} {
		if got := string(p.Mask(json.RawMessage(text))); got != want {
			t.Errorf("after another message, %s: got %s, want %s", text, got, want)
		}
	}
	if got, want := p.MaskText("fill: {age: 42, id: a42}"), "fill: {age: "+dots+", id: a42}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A Flow without sensitive inputs has nothing to mask.
func TestMaskNothing(t *testing.T) {
	t.Parallel()
	p := open(t, strings.Replace(strings.Replace(sensitiveJSON, `"sensitive": ["card", "age", "illness", "agreed"],`, "", 1), `"password"`, `"text"`, 1), answers(
		`200 {"screen":"ASK","data":{"ill":[{"id":"flu","title":"Influenza"}]}}`,
	))
	p.fill("card", "4929 0000")
	const text = `{"card": "4929 0000"}`
	if got := string(p.Mask(json.RawMessage(text))); got != text {
		t.Errorf("got %s, want %s", got, text)
	}
	if e := p.Exchanges(0)[0]; string(p.MaskExchange(e).Request) != string(e.Request) {
		t.Error("the exchange has changed")
	}
}

func encode(t *testing.T, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
