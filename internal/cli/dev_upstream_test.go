package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/flowserver/flowserver/internal/cli"
)

// oneScreen is a Flow JSON with the screen DAY, which shows a title.
const oneScreen = `{"version": "7.1", "data_api_version": "3.0", "routing_model": {"DAY": []}, "screens": [{
	"id": "DAY", "terminal": true, "data": {"title": {"type": "string", "__example__": "Monday"}},
	"layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "On", "on-click-action": {"name": "data_exchange", "payload": {}}}]}}]}`

// backend is a server that answers a flow, with the secret that it verifies with.
type backend struct {
	url    string
	secret atomic.Pointer[string]
	answer string
}

func startBackend(t *testing.T, answer string) *backend {
	t.Helper()
	b := &backend{answer: answer}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	b.url = s.URL + "/flow"
	return b
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	secret := b.secret.Load()
	if secret == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	webhook, err := standardwebhooks.NewWebhook(*secret)
	if err != nil || webhook.Verify(body, r.Header) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = io.WriteString(w, b.answer)
}

// use gives the backend the secret that dev has made.
func (b *backend) use(t *testing.T, dir string) {
	t.Helper()
	secret := strings.TrimSpace(readFile(t, dir, "upstream-secret"))
	b.secret.Store(&secret)
}

// open is the command that opens a flow.
func open(r *running, dir, flow string) []string {
	command := r.call(dir, "init")
	command[1] = "http://" + r.public + "/flows/" + flow
	return command
}

func TestDevUpstream(t *testing.T) {
	t.Parallel()
	b := startBackend(t, `{"screen":"DAY","data":{"title":"Monday"}}`)
	file := writeFile(t, filepath.Join(t.TempDir(), "Booking-2.json"), oneScreen)
	r, dir := startDev(t, "--upstream", b.url, "--flow-json", file)
	secretFile := filepath.Join(dir, "upstream-secret")
	contains(t, "stdout", r.stdout.String(),
		"  endpoint    http://"+r.public+"/flows/booking-2\n",
		"  upstream    "+b.url+"\n",
		"\n  export FLOWSERVER_UPSTREAM_SECRET=\"$(cat "+cli.Quoted(secretFile)+")\"\n",
		" call init --dir "+cli.Quoted(dir)+"\n",
	)
	contains(t, "configuration", readFile(t, dir, "flowserver.yaml"), "guard: enforce", "secret_file: upstream-secret", "Booking-2.json")
	privateToOwner(t, dir)
	b.use(t, dir)
	p := newProgram()
	p.run(t, 0, open(r, dir, "booking-2")...)
	contains(t, "stdout", p.stdout.String(), "screen   DAY", `"title": "Monday"`)

	secret := strings.TrimSpace(readFile(t, secretFile))
	r.stop()
	again := start(t, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir, "--upstream", b.url, "--flow", "other")
	if got := strings.TrimSpace(readFile(t, secretFile)); got != secret || !strings.HasPrefix(got, "whsec_") {
		t.Error("the secret of the upstream has changed, or is not one of Standard Webhooks")
	}
	newProgram().run(t, 0, open(again, dir, "other")...)
	for _, out := range []string{r.stdout.String(), r.stderr.String(), again.stdout.String(), again.stderr.String()} {
		if strings.Contains(out, secret) {
			t.Errorf("the secret is in\n%s", out)
		}
	}
}

// With a Flow JSON, what does not fit it is refused, and the log says why.
func TestDevUpstreamGuard(t *testing.T) {
	t.Parallel()
	b := startBackend(t, `{"screen":"DAYS","data":{}}`)
	r, dir := startDev(t, "--upstream", b.url, "--flow-json", writeFile(t, filepath.Join(t.TempDir(), "flow.json"), oneScreen))
	b.use(t, dir)
	p := newProgram()
	p.run(t, 1, open(r, dir, "flow")...)
	contains(t, "stdout", p.stdout.String(), "status   500")
	r.awaitLog(t, "it does not fit the Flow JSON", `"to":"DAYS"`)
}

