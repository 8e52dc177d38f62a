package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// safeBuffer is a buffer that several goroutines use.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Watching checks again after a change, and ends without an error.
func TestLintWatch(t *testing.T) {
	t.Parallel()
	file, ignore := filepath.Join(t.TempDir(), "flow.json"), filepath.Join(t.TempDir(), "ignored")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"screens": 1}`)
	if err := os.WriteFile(ignore, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out safeBuffer
	ended := make(chan error, 1)
	go func() {
		p := &Program{Stdout: &out, Stderr: &out, Stdin: strings.NewReader("")}
		ended <- lintCommand{Files: []string{file}, Watch: true, IgnoreFile: ignore}.Run(ctx, p)
	}()
	await := func(what string) {
		t.Helper()
		for !strings.Contains(out.String(), what) {
			select {
			case err := <-ended:
				t.Fatalf("it ended with %v after\n%s", err, &out)
			case <-t.Context().Done():
				t.Fatal(t.Context().Err())
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	await("INVALID_PROPERTY_TYPE")
	write(`{"screens": []}`)
	await("MIN_ITEMS_REQUIRED")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	await("UNREADABLE_FILE")
	if err := os.WriteFile(ignore, []byte("NO_SUCH_CODE"), 0o600); err != nil {
		t.Fatal(err)
	}
	await("there is no code")
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}
