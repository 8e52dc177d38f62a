package phoneui

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/phone"
)

// Bounds of what the trace viewer reads.
const (
	maxTraces    = 500
	maxTraceFile = 64 << 20
)

// traceSuffix is that of the files that are traces.
const traceSuffix = ".trace.json"

// Traced is what the page of the trace viewer shows.
type Traced struct {
	// Traces are those of the folder, ID the one that is shown.
	Traces []TraceEntry `json:"traces"`
	ID     string       `json:"id"`
	Trace  phone.Trace  `json:"trace"`
}

// TraceEntry is a trace that can be chosen.
type TraceEntry struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	File string `json:"file"`
}

// errNoTraces says how to get some.
var errNoTraces = errors.New("there is no trace: flowserver play FILE --trace DIR writes one for each scenario that fails")

// listTraces returns the traces of a folder, in the order of their names.
func listTraces(dir string) ([]TraceEntry, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var traces []TraceEntry
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), traceSuffix)
		if !ok || len(traces) == maxTraces {
			continue
		}
		var head TraceEntry
		if err := readTrace(dir, id, &head); err != nil {
			return nil, err
		}
		traces = append(traces, TraceEntry{ID: id, Name: head.Name, File: head.File})
	}
	if len(traces) == 0 {
		return nil, fmt.Errorf("%s: %w", dir, errNoTraces)
	}
	return traces, nil
}

// readTrace reads the file of a trace into v, and checks that this program can show it.
func readTrace(dir, id string, v any) error {
	path := filepath.Join(dir, id+traceSuffix)
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, maxTraceFile))
	if err != nil {
		return err
	}
	var format struct {
		Format int `json:"format"`
	}
	if err := cmp.Or(json.Unmarshal(text, &format), json.Unmarshal(text, v)); err != nil {
		return fmt.Errorf("%s is not a trace: %w", path, err)
	}
	if format.Format != phone.TraceFormat {
		return fmt.Errorf("%s: expected a trace of format %d, got %d: write it again with this version of the program", path, phone.TraceFormat, format.Format)
	}
	return nil
}

// tracePage is the page of the trace viewer, with the trace ?trace= in it, or the first one.
// The folder is read anew for each request.
func (s *Server) tracePage(w http.ResponseWriter, r *http.Request) {
	shown, err := s.traced(r.URL.Query().Get("trace"))
	if err != nil {
		fail(w, http.StatusNotFound, err.Error())
		return
	}
	boot := Boot{Version: s.options.Version, Flows: []string{}, Flow: shown.Trace.Name, Exchanges: []phone.Exchange{}, Traced: shown}
	if steps := shown.Trace.Steps; len(steps) > 0 {
		boot.View = steps[0].View
	}
	s.sendPage(w, "trace.html", boot)
}

func (s *Server) traced(id string) (*Traced, error) {
	traces, err := listTraces(s.options.Traces)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(traces, func(t TraceEntry) bool { return t.ID == id }) { // never a path of its sender
		id = traces[0].ID
	}
	shown := &Traced{Traces: traces, ID: id}
	return shown, readTrace(s.options.Traces, id, &shown.Trace)
}
