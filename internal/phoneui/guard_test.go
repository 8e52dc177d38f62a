package phoneui_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/phoneui"
)

// TestGuard sends what other sites, other names and other programs could send.
func TestGuard(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
	events := "/api/phones/" + p.boot.Phone + "/events"
	files := "/api/phones/" + p.boot.Phone + "/files"
	port := p.url[strings.LastIndex(p.url, ":"):]
	h := func(pairs ...string) map[string]string {
		headers := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			headers[pairs[i]] = pairs[i+1]
		}
		return headers
	}
	const focus = `{"type":"focus","field":"name"}`
	for name, c := range map[string]struct {
		method, path string
		headers      map[string]string
		want         int
	}{
		"the page":                           {"GET", "/", nil, 200},
		"the page as localhost":              {"GET", "/", h("Host", "localhost"+port), 200},
		"the page under another name":        {"GET", "/", h("Host", "evil.example"), 403},
		"another name with our port":         {"GET", "/", h("Host", "evil.example"+port), 403},
		"our name with another port":         {"GET", "/", h("Host", "127.0.0.1:1"), 403},
		"our name and more":                  {"GET", "/", h("Host", "127.0.0.1"+port+".evil.example"), 403},
		"a link on another site":             {"GET", "/", h("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), 200},
		"a frame of another site":            {"GET", "/", h("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"), 403},
		"an image of another site":           {"GET", "/", h("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"), 403},
		"the page for a script elsewhere":    {"GET", "/", h("Origin", "http://evil.example"), 403},
		"an image of a neighbouring port":    {"GET", "/", h("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"), 403},
		"data for another site":              {"GET", "/api/flows/ask", h("Sec-Fetch-Site", "cross-site"), 403},
		"data for a neighbouring port":       {"GET", "/api/flows/ask", h("Sec-Fetch-Site", "same-site"), 403},
		"data for us":                        {"GET", "/api/flows/ask", h("Sec-Fetch-Site", "same-origin"), 200},
		"an event":                           {"POST", events, nil, 200},
		"an event of our page":               {"POST", events, h("Sec-Fetch-Site", "same-origin", "Origin", p.url), 200},
		"an event without the token":         {"POST", events, h("X-Phone-Token", ""), 403},
		"an event with another token":        {"POST", events, h("X-Phone-Token", "0"+p.boot.Token[1:]), 403},
		"an event of another site":           {"POST", events, h("Sec-Fetch-Site", "cross-site"), 403},
		"an event of a neighbour":            {"POST", events, h("Sec-Fetch-Site", "same-site"), 403},
		"an event of another origin":         {"POST", events, h("Origin", "http://evil.example"), 403},
		"an event of an opaque origin":       {"POST", events, h("Origin", "null"), 403},
		"an event as a form":                 {"POST", events, h("Content-Type", "text/plain"), 403},
		"an event under another name":        {"POST", events, h("Host", "evil.example"), 403},
		"an event for a phone that is not":   {"POST", "/api/phones/none/events", nil, 404},
		"a file of the page":                 {"GET", "/assets/0/app.js", nil, 404},
		"a file outside the page":            {"GET", "/assets/0/../../server.go", nil, 404},
		"another method":                     {"DELETE", events, h("X-Phone-Token", p.boot.Token, "Content-Type", "application/json"), 405},
		"another method without a token":     {"DELETE", events, nil, 403},
		"an upload as JSON":                  {"POST", files + "?field=a", nil, 403},
		"an upload of another site":          {"POST", files, h("Content-Type", "application/octet-stream", "Sec-Fetch-Site", "cross-site"), 403},
		"a request to preflight":             {"OPTIONS", events, h("Origin", "http://evil.example"), 403},
		"status of a Flow that is not there": {"GET", "/api/flows/none/status", nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, header := p.do(t, c.method, c.path, focus, c.headers)
			if status != c.want {
				t.Errorf("got %d %s, want %d", status, body, c.want)
			}
			if got := header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("another origin may read it: %s", got)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := header.Get(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
			for want := range strings.SplitSeq("default-src 'none';script-src 'self';frame-ancestors 'none';require-trusted-types-for 'script'", ";") {
				if !strings.Contains(header.Get("Content-Security-Policy"), want) {
					t.Errorf("the policy lacks %s: %s", want, header.Get("Content-Security-Policy"))
				}
			}
		})
	}
}

func TestAllowHost(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{AllowHosts: []string{"Phone.Example"}})
	port := p.url[strings.LastIndex(p.url, ":"):]
	for host, want := range map[string]int{"phone.example": 200, "phone.example" + port: 200, "phone.example:9": 403, "evil.example": 403} {
		if status, _, _ := p.do(t, http.MethodGet, "/", "", map[string]string{"Host": host}); status != want {
			t.Errorf("%s: got %d, want %d", host, status, want)
		}
	}
	if status, _, _ := p.do(t, http.MethodPost, "/api/phones", `{"flow":"ask"}`, map[string]string{"Host": "phone.example", "X-Phone-Token": ""}); status != 403 {
		t.Errorf("an allowed host without the token: got %d, want 403", status)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:0": true, "localhost:0": true, "0.0.0.0:0": false, ":0": false, "[::]:0": false, "192.0.2.1:0": false, "example.com:0": false, "127.0.0.1": false,
	} {
		ui, err := phoneui.New(phoneui.Options{Flows: []phoneui.Flow{flow(t)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := ui.Listen(t.Context(), address); (err == nil) != want {
			t.Errorf("%s: got %v, want an error: %t", address, err, !want)
		}
		if err := ui.Close(); err != nil {
			t.Error(err)
		}
	}
}
