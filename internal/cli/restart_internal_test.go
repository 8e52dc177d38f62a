package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowserver/flowserver/internal/phoneui"
)

// TestRestarter changes a file, breaks the build, and repairs it.
func TestRestarter(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir := t.TempDir()
	source, log := filepath.Join(dir, "main.js"), filepath.Join(dir, "log")
	write := func(text string) { replaceFile(t, source, text) }
	write("1")
	var broken atomic.Bool
	reports := make(chan phoneui.Handler, 20)
	r := restarter{
		dir: dir, watched: anyGlob([]string{"*.js"}),
		build: func(context.Context) error {
			if broken.Load() {
				return errors.New("main.js:1: broken")
			}
			return nil
		},
		command: func() *exec.Cmd {
			name, args := shell("trap 'echo end >>\"" + log + "\"; exit' TERM; echo begin >>'" + log + "'; while :; do sleep 0.05; done")
			return exec.Command(name, args...)
		},
		ready: func(context.Context) bool {
			text, _ := os.ReadFile(log) // absent at first
			return strings.HasSuffix(string(text), "begin\n")
		},
		report: func(h phoneui.Handler) { reports <- h },
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.run(ctx)
	}()
	expect := func(states ...phoneui.HandlerState) {
		t.Helper()
		for _, want := range states {
			select {
			case got := <-reports:
				if got.State != want || want == phoneui.HandlerFailed && got.Text != "main.js:1: broken" {
					t.Fatalf("got %+v, want %s", got, want)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("no report, want %s", want)
			}
		}
	}
	expect(phoneui.HandlerStarting, phoneui.HandlerReady)
	broken.Store(true)
	write("22")
	expect(phoneui.HandlerStarting, phoneui.HandlerFailed)
	broken.Store(false)
	write("333")
	expect(phoneui.HandlerStarting, phoneui.HandlerReady)
	cancel()
	<-ended
	text, err := os.ReadFile(log)
	if err != nil || string(text) != "begin\nend\nbegin\nend\n" {
		t.Errorf("got %q and %v, want that the program ran twice, the second time after the build was repaired", text, err)
	}
}

// TestRestarterProgramEnds lets a program end before it answers, and while it runs.
func TestRestarterProgramEnds(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "main.sh")
	write := func(text string) { replaceFile(t, source, text) }
	var answers atomic.Bool
	reports := make(chan phoneui.Handler, 20)
	r := restarter{
		dir: dir, watched: anyGlob([]string{"*.sh"}),
		command: func() *exec.Cmd { return exec.Command("/bin/sh", source) },
		ready:   func(context.Context) bool { return answers.Load() },
		report:  func(h phoneui.Handler) { reports <- h },
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	write("exit 3")
	go func() {
		defer close(ended)
		r.run(ctx)
	}()
	expect := func(state phoneui.HandlerState, text string) {
		t.Helper()
		select {
		case got := <-reports:
			if got.State != state || !strings.Contains(got.Text, text) {
				t.Fatalf("got %+v, want %s with %q", got, state, text)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no report, want %s", state)
		}
	}
	expect(phoneui.HandlerStarting, "")
	expect(phoneui.HandlerFailed, "exit status 3")
	write("exec sleep 60 # never answers")
	expect(phoneui.HandlerStarting, "")
	write("while ! test -e '" + dir + "/end'; do sleep 0.05; done; exit 4")
	expect(phoneui.HandlerStarting, "") // it does not wait for a program whose files have changed
	answers.Store(true)
	expect(phoneui.HandlerReady, "is back")
	if err := os.WriteFile(filepath.Join(dir, "end"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect(phoneui.HandlerFailed, "exit status 4")
	cancel()
	<-ended
}

// TestRestarterSettles changes a file while it is looked at, as an editor does that
// empties a file and writes it in parts.
func TestRestarterSettles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.js")
	replaceFile(t, source, "")
	parts, looks := "exit", 0
	r := restarter{dir: dir, watched: func(string) bool {
		if looks++; looks <= len(parts) {
			replaceFile(t, source, parts[:looks])
		}
		return true
	}}
	before := r.fingerprint()
	if now := r.settled(t.Context(), before); now == before || now != r.fingerprint() {
		t.Error("got the files as they were while they were written, want the whole file")
	}
	if looks < len(parts)+1 {
		t.Errorf("got %d looks, want one after the last change", looks)
	}
	looks = -1000 // the file changes at each look from here on
	r.watched = func(string) bool {
		looks++
		replaceFile(t, source, strings.Repeat("x", 2000+looks))
		return true
	}
	r.settled(t.Context(), r.fingerprint()) // ends
}

// replaceFile writes a file at once: a reader sees the old text or the new one.
func replaceFile(t *testing.T, name, text string) {
	t.Helper()
	part := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(part, name); err != nil {
		t.Fatal(err)
	}
}

func TestAnyGlob(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"main.js": true, "lib/main.js": true, "main.py": false, "views/a.html": true, "b.html": false, "main.js.map": false,
	} {
		if got := anyGlob([]string{"*.js", "views/*.html"})(filepath.FromSlash(path)); got != want {
			t.Errorf("%s: got %t, want %t", path, got, want)
		}
	}
}
