package phone_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
)

// endpoint answers as a test says, and remembers what it was asked.
type endpoint struct {
	mu     sync.Mutex
	answer func(m client.Message) (*client.Reply, error)
	asked  []string
}

func (e *endpoint) Send(_ context.Context, m client.Message, _ ...client.Fault) (*client.Reply, error) {
	text, err := m.MarshalJSON()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.asked = append(e.asked, string(text))
	e.mu.Unlock()
	return e.answer(m)
}

// last returns the last request.
func (e *endpoint) last() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) == 0 {
		return ""
	}
	return e.asked[len(e.asked)-1]
}

// count returns the number of requests.
func (e *endpoint) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.asked)
}

// answers returns an endpoint that gives these answers in their order, each a status with a
// clear body such as `200 {"screen":"A","data":{}}`, and acknowledges notices.
func answers(texts ...string) *endpoint {
	next := 0
	return &endpoint{answer: func(m client.Message) (*client.Reply, error) {
		if data, ok := m.Data.(map[string]any); ok && data["error_message"] != nil {
			return client.ReadClear(200, []byte(`{"data":{"acknowledged":true}}`))
		}
		if next >= len(texts) {
			return nil, errors.New("the test has no more answers")
		}
		next++
		return reply(texts[next-1])
	}}
}

// reply returns what the client makes of a status and a clear body.
func reply(text string) (*client.Reply, error) {
	status, body, _ := strings.Cut(text, " ")
	switch status {
	case "timeout":
		return nil, context.DeadlineExceeded
	case "refused":
		return nil, errors.New("connection refused")
	}
	var n int
	if err := json.Unmarshal([]byte(status), &n); err != nil {
		return nil, err
	}
	switch body {
	case "unsealed":
		return &client.Reply{Status: n, Body: []byte("{}"), Attempts: 1}, client.ErrUndecryptable
	case "":
		return client.ReadClear(n, nil)
	}
	return client.ReadClear(n, []byte(body))
}

// play is a phone under test.
type play struct {
	*phone.Phone
	tb  testing.TB
	end *endpoint
}

// open returns a phone that plays a Flow JSON, with its message opened.
func open(tb testing.TB, source string, end *endpoint, change ...func(*phone.Config)) *play {
	tb.Helper()
	p := prepare(tb, source, end, change...)
	if err := p.Open(tb.Context(), phone.Message{Token: "token-1"}); err != nil {
		tb.Fatal(err)
	}
	return p
}

func prepare(tb testing.TB, source string, end *endpoint, change ...func(*phone.Config)) *play {
	tb.Helper()
	cfg := phone.Config{
		Flow: read(tb, source),
		Now:  func() time.Time { return time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC) },
		Wait: func(context.Context, time.Duration) error { return nil },
	}
	if end != nil {
		cfg.Endpoint = end
	}
	for _, c := range change {
		c(&cfg)
	}
	p, err := phone.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return &play{p, tb, end}
}

func read(tb testing.TB, source string) *flowjson.Flow {
	tb.Helper()
	flow, err := flowjson.Read([]byte(source))
	if err != nil {
		tb.Fatal(err)
	}
	return flow
}

func draft(c *phone.Config) { c.Ruleset = phone.Draft }

// do does what a user can do.
func (p *play) do(e phone.Event) {
	p.tb.Helper()
	if err := p.Do(p.tb.Context(), e); err != nil {
		p.tb.Fatal(err)
	}
}

// cannot does what a user cannot do, and returns the reason.
func (p *play) cannot(e phone.Event) string {
	p.tb.Helper()
	err := p.Do(p.tb.Context(), e)
	notPossible, ok := errors.AsType[*phone.NotPossibleError](err)
	if !ok {
		p.tb.Fatalf("%+v: got %v, want a NotPossibleError", e, err)
	}
	return notPossible.Reason
}

// fill changes a field and leaves it.
func (p *play) fill(field string, value any) {
	p.tb.Helper()
	p.do(phone.Event{Type: phone.EventInput, Field: field, Value: value})
	p.do(phone.Event{Type: phone.EventBlur})
}

// next taps the footer.
func (p *play) next() {
	p.tb.Helper()
	f := p.View().Footer
	if f == nil {
		p.tb.Fatal("the screen has no footer")
	}
	p.do(phone.Event{Type: phone.EventTap, At: f.At})
}

// field returns what every input has.
func (p *play) field(name string) phone.Common {
	p.tb.Helper()
	for _, part := range p.View().Parts {
		for _, c := range commons(part) {
			if c.Name == name {
				return c
			}
		}
	}
	p.tb.Fatalf("the screen shows no field %s", name)
	return phone.Common{}
}

