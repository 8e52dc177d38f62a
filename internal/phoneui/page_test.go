package phoneui_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/phoneui"
)

// TestSize bounds what a browser loads before it shows the phone.
func TestSize(t *testing.T) {
	t.Parallel()
	p := serve(t, phoneui.Options{})
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
	const stream = 1
	t.Logf("%d requests, %d bytes, %d gzipped", 1+len(seen)+stream, raw, zipped.Len())
	if requests := 1 + len(seen) + stream; requests > 16 || raw > 150_000 || zipped.Len() > 45_000 {
		t.Errorf("got %d requests, %d bytes and %d gzipped, want at most 16, 150 kB and 45 kB", requests, raw, zipped.Len())
	}
}

// TestPreloads compares the modules that the page names with those that it embeds: one
// that is not named loads late.
func TestPreloads(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("web/index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.js", "*.css", "vendor/lit-html/*.js", "vendor/lit-html/directives/*.js"} {
		files, err := filepath.Glob("web/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			if name := filepath.ToSlash(file)[len("web/"):]; !bytes.Contains(index, []byte("/"+name+`"`)) {
				t.Errorf("web/index.html does not name %s", name)
			}
		}
	}
}
