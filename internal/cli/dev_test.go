package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/cli"
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
	return startProgram(t, newProgram(), args...)
}

func startProgram(t *testing.T, p *program, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{program: p}
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
	return start(t, append([]string{"dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--phone-listen", "127.0.0.1:0", "--dir", dir}, args...)...), dir
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

// awaitLog waits until the log contains all texts: lines are written after the answer.
func (r *running) awaitLog(t *testing.T, want ...string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		log := r.stderr.String()
		missing := slices.DeleteFunc(slices.Clone(want), func(text string) bool { return strings.Contains(log, text) })
		if len(missing) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log lacks %q:\n%s", missing, log)
		}
	}
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
		"\n  endpoint    http://"+r.public+"/flows/booking\n",
		"  health      http://"+r.admin+"/healthz\n",
		"created just now (fingerprint ",
		"  provider    stand-in for ChakraHQ, says missing\n",
		" call init --dir "+cli.Quoted(dir)+"\n",
		" keys status --config "+cli.Quoted(filepath.Join(dir, "flowserver.yaml"))+"\n",
	)
	for _, unwanted := range []string{"\x1b", "upstream", "taken"} {
		if strings.Contains(r.stdout.String(), unwanted) {
			t.Errorf("got %q in\n%s", unwanted, &r.stdout)
		}
	}
	secret := strings.TrimSpace(readFile(t, dir, "app-secret"))
	if out := r.stdout.String() + r.stderr.String(); len(secret) != 32 || strings.Contains(out, secret) {
		t.Errorf("app secret of %d characters, want 32, none of them in\n%s", len(secret), out)
	}
	privateToOwner(t, dir)
	if got := readFile(t, dir, ".gitignore"); got != "*\n" {
		t.Errorf(".gitignore: got %q, want *", got)
	}
	contains(t, "configuration", readFile(t, dir, "flowserver.yaml"), `listen: "`+r.public+`"`, `admin: "`+r.admin+`"`)
}

// privateToOwner checks the modes of a folder of dev and of what is in it.
func privateToOwner(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 5 {
		t.Fatalf("got %d files (%v), want keys, secrets and a configuration", len(files), err)
	}
	modes := map[string]os.FileMode{".": 0o700}
	for _, f := range files {
		modes[f.Name()] = 0o600
	}
	for name, want := range modes {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", name, got, want)
		}
	}
}

// A folder of the usual name is made private, with files of its user kept; any other
// folder that was there may be a project and stays as it is.
func TestDevKeepsFolders(t *testing.T) {
	t.Parallel()
	usual := filepath.Join(t.TempDir(), ".flowserver")
	writeFile(t, filepath.Join(usual, ".gitignore"), "mine\n")
	if err := os.Chmod(usual, 0o755); err != nil {
		t.Fatal(err)
	}
	project := t.TempDir()
	if err := os.Chmod(project, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{usual, project} {
		start(t, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir).stop()
	}
	privateToOwner(t, usual)
	if got := readFile(t, usual, ".gitignore"); got != "mine\n" {
		t.Errorf(".gitignore: got %q, want it untouched", got)
	}
	if _, err := os.Stat(filepath.Join(project, ".gitignore")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the project got a .gitignore (%v)", err)
	}
	if info, err := os.Stat(project); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o755 {
		t.Errorf("the project has mode %v (%v), want 755", info.Mode(), err)
	}
}

// Without flags, a second server gets ports of its own, and the files say which.
func TestDevPortsTaken(t *testing.T) {
	t.Parallel()
	takePort(t, "127.0.0.1:8080")
	takePort(t, "127.0.0.1:9090")
	dir := filepath.Join(t.TempDir(), "second")
	r := start(t, "dev", "--dir", dir)
	if r.public == "127.0.0.1:8080" || r.admin == "127.0.0.1:9090" {
		t.Errorf("listening at %s and %s, which are taken", r.public, r.admin)
	}
	contains(t, "stdout", r.stdout.String(), "the usual ports are taken", "http://"+r.public+"/flows/booking", "http://"+r.admin+"/healthz")
	contains(t, "configuration", readFile(t, dir, "flowserver.yaml"), `listen: "`+r.public+`"`, `admin: "`+r.admin+`"`)
	newProgram().run(t, 0, r.call(dir, "ping")...)
}

// A flag chooses one port, so only the other one can be another than usual.
func TestDevPortTaken(t *testing.T) {
	t.Parallel()
	takePort(t, "127.0.0.1:9090")
	r := start(t, "dev", "--dir", filepath.Join(t.TempDir(), "second"), "--listen", "127.0.0.1:0")
	contains(t, "stdout", r.stdout.String(), "http://"+r.admin+"/healthz\n              the usual port is taken: this is the next free one\n")
}

// takePort sees to it that an address is taken until the end of the test. Another test that
// has it now would free it in the middle of this one; another program, which keeps it, does
// as well.
func takePort(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if l, err := net.Listen("tcp", address); err == nil {
			t.Cleanup(func() { _ = l.Close() })
			return
		}
	}
}

// dev says what to do where it may not write.
func TestDevReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Create(filepath.Join(dir, "probe")); err == nil {
		_ = f.Close()
		t.Skip("this user, or this system, may write to a folder without write permission")
	}
	p := newProgram()
	p.run(t, 1, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", filepath.Join(dir, ".flowserver"))
	contains(t, "stderr", p.stderr.String(), "permission denied\nhint: run dev in a folder that you can write to, or name one with --dir\n")
}

