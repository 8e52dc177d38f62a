package phone_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/phone"
)

// tour has a way from A to B and C, a list, and data to fit.
const tour = `{
	"version": "7.0", "data_api_version": "3.0", "routing_model": {"A": ["B", "LIST"], "B": ["C"], "LIST": ["ITEM"]},
	"screens": [
		{"id": "A", "title": "First", "data": {"n": {"type": "number", "__example__": 1}}, "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "TextInput", "name": "note", "label": "Note", "input-type": "text"},
			{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {
				"note": "${form.note}", "action": "a", "screen": "s", "fixed": 1, "nothing": null, "list": ["${form.note}"], "n": "${data.n}"}}}]}},
		{"id": "B", "title": "Second", "refresh_on_back": true, "data": {
			"name": {"type": "string", "__example__": "x"},
			"items": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}, "__example__": []}
		}, "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "TextBody", "text": "${data.name}"},
			{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {}}}]}},
		{"id": "C", "title": "Third", "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {}}}]}},
		{"id": "LIST", "title": "List", "layout": {"type": "SingleColumnLayout", "children": [
			{"type": "NavigationList", "name": "pick", "list-items": [{"id": "1", "main-content": {"title": "One"}}],
				"on-click-action": {"name": "data_exchange", "payload": {"pick": "${form.pick}"}}}]}},
		{"id": "ITEM", "title": "Item", "data": {"a": {"type": "string", "__example__": ""}, "b": {"type": "string", "__example__": ""}},
			"layout": {"type": "SingleColumnLayout", "children": [{"type": "TextBody", "text": "${data.a}"}]}}
	]
}`

const (
	atA  = `200 {"screen":"A","data":{"n":1}}`
	atB  = `200 {"screen":"B","data":{"name":"Ada","items":[]}}`
	done = `200 {"screen":"SUCCESS","data":{}}`
)

