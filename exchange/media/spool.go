package media

import (
	"fmt"
	"io"
	"os"
)

// spool is a temporary file.
type spool struct {
	file    *os.File
	removed bool
}

func newSpool(dir string) (*spool, error) {
	file, err := os.CreateTemp(dir, "flowserver-media-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make a temporary file, set TempDir to a folder that can be written to: %w", err)
	}
	// without a name, the file goes when the process does; Windows removes no open file
	return &spool{file: file, removed: os.Remove(file.Name()) == nil}, nil
}

func (s *spool) discard() {
	_ = s.file.Close()
	if !s.removed {
		_ = os.Remove(s.file.Name())
	}
}

// source tells errors of reading from those of writing.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// sniffer counts what it passes on, and keeps the beginning.
type sniffer struct {
	w    io.Writer
	size int64
	head []byte
}

func (s *sniffer) Write(p []byte) (int, error) {
	const enough = 512 // http.DetectContentType looks at no more
	s.head = append(s.head, p[:min(len(p), enough-len(s.head))]...)
	n, err := s.w.Write(p)
	s.size += int64(n)
	return n, err
}
