package phoneui_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/protocol"
)

const source = `{
  "version": "7.3", "data_api_version": "3.0", "routing_model": {"ASK": ["THANKS"], "THANKS": []},
  "screens": [
    {"id": "ASK", "title": "Ask", "layout": {"type": "SingleColumnLayout", "children": [
      {"type": "TextInput", "name": "name", "label": "Name", "required": true},
      {"type": "Footer", "label": "Go on", "on-click-action": {"name": "data_exchange", "payload": {"name": "${form.name}"}}}]}},
    {"id": "THANKS", "title": "Thanks", "terminal": true,
      "data": {"text": {"type": "string", "__example__": "Thank you"}},
      "layout": {"type": "SingleColumnLayout", "children": [
      {"type": "TextBody", "text": "${data.text}"},
      {"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`

// endpoint answers INIT with ASK and everything else with THANKS.
type endpoint struct{}

func (endpoint) Send(_ context.Context, m client.Message, _ ...client.Fault) (*client.Reply, error) {
	answer := `{"screen":"THANKS","data":{"text":"</script><script>alert(1)</script>"}}`
	switch m.Action {
	case protocol.ActionInit:
		answer = `{"screen":"ASK","data":{}}`
	case protocol.ActionPing:
		answer = `{"data":{"status":"active"}}`
	default:
	}
	return client.ReadClear(http.StatusOK, []byte(answer))
}

func flow(t *testing.T) phoneui.Flow {
	t.Helper()
	f, err := flowjson.Read([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return phoneui.Flow{ID: "ask", JSON: f, Target: phoneui.Target{Endpoint: endpoint{}, URL: "http://127.0.0.1:1/flow", Signed: true}}
}

// page is a page under test, with what its own script knows.
type page struct {
	url  string
	html string
	boot phoneui.Boot
}

// serve serves a page until the test ends, and opens it.
func serve(t *testing.T, o phoneui.Options) *page {
	t.Helper()
	if o.Flows == nil {
		o.Flows = []phoneui.Flow{flow(t)}
	}
	ui, err := phoneui.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := ui.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- ui.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	p := &page{url: strings.TrimSuffix(ui.URL(), "/")}
	p.open(t, "/")
	for p.boot.View.Loading { // the page does not wait for a slow endpoint
		p.open(t, "/?phone="+p.boot.Phone)
	}
	return p
}

// open loads the page.
func (p *page) open(t *testing.T, path string) {
	t.Helper()
	status, body, _ := p.do(t, http.MethodGet, path, "", nil)
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, status, body)
	}
	p.html = body
	p.boot = phoneui.Boot{}
	inlined := regexp.MustCompile(`(?s)id="boot">(.*?)</script>`).FindStringSubmatch(body)
	if inlined == nil {
		t.Fatalf("the page has no View in it:\n%s", body)
	}
	if err := json.Unmarshal([]byte(inlined[1]), &p.boot); err != nil {
		t.Fatal(err)
	}
}

// do makes a request with some headers; an empty value removes a usual one.
func (p *page) do(t *testing.T, method, path, body string, headers map[string]string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("X-Phone-Token", p.boot.Token)
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header
}

