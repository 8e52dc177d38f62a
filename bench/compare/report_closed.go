package main

import (
	"fmt"
	"slices"
	"strconv"
)

func (r report) writeKernel(say sayFunc) {
	say("\n## The RSA operation alone\n\nCPU time for each ciphertext (RSA-2048, OAEP with SHA-256), in µs; %d rounds in turn. `flowserver` uses", r.plan.kernels)
	say("batches of up to 4 on CPUs of Intel and up to 2 on those of AMD, and with `rsa: batch` up to 4 on both. The")
	say("ratios are of the same round.")
	took := r.measured.kernel.took
	var rows [][]string
	for _, name := range kernelNames() {
		if len(took[name]) > 0 {
			rows = append(rows, []string{name, spreadOf(took[name]).text(0), ratioText(took[nodeRSA], took[name]), ratioText(took[goRSA], took[name])})
		}
	}
	say.table([]string{"", "µs", "× Node", "× crypto/rsa"}, rows)
}

func (r report) writeThroughput(say sayFunc) {
	t := r.measured.throughput
	say("\n## Closed loop\n\n%d connections, each sends as soon as it is answered; %d rounds of %s. CPU is the time of the",
		t.connections, r.plan.rounds, r.plan.run)
	say("server's process for each request: on a shared machine it varies least. The ratios are of the same round.")
	say.table([]string{"server", "requests/s", "CPU µs", "p50 ms", "p99 ms", "× `node-http`", "× `express-meta`"}, r.each(false, func(s server) []string {
		return []string{
			spreadOf(t.perSecond[s.name]).text(0), spreadOf(t.cpu[s.name]).text(0),
			spreadOf(t.p50[s.name]).text(1), spreadOf(t.p99[s.name]).text(1),
			ratioText(t.perSecond[s.name], t.perSecond[nodeHTTP]), ratioText(t.perSecond[s.name], t.perSecond[expressMeta]),
		}
	}))
}

// loops returns the closed loops in the order of their connections.
func (r report) loops() []*throughput {
	return slices.SortedFunc(slices.Values(append([]*throughput{r.measured.throughput}, r.measured.others...)),
		func(a, b *throughput) int { return a.connections - b.connections })
}

func (r report) writeConnections(say sayFunc) {
	loops := r.loops()
	say("\n## Closed loops by connections\n\n%d rounds of %s; medians. First requests a second (× `node-http` of the same round), then p99 in ms, then",
		r.plan.short, r.plan.shortRun)
	say("µs of CPU time for each request.")
	header := []string{"server"}
	for _, t := range loops {
		header = append(header, strconv.Itoa(t.connections))
	}
	for _, cell := range []func(t *throughput, name string) string{
		func(t *throughput, name string) string {
			text := fmt.Sprintf("%.0f", spreadOf(t.perSecond[name]).median)
			if paired := ratios(t.perSecond[name], t.perSecond[nodeHTTP]); len(paired) > 0 && name != nodeHTTP {
				text += fmt.Sprintf(" (%.2f)", spreadOf(paired).median)
			}
			return text
		},
		func(t *throughput, name string) string { return fmt.Sprintf("%.1f", spreadOf(t.p99[name]).median) },
		func(t *throughput, name string) string { return fmt.Sprintf("%.0f", spreadOf(t.cpu[name]).median) },
	} {
		say.table(header, r.each(false, func(s server) []string {
			var cells []string
			for _, t := range loops {
				cells = append(cells, cell(t, s.name))
			}
			return cells
		}))
	}
}