const schemaAtB = `data_exchange "B" payload-schema-error`

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		answers []string // to INIT, and to taps on the footer
		screen  string   // that shows, or that a page replaces
		failure phone.FailureKind
		retry   bool
		verdict string // its kind
		rule    string
		notice  string // "action screen error", empty for none
	}{
		{"fits", []string{atA}, "A", "", false, "ok", "history", ""},
		{"snackbar", []string{`200 {"screen":"A","data":{"n":1,"error_message":"No"}}`}, "A", "", false, "ok", "error-message-snackbar", ""},
		{"unknown screen", []string{`200 {"screen":"NOPE","data":{}}`}, "", "transition", false, "refused", "answer-transition", `INIT "" invalid-screen-transition`},
		{"INIT inside", []string{`200 {"screen":"B","data":{}}`}, "", "transition", false, "refused", "answer-transition", `INIT "" invalid-screen-transition`},
		{"grandparent", []string{atA, atB, `200 {"screen":"C","data":{}}`, atA}, "C", "transition", false, "refused", "answer-transition", `data_exchange "C" invalid-screen-transition`},
		{"null", []string{`200 {"screen":"A","data":{"n":null}}`}, "", "data", false, "refused", "answer-data", `INIT "" payload-schema-error`},
		{"text for a number", []string{`200 {"screen":"A","data":{"n":"1"}}`}, "", "data", false, "refused", "answer-data", `INIT "" payload-schema-error`},
		{"data for none", []string{atA, atB, `200 {"screen":"C","data":{"x":1}}`}, "B", "data", false, "refused", "answer-data", schemaAtB},
		{"missing key", []string{`200 {"screen":"A","data":{}}`}, "A", "", false, "ok", "history", ""},
		{"data a list", []string{`200 {"screen":"A","data":[]}`}, "", "unreadable", false, "refused", "answer-malformed", ""},
		{"no data", []string{`200 {"screen":"A"}`}, "", "unreadable", false, "refused", "answer-malformed", ""},
		{"no screen", []string{`200 {"data":{}}`}, "", "unreadable", false, "refused", "answer-malformed", ""},
		{"not an object", []string{`200 [1]`}, "", "unreadable", false, "refused", "answer-malformed", ""},
		{"params a list", []string{`200 {"screen":"SUCCESS","data":{"extension_message_response":{"params":[]}}}`}, "", "unreadable", false, "refused", "answer-malformed", ""},
		{"not sealed", []string{`200 unsealed`}, "", "unreadable", false, "refused", "answer-not-sealed", `data_exchange "" `},
		{"not sealed later", []string{atA, `200 unsealed`}, "A", "unreadable", false, "refused", "answer-not-sealed", `data_exchange "A" `},
		{"421 twice", []string{`421 `}, "", "key", false, "refused", "status-421", ""},
		{"427 sealed", []string{`427 {"error_msg":"Sold"}`}, "", "expired", false, "refused", "status-427", ""},
		{"427 empty", []string{`427 `}, "", "expired", false, "refused", "status-427", ""},
		{"427 without text", []string{`427 {}`}, "", "expired", false, "refused", "status-427-without-text", ""},
		{"427 plain", []string{`427 unsealed`}, "", "unreadable", false, "refused", "status-427-plain", `data_exchange "" `},
		{"432 on INIT", []string{`432 `}, "", "status", true, "refused", "init-retry", ""},
		{"500 on INIT", []string{`500 `}, "", "status", true, "refused", "init-retry", ""},
		{"refused on INIT", []string{`refused`}, "", "status", true, "refused", "init-retry", ""},
		{"timeout on INIT", []string{`timeout`}, "", "timeout", true, "refused", "init-retry", ""},
		{"504 on INIT", []string{`504 `}, "", "timeout", true, "refused", "init-retry", ""},
		{"500 later", []string{atA, `500 `}, "A", "", false, "snackbar", "status-other", ""},
		{"432 later", []string{atA, `432 `}, "A", "", false, "snackbar", "status-other", ""},
		{"timeout later", []string{atA, `timeout`}, "A", "", false, "snackbar", "timeout", ""},
		{"expression in an answer", []string{atA, "200 {\"screen\":\"B\",\"data\":{\"name\":\"`'a' - (`\",\"items\":[]}}"}, "A", "expression", false, "refused", "answer-strings-resolved", ""},
		{"wrong type of an expression", []string{atA, "200 {\"screen\":\"B\",\"data\":{\"name\":\"`1 + 1`\",\"items\":[]}}"}, "B", "component", false, "refused", "component-invalid", `data_exchange "" components-validation-error`},
		{"ends", []string{atA, done}, "", "", false, "ended", "success-ends", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			end := answers(test.answers...)
			p := open(t, tour, end)
			for range len(test.answers) - 1 {
				p.next()
			}
			v, ex := p.View(), p.verdict()
			kind, retry := phone.FailureKind(""), false
			if v.Failure != nil {
				kind, retry = v.Failure.Kind, v.Failure.Retry
			}
			if v.Screen != test.screen || kind != test.failure || retry != test.retry {
				t.Errorf("got screen %q, failure %q, retry %v: %+v", v.Screen, kind, retry, v.Failure)
			}
			if ex.Verdict.Kind != test.verdict || !slices.Contains(ex.Verdict.Rules, test.rule) {
				t.Errorf("got verdict %+v", ex.Verdict)
			}
			if refused := strings.HasPrefix(ex.Verdict.Text, "shows an error page: "); refused != (test.verdict == "refused") {
				t.Errorf("got verdict %q", ex.Verdict.Text)
			}
			if got := noticeOf(t, p); got != test.notice {
				t.Errorf("got notice %q, want %q", got, test.notice)
			}
		})
	}
}

