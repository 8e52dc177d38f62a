// Command server is the program under test: the flowserver command line with the
// Flow of the benchmark compiled in. All that production has is on.
package main

import (
	"github.com/flowserver/flowserver"
	"github.com/flowserver/flowserver/bench/internal/flow"
)

func main() {
	flowserver.Main(flowserver.Flow("bench", flow.Routes()))
}
