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
	settleTime   = 100 * time.Millisecond // without a change, after which files count as saved
	settleLimit  = 2 * time.Second        // after which a program starts though its files still change
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
	before := r.fingerprint()
	changed := func() bool {
		now := r.fingerprint()
		if now == before {
			return false
		}
		before = r.settled(ctx, now)
		return true
	}
	program := r.restart(ctx, nil, changed)
	ticks := time.NewTicker(restartPoll)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			program.stop()
			return
		case <-program.hasEnded():
			r.report(program.failure())
			program.stop() // what it has started
			program = nil
		case <-ticks.C:
			if changed() {
				program = r.restart(ctx, program, changed)
			}
		}
	}
}

// restart builds the program, replaces the one that runs, and waits until the new one
// answers. If files change meanwhile, it begins again. It returns the program that runs.
func (r *restarter) restart(ctx context.Context, running *runningProgram, changed func() bool) *runningProgram {
	for {
		began := time.Now()
		r.report(phoneui.Handler{State: phoneui.HandlerStarting, Text: "The program is starting."})
		if r.build != nil {
			if err := r.build(ctx); err != nil {
				r.report(phoneui.Handler{State: phoneui.HandlerFailed, Text: err.Error()})
				return running // the one before goes on
			}
		}
		running.stop()
		var err error
		if running, err = start(r.command()); err != nil {
			r.report(phoneui.Handler{State: phoneui.HandlerFailed, Text: err.Error()})
			return nil
		}
		switch r.awaitReady(ctx, running, changed) {
		case readyNow:
			if r.begun != nil {
				r.begun()
				r.begun = nil
			}
			r.report(phoneui.Handler{State: phoneui.HandlerReady, Text: fmt.Sprintf("The program is back after %.1f s.", time.Since(began).Seconds())})
			return running
		case readyNever: // run says so if it has ended
			return running
		case readyOutdated:
		}
	}
}

// readiness is how the wait for a program ended.
type readiness int

const (
	readyNow      readiness = iota // it answers
	readyNever                     // it has ended, or does not answer in time
	readyOutdated                  // its files have changed
)

func (r *restarter) awaitReady(ctx context.Context, program *runningProgram, changed func() bool) readiness {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	looked := time.Now()
	for !r.ready(ctx) {
		select {
		case <-program.ended:
			return readyNever
		case <-ctx.Done():
			r.report(phoneui.Handler{State: phoneui.HandlerFailed, Text: "The program does not answer a ping as active yet."})
			return readyNever
		case <-time.After(readyEvery):
		}
		if time.Since(looked) >= restartPoll {
			if changed() {
				return readyOutdated
			}
			looked = time.Now()
		}
	}
	return readyNow
}

// runningProgram is a program that was started. A nil one is none.
type runningProgram struct {
	command *exec.Cmd
	ended   chan struct{}
	err     error // of Wait, after ended is closed
}

// start starts a program in its own process group.
func start(command *exec.Cmd) (*runningProgram, error) {
	inGroup(command)
	if err := command.Start(); err != nil {
		return nil, err
	}
	p := &runningProgram{command: command, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		p.err = command.Wait()
	}()
	return p, nil
}

// hasEnded returns a channel that closes when the program has ended.
func (p *runningProgram) hasEnded() <-chan struct{} {
	if p == nil {
		return nil
	}
	return p.ended
}

// failure says how a program ended that was to run.
func (p *runningProgram) failure() phoneui.Handler {
	how := "exit status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	text := "The program ended (" + how + "). Its output is in the terminal. It starts again when a file changes."
	return phoneui.Handler{State: phoneui.HandlerFailed, Text: text}
}

// stop asks the program to end, and kills it if it does not.
func (p *runningProgram) stop() {
	if p == nil {
		return
	}
	terminate(p.command)
	select {
	case <-p.ended:
	case <-time.After(stopPatience):
		kill(p.command)
		<-p.ended
	}
}

// settled waits until the files stay as they are, and returns their fingerprint. Many
// editors empty a file before they write it, and a program must not start with half of it.
func (r *restarter) settled(ctx context.Context, now uint64) uint64 {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return now
		case <-time.After(settleTime):
		}
		before := now
		if now = r.fingerprint(); now == before {
			return now
		}
	}
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
