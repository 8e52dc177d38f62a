package cli

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/phoneui"
)

// Times of a restarter.
const (
	restartPoll  = 500 * time.Millisecond // between two looks at the files
	stopPatience = 5 * time.Second        // between asking a program to end and killing it
	readyEvery   = 100 * time.Millisecond
	readyLimit   = 30 * time.Second
)

// restarter keeps a program running, and starts it anew when files change. It reports to
// the phone's page what it does.
type restarter struct {
	dir     string                 // the folder of the files
	watched func(path string) bool // reports whether a change of a file counts
	// build makes the program anew; its error is shown. Nil: there is nothing to build.
	build func(ctx context.Context) error
	// command returns the program, not started.
	command func() *exec.Cmd
	// ready reports whether the program answers.
	ready  func(ctx context.Context) bool
	report func(phoneui.Handler)
	// begun is called when the program answers for the first time.
	begun func()
}

// run keeps the program running until ctx ends. A program that ends by itself is started
// again at the next change.
func (r *restarter) run(ctx context.Context) {
	var stop func()
	begin := func() {
		began := time.Now()
		r.report(phoneui.Handler{State: phoneui.HandlerStarting, Text: "The program is starting."})
		if r.build != nil {
			if err := r.build(ctx); err != nil {
				r.report(phoneui.Handler{State: phoneui.HandlerFailed, Text: err.Error()})
				return // the one before goes on
			}
		}
		if stop != nil {
			stop()
		}
		stop = r.start()
		if !r.awaitReady(ctx) {
			r.report(phoneui.Handler{State: phoneui.HandlerFailed, Text: "The program does not answer a ping as active yet."})
			return
		}
		if r.begun != nil {
			r.begun()
			r.begun = nil
		}
		r.report(phoneui.Handler{State: phoneui.HandlerReady, Text: fmt.Sprintf("The program is back after %.1f s.", time.Since(began).Seconds())})
	}
	before := r.fingerprint()
	begin()
	ticks := time.NewTicker(restartPoll)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			if stop != nil {
				stop()
			}
			return
		case <-ticks.C:
		}
		if now := r.fingerprint(); now != before {
			before = now
			begin()
		}
	}
}

// start starts the program and returns what ends it.
func (r *restarter) start() (stop func()) {
	command := r.command()
	inGroup(command)
	if err := command.Start(); err != nil {
		r.report(phoneui.Handler{State: phoneui.HandlerFailed, Text: err.Error()})
		return nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // its own output says why
	}()
	return func() {
		terminate(command)
		select {
		case <-ended:
		case <-time.After(stopPatience):
			kill(command)
			<-ended
		}
	}
}

func (r *restarter) awaitReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for !r.ready(ctx) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(readyEvery):
		}
	}
	return true
}

// fingerprint changes when a watched file below the folder does. Hidden folders
// and node_modules are left out.
func (r *restarter) fingerprint() uint64 {
	sum := fnv.New64a()
	_ = filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // what cannot be read cannot be watched
		case entry.IsDir() && path != r.dir && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || !r.watched(path):
			return nil
		}
		if info, err := entry.Info(); err == nil {
			_, _ = fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano()) // never fails
		}
		return nil
	})
	return sum.Sum64()
}

// goSource reports whether a change of a file changes what go build makes.
func goSource(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".json") || filepath.Base(path) == "go.mod"
}

// anyGlob returns what matches the path or the name of a file with globs.
func anyGlob(globs []string) func(string) bool {
	return func(path string) bool {
		for _, glob := range globs {
			byPath, _ := filepath.Match(filepath.FromSlash(glob), path) // the pattern was checked
			byName, _ := filepath.Match(glob, filepath.Base(path))
			if byPath || byName {
				return true
			}
		}
		return false
	}
}

// goBuild builds a main package. Its error is the output of the compiler.
func goBuild(ctx context.Context, output, pkg string) error {
	text, err := exec.CommandContext(ctx, "go", "build", "-o", output, pkg).CombinedOutput() //nolint:gosec // G204: the program's own package
	if err != nil && len(text) > 0 {
		return errors.New(strings.TrimSpace(string(text)))
	}
	return err
}

// passOutput connects the output of a command with ours.
func passOutput(command *exec.Cmd, stdout, stderr io.Writer) *exec.Cmd {
	command.Stdout, command.Stderr, command.Env = stdout, stderr, os.Environ()
	return command
}
