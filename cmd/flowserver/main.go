// Command flowserver serves the booking demo, the living example of package
// exchange. A program with Flows of its own looks the same: see booking.go.
package main

import (
	_ "embed"
	"time"

	"github.com/flowserver/flowserver"
)

// flowJSON is what is uploaded to Meta, and what every answer is held to.
//
//go:embed booking.json
var flowJSON []byte

func main() {
	flowserver.Main(flowserver.Flow("booking", newBooking(time.Now).Routes()))
}
