package phoneui_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

// post posts to a path of the phone and decodes the answer.
func (p *page) post(t *testing.T, path string, want int, v any) {
	t.Helper()
	status, body, _ := p.do(t, http.MethodPost, "/api/phones/"+p.boot.Phone+path, "{}", nil)
	if status != want {
		t.Fatalf("POST %s: got %d %s, want %d", path, status, body, want)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		t.Fatal(err)
	}
}

// TestSave writes recordings. Each has a file of its own, and none replaces another.
func TestSave(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "scenarios")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	const mine = "name: mine\n"
	if err := os.WriteFile(filepath.Join(folder, "ask.yaml"), []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	f := flow(t)
	f.File = filepath.Join(dir, "ask.json")
	p := serve(t, phoneui.Options{Flows: []phoneui.Flow{f}, Save: folder, Record: func(m phone.Message, _ func(string, string) bool) phoneui.Recorder {
		return scenario.NewRecorder(m)
	}})
	save := func(want string) {
		t.Helper()
		var saved phoneui.Recorded
		p.post(t, "/save", http.StatusOK, &saved)
		text, err := os.ReadFile(filepath.Join(folder, want))
		if err != nil || saved.File != filepath.Join(folder, want) || string(text) != saved.YAML {
			t.Fatalf("got the file %s with %q (%v), want %s with %q", saved.File, text, err, want, saved.YAML)
		}
		if want := "flow: \"../ask.json\"\n"; !strings.HasPrefix(saved.YAML, want) {
			t.Errorf("got %q, want it to begin with %q", saved.YAML, want)
		}
	}
	save("ask-2.yaml")
	p.send(t, `{"type":"input","field":"name","value":"Ada"}`, http.StatusOK)
	save("ask-2.yaml") // the same recording, longer
	p.post(t, "/open", http.StatusOK, &phone.View{})
	save("ask-3.yaml") // another recording
	if text, err := os.ReadFile(filepath.Join(folder, "ask.yaml")); err != nil || string(text) != mine {
		t.Errorf("the file of somebody else is %q (%v), want %q", text, err, mine)
	}
}

// TestQuirks plays with a rule switched off.
func TestQuirks(t *testing.T) {
	t.Parallel()
	for want, quirks := range map[bool]map[string]bool{true: nil, false: {"complete-adds-token": false}} {
		p := serve(t, phoneui.Options{Quirks: quirks})
		p.send(t, `{"type":"input","field":"name","value":"Ada"}`, http.StatusOK)
		for p.boot.View.Ended == nil {
			if p.boot.View.Footer != nil && !p.boot.View.Loading {
				p.send(t, `{"type":"tap","at":"`+p.boot.View.Footer.At+`"}`, http.StatusOK)
			}
			p.open(t, "/?phone="+p.boot.Phone)
		}
		params, _ := json.Marshal(p.boot.View.Ended.Params)
		if got := strings.Contains(string(params), "flow_token"); got != want {
			t.Errorf("with quirks %v: the reply is %s", quirks, params)
		}
	}
}

