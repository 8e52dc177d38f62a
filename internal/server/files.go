package server

import (
	"crypto/sha256"
	"fmt"
	"os"
)

// content is the content of a file at one time, or the error of reading it.
type content struct {
	data []byte
	err  error
}

func readFile(name string) content {
	data, err := os.ReadFile(name)
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
