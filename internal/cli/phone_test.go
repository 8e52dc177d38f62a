package cli_test

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/internal/server"
)

// playableJSON is the Flow JSON of hello.
const playableJSON = `{"version": "7.3", "data_api_version": "3.0", "routing_model": {"ASK": []}, "screens": [{"id": "ASK", "title": "Hello", "terminal": true,
  "layout": {"type": "SingleColumnLayout", "children": [{"type": "TextInput", "name": "name", "label": "Name", "required": true},
    {"type": "Footer", "label": "Go on", "on-click-action": {"name": "data_exchange", "payload": {"name": "${form.name}"}}}]}}]}`

func playable() exchange.Handler { return hello(exchange.WithFlow([]byte(playableJSON))) }

// startDevPhone starts dev with a flow that a phone can play, and returns the address of
// the page.
func startDevPhone(t *testing.T, h exchange.Handler, args ...string) (url, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "dev")
	p := newProgram()
	p.Flows = []server.Flow{{ID: "booking", Handler: h}}
	r := startProgram(t, p, append([]string{
		"dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--phone-listen", "127.0.0.1:0", "--dir", dir,
	}, args...)...)
	found := phoneURL.FindStringSubmatch(r.stdout.String())
	if found == nil {
		t.Fatalf("no address of the phone in\n%s", &r.stdout)
	}
	return found[1], dir
}

// phoneClient asks a page as its script does, and keeps every response.
type phoneClient struct {
	url         string
	boot        phoneui.Boot
	all         strings.Builder
	contentType string // application/json if empty
}

func (c *phoneClient) do(t *testing.T, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Phone-Token", c.boot.Token)
	r.Header.Set("Content-Type", cmp.Or(c.contentType, "application/json"))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	c.all.Write(text)
	for name, values := range resp.Header {
		c.all.WriteString(name + strings.Join(values, " "))
	}
	return string(text)
}

var (
	phoneURL = regexp.MustCompile(`phone  (http://\S+)/\n`)
	inlined  = regexp.MustCompile(`(?s)id="boot">(.*?)</script>`)
)

// load loads the page, again until the first screen shows: the page does not wait for a slow
// endpoint.
func (c *phoneClient) load(t *testing.T) {
	t.Helper()
	for path := "/"; ; path = "/?phone=" + c.boot.Phone {
		found := inlined.FindStringSubmatch(c.do(t, http.MethodGet, path, ""))
		if found == nil {
			t.Fatal("the page has no View in it")
		}
		c.boot = phoneui.Boot{}
		if err := json.Unmarshal([]byte(found[1]), &c.boot); err != nil {
			t.Fatal(err)
		}
		if !c.boot.View.Loading {
			return
		}
	}
}

// TestPhoneOfDev plays a screen against the real endpoint, and looks for secrets in
// everything that the page receives.
func TestPhoneOfDev(t *testing.T) {
	t.Parallel()
	url, dir := startDevPhone(t, playable())
	c := &phoneClient{url: url}
	c.load(t)
	if v := c.boot.View; v.Screen != "ASK" || len(c.boot.Exchanges) != 1 || c.boot.Exchanges[0].Status != http.StatusOK {
		t.Fatalf("got screen %q and exchanges %+v, want ASK after one", v.Screen, c.boot.Exchanges)
	}
	of, flow := "/api/phones/"+c.boot.Phone, "/api/flows/"+c.boot.Flow
	contains(t, "ping", c.do(t, http.MethodPost, flow+"/ping", "{}"), `"active":true`)
	contains(t, "status", c.do(t, http.MethodGet, flow+"/status", ""), `"verdict":"ok"`, `"signed":true`)
	contains(t, "again", c.do(t, http.MethodPost, of+"/exchanges/1/again", "{}"), `"status":200`)
	contains(t, "edited", c.do(t, http.MethodPost, of+"/exchanges/1/again", `{"clear":{"version":"3.0","action":"ping"}}`), `active`)
	c.do(t, http.MethodPost, of+"/weather", `{"faults":["other-rsa-key"]}`)
	c.do(t, http.MethodPost, of+"/open", "{}")
	c.do(t, http.MethodGet, of+"/exchanges", "")
	c.do(t, http.MethodGet, of+"/state", "")
	c.do(t, http.MethodGet, flow, "")
	for _, file := range []string{"app-secret", "private.pem", "public.pem"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); len(line) > 8 && strings.Contains(c.all.String(), line) {
				t.Errorf("a line of %s reaches the page", file)
			}
		}
	}
	if strings.Contains(c.all.String(), "made-up") {
		t.Error("the token of the provider reaches the page")
	}
}

