package phones

import (
	"syscall"
	"time"
)

// sleep sleeps for d. [time.Sleep] is up to a millisecond late on Linux, where the
// runtime's poller counts in milliseconds; that would be most of a good latency.
func sleep(d time.Duration) {
	if d > 0 {
		request := syscall.NsecToTimespec(d.Nanoseconds())
		_ = syscall.Nanosleep(&request, nil) // an interrupted sleep sends a message early; the latency counts from the schedule
	}
}
