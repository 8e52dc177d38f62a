package phoneui_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/phone"
)

// traceFolder returns a folder with two traces and a file that is none. Change replaces text
// in the second one, given as old, new.
func traceFolder(t *testing.T, change ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range []string{"first", "second"} {
		trace := phone.Trace{
			Format: phone.TraceFormat, Name: "the " + name, File: "a.yaml", Line: i + 1, Failure: "</script> it failed",
			Steps: []phone.TraceStep{{Text: "open", View: phone.View{Screen: "ASK", History: []string{"ASK"}, Parts: []phone.Part{}}, Exchanges: []phone.Exchange{}}},
		}
		text, err := json.Marshal(trace)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 && len(change) == 2 {
			text = []byte(strings.Replace(string(text), change[0], change[1], 1))
		}
		if err := os.WriteFile(filepath.Join(dir, name+".trace.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.json"), []byte("no trace"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTraces chooses traces, and asks for what the viewer does not have.
func TestTraces(t *testing.T) {
	t.Parallel()
	dir := traceFolder(t)
	p := serve(t, phoneui.Options{Traces: dir})
	for path, want := range map[string]string{
		"/": "the first", "/?trace=second": "the second", "/?trace=none": "the first", "/?trace=..%2F..%2Fetc%2Fpasswd": "the first",
	} {
		p.open(t, path)
		traced := p.boot.Traced
		if traced == nil || traced.Trace.Name != want || len(traced.Traces) != 2 || p.boot.View.Screen != "ASK" || p.boot.Token != "" {
			t.Errorf("%s: got %+v, want %q of two traces, on its first step", path, p.boot, want)
		}
	}
	for _, path := range []string{"/api/phones", "/api/flows/ask", "/media/1"} {
		if status, body, _ := p.do(t, http.MethodGet, path, "", nil); status != http.StatusNotFound {
			t.Errorf("GET %s: got %d %s, want 404", path, status, body)
		}
	}
	if status, _, _ := p.do(t, http.MethodGet, "/", "", map[string]string{"Host": "evil.example"}); status != http.StatusForbidden {
		t.Errorf("another Host: got %d, want 403", status)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := p.do(t, http.MethodGet, "/", "", nil); status != http.StatusNotFound {
		t.Errorf("without the folder: got %d, want 404", status)
	}
}

// TestTracesUnreadable starts the viewer with what it cannot show.
func TestTracesUnreadable(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ dir, want string }{
		"no folder":      {filepath.Join(t.TempDir(), "none"), "none"},
		"an empty one":   {t.TempDir(), "flowserver play FILE --trace DIR writes one"},
		"another format": {traceFolder(t, `"format":1`, `"format":7`), "second.trace.json: expected a trace of format 1, got 7"},
		"not JSON":       {traceFolder(t, `"format":1`, `"format":`), "second.trace.json is not a trace"},
	} {
		if _, err := phoneui.New(phoneui.Options{Traces: tt.dir}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}
