// Package memlimit divides the memory limit of the process, which GOMEMLIMIT or
// [debug.SetMemoryLimit] sets, among what strangers can make it spend.
package memlimit

import (
	"math"
	"runtime/debug"
)

const (
	bodiesShare      = 4
	connectionsShare = 4

	standardBodies      = 64 << 20
	standardConnections = 16384

	// connectionCost is what an open connection costs while no request is in progress:
	// goroutine, buffers, and the state of TLS and HTTP/2. Measured with Go 1.26: 8 KiB
	// before the first request and 20 KiB after it, 35 KiB with TLS, 40 KiB with HTTP/2.
	connectionCost = 40 << 10
)

// Bodies returns the bytes that request bodies in flight may have together: a quarter
// of the limit, 64 MiB without one.
func Bodies() int64 {
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return max(limit/bodiesShare, 1)
	}
	return standardBodies
}

// Connections returns how many connections may be open: as many as fit into a quarter
// of the limit, and 16,384 at most.
func Connections() int {
	return int(max(min(debug.SetMemoryLimit(-1)/connectionsShare/connectionCost, standardConnections), 1))
}
