//go:build !unix

package files

// nonBlocking is not needed where the file system has no pipes.
const nonBlocking = 0
