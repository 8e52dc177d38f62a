package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// replica is a process of this program.
type replica struct {
	t      *testing.T
	config string
	cmd    *exec.Cmd
	log    *processLog
	ended  chan struct{}
	err    error // after ended
}

// startReplica starts a process that serves a configuration with free ports. It ends
// with the test at the latest.
func startReplica(t *testing.T, config string) *replica {
	t.Helper()
	r := &replica{t: t, config: config, log: &processLog{}}
	r.restart()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // if it still runs
		<-r.ended
		if t.Failed() {
			t.Logf("log of a replica:\n%s", r.log)
		}
	})
	return r
}

func (r *replica) restart() {
	r.t.Helper()
	r.log.forget()
	r.cmd = exec.Command("flowserver", "serve", "--config", r.config) // TestMain put it on PATH
	r.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.t.TempDir()}
	r.cmd.Stderr = r.log
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.ended = make(chan struct{})
	go func() {
		r.err = r.cmd.Wait()
		close(r.ended)
	}()
}

// await waits until the replica is ready.
func (r *replica) await() {
	r.t.Helper()
	r.eventually("it serves", func() bool { return r.log.address("admin") != "" })
	r.eventually("it is ready", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })
}

func (r *replica) eventually(what string, done func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		select {
		case <-r.ended:
			r.t.Fatalf("it should come that %s, but the process ended: %v", what, r.err)
		default:
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("after a minute still not: %s", what)
		}
	}
}

// url is that of a listener, as the log tells it; once known, also while the
// process is away.
func (r *replica) url(listener string) string { return "http://" + r.log.address(listener) }

// get asks the admin listener.
func (r *replica) get(path string) (status int, body string) {
	r.t.Helper()
	resp, err := http.Get(r.url("admin") + path)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

// kill ends the process as the kernel does when there is no memory left.
func (r *replica) kill() {
	r.t.Helper()
	if err := r.cmd.Process.Kill(); err != nil {
		r.t.Fatal(err)
	}
	<-r.ended
}

// stop drains, which must end well.
func (r *replica) stop() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	<-r.ended
	if r.err != nil {
		r.t.Errorf("after SIGTERM: %v", r.err)
	}
}

// processLog is what a process wrote, and its addresses.
type processLog struct {
	mu        sync.Mutex
	text      bytes.Buffer
	since     int // where the latest process began
	addresses map[string]string
}

func (l *processLog) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(text)
	for line := range bytes.Lines(l.text.Bytes()[l.since:]) {
		var serving struct{ Msg, Listen, Admin string }
		if json.Unmarshal(line, &serving) == nil && serving.Msg == "serving" {
			l.addresses = map[string]string{"listen": serving.Listen, "admin": serving.Admin}
			l.since = l.text.Len()
		}
	}
	return len(text), nil
}

// forget is for a new process, which will have new addresses.
func (l *processLog) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = l.text.Len()
}

func (l *processLog) address(listener string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.addresses[listener]
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(l.text.String())
}