// send does what a user does, and returns the View after it.
func (p *page) send(t *testing.T, event string, want int) phone.View {
	t.Helper()
	status, body, _ := p.do(t, http.MethodPost, "/api/phones/"+p.boot.Phone+"/events", event, nil)
	if status != want {
		t.Fatalf("%s: got %d %s, want %d", event, status, body, want)
	}
	var v phone.View
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSession plays the Flow as the page does, with what it sends.
func TestSession(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
	if v := p.boot.View; v.Screen != "ASK" || len(v.Parts) != 1 || v.Footer == nil || v.Footer.Enabled || len(p.boot.Exchanges) != 1 {
		t.Fatalf("the first View is %+v with %d exchanges", v, len(p.boot.Exchanges))
	}
	events := stream(t, p)
	first := p.boot.Phone
	p.open(t, "/?phone="+first)
	if p.boot.Phone != first || len(p.boot.Exchanges) != 1 {
		t.Error("a reload does not go on with the same phone")
	}
	p.send(t, `{"type":"tap","at":"`+p.boot.View.Footer.At+`"}`, http.StatusConflict)
	p.send(t, `{"type":"blur","field":"gone"}`, http.StatusOK)
	p.send(t, `{"type":"input","field":"name","value":"Ada","rev":7}`, http.StatusOK)
	v := p.send(t, `{"type":"focus","field":"name"}`, http.StatusOK)
	if f := v.Parts[0].Field; f.Value != "Ada" || f.Rev != 7 || !v.Footer.Enabled {
		t.Errorf("after typing: %+v, footer %+v", f, v.Footer)
	}
	p.send(t, `{"type":"tap","at":"`+v.Footer.At+`"}`, http.StatusOK)
	for e := range events {
		if e.name == "exchange" && strings.Contains(e.data, `"n":2`) {
			break
		}
	}
	p.open(t, "/?phone="+first)
	if p.boot.View.Screen != "THANKS" || strings.Contains(p.html, "<script>alert") {
		t.Errorf("after the exchange: screen %s; is the text of an answer script? %t", p.boot.View.Screen, strings.Contains(p.html, "<script>alert"))
	}
	for path, want := range map[string]string{
		"/state": `"name":"Ada"`, "/exchanges": `"n":2`, "/exchanges?after=1": `"n":2`,
	} {
		if status, body, _ := p.do(t, http.MethodGet, "/api/phones/"+first+path, "", nil); status != 200 || !strings.Contains(body, want) {
			t.Errorf("GET %s: got %d %s, want %s in it", path, status, body, want)
		}
	}
	for path, want := range map[string]string{
		"": `"source":"{\n  \"version\": \"7.3\"`, "/status": `"endpoint":"http://127.0.0.1:1/flow"`,
	} {
		if status, body, _ := p.do(t, http.MethodGet, "/api/flows/ask"+path, "", nil); status != 200 || !strings.Contains(body, want) {
			t.Errorf("GET %s: got %d %s, want %s in it", path, status, body, want)
		}
	}
	if status, body, _ := p.do(t, http.MethodPost, "/api/flows/ask/ping", "{}", nil); status != 200 || !strings.Contains(body, `"active":true`) {
		t.Errorf("ping: %d %s", status, body)
	}
}

type serverEvent struct{ name, data string }

// stream returns the events of a phone, until the test ends.
func stream(t *testing.T, p *page) <-chan serverEvent {
	t.Helper()
	return streamAfter(t, p, 0)
}

// streamAfter does so for a page that has some exchanges.
func streamAfter(t *testing.T, p *page, after int) <-chan serverEvent {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/api/phones/"+p.boot.Phone+"/stream?after="+strconv.Itoa(after), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r) //nolint:bodyclose // closed below
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan serverEvent, 100)
	go func() {
		defer close(events)
		defer func() { _ = resp.Body.Close() }()
		var e serverEvent
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				e.name = name
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				e.data = data
				events <- e
			}
		}
	}()
	return events
}

// TestReplay repeats the steps with another token.
func TestReplay(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
	p.send(t, `{"type":"input","field":"name","value":"Ada"}`, http.StatusOK)
	status, body, _ := p.do(t, http.MethodPost, "/api/phones/"+p.boot.Phone+"/replay", "{}", nil)
	var v phone.View
	if err := json.Unmarshal([]byte(body), &v); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if v.Parts[0].Field.Value != "Ada" || v.Message.Token == p.boot.View.Message.Token {
		t.Errorf("got %q with token %s, want Ada with another than %s", v.Parts[0].Field.Value, v.Message.Token, p.boot.View.Message.Token)
	}
}

// TestBounds exhausts what a page can make the server keep.
func TestBounds(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
	large := `{"type":"input","field":"name","value":"` + strings.Repeat("a", 64<<10) + `"}`
	if status, _, _ := p.do(t, http.MethodPost, "/api/phones/"+p.boot.Phone+"/events", large, nil); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large event: got %d", status)
	}
	if status, _, _ := p.do(t, http.MethodPost, "/api/phones/"+p.boot.Phone+"/weather", `{"faults":["none"]}`, nil); status != http.StatusBadRequest {
		t.Errorf("an unknown fault: got %d", status)
	}
	first := p.boot.Phone
	for range 40 { // more than there is room for: those without a tab go, the oldest first
		if status, body, _ := p.do(t, http.MethodPost, "/api/phones", `{"flow":"ask"}`, nil); status != http.StatusOK {
			t.Fatalf("a phone after many: %d %s", status, body)
		}
	}
	if status, _, _ := p.do(t, http.MethodGet, "/api/phones/"+first+"/state", "", nil); status != http.StatusNotFound {
		t.Errorf("the oldest phone: got %d, want 404", status)
	}
}

