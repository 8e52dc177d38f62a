// Command flowserver serves the booking demo, the living example of package
// exchange. A program with Flows of its own looks the same: see booking.go.
package main

import (
	"time"

	"github.com/flowserver/flowserver"
)

func main() {
	flowserver.Main(flowserver.Flow("booking", newBooking(time.Now).Routes()))
}
