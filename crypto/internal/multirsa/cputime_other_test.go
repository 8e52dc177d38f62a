//go:build !linux

package multirsa

import "time"

var processStart = time.Now()

// cpuTime returns a time: on this system, that of the clock on the wall.
func cpuTime() time.Duration { return time.Since(processStart) }