// noticeOf returns the error notification that was sent: action, screen and error.
func noticeOf(tb testing.TB, p *play) string {
	tb.Helper()
	for _, ex := range p.Exchanges(0) {
		if !ex.Notice {
			continue
		}
		var m struct {
			Action, Screen string
			Signature      string `json:"flow_token_signature"`
			Data           struct {
				Error   *string `json:"error"`
				Message string  `json:"error_message"`
			}
		}
		if err := json.Unmarshal(ex.Request, &m); err != nil {
			tb.Fatal(err)
		}
		if m.Data.Error == nil || m.Data.Message == "" || m.Signature != "" || ex.Of == 0 || !ex.Acknowledged {
			tb.Errorf("notice %s, of %d, acknowledged %v", ex.Request, ex.Of, ex.Acknowledged)
		}
		return m.Action + ` "` + m.Screen + `" ` + *m.Data.Error
	}
	return ""
}

func TestMissingKeyIsAFinding(t *testing.T) {
	t.Parallel()
	p := open(t, tour, answers(`200 {"screen":"A","data":{}}`))
	found := p.verdict().Findings
	if len(found) != 1 || found[0].Severity != "error" || found[0].Pointer != "/data/n" || found[0].At != "/screens/0/data/n" || found[0].Line == 0 {
		t.Errorf("got %+v", found)
	}
}

func TestMissingKeyAfterNavigationList(t *testing.T) {
	t.Parallel()
	p := open(t, tour, answers(atA, `200 {"screen":"LIST","data":{}}`, `200 {"screen":"ITEM","data":{"a":"x"}}`))
	p.next()
	p.tap("pick", "1")
	if v := p.View(); v.Failure == nil || v.Failure.Kind != phone.FailureData {
		t.Errorf("got %+v on %s", v.Failure, v.Screen)
	}
	if got := noticeOf(t, p); got != `data_exchange "LIST" payload-schema-error` {
		t.Errorf("got notice %s", got)
	}
}

func TestPayload(t *testing.T) {
	t.Parallel()
	end := answers(atA, atA, atA)
	p := open(t, tour, end)
	p.next()
	if got := end.last(); !strings.Contains(got, `"data":{"fixed":1,"list":[null],"n":1,"nothing":null}`) {
		t.Errorf("untouched: %s", got)
	}
	p.fill("note", "hi")
	p.fill("note", "")
	p.next()
	if got := end.last(); !strings.Contains(got, `"data":{"fixed":1,"list":[""],"n":1,"note":"","nothing":null}`) {
		t.Errorf("emptied: %s", got)
	}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	sign := func(c *phone.Config) { c.Signature = func(token string) string { return "signed " + token } }
	for version, want := range map[string]bool{"3.0": false, "4.0": true} {
		source := strings.Replace(tour, `"data_api_version": "3.0"`, `"data_api_version": "`+version+`"`, 1)
		end := answers(atA)
		open(t, source, end, sign)
		if got := strings.Contains(end.last(), `"flow_token_signature":"signed token-1"`); got != want {
			t.Errorf("%s: signed is %v: %s", version, got, end.last())
		}
		if !strings.Contains(end.last(), `{"version":"`+version+`"`) {
			t.Errorf("%s: %s", version, end.last())
		}
	}
}

func TestExpiredButton(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		answer, text string
		usable       bool
		code         string // of the finding
	}{
		{`427 {"error_msg":"Sold"}`, "Sold", false, ""},
		{`427 `, "This form is no longer available.", false, ""},
		{`427 {}`, "undefined", false, "EXPIRED_WITHOUT_TEXT"},
		{`427 {"error_msg":""}`, "This form is no longer available.", false, "EXPIRED_WITHOUT_TEXT"},
		{`427 {"error_msg":42}`, "This form cannot be shown right now.", true, "EXPIRED_WITHOUT_TEXT"},
		{`427 {"error_msg":null}`, "This form cannot be shown right now.", true, "EXPIRED_WITHOUT_TEXT"},
		{`427 [1]`, "This form cannot be shown right now.", true, "EXPIRED_WITHOUT_TEXT"},
		{`427 unsealed`, "This form cannot be shown right now.", true, "EXPIRED_NOT_SEALED"},
	} {
		p := open(t, tour, answers(test.answer))
		if v := p.View(); v.Failure.Text != test.text || v.Message.Usable != test.usable {
			t.Errorf("%s: got %q, usable %v", test.answer, v.Failure.Text, v.Message.Usable)
		}
		code := ""
		for _, f := range p.verdict().Findings {
			code = f.Code
		}
		if code != test.code {
			t.Errorf("%s: got finding %q, want %q", test.answer, code, test.code)
		}
	}
}

