// Package files reads small files, such as configurations, keys and secrets, from
// mounts that may hang. Only regular files of bounded size are read, and no call waits
// longer than a deadline.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// The largest sizes of files, in bytes.
const (
	MaxSecret   = 64 << 10 // a key, a certificate chain, a secret or a passphrase
	MaxConfig   = 1 << 20
	MaxFlowJSON = 16 << 20 // Meta accepts 10 MB (Meta, "Flow JSON", July 2026)
)

// Patience is how long a read may take. A local file takes microseconds; a network
// mount that needs longer does not answer.
const Patience = 5 * time.Second

// The errors of reading, wrapped in a [*fs.PathError]. Those of the operating system
// are wrapped likewise.
var (
	ErrIrregular = errors.New("it is not a regular file")
	ErrTooLarge  = errors.New("it is larger than")
	ErrHangs     = fmt.Errorf("cannot be read within %s: its mount hangs", Patience)
	ErrClosed    = errors.New("reading has ended")
)

// Read returns the content of a regular file of at most limit bytes.
func Read(name string, limit int64) ([]byte, error) { return new(Reader).Read(name, limit) }

// Stat describes a regular file that can be opened for reading.
func Stat(name string) (fs.FileInfo, error) {
	found := make(chan fs.FileInfo, 1)
	_, err := new(Reader).run(name, func(f *os.File) ([]byte, error) {
		info, err := f.Stat()
		found <- info
		return nil, err
	})
	if err != nil {
		return nil, err
	}
	return <-found, nil
}

// Reader reads files again and again. A file whose last read still hangs is not read a
// second time meanwhile, so a mount that hangs costs one goroutine per file. The zero
// Reader is ready; it is safe for concurrent use.
type Reader struct {
	mu     sync.Mutex
	hung   map[string]*attempt // by name, the last read that was given up
	closed chan struct{}       // nil until it is needed
}

// Read returns the content of a regular file of at most limit bytes.
func (r *Reader) Read(name string, limit int64) ([]byte, error) {
	return r.run(name, func(f *os.File) ([]byte, error) {
		data, err := io.ReadAll(io.LimitReader(f, limit+1))
		if err == nil && int64(len(data)) > limit {
			return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("%w %s", ErrTooLarge, size(limit))}
		}
		return data, err
	})
}

func size(bytes int64) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%dMiB", bytes>>20)
	}
	return fmt.Sprintf("%dKiB", bytes>>10)
}

// Close makes reads that wait, and later ones, return [ErrClosed].
func (r *Reader) Close() {
	done := r.done()
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-done:
	default:
		close(done)
	}
}

func (r *Reader) done() chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed == nil {
		r.closed = make(chan struct{})
	}
	return r.closed
}

// attempt is one read of a file, which goes on when its caller has given up.
type attempt struct {
	ended chan struct{}
	data  []byte // when it has ended
	err   error
}

// run opens a file and calls read in a goroutine that it waits for, up to a limit.
func (r *Reader) run(name string, read func(*os.File) ([]byte, error)) ([]byte, error) {
	failed := func(err error) ([]byte, error) { return nil, &fs.PathError{Op: "read", Path: name, Err: err} }
	if r.hangs(name) {
		return failed(ErrHangs)
	}
	a := &attempt{ended: make(chan struct{})}
	go func() {
		defer close(a.ended)
		a.data, a.err = open(name, read)
	}()
	timer := time.NewTimer(Patience)
	defer timer.Stop()
	select {
	case <-a.ended:
		return a.data, a.err
	case <-timer.C:
		r.giveUp(name, a)
		return failed(ErrHangs)
	case <-r.done():
		return failed(ErrClosed)
	}
}

// hangs reports whether an earlier read of the file has not ended yet.
func (r *Reader) hangs(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.hung[name]
	if a == nil {
		return false
	}
	select {
	case <-a.ended:
		delete(r.hung, name)
		return false
	default:
		return true
	}
}

func (r *Reader) giveUp(name string, a *attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hung == nil {
		r.hung = map[string]*attempt{}
	}
	r.hung[name] = a
}

// open hands a regular file to read. It opens without blocking, because opening a pipe
// waits for its writer, and looks at what it opened rather than at the name, which may
// be another file by then.
func open(name string, read func(*os.File) ([]byte, error)) ([]byte, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: ErrIrregular}
	}
	return read(f)
}