// A server that is started later is found.
func TestDevUpstreamLater(t *testing.T) {
	t.Parallel()
	b := startBackend(t, `{"screen":"DAY"}`)
	address := strings.TrimSuffix(strings.TrimPrefix(b.url, "http://"), "/flow")
	r, dir := startDev(t, "--upstream", "127.0.0.1:1/flow")
	contains(t, "stdout", r.stdout.String(), "  upstream    http://127.0.0.1:1/flow\n", "not reachable yet (")
	p := newProgram()
	p.run(t, 1, open(r, dir, "flow")...)
	contains(t, "stdout", p.stdout.String(), "status   502")
	r.stop()

	r = start(t, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir, "--upstream", address+"/flow")
	if strings.Contains(r.stdout.String(), "not reachable") {
		t.Errorf("got\n%s", &r.stdout)
	}
	newProgram().run(t, 1, open(r, dir, "flow")...) // 401: it has no secret yet
	b.use(t, dir)
	newProgram().run(t, 0, open(r, dir, "flow")...)
}

func TestDevUpstreamRefusals(t *testing.T) {
	t.Parallel()
	files := t.TempDir()
	noJSON, noFlow := writeFile(t, filepath.Join(files, "no.json"), "{\n  oops\n}"), writeFile(t, filepath.Join(files, "package.json"), `{"name": "x"}`)
	const upstream = "http://127.0.0.1:1/flow"
	for name, c := range map[string]struct {
		args   []string
		code   int
		stderr []string
	}{
		"no scheme":    {[]string{"--upstream", "example.com/flow"}, 2, []string{"--upstream is not a URL", "hint: write a complete URL"}},
		"empty":        {[]string{"--upstream", ""}, 2, []string{"--upstream is not a URL", "hint: write a complete URL"}},
		"other scheme": {[]string{"--upstream", "ftp://127.0.0.1/flow"}, 2, []string{"neither an http nor an https URL", "hint: "}},
		"no host":      {[]string{"--upstream", "http:///flow"}, 2, []string{"--upstream is not a URL"}},
		"bad port":     {[]string{"--upstream", "http://127.0.0.1:x/"}, 2, []string{"--upstream is not a URL"}},
		"password":     {[]string{"--upstream", "http://u:hidden@127.0.0.1/"}, 2, []string{"has a user or password in it", "hint: remove it"}},
		"fragment":     {[]string{"--upstream", "http://127.0.0.1/#a"}, 2, []string{"has a # part"}},
		"no file": {
			[]string{"--upstream", upstream, "--flow-json", filepath.Join(files, "none.json")},
			1,
			[]string{"--flow-json: open ", "hint: give the Flow JSON file"},
		},
		"no JSON": {
			[]string{"--upstream", upstream, "--flow-json", noJSON},
			1,
			[]string{"--flow-json: " + noJSON + ":2:3: ", "hint: give the Flow JSON file"},
		},
		"no Flow JSON":    {[]string{"--upstream", upstream, "--flow-json", noFlow}, 1, []string{"has no screens", "hint: give the Flow JSON file"}},
		"bad id":          {[]string{"--upstream", upstream, "--flow", "My Flow"}, 2, []string{"--flow is not an id: use a-z"}},
		"only Flow JSON":  {[]string{"--flow-json", noFlow}, 2, []string{"--flow-json needs --upstream", "hint: a compiled-in Flow has its own Flow JSON"}},
		"only the flow's": {[]string{"--flow", "booking"}, 2, []string{"--flow needs --upstream"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "dev")
			p := newProgram()
			p.run(t, c.code, append([]string{"dev", "--dir", dir}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), c.stderr...)
			if strings.Contains(p.stderr.String(), "hidden") {
				t.Errorf("the password is in %s", &p.stderr)
			}
			if matches, _ := filepath.Glob(dir); matches != nil {
				t.Error("files were made")
			}
		})
	}
}