// The verdict on a request that failed names what failed, and what WhatsApp does about it.
func TestRulesOfFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		answers []string
		rules   string
		text    string
	}{
		{[]string{`500 `}, "status-other init-retry", "status 500"},
		{[]string{`504 `}, "timeout init-retry", "status 504"},
		{[]string{`timeout`}, "timeout init-retry", "no answer within 10 seconds"},
		{[]string{atA, `432 `}, "status-other later-snackbar", "status 432"},
		{[]string{atA, `504 `}, "timeout later-snackbar", "status 504"},
	} {
		p := open(t, tour, answers(test.answers...))
		if len(test.answers) > 1 {
			p.next()
		}
		verdict := p.verdict().Verdict
		if got := strings.Join(verdict.Rules, " "); got != test.rules || !strings.Contains(verdict.Text, test.text) {
			t.Errorf("%v: rules %s, text %q", test.answers, got, verdict.Text)
		}
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	end := answers(`500 `, atA)
	p := open(t, tour, end)
	first := end.last()
	if got := p.cannot(phone.Event{Type: phone.EventBack}); got != "an error page shows: retry, or close it" {
		t.Errorf("back on the error page: %s", got)
	}
	p.do(phone.Event{Type: phone.EventRetry})
	p.want("A")
	if end.last() != first || end.count() != 2 {
		t.Errorf("asked %d times, last %s", end.count(), end.last())
	}
}

func TestOfflineLater(t *testing.T) {
	t.Parallel()
	end := answers(atA, atB)
	p := open(t, tour, end)
	p.SetWeather(phone.Weather{Offline: true, Next: 1})
	p.next()
	if v := p.View(); v.Failure == nil || v.Failure.Kind != phone.FailureOffline || !v.Failure.Retry {
		t.Fatalf("got %+v", v.Failure)
	}
	p.do(phone.Event{Type: phone.EventRetry})
	p.want("B")
	if end.count() != 2 {
		t.Errorf("asked %d times", end.count())
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	end := answers(atA, atB, atB)
	p := open(t, tour, end)
	p.SetWeather(phone.Weather{Slow: 11_000, Next: 1})
	p.next()
	if v := p.View(); v.Snackbar == "" || v.Screen != "A" || end.count() != 2 {
		t.Errorf("snackbar %q on %q after %d requests", v.Snackbar, v.Screen, end.count())
	}
	p.next()
	p.want("B")
}

// The patience of WhatsApp is for the delay of the connection and the work of the endpoint
// together.
func TestSlowConnectionToSlowEndpoint(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		delay  int64         // milliseconds
		work   time.Duration // of the endpoint
		screen string
	}{
		{9_000, 999 * time.Millisecond, "B"},
		{9_000, time.Second, "A"},
		{9_999, 2 * time.Second, "A"},
		{1, 9_998 * time.Millisecond, "B"},
		{0, 9_999 * time.Millisecond, "B"},
		{0, 10 * time.Second, "A"},
	} {
		end := &endpoint{}
		end.answer = func(client.Message) (*client.Reply, error) {
			if end.count() == 1 {
				return reply(atA)
			}
			late, err := reply(atB)
			late.Duration = test.work
			return late, err
		}
		p := open(t, tour, end)
		p.SetWeather(phone.Weather{Slow: test.delay})
		p.next()
		if v := p.View(); v.Screen != test.screen || (v.Snackbar != "") != (test.screen == "A") {
			t.Errorf("%d ms and %s: on %s with snackbar %q", test.delay, test.work, v.Screen, v.Snackbar)
		}
		timeout := slices.Contains(p.verdict().Verdict.Rules, "timeout")
		if timeout != (test.screen == "A") {
			t.Errorf("%d ms and %s: verdict %+v", test.delay, test.work, p.verdict().Verdict)
		}
	}
}