// The first command that dev prints has a handler.
func TestDevFirstCommand(t *testing.T) {
	t.Parallel()
	ask, form := exchange.NewScreen[exchange.NoData, nameForm]("ASK"), exchange.NewScreen[exchange.NoData, nameForm]("FORM")
	end := func(context.Context, *exchange.Request[nameForm]) (*exchange.Response, error) {
		return exchange.Close(), nil
	}
	navigated, triggered, onlyBack := exchange.NewRegistry(), exchange.NewRegistry(), exchange.NewRegistry()
	exchange.Handle(navigated, form, end)
	exchange.Handle(navigated, ask, end)
	exchange.Handle(triggered, exchange.Trigger[nameForm](ask, "trigger", "day chosen"), end)
	exchange.HandleBack(onlyBack, ask, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.Close(), nil
	})
	untyped := exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) { return exchange.Close(), nil })
	const note = "  # no INIT handler: open this Flow with flow_action navigate\n"
	for name, c := range map[string]struct {
		flows []server.Flow
		want  []string
	}{
		"INIT":      {[]server.Flow{{ID: "a", Handler: hello()}}, []string{" call init --dir "}},
		"no routes": {[]server.Flow{{ID: "a", Handler: exchange.Unrouted(untyped)}}, []string{" call init --dir "}},
		"submit":    {[]server.Flow{{ID: "a", Handler: navigated}}, []string{note, " call submit ASK name=... --dir "}},
		"trigger":   {[]server.Flow{{ID: "a", Handler: triggered}}, []string{note, " call submit ASK 'trigger=day chosen' name=... --dir "}},
		"back":      {[]server.Flow{{ID: "a", Handler: onlyBack}}, []string{note, " call back ASK --dir "}},
		"nothing":   {[]server.Flow{{ID: "a", Handler: exchange.NewRegistry()}}, []string{" call ping --dir "}},
		"several": {
			[]server.Flow{{ID: "a", Handler: hello()}, {ID: "b", Handler: navigated}},
			[]string{" call init --flow a --dir ", note, " call submit ASK name=... --flow b --dir "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.Flows = c.flows
			r := startProgram(t, p, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", filepath.Join(t.TempDir(), "dev"))
			contains(t, "stdout", r.stdout.String(), c.want...)
			if got := strings.Contains(r.stdout.String(), "navigate"); got != strings.Contains(strings.Join(c.want, ""), "navigate") {
				t.Errorf("got\n%s", &r.stdout)
			}
		})
	}
}

// What failed is said to the caller on this machine.
func TestDevReason(t *testing.T) {
	t.Parallel()
	r, _ := startDev(t)
	if got := reasonOf(t, r); !strings.HasPrefix(got, "request%20signature%20does%20not%20verify") {
		t.Errorf("got reason %q", got)
	}
}

// reasonOf returns the header with the reason why a server refuses a request without
// a signature.
func reasonOf(t *testing.T, r *running) string {
	t.Helper()
	resp, err := http.Post("http://"+r.public+"/flows/booking", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != exchange.StatusBadSignature {
		t.Errorf("got status %d, want %d", resp.StatusCode, exchange.StatusBadSignature)
	}
	return resp.Header.Get("Flowserver-Reason")
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
	r.awaitLog(t, `"msg":"keys reloaded"`)
}

// hangUp sends SIGHUP to this process, of which r and other tests take notice.
func (r *running) hangUp(t *testing.T) {
	t.Helper()
	r.get(t, "/livez") // it serves, so it has asked for the signal
	if runtime.GOOS == "windows" {
		t.Skip("windows has no SIGHUP")
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// Key pair and app secret stay; the rest is written anew.
func TestDevTwice(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t)
	key, secret := readFile(t, dir, "private.pem"), readFile(t, dir, "app-secret")
	r.stop()
	contains(t, "stderr", r.stderr.String(), `"msg":"stopped"`)
	again := start(t, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir)
	contains(t, "stdout", again.stdout.String(), "created earlier")
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
		"spoiled key":  {[]string{"--dir", spoiled}, 1, []string{"private.pem: private key not usable", "hint: repair the file"}},
		"no directory": {[]string{"--dir", filepath.Join(file, "dev")}, 1, []string{"not a directory"}},
		"port taken": {
			[]string{"--dir", t.TempDir(), "--listen", taken.public, "--admin", "127.0.0.1:0"},
			1,
			[]string{"--listen: listen tcp " + taken.public, "hint: choose other addresses with --listen and --admin"},
		},
		"admin taken": {
			[]string{"--dir", t.TempDir(), "--admin", taken.admin},
			1,
			[]string{"--admin: listen tcp " + taken.admin, "hint: choose other addresses with --listen and --admin"},
		},
		"no port": {
			[]string{"--dir", t.TempDir(), "--listen", "127.0.0.1:99999"},
			1,
			[]string{"--listen: listen tcp: address 99999: invalid port", "hint: choose other addresses"},
		},
		"no address":    {[]string{"--dir", t.TempDir(), "--listen", "here"}, 2, []string{"--listen: expected HOST:PORT, for example 127.0.0.1:8080"}},
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
		contains(t, "stderr", p.stderr.String(), "no Flow is compiled in")
	})
}
