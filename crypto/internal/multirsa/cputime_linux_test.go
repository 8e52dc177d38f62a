package multirsa

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime returns the CPU time of this thread, which does not count the time of others on
// a shared machine. The goroutine must be locked to its thread.
func cpuTime() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		panic(err)
	}
	return time.Duration(now.Nano())
}
