package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/keystore"
)

// The rotation of docs/keys.md: neither the old nor the new key ever fails before
// the old one is dropped, and the server stays ready.
func TestRotation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	active, previous := filepath.Join(dir, "keys", "active.pem"), filepath.Join(dir, "keys", "previous.pem")
	replace := func(path, text string) { // as mv does
		if err := os.Rename(writeFile(t, path+".new", text), path); err != nil {
			t.Fatal(err)
		}
	}
	old := newKey(t, dir)
	replace(active, old)
	replace(previous, old)
	n := number{dialect: standin.Chakra}
	serveProvider(t, &n, publicOf(t, old), "VALID")
	writeFile(t, filepath.Join(dir, "app-secret"), "not-so-secret\n")
	config := writeFile(t, filepath.Join(dir, "flowserver.yaml"), `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers:
  - id: main
    private_keys:
      - file: keys/active.pem
      - file: keys/previous.pem
    provider: {name: chakra, base_url: "`+n.url+`", phone_number_id: "`+account["phone_number_id"]+`", access_token: "`+account["access_token"]+`"}
flows:
  - id: booking
    app_secrets_file: app-secret
`)
	r := start(t, "serve", "--config", config)
	ping := func(name, private string, want int) {
		t.Helper()
		public := writeFile(t, filepath.Join(dir, name+".pem"), publicOf(t, private))
		newProgram().run(t, want, "call", "http://"+r.public+"/flows/booking", "ping", "--public-key", public, "--app-secret-file", filepath.Join(dir, "app-secret"))
	}
	r.awaitVerdict(t, "ok")
	ping("old", old, 0)

	next := newKey(t, dir)
	ping("next", next, 1)
	replace(previous, old)
	replace(active, next)
	r.await(t, func(h server.Health) bool {
		return h.Numbers[0].Verdict == "previous" && h.Numbers[0].Fingerprint == fingerprint(t, publicOf(t, next))
	})
	ping("old", old, 0)
	ping("next", next, 0)
	if status, body := r.get(t, "/readyz"); status != 200 {
		t.Errorf("readyz: got %d %s, want 200", status, body)
	}

	p := newProgram()
	p.run(t, 0, "keys", "register", "--number", "main", "--config", config)
	contains(t, "stdout", p.stdout.String(), "verdict       ok\n", "previous key  "+fingerprint(t, publicOf(t, old)))
	ping("old", old, 0)
	ping("next", next, 0)

	replace(previous, next)
	dropped := regexp.MustCompile(`"fingerprint":"` + fingerprint(t, publicOf(t, next)) + `"[^\n]*"keys":1\b`)
	for deadline := time.Now().Add(time.Minute); !dropped.MatchString(r.stderr.String()); {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute the old key is not dropped:\n%s", r.stderr.String())
		}
		r.get(t, "/livez") // meanwhile it serves on
	}
	ping("old", old, 1)
	ping("next", next, 0)
	r.stop()
	noSecrets(t, r.stdout.String(), r.stderr.String())
}

// Without a configuration file the flow is by default the only one that is compiled in,
// demos aside.
func TestServeDefaultFlow(t *testing.T) {
	t.Parallel()
	flows := func(ids ...string) (flows []server.Flow) {
		for _, id := range ids {
			name, demo := strings.CutPrefix(id, "demo ")
			flows = append(flows, server.Flow{ID: name, Handler: hello(), DevOnly: demo})
		}
		return flows
	}
	const url = "http://127.0.0.1:1/"
	for _, c := range []struct {
		flows    []server.Flow
		set, url string
		code     int
		in       string
	}{
		{flows("diary"), "", "", 0, `"flow":"diary"`},
		{flows("demo booking", "diary"), "", "", 0, `"flow":"diary"`},
		{flows("diary", "survey"), "survey", "", 0, `"flow":"survey"`},
		{flows("diary"), "other", url, 0, `"flow":"other"`},
		{flows("demo booking"), "", url, 0, `"flow":"booking"`},
		{flows("demo booking"), "", "", 1, "set upstream.url (FLOWSERVER_UPSTREAM_URL)"},
		{flows("diary", "survey"), "", "", 1, "there is diary, survey: set upstream.url (FLOWSERVER_UPSTREAM_URL)"},
		{nil, "", "", 1, "there is none: set upstream.url"},
	} {
		p := newProgram("FLOWSERVER_PRIVATE_KEY_FILE", keysDir+"a.pkcs8.pem", "FLOWSERVER_APP_SECRET", "not-so-secret",
			"FLOWSERVER_FLOW", c.set, "FLOWSERVER_UPSTREAM_URL", c.url)
		p.Flows = c.flows
		p.run(t, c.code, "serve", "--check")
		contains(t, "stderr", p.stderr.String(), c.in)
	}
}

