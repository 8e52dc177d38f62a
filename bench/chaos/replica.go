package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const readyWithin = 20 * time.Second

// replica is a process of the program.
type replica struct {
	lab    *Lab
	config string
	env    []string

	cmd   *exec.Cmd
	ended chan struct{}
	err   error // after ended

	mu            sync.Mutex
	lines         []string
	listen, admin string
	pause         chan struct{} // while it is open, nothing reads the log
}

// start starts a replica and waits until it is ready.
func (l *Lab) start(config string, env ...string) (*replica, error) {
	r := &replica{lab: l, config: config, env: env}
	if err := r.launch(); err != nil {
		return nil, err
	}
	l.onReset(r.kill)
	if err := r.awaitReady(); err != nil {
		return nil, err
	}
	return r, nil
}

// replicas starts n replicas of a configuration.
func (l *Lab) replicas(n int, config string) ([]*replica, error) {
	var all []*replica
	for range n {
		r, err := l.start(config)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (r *replica) launch() error {
	r.mu.Lock()
	r.listen, r.admin = "", ""
	r.mu.Unlock()
	r.cmd = exec.Command(r.lab.binary, "serve", "--config", r.config)
	r.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.lab.dir}, r.env...)
	log, err := r.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := r.cmd.Start(); err != nil {
		return err
	}
	r.ended = make(chan struct{})
	ended := r.ended
	go func() {
		r.read(log)
		err := r.cmd.Wait()
		r.mu.Lock()
		r.err = err
		r.mu.Unlock()
		close(ended)
	}()
	return nil
}

// read keeps the log and finds the addresses in it.
func (r *replica) read(log io.Reader) {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		r.mu.Lock()
		if len(r.lines) < 100_000 { // an attack on the log must not fill our memory
			r.lines = append(r.lines, lines.Text())
		}
		var serving struct{ Msg, Listen, Admin string }
		if json.Unmarshal(lines.Bytes(), &serving) == nil && serving.Msg == "serving" {
			r.listen, r.admin = serving.Listen, serving.Admin
		}
		pause := r.pause
		r.mu.Unlock()
		if pause != nil {
			<-pause
		}
	}
	_, _ = io.Copy(io.Discard, log) // a line over the limit: the process must not block on it
}

// stopReading has nothing read the log until the returned function is called.
func (r *replica) stopReading() (resume func()) {
	pause := make(chan struct{})
	r.mu.Lock()
	r.pause = pause
	r.mu.Unlock()
	return sync.OnceFunc(func() {
		r.mu.Lock()
		r.pause = nil
		r.mu.Unlock()
		close(pause)
	})
}

func (r *replica) awaitReady() error {
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-r.ended:
			return fmt.Errorf("the replica ended: %w: %s", r.err, r.tail())
		default:
		}
		if status, _ := r.get("/readyz"); status == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("not ready after %s: %s", readyWithin, r.tail())
}

func (r *replica) address() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listen
}

func (r *replica) url(flow string) string { return "http://" + r.address() + "/flows/" + flow }

var adminClient = &http.Client{Timeout: 5 * time.Second}

// get asks the admin listener; status 0 if it does not answer.
func (r *replica) get(path string) (status int, body string) {
	r.mu.Lock()
	admin := r.admin
	r.mu.Unlock()
	if admin == "" {
		return 0, ""
	}
	resp, err := adminClient.Get("http://" + admin + path)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(text)
}

// metric adds up all samples of a metric.
func (r *replica) metric(name string) (sum float64) {
	_, text := r.get("/metrics")
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, name)
		if !ok || rest == "" || rest[0] != '{' && rest[0] != ' ' {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(rest[strings.LastIndexByte(rest, ' ')+1:]), 64)
		if err == nil {
			sum += value
		}
	}
	return sum
}

// logged counts the lines of the log that contain text.
func (r *replica) logged(text string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// eventually reports whether done comes true within the time.
func eventually(within time.Duration, done func() bool) bool {
	for deadline := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		if done() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

func (r *replica) tail() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines[max(0, len(r.lines)-5):], "\n")
}

func (r *replica) signal(s syscall.Signal) error { return r.cmd.Process.Signal(s) }

// kill ends the process at once.
func (r *replica) kill() {
	_ = r.cmd.Process.Kill() // it may have ended
	r.mu.Lock()
	pause := r.pause
	r.pause = nil
	r.mu.Unlock()
	if pause != nil {
		close(pause)
	}
	<-r.ended
}

// terminate drains the replica and reports how long that took.
func (r *replica) terminate(ctx context.Context) (time.Duration, error) {
	started := time.Now()
	if err := r.signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-r.ended:
		return time.Since(started), nil
	case <-ctx.Done():
		return 0, errors.New("it did not end after SIGTERM")
	}
}

// peakMiB returns the most memory that the process has had at any time.
func (r *replica) peakMiB() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return kib / 1024, err
		}
	}
	return 0, errors.New("no VmHWM")
}

func (r *replica) alive() bool {
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}
