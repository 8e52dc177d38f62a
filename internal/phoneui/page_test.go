package phoneui_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/phoneui"
)

// TestSize bounds what a browser loads before it shows the phone.
func TestSize(t *testing.T) {
	t.Parallel()
	const stream = 1
	checkSize(t, serve(t, phoneui.Options{}), stream)
}

// TestTraceSize does so for the trace viewer.
func TestTraceSize(t *testing.T) {
	t.Parallel()
	checkSize(t, serve(t, phoneui.Options{Traces: traceFolder(t)}), 0)
}

// checkSize loads a page and what it names. More requests follow at once.
func checkSize(t *testing.T, p *page, more int) {
	t.Helper()
	files := regexp.MustCompile(`/assets/[^"]+`).FindAllString(p.html, -1)
	seen, raw := map[string]bool{}, len(p.html)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte(p.html))
	for _, file := range files {
		if seen[file] {
			continue
		}
		seen[file] = true
		status, body, header := p.do(t, http.MethodGet, file, "", nil)
		if status != 200 || !strings.Contains(header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", file, status, header.Get("Cache-Control"))
		}
		raw += len(body)
		_, _ = w.Write([]byte(body))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	requests := 1 + len(seen) + more
	t.Logf("%d requests, %d bytes, %d gzipped", requests, raw, zipped.Len())
	if requests > 16 || raw > 150_000 || zipped.Len() > 45_000 {
		t.Errorf("got %d requests, %d bytes and %d gzipped, want at most 16, 150 kB and 45 kB", requests, raw, zipped.Len())
	}
}

// TestPreloads compares the modules that the pages name with those that are embedded: one
// that is not named loads late. The entry and the style sheet of the trace viewer are its own.
func TestPreloads(t *testing.T) {
	t.Parallel()
	for page, others := range map[string][]string{"web/index.html": {"trace.js", "trace.css"}, "web/trace.html": {"app.js"}} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		checkPreloads(t, page, text, others)
	}
}

func checkPreloads(t *testing.T, page string, text []byte, others []string) {
	t.Helper()
	for _, pattern := range []string{"*.js", "*.css", "vendor/lit-html/*.js", "vendor/lit-html/directives/*.js"} {
		files, err := filepath.Glob("web/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			name := filepath.ToSlash(file)[len("web/"):]
			if named := bytes.Contains(text, []byte("/"+name+`"`)); named == slices.Contains(others, name) {
				t.Errorf("%s names %s: %t", page, name, named)
			}
		}
	}
}
