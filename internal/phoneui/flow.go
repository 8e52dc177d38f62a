package phoneui

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/lint"
)

// liveFlow is a Flow with the Flow JSON as its file has it now.
type liveFlow struct {
	flow Flow
	away atomic.Bool // the endpoint is being asked whether it is back

	mu      sync.Mutex
	file    string         // empty until it is found
	current *flowjson.Flow // the last one that could be read
	problem *SyntaxProblem // why the file cannot be read; nil if it can
	edited  bool           // the file has changed since the start
	changed chan struct{}  // closed at the next change

	findings []lint.Finding // of linted
	linted   *flowjson.Flow // nil before the first time
}

func newLiveFlow(f Flow) *liveFlow {
	return &liveFlow{flow: f, file: f.File, current: f.JSON, changed: make(chan struct{})}
}

func (f *liveFlow) json() *flowjson.Flow {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current
}

// path returns the path of the file, empty if it is not known.
func (f *liveFlow) path() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file
}

// changes returns a channel that closes at the next change.
func (f *liveFlow) changes() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// FlowChange says what a change of the Flow JSON's file means for the page.
type FlowChange struct {
	// Problem describes why the file cannot be read: the previous version stays in use.
	Problem *SyntaxProblem `json:"problem,omitempty"`
	// Stale says that the handlers in this process still have the Flow JSON from before.
	Stale bool `json:"stale,omitempty"`
	// Findings is the number of those of lint.
	Findings int `json:"findings"`
}

// SyntaxProblem is the place where a file stops being JSON.
type SyntaxProblem struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

func (f *liveFlow) change() FlowChange {
	f.mu.Lock()
	defer f.mu.Unlock()
	return FlowChange{Problem: f.problem, Stale: f.edited && f.flow.CompiledIn, Findings: len(f.lint())}
}

// lint returns the findings of the Flow JSON in use. The caller holds the lock.
func (f *liveFlow) lint() []lint.Finding {
	if f.linted != f.current {
		f.findings, f.linted = lint.Check(f.current), f.current
	}
	return f.findings
}

// checked returns the Flow in use with its findings.
func (f *liveFlow) checked() (*flowjson.Flow, []lint.Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current, f.lint()
}

// pollEvery is how often the file is looked at. Polling works on every file system.
const pollEvery = 500 * time.Millisecond

// watch reads the file of the Flow JSON when it changes, until ctx ends, and hands what
// can be read to adopt.
func (f *liveFlow) watch(ctx context.Context, adopt func(*liveFlow)) {
	file := f.flow.File
	if file == "" && f.flow.FindFile != nil {
		file = f.flow.FindFile()
	}
	if file == "" {
		return
	}
	f.mu.Lock()
	f.file = file
	f.mu.Unlock()
	last, _ := os.Stat(file) // absent: the first one that appears is a change
	source := string(f.flow.JSON.Source())
	ticks := time.NewTicker(pollEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		info, err := os.Stat(file)
		if err != nil || last != nil && info.Size() == last.Size() && info.ModTime().Equal(last.ModTime()) {
			continue // an editor may be about to put the new file in place
		}
		text, err := os.ReadFile(file)
		if err != nil || string(text) == source {
			continue
		}
		last, source = info, string(text)
		if f.adopt(text) {
			adopt(f)
		}
	}
}

// adopt reads a changed file, and reports whether its Flow goes into use.
func (f *liveFlow) adopt(text []byte) bool {
	read, err := flowjson.Read(text)
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func(before chan struct{}) { close(before) }(f.changed)
	f.changed, f.edited, f.problem = make(chan struct{}), true, nil
	if syntax, ok := errors.AsType[*flowjson.SyntaxError](err); ok {
		f.problem = &SyntaxProblem{Line: syntax.Position.Line, Column: syntax.Position.Column, Text: syntax.Problem}
	} else if err == nil && len(read.Screens) == 0 {
		f.problem = &SyntaxProblem{Line: 1, Column: 1, Text: "the file has no screens: it is not a Flow JSON"}
	}
	if f.problem != nil {
		return false
	}
	f.current = read
	return true
}

// FlowSource is the Flow JSON with what lint says about it.
type FlowSource struct {
	File     string       `json:"file,omitempty"`
	Source   string       `json:"source"`
	Version  string       `json:"version"`
	DataAPI  string       `json:"dataAPI,omitempty"`
	Findings []SourceNote `json:"findings"`
	Screens  []Screen     `json:"screens"`
	Change   FlowChange   `json:"change"`
}

// SourceNote is a finding of lint.
type SourceNote struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Text     string `json:"text"`
	At       string `json:"at"` // JSON pointer
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

// Screen is a screen with its routes and the lines that its components take in the file.
type Screen struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Entry    bool     `json:"entry,omitempty"`
	Terminal bool     `json:"terminal,omitempty"`
	Targets  []string `json:"targets"`
	At       string   `json:"at"`
	Line     int      `json:"line"`
	End      int      `json:"end"`
	Parts    []Lines  `json:"parts"`
}

// Lines are those of a component.
type Lines struct {
	At   string `json:"at"`
	Line int    `json:"line"`
	End  int    `json:"end"`
}

func (s *Server) flowSource(w http.ResponseWriter, r *http.Request) {
	live := s.flow(r.PathValue("flow"))
	if live == nil {
		fail(w, http.StatusNotFound, "there is no such Flow")
		return
	}
	f, findings := live.checked()
	source := FlowSource{
		File: live.path(), Source: string(f.Source()), Version: f.Version.String(), DataAPI: f.DataAPIVersion,
		Findings: []SourceNote{}, Screens: []Screen{}, Change: live.change(),
	}
	for _, found := range findings {
		source.Findings = append(source.Findings, SourceNote{
			Severity: string(found.Severity), Code: found.Code, Text: found.Message, At: found.Pointer,
			Line: found.Range.Start.Line, Column: found.Range.Start.Column,
		})
	}
	for _, screen := range f.Screens {
		lines := f.Range(screen.Node)
		described := Screen{
			ID: screen.ID, Title: screen.Title, Entry: f.Routing.Entry(screen.ID), Terminal: screen.Terminal,
			Targets: notNil(f.Routing.Targets(screen.ID)), At: screen.Node.Pointer(), Line: lines.Start.Line, End: lines.End.Line, Parts: []Lines{},
		}
		for c := range screen.All() {
			lines := f.Range(c.Node)
			described.Parts = append(described.Parts, Lines{At: c.Node.Pointer(), Line: lines.Start.Line, End: lines.End.Line})
		}
		source.Screens = append(source.Screens, described)
	}
	reply(w, source)
}

// flow returns a Flow by its id, nil if there is none.
func (s *Server) flow(id string) *liveFlow {
	for _, f := range s.flows {
		if f.flow.ID == id {
			return f
		}
	}
	return nil
}
