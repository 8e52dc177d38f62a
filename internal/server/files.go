package server

import (
	"crypto/sha256"
	"fmt"

	"github.com/flowserver/flowserver/internal/files"
)

// content is the content of a file at one time, or the error of reading it.
type content struct {
	data []byte
	err  error
}

// readFile reads a key, a passphrase or a certificate.
func readFile(reader *files.Reader, name string) content {
	data, err := reader.Read(name, files.MaxSecret)
	return content{data, err}
}

// digest changes when one of the contents does, and reveals nothing of them.
func digest(contents ...content) [sha256.Size]byte {
	h := sha256.New()
	for _, c := range contents {
		_, _ = fmt.Fprintf(h, "%d %s %v\n", len(c.data), c.data, c.err) // writing to a hash cannot fail
	}
	return [sha256.Size]byte(h.Sum(nil))
}