// newKey is a private key as keys generate writes it.
func newKey(t *testing.T, dir string) string {
	t.Helper()
	out := filepath.Join(dir, "next.pem")
	newProgram().run(t, 0, "keys", "generate", "--out", out)
	defer func() { _ = os.Remove(out) }()
	return readFile(t, out)
}

// publicOf is the public half of a private key.
func publicOf(t *testing.T, private string) string {
	t.Helper()
	pair, err := keystore.ParsePrivate([]byte(private), nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(pair.PublicPEM())
}

func TestServePrintConfig(t *testing.T) {
	t.Parallel()
	p := newProgram()
	p.run(t, 0, "serve", "--print-config")
	contains(t, "stdout", p.stdout.String(), "FLOWSERVER_PRIVATE_KEY_FILE")

	n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem"}, url: "http://127.0.0.1:1"}
	p = newProgram()
	p.run(t, 0, "serve", "--print-config", "--config", writeConfig(t, "", n))
	contains(t, "stdout", p.stdout.String(), `access_token: "[redacted]"`, "phone_number_id: \""+account["phone_number_id"]+"\"")
	noSecrets(t, p.stdout.String())
}

// SIGHUP takes a changed configuration over, and refuses a broken one.
func TestServeReloads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := writeFile(t, filepath.Join(dir, "key.pem"), newKey(t, dir))
	public := writeFile(t, filepath.Join(dir, "public.pem"), publicOf(t, readFile(t, key)))
	path := filepath.Join(dir, "flowserver.yaml")
	configure := func(secrets string) {
		writeFile(t, path, `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers: [{id: main, private_keys: [{file: key.pem}]}]
flows: [{id: booking, app_secrets: `+secrets+`}]
`)
	}
	configure("[old-secret]")
	r := start(t, "serve", "--config", path)
	ping := func(secret string, want int) {
		t.Helper()
		file := writeFile(t, filepath.Join(dir, "secret"), secret)
		newProgram().run(t, want, "call", "http://"+r.public+"/flows/booking", "ping", "--public-key", public, "--app-secret-file", file)
	}
	told := func(what string) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); !strings.Contains(r.stderr.String(), what); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("after a minute the log lacks %q:\n%s", what, r.stderr.String())
			}
		}
	}
	if got := reasonOf(t, r); got != "" {
		t.Errorf("serve said %q to a caller, want the reason in the log alone", got)
	}
	ping("new-secret", 1)
	configure("[new-secret]")
	r.hangUp(t)
	told("configuration reloaded")
	ping("new-secret", 0)
	ping("old-secret", 1)
	configure("[old-secret], timeout: never")
	r.hangUp(t)
	told("flows[0].timeout")
	ping("new-secret", 0)
}

// A port that is taken has a remedy.
func TestServePortTaken(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t)
	for flag, text := range map[string]string{"listen": r.public, "admin": r.admin} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			other := map[string]string{"listen": "admin", "admin": "listen"}[flag]
			path := writeFile(t, filepath.Join(t.TempDir(), "flowserver.yaml"), flag+": "+text+"\n"+other+": 127.0.0.1:0\n"+
				"numbers: [{id: main, private_keys: [{file: "+filepath.Join(dir, "private.pem")+"}]}]\nflows: [{id: booking, app_secrets: [secret]}]\n")
			p := newProgram()
			p.run(t, 1, "serve", "--config", path)
			contains(t, "stderr", p.stderr.String(), "error: "+flag+": listen tcp "+text, "hint: choose other addresses with listen and admin in the configuration")
		})
	}
}