// What users see follows what is registered at the provider.
func TestPhoneOfDevProviderSays(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]struct{ screen, failure, verdict string }{
		"valid":    {"ASK", "", "ok"},
		"down":     {"ASK", "", "unknown"},
		"foreign":  {"", "key", "foreign"},
		"missing":  {"", "status", "missing"},
		"mismatch": {"", "status", "unsigned"},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			url, _ := startDevPhone(t, playable(), "--provider-says", says)
			p := &phoneClient{url: url}
			p.load(t)
			failure := ""
			if f := p.boot.View.Failure; f != nil {
				failure = string(f.Kind)
			}
			if p.boot.View.Screen != c.screen || failure != c.failure {
				t.Errorf("got screen %q and failure %q, want %q and %q", p.boot.View.Screen, failure, c.screen, c.failure)
			}
			status := p.do(t, http.MethodGet, "/api/flows/"+p.boot.Flow+"/status", "")
			contains(t, "status", status, `"verdict":"`+c.verdict+`"`)
			if says == "foreign" || says == "missing" || says == "mismatch" {
				contains(t, "status", status, "flowserver keys register --number main")
			}
		})
	}
}

func TestPhoneUsage(t *testing.T) {
	t.Parallel()
	const flow = "../../cmd/flowserver/booking.json"
	for name, c := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"no Flow JSON":        {nil, 2, []string{"--flow-json"}},
		"no such file":        {[]string{"--flow-json", "none.json"}, 1, []string{"none.json"}},
		"every address":       {[]string{"--flow-json", flow, "--listen", "0.0.0.0:0"}, 2, []string{"not a loopback address", "--allow-host"}},
		"no port":             {[]string{"--flow-json", flow, "--listen", "127.0.0.1"}, 2, []string{"expected HOST:PORT"}},
		"no such screen":      {[]string{"--flow-json", flow, "--screen", "NONE"}, 2, []string{"has no screen NONE"}},
		"data for INIT":       {[]string{"--flow-json", flow, "--start", "data_exchange", "--data", "{}"}, 2, []string{"--start navigate"}},
		"data is a list":      {[]string{"--flow-json", flow, "--data", "[]"}, 2, []string{"JSON object"}},
		"no such ruleset":     {[]string{"--flow-json", flow, "--rules", "lax"}, 2, []string{"--rules"}},
		"no such locale":      {[]string{"--flow-json", flow, "--locale", "arabic"}, 2, []string{"--locale: expected a language"}},
		"no webhook":          {[]string{"--flow-json", flow, "--webhook", "localhost"}, 2, []string{"--webhook: it is not a URL", "https://"}},
		"a webhook by mail":   {[]string{"--flow-json", flow, "--webhook", "mailto://a@b"}, 2, []string{"--webhook"}},
		"a file to save in":   {[]string{"--flow-json", flow, "--save", flow}, 1, []string{"--save"}},
		"no page":             {[]string{"--flow-json", flow, "--web", "none"}, 2, []string{"--web", "index.html"}},
		"no key":              {[]string{"https://example.com/flow", "--flow-json", flow, "--dir", "none"}, 2, []string{"--public-key"}},
		"no scheme":           {[]string{"example.com/flow", "--flow-json", flow}, 2, []string{"https://example.com/flow"}},
		"the URL given twice": {[]string{"http://127.0.0.1:1", "--url", "http://127.0.0.1:2", "--flow-json", flow}, 2, []string{"the URL is given both"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, append([]string{"phone"}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), c.want...)
		})
	}
}

