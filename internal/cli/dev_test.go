package cli_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flowserver/flowserver/internal/server"
)

// running is a "flowserver dev" or "flowserver serve" of a test.
type running struct {
	*program
	public, admin string // addresses
	stop          func()
}

var listening = regexp.MustCompile(`"?msg"?[=:]"?serving"?[ ,]"?listen"?[=:]"?([0-9.:]+)"?[ ,]"?admin"?[=:]"?([0-9.:]+)`)

// start runs a server and waits until it serves. It stops at the end of the test.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{program: newProgram()}
	code := make(chan int, 1)
	go func() { code <- r.Run(ctx, args) }()
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("got exit code %d, want 0, and\n%s", got, &r.stderr)
		}
	}
	t.Cleanup(r.stop)
	for {
		if found := listening.FindStringSubmatch(r.stderr.String()); found != nil {
			r.public, r.admin = found[1], found[2]
			break
		}
		select {
		case got := <-code:
			stopped = true
			t.Fatalf("%s ended with exit code %d and\n%s", strings.Join(args, " "), got, &r.stderr)
		case <-time.After(time.Millisecond):
		}
	}
	return r
}

func startDev(t *testing.T, args ...string) (r *running, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "dev")
	return start(t, append([]string{"dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir}, args...)...), dir
}

// get asks the admin listener.
func (r *running) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	resp, err := http.Get("http://" + r.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// await waits until health is as wanted.
func (r *running) await(t *testing.T, wanted func(server.Health) bool) {
	t.Helper()
	for {
		_, body := r.get(t, "/healthz")
		var health server.Health
		if err := json.Unmarshal([]byte(body), &health); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if wanted(health) {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatalf("health has become\n%s", body)
		}
	}
}

func (r *running) awaitVerdict(t *testing.T, verdict string) {
	t.Helper()
	r.await(t, func(h server.Health) bool { return h.Numbers[0].Verdict == verdict })
}

// Whatever the provider says shows in readiness and health, and keeps no request
// from being served.
func TestDevProviderSays(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]struct {
		verdict, status string
		ready           int
		keysStatus      int // exit code
	}{
		"":         {"ok", "ok", 200, 0},
		"valid":    {"ok", "ok", 200, 0},
		"Mismatch": {"unsigned", "failing", 503, 3},
		"foreign":  {"foreign", "failing", 503, 3},
		"missing":  {"missing", "failing", 503, 3},
		"DOWN":     {"unknown", "degraded", 200, 4},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			var args []string
			if says != "" {
				args = []string{"--provider-says", says}
			}
			r, dir := startDev(t, args...)
			r.await(t, func(h server.Health) bool {
				n := h.Numbers[0]
				return n.Verdict == c.verdict && h.Status == c.status && (n.Error != "") == (c.verdict == "unknown")
			})
			status, body := r.get(t, "/readyz")
			if status != c.ready {
				t.Errorf("readyz: got %d %s, want %d", status, body, c.ready)
			}
			if c.ready != 200 {
				contains(t, "readyz", body, c.verdict, "flowserver keys register --number main")
			}
			p := newProgram()
			p.run(t, 0, r.call(dir, "init")...)
			contains(t, "stdout", p.stdout.String(), "status   200", "screen   ASK")

			p = newProgram()
			p.run(t, c.keysStatus, "keys", "status", "--config", filepath.Join(dir, "flowserver.yaml"))
			contains(t, "stdout", p.stdout.String(), "verdict       "+c.verdict+"\n")
		})
	}
}

// call is a command that plays WhatsApp towards the server of a dev directory.
func (r *running) call(dir, action string, args ...string) []string {
	return append([]string{
		"call", "http://" + r.public + "/flows/booking", action,
		"--public-key", filepath.Join(dir, "public.pem"), "--app-secret-file", filepath.Join(dir, "app-secret"),
	}, args...)
}

