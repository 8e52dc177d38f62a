//go:build !linux

package phones

import "time"

func sleep(d time.Duration) { time.Sleep(d) }
