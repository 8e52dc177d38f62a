package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func write(t *testing.T, size int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(strings.Repeat("x", size)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(write(t, 3), link); err != nil {
		t.Skip(err) // Windows, without the privilege
	}
	for _, c := range []struct {
		what, name string
		limit      int64
		size       int
		err        error
	}{
		{"whole", write(t, 1024), 1024, 1024, nil},
		{"empty", write(t, 0), 1024, 0, nil},
		{"link", link, 1024, 3, nil},
		{"too large", write(t, 1025), 1024, 0, ErrTooLarge},
		{"folder", dir, 1024, 0, ErrIrregular},
		{"missing", filepath.Join(dir, "missing"), 1024, 0, fs.ErrNotExist},
	} {
		data, err := Read(c.name, c.limit)
		if len(data) != c.size || !errors.Is(err, c.err) {
			t.Errorf("%s: %d bytes, %v; want %d, %v", c.what, len(data), err, c.size, c.err)
		}
		if err != nil && !strings.Contains(err.Error(), c.name) {
			t.Errorf("%s: the error does not name the file: %v", c.what, err)
		}
	}
	if info, err := Stat(link); err != nil || info.Size() != 3 {
		t.Errorf("Stat: %v, %v", info, err)
	}
	if _, err := Stat(dir); !errors.Is(err, ErrIrregular) {
		t.Errorf("Stat of a folder: %v, want ErrIrregular", err)
	}
}

// A read that hangs costs its deadline once and one goroutine, and delays no other file.
func TestHangingMount(t *testing.T) {
	t.Parallel()
	name, other := write(t, 1), write(t, 1)
	synctest.Test(t, func(t *testing.T) {
		var r Reader
		var hanging atomic.Int32
		recovered := make(chan struct{})
		hang := func(*os.File) ([]byte, error) {
			hanging.Add(1)
			<-recovered
			return nil, nil
		}
		for _, wait := range []time.Duration{Patience, 0, 0} { // the later ones do not even try
			began := time.Now()
			if _, err := r.run(name, hang); !errors.Is(err, ErrHangs) || time.Since(began) != wait {
				t.Errorf("%v after %s, want ErrHangs after %s", err, time.Since(began), wait)
			}
		}
		if hanging := hanging.Load(); hanging != 1 {
			t.Errorf("%d reads hang, want 1", hanging)
		}
		if _, err := r.Read(other, 1); err != nil {
			t.Errorf("another file: %v", err)
		}
		close(recovered)
		synctest.Wait()
		if data, err := r.Read(name, 1); string(data) != "x" || err != nil {
			t.Errorf("after the mount has recovered: %q, %v", data, err)
		}
	})
}

// One file may be read twice at a time, for example a passphrase of two keys.
func TestReadTogether(t *testing.T) {
	t.Parallel()
	name := write(t, 1)
	var r Reader
	_, err := r.run(name, func(*os.File) ([]byte, error) { return r.Read(name, 1) })
	if err != nil {
		t.Error(err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	name := write(t, 1)
	synctest.Test(t, func(t *testing.T) {
		var r Reader
		never := make(chan struct{})
		defer close(never)
		ended := make(chan error)
		go func() {
			_, err := r.run(name, func(*os.File) ([]byte, error) { <-never; return nil, nil })
			ended <- err
		}()
		synctest.Wait()
		r.Close()
		r.Close()
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Errorf("read in progress: %v, want ErrClosed", err)
		}
	})
}