// dev writes no file if an option of the page is wrong.
func TestDevPageUsage(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"locale": {"--locale", "arabic"}, "webhook": {"--webhook", "localhost"}, "web": {"--web", "none"}} {
		dir := filepath.Join(t.TempDir(), "dev")
		p := newProgram()
		p.run(t, 2, append([]string{"dev", "--dir", dir}, args...)...)
		contains(t, "stderr", p.stderr.String(), "--"+name)
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: the folder of dev was made", name)
		}
	}
}

// A recording that the page saves plays.
func TestPhoneOfDevSaves(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "scenarios")
	url, _ := startDevPhone(t, playable(), "--save", folder)
	c := &phoneClient{url: url}
	c.load(t)
	c.do(t, http.MethodPost, "/api/phones/"+c.boot.Phone+"/events", `{"type":"input","field":"name","value":"Ada"}`)
	c.do(t, http.MethodPost, "/api/phones/"+c.boot.Phone+"/expect", "{}")
	var saved phoneui.Recorded
	if err := json.Unmarshal([]byte(c.do(t, http.MethodPost, "/api/phones/"+c.boot.Phone+"/save", "{}")), &saved); err != nil {
		t.Fatal(err)
	}
	p := newProgram()
	p.Flows = []server.Flow{{ID: "booking", Handler: playable()}}
	p.run(t, 0, "play", saved.File)
	contains(t, "stdout", p.stdout.String(), "ok booking.yaml", "1 scenario passed")
}

// pickerJSON is a Flow with a PhotoPicker.
const pickerJSON = `{"version": "7.3", "data_api_version": "3.0", "routing_model": {"ASK": []}, "screens": [{"id": "ASK", "title": "Hello", "terminal": true,
  "layout": {"type": "SingleColumnLayout", "children": [
    {"type": "PhotoPicker", "name": "photos", "label": "Photo", "min-uploaded-photos": 1, "max-uploaded-photos": 1},
    {"type": "Footer", "label": "Go on", "on-click-action": {"name": "data_exchange", "payload": {"photos": "${form.photos}"}}}]}}]}`

type pickerForm struct {
	Photos []media.Item `json:"photos" validate:"len=1,dive"`
}

// A file that is picked on the page arrives at a handler, whole.
func TestPhoneOfDevUploads(t *testing.T) {
	t.Parallel()
	downloader, err := media.NewDownloader(media.Config{})
	if err != nil {
		t.Fatal(err)
	}
	arrived := make(chan string, 1)
	ask := exchange.NewScreen[exchange.NoData, pickerForm]("ASK")
	registry := exchange.NewRegistry(exchange.WithFlow([]byte(pickerJSON)))
	exchange.HandleInit(registry, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return ask.Show(exchange.NoData{}), nil
	})
	exchange.Handle(registry, ask, func(ctx context.Context, req *exchange.Request[pickerForm]) (*exchange.Response, error) {
		var text strings.Builder
		if _, err := downloader.Download(ctx, req.Data.Photos[0], &text); err != nil {
			return nil, err
		}
		arrived <- text.String()
		return exchange.Complete(map[string]string{}), nil
	})
	url, _ := startDevPhone(t, registry)
	c := &phoneClient{url: url}
	c.load(t)
	of := "/api/phones/" + c.boot.Phone
	const photo = "\xff\xd8\xff\xe0 a photo"
	c.contentType = "application/octet-stream"
	c.do(t, http.MethodPost, of+"/files?field=photos&name=me.jpg", photo)
	c.contentType = ""
	c.do(t, http.MethodPost, of+"/events", `{"type":"tap","at":"`+c.boot.View.Footer.At+`"}`)
	select {
	case got := <-arrived:
		if got != photo {
			t.Errorf("got %q, want %q", got, photo)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("no file arrives: %s", c.do(t, http.MethodGet, of+"/exchanges", ""))
	}
}