func TestDevGreeting(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t, "--provider-says", "missing")
	contains(t, "stdout", r.stdout.String(),
		"  endpoint    http://"+r.public+"/flows/booking\n",
		"  readiness   http://"+r.admin+"/readyz\n",
		"  health      http://"+r.admin+"/healthz\n",
		"(made just now, fingerprint ",
		"  provider    stand-in for ChakraHQ at http://127.0.0.1:", ", says missing\n",
		" call http://"+r.public+"/flows/booking init --public-key "+dir+"/public.pem --app-secret-file "+dir+"/app-secret --token demo-1\n",
		" keys status --config "+dir+"/flowserver.yaml\n",
	)
	secret := strings.TrimSpace(readFile(t, dir, "app-secret"))
	if out := r.stdout.String() + r.stderr.String(); len(secret) != 32 || strings.Contains(out, secret) {
		t.Errorf("app secret of %d characters, want 32, none of them in\n%s", len(secret), out)
	}
	for _, name := range []string{"private.pem", "app-secret", "flowserver.yaml"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: got mode %o, want 600", name, got)
		}
	}
}

// What the greeting suggests: register the key, and see it become ready.
func TestDevRegister(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t, "--provider-says", "missing")
	r.awaitVerdict(t, "missing")
	p := newProgram()
	p.run(t, 0, "keys", "register", "--number", "main", "--config", filepath.Join(dir, "flowserver.yaml"))
	r.hangUp(t) // or wait for the next refresh
	r.awaitVerdict(t, "ok")
	if status, body := r.get(t, "/readyz"); status != 200 {
		t.Errorf("readyz: got %d %s, want 200", status, body)
	}
	contains(t, "stderr", r.stderr.String(), `msg="keys reloaded"`)
}

// hangUp sends SIGHUP to this process, of which r and other tests take notice.
func (r *running) hangUp(t *testing.T) {
	t.Helper()
	r.get(t, "/livez") // it serves, so it has asked for the signal
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// Key pair and app secret stay; the rest is written anew.
func TestDevTwice(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t)
	key, secret := readFile(t, dir, "private.pem"), readFile(t, dir, "app-secret")
	r.stop()
	contains(t, "stderr", r.stderr.String(), "msg=stopped")
	again := start(t, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir)
	contains(t, "stdout", again.stdout.String(), "made earlier")
	if readFile(t, dir, "private.pem") != key || readFile(t, dir, "app-secret") != secret {
		t.Error("key or app secret changed")
	}
}

func TestDevRefusals(t *testing.T) {
	t.Parallel()
	taken, _ := startDev(t)
	spoiled := t.TempDir()
	writeFile(t, filepath.Join(spoiled, "private.pem"), "no key")
	file := writeFile(t, filepath.Join(t.TempDir(), "file"), "")
	for name, c := range map[string]struct {
		args   []string
		code   int
		stderr []string
	}{
		"spoiled key":   {[]string{"--dir", spoiled}, 1, []string{"private.pem: private key not usable", "hint: remove " + spoiled}},
		"no directory":  {[]string{"--dir", filepath.Join(file, "dev")}, 1, []string{"not a directory"}},
		"port taken":    {[]string{"--dir", t.TempDir(), "--listen", taken.public, "--admin", "127.0.0.1:0"}, 1, []string{"address already in use", "hint: another program has the port"}},
		"no address":    {[]string{"--dir", t.TempDir(), "--listen", "here"}, 1, []string{"listen: is not an address"}},
		"other opinion": {[]string{"--dir", t.TempDir(), "--provider-says", "maybe"}, 2, []string{`--provider-says must be one of "VALID","MISMATCH","foreign","missing","down" but got "maybe"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, append([]string{"dev"}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), c.stderr...)
		})
	}
	t.Run("no flow", func(t *testing.T) {
		t.Parallel()
		p := newProgram()
		p.Flows = nil
		p.run(t, 1, "dev", "--dir", t.TempDir())
		contains(t, "stderr", p.stderr.String(), "no flow is compiled in")
	})
}