// TestWebhook posts the reply, and nothing before there is one.
func TestWebhook(t *testing.T) {
	t.Parallel()
	type request struct{ body, signature string }
	got := make(chan request, 1)
	var status atomic.Int64
	status.Store(http.StatusOK)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- request{string(body), r.Header.Get(flowcrypto.SignatureHeader)}
		w.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(receiver.Close)
	f := flow(t)
	f.Target.SignBody = func(body []byte) string { return flowcrypto.Sign(body, []byte("secret")) }
	p := serve(t, phoneui.Options{Flows: []phoneui.Flow{f}, Webhook: receiver.URL + "/hook?key=hidden"})
	if want := receiver.URL + "/hook"; p.boot.Webhook != want {
		t.Errorf("the page shows %s, want %s", p.boot.Webhook, want)
	}
	p.post(t, "/webhook", http.StatusConflict, &phoneui.Problem{})

	p.send(t, `{"type":"input","field":"name","value":"Ada"}`, http.StatusOK)
	p.send(t, `{"type":"tap","at":"`+p.boot.View.Footer.At+`"}`, http.StatusOK)
	for p.boot.View.Screen != "THANKS" {
		p.open(t, "/?phone="+p.boot.Phone)
	}
	p.send(t, `{"type":"tap","at":"`+p.boot.View.Footer.At+`"}`, http.StatusOK)
	var posted phoneui.Posted
	p.post(t, "/webhook", http.StatusOK, &posted)
	sent := <-got
	if want := flowcrypto.Sign([]byte(sent.body), []byte("secret")); posted.Status != http.StatusOK || sent.signature != want {
		t.Errorf("got status %d and signature %s, want 200 and %s", posted.Status, sent.signature, want)
	}
	var webhook struct {
		Object string
		Entry  []struct {
			Changes []struct {
				Field string
				Value struct {
					Messages []struct {
						ID, From, Type string
						Interactive    struct {
							Reply struct {
								Response string `json:"response_json"`
							} `json:"nfm_reply"`
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(sent.body), &webhook); err != nil {
		t.Fatal(err)
	}
	message := webhook.Entry[0].Changes[0].Value.Messages[0]
	if webhook.Object != "whatsapp_business_account" || message.ID == "" || message.Type != "interactive" ||
		!strings.Contains(message.Interactive.Reply.Response, `"flow_token"`) {
		t.Errorf("got %s", sent.body)
	}

	status.Store(http.StatusInternalServerError)
	p.post(t, "/webhook", http.StatusOK, &posted)
	if again := <-got; posted.Status != http.StatusInternalServerError || !strings.Contains(again.body, `"id":"`+message.ID+`"`) {
		t.Errorf("got status %d and %s, want 500 and the id %s", posted.Status, again.body, message.ID)
	}
	receiver.Close()
	p.post(t, "/webhook", http.StatusOK, &posted)
	if posted.Error == "" || strings.Contains(posted.Error, "hidden") {
		t.Errorf("without a server: %q", posted.Error)
	}
}

// TestOptionsOff asks for what the page may not do.
func TestOptionsOff(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
	for _, path := range []string{"/save", "/webhook"} {
		if status, _, _ := p.do(t, http.MethodPost, "/api/phones/"+p.boot.Phone+path, "{}", nil); status != http.StatusNotFound {
			t.Errorf("POST %s: got %d, want 404", path, status)
		}
	}
}

func TestLocale(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ tag, direction string }{
		"": {"", "ltr"}, "ar": {"ar", "rtl"}, "he_IL": {"he-IL", "rtl"}, "pt_BR": {"pt-BR", "ltr"}, "FA": {"FA", "rtl"},
		"az-Arab": {"az-Arab", "rtl"}, "ur-Latn-PK": {"ur-Latn-PK", "ltr"}, "zh-Hant-HK": {"zh-Hant-HK", "ltr"}, "es-419": {"es-419", "ltr"},
	} {
		tag, err := phoneui.ParseLocale(text)
		if err != nil || tag != want.tag {
			t.Errorf("%q: got %q and %v, want %q", text, tag, err, want.tag)
		}
		if boot := serve(t, phoneui.Options{Locale: tag}).boot; boot.Locale != want.tag || boot.Direction != want.direction {
			t.Errorf("%q: the page has %q and %q, want %q and %q", text, boot.Locale, boot.Direction, want.tag, want.direction)
		}
	}
	for _, text := range []string{"a", "arabic", "ar-", "ar\"", "en-US-", "../ar"} {
		if tag, err := phoneui.ParseLocale(text); err == nil {
			t.Errorf("%q: got %q, want an error", text, tag)
		}
	}
}

// TestWeb changes a file of the page.
func TestWeb(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("index.html", `<script id="boot">{{boot}}</script>{{assets}}/app.js`)
	write("app.js", "first")
	p := serve(t, phoneui.Options{Web: dir})
	app := func() string {
		_, sum, _ := strings.Cut(p.html, "/assets/")
		_, body, _ := p.do(t, http.MethodGet, "/assets/"+sum, "", nil)
		return body
	}
	if got := app(); got != "first" {
		t.Errorf("got %q, want first", got)
	}
	events := stream(t, p)
	await(t, events, "flow")
	write("app.js", "second")
	await(t, events, "page")
	p.open(t, "/?phone="+p.boot.Phone)
	if got := app(); got != "second" {
		t.Errorf("after the change: got %q, want second", got)
	}
}
