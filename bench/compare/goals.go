package main

import (
	"fmt"
	"strings"
)

// goal is a number to reach, in one run on one machine.
type goal struct {
	what    string
	limit   float64
	atMost  bool // the limit is the most allowed; else the least
	unit    string
	digits  int
	values  []float64 // one a round; none: not measured
	missing string    // why not
	why     string    // what explains it if it is not reached
}

// target prints the limit.
func (g goal) target() string {
	sign := "≥"
	if g.atMost {
		sign = "≤"
	}
	return fmt.Sprintf("%s %g%s", sign, g.limit, g.unit)
}

// measured prints the median and the range.
func (g goal) measured() string {
	if len(g.values) == 0 {
		return "–"
	}
	return spreadOf(g.values).text(g.digits) + g.unit
}

// reached says whether the median keeps the limit, and whether each round does.
func (g goal) reached() string {
	keeps := func(v float64) bool { return v >= g.limit }
	s := spreadOf(g.values)
	worst := s.min
	if g.atMost {
		keeps = func(v float64) bool { return v <= g.limit }
		worst = s.max
	}
	switch {
	case len(g.values) == 0:
		return "not measured: " + g.missing
	case keeps(s.median) && keeps(worst):
		return "**yes**"
	case keeps(s.median):
		return "**yes**, though not in every round"
	case g.why != "":
		return "**no**: " + g.why
	}
	return "**no**"
}

// goals compares what was measured with what we want. Intel's servers start two 512-bit
// multiplications in a cycle, AMD's Zen 4 one, so the goals differ.
func (r report) goals() []goal {
	m := r.measured
	kernelLimit, serverLimit := 1.8, 1.9
	if strings.Contains(m.machine.cpu, "Intel") {
		kernelLimit, serverLimit = 2.8, 2.5
	}
	all := []goal{
		{
			what: "RSA alone: a batch of 4 against Node's `privateDecrypt`", limit: kernelLimit, unit: " ×", digits: 2,
			values: ratios(m.kernel.took[nodeRSA], m.kernel.took[fullBatch]), missing: "no Node, or no AVX-512 IFMA",
		},
		{
			what: "`flowserver` against `node-http`, 16 connections", limit: serverLimit, unit: " ×", digits: 2,
			values: ratios(m.throughput.perSecond[pureGo], m.throughput.perSecond[nodeHTTP]), missing: r.missing(nodeHTTP), why: r.whyCPU(),
		},
	}
	for _, t := range m.others {
		if t.connections <= 2 {
			all = append(all, goal{
				what: fmt.Sprintf("`flowserver` against `node-http`, connections: %d", t.connections), limit: 1, unit: " ×", digits: 2,
				values: ratios(t.perSecond[pureGo], t.perSecond[nodeHTTP]), missing: r.missing(nodeHTTP),
			})
		}
	}
	return append(all,
		goal{
			what: "`flowserver` against `node-http`, 16 connections: p99", limit: 0.6, atMost: true, unit: " ×", digits: 2,
			values: ratios(m.throughput.p99[pureGo], m.throughput.p99[nodeHTTP]), missing: r.missing(nodeHTTP),
		},
		goal{
			what: "`flowserver` against `express-meta`, 16 connections", limit: 6, unit: " ×", digits: 2,
			values: ratios(m.throughput.perSecond[pureGo], m.throughput.perSecond[expressMeta]), missing: r.missing(expressMeta),
		},
		goal{
			what: "`flowserver` at twice its capacity: p99 of served requests", limit: 60, atMost: true, unit: " ms",
			values: m.overload.p99[pureGo], missing: r.missing(pureGo),
			why: "the queue is bounded to 32 envelopes a worker: what is longer than 32 operations was spent outside of it",
		},
		goal{
			what: "`flowserver` at twice its capacity: served, of its capacity", limit: 0.8, unit: " ×", digits: 2,
			values: shares(m.overload.perSecond[pureGo], m.throughput.capacity()[pureGo]), missing: r.missing(pureGo),
			why: "to refuse costs time, too",
		},
		goal{
			what: "`flowserver`: cold start, beyond that of `flowserver-crypto`", limit: 2, atMost: true, unit: " ms", digits: 1,
			values: differences(m.coldStart.took[pureGo], m.coldStart.took[switchedOff]), missing: r.missing(pureGo),
		},
		goal{
			what: "`flowserver`: peak memory under load, 16 connections", limit: 36, atMost: true, unit: " MB", digits: 1,
			values: m.memory.load.resident[pureGo], missing: r.missing(pureGo), why: r.whyMemory(pureGo),
		},
	)
}

// missing tells why servers were not measured.
func (r report) missing(names ...string) string {
	for _, s := range r.servers {
		for _, name := range names {
			if s.name == name && s.skipped != "" {
				return name + " was skipped"
			}
		}
	}
	return "no rounds"
}

// whyCPU compares the CPU time of a request, which varies less than requests a second.
func (r report) whyCPU() string {
	cpu := ratios(r.measured.throughput.cpu[nodeHTTP], r.measured.throughput.cpu[pureGo])
	if len(cpu) == 0 {
		return ""
	}
	return fmt.Sprintf("by CPU time of a request it is %s ×", spreadOf(cpu).text(2))
}

// whyMemory tells pages of the program from what it asked for.
func (r report) whyMemory(name string) string {
	rest, load := r.measured.memory.rest, r.measured.memory.load
	anonymous := spreadOf(rest.anonymous[name]).median
	return fmt.Sprintf("%.1f MB are pages of the program's file, %.1f MB it asked for at the start, "+
		"and %.1f MB came with the load: the answers of the last 15 minutes are kept against replays, up to 4 MiB of them",
		spreadOf(rest.resident[name]).median-anonymous, anonymous, spreadOf(load.anonymous[name]).median-anonymous)
}