// TestFileChanges saves the Flow JSON, first broken and then with another title.
func TestFileChanges(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "flow.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(source)
	f := flow(t)
	f.File = file
	p := serve(t, phoneui.Options{Flows: []phoneui.Flow{f}})
	p.send(t, `{"type":"input","field":"name","value":"Ada"}`, http.StatusOK)
	events := stream(t, p)
	write(source + "}")
	await(t, events, "flow", `"problem":{"line":`)
	await(t, stream(t, p), "flow", `"problem":{"line":`) // a tab that was hidden meanwhile
	write(strings.Replace(source, `"title": "Ask"`, `"title": "Who are you?"`, 1))
	await(t, events, "view", `"title":"Who are you?"`, `"value":"Ada"`)
}

// await waits for an event with some texts.
func await(t *testing.T, events <-chan serverEvent, name string, want ...string) {
	t.Helper()
	limit := time.After(20 * time.Second)
next:
	for {
		select {
		case e := <-events:
			if e.name != name {
				continue
			}
			for _, text := range want {
				if !strings.Contains(e.data, text) {
					continue next
				}
			}
			return
		case <-limit:
			t.Fatalf("no event %s with %q", name, want)
		}
	}
}

// TestEndpointComesBack stops the endpoint and starts it again.
func TestEndpointComesBack(t *testing.T) {
	t.Parallel()
	f := flow(t)
	down := &unreachable{}
	down.refuse.Store(true)
	f.Target.Endpoint = down
	p := serve(t, phoneui.Options{Flows: []phoneui.Flow{f}})
	events := streamAfter(t, p, len(p.boot.Exchanges)) // the page has the first exchange already
	await(t, events, "handler", `"state":"away"`)
	await(t, stream(t, p), "handler", `"state":"away"`) // a tab that was hidden meanwhile
	down.refuse.Store(false)
	await(t, events, "handler", `"state":"ready"`, "is back after")
}

// unreachable is an endpoint whose port can be closed.
type unreachable struct{ refuse atomic.Bool }

func (u *unreachable) Send(ctx context.Context, m client.Message, _ ...client.Fault) (*client.Reply, error) {
	if u.refuse.Load() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	return endpoint{}.Send(ctx, m)
}

// TestFlows chooses one of several.
func TestFlows(t *testing.T) {
	t.Parallel()
	second := flow(t)
	second.ID = "second"
	p := serve(t, phoneui.Options{Flows: []phoneui.Flow{flow(t), second}})
	if got := strings.Join(p.boot.Flows, " "); p.boot.Flow != "ask" || got != "ask second" {
		t.Errorf("got %s of %s, want ask of ask and second", p.boot.Flow, got)
	}
	if p.open(t, "/?flow=second"); p.boot.Flow != "second" {
		t.Errorf("got %s, want second", p.boot.Flow)
	}
	if p.open(t, "/?flow=none"); p.boot.Flow != "ask" {
		t.Errorf("an unknown one: got %s, want ask", p.boot.Flow)
	}
}

// TestWeather replaces an answer, and refuses requests that do not describe weather.
func TestWeather(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
	of := "/api/phones/" + p.boot.Phone
	for body, want := range map[string]int{
		`{"answer":{"status":427,"clear":{"error_msg":"Too late"}},"next":1}`: 200, `{"answer":{"status":1}}`: 400,
		`{"slow":-1}`: 400, `{"slow":9223372036854775807}`: 400, `{"next":-1}`: 400, `{"media":"none"}`: 400, `{"media":"gone","slow":11000}`: 200,
		`{"faults":["none"]}`: 400, `[]`: 400, ``: 400,
	} {
		if status, text, _ := p.do(t, http.MethodPost, of+"/weather", body, nil); status != want {
			t.Errorf("%s: got %d %s, want %d", body, status, text, want)
		}
	}
	if status, text, _ := p.do(t, http.MethodPost, of+"/open", `{"action":"complete"}`, nil); status != http.StatusBadRequest {
		t.Errorf("a message with another action: got %d %s", status, text)
	}
	set := `{"answer":{"status":427,"clear":{"error_msg":"Too late"}},"next":1}`
	if status, text, _ := p.do(t, http.MethodPost, of+"/weather", set, nil); status != http.StatusOK {
		t.Fatalf("%s: got %d %s", set, status, text)
	}
	status, body, _ := p.do(t, http.MethodPost, of+"/open", `{"token":"another"}`, nil)
	if status != http.StatusOK || !strings.Contains(body, "Too late") || !strings.Contains(body, `"usable":false`) {
		t.Errorf("got %d %s, want the page of a 427 and a button that is off", status, body)
	}
}