// silent is an endpoint that never answers.
type silent struct{}

func (silent) Send(ctx context.Context, _ client.Message, _ ...client.Fault) (*client.Reply, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A slow connection leaves the endpoint only the rest of the time.
func TestSlowConnectionToSilentEndpoint(t *testing.T) {
	t.Parallel()
	p := prepare(t, tour, nil, func(c *phone.Config) { c.Endpoint = silent{} })
	p.SetWeather(phone.Weather{Slow: 9_999})
	if err := p.Open(t.Context(), phone.Message{Token: "t", Action: "data_exchange"}); err != nil {
		t.Fatal(err)
	}
	if f := p.View().Failure; f == nil || f.Kind != phone.FailureTimeout || !f.Retry {
		t.Errorf("got %+v, want a timeout", f)
	}
}

func TestDraftOverlay(t *testing.T) {
	t.Parallel()
	p := open(t, tour, answers(atA, `200 {"screen":"NOPE","data":{}}`, `500 `), draft)
	p.next()
	if v := p.View(); v.Failure == nil || !v.Failure.Overlay || v.Screen != "A" || len(v.Parts) == 0 {
		t.Fatalf("got %+v", v.Failure)
	}
	p.do(phone.Event{Type: phone.EventDismiss})
	p.next()
	if v := p.View(); v.Failure == nil || !v.Failure.Overlay || v.Failure.Kind != phone.FailureStatus {
		t.Errorf("got %+v", v.Failure)
	}
}

func TestNoticeOnlyForEndpoints(t *testing.T) {
	t.Parallel()
	source := `{"version": "7.0", "data_api_version": "3.0", "routing_model": {}, "screens": [{"id": "A", "title": "A",
		"data": {"d": {"type": "string", "__example__": ""}}, "layout": {"type": "SingleColumnLayout", "children": [
		{"type": "If", "condition": "${data.d} == 'x'", "then": [
			{"type": "Footer", "label": "Go", "on-click-action": {"name": "data_exchange", "payload": {}}}]}]}}]}`
	p := open(t, source, answers(`200 {"screen":"NOPE","data":{}}`))
	if got := noticeOf(t, p); got != "" {
		t.Errorf("got notice %s, although the client sees no endpoint", got)
	}
}

// A flag in the client can disable reports, so there is a switch.
func TestNoticesOff(t *testing.T) {
	t.Parallel()
	for on, want := range map[bool]string{true: `INIT "" invalid-screen-transition`, false: ""} {
		p := open(t, tour, answers(`200 {"screen":"NOPE","data":{}}`), func(c *phone.Config) {
			c.Quirks = map[string]bool{"error-notices": on}
		})
		if got := noticeOf(t, p); got != want || p.View().Failure == nil {
			t.Errorf("error-notices %v: got notice %q, want %q", on, got, want)
		}
	}
}

// A request in flight shows as loading; close drops its answer, and back does not wait.
func TestWhileLoading(t *testing.T) {
	t.Parallel()
	release := make(chan string)
	end := &endpoint{answer: func(client.Message) (*client.Reply, error) { return reply(<-release) }}
	p := prepare(t, tour, end)
	opened := make(chan error)
	go func() { opened <- p.Open(context.Background(), phone.Message{}) }()
	for v := range p.Watch(t.Context()) {
		if v.Loading {
			break
		}
	}
	release <- atA
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context(), phone.Event{Type: phone.EventTap, At: p.View().Footer.At}); err != nil {
		t.Fatal(err)
	}
	if v := p.View(); !v.Loading || v.Screen != "A" {
		t.Errorf("loading %v on %q", v.Loading, v.Screen)
	}
	if err := p.Start(t.Context(), phone.Event{Type: phone.EventInput, Field: "note", Value: "x"}); err == nil {
		t.Error("a field could be changed while the phone waits")
	}
	if err := p.Start(t.Context(), phone.Event{Type: phone.EventClose}); err != nil {
		t.Fatal(err)
	}
	release <- atB
	if err := p.Do(t.Context(), phone.Event{Type: phone.EventRules, Ruleset: phone.Draft}); err != nil { // waits until all is quiet
		t.Fatal(err)
	}
	if v := p.View(); v.Open || v.Screen != "" {
		t.Errorf("open %v on %q after close", v.Open, v.Screen)
	}
	if got := p.verdict().Verdict.Text; !strings.Contains(got, "closed meanwhile") {
		t.Errorf("verdict %q", got)
	}
}

