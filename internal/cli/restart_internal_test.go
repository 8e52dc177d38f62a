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
	write := func(text string) {
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
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
			name, args := shell("echo begin >>'" + log + "'; trap 'echo end >>\"" + log + "\"; exit' TERM; while :; do sleep 0.05; done")
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