func commons(p phone.Part) []phone.Common {
	switch {
	case p.Field != nil:
		return []phone.Common{p.Field.Common}
	case p.Choice != nil:
		return []phone.Common{p.Choice.Common}
	case p.OptIn != nil:
		return []phone.Common{p.OptIn.Common}
	case p.Date != nil:
		return []phone.Common{p.Date.Common}
	case p.Range != nil:
		return []phone.Common{p.Range.Start.Common, p.Range.End.Common}
	case p.Picker != nil:
		return []phone.Common{p.Picker.Common}
	}
	return nil
}

// tap taps the part with a text.
func (p *play) tap(text, item string) {
	p.tb.Helper()
	for _, part := range p.View().Parts {
		if part.Link != nil && part.Link.Text == text || part.List != nil && part.List.Name == text || part.OptIn != nil && part.OptIn.Label == text {
			p.do(phone.Event{Type: phone.EventTap, At: part.At, Item: item})
			return
		}
	}
	p.tb.Fatalf("the screen shows no %q", text)
}

// verdict returns that of the last exchange that is not a notice.
func (p *play) verdict() phone.Exchange {
	p.tb.Helper()
	all := p.Exchanges(0)
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Notice {
			return all[i]
		}
	}
	p.tb.Fatal("there was no exchange")
	return phone.Exchange{}
}

// want compares what the user sees with a screen.
func (p *play) want(screen string) {
	p.tb.Helper()
	if v := p.View(); v.Screen != screen || v.Failure != nil {
		p.tb.Fatalf("got screen %q, failure %+v, ended %+v; want screen %s", v.Screen, v.Failure, v.Ended, screen)
	}
}

func booking(tb testing.TB) string {
	tb.Helper()
	source, err := os.ReadFile("../cmd/flowserver/booking.json")
	if err != nil {
		tb.Fatal(err)
	}
	return string(source)
}

func TestBooking(t *testing.T) {
	t.Parallel()
	const slots = `"days":[{"id":"mon","title":"Monday"}],"slots":[{"id":"9","title":"09:00"}]`
	end := answers(
		`200 {"screen":"SERVICE","data":{"services":[{"id":"haircut","title":"Haircut"},{"id":"beard","title":"Beard"}]}}`,
		`200 {"screen":"SLOT","data":{`+slots+`,"slots_enabled":false}}`,
		`200 {"screen":"SLOT","data":{`+slots+`,"slots_enabled":true}}`,
		`200 {"screen":"DETAILS","data":{"summary":"Haircut","error_messages":{}}}`,
		`200 {"screen":"DETAILS","data":{"summary":"Haircut","error_messages":{"phone":"Give a phone number"},"error_message":"Look again"}}`,
		`200 {"screen":"SLOT","data":{`+slots+`,"slots_enabled":true}}`,
		`200 {"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"token-1","ok":true}}}}`,
	)
	p := open(t, booking(t), end)
	p.want("SERVICE")
	if got := end.last(); got != `{"version":"4.0","action":"INIT","screen":"","data":{},"flow_token":"token-1"}` {
		t.Errorf("INIT is %s", got)
	}
	if reason := p.cannot(phone.Event{Type: phone.EventTap, At: p.View().Footer.At}); !strings.Contains(reason, "service: Choose an option") {
		t.Errorf("the footer is off because: %s", reason)
	}
	p.fill("service", "haircut")
	p.next()
	p.want("SLOT")
	if reason := p.cannot(phone.Event{Type: phone.EventInput, Field: "slot", Value: "9"}); reason != "the field is disabled" {
		t.Errorf("slot: %s", reason)
	}
	p.fill("day", "mon")
	if got := end.last(); !strings.Contains(got, `"screen":"SLOT","data":{"day":"mon","trigger":"day_selected"}`) {
		t.Errorf("asked %s", got)
	}
	p.fill("slot", "9")
	p.next()
	p.want("DETAILS")
	p.fill("name", "A")
	p.fill("email", "ada")
	if c := p.field("email"); c.Error == "" || c.ErrorFrom != "client" || p.View().Footer.Enabled {
		t.Errorf("email: %+v", c)
	}
	p.fill("name", "Ada")
	p.fill("email", "ada@example.com")
	p.fill("phone", "12")
	p.next()
	p.want("DETAILS")
	if c, v := p.field("phone"), p.View(); c.Error != "Give a phone number" || c.ErrorFrom != "server" || v.Snackbar != "Look again" || v.Footer.Enabled {
		t.Errorf("phone: %+v, snackbar %q, footer %+v", c, v.Snackbar, v.Footer)
	}
	p.do(phone.Event{Type: phone.EventBack})
	p.want("SLOT")
	if got := end.last(); !strings.Contains(got, `"action":"BACK","screen":"DETAILS","data":{}`) {
		t.Errorf("asked %s", got)
	}
	p.next()
	if v := p.View(); v.Open || v.Ended == nil || string(v.Ended.Params) != `{"flow_token":"token-1","ok":true}` {
		t.Errorf("ended: %+v", v.Ended)
	}
}
