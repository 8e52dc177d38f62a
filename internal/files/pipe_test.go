//go:build unix

package files_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/flowserver/flowserver/internal/files"
)

// Opening a pipe without a writer would block for ever.
func TestPipe(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Read(name, files.MaxSecret); !errors.Is(err, files.ErrIrregular) {
		t.Errorf("Read: %v, want ErrIrregular", err)
	}
}