// An endpoint that reports how long it took is late after 10 seconds.
func TestLateReply(t *testing.T) {
	t.Parallel()
	end := &endpoint{answer: func(client.Message) (*client.Reply, error) {
		r, err := reply(atA)
		r.Duration = 11 * time.Second
		return r, err
	}}
	if v := open(t, tour, end).View(); v.Failure == nil || v.Failure.Kind != phone.FailureTimeout {
		t.Errorf("got %+v", v.Failure)
	}
}

// An answer that arrives after the user has gone back is applied, unless the switch drops it.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	for drops, screen := range map[bool]string{false: "B", true: "A"} {
		release := make(chan string, 1)
		end := &endpoint{answer: func(client.Message) (*client.Reply, error) { return reply(<-release) }}
		source := flowOf("7.0", "", goToB, "", ask)
		release <- `200 {"screen":"A","data":{}}`
		p := open(t, source, end, func(c *phone.Config) { c.Quirks = map[string]bool{"late-answer": drops} })
		p.next()
		if err := p.Start(t.Context(), phone.Event{Type: phone.EventTap, At: p.View().Footer.At}); err != nil {
			t.Fatal(err)
		}
		if err := p.Start(t.Context(), phone.Event{Type: phone.EventBack}); err != nil {
			t.Fatal(err)
		}
		if v := p.View(); v.Screen != "A" || !v.Loading {
			t.Errorf("after back: %q, loading %v", v.Screen, v.Loading)
		}
		release <- `200 {"screen":"B","data":{}}`
		p.do(phone.Event{Type: phone.EventRules, Ruleset: phone.Published}) // waits
		if v := p.View(); v.Screen != screen || v.Loading {
			t.Errorf("drops %v: on %q, loading %v", drops, v.Screen, v.Loading)
		}
	}
}

// Texts of an answer that look like references are replaced, which is a finding.
func TestAnswerResolved(t *testing.T) {
	t.Parallel()
	p := open(t, tour, answers(atA, "200 {\"screen\":\"B\",\"data\":{\"name\":\"${form.note}\",\"items\":[{\"id\":\"`1 + 1`\"}]}}",
		`200 {"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"t","x":"${screen.A.form.note}"}}}}`))
	p.fill("note", "hello")
	p.next()
	if got := firstText(p.View()); got != "hello" {
		t.Errorf("shows %q", got)
	}
	if got, want := p.Inspect().Screens["B"].Data["items"], []any{map[string]any{"id": 2.0}}; !cmp.Equal(got, want) {
		t.Errorf("items %v", got)
	}
	found := p.verdict().Findings
	if len(found) == 0 || found[0].Code != "ANSWER_BINDING" || found[0].Rule != "answer-strings-resolved" {
		t.Errorf("findings %+v", found)
	}
	p.next()
	if got := string(p.View().Ended.Params); got != `{"flow_token":"t","x":"hello"}` {
		t.Errorf("params %s", got)
	}
}
